"""Every second frame of a followed face mirrored, at no cost: right answers and flicker after the smoothing.

python -m benchmarks.mirrored --pictures DIR [--profile default] [--frames 24] [--save]

DIR holds pictures of one person each and labels.csv (file, expression). Each becomes a clip of 30 frames a second: the
box jitters by 2 % of its side in place and size, and every frame has noise of its own (deviation 6 gray levels).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.report import Results
from benchmarks.views import faces_of
from fer_ros.core import Face, Frame, Pipeline, load_pipeline
from fer_ros.core.classification.preprocessing import crop_faces, normalize
from fer_ros.core.paths import user_path
from fer_ros.core.smoothing import Smoother, SmoothingConfig
from fer_ros.core.types import State

RATE, JITTER, NOISE = 30, 0.02, 6.0
# Frames at the start of a clip that are not counted: the smoothing has no answer yet.
WARM_UP = 10

Floats = npt.NDArray[np.float32]


def _alternate(plain: Floats, mirrored: Floats) -> Floats:
    chosen = np.where(np.arange(len(plain))[:, np.newaxis] % 2 == 1, mirrored, plain)
    return np.asarray(chosen, np.float32)


WAYS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "as it is": lambda plain, mirrored: plain,
    "every second frame mirrored": _alternate,
    "every frame mirrored": lambda plain, mirrored: mirrored,
    "both, at twice the cost": lambda plain, mirrored: np.asarray((plain + mirrored) / 2, np.float32),
}
"""What is smoothed, of (T, K) probabilities of the frames and of their mirror images."""


@dataclass
class Counted:
    """What a way came to over all clips. changes: of the smoothed label.  flips: of the label of single frames."""

    frames: int = 0
    right: int = 0
    stable: int = 0
    changes: int = 0
    flips: int = 0

    def add(self, rows: Floats, labels: tuple[str, ...], label: str) -> None:
        """Smooth a clip's (T, K) probabilities and count."""
        smoother, last = Smoother(labels, SmoothingConfig()), ""
        for number, row in enumerate(rows):
            answer, state = smoother.update(row, number / RATE)
            if number >= WARM_UP:
                self.frames += 1
                self.right += answer.label == label
                self.stable += state is State.STABLE
                self.changes += bool(last) and answer.label != last
                self.flips += bool(row.argmax() != rows[number - 1].argmax())
            last = answer.label


def clip(pipeline: Pipeline, frame: Frame, face: Face, frames: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the (T, K) probabilities of a jittering face's frames, and of their mirror images."""
    gray, crops = frame.gray.astype(np.float32), []
    for _ in range(frames):
        right, down, size = rng.normal(0, JITTER, 3)
        box = face.box.moved(right * face.box.width, down * face.box.height).scaled(1 + size)
        noisy = gray + rng.standard_normal(gray.shape, np.float32) * np.float32(NOISE)
        picture = Frame.from_gray(np.clip(noisy, 0, 255).astype(np.uint8))
        crops.append(crop_faces(picture, [replace(face, box=box)], pipeline.classifier.spec)[0])
    seen = np.stack(crops)
    sides = (seen, np.ascontiguousarray(seen[:, :, ::-1]))
    plain, mirrored = (pipeline.classifier.classify(normalize(s, pipeline.classifier.spec)) for s in sides)
    return plain, mirrored


def table(ways: dict[str, dict[str, int]]) -> str:
    """Return the results as Markdown."""
    titles = "| what is smoothed | frames with the right label | STABLE | label changes a minute | of single frames |"
    lines = [titles, "|---|---|---|---|---|"]
    for name, row in ways.items():
        minutes = row["frames"] / RATE / 60
        shares = f"{row['right'] / row['frames']:.1%} | {row['stable'] / row['frames']:.1%}"
        lines.append(f"| {name} | {shares} | {row['changes'] / minutes:.1f} | {row['flips'] / minutes:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=user_path, required=True, help="folder with pictures and labels.csv")
    parser.add_argument("--profile", default="default")
    parser.add_argument("--frames", type=int, default=24, help=f"of each clip; the first {WARM_UP} are not counted")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/mirrored.*")
    options = parser.parse_args()
    if options.frames <= WARM_UP:
        parser.error(f"--frames must be more than {WARM_UP}, got {options.frames}")
    pipeline = load_pipeline(options.profile, threads=1)
    rng, faces = np.random.default_rng(0), 0
    ways = {name: Counted() for name in WAYS}
    for frame, face, label in faces_of(options.pictures, pipeline):
        if face is None:
            continue
        faces += 1
        seen = clip(pipeline, frame, face, options.frames, rng)
        for name, way in WAYS.items():
            ways[name].add(way(*seen), tuple(pipeline.classifier.labels), label)
    if not faces:
        parser.error(f"expected pictures of faces in {options.pictures}, got none in which a face is found")
    rows: dict[str, Any] = {name: asdict(counted) for name, counted in ways.items()}
    data = {"bundle": pipeline.classifier.bundle_id, "faces": faces, "frames": options.frames, "ways": rows}
    facts = f"{faces} faces, {options.frames - WARM_UP} counted frames each."
    Results("mirrored", "Every second frame mirrored", data).finish(f"{facts}\n\n{table(rows)}", options.save)


if __name__ == "__main__":
    main()
