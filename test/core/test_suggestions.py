"""A near name is offered, a far one is not."""

from fer_ros.core.suggestions import did_you_mean, nearest


def test_the_nearest_name_is_offered_if_one_is_near():
    assert did_you_mean("sorce", ["source", "rate"]) == ": did you mean source?"
    assert did_you_mean("utterly_different", ["source", "rate"]) == ""


def test_how_near_a_name_must_be_can_be_said():
    assert nearest("sorce", ["rate", "source"]) == "source"
    assert nearest("smirk", ["smile"]) == "smile"
    assert nearest("smirk", ["smile"], 0.75) == ""
