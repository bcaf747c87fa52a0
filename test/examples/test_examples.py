"""The examples that need no ROS do what they say, as they stand; that of a behaviour is in test/client."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from analysis.clips import write_clip
from in_process import run_script
from pictures import smiling, two_faces

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def run(script, *arguments, folder):
    """Run an example where it can leave nothing behind unseen."""
    return run_script(EXAMPLES / script, *arguments, folder=folder)


def test_a_picture_is_printed_and_nothing_is_written(tmp_path):
    cv2.imwrite(str(tmp_path / "photo.png"), two_faces())
    done = run("picture.py", "photo.png", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    faces = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert len(faces) == 2 and any(": happy 0.9" in line or ": happy 1.0" in line for line in faces), done.stdout
    assert done.stdout.count("surprise ") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_picture_is_annotated_where_that_is_asked_for(tmp_path):
    cv2.imwrite(str(tmp_path / "photo.png"), smiling())
    done = run("picture.py", "photo.png", "--output", "annotated.png", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    drawn = cv2.imread(str(tmp_path / "annotated.png"))
    assert drawn.shape == smiling().shape and (drawn != smiling()).any(axis=2).mean() > 0.01


def test_a_picture_without_people_has_no_face(tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((240, 320, 3), 90, np.uint8))
    done = run("picture.py", "wall.png", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "no face\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What the example wrote of a clip with two people."""
    folder = tmp_path_factory.mktemp("video")
    write_clip(folder / "clip.avi")
    done = run("video_to_table.py", "clip.avi", "--output", "out", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_a_video_becomes_a_table_of_expressions_over_time(made):
    with (made / "faces.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {"clip.avi"}
    assert len({row["track"] for row in rows}) == 2
    times = [float(row["time"]) for row in rows]
    assert times == sorted(times) and times[0] == 0.0 and times[-1] == pytest.approx(1.1)
    assert all(sum(float(row[f"raw_{label}"]) for label in ("happy", "neutral")) <= 1.001 for row in rows)
    assert "happy" in {row["label"] for row in rows}


def test_a_video_becomes_a_plot_and_no_picture_of_a_person(made):
    assert sorted(path.name for path in made.iterdir()) == ["expressions.png", "faces.csv"]
    plot = cv2.imread(str(made / "expressions.png"))
    assert plot is not None and len(np.unique(plot.reshape(-1, 3), axis=0)) > 50


@pytest.mark.parametrize(
    ("name", "said"), [("gone.avi", "gone.avi"), ("photo.png", "expected a video with faces, got a picture")]
)
def test_what_is_no_video_is_named(tmp_path, name, said):
    cv2.imwrite(str(tmp_path / "photo.png"), smiling())
    done = run("video_to_table.py", name, "--output", "out", folder=tmp_path)
    assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_short(script):
    assert len(script.read_text().splitlines()) < 60
