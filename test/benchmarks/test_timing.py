"""Ways to work take turns on a clip, and each is counted on the frames that it should."""

import pytest

from benchmarks.frame import baseline_way, shipped_network
from benchmarks.timing import WARM_UP, Way, measure
from fer_ros.core.classification.bundle import load_bundle


@pytest.mark.parametrize("frames", [20, 37, 60, 180])
def test_percentiles_of_the_baseline_rest_on_twenty_frames(frames):
    way = baseline_way(lambda shot: 1, [None] * (frames + WARM_UP), frames)
    assert len(measure({"baseline": way}, frames)["baseline"].seconds) >= 20


def test_warm_up_is_processed_and_not_counted():
    seen = []
    way = Way(lambda number: seen.append(number) or 2, warm_up=3)
    measured = measure({"a": way}, 4)["a"]
    assert seen == list(range(WARM_UP - 3, WARM_UP + 4))
    assert measured.found == [2] * 4


def test_ways_take_turns():
    order = []
    ways = {name: Way(lambda _, name=name: order.append(name) or 0) for name in "ab"}
    measure(ways, 90)
    assert "".join(order).count("ba") >= 2


def test_nothing_to_count_is_refused():
    with pytest.raises(ValueError, match="at least one frame"):
        measure({}, 0)


def test_baseline_has_the_shape_of_the_shipped_network():
    assert {"width", "stem_stride", "blocks"} <= set(shipped_network(load_bundle()))
