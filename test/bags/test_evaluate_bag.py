"""From a clip with labels to the report, through the commands that a user types."""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pictures
import pytest
from fer_ros.msg import FaceEmotionArray
from rclpy.serialization import deserialize_message
from rosbags.rosbag2 import Reader
from test_interfaces import type_hash

from bags.bags import CAMERA, image, write_bag
from fer_ros.bags import evaluate_bag, make_bag
from fer_ros.bags.evaluation import evaluate
from fer_ros.bags.labels import read_labels
from fer_ros.bags.reading import Bag
from fer_ros.bags.writing import EMOTIONS_TOPIC, BagWriter
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.images import raw_to_frame
from fer_ros.core.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[2]
LABELS = "start,end,expression,left,top,right,bottom\n0,0.5,happy,0,0,250,480\n0,0.5,neutral,250,0,640,480\n"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A bag of eight images of two people, and its labels."""
    folder = tmp_path_factory.mktemp("session")
    (folder / "labels.csv").write_text(LABELS)
    return write_bag(folder / "bag", [pictures.two_faces()] * 8), folder / "labels.csv"


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A bag of two images and its labels, for what does not depend on how many there are."""
    folder = tmp_path_factory.mktemp("brief")
    (folder / "labels.csv").write_text(LABELS)
    return write_bag(folder / "bag", [pictures.two_faces()] * 2), folder / "labels.csv"


@pytest.fixture(scope="module")
def report(session, tmp_path_factory):
    """The folder of the session's report with a bag of the answers, and what was said; read only."""
    folder = tmp_path_factory.mktemp("report") / "out"
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert run(session, folder, "--write-bag", "sqlite3") == 0
    return folder, said.getvalue()


@pytest.fixture(scope="module")
def plain(session, tiny_bundle, tmp_path_factory):
    """The folder of the session's report by the tiny bundle; read only."""
    folder = tmp_path_factory.mktemp("plain") / "out"
    assert run(session, folder, bundle=tiny_bundle) == 0
    return folder


