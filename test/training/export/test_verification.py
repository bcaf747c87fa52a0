"""A format is refused where it differs too much from the network."""

from fer_training.export.verification import Verdict


def test_tolerances_are_those_of_the_formats():
    assert Verdict("float16", 0.700, 0.703, 3000).passed
    assert not Verdict("float16", 0.699, 0.703, 3000).passed
    assert Verdict("int8", 0.690, 0.700, 3000).passed
    assert not Verdict("int8", 0.689, 0.700, 3000).passed
