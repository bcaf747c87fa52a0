"""Label files are read in both forms, and every mistake is named with its place."""

import pytest

from fer_ros.bags.labels import Label, LabelError, read_labels, write_labels
from fer_ros.core.geometry import Box


def test_csv_and_yaml_say_the_same(tmp_path):
    table, listed = tmp_path / "l.csv", tmp_path / "l.yaml"
    table.write_text(
        "start,end,camera,expression,left,top,right,bottom\n2,3.5,/left,Happiness,0,0,10,20\n0,1,/left,sad,,,,\n"
    )
    listed.write_text(
        "- {start: 0, end: 1, camera: /left, expression: sad}\n"
        "- {start: 2, end: 3.5, camera: /left, expression: happy, left: 0, top: 0, right: 10, bottom: 20}\n"
    )
    expected = (Label(0, 1, "sad", "/left"), Label(2, 3.5, "happy", "/left", Box(0, 0, 10, 20)))
    assert read_labels(table) == read_labels(listed) == expected
    write_labels(expected, tmp_path / "again.csv")
    assert read_labels(tmp_path / "again.csv") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a header of start, end"),
        ("start,end\n0,1\n", "expected a header of start, end"),
        ("start,end_stamp,expression\n0,1,sad\n", "expected a header of start, end"),
        ("start,end,expression\n", "expected one label or more"),
        ("start,end,expression\n0,1,happy\n1,2,joyless\n", "line 3: expression must be one of"),
        ("start,end,expression\nx,1,happy\n", "line 2: expected a number for start, got 'x'"),
        ("start,end,expression\n0,nan,happy\n", "line 2: expected a number for end, got 'nan'"),
        ("start,end,expression\n2,1,happy\n", "expected 0 <= start < end in seconds, got 2 and 1"),
        ("start,end,expression\n0,1,happy,extra\n", "expected start, end, camera, .* got also None"),
        ("start,end,expression,left\n0,1,happy,3\n", "expected all of left, top, right, bottom or none, got left"),
        ("start,end,expression,left,top,right,bottom\n0,1,happy,3,3,3,9\n", "box must be finite"),
        (
            "start,end,expression\n0,2,happy\n1,3,sad\n",
            "one label for each place and time, got happy from 0 to 2 s and sad",
        ),
    ],
)
def test_a_mistake_in_csv_is_named(tmp_path, text, message):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(LabelError, match=message):
        read_labels(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start: 0", "expected a list of mappings, got dict"),
        ("[1, 2]", "expected a list of mappings"),
        ("- {start: 0, end: 1, expression: happy, mood: 3}", "line 1: .* got also mood"),
        ("- {start: 0, end: 1, expression: sad}\n\n- start: 0\n  end: 1", "line 3: expression must be one of"),
        ("- {start: true, end: 1, expression: happy}", "expected a number for start, got True"),
        ("- !!python/object/apply:os.system ['true']", "expected YAML, got"),
        ("- [", "expected YAML, got"),
    ],
)
def test_a_mistake_in_yaml_is_named(tmp_path, text, message):
    path = tmp_path / "labels.yml"
    path.write_text(text)
    with pytest.raises(LabelError, match=message):
        read_labels(path)


def test_stamps_are_another_pair_of_columns(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("start_stamp,end_stamp,expression\n100.5,101.5,sad\n")
    (label,) = read_labels(path)
    assert label.stamped and label.from_first(100.0) == Label(0.5, 1.5, "sad")
    write_labels([label], path)
    assert read_labels(path) == (label,)
    mixed = tmp_path / "labels.yaml"
    mixed.write_text("- {start: 0, end: 1, expression: sad}\n- {start_stamp: 100, end_stamp: 101, expression: happy}\n")
    with pytest.raises(LabelError, match="expected either start and end or start_stamp and end_stamp"):
        read_labels(mixed)


def test_two_people_at_once_need_regions_apart(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("start,end,expression,left,top,right,bottom\n0,2,happy,0,0,10,10\n1,3,sad,10,0,20,10\n")
    assert len(read_labels(path)) == 2
