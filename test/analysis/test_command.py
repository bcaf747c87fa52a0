"""`fer-analyze` as a person types it: what it writes, what it says, and what it refuses."""

import base64
import contextlib
import csv
import fcntl
import io
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pictures
import pytest
from bags.bags import write_bag

from analysis.clips import RATE, write_clip, write_photos
from fer_ros.analysis.command import main
from fer_ros.analysis.expressions import expression_columns
from fer_ros.analysis.job import pipeline_of
from fer_ros.analysis.rows import columns
from fer_ros.core import load_bundle
from fer_ros.core.palette import COLOURS, rgb

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fer-analyze"
LABELS = load_bundle().labels
WITHOUT_PEOPLE = {"faces.csv", "expressions.csv", "timeline.png", "report.html"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip") / "session.avi", 20)


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A clip for what does not depend on its length."""
    return write_clip(tmp_path_factory.mktemp("brief") / "session.avi", 4)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A clip whose analysis takes seconds, so that Ctrl-C meets it."""
    return write_clip(tmp_path_factory.mktemp("long") / "long.avi", 100)


@pytest.fixture(scope="module")
def analysed(clip, tmp_path_factory):
    """The folder that an analysis of the clip was written to, alone in another, and what was said; read only."""
    folder = tmp_path_factory.mktemp("analysed")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main([str(clip), "--output", str(folder / "out")]) == 0
    return folder / "out", said.getvalue()


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("pictures") / "photos")


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_video_becomes_tables_a_timeline_and_a_report(clip, analysed):
    out, said = analysed
    assert names(out.parent) == {f"out/{name}" for name in WITHOUT_PEOPLE}
    faces = table(out / "faces.csv")
    assert tuple(faces[0]) == columns(LABELS)
    assert {face["file"] for face in faces} == {str(clip)}
    assert sorted({float(face["time"]) for face in faces}) == pytest.approx([n / RATE for n in range(20)], abs=1e-3)
    assert said == f"1 input, 20 images, {len(faces)} faces\nreport: {out / 'report.html'}\n"
    # The two people; what else a detector may see for a moment is no matter of this test.
    seen = Counter(face["track"] for face in faces)
    by_track = {face["track"]: face for face in faces if seen[face["track"]] == 20}
    assert sorted(face["label"] for face in by_track.values()) == ["happy", "neutral"]
    for face in faces:
        assert float(face["left"]) < float(face["right"]) and face["state"] in ("STABLE", "UNCERTAIN")
        for kind in ("raw", "smoothed"):
            assert sum(float(face[f"{kind}_{label}"]) for label in LABELS) == pytest.approx(1, abs=1e-3)
    expressions = table(out / "expressions.csv")
    assert tuple(expressions[0]) == expression_columns(LABELS)
    assert {row["track"] for row in expressions} == set(seen)
    for row in (row for row in expressions if row["track"] in by_track):
        assert float(row["seconds"]) == pytest.approx(2.0, abs=0.01) and row["minute"] == "0"
        label = by_track[row["track"]]["label"]
        shown = float(row[f"{label}_seconds"]) + float(row["uncertain_seconds"])
        assert shown == pytest.approx(2.0, abs=0.01) and float(row[f"{label}_share"]) > 0.8
    drawn = cv2.imread(str(out / "timeline.png"))
    for label in ("happy", "neutral"):
        assert (drawn == rgb(COLOURS[label])[::-1]).all(axis=2).mean() > 0.05


def test_pictures_are_looked_at_one_by_one(photos, tmp_path):
    assert main([str(photos), "--output", str(tmp_path / "out")]) == 0
    faces = table(tmp_path / "out" / "faces.csv")
    assert [(face["picture"], face["label"]) for face in faces] == [
        ("photo2.png", "happy"), ("photo10.png", "neutral"), ("photo10.png", "happy"),
    ]  # fmt: skip
    assert all(face["time"] == face["track"] == face["smoothed_happy"] == "" for face in faces)
    (only,) = table(tmp_path / "out" / "expressions.csv")
    assert (only["faces"], only["seconds"], only["happy_share"]) == ("3", "", "0.6667")
    assert names(tmp_path / "out") == WITHOUT_PEOPLE - {"timeline.png"}
    report = (tmp_path / "out" / "report.html").read_text()
    assert "photo10.png" in report and "<img" not in report


