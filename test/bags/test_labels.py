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
        ("start,end,expression\n0,1,happy\n\n1,2,smiling\n", "line 4: expression must be .* did you mean happy[?]$"),
        ("start,end,expression\n00:61,1,happy\n", "line 2: expected seconds, or a time such as 01:05 .*, got '00:61'"),
        ("start,end,expression\n0,1:99:00,happy\n", "a time such as 01:05 or 1:02:03.5, for end, got '1:99:00'"),
        ("start,end,expression\n-1:00,3,happy\n", "line 2: expected seconds, or a time .* for start, got '-1:00'"),
        ("start;end;expression\n0;1.000,5;happy\n", "line 2: expected a number for end, got '1.000,5'"),
        ("start_stamp,end_stamp,expression\n00:01,00:05,sad\n", "expected a number for start_stamp, got '00:01'"),
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


@pytest.mark.parametrize(
    "text",
    [
        "start;end;camera;expression\n00:05;01:02,5;/left;sad\n1:01:00;3661;/left;happy\n",
        "sep=;\nStart;End;Camera;Expression;;\n5,0;62,5;/left;sad;;\n;;;;;\n01:01:00;1:01:01;/left;Joy;;\n",
        "start\tend\tcamera\texpression\n0:05\t62.5\t/left\tsad\n61:00\t61:01.0\t/left\thappy\n",
        'start,end,camera,expression\n"5,0","1:02,5",/left,sad\n3660,3661,/left,happy\n,,,\n',
    ],
    ids=["semicolons", "as declared, with decimal commas", "tabs", "commas"],
)
def test_tables_are_read_as_spreadsheets_write_them(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8-sig")
    assert read_labels(path) == (Label(5, 62.5, "sad", "/left"), Label(3660, 3661, "happy", "/left"))


@pytest.mark.parametrize("time", ["1:05", "01:05", "'01:05'", "65", "0:01:05", "1:05.0"])
def test_a_players_time_is_the_same_in_yaml(tmp_path, time):
    path = tmp_path / "labels.yaml"
    path.write_text(f"- {{start: 0:59, end: {time}, expression: sad}}\n")
    assert read_labels(path) == (Label(59, 65, "sad"),)


def test_a_line_is_named_as_an_editor_counts_it(tmp_path):
    (tmp_path / "labels.csv").write_text("sep=;\nstart;end;expression\n;;\n0;1;happy;late\n")
    with pytest.raises(LabelError, match=r"line 4: expected .* got also None"):
        read_labels(tmp_path / "labels.csv")


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
