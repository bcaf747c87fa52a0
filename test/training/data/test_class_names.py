"""Folders have many names for one expression; what could be two of them is asked for."""

from pathlib import Path

import pytest

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.class_names import NUMBERED, expression_of, read_class_names
from fer_training.data.dataset import DatasetError


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("Happy", "happy"),
        ("HAPPINESS", "happy"),
        ("suprise", "surprise"),
        ("natural", "neutral"),
        ("0_angry", "angry"),
        ("3 - happy", "happy"),
        ("Sad faces", "sad"),
        ("anger_images", "angry"),
        ("Fearful", "fear"),
        ("contemptuous", "contempt"),
    ],
)
def test_common_spellings_are_known(name, expression):
    assert expression_of(Path("data") / name) == expression


@pytest.mark.parametrize(("name", "meant"), [("smiling", "happy"), ("hapy", "happy"), ("Crying", "sad")])
def test_a_name_that_is_near_an_expression_is_offered_and_not_taken(name, meant):
    with pytest.raises(DatasetError, match=rf"{name}: expected a folder for each of .*: did you mean {meant}\?"):
        expression_of(Path("data") / name)


def test_a_name_that_is_near_nothing_is_refused():
    with pytest.raises(DatasetError, match=f"cats: expected a folder for each of {', '.join(EMOTIONS)}$"):
        expression_of(Path("data/cats"))


def test_the_numbers_are_those_of_the_data_sets():
    assert [NUMBERED["fer2013"][str(i)] for i in range(7)] == list(EMOTIONS[:7])
    assert NUMBERED["rafdb"]["1"] == "surprise" and NUMBERED["rafdb"]["7"] == "neutral"
    assert sorted(NUMBERED["rafdb"].values()) == sorted(EMOTIONS[:7])
    assert NUMBERED["affectnet"]["0"] == "neutral" and sorted(NUMBERED["affectnet"].values()) == sorted(EMOTIONS)


def test_a_number_outside_of_the_mapping_is_refused():
    with pytest.raises(DatasetError, match="8: expected a folder named 1, 2, 3, 4, 5, 6, 7 or after an expression"):
        expression_of(Path("data/8"), read_class_names("rafdb"))


def test_a_file_says_what_folders_mean(tmp_path):
    (tmp_path / "names.yaml").write_text("\ufeff0: Anger\nkalm: neutral\n", encoding="utf-8")
    names = read_class_names(str(tmp_path / "names.yaml"))
    assert names == (("0", "angry"), ("kalm", "neutral")) and expression_of(Path("x/Kalm"), names) == "neutral"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0: smiling", "names.yaml: .*did you mean happy?"),
        ("- happy", "names.yaml: expected lines such as '0: angry', got list"),
        ("0: [", "names.yaml: expected lines such as"),
        ("", "names.yaml: expected lines such as '0: angry', got NoneType"),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_one_line(tmp_path, text, message):
    (tmp_path / "names.yaml").write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_class_names(str(tmp_path / "names.yaml"))
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="--class-names must be fer2013, rafdb, affectnet or a YAML file, got 'raf'"):
        read_class_names("raf")
