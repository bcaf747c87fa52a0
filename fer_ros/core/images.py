"""Image buffers, raw or compressed, to Frames. Duck-typed: the node's messages and a bag reader's fit alike.

Gray comes straight from what the camera sent: a mono or YUV image never goes through RGB for the pipeline's sake.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.compressed_formats import unreadable
from fer_ros.core.decoder_warnings import damage, decoder_warnings
from fer_ros.core.types import Frame, Gray, Rgb

MAX_PIXELS = 64 * 1024 * 1024
"""Larger images are refused before any memory is taken for them."""

Array = npt.NDArray[Any]


class ImageError(ValueError):
    """An image that cannot be used. kind: the same for all images with the same defect, to report it once."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep the kind beside the message."""
        super().__init__(message)
        self.kind = kind


class RawImage(Protocol):
    """The fields of sensor_msgs/Image that are read."""

    encoding: str
    height: int
    width: int
    step: int
    is_bigendian: int
    data: Any


class CompressedImage(Protocol):
    """The fields of sensor_msgs/CompressedImage that are read."""

    format: str
    data: Any


@dataclass(frozen=True)
class _Encoding:
    """Layout of one encoding: samples a pixel, the sample's type, and how to make gray and RGB of the array."""

    channels: int
    sample: str
    gray: Callable[[Array], Array]
    rgb: Callable[[Array], Array]
    rows: float = 1.0  # rows of the buffer for each row of the picture: 1.5 for NV12


def _cvt(code: int) -> Callable[[Array], Array]:
    return lambda array: cv2.cvtColor(array, code)


def _same(array: Array) -> Array:
    return array


def _eight_bits(array: Array) -> Array:
    """Scale 16 bits to 8 by dropping the low byte: 65535 becomes 255, whatever the picture holds."""
    return (array >> 8).astype(np.uint8)


def _mono16_rgb(array: Array) -> Array:
    return cv2.cvtColor(_eight_bits(array), cv2.COLOR_GRAY2RGB)


def _luma(index: int) -> Callable[[Array], Array]:
    """Take the brightness out of a packed 4:2:2 image, where it is every second byte."""
    return lambda array: np.ascontiguousarray(array[:, :, index])


