"""The benchmark on people: its clips show what they say, and its figures count what they say."""

import json
import sys

import cv2
import numpy as np
import pytest
from pictures import serious, smiling

from benchmarks import people as benchmark
from benchmarks.all import steps
from benchmarks.people_clips import (
    CASES,
    CUT,
    JITTER,
    NOISE,
    Case,
    Scene,
    clip,
    place,
    seeded,
    wall,
    with_noise,
)
from benchmarks.people_empty import PICTURES, view
from benchmarks.people_matching import FalseFaces, Person, Seen, false_faces, match, people, run, shows
from benchmarks.people_portraits import Portrait, agreed, choose, locate, read_labels
from benchmarks.people_report import Result, both_found, false_summary, groups, share, summarize, table
from fer_ros.core.geometry import Box

SIZE = (640, 480)
FACE = Box(100, 100, 200, 200)


def card():
    """Return a white portrait with a black square in the very middle of the face's box."""
    picture = np.full((200, 160), 255, np.uint8)
    picture[65:75, 85:95] = 0
    return Portrait("card", "happy", picture, Box(60, 40, 120, 100))


def serious_head():
    return cv2.cvtColor(serious()[0:480, 30:480], cv2.COLOR_BGR2GRAY)


def last(portrait, case, people=1):
    return list(clip([portrait] * people, case, 2, SIZE))[-1]


@pytest.mark.parametrize("framing", [1.0, 0.5, 0.2])
def test_longer_side_of_a_portrait_is_the_framing_of_the_frames_height(framing):
    white = Portrait("white", "happy", np.full((200, 160), 255, np.uint8), FACE)
    rows, columns = np.nonzero(last(white, Case("upright", framing)).picture > 235)
    # That which fills the frame is cut where it jitters.
    assert np.ptp(rows) + 1 == pytest.approx(480 * framing, abs=JITTER + 1 if framing == 1 else 2)
    assert np.ptp(columns) + 1 == pytest.approx(0.8 * 480 * framing, abs=2)


@pytest.mark.parametrize("tilt", [0, 15, 45, 90])
def test_box_of_the_face_is_where_the_face_is_painted_however_tilted(tilt):
    scene = last(card(), Case(f"tilted by {tilt}", 0.5, tilt))
    # Nothing else in the frame is black.
    rows, columns = np.nonzero(scene.picture < 30)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(scene.faces[0].center, abs=0.5)
    assert scene.faces[0].width == pytest.approx(60 * 1.2)


def test_heads_tilt_to_either_side_by_the_angle_of_the_case():
    case = Case("tilted by 30", 0.5, 30.0)
    tilts = {place(card(), case, SIZE, 0, seeded(str(number))).tilt for number in range(20)}
    assert tilts == {30.0, -30.0}


def test_edge_cuts_off_a_quarter_of_the_face_at_any_side():
    portrait, sides = card(), set()
    for number in range(40):
        at = place(portrait, Case("cut by an edge", 0.33, place="cut"), SIZE, 0, seeded(str(number)))
        face = at.mapped(portrait.face, portrait.picture)
        outside = (-face.left, -face.top, face.right - SIZE[0], face.bottom - SIZE[1])
        assert max(outside) / face.width == pytest.approx(CUT)
        sides.add(outside.index(max(outside)))
    assert sides == {0, 1, 2, 3}


def test_portrait_off_the_middle_is_inside_the_frame_and_elsewhere_each_time():
    places = [place(card(), Case("off", 0.5, place="off"), SIZE, 0, seeded(str(number))) for number in range(30)]
    assert all(96 <= at.x <= 640 - 96 and 120 <= at.y <= 360 for at in places)
    assert np.ptp([at.x for at in places]) > 200
    assert np.ptp([at.y for at in places]) > 100


def test_eight_at_once_do_not_overlap_and_are_inside_the_frame():
    faces = last(card(), next(case for case in CASES if case.people == 8), 8).faces
    assert len(faces) == 8
    assert all(f.left > 0 and f.top > 0 and f.right < 640 and f.bottom < 480 for f in faces)
    assert all(one.iou(other) == 0 for i, one in enumerate(faces) for other in faces[:i])


def test_case_with_an_unknown_place_is_refused():
    with pytest.raises(ValueError, match="behind"):
        place(card(), Case("upright", 0.5, place="behind"), SIZE, 0, seeded(""))


