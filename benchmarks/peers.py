"""Other people's packages on the same frames, in the same run: time, faces found, and accuracy where labels exist.

python -m benchmarks.peers [--faces 1 8] [--fer2013 DIR] [--save]

The peer is `fer` from PyPI (Haar cascade and a small network on TensorFlow Lite, its defaults; and its Keras network).
Its wheel is installed into build/peers by the first run, without what its default path does not import: MTCNN would
bring PyTorch, its video tools MoviePy. Both sides look for faces from 48 pixels on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import Shot, moving_faces
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from benchmarks.timing import WARM_UP, Way, measure, profile_pipeline, profile_way
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.library_output import quiet_litert
from fer_training.tensorflow_start import import_tensorflow

_FOLDER = Path(__file__).resolve().parent.parent / "build" / "peers"
_PACKAGES = ("fer==25.10.3", "requests==2.32.5", "urllib3==2.5.0", "idna==3.10", "charset-normalizer==3.4.3",
             "certifi==2025.8.3", "pandas==2.3.2", "pytz==2025.2", "tzdata==2025.2", "setuptools==80.9.0")  # fmt: skip
_OURS = "fer_ros"


def install() -> Path:
    """Install the peers beside the environment, once, and return their folder. Raises CalledProcessError."""
    done = _FOLDER / ".installed"
    text = " ".join(_PACKAGES)
    if not done.is_file() or done.read_text(encoding="utf-8") != text:
        words = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade", "--target"]
        subprocess.run([sys.executable, "-m", "pip", *words, str(_FOLDER), *_PACKAGES], check=True)
        done.write_text(text, encoding="utf-8")
    return _FOLDER


def peer_detectors() -> dict[str, Any]:
    """Return the peers' detectors by name, ready to answer."""
    # Behind ours on the path: what both bring must come from the environment.
    sys.path.append(str(install()))
    import_tensorflow()
    # How it calls TensorFlow Lite and Keras is not ours to mend.
    warnings.filterwarnings("ignore", message=r"\s*Warning: tf\.lite\.Interpreter is deprecated")
    warnings.filterwarnings("ignore", message="The structure of `inputs` doesn't match")
    with quiet_litert():
        from fer.fer import FER

        return {
            "fer (TF Lite)": FER(min_face_size=48, use_tflite=True),
            "fer (Keras)": FER(min_face_size=48, use_tflite=False),
        }


def peer_way(peer: Any, shots: Sequence[Shot]) -> Way:
    """Return a peer's way to work on a clip."""
    return Way(lambda number: len(peer.detect_emotions(shots[number].picture)))


def time_all(counts: Sequence[int], frames: int, peers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return summaries of our profiles and of the peers by name and number of faces, at 640x480."""
    pipelines = {f"{_OURS} ({name})": profile_pipeline(name) for name in PROFILES}
    results: dict[str, dict[str, Any]] = {name: {} for name in (*pipelines, *peers)}
    for count in counts:
        shots = moving_faces(count, frames + WARM_UP)
        ways = {name: profile_way(pipeline, shots) for name, pipeline in pipelines.items()}
        ways |= {name: peer_way(peer, shots) for name, peer in peers.items()}
        for name, measured in measure(ways, frames).items():
            results[name][str(count)] = measured.summary()
    return results


def judge(folder: Path, peers: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return accuracy and number of pictures of each on FER-2013's public test: both get the face, none detects it.

    A peer wants a box in a larger picture, which it widens by 10 pixels: the 48x48 picture stands in a gray border,
    enlarged so that these 10 pixels are a small part of it.
    """
    from fer_training.data.registry import DatasetSpec, read_dataset
    from fer_training.evaluation.evaluate import crops_for, evaluate

    bundle = load_bundle()
    dataset = read_dataset(DatasetSpec("fer2013"), folder).split("public_test")
    crops, _ = crops_for(dataset, bundle)
    results = {}
    for precision in bundle.models:
        found = evaluate("default", DatasetSpec("fer2013"), folder, "public_test", backend="litert",
                         precision="int8" if precision == "int8" else "float")  # fmt: skip
        results[f"{_OURS} ({precision})"] = {"accuracy": found.accuracy, "n": found.n}
    # Its default alone: the Keras network, of which the other is the quantized twin, takes a tenth of a second a face.
    for name, peer in list(peers.items())[:1]:
        right = 0
        for pixels, target in zip(crops.pixels, crops.targets, strict=True):
            large = cv2.resize(pixels, (480, 480), interpolation=cv2.INTER_CUBIC)
            picture = cv2.cvtColor(cv2.copyMakeBorder(large, 40, 40, 40, 40, cv2.BORDER_REPLICATE), cv2.COLOR_GRAY2BGR)
            (answer,) = peer.detect_emotions(picture, [np.array([40, 40, 480, 480])])
            right += max(answer["emotions"], key=answer["emotions"].get) == bundle.labels[target]
        results[name] = {"accuracy": right / len(crops), "n": len(crops)}
    return results


def table(times: dict[str, dict[str, Any]], accuracy: dict[str, dict[str, float]]) -> str:
    """Return the results as Markdown."""
    counts = list(next(iter(times.values())))
    lines = ["| package | " + " | ".join(f"{c} faces, ms: mean (p95) [found]" for c in counts) + " |"]
    lines.append("|---|" + "---|" * len(counts))
    for name, rows in times.items():
        cells = (f"{rows[c]['mean']:.1f} ({rows[c]['p95']:.1f}) [{rows[c]['faces_found']:.1f}]" for c in counts)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if accuracy:
        lines += ["", "| package | FER-2013 public test | pictures |", "|---|---|---|"]
        lines += [f"| {name} | {100 * row['accuracy']:.2f} % | {row['n']} |" for name, row in accuracy.items()]
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--frames", type=int, default=60, help="counted frames of each clip")
    parser.add_argument("--fer2013", type=Path, help="folder or CSV file of FER-2013, to compare accuracies too")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/peers.*")
    options = parser.parse_args()
    peers = peer_detectors()
    times = time_all(options.faces, options.frames, peers)
    accuracy = judge(options.fer2013, peers) if options.fer2013 else {}
    data = {"bundle": load_bundle().id, "ms": times, "accuracy": accuracy}
    results = Results("peers", "Beside other packages: whole frame at 640x480", data)
    results.finish(table(times, accuracy), options.save)


if __name__ == "__main__":
    main()
