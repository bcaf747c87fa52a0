"""The one class order and its aliases."""

import pytest

from fer_ros.core.emotions import EMOTIONS, REP155_NAMES, canonical, check_expressions, check_labels


def test_the_first_seven_are_fer2013s_order():
    assert EMOTIONS[:7] == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.mark.parametrize(
    ("name", "expected"), [("Anger", "angry"), (" happiness ", "happy"), ("SU", "surprise"), ("contempt", "contempt")]
)
def test_aliases_of_data_sets_become_our_names(name, expected):
    assert canonical(name) == expected


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="angry, disgust.*got 'bored'"):
        canonical("bored")


@pytest.mark.parametrize(
    ("name", "offered"), [("smiling", "happy"), ("Suprise", "surprise"), ("crying", "sad"), ("angr", "angry")]
)
def test_a_word_for_an_expression_is_not_taken_but_offered(name, offered):
    with pytest.raises(ValueError, match=f"got '{name}': did you mean {offered}[?]$"):
        canonical(name)


def test_nothing_is_offered_for_a_word_that_is_like_none():
    with pytest.raises(ValueError, match="got 'table'$"):
        canonical("table")


def test_a_name_that_must_be_exact_is_refused_with_the_nearest_one_that_is_known():
    check_expressions(["happy", "sad"])
    with pytest.raises(ValueError, match="^expected happy, sad, got 'joy': did you mean happy[?]; 'table'$"):
        check_expressions(["sad", "joy", "table"], ("happy", "sad"))
    with pytest.raises(ValueError, match="^expected happy, sad, got 'anger'$"):
        check_expressions(["anger"], ("happy", "sad"))
    with pytest.raises(ValueError, match="got none$"):
        check_expressions([])


def test_labels_must_follow_the_class_order():
    assert check_labels(["angry", "happy", "contempt"]) == ("angry", "happy", "contempt")
    with pytest.raises(ValueError, match="in this order"):
        check_labels(["happy", "angry"])
    with pytest.raises(ValueError, match="in this order"):
        check_labels(["angry", "happy", "happy"])
    with pytest.raises(ValueError, match="in this order"):
        check_labels(["angry", "joy"])


def test_every_expression_has_an_answer_for_rep155():
    assert set(REP155_NAMES) == set(EMOTIONS)