def test_dim_clip_has_its_share_of_the_light_and_all_of_the_noise():
    gray = np.full((480, 640), 160, np.uint8)
    dim = with_noise(gray, 0.25, seeded("dim"))
    assert dim.mean() == pytest.approx(40, abs=0.2)
    assert dim.std() == pytest.approx(NOISE, rel=0.1)


def test_clip_depends_on_its_people_and_its_case_alone():
    first, second = (list(clip([card()], CASES[1], 3, SIZE)) for _ in range(2))
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(first, second, strict=True))
    assert not np.array_equal(first[0].picture, first[1].picture)
    x = [scene.faces[0].center[0] for scene in first]
    assert 0 < np.ptp(x) <= 2 * JITTER


def test_cases_have_names_of_their_own_and_smaller_faces_are_in_no_group():
    assert len({case.name for case in CASES}) == len(CASES)
    assert groups()["upright"] == [f"upright, {p} %" for p in (100, 50, 33, 20, 15)]


def test_face_of_a_portrait_is_where_the_detectors_agree():
    box, others, agreeing = locate(serious_head())
    assert agreeing >= 3
    assert not others
    assert box.center == pytest.approx((237, 216), abs=20)
    assert box.width == pytest.approx(224, rel=0.2)


def test_middle_of_a_portrait_stands_for_a_face_that_no_detector_sees():
    box, others, agreeing = locate(np.full((100, 80), 128, np.uint8))
    assert (box.center, box.width, others, agreeing) == ((40, 50), 80, (), 0)


def test_boxes_of_several_detectors_are_joined_by_their_median():
    boxes = [[FACE], [FACE.moved(4, 0), Box(0, 0, 20, 20)], [FACE.moved(6, 0)]]
    assert agreed(boxes) == [(FACE.moved(4, 0), 3), (Box(0, 0, 20, 20), 1)]


def test_box_shows_a_face_if_its_middle_and_its_size_are_plausible():
    assert shows(FACE.moved(20, -20), FACE)
    assert not shows(FACE.moved(40, 0), FACE)
    assert shows(FACE.scaled(0.6), FACE)
    assert not shows(FACE.scaled(0.4), FACE)
    assert not shows(FACE.scaled(2), FACE)


def test_best_box_shows_the_face_and_no_box_shows_two():
    near, nearer = Seen(FACE.moved(10, 0)), Seen(FACE.moved(2, 0))
    assert match([near, nearer], [FACE, FACE.moved(500, 0)]) == [nearer, None]
    assert match([near], [FACE, FACE.moved(1, 0)]) == [near, None]


def test_boxes_that_show_nobody_are_counted_by_where_they_are():
    scene = Scene(np.zeros((1, 1), np.uint8), (FACE,), (Box(400, 0, 450, 50),))
    own, elsewhere = Seen(FACE), Seen(FACE.moved(300, 0), stable=True)
    eye, around, further = Seen(Box(110, 110, 140, 140)), Seen(FACE.scaled(3)), Seen(Box(405, 0, 455, 50))
    seen = {0: [own, elsewhere, eye, around, further], 3: []}
    assert false_faces(seen, [scene] * 4) == FalseFaces(frames=2, off=1, inside=2, stable=1)


def test_person_is_judged_by_the_last_frame_and_followed_over_all():
    scenes = [Scene(np.zeros((1, 1), np.uint8), (FACE,))] * 4
    happy = {"raw": "happy", "smoothed": "happy", "stable": True}
    seen = {0: [], 1: [Seen(FACE, "aaaaa")], 2: [Seen(FACE, "bbbbb")], 3: [Seen(FACE, "bbbbb", **happy)]}
    assert people(seen, scenes, ["happy"]) == [Person(True, 1, 1, True, True)]
    assert people(seen, scenes, ["sad"]) == [Person(True, 1, 1, False, False)]
    assert people(seen | {3: []}, scenes, ["happy"]) == [Person(False, 1, 1, None, None)]
    assert people({3: [Seen(FACE, raw="sad")]}, scenes, ["sad"]) == [Person(True, 3, 0, True, None)]


@pytest.mark.parametrize(
    ("right", "total", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (97, 100, 0.9155, 0.9897)]
)
def test_intervals_are_wilsons(right, total, low, high):
    counted = share([True] * right + [False] * (total - right))
    assert (counted["right"], counted["total"], counted["value"]) == (right, total, right / total)
    assert counted["interval"] == pytest.approx((low, high), abs=1e-4)


