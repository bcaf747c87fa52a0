"""Every benchmark, one after the other, each in a process of its own; results go to benchmarks/results.

python -m benchmarks.all [--fer2013 DIR] [--clips DIR] [--portraits DIR]
    (what `make bench` runs; about a quarter of an hour, with portraits ten minutes more)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# A process each: TensorFlow of the baseline must not sit beside what is measured next.
STEPS = (
    ("frame", "--save", "--frames", "60"),
    ("frame", "--save", "--frames", "20", "--size", "1280x720"),
    ("growth", "--save", "--frames", "30"),
    ("quality", "--save"),
    ("peers", "--save"),
    ("dds", "--save", "--seconds", "6"),
    ("plots",),
)
_CLIPS = {".avi", ".gif", ".mkv", ".mov", ".mp4", ".webm"}


def steps(fer2013: str, clips: Sequence[str], portraits: str = "") -> Iterator[tuple[str, ...]]:
    """Yield module and arguments of each step. fer2013: folder or CSV file, '' for none.  clips: files.

    portraits: folder with labels.csv, '' for none.
    """
    for module, *words in STEPS:
        if module == "quality" and clips:
            words += ["--clip", *clips]
        if module == "peers" and fer2013:
            yield "framing", "--save", "--pictures", "300", "--fer2013", fer2013
            words += ["--fer2013", fer2013]
        if module == "plots" and portraits:
            yield "people", "--save", "--portraits", portraits
            yield "framing_accuracy", "--save", "--people", "200", "--portraits", portraits
            yield "how_sure", "--save", "--portraits", portraits
        yield module, *words


def main() -> int:
    """Run the steps; returns how many failed. A step that fails does not keep the others from running."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fer2013", default="", help="folder or CSV file, for the peers' accuracy and the framing")
    parser.add_argument("--clips", type=Path, help="folder with videos without known faces: what is found in them")
    parser.add_argument("--portraits", type=Path, help="folder with portraits and labels.csv: who is found and named")
    options = parser.parse_args()
    if options.portraits and not (options.portraits / "labels.csv").is_file():
        parser.error(f"expected portraits and labels.csv in {options.portraits}, got no labels.csv")
    if options.fer2013 and not Path(options.fer2013).exists():
        parser.error(f"expected the folder or CSV file of FER-2013, got {options.fer2013}, which is not there")
    portraits = str(options.portraits.resolve()) if options.portraits else ""
    clips: list[str] = []
    if options.clips:
        clips = sorted(str(p.resolve()) for p in options.clips.glob("*") if p.suffix.lower() in _CLIPS)
        if not clips:
            parser.error(f"expected videos ({', '.join(sorted(_CLIPS))}) in {options.clips}, got none")
    failed = 0
    for module, *words in steps(options.fer2013, clips, portraits):
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *words], cwd=_ROOT, check=False).returncode
        failed += code != 0
        end = "done" if code == 0 else f"failed with exit code {code}"
        print(f"bench: {module} {' '.join(words)}: {end} after {time.monotonic() - began:.0f} s\n", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
