"""Videos and folders become bags whose stamps are the images' own times; what is missing is said."""

import cv2
import numpy as np
import pictures
import pytest
import videos
from videos import PHONE, number_of, numbered

from fer_ros.bags import make_bag
from fer_ros.bags.evaluation import evaluate
from fer_ros.bags.labels import read_labels
from fer_ros.bags.reading import Bag
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.images import raw_to_frame
from fer_ros.core.pipeline import Pipeline


def made(source, output, *words):
    """Make a bag, and return the exit code and number and stamp of each image."""
    code = make_bag.main([str(source), "--output", str(output), *words])
    with Bag(output) as bag:
        images = [(number_of(raw_to_frame(one.message, 0.0).rgb), one.stamp, one.recorded) for one in bag.images()]
    assert all(recorded == round(stamp * 1e9) for _, stamp, recorded in images)
    return code, [(number, stamp) for number, stamp, _ in images]


@pytest.mark.parametrize("rate", [0, 30, 1000])
def test_a_variable_rate_gives_each_image_its_own_time(tmp_path, rate, capsys):
    path = videos.write_matroska(tmp_path / "phone.mkv", numbered(12), PHONE, rate=rate)
    code, images = made(path, tmp_path / "bag")
    assert code == 0 and images == [(n, pytest.approx(time, abs=1e-3)) for n, time in enumerate(PHONE)]
    said = capsys.readouterr()
    assert "12 images on /camera/image_raw, from 0.00 to 1.55 s" in said.out and said.err.count("fer-make-bag") == 0
    assert rate == 0 or f"its header says {rate} images a second, by their own times they come at 7.097" in said.out


def test_labels_in_a_players_seconds_meet_the_images_that_a_player_shows(tmp_path, tiny_bundle):
    """Of a variable rate: number / rate would put every one of these images elsewhere."""
    people = [np.roll(pictures.two_faces(), 2 * number, axis=1) for number in range(len(PHONE))]
    path = videos.retimed_mp4(videos.write_video(tmp_path / "phone.mp4", people, 30, "mp4v"), PHONE)
    (tmp_path / "labels.csv").write_text("start,end,expression\n0.2,0.4,happy\n1.5,1.6,sad\n")
    command = [str(path), "--output", str(tmp_path / "bag"), "--labels", str(tmp_path / "labels.csv")]
    assert make_bag.main(command) == 0
    pipeline = Pipeline(make_classifier(load_bundle(str(tiny_bundle)), "litert", "default", 1, log=lambda line: None))
    with Bag(tmp_path / "bag") as bag:
        session = evaluate(bag, pipeline, read_labels(tmp_path / "bag.labels.csv"))
    labelled = {round(answer.time, 3): answer.label for answer in session.answers if answer.label is not None}
    assert labelled == {0.25: 0, 0.35: 0, 1.517: 1, 1.55: 1}


def test_a_damaged_video_makes_a_bag_of_the_rest_and_exit_status_1(tmp_path, capsys):
    path = videos.cut_after(videos.write_video(tmp_path / "a.avi", numbered(24), 10), 13)
    code, images = made(path, tmp_path / "bag")
    assert code == 1 and images == [(n, pytest.approx(n / 10)) for n in range(13)]
    assert capsys.readouterr().err == f"fer-make-bag: {path}: damaged: 11 of 24 images that it claims are missing\n"


def test_a_folder_goes_by_the_rate_and_keeps_the_gaps_of_what_cannot_be_read(tmp_path, capsys):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in (2, 10, 9):
        cv2.imwrite(str(folder / f"img{number}.png"), numbered(11)[number])
    (folder / "img3.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("")
    code, images = made(folder, tmp_path / "bag", "--rate", "4")
    assert code == 1 and images == [(2, 0.0), (9, 0.5), (10, 0.75)]
    said = capsys.readouterr()
    assert "1 of 4 pictures could not be read: img3.jpg (empty)" in said.err
    assert "1 that are no pictures: notes.txt" in said.out


def test_a_rate_that_was_assumed_is_said(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "1.png"), numbered(2)[1])
    assert made(tmp_path, tmp_path / "bag") == (0, [(1, 0.0)])
    assert "30 pictures a second are assumed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{video}", "--rate", "10"], "expected no --rate for a file whose images have times of their own, got 10"),
        (["{folder}", "--rate", "0"], "expected a rate of above 0 and at most 1000 images a second, got 0"),
        (["rtsp://me:secret@robot/live"], "expected a video file or a folder of images, got rtsp://...@robot/live"),
        (["{folder}/empty"], "expected images in this folder, got an empty one"),
        (["{folder}/broken"], "1 of 1 pictures could not be read: 1.png"),
    ],
)
def test_what_cannot_be_made_is_one_line(tmp_path, capsys, words, message):
    video = videos.write_video(tmp_path / "a.avi", numbered(3), 10)
    for name in ("empty", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "1.png").write_bytes(b"broken")
    cv2.imwrite(str(tmp_path / "1.png"), numbered(2)[1])
    command = [word.format(video=video, folder=tmp_path) for word in words]
    assert make_bag.main([*command, "--output", str(tmp_path / "bag")]) == 1
    said = capsys.readouterr().err
    assert not (tmp_path / "bag").exists()
    assert said.startswith("fer-make-bag: ") and message in said and said.count("\n") == 1 and "secret" not in said


@pytest.mark.parametrize(
    ("rows", "code", "told"),
    [
        ("0,1,happy", 0, ""),
        ("00:00,00:05,happy", 0, "1 of 1 labels go on after the clip's 1.1 s: happy from 0 to 5 s"),
        (
            "0,1,happy\n2,3,sad\n00:01:00,00:02:00,fear",
            1,
            "expected labels of the clip's 1.1 s, got 2 of 3 outside: sad from 2 to 3 s, fear from 60 to 120 s",
        ),
    ],
)
def test_labels_outside_the_clip_are_told_and_nothing_is_lost(tmp_path, capsys, rows, code, told):
    path = videos.write_video(tmp_path / "a.avi", numbered(12), 10)
    (tmp_path / "labels.csv").write_text(f"start,end,expression\n{rows}\n")
    assert (
        make_bag.main([str(path), "--output", str(tmp_path / "bag"), "--labels", str(tmp_path / "labels.csv")]) == code
    )
    said = capsys.readouterr()
    assert told in said.err + said.out and ("outside" in said.err) == bool(code)
    assert read_labels(tmp_path / "bag.labels.csv") == read_labels(tmp_path / "labels.csv")


def test_home_is_found_in_every_option(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    videos.write_video(tmp_path / "a.avi", numbered(3), 10)
    (tmp_path / "labels.csv").write_text("start,end,expression\n0,1,happy\n")
    assert make_bag.main(["~/a.avi", "--output=~/bag", "--labels=~/labels.csv"]) == 0
    assert (tmp_path / "bag" / "metadata.yaml").exists() and (tmp_path / "bag.labels.csv").exists()