def test_figures_of_a_case_are_shares_with_their_counts():
    persons = (Person(True, 0, 1, True, True), Person(True, 3, 0, False, None), Person(False, None, 0, None, None))
    row = summarize([Result("case", "robot", ("a", "b", "c"), persons, FalseFaces(8, off=2, inside=1, stable=1))], 30)
    counts = {key: (row[key]["right"], row[key]["total"]) for key in ("found", "right", "stable", "stable_right")}
    assert counts == {"found": (2, 3), "right": (1, 2), "stable": (1, 2), "stable_right": (1, 1)}
    assert row["time_s"]["mean"] == pytest.approx(0.05)
    assert row["id_switches"] == 1
    assert row["false"]["a_frame"] == 3 / 8


def test_answers_of_two_profiles_are_compared_on_people_whom_both_find():
    right, wrong, missed = (Person(r is not None, 0, 0, r, None) for r in (True, False, None))
    none = FalseFaces(8)
    results = [
        Result("case", "paper", ("a", "b", "c"), (right, wrong, missed), none),
        Result("case", "robot", ("a", "b", "c"), (right, right, right), none),
    ]
    pair = both_found(results, ["paper", "robot"])["paper, robot"]
    assert {name: (row["right"], row["total"]) for name, row in pair.items()} == {"paper": (1, 2), "robot": (2, 2)}


def test_views_without_people_are_of_many_pictures_and_differ():
    assert len(PICTURES) >= 20
    first, other = (next(iter(view("coffee", number, 1, SIZE))) for number in (0, 1))
    assert first.picture.shape == other.picture.shape == (480, 640)
    assert first.faces == ()
    assert not np.array_equal(first.picture, other.picture)


def test_every_face_that_is_found_where_nobody_is_counts_as_false():
    pipeline = benchmark.make_pipeline("paper")
    shown = wall(SIZE, 0).copy()
    shown[100:340, 200:425] = cv2.resize(serious_head(), (225, 240), interpolation=cv2.INTER_AREA)
    for picture, expected in ((wall(SIZE, 0), 0), (shown, 1)):
        scenes = [Scene(picture, ())] * 5
        seen = run(pipeline, scenes, 30, tracked=False)
        # Without tracking it sees one frame in three, the last one among them.
        assert list(seen) == [1, 4]
        counted = false_faces(seen, scenes)
        assert (counted.frames, counted.off, counted.inside) == (2, 2 * expected, 0)
        assert false_summary([counted])["a_frame"] == expected


@pytest.fixture
def folder(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), smiling()[0:300, 80:360])
    cv2.imwrite(str(tmp_path / "b.png"), serious_head())
    (tmp_path / "labels.csv").write_text("file,expression\na.png,happy\nb.png,neutral\n")
    return tmp_path


def test_labels_are_checked(tmp_path, folder):
    rows = read_labels(folder)
    assert rows == [("a.png", "happy"), ("b.png", "neutral")]
    assert choose(rows, 1) == choose(rows, 2)[:1]
    (tmp_path / "labels.csv").write_text("name\na.png\n")
    with pytest.raises(ValueError, match="columns file and expression"):
        read_labels(tmp_path)
    (tmp_path / "labels.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"labels\.csv"):
        read_labels(tmp_path)


def test_people_are_found_and_the_figures_printed_as_json(monkeypatch, capsys, folder):
    cases = (CASES[1], next(case for case in CASES if case.people == 2))
    monkeypatch.setattr(benchmark, "CASES", cases)
    monkeypatch.setattr(benchmark, "PICTURES", ("checkerboard",))
    options = ["--frames", "4", "--views", "1", "--processes", "1", "--profiles", "paper", "robot", "--json"]
    monkeypatch.setattr(sys, "argv", ["people", "--portraits", str(folder), *options])
    benchmark.main()
    printed = capsys.readouterr()
    data = json.loads(printed.out)
    for case in cases:
        for profile in ("paper", "robot"):
            found = data["cases"][case.name][profile]["found"]
            assert (found["right"], found["total"]) == (2, 2)
    assert data["empty"]["robot"]["all"]["frames"] == 4
    assert data["people"] == 2
    assert "a.png" not in printed.out
    assert table(data) in printed.err


def test_portraits_are_a_part_of_all_benchmarks_where_they_are_named():
    assert ("people", "--save", "--portraits", "faces") in list(steps("", [], "faces"))
    assert "people" not in [module for module, *_ in steps("", [])]
