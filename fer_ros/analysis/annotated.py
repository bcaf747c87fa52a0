"""Pictures and videos with boxes and expressions drawn into them. They show people: written only when asked for."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.analysis.expressions import LONGEST_STEP, is_sure
from fer_ros.analysis.faces import AnalyzedFrame
from fer_ros.core.drawing import annotate

_CODEC, _ENDING = "mp4v", ".mp4"
_DEFAULT_RATE = 30.0
_SHOWN_WIDTH = 480  # pixels of a picture in a report

Picture = npt.NDArray[np.uint8]


class AnnotatedWriter:
    """Writes the annotated pictures of a folder, or an annotated video of each camera; a context manager.

    Attributes:
        shown: small JPEG pictures for a report with their captions: each of the first pictures, or of each camera of a
            video or bag the image with most faces that are sure.
        left_off: pictures that were written and are not shown.

    """

    def __init__(self, folder: Path, name: str, rate: float, most_shown: int) -> None:
        """Open nothing yet.

        Args:
            folder: where the files go; it is made when there is something to write.
            name: of this input, without ending: of its video, or of the folder of its pictures.
            rate: images a second of a video, 0 where that is not known.
            most_shown: how many small pictures are kept.

        """
        self.shown: list[tuple[str, bytes]] = []
        self.left_off = 0
        self._folder, self._name = folder, name
        self._rate = rate if 0 < rate <= 240 else _DEFAULT_RATE
        self._most_shown = most_shown
        self._videos: dict[str, _Video] = {}

    def add(self, analyzed: AnalyzedFrame) -> None:
        """Draw and write one image. Raises OSError where it cannot be written."""
        picture = np.asarray(cv2.cvtColor(annotate(analyzed.frame, analyzed.faces), cv2.COLOR_RGB2BGR), np.uint8)
        if analyzed.time is None:
            self._write_picture(picture, analyzed.picture)
            return
        if analyzed.camera not in self._videos:
            camera = re.sub(r"\W+", "_", analyzed.camera.strip("/"))
            path = self._folder / f"{'.'.join(filter(None, (self._name, camera)))}{_ENDING}"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._videos[analyzed.camera] = _Video(path, self._rate, picture, analyzed.time)
        sure = sum(is_sure(row) for row in analyzed.rows)
        self._videos[analyzed.camera].write(picture, analyzed.time, (sure, len(analyzed.rows)))

    def close(self) -> None:
        """End the videos."""
        for video in self._videos.values():
            video.writer.release()
            if video.best:
                self.shown.append((f"{video.path.name}, at {video.best_time:.1f} s", video.best))
        self._videos.clear()

    def __enter__(self) -> AnnotatedWriter:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the videos."""
        self.close()

    def _write_picture(self, picture: Picture, name: str) -> None:
        path = self._folder / self._name / name if name else self._folder / self._name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            written = cv2.imwrite(str(path), picture)
        except cv2.error as error:
            raise OSError(f"{path}: cannot be written: {error.err}") from None
        if not written:
            raise OSError(f"{path}: cannot be written")
        if len(self.shown) < self._most_shown:
            self.shown.append((name or path.name, small_jpeg(picture)))
        else:
            self.left_off += 1


class _Video:
    """A video of even rate in which every image stands at its own time: repeated, or left off where several fit."""

    def __init__(self, path: Path, rate: float, first: Picture, start: float) -> None:
        self.path = path
        self.best, self.best_time = b"", 0.0
        self._most = (0, 0)
        self._rate, self._size = rate, (first.shape[1], first.shape[0])
        self._last, self._position, self._written = start, 0.0, 0
        self._shown = first
        self.writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*_CODEC), rate, self._size)  # type: ignore[attr-defined]
        if not self.writer.isOpened():
            raise OSError(f"{path}: OpenCV cannot write this video")

    def write(self, picture: Picture, time: float, faces: tuple[int, int]) -> None:
        """Write the picture at its time; one of another size, as after a turned phone, is scaled to the first's.

        faces: how many sure ones it shows, and how many in all; the image with most is kept for the report.
        """
        if faces > self._most:
            self._most, self.best, self.best_time = faces, small_jpeg(picture), time
        if (picture.shape[1], picture.shape[0]) != self._size:
            picture = np.asarray(cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA), np.uint8)
        # A gap in a recording, or a clock that jumps, does not become hours of one picture.
        self._position += min(max(time - self._last, 0.0), LONGEST_STEP)
        self._last = time
        slot = round(self._position * self._rate)
        for _ in range(self._written, slot):
            self._put(self._shown)
        if self._written == slot:
            self._put(picture)
        self._shown = picture

    def _put(self, picture: Picture) -> None:
        self.writer.write(picture)
        self._written += 1


def small_jpeg(picture: Picture) -> bytes:
    """Return an (H, W, 3) uint8 BGR picture as JPEG, no wider than a report shows it."""
    factor = min(1.0, _SHOWN_WIDTH / picture.shape[1])
    if factor < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not good:
        raise OSError("expected OpenCV to write JPEG, got nothing")
    return data.tobytes()