def _luma_plane(array: Array) -> Array:
    return np.ascontiguousarray(array[: array.shape[0] * 2 // 3])


def _colour(channels: int, sample: str, gray: int, rgb: int | None) -> _Encoding:
    return _Encoding(channels, sample, _cvt(gray), _same if rgb is None else _cvt(rgb))


def _bayer(sample: str, gray: int, rgb: int) -> _Encoding:
    prepare = _same if sample == "u1" else _eight_bits
    return _Encoding(1, sample, lambda a: cv2.cvtColor(prepare(a), gray), lambda a: cv2.cvtColor(prepare(a), rgb))


_MONO8 = _Encoding(1, "u1", _same, _cvt(cv2.COLOR_GRAY2RGB))
_MONO16 = _Encoding(1, "u2", _eight_bits, _mono16_rgb)
_UYVY = _Encoding(2, "u1", _luma(1), _cvt(cv2.COLOR_YUV2RGB_UYVY))
_YUYV = _Encoding(2, "u1", _luma(0), _cvt(cv2.COLOR_YUV2RGB_YUY2))

# OpenCV names a Bayer pattern by the second row's second and third pixel, ROS by the first row's first two.
_BAYER = {
    "rggb": (cv2.COLOR_BayerBG2GRAY, cv2.COLOR_BayerBG2RGB),
    "bggr": (cv2.COLOR_BayerRG2GRAY, cv2.COLOR_BayerRG2RGB),
    "gbrg": (cv2.COLOR_BayerGR2GRAY, cv2.COLOR_BayerGR2RGB),
    "grbg": (cv2.COLOR_BayerGB2GRAY, cv2.COLOR_BayerGB2RGB),
}

ENCODINGS: dict[str, _Encoding] = {
    "mono8": _MONO8,
    "8uc1": _MONO8,
    "mono16": _MONO16,
    "16uc1": _MONO16,
    "rgb8": _colour(3, "u1", cv2.COLOR_RGB2GRAY, None),
    "bgr8": _colour(3, "u1", cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2RGB),
    "8uc3": _colour(3, "u1", cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2RGB),
    "rgba8": _colour(4, "u1", cv2.COLOR_RGBA2GRAY, cv2.COLOR_RGBA2RGB),
    "bgra8": _colour(4, "u1", cv2.COLOR_BGRA2GRAY, cv2.COLOR_BGRA2RGB),
    "8uc4": _colour(4, "u1", cv2.COLOR_BGRA2GRAY, cv2.COLOR_BGRA2RGB),
    "yuv422": _UYVY,
    "uyvy": _UYVY,
    "yuv422_yuy2": _YUYV,
    "yuyv": _YUYV,
    "nv12": _Encoding(1, "u1", _luma_plane, _cvt(cv2.COLOR_YUV2RGB_NV12), 1.5),
    "nv21": _Encoding(1, "u1", _luma_plane, _cvt(cv2.COLOR_YUV2RGB_NV21), 1.5),
    **{f"bayer_{name}8": _bayer("u1", *codes) for name, codes in _BAYER.items()},
    **{f"bayer_{name}16": _bayer("u2", *codes) for name, codes in _BAYER.items()},
}
"""Encodings of sensor_msgs/Image that are read, in lower case."""


def raw_to_frame(image: RawImage, stamp: float) -> Frame:
    """Read a raw image. stamp: seconds, the image's own.

    16-bit images are scaled by dropping the low byte. Rows may be padded (`step`), samples big-endian.
    Raises ImageError for an unknown encoding, a size that makes no sense, or too few bytes.
    """
    name = image.encoding.lower()
    encoding = ENCODINGS.get(name)
    if encoding is None:
        raise ImageError(f"encoding {name}", f"encoding must be one of {', '.join(ENCODINGS)}, got {image.encoding!r}")
    array = _rows(image, encoding)
    return Frame(encoding.gray(array), stamp, lambda: encoding.rgb(array))


def _rows(image: RawImage, encoding: _Encoding) -> Array:
    """Return the buffer as (rows, width[, channels]) without its padding; copied only where it must be."""
    height, width, step = int(image.height), int(image.width), int(image.step)
    _check_size(width, height)
    if encoding.rows != 1.0 and (height % 2 or width % 2):
        raise ImageError("odd size", f"{image.encoding} must have even width and height, got {width}x{height}")
    if encoding.channels == 2 and width % 2:
        raise ImageError("odd size", f"{image.encoding} must have an even width, got {width}")
    sample = np.dtype(encoding.sample)
    line = width * encoding.channels * sample.itemsize
    rows = int(height * encoding.rows)
    if step < line:
        raise ImageError("step", f"step must be at least {line} bytes for {width} {image.encoding} pixels, got {step}")
    # The last row may come without its padding.
    needed = (rows - 1) * step + line
    buffer = np.frombuffer(image.data, np.uint8)
    if buffer.size < needed:
        raise ImageError("truncated", f"data must hold {needed} bytes ({rows} rows of {step}), got {buffer.size}")
    lines = np.lib.stride_tricks.as_strided(buffer, (rows, line), (step, 1), writeable=False)
    array = np.ascontiguousarray(lines)
    if sample.itemsize == 2:
        array = array.view(sample)
        if bool(image.is_bigendian) == (sys.byteorder == "little"):
            array = array.byteswap()
    return array.reshape(rows, width) if encoding.channels == 1 else array.reshape(rows, width, encoding.channels)


def compressed_to_frame(image: CompressedImage, stamp: float) -> Frame:
    """Read a JPEG or PNG image, in gray at once and in colour when asked for. stamp: seconds.

    The size that its header claims is checked before any memory is taken for the picture.
    Raises ImageError for other formats, a claimed size over MAX_PIXELS, data that cannot be decoded, or data of which
    the decoder notices that bytes are lost.
    """
    data = np.frombuffer(image.data, np.uint8)
    check_format(image.format, data[:8].tobytes())
    _check_size(*_claimed_size(data.tobytes()))
    gray = _decode(data, cv2.IMREAD_GRAYSCALE)

    def rgb() -> Rgb:
        return cv2.cvtColor(_decode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)  # type: ignore[return-value]

    return Frame(gray, stamp, rgb)


def check_format(name: str, head: bytes) -> None:
    """Refuse video and depth by their names. Raises ImageError that says what it is, and what to do.

    name: the message's `format`.  head: the first bytes of its data.
    """
    what, instead = unreadable(name, head)
    if what and not head.startswith((b"\x89PNG", b"\xff\xd8")):
        raise ImageError(f"format {what}", f"compressed image must be JPEG or PNG, got {what}; {instead}")


def check_claims(data: bytes) -> None:
    """Refuse a PNG or JPEG that would take more memory than it may. Raises ImageError; knows no other formats."""
    if data.startswith((b"\x89PNG", b"\xff\xd8")):
        _check_size(*_claimed_size(data))


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise ImageError("size", f"image must have 1 to {MAX_PIXELS} pixels, got {width}x{height}")


def _decode(data: Array, flag: int) -> Gray:
    try:
        # As the sensor saw it: boxes are in the pixels of the image that was sent, whatever its EXIF says.
        with decoder_warnings() as warnings:
            picture = cv2.imdecode(data, flag | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise ImageError("decode", f"data must be a whole JPEG or PNG image, got {error.err}") from None
    if picture is None:
        raise ImageError("decode", f"data must be a whole JPEG or PNG image, got {data.size} bytes that are none")
    if lost := damage(warnings):
        raise ImageError("damaged", f"data must be a whole JPEG or PNG image, the decoder says: {lost}")
    return picture  # type: ignore[return-value]


def _claimed_size(data: bytes) -> tuple[int, int]:
    """Read (width, height) out of a PNG's or a JPEG's header."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 24:
        _check_png_chunks(data)
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    raise ImageError("format", f"compressed image must be JPEG or PNG, got data that starts with {data[:8]!r}")


def _check_png_chunks(data: bytes) -> None:
    """Refuse a PNG whose chunk claims more bytes than follow: OpenCV takes that much memory at once, up to 4 GB."""
    position = 8
    while position + 8 <= len(data):
        # Length, type, the bytes themselves, checksum (PNG specification, 5.3).
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if end > len(data):
            raise ImageError(
                "truncated", f"PNG must hold all its chunks, got one that ends at byte {end} of {len(data)}"
            )
        position = end


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Walk through the segments to the frame header (ITU T.81, B.2.2)."""
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a length
            position += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = data[position + 5 : position + 7], data[position + 7 : position + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        else:
            position += 2 + max(2, int.from_bytes(data[position + 2 : position + 4], "big"))
    raise ImageError("truncated", "JPEG must have a frame header, got data that ends before it")
