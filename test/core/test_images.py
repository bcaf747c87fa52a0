"""Every encoding against known pixels, and every defect answered by an error with a kind."""

import contextlib
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_ros.core.images import ENCODINGS, ImageError, compressed_to_frame, raw_to_frame

# Flat quarters of known colours: chroma subsampling and demosaicing keep them inside each quarter.
COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [128, 128, 128]]], np.uint8)
RGB = COLOURS.repeat(16, 0).repeat(16, 1)
GRAY = cv2.cvtColor(RGB, cv2.COLOR_RGB2GRAY)
CENTRES = [(8, 8), (8, 24), (24, 8), (24, 24)]


def image(encoding, array, step=None, big=0, **changes):
    line = array.shape[1] * (array.shape[2] if array.ndim == 3 else 1) * array.itemsize
    step = step or line
    padded = np.full((array.shape[0], step), 0xAB, np.uint8)
    padded[:, :line] = np.ascontiguousarray(array).view(np.uint8).reshape(array.shape[0], line)
    fields = {"encoding": encoding, "height": 32, "width": 32, "step": step, "is_bigendian": big}
    return SimpleNamespace(**{**fields, "data": padded.tobytes(), **changes})


def yuv(rgb):
    """BT.601 with studio swing, written out: Y 16..235, chroma 16..240."""
    r, g, b = (rgb[..., i].astype(float) / 255 for i in range(3))
    y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
    u = 128 - 37.797 * r - 74.203 * g + 112.0 * b
    v = 128 + 112.0 * r - 93.786 * g - 18.214 * b
    return np.stack([y, u, v], -1).round().astype(np.uint8)


def packed(order):
    y, u, v = (yuv(RGB)[..., i] for i in range(3))
    chroma = np.where(np.arange(32) % 2 == 0, u, v)
    return np.stack([chroma, y] if order == "uyvy" else [y, chroma], -1)


def planar(first, second):
    picture = yuv(RGB)
    chroma = np.empty((16, 32), np.uint8)
    chroma[:, 0::2], chroma[:, 1::2] = picture[::2, ::2, first], picture[::2, ::2, second]
    return np.vstack([picture[..., 0], chroma])


def mosaic(pattern, dtype=np.uint8):
    raw = np.empty((32, 32), dtype)
    for i, letter in enumerate(pattern):
        y, x = divmod(i, 2)
        raw[y::2, x::2] = RGB[y::2, x::2, "rgb".index(letter)]
    return raw * (257 if dtype == np.uint16 else 1)


ALPHA = np.full((32, 32, 1), 77, np.uint8)
BGR = RGB[..., ::-1]
SAMPLES = {
    "rgb8": RGB, "bgr8": BGR, "8UC3": BGR,
    "rgba8": np.concatenate([RGB, ALPHA], -1), "bgra8": np.concatenate([BGR, ALPHA], -1),
    "8UC4": np.concatenate([BGR, ALPHA], -1),
    "yuv422": packed("uyvy"), "uyvy": packed("uyvy"), "yuv422_yuy2": packed("yuyv"), "yuyv": packed("yuyv"),
    "nv12": planar(1, 2), "nv21": planar(2, 1),
    **{f"bayer_{p}8": mosaic(p) for p in ("rggb", "bggr", "gbrg", "grbg")},
    **{f"bayer_{p}16": mosaic(p, np.uint16) for p in ("rggb", "bggr", "gbrg", "grbg")},
}  # fmt: skip


def test_every_encoding_that_is_read_is_tested():
    assert {name.lower() for name in SAMPLES} | {"mono8", "8uc1", "mono16", "16uc1"} == set(ENCODINGS)


@pytest.mark.parametrize("encoding", SAMPLES)
@pytest.mark.parametrize("padding", [0, 10])
def test_colour_encodings_give_the_known_pixels(encoding, padding):
    array = SAMPLES[encoding]
    line = array.shape[1] * (array.shape[2] if array.ndim == 3 else 1) * array.itemsize
    frame = raw_to_frame(image(encoding, array, line + padding), 2.5)
    assert frame.stamp == 2.5 and frame.gray.shape == (32, 32) and frame.rgb.shape == (32, 32, 3)
    is_yuv = any(part in encoding for part in ("yuv", "yuy", "uyvy", "nv"))
    for y, x in CENTRES:
        np.testing.assert_allclose(frame.rgb[y, x].astype(int), RGB[y, x], atol=4)
        # The brightness of a YUV image is taken as the camera sent it: studio swing, 16 to 235.
        expected = yuv(RGB)[y, x, 0] if is_yuv else GRAY[y, x]
        assert abs(int(frame.gray[y, x]) - int(expected)) <= 2


@pytest.mark.parametrize("encoding", ["mono8", "8UC1"])
def test_mono_is_taken_as_it_is(encoding):
    frame = raw_to_frame(image(encoding, GRAY, 40), 0.0)
    np.testing.assert_array_equal(frame.gray, GRAY)
    np.testing.assert_array_equal(frame.rgb[..., 1], GRAY)


