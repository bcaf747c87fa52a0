"""A recorded clip analysed by `fer-analyze`, against its own length and other packages' calls on the same file.

python -m benchmarks.analyze [--clip FILE] [--profiles paper default robot] [--save]

Without a clip it is the demo's, of 10 s. Ours is timed twice: the iterator over the faces of the file, and the whole
command, from its start to the report. `fer` is installed into build/peers by the first run. `deepface` takes part where
it is installed and has its networks, which its first call downloads; else a line says why it does not. Each image of
the clip goes through their own call.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.peers import peer_detectors
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from fer_ros.analysis import analyze_frames
from fer_ros.core import Pipeline, load_bundle, load_pipeline

_ROOT = Path(__file__).resolve().parent.parent
Peer = Callable[[Any], int]
"""Takes an (H, W, 3) uint8 BGR picture and returns how many faces it answered."""


def ours(clip: Path, pipeline: Pipeline) -> dict[str, float]:
    """Return seconds, images and faces of the iterator over a clip, and the clip's length."""
    began = time.perf_counter()
    images = faces = 0
    length = 0.0
    for frame in analyze_frames(clip, pipeline):
        images += 1
        faces += len(frame.rows)
        length = frame.time or 0.0
    seconds = time.perf_counter() - began
    # The last image stands for as long as the others.
    return {"seconds": seconds, "images": images, "faces": faces, "length": length * images / max(1, images - 1)}


def command(clip: Path, profile: str) -> float:
    """Return the seconds of the whole command, its start and its files included. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        words = [str(_ROOT / "scripts" / "fer-analyze"), str(clip), "--profile", profile, "--output", f"{folder}/out"]
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return time.perf_counter() - began


def deepface() -> Peer | None:
    """Return deepface's call, or None with a line that says why there is none."""
    if find_spec("deepface") is None:
        print("deepface is not installed: not measured")
        return None
    from deepface import DeepFace

    def analyze(picture: Any) -> int:
        found = DeepFace.analyze(picture, actions=("emotion",), enforce_detection=False, silent=True)
        # Without a face it answers for the whole picture, and is not sure of it.
        return sum(face["face_confidence"] > 0 for face in found)

    try:
        analyze(np.zeros((48, 48, 3), np.uint8))
    except (OSError, ValueError) as error:
        # Its networks are downloaded by the first call.
        print(f"deepface cannot answer: not measured: {str(error).splitlines()[0]}")
        return None
    return analyze


def peers() -> Iterator[tuple[str, Peer]]:
    """Yield the other packages' calls. Raises CalledProcessError where `fer` cannot be installed."""
    if (call := deepface()) is not None:
        yield "deepface", call
    for name, detector in peer_detectors().items():
        yield name, lambda picture, detector=detector: len(detector.detect_emotions(picture))


def theirs(clip: Path, peer: Peer) -> dict[str, float]:
    """Return seconds, images and faces of another package on a clip. Its first picture is answered once before."""
    capture = cv2.VideoCapture(str(clip))
    good, picture = capture.read()
    if good:
        peer(picture)
    capture.release()
    capture = cv2.VideoCapture(str(clip))
    began = time.perf_counter()
    images = faces = 0
    while (read := capture.read())[0]:
        images += 1
        faces += peer(read[1])
    seconds = time.perf_counter() - began
    capture.release()
    return {"seconds": seconds, "images": images, "faces": faces}


def demo_clip(folder: Path) -> Path:
    """Make the demo's clip. Raises CalledProcessError."""
    clip = folder / "clip.avi"
    subprocess.run([sys.executable, str(_ROOT / "tools" / "make_clip.py"), str(clip)], check=True)
    return clip


def table(rows: dict[str, dict[str, float]], length: float) -> str:
    """Return the results as Markdown. length: seconds of the clip."""
    lines = [
        f"A clip of {length:.1f} s.",
        "",
        "| what | images/s | times real time | faces an image | whole command, s |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        whole = f"{row['command_seconds']:.1f}" if "command_seconds" in row else ""
        lines.append(
            f"| {name} | {row['images'] / row['seconds']:.0f} | {length / row['seconds']:.1f} "
            f"| {row['faces'] / row['images']:.2f} | {whole} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clip", type=Path, help="video; the demo's clip when left out")
    parser.add_argument("--profiles", nargs="+", default=list(PROFILES))
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/analyze.*")
    options = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    length = 0.0
    with tempfile.TemporaryDirectory() as folder:
        clip = options.clip or demo_clip(Path(folder))
        for profile in options.profiles:
            name = f"fer_ros ({profile})"
            rows[name] = ours(clip, load_pipeline(profile))
            length = rows[name]["length"]
            rows[name]["command_seconds"] = command(clip, profile)
        for name, peer in peers():
            rows[name] = theirs(clip, peer)
    data = {"bundle": load_bundle().id, "seconds": length, "rows": rows}
    Results("analyze", "A recorded clip analysed", data).finish(table(rows, length), options.save)


if __name__ == "__main__":
    main()
