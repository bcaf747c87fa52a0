"""How the model fails on bad pictures, and whether it is told: blur, darkness, noise, small, tilted and covered faces.

python -m benchmarks.degraded --fer2013 DIR [--save] [--picture PNG]

Faces of FER-2013 are made worse step by step, answered by a bundle, and judged by fer_ros.core.quality. Limits are
chosen on the validation split of the training split; the public test is there to report. Whole frames follow, with two
portraits in the public domain, through the profiles default and robot.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
import numpy.typing as npt

matplotlib.use("Agg")

import matplotlib.pyplot as plt

from benchmarks.clips import still
from benchmarks.framing import on_canvas
from benchmarks.profiles import load_profile
from benchmarks.report import RESULTS, Results
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import normalize, resize_crops
from fer_ros.core.detection.blazeface import BlazeFaceDetector
from fer_ros.core.geometry import Box
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.quality import Quality, QualityConfig, quality
from fer_ros.core.types import Face, Frame, Gray, Reasons
from fer_training.data.crops import Crops
from fer_training.data.face_cropping import crops_of
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.splits import hold_out

Degrade = Callable[[Gray, float, np.random.Generator], Gray]
Floats = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]

# What a sensor adds to a 48x48 face, gray levels: it does not get darker with the face.
_SENSOR_NOISE = 2.0
_CHUNK = 64
_CONFIDENCES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_FRAMES = 10
# Pixels of the canvas on which a face is laid for the detector that knows eyes and nose, and of the face on it.
_CANVAS, _ON_CANVAS = 288, 96


def blur(face: Gray, sigma: float, rng: np.random.Generator) -> Gray:
    """Blur by a Gaussian; sigma: pixels of a 48x48 face."""
    return np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8)


def motion(face: Gray, length: float, rng: np.random.Generator) -> Gray:
    """Blur along a row or a column; length: pixels of a 48x48 face."""
    line = np.full((1, int(length)), 1 / length, np.float32)
    return np.asarray(cv2.filter2D(face, -1, line if rng.random() < 0.5 else line.T), np.uint8)


def darkness(face: Gray, gain: float, rng: np.random.Generator) -> Gray:
    """Let only a share of the light in; the sensor's noise stays."""
    return _to_gray(face * gain + rng.normal(0, _SENSOR_NOISE, face.shape))


def noise(face: Gray, deviation: float, rng: np.random.Generator) -> Gray:
    """Add Gaussian noise; deviation: gray levels."""
    return _to_gray(face + rng.normal(0, deviation, face.shape))


def small(face: Gray, side: float, rng: np.random.Generator) -> Gray:
    """Leave this many pixels a side."""
    return np.asarray(cv2.resize(face, (int(side), int(side)), interpolation=cv2.INTER_AREA), np.uint8)