def test_a_single_picture_is_answered(photos, tmp_path):
    assert main([str(photos / "photo2.png"), "--output", str(tmp_path / "out")]) == 0
    (face,) = table(tmp_path / "out" / "faces.csv")
    assert (face["file"], face["picture"], face["label"]) == (str(photos / "photo2.png"), "", "happy")


def test_a_bag_goes_by_its_own_stamps(tmp_path):
    bag = write_bag(tmp_path / "bag", [pictures.two_faces()] * 6, topics=("/left", "/right"))
    assert main([str(bag), "--output", str(tmp_path / "out")]) == 0
    faces = table(tmp_path / "out" / "faces.csv")
    assert {face["camera"] for face in faces} == {"/left", "/right"}
    assert [float(face["stamp"]) - float(face["time"]) for face in faces] == pytest.approx([1000.0] * len(faces))
    assert len([track for track, count in Counter(face["track"] for face in faces).items() if count == 6]) == 4


def test_views_change_the_answer_to_pictures(photos, tmp_path):
    for views in ("1", "9"):
        words = [str(photos), "--output", str(tmp_path / views), "--views", views]
        assert main(words) == 0
    once, often = (table(tmp_path / views / "faces.csv") for views in ("1", "9"))
    assert [face["left"] for face in once] == [face["left"] for face in often]
    assert [face["raw_happy"] for face in once] != [face["raw_happy"] for face in often]


def test_people_are_shown_only_when_asked_for(brief, photos, tmp_path):
    assert main([str(brief), str(photos), "--output", str(tmp_path / "out"), "--annotated"]) == 0
    pictures_of_people = {
        *(f"annotated/photos/{name}.png" for name in ("empty", "photo2", "photo10")), "annotated/session.mp4",
    }  # fmt: skip
    assert names(tmp_path / "out") == WITHOUT_PEOPLE | pictures_of_people
    drawn = cv2.imread(str(tmp_path / "out" / "annotated" / "photos" / "photo2.png"))
    assert drawn.shape == (512, 512, 3) and (drawn != pictures.smiling()).any()
    video = cv2.VideoCapture(str(tmp_path / "out" / "annotated" / "session.mp4"))
    assert (video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)) == (4, RATE)
    report = (tmp_path / "out" / "report.html").read_text()
    shown = re.findall(r"<img class='people'[^>]*base64,([^']+)'", report)
    sizes = [cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), 1).shape for data in shown]
    assert len(sizes) == 4 and (360, 480, 3) in sizes


def test_without_being_asked_no_picture_of_a_face_is_in_the_report(analysed):
    out, _ = analysed
    images = re.findall(r"<img[^>]*>", (out / "report.html").read_text())
    assert len(images) == 1 and "class='chart'" in images[0]
    inside = base64.b64decode(re.search(r"base64,([^']+)", images[0])[1])
    assert inside == (out / "timeline.png").read_bytes()


def test_json_lines_alone_go_to_the_pipe(brief, photos, capfd):
    # Loaded anew, so that what a library prints by itself at its start is met too.
    pipeline_of.cache_clear()
    assert main([str(brief), str(photos), "--json"]) == 0
    said = capfd.readouterr()
    faces = [json.loads(line) for line in said.out.splitlines()]
    assert len(faces) >= 11 and all(tuple(face) == columns(LABELS) for face in faces)
    assert faces[0]["time"] == 0 and faces[-1]["time"] is None and faces[-1]["picture"] == "photo10.png"
    assert said.err == ""


