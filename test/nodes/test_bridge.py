"""cv_bridge, where it is installed and works, reads what core.images reads: the two are interchangeable."""

import numpy as np
import pytest
from core.test_images import CENTRES, GRAY, RGB, SAMPLES
from sensor_msgs.msg import Image

from fer_ros.core.images import raw_to_frame
from fer_ros.nodes.bridge import bridge_to_rgb
from fer_ros.nodes.conversions import to_frame

# Read alike by every release of cv_bridge; newer ones read more.
ALWAYS = {"rgb8", "bgr8", "rgba8", "bgra8", "mono8"}


def message(encoding, array):
    step = array.shape[1] * (array.shape[2] if array.ndim == 3 else 1) * array.itemsize
    return Image(encoding=encoding, height=32, width=32, step=step, data=np.ascontiguousarray(array).tobytes())


def works():
    return bridge_to_rgb(message("bgr8", SAMPLES["bgr8"])) is not None


@pytest.mark.skipif(not works(), reason="cv_bridge is not installed, or does not work with this numpy")
@pytest.mark.parametrize(("encoding", "array"), [*SAMPLES.items(), ("mono8", GRAY)], ids=[*SAMPLES, "mono8"])
def test_both_give_the_same_pixels(encoding, array):
    theirs = bridge_to_rgb(message(encoding, array))
    if theirs is None:
        assert encoding not in ALWAYS
        pytest.skip(f"this cv_bridge does not read {encoding}")
    ours = raw_to_frame(message(encoding, array), 0.0).rgb
    for y, x in CENTRES:
        np.testing.assert_allclose(ours[y, x].astype(int), theirs[y, x].astype(int), atol=2)


def test_without_it_the_common_encodings_are_read_all_the_same(monkeypatch):
    monkeypatch.setattr("fer_ros.nodes.bridge._bridge", lambda: None)
    np.testing.assert_array_equal(to_frame(message("rgb8", RGB)).rgb, RGB)