def rows(folder):
    with (Path(folder) / "frames.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def run(session, output, *words, bundle="default"):
    bag, labels = session
    command = [str(bag), "--labels", str(labels), "--output", str(output), "--bundle", str(bundle), *words]
    return evaluate_bag.main([*command, "--backend", "litert"])


def test_a_report_says_what_each_person_showed(report):
    folder, said = report
    data = json.loads((folder / "report.json").read_text())
    assert data["frames"] == 8 and not data["incomplete"]
    assert [i["seen"] for i in data["intervals"]] == [5, 5] and data["coverage"]["share"] == 1
    happy = data["intervals"][0]
    assert happy["raw_right"] == 5, "Eileen Collins smiles"
    table = rows(folder)
    assert len(table) == 16 and {row["expected"] for row in table} == {"happy", "neutral", ""}
    assert all(abs(sum(float(row[f"raw_{n}"]) for n in data["labels"]) - 1) < 1e-3 for row in table)
    for name in ("timeline.png", "confusion_raw.png", "confusion_smoothed.png"):
        assert cv2.imread(str(folder / name)) is not None
    text = (folder / "report.md").read_text()
    assert "| right, each image by itself |" in text and "times real time" in text
    assert said.splitlines()[-1] == f"report: {folder / 'report.html'}"


def test_the_report_is_one_page_with_everything_in_it(session, tiny_bundle, tmp_path, capsys):
    (tmp_path / "labels.csv").write_text("start,end,expression\n0,0.5,happy\n20,25,sad\n")
    assert run((session[0], tmp_path / "labels.csv"), tmp_path / "out", bundle=tiny_bundle) == 1
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 3 and "<script" not in page
    assert re.findall(r"(?:src|href)='(?!data:)", page) == [], "nothing is loaded from elsewhere"
    for told in (
        "To be known first",
        "1 of 2 without an image",
        "5 of 5",
        "right, each image by itself",
        "p95",
        "litert",
    ):
        assert told in page, told


def test_an_earlier_report_is_not_overwritten_without_a_word(brief, tiny_bundle, tmp_path, capsys):
    assert run(brief, tmp_path / "out", "--write-bag", bundle=tiny_bundle) == 0
    assert list((tmp_path / "out" / "bag").glob("*.mcap"))
    (tmp_path / "out" / "report.html").write_text("mine")
    assert run(brief, tmp_path / "out", bundle=tiny_bundle) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "expected no earlier report, got confusion_raw.png" in said and "--overwrite" in said
    assert (tmp_path / "out" / "report.html").read_text() == "mine"
    assert run(brief, tmp_path / "out", "--overwrite", bundle=tiny_bundle) == 0
    assert "How often it was right" in (tmp_path / "out" / "report.html").read_text()
    assert run(brief, tmp_path / "out", "--overwrite", "--write-bag", bundle=tiny_bundle) == 1
    assert "out/bag: expected no bag there, got one" in capsys.readouterr().err, "it may be the only copy"


def test_the_written_bag_holds_what_the_node_publishes(report):
    folder, _ = report
    assert list((folder / "bag").glob("*.db3"))
    with Reader(folder / "bag") as reader:
        assert {c.topic: c.msgcount for c in reader.connections} == {CAMERA: 8, EMOTIONS_TOPIC: 8}
        answers = [c for c in reader.connections if c.topic == EMOTIONS_TOPIC]
        messages = [deserialize_message(bytes(raw), FaceEmotionArray) for _, _, raw in reader.messages(answers)]
    assert answers[0].digest == type_hash("fer_ros", "FaceEmotionArray"), "or ros2 bag play would refuse it"
    table = rows(folder)
    assert [round(m.header.stamp.sec + m.header.stamp.nanosec * 1e-9, 3) for m in messages[:2]] == [1000.0, 1000.1]
    assert messages[0].header.frame_id == "optical" and messages[0].camera == CAMERA
    largest = messages[0].faces[0]
    (row,) = [r for r in table if r["track_id"] == largest.track_id and float(r["time"]) == 0]
    assert largest.bbox.center.position.x == pytest.approx((float(row["left"]) + float(row["right"])) / 2, abs=0.1)
    assert list(largest.raw_probabilities) == pytest.approx(
        [float(row[f"raw_{n}"]) for n in messages[0].labels], abs=1e-3
    )
    assert (messages[0].image_width, messages[0].image_height) == (640, 480)


def test_two_workers_answer_as_one_does(session, report, tmp_path):
    """As a user starts it: the processes of the pool import the script again."""
    bag, labels = session
    second = write_bag(tmp_path / "second", [pictures.two_faces()] * 3, "sqlite3")
    both = [str(bag), str(second), "--labels", str(labels), "--backend", "litert"]
    assert run((second, labels), tmp_path / "one") == 0
    script = [sys.executable, str(ROOT / "scripts" / "fer-evaluate-bag"), *both, "--output", str(tmp_path / "two")]
    done = subprocess.run([*script, "--workers", "2"], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "[bag](bag/report.md)" in (tmp_path / "two" / "summary.md").read_text()
    assert "<a href='bag/report.html'>bag</a>" in (tmp_path / "two" / "report.html").read_text()
    assert done.stdout.splitlines()[-1] == f"report: {tmp_path / 'two' / 'report.html'}"
    together = json.loads((tmp_path / "two" / "summary.json").read_text())["together"]
    assert together["coverage"]["total"] == 2 * 5 + 2 * 3
    for alone, name in ((report[0], "bag"), (tmp_path / "one", "second")):
        one, two = (
            [{k: v for k, v in row.items() if k != "track_id"} for row in rows(folder)]
            for folder in (alone, tmp_path / "two" / name)
        )
        assert one and one == two


def test_a_damaged_bag_leaves_the_results_so_far(session, tiny_bundle, tmp_path, capsys):
    bag = write_bag(tmp_path / "bag", [pictures.two_faces()] * 8)
    (data,) = bag.glob("*.mcap")
    content = bytearray(data.read_bytes())
    # Its index at the end is whole, so the bag opens; a part in the middle is gone.
    content[len(content) // 2 : len(content) * 3 // 4] = bytes(len(content) // 4)
    data.write_bytes(content[: data.stat().st_size])
    assert run((bag, session[1]), tmp_path / "out", bundle=tiny_bundle) == 1
    assert "damaged" in capsys.readouterr().err
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert "damaged" in report["incomplete"] and 0 < report["frames"] < 8
    assert "**Incomplete:**" in (tmp_path / "out" / "report.md").read_text()


def test_a_recording_that_was_cut_off_is_evaluated_as_far_as_it_goes(session, tiny_bundle, tmp_path, capsys):
    (data,) = session[0].glob("*.mcap")
    (tmp_path / "killed").mkdir()
    # A recorder that is killed leaves no metadata and no end of the file.
    (tmp_path / "killed" / "killed_0.mcap").write_bytes(data.read_bytes()[: data.stat().st_size * 6 // 10])
    assert run((tmp_path / "killed", session[1]), tmp_path / "out", bundle=tiny_bundle) == 1
    assert "the end of killed_0.mcap is missing" in capsys.readouterr().err
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["frames"] == 4 and "is missing" in report["incomplete"]


def test_labels_may_name_the_stamps_of_the_images(session, brief, plain, tiny_bundle, tmp_path, capsys):
    stamped = LABELS.replace("start,end", "start_stamp,end_stamp").replace("0,0.5,", "1000,1000.5,")
    (tmp_path / "labels.csv").write_text(stamped)
    assert run((session[0], tmp_path / "labels.csv"), tmp_path / "stamped", bundle=tiny_bundle) == 0
    one, two = (json.loads((out / "report.json").read_text())["intervals"] for out in (plain, tmp_path / "stamped"))
    assert one == two and one[0]["seen"] == 5
    (tmp_path / "labels.csv").write_text(stamped.replace("1000", "2000"))
    assert run((brief[0], tmp_path / "labels.csv"), tmp_path / "out", bundle=tiny_bundle) == 1
    assert "(stamps 1000.000 to 1000.100), got none there" in capsys.readouterr().err


def answers_of_the_node(bag, bundle):
    """What fer_node says of the images if they come as they were recorded: the pipeline gets stamps and receipt."""
    pipeline = Pipeline(make_classifier(load_bundle(str(bundle)), "litert"))
    found = []
    with Bag(bag) as opened:
        for one in opened.images():
            frame = raw_to_frame(one.message, one.stamp)
            found += pipeline.process({one.camera: frame}, {one.camera: one.recorded * 1e-9})[one.camera]
    return [(face.state.name, face.raw.label, face.smoothed.label) for face in found]


def test_stamps_that_stand_still_give_the_nodes_answers_at_the_times_of_the_recording(tmp_path, capsys):
    bag = write_bag(tmp_path / "bag", [pictures.two_faces()] * 16, still=(CAMERA,))
    (tmp_path / "labels.csv").write_text(LABELS.replace("0,0.5", "0.7,1.2"))
    assert run((bag, tmp_path / "labels.csv"), tmp_path / "out") == 0
    table = rows(tmp_path / "out")
    answers = [(row["state"], row["raw_label"], row["smoothed_label"]) for row in sorted(table, key=by_time_and_size)]
    assert sorted(answers) == sorted(answers_of_the_node(bag, "default"))
    assert {row["state"] for row in table if float(row["time"]) > 1.2} == {"STABLE"}, "time went on for smoothing too"
    assert [float(row["time"]) for row in table[::2]] == [round(n / 10, 1) for n in range(16)]
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [i["frames"] for i in report["intervals"]] == [5, 5] and report["seconds"]["recorded"] == pytest.approx(1.5)
    assert report["by_recording_time"] == {CAMERA: 16} and report["first_stamp"] is None
    told = f"the stamps of {CAMERA} stand still: 16 of 16 images go by the times at which they were recorded"
    assert told in (tmp_path / "out" / "report.md").read_text() and told in capsys.readouterr().out


def by_time_and_size(row):
    return float(row["time"]), float(row["left"])


def test_labels_in_stamps_that_stand_still_are_refused(tiny_bundle, tmp_path, capsys):
    bag = write_bag(tmp_path / "bag", [pictures.two_faces()] * 8, still=(CAMERA,))
    (tmp_path / "labels.csv").write_text("start_stamp,end_stamp,expression\n0,1,happy\n")
    assert run((bag, tmp_path / "labels.csv"), tmp_path / "out", bundle=tiny_bundle) == 1
    assert "got start_stamp and end_stamp, while the stamps of /camera/image_raw stand still" in capsys.readouterr().err


def test_labels_that_no_image_has_are_told(session, tiny_bundle, tmp_path, capsys):
    (tmp_path / "labels.csv").write_text("start,end,expression\n0,0.5,happy\n00:20,00:25,sad\n")
    assert run((session[0], tmp_path / "labels.csv"), tmp_path / "out", bundle=tiny_bundle) == 1
    told = "expected labels of the bag's 0.7 s (stamps 1000.000 to 1000.700), got 1 of 2 without an image: sad from 20"
    assert told in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "report.json").read_text())["frames"] == 8, "the rest is written"


def test_ctrl_c_leaves_the_results_so_far(session, tiny_bundle):
    told = []

    def interrupted_at_the_third(*image):
        told.append(image)
        if len(told) == 3:
            raise KeyboardInterrupt

    pipeline = Pipeline(make_classifier(load_bundle(str(tiny_bundle)), "litert"))
    with Bag(session[0]) as bag:
        result = evaluate(bag, pipeline, read_labels(session[1]), interrupted_at_the_third)
    assert result.frames == 3 and result.incomplete.endswith("interrupted")


def test_images_that_cannot_be_used_are_counted_by_their_defect(session, tiny_bundle, tmp_path, capsys):
    with BagWriter(tmp_path / "bag") as bag:
        for number in range(3):
            message = image(bag, pictures.two_faces(), 1000 + number / 10)
            message.encoding = "weird"
            bag.write_message(CAMERA, message, number)
    assert run((tmp_path / "bag", session[1]), tmp_path / "out", bundle=tiny_bundle) == 1
    assert "got none (3 of " in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "report.json").read_text())["refused"] == {"encoding weird": 3}


@pytest.mark.parametrize("command", ["fer-evaluate-bag", "fer-make-bag"])
def test_what_is_missing_is_said_in_one_line(session, tmp_path, command):
    (tmp_path / "rosbags").mkdir()
    (tmp_path / "rosbags" / "__init__.py").write_text("raise ModuleNotFoundError('not installed', name='rosbags')")
    words = [str(session[0]), "--labels", str(session[1]), "--output", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ['PYTHONPATH']}"}
    script = [sys.executable, str(ROOT / "scripts" / command), *words]
    done = subprocess.run(script, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 1
    assert done.stderr == (
        f"{command}: needs the Python package rosbags: pip install '.[bags]' in the folder of "
        "this package's sources, or on a robot tools/setup.sh there\n"
    )


def test_nothing_is_written_outside_the_output(session, tmp_path):
    """Neither names of topics nor of bags become paths that lead out of it."""
    evil = write_bag(tmp_path / "evil", [pictures.two_faces()], topics=("/../../evil", "/ok"))
    named = write_bag(tmp_path / "named", [pictures.two_faces()], topics=("/ok",))
    (named / "inside").mkdir()
    (tmp_path / "labels.csv").write_text("start,end,camera,expression\n0,1,/ok,happy\n")
    before = set(tmp_path.rglob("*"))
    words = ["--labels", str(tmp_path / "labels.csv"), "--backend", "litert", "--write-bag"]
    # Its last part is `..`, which must not become the report's folder.
    assert evaluate_bag.main([str(evil), f"{named}/inside/..", *words, "--output", str(tmp_path / "out" / "put")]) == 0
    written = set(tmp_path.rglob("*")) - before - {tmp_path / "out"}
    assert written and all(path.relative_to(tmp_path).parts[:2] == ("out", "put") for path in written)
    assert {path.name for path in (tmp_path / "out" / "put").iterdir()} == {
        "evil", "named", "report.html", "summary.json", "summary.md",
    }  # fmt: skip


def test_the_parameter_file_is_the_nodes_own(brief, tiny_bundle, tmp_path):
    paper = ROOT / "config" / "paper.yaml"
    assert run(brief, tmp_path / "out", "--params-file", str(paper), bundle=tiny_bundle) == 0
    assert {row["state"] for row in rows(tmp_path / "out")} == {"RAW"}
    (tmp_path / "wrong.yaml").write_text("fer_node: {ros__parameters: {detector.eyes: 2}}")
    assert run(brief, tmp_path / "no", "--params-file", str(tmp_path / "wrong.yaml"), bundle=tiny_bundle) == 1


def test_a_profile_is_a_name_or_a_path_and_says_so_in_the_report(brief, tiny_bundle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("fer_node: {ros__parameters: {smoothing.enabled: false}}")
    for profile, states in (("paper", {"RAW"}), ("mine.yaml", {"RAW"}), ("default", {"UNCERTAIN"})):
        assert run(brief, tmp_path / "out" / profile, "--profile", profile, bundle=tiny_bundle) == 0
        assert {row["state"] for row in rows(tmp_path / "out" / profile)} == states
        assert f"- parameters: {profile}\n" in (tmp_path / "out" / profile / "report.md").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--profile", "robto"], "profile must be one of default, robot, paper, or a parameter file, got 'robto'"),
        (
            ["--profile", "robot", "--params-file", "my.yaml"],
            "expected --profile or --params-file, got both (robot, my",
        ),
    ],
)
def test_a_profile_that_cannot_be_taken_is_one_line_before_the_work(session, tmp_path, capsys, words, message):
    assert run(session, tmp_path / "out", *words) == 1
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            "start,end,camera,expression\n0,1,/elsewhere,happy\n",
            "expected labels of the cameras /camera/image_raw, got /elsewhere",
        ),
        ("start,end,expression\n0,1,joyless\n", "line 2: expression must be one of"),
    ],
)
def test_a_mistake_is_one_line_on_the_error_output(session, tiny_bundle, tmp_path, capsys, labels, message):
    (tmp_path / "labels.csv").write_text(labels)
    assert run((session[0], tmp_path / "labels.csv"), tmp_path / "out", bundle=tiny_bundle) == 1
    assert message in capsys.readouterr().err


def test_a_folder_with_labels_becomes_a_bag_and_a_report(tmp_path, tiny_bundle, capsys):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(4):
        cv2.imwrite(str(folder / f"{number}.png"), np.roll(pictures.two_faces(), 2 * number, axis=1))
    (tmp_path / "mine.csv").write_text(LABELS)
    command = [str(folder), "--labels", str(tmp_path / "mine.csv"), "--rate", "10", "--compressed"]
    assert make_bag.main([*command, "--output", str(tmp_path / "bag")]) == 0
    made = (tmp_path / "bag", tmp_path / "bag.labels.csv")
    assert run(made, tmp_path / "out", bundle=tiny_bundle) == 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["coverage"]["total"] == 8
    assert make_bag.main([*command, "--output", str(tmp_path / "bag")]) == 1
    assert "bag.labels.csv, where the labels are written, got a file" in capsys.readouterr().err
    (tmp_path / "bag.labels.csv").unlink()
    assert make_bag.main([*command, "--output", str(tmp_path / "bag")]) == 1
    assert "exists already, not overwriting" in capsys.readouterr().err
    assert not (tmp_path / "bag.labels.csv").exists()