def test_a_reader_that_goes_away_is_no_accident(brief):
    command = f"{sys.executable} {SCRIPT} {brief} --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=100)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def test_workers_answer_as_one_process_does(brief, photos, tmp_path):
    words = [str(brief), str(photos), "--threads", "1", "--output"]
    assert main([*words, str(tmp_path / "1")]) == 0
    # As a user starts it: the processes of the pool import the script again.
    command = [sys.executable, SCRIPT, *words, tmp_path / "2", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    one, two = (table(tmp_path / workers / "faces.csv") for workers in ("1", "2"))
    # Ids are random, and the first of a pair is not always the same.
    assert len(one) >= 11
    alike = [[{k: v for k, v in face.items() if k != "track"} for face in faces] for faces in (one, two)]
    assert alike[0] == alike[1]


def test_a_video_that_was_cut_short_is_named(tmp_path, capsys):
    clip = write_clip(tmp_path / "cut.avi", 20)
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) * 6 // 10])
    assert main([str(clip), "--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "left out" in said.err and "cut.avi" in said.err and "1 left out" in said.out
    assert 5 < len({face["frame"] for face in table(tmp_path / "out" / "faces.csv")}) < 20
    assert "cut.avi" in re.search(r"<h2>Left out</h2><ul>(.*?)</ul>", (tmp_path / "out" / "report.html").read_text())[1]


def test_what_cannot_be_read_is_named_and_the_rest_is_done(photos, tmp_path, capsys):
    folder = write_photos(tmp_path / "mixed")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("ward 3")
    (tmp_path / "broken.mp4").write_bytes(b"no video" * 100)
    words = [str(tmp_path / "broken.mp4"), str(folder), "--output", str(tmp_path / "out")]
    assert main(words) == 1
    said = capsys.readouterr()
    assert "broken.mp4" in said.err and "broken.jpg" in said.err and "2 left out" in said.out
    assert "1 that are no pictures: notes.txt" in said.err
    assert len(table(tmp_path / "out" / "faces.csv")) == 3
    report = (tmp_path / "out" / "report.html").read_text()
    assert all(name in report for name in ("broken.mp4", "broken.jpg", "notes.txt"))


def test_a_folder_of_videos_gives_each_of_them_and_names_the_rest(tmp_path, capsys):
    for number in (10, 9):
        write_clip(tmp_path / "videos" / f"take{number}.avi", 3)
    (tmp_path / "videos" / "notes.txt").write_text("ward 3")
    (tmp_path / "videos" / "older").mkdir()
    assert main([str(tmp_path / "videos"), "--output", str(tmp_path / "out")]) == 0
    files = dict.fromkeys(face["file"] for face in table(tmp_path / "out" / "faces.csv"))
    assert [Path(file).name for file in files] == ["take9.avi", "take10.avi"]
    assert "videos: 2 that are no videos: notes.txt, older/" in capsys.readouterr().err


def test_a_damaged_bag_gives_what_can_be_read(tmp_path, capsys):
    bag = write_bag(tmp_path / "bag", [pictures.two_faces()] * 6)
    (file,) = bag.glob("*.mcap")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    assert main([str(bag), "--output", str(tmp_path / "out")]) == 1
    assert "bag: damaged" in capsys.readouterr().err
    assert len(table(tmp_path / "out" / "faces.csv")) > 0


def test_an_earlier_analysis_is_not_overwritten_without_a_word(photos, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "faces.csv").write_text("mine")
    (out / "other.txt").write_text("kept")
    assert main([str(photos), "--output", str(out)]) == 2
    assert "expected no earlier analysis, got faces.csv: name another --output, or add --overwrite" in (
        capsys.readouterr().err
    )
    assert (out / "faces.csv").read_text() == "mine" and names(out) == {"faces.csv", "other.txt"}
    assert main([str(photos), "--output", str(out), "--overwrite"]) == 0
    assert len(table(out / "faces.csv")) == 3 and (out / "other.txt").read_text() == "kept"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "expected --output FOLDER, or --json, got neither"),
        (["--json", "--annotated"], "expected --output FOLDER for the annotated pictures, got none"),
        (["--json", "--profile", "robto"], "profile must be one of default, robot, paper, or a parameter file"),
        (["--json", "--bundle", "blanced"], "there is no blanced: did you mean balanced?"),
        (["--json", "--views", "4"], "views must be an odd number from 1 to 9, got 4"),
        (["--json", "--workers", "0"], "--workers must be at least 1, got 0"),
        (["--json", "--threads", "0"], "--threads must be at least 1, got 0"),
    ],
)
def test_a_mistake_is_told_before_the_work(photos, words, said, capsys):
    assert main([str(photos), *words]) == 2
    told = capsys.readouterr()
    assert said in told.err and told.out == ""
    assert len(told.err.splitlines()) == 1 or "INFO" in told.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sesion.avi", "sesion.avi: no such file or folder: did you mean {folder}/session.avi?"),
        ("0", "expected pictures, folders, videos or bags, got 0"),
        ("http://camera/stream", "got http://camera/stream"),
    ],
)
def test_an_input_that_is_not_there_is_told(clip, name, said, capsys, monkeypatch):
    monkeypatch.chdir(clip.parent)
    given = str(clip.parent / name) if name.endswith("avi") else name
    assert main([given, "--json"]) == 2
    assert said.format(folder=clip.parent) in capsys.readouterr().err


