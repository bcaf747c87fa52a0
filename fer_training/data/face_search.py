"""Where the face of a whole picture is: the node's own search, the surest face, and a memory of what it found."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fer_ros.core.config import PipelineConfig
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.search import FaceSearch
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.profile import find_profile, pipeline_config, read_parameters
from fer_ros.core.types import Face, Frame
from fer_training.data.dataset import NODE, Pixels, Sample
from fer_training.legacy import BARE_CASCADE

# How often, in seconds, what was found is written, so that a search of an hour is not lost.
_SAVE_PERIOD = 30.0


@dataclass(frozen=True)
class Seen:
    """The surest face of a picture, None where none was found, and how many were found in all."""

    face: Face | None
    count: int


class PictureSearch:
    """Looks for the face of one picture after the other, each searched in full, as fer_node looks at a new scene."""

    def __init__(self, detector: str = NODE) -> None:
        """Take the settings; detectors are loaded when they are needed.

        Args:
            detector: a profile by name, a parameter file of fer_node, or BARE_CASCADE.

        Raises:
            FileNotFoundError, ValueError: there is no such profile, or its parameters do not fit.

        """
        self.bare = detector == BARE_CASCADE
        self.config = PipelineConfig() if self.bare else pipeline_config(read_parameters(find_profile(detector)))
        settings = [detector] if self.bare else [asdict(self.config.search), asdict(self.config.detector)]
        digest = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:8]
        self.key = f"{Path(detector).stem}-{digest}"
        self._search: FaceSearch | HaarDetector | None = None

    def find(self, pixels: Pixels) -> Seen:
        """Return the face of a (H, W) uint8 gray picture.

        Raises FileNotFoundError, ValueError, RuntimeError for a detector that does not load.
        """
        if self._search is None:
            whole = replace(self.config.search, full_scan_period=0.0)
            self._search = HaarDetector(DetectorConfig()) if self.bare else FaceSearch(whole, self.config.detector)
        if isinstance(self._search, HaarDetector):
            faces = self._search.detect(pixels, self.config.detector.min_face)
            return Seen(faces[0] if faces else None, len(faces))
        self._search.reset()
        faces = self._search.find(Frame.from_gray(pixels))
        # The largest of equally sure ones: faces come with the largest first.
        return Seen(max(faces, key=lambda face: face.score, default=None), len(faces))


class BoxCache:
    """Where the face is in each picture, by the hash of the picture's content and the search's settings.

    Boxes are kept rather than crops: a crop is cut from the picture at full resolution in no time, and no picture of
    a face is written to disk.
    """

    def __init__(self, folder: Path | None) -> None:
        """Remember in this folder, or, without one, nothing beyond this object."""
        self._folder = None if folder is None else Path(folder)
        self._path: Path | None = None
        self._seen: dict[str, Any] = {}
        self._stored = 0
        self._saved = time.monotonic()

    def open(self, search: PictureSearch) -> None:
        """Read what was found with these settings; a file that cannot be read is begun anew."""
        if self._folder is None:
            return
        self._path = self._folder / f"boxes-{search.key}.json"
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            for entry in found.values():
                _from_plain(entry)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            found = {}
        self._seen, self._stored = found, len(found)

    def get(self, sample: Sample, pixels: Pixels, search: PictureSearch) -> Seen:
        """Return the face of a sample, whose pixels are these; looked for only if it is not remembered."""
        if sample.digest not in self._seen:
            self._seen[sample.digest] = _to_plain(search.find(pixels))
            if time.monotonic() - self._saved > _SAVE_PERIOD:
                self.save()
        return _from_plain(self._seen[sample.digest])

    def save(self) -> None:
        """Write the cache file if anything was added."""
        self._saved = time.monotonic()
        if self._path is None or len(self._seen) == self._stored:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._seen), encoding="utf-8")
        temporary.replace(self._path)
        self._stored = len(self._seen)


def _to_plain(seen: Seen) -> dict[str, Any]:
    face = seen.face
    if face is None:
        return {"faces": seen.count}
    points = None if face.landmarks is None else [list(point) for point in asdict(face.landmarks).values()]
    return {"faces": seen.count, "box": list(face.box.as_tuple()), "score": face.score, "landmarks": points}


def _from_plain(values: dict[str, Any]) -> Seen:
    if "box" not in values:
        return Seen(None, int(values["faces"]))
    points = values["landmarks"]
    landmarks = None if points is None else Landmarks(*((float(x), float(y)) for x, y in points))
    return Seen(Face(Box(*values["box"]), float(values["score"]), landmarks), int(values["faces"]))
