"""Scripts run as they stand, but in this process: it has already imported what takes seconds to import."""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import sys
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock


def run_script(script: Path, *words: str | Path, folder: Path) -> CompletedProcess[str]:
    """Run a script in a folder with these words, and return its exit code and what it said.

    Raises: what the script raises, where a process would end with a traceback.
    """
    said, told, code, before = io.StringIO(), io.StringIO(), 0, Path.cwd()
    command = [str(script), *map(str, words)]
    os.chdir(folder)
    try:
        with (
            mock.patch.object(sys, "argv", command),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(told),
        ):
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        # As Python does where a script leaves with a sentence.
        told.write(f"{left.code}\n" if isinstance(left.code, str) else "")
    finally:
        os.chdir(before)
    return CompletedProcess(command, code, said.getvalue(), told.getvalue())