def test_the_same_input_twice_and_a_folder_of_nothing_are_told(clip, tmp_path, capsys):
    assert main([str(clip), str(clip), "--json"]) == 2
    assert "expected each input once" in capsys.readouterr().err
    (tmp_path / "notes.txt").write_text("")
    assert main([str(tmp_path), "--json"]) == 2
    assert "expected pictures, videos or a bag in this folder, got one that holds notes.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ouput", "out"], "unknown option --ouput: did you mean --output?; see fer-analyze --help"),
        # The beginning of a name is not taken for it: a later version may have another one.
        (["--out", "out"], "unknown option --out: did you mean --output?; see fer-analyze --help"),
        (["--json", "--format", "cvs"], "argument --format: expected csv, parquet, got cvs: did you mean csv?"),
    ],
)
def test_a_wrong_option_is_a_mistake_of_usage_and_named(photos, words, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(photos), *words])
    assert stopped.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.parametrize(("package", "words"), [("pyarrow", ["--format", "parquet"]), ("matplotlib", [])])
def test_a_missing_package_names_the_extra(photos, tmp_path, package, words):
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(f"raise ModuleNotFoundError('not installed', name={package!r})")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ['PYTHONPATH']}"}
    command = [sys.executable, SCRIPT, photos, "--output", tmp_path / "out", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 2 and not (tmp_path / "out").exists()
    last = done.stderr.splitlines()[-1]
    assert f"needs the Python package {package}: pip install '.[analysis]'" in last and "Traceback" not in done.stderr


def test_parquet_holds_what_csv_holds(clip, analysed, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert main([str(clip), "--output", str(tmp_path), "--format", "parquet"]) == 0
    for name in ("faces", "expressions"):
        rows = parquet.read_table(tmp_path / f"{name}.parquet").to_pylist()
        written = table(analysed[0] / f"{name}.csv")
        assert [list(row) for row in rows] == [list(row) for row in written]
        for row, line in zip(rows, written, strict=True):
            texts = {key: "" if value is None else str(value) for key, value in row.items()}
            assert {**texts, "track": ""} == {**line, "track": ""}


def test_a_terminal_sees_how_far_it_is_and_a_file_does_not(brief, tmp_path, monkeypatch, capfd):
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [str(brief), "--output", str(tmp_path / "out")]
    with monkeypatch.context() as patched, os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        patched.setattr(sys, "stderr", terminal)
        assert main(command) == 0
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert b"session.avi:" in shown and b"image/s" in shown
    assert main([*command, "--overwrite"]) == 0
    assert "image/s" not in capfd.readouterr().err


def test_ctrl_c_ends_all_workers_and_the_report_says_so(long, tmp_path):
    clips = [write_clip(tmp_path / "short.avi", 2), *(shutil.copy(long, tmp_path / f"{n}.avi") for n in range(2))]
    command = [sys.executable, SCRIPT, *clips, "--workers", "2", "--json", "--output", tmp_path / "out"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    first = process.stdout.readline()
    assert "short.avi" in first, process.communicate(timeout=60)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted: what was read before is written" in errors
    assert "Traceback" not in errors
    assert table(tmp_path / "out" / "faces.csv")
    assert "interrupted" in (tmp_path / "out" / "report.html").read_text()


def test_an_interrupted_analysis_keeps_what_it_has_and_says_so(long, tmp_path):
    clips = [long, shutil.copy(long, tmp_path / "next.avi")]
    command = [sys.executable, SCRIPT, *clips, "--json", "--output", tmp_path / "out"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in errors
    assert "long.avi: interrupted after" in errors
    faces = table(tmp_path / "out" / "faces.csv")
    assert 0 < len(faces) < 200 and json.loads(first)["track"] == faces[0]["track"]
    report = (tmp_path / "out" / "report.html").read_text()
    assert "interrupted after" in report and "next.avi: not analysed" in report
