"""Where pictures come from: a device, a video file, a folder of images or a URL."""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.paths import user_path, without_password
from fer_ros.core.sources.camera import Camera, CameraFormat, is_device
from fer_ros.core.sources.folder import IMAGE_SUFFIXES, ImageFolder, PictureError, is_picture, pictures_in, read_picture
from fer_ros.core.sources.types import Picture, Recorded, SourceError, TimedPicture
from fer_ros.core.sources.video import VideoFile

__all__ = [
    "IMAGE_SUFFIXES",
    "Camera",
    "CameraFormat",
    "ImageFolder",
    "Picture",
    "PictureError",
    "Recorded",
    "SourceError",
    "TimedPicture",
    "VideoFile",
    "is_live",
    "open_camera",
    "open_recorded",
    "read_picture",
]


def is_live(name: str) -> bool:
    """Return whether a source is a device or a URL, which have no end; else it should be a file or folder."""
    return is_device(name) or "://" in name


def open_recorded(name: str | Path, rate: float | None = None) -> VideoFile | ImageFolder:
    """Open a video file, a folder of pictures, or one picture.

    Args:
        name: its path; `~` is the home folder.
        rate: images a second of a folder or raw stream; 30 where it is not given.

    Raises:
        SourceError: it is not there, or holds no pictures.

    """
    path = user_path(name)
    if path.is_dir():
        return ImageFolder(name, rate)
    if is_live(str(name)) or not path.is_file():
        raise SourceError(
            f"source must be a device, a file, a folder or a URL, got {without_password(str(name))!r}, which is none"
        )
    # An animated picture is a video; any other would make OpenCV look for its neighbours img_1, img_2 and so on.
    if is_picture(path) and not (path.suffix.lower() == ".gif" and pictures_in(path) > 1):
        return ImageFolder(name, rate)
    return VideoFile(name, rate)
