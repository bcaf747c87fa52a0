"""Annotated images of a topic as files, one for each name that they come under: the one with the most faces."""

from __future__ import annotations

from pathlib import Path

import cv2
from sensor_msgs.msg import Image

from fer_ros.core.images import raw_to_frame


class SavedPictures:
    """Keeps one picture at a time, and writes it when one of another name comes, or at the end.

    Attributes:
        written: the files, in the order of their writing.

    """

    def __init__(self, folder: Path) -> None:
        """Make the folder: one that cannot be made should not cost the whole clip. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self.written: list[Path] = []
        self._folder = folder
        self._names: set[str] = set()
        self._name = ""
        self._best: tuple[int, Image] | None = None

    @property
    def count(self) -> int:
        """How many names have a picture, written or kept."""
        return len(self._names) + (self._best is not None)

    def put(self, name: str, image: Image, faces: int) -> None:
        """Take a picture. name: '' where they have none; one that came back later is not written again."""
        if name != self._name:
            self.close()
            self._name = name
        if name not in self._names and (self._best is None or faces >= self._best[0]):
            self._best = (faces, image)

    def close(self) -> None:
        """Write what is kept."""
        if self._best is None:
            return
        path = self._folder / self._file()
        # A frame's pixels are RGB, OpenCV's are BGR.
        rgb = raw_to_frame(self._best[1], 0.0).rgb
        data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1]
        path.write_bytes(data.tobytes())
        self._best = None
        self._names.add(self._name)
        self.written.append(path)

    def _file(self) -> str:
        """Return the file's name: that of the input without its ending, unless another input has that."""
        if not self._name:
            return "annotated.png"
        name = self._name.replace("/", "_")
        short = f"{Path(name).stem}.annotated.png"
        return f"{name}.annotated.png" if self._folder / short in self.written else short
