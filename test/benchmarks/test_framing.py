"""The benchmark of how a detector frames a face."""

import pytest

from benchmarks.framing import compared, unmapped
from fer_ros.core.geometry import Box


def test_mapping_in_the_code_is_undone():
    haar, scale, shift_x, shift_y = Box(10, 20, 60, 70), 1.25, 0.1, -0.2
    raw = unmapped(haar, scale, shift_x, shift_y)
    assert raw.width == pytest.approx(40)
    assert compared(haar, raw) == pytest.approx((scale, shift_x, shift_y))
