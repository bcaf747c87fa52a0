"""A format is refused where it is worse than the network by more than chance, and never where it is better."""

import pytest

from fer_training.export.verification import Verdict


def test_one_face_of_seventy_is_no_reason_to_refuse_in_either_direction():
    for right in (49, 51):
        verdict = Verdict("float16", right, 50, 70, lost=max(50 - right, 0), different=1)
        assert verdict.passed and verdict.loss_by_chance >= 0.5


def test_what_is_better_is_never_refused():
    assert Verdict("int8", 60, 50, 70, lost=0, different=30).passed
    assert Verdict("float16", 2000, 1900, 3000).passed
    assert Verdict("int8", 60, 50, 70, lost=0, different=30).of_another_network, "which is for verify to say"
    assert not Verdict("int8", 60, 50, 70, lost=0, different=10).of_another_network


def test_a_loss_is_judged_by_the_pairs():
    """The same 30 of 3000 faces fewer: by 30 that changed it is none by chance, by 1000 that changed it may be."""
    certain = Verdict("float16", 2070, 2100, 3000, lost=35, different=45)
    # 35 or more of 40 that changed: 760,099 of 2^40 ways.
    assert certain.loss_by_chance == pytest.approx(760_099 / 2**40) and not certain.passed
    assert "exact McNemar test" in str(certain) and "30 fewer right" in str(certain)
    noisy = Verdict("int8", 2070, 2100, 3000, lost=515, different=None)
    assert noisy.loss_by_chance == pytest.approx(0.18, abs=0.01) and noisy.passed


def test_on_many_faces_a_small_loss_is_within_the_tolerance():
    assert Verdict("float16", 2091, 2100, 3000, lost=9, different=9).passed
    assert not Verdict("float16", 2090, 2100, 3000, lost=10, different=10).passed
    assert Verdict("int8", 2070, 2100, 3000, lost=30, different=30).passed
    assert not Verdict("int8", 2068, 2100, 3000, lost=32, different=32).passed


def test_another_network_is_found_out_on_few_faces_too():
    """Seven faces are too few for a loss to be more than chance; what is called something else gives it away."""
    verdict = Verdict("float16", 1, 4, 7, lost=3, different=6)
    assert verdict.loss_by_chance > 0.05 and not verdict.passed and "something else than rounding" in str(verdict)
    assert Verdict("int8", 3, 4, 7, lost=1, different=1).passed


def test_without_the_networks_predictions_the_accuracy_alone_decides():
    assert Verdict("float16", 2091, 2100, 3000).passed and not Verdict("float16", 2089, 2100, 3000).passed
    assert Verdict("float16", 48, 50, 70).passed
    assert Verdict("float16", 48, 50, 70).to_dict() == {"accuracy": 0.68571, "n": 70}