def tilt(face: Gray, angle: float, rng: np.random.Generator) -> Gray:
    """Rotate in the picture's plane to either side; angle: degrees."""
    side = face.shape[0]
    middle = (side - 1) / 2
    turned = cv2.getRotationMatrix2D((middle, middle), angle * rng.choice((-1, 1)), 1)
    return np.asarray(cv2.warpAffine(face, turned, (side, side), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def cover(face: Gray, share: float, rng: np.random.Generator) -> Gray:
    """Cover a square anywhere with the face's mean gray; share: of the face's side."""
    side = round(share * face.shape[0])
    top, left = rng.integers(0, face.shape[0] - side + 1, 2)
    result = face.copy()
    result[top : top + side, left : left + side] = round(float(face.mean()))
    return result


def _to_gray(values: Floats) -> Gray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


DEGRADATIONS: dict[str, tuple[Degrade, str, tuple[float, ...]]] = {
    "blur": (blur, "Gaussian, sigma in pixels of 48", (0.5, 1, 1.5, 2, 3)),
    "motion": (motion, "length in pixels of 48, across or down", (3, 5, 7, 9)),
    "darkness": (darkness, "share of the light, sensor noise of 2 gray levels", (0.5, 0.25, 0.12, 0.06)),
    "noise": (noise, "deviation in gray levels", (5, 10, 20)),
    "size": (small, "pixels a side", (36, 32, 28, 24, 16)),
    "tilt": (tilt, "degrees", (10, 20, 30, 45)),
    "cover": (cover, "side of a gray square, share of the face's", (0.25, 0.4, 0.55)),
}
"""Each way to make a face worse: function, what its level means, levels from harmless to hopeless."""


@dataclass(frozen=True, eq=False)
class Judged:
    """N answers: (N,) right or wrong, top probability, reasons; what was measured on each face."""

    right: Bools
    confidence: Floats
    reasons: npt.NDArray[np.int64]
    measured: tuple[Quality, ...]

    def take(self, chosen: npt.NDArray[np.int64]) -> Judged:
        """Return some of the answers."""
        measured = tuple(self.measured[i] for i in chosen)
        return Judged(self.right[chosen], self.confidence[chosen], self.reasons[chosen], measured)


def joined(parts: Sequence[Judged]) -> Judged:
    """Put sets of answers together."""
    return Judged(
        np.concatenate([p.right for p in parts]),
        np.concatenate([p.confidence for p in parts]),
        np.concatenate([p.reasons for p in parts]),
        tuple(q for p in parts for q in p.measured),
    )


class Judge:
    """A classifier, the checks of a face, and a detector of eyes and nose."""

    def __init__(self, classifier: Classifier, config: QualityConfig) -> None:
        """Judge by these."""
        self._classifier = classifier
        self._config = config
        self._detector = BlazeFaceDetector("short")

    def judge(self, pictures: Sequence[Gray], targets: npt.NDArray[np.int64], view: bool = False) -> Judged:
        """Answer for faces as detected, each (side, side) uint8. view: look for eyes and nose too."""
        spec, probabilities, measured = self._classifier.spec, [], []
        for start in range(0, len(pictures), _CHUNK):
            chunk = pictures[start : start + _CHUNK]
            crops = resize_crops(chunk, spec)
            probabilities.append(self._classifier.classify(normalize(crops, spec)))
            for picture, crop in zip(chunk, crops, strict=True):
                measured.append(quality(self._face(picture, view), crop))
        rows = np.concatenate(probabilities)
        reasons = np.array([int(q.reasons(self._config)) for q in measured], np.int64)
        return Judged(rows.argmax(axis=1) == targets, rows.max(axis=1), reasons, tuple(measured))

    def _face(self, picture: Gray, view: bool) -> Face:
        height, width = picture.shape
        face = Face(Box(0, 0, width, height), 1.0)
        found = self._detector.detect(on_canvas(picture, _ON_CANVAS, _CANVAS), 24) if view else []
        return replace(face, landmarks=found[0].landmarks) if found else face


def risk_coverage(judged: Judged, by_reasons: bool) -> tuple[Floats, Floats]:
    """Return the share of faces answered and the error among those answers, (N,) each, the surest answer first.

    by_reasons: faces with a reason come after all others (Geifman and El-Yaniv 2017 call the curve risk-coverage).
    """
    doubted = judged.reasons > 0 if by_reasons else np.zeros(len(judged.right), bool)
    order = np.lexsort((-judged.confidence, doubted))
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(~judged.right[order]) / counts


def aurc(judged: Judged, by_reasons: bool) -> float:
    """Return the area under the risk-coverage curve: the mean error over all shares of answers, smaller is better."""
    return float(risk_coverage(judged, by_reasons)[1].mean())


def thresholds(judged: Judged) -> list[dict[str, float]]:
    """Return, for each least confidence, share answered and error among the answers, without and with reasons."""
    rows = []
    for least in _CONFIDENCES:
        sure = judged.confidence >= least
        row = {"min_confidence": least}
        for name, answered in (("alone", sure), ("with_reasons", sure & (judged.reasons == 0))):
            row[f"coverage_{name}"] = float(answered.mean())
            row[f"risk_{name}"] = float((~judged.right[answered]).mean()) if answered.any() else 0.0
        rows.append(row)
    return rows


def summary(judged: Judged, least: float) -> dict[str, Any]:
    """Return accuracy, mean confidence, share of faces with each reason, and wrong answers given of all faces.

    least: confidence from which on an answer is given.
    """
    sure_and_wrong = (judged.confidence >= least) & ~judged.right
    return {
        "n": len(judged.right),
        "accuracy": float(judged.right.mean()),
        "confidence": float(judged.confidence.mean()),
        "doubted": float((judged.reasons > 0).mean()),
        "reasons": {r.name: float((judged.reasons & r.value > 0).mean()) for r in Reasons if r},
        "wrong_alone": float(sure_and_wrong.mean()),
        "wrong_with_reasons": float((sure_and_wrong & (judged.reasons == 0)).mean()),
    }


def by_view(clean: Judged) -> dict[str, dict[str, dict[str, float]]]:
    """Return number, accuracy and mean confidence of faces by turn, where eyes and nose were found."""
    edges = {"turn": (0, 0.1, 0.2, 0.3, 0.4, 0.5, np.inf)}
    result: dict[str, dict[str, dict[str, float]]] = {}
    for name, bounds in edges.items():
        values = np.array([getattr(q, name) for q in clean.measured])
        result[name] = {}
        for low, high in zip(bounds, bounds[1:]):
            inside = (values >= low) & (values < high)
            if inside.any():
                facts = {"n": int(inside.sum()), "accuracy": float(clean.right[inside].mean())}
                result[name][f"{low:g} to {high:g}"] = {**facts, "confidence": float(clean.confidence[inside].mean())}
    return result


def measure_split(judge: Judge, crops: Crops, count: int, least: float) -> tuple[dict[str, Any], Judged, Judged]:
    """Judge all faces of a split as they are, and `count` of them at each level of each degradation.

    Returns the numbers, the answers as they are, and the answers of the mixture: the `count` faces as they are and at
    every level.
    """
    clean = judge.judge(crops.pixels, crops.targets, view=True)
    chosen = np.sort(np.random.default_rng(0).permutation(len(crops))[:count])
    some, parts = crops.take(chosen), [clean.take(chosen)]
    levels: dict[str, dict[str, Any]] = {}
    for name, (degrade, _, steps) in DEGRADATIONS.items():
        levels[name] = {}
        for step in steps:
            rng = np.random.default_rng(0)
            worse = [degrade(picture, step, rng) for picture in some.pixels]
            judged = judge.judge(worse, some.targets, view=name == "tilt")
            levels[name][f"{step:g}"] = summary(judged, least)
            parts.append(judged)
    mixed = joined(parts)
    lowest = {
        name: [float(v) for v in np.percentile([getattr(q, name) for q in clean.measured], (0.5, 1, 5, 50))]
        for name in ("contrast", "signal_to_noise", "sharpness")
    }
    classes = {}
    for index, label in enumerate(crops.labels):
        of_class = clean.take(np.flatnonzero(crops.targets == index))
        classes[label] = summary(of_class, least)
    data: dict[str, Any] = {
        "clean": summary(clean, least),
        "some_clean": summary(parts[0], least),
        "levels": levels,
        "classes": classes,
        "by_view": by_view(clean),
        "percentiles_0.5_1_5_50": lowest,
        "thresholds": {"clean": thresholds(clean), "mixed": thresholds(mixed)},
        "aurc": {n: {"alone": aurc(j, False), "with_reasons": aurc(j, True)} for n, j in _named(clean, mixed)},
    }
    return data, clean, mixed


def _named(clean: Judged, mixed: Judged) -> tuple[tuple[str, Judged], ...]:
    return ("clean", clean), ("mixed", mixed)


def measure_frames(classifier: Classifier) -> list[dict[str, Any]]:
    """Show each profile two portraits, still and made worse, and return what it says of each face, left one first."""
    picture = next(iter(still(1))).picture
    rng = np.random.default_rng(0)
    cases = {
        "as it is": picture,
        "quarter of the light": _to_gray(picture * 0.25 + rng.normal(0, _SENSOR_NOISE, picture.shape)),
        "tenth of the light": _to_gray(picture * 0.1 + rng.normal(0, _SENSOR_NOISE, picture.shape)),
        "noise of 25": _to_gray(picture + rng.normal(0, 25, picture.shape)),
        "blur of 1.5 pixels": cv2.GaussianBlur(picture, (0, 0), 1.5),
        "blur of 4 pixels": cv2.GaussianBlur(picture, (0, 0), 4),
        "turned by 40 degrees": _turned(picture, 40),
    }
    rows = []
    for profile in ("default", "robot"):
        for case, shown in cases.items():
            pipeline = Pipeline(classifier, load_profile(profile)[0])
            for number in range(_FRAMES):
                faces = pipeline.process({"camera": Frame.from_bgr(np.asarray(shown, np.uint8), number / 30)})["camera"]
            found = [
                {
                    "reasons": [r.name for r in Reasons if r and r in face.reasons],
                    "state": face.state.name,
                    "label": face.smoothed.label if face.smoothed else "",
                    "raw": [face.raw.label, round(face.raw.confidence, 3)],
                }
                for face in sorted(faces, key=lambda face: face.box.center[0])
            ]
            rows.append({"profile": profile, "case": case, "faces": found})
    return rows


def _turned(picture: npt.NDArray[np.uint8], angle: float) -> npt.NDArray[np.uint8]:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def plot(splits: dict[str, tuple[Judged, Judged]], title: str, path: Path) -> None:
    """Draw the risk-coverage curves of each split, as it is and mixed, into a PNG file."""
    figure, axes = plt.subplots(len(splits), 2, figsize=(11, 4 * len(splits)), layout="constrained", squeeze=False)
    for row, (split, pair) in zip(axes, splits.items(), strict=True):
        for place, (name, judged) in zip(row, _named(*pair), strict=True):
            for by_reasons, colour, text in ((False, "tab:gray", "confidence"), (True, "tab:blue", "with reasons")):
                coverage, risk = risk_coverage(judged, by_reasons)
                text = f"{text}: AURC {aurc(judged, by_reasons):.3f}"
                place.plot(100 * coverage, 100 * risk, color=colour, label=text)
                for least, mark in ((0.4, "o"), (0.6, "D")):
                    kept = judged.confidence >= least
                    kept &= (judged.reasons == 0) | (not by_reasons)
                    error = 100 * (~judged.right[kept]).mean()
                    label = f"confidence from {least:g}" if by_reasons else None
                    place.plot(100 * kept.mean(), error, mark, color=colour, label=label)
            place.set(xlim=(0, 100), ylim=(0, None), xlabel="faces answered, %", ylabel="wrong among the answers, %")
            what = "as they are" if name == "clean" else "as they are and degraded"
            place.set_title(f"{split}, {what} (n = {len(judged.right)})", fontsize="medium")
            place.grid(alpha=0.3)
            place.legend(fontsize="small", loc="upper left")
    figure.suptitle(title)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def table(data: dict[str, Any]) -> str:
    """Return all numbers as Markdown."""
    lines = [f"Bundle {data['bundle']}. An answer is given from a confidence of {data['min_confidence']:g} on."]
    for split, numbers in data["splits"].items():
        lines += ["", f"## {split}", "", "| faces | n | accuracy | confidence | doubted | wrong answers given, of all "]
        lines[-1] += "faces: by confidence alone | with reasons |"
        lines.append("|---|---|---|---|---|---|---|")
        lines += [_row("as they are", numbers["clean"]), _row("a part, as they are", numbers["some_clean"])]
        for name, levels in numbers["levels"].items():
            lines += [_row(f"{name} {level}", row) for level, row in levels.items()]
        lines += [
            "",
            "Classes, as they are:",
            "",
            "| class | n | accuracy | doubted | reasons |",
            "|---|---|---|---|---|",
        ]
        for label, row in numbers["classes"].items():
            reasons = ", ".join(f"{n} {100 * v:.1f}" for n, v in row["reasons"].items() if v) or "none"
            lines.append(f"| {label} | {row['n']} | {_pc(row['accuracy'])} | {_pc(row['doubted'])} | {reasons} |")
        lines += ["", "| view | n | accuracy | confidence |", "|---|---|---|---|"]
        for name, bins in numbers["by_view"].items():
            lines += [
                f"| {name} {span} | {row['n']} | {_pc(row['accuracy'])} | {_pc(row['confidence'])} |"
                for span, row in bins.items()
            ]
        lines += ["", "| faces | min_confidence | alone: answered | wrong | with reasons: answered | wrong |"]
        lines.append("|---|---|---|---|---|---|")
        for name, rows in numbers["thresholds"].items():
            for r in rows:
                cells = (r["coverage_alone"], r["risk_alone"], r["coverage_with_reasons"], r["risk_with_reasons"])
                lines.append(f"| {name} | {r['min_confidence']:g} | {' | '.join(map(_pc, cells))} |")
        areas = (f"{n}: {a['alone']:.3f}, with reasons {a['with_reasons']:.3f}" for n, a in numbers["aurc"].items())
        lines += ["", f"AURC by confidence alone: {'; '.join(areas)}."]
    lines += ["", "## Whole frames", "", "| profile | frame | left face | right face |", "|---|---|---|---|"]
    for row in data["frames"]:
        faces = [_told(face) for face in row["faces"]]
        lines.append(f"| {row['profile']} | {row['case']} | {' | '.join([*faces, 'not found', 'not found'][:2])} |")
    lines += ["", "Levels: " + "; ".join(f"{name}: {text}" for name, (_, text, _) in DEGRADATIONS.items()) + "."]
    return "\n".join(lines)


def _row(name: str, row: dict[str, Any]) -> str:
    shares = ("accuracy", "confidence", "doubted", "wrong_alone", "wrong_with_reasons")
    return f"| {name} | {row['n']} | {' | '.join(_pc(row[key]) for key in shares)} |"


def _pc(share: float) -> str:
    return f"{100 * share:.1f} %"


def _told(face: dict[str, Any]) -> str:
    label, confidence = face["raw"]
    reasons = ", ".join(face["reasons"]) or "no reason"
    return f"{face['state']} {face['label'] or '-'}; {reasons}; this image alone: {label} {confidence:.0%}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fer2013", type=Path, required=True)
    parser.add_argument("--bundle", default="default", help="a bundle's folder")
    parser.add_argument("--faces", type=int, default=400, help="faces of each level")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/degraded.*")
    parser.add_argument("--picture", type=Path, help="write the plot here too")
    options = parser.parse_args()
    bundle = load_bundle(options.bundle)
    classifier = make_classifier(bundle, "litert", log=lambda line: None)
    config, _ = load_profile("default")
    least = config.smoothing.min_confidence
    dataset = read_dataset(DatasetSpec("fer2013"), options.fer2013)
    training = dataset.split("train")
    # The very faces that fer_training.training.stage1 holds out, without importing the trainer's TensorFlow.
    held = crops_of(training).take(hold_out(training)[1])
    judge = Judge(classifier, config.quality)
    data: dict[str, Any] = {"bundle": bundle.id, "min_confidence": least, "splits": {}}
    curves = {}
    for name, crops in (("validation split", held), ("public test", crops_of(dataset.split("public_test")))):
        data["splits"][name], *pair = measure_split(judge, crops, options.faces, least)
        curves[name] = (pair[0], pair[1])
    data["frames"] = measure_frames(classifier)
    results = Results("degraded", "Failing honestly: degraded faces", data)
    results.finish(table(data), options.save)
    title = f"FER-2013, {bundle.id}, {results.made['date']}"
    for path in [
        *([RESULTS / "degraded.png"] if options.save else []),
        *([options.picture] if options.picture else []),
    ]:
        plot(curves, title, path)


if __name__ == "__main__":
    main()