@pytest.mark.parametrize("encoding", ["mono16", "16UC1"])
@pytest.mark.parametrize("big", [0, 1])
def test_sixteen_bits_are_scaled_by_their_high_byte(encoding, big):
    values = np.arange(1024).reshape(32, 32).astype(np.uint16) * 64
    frame = raw_to_frame(image(encoding, values.astype(">u2" if big else "<u2"), 70, big), 0.0)
    np.testing.assert_array_equal(frame.gray, values // 256)


def test_the_last_row_may_come_without_its_padding():
    message = image("mono8", GRAY, 40)
    message.data = message.data[:-8]
    np.testing.assert_array_equal(raw_to_frame(message, 0.0).gray, GRAY)


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        (image("32FC1", GRAY), "encoding 32fc1", "encoding must be one of mono8.*got '32FC1'"),
        (image("rgb8", RGB, data=b"123"), "truncated", r"must hold 3072 bytes \(32 rows of 96\), got 3"),
        (image("rgb8", GRAY), "step", "at least 96 bytes for 32 rgb8 pixels, got 32"),
        (image("mono8", GRAY, height=0), "size", "got 32x0"),
        (image("mono8", GRAY, height=60000, width=60000, step=60000), "size", "got 60000x60000"),
        (image("nv12", planar(1, 2), height=31), "odd size", "even width and height, got 32x31"),
        (image("yuyv", packed("yuyv"), width=31), "odd size", "even width, got 31"),
    ],
)
def test_a_wrong_image_is_refused_with_expected_and_got(message, kind, text):
    with pytest.raises(ImageError, match=text) as caught:
        raw_to_frame(message, 0.0)
    assert caught.value.kind == kind


def compressed(data, kind="jpeg"):
    return SimpleNamespace(format=kind, data=bytes(data))


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_compressed_images_give_the_known_pixels(suffix):
    frame = compressed_to_frame(compressed(cv2.imencode(suffix, BGR)[1]), 1.0)
    for y, x in CENTRES:
        np.testing.assert_allclose(frame.rgb[y, x].astype(int), RGB[y, x], atol=4)
        assert abs(int(frame.gray[y, x]) - int(GRAY[y, x])) <= 3


def test_an_exif_orientation_does_not_turn_the_image():
    """Boxes are in the pixels that were sent: those of the camera's calibration."""
    jpeg = cv2.imencode(".jpg", np.full((16, 48, 3), 90, np.uint8))[1].tobytes()
    orientation = b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" + b"\0\0\0\0"
    exif = b"Exif\0\0" + orientation
    turned = jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]
    assert cv2.imdecode(np.frombuffer(turned, np.uint8), cv2.IMREAD_COLOR).shape == (48, 16, 3)
    frame = compressed_to_frame(compressed(turned), 0.0)
    assert frame.gray.shape == (16, 48) and frame.rgb.shape == (16, 48, 3)


def test_a_claimed_giant_is_refused_before_it_is_decoded():
    png = bytearray(cv2.imencode(".png", GRAY)[1].tobytes())
    png[16:24] = (60000).to_bytes(4, "big") * 2
    jpeg = bytearray(cv2.imencode(".jpg", GRAY)[1].tobytes())
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = (60000).to_bytes(2, "big") * 2
    for data in (png, jpeg):
        with pytest.raises(ImageError, match="got 60000x60000"):
            compressed_to_frame(compressed(data), 0.0)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"GIF89a" + bytes(40), bytes(100)])
def test_other_data_is_refused(data):
    with pytest.raises(ImageError):
        compressed_to_frame(compressed(data), 0.0)


def test_a_cut_png_is_refused_or_decoded_but_never_crashes():
    png = cv2.imencode(".png", BGR)[1].tobytes()
    for end in range(0, len(png), 7):
        with contextlib.suppress(ImageError):
            assert compressed_to_frame(compressed(png[:end]), 0.0).gray.shape == (32, 32)


def photograph():
    """A picture that takes 20 KB as JPEG, as a camera's does."""
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    return cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("options", [[], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 20]])
def test_a_jpeg_that_lost_bytes_in_its_middle_is_refused(options, capfd):
    jpeg = cv2.imencode(".jpg", photograph(), options)[1].tobytes()
    middle = len(jpeg) // 2
    with pytest.raises(ImageError, match="must be a whole JPEG or PNG image") as caught:
        compressed_to_frame(compressed(jpeg[:middle] + jpeg[middle + 1000 :]), 0.0)
    assert caught.value.kind in ("damaged", "decode")
    assert capfd.readouterr().err == "", "libjpeg's own words do not reach the terminal"


def test_what_a_camera_pads_its_jpeg_with_is_no_damage(capfd):
    jpeg = cv2.imencode(".jpg", photograph())[1].tobytes()
    for padded in (jpeg + bytes(500), jpeg[:-2] + bytes(4) + jpeg[-2:]):
        assert compressed_to_frame(compressed(padded), 0.0).gray.shape == (240, 320)
    assert capfd.readouterr().err == ""
