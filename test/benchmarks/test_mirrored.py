"""Clips of one face, and what is counted of them."""

import numpy as np

from benchmarks.mirrored import RATE, WARM_UP, WAYS, Counted, table

LABELS = ("happy", "sad")


def rows(*happy):
    return np.array([(p, 1 - p) for p in happy], np.float32)


def test_every_second_frame_is_the_mirrored_one():
    plain, mirrored = rows(0.9, 0.9, 0.9, 0.9), rows(0.1, 0.2, 0.3, 0.4)
    found = WAYS["every second frame mirrored"](plain, mirrored)
    np.testing.assert_allclose(found[:, 0], [0.9, 0.2, 0.9, 0.4])
    assert WAYS["as it is"](plain, mirrored) is plain
    np.testing.assert_allclose(WAYS["both, at twice the cost"](plain, mirrored)[:, 0], [0.5, 0.55, 0.6, 0.65])


def test_right_frames_and_flicker_are_counted_after_the_warm_up():
    steady, flickering = Counted(), Counted()
    steady.add(rows(*[0.9] * (WARM_UP + 6)), LABELS, "happy")
    assert (steady.frames, steady.right, steady.stable, steady.changes, steady.flips) == (6, 6, 6, 0, 0)
    flickering.add(rows(*[0.95, 0.4] * 20), LABELS, "happy")
    # Single frames change every time, the smoothed label never does.
    assert flickering.flips == flickering.frames == 30 and flickering.changes == 0 and flickering.right == 30
    turning = Counted()
    turning.add(rows(*[0.95] * (WARM_UP + 2), *[0.05] * RATE), LABELS, "happy")
    assert turning.changes == 1 and 0 < turning.right < turning.frames


def test_the_table_gives_rates_a_minute():
    counted = {"frames": RATE * 60, "right": RATE * 30, "stable": RATE * 60, "changes": 2, "flips": 90}
    assert "| as it is | 50.0% | 100.0% | 2.0 | 90 |" in table({"as it is": counted})
