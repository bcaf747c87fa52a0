"""The same in Python: an iterator over the faces of a file, dicts, a DataFrame, events, drawing."""

import subprocess
import sys

import numpy as np
import pictures
import pytest

from analysis.clips import RATE, write_clip, write_photos
from fer_ros.analysis import (
    IncompleteError,
    MissingPackage,
    analyze,
    analyze_frames,
    annotate,
    to_dataframe,
    to_dicts,
)
from fer_ros.analysis.rows import columns
from fer_ros.core import State, load_pipeline


@pytest.fixture(scope="module")
def pipeline():
    return load_pipeline()


def test_the_faces_of_a_video_come_one_by_one_with_their_times(tmp_path, pipeline):
    clip = write_clip(tmp_path / "clip.avi", 10, shown=range(2, 10))
    rows = analyze(clip, pipeline)
    first = next(rows)
    assert (first.file, first.frame, first.time) == (str(clip), 2, pytest.approx(2 / RATE))
    rest = list(rows)
    frames = [first.frame, *(row.frame for row in rest)]
    assert frames == sorted(frames) and set(frames) == set(range(2, 10))
    assert {row.face.label for row in rest if row.face.state is State.STABLE} == {"happy", "neutral"}


def test_a_recording_has_the_same_tracks_and_answers_whenever_and_wherever_it_is_analysed(tmp_path, pipeline):
    clip = write_clip(tmp_path / "clip.avi", 6)
    copy = tmp_path / "elsewhere" / "renamed.avi"
    copy.parent.mkdir()
    copy.write_bytes(clip.read_bytes())
    other = write_clip(tmp_path / "other.avi", 7)
    once, moved, longer, again = ([*to_dicts(analyze(path, pipeline))] for path in (clip, copy, other, clip))
    assert [{**row, "file": ""} for row in once] == [{**row, "file": ""} for row in moved]
    assert once == again
    assert len({row["track"] for row in once}) == 2
    assert not {row["track"] for row in once} & {row["track"] for row in longer}


def test_stable_expressions_are_events(tmp_path, pipeline):
    told = []
    for _ in analyze(write_clip(tmp_path / "clip.avi", 10), pipeline, on_stable=told.append):
        pass
    assert sorted(change.label for change in told) == ["happy", "neutral"]
    assert all(0 < change.stamp < 1 for change in told)


def test_frames_can_be_annotated(tmp_path, pipeline):
    (frame,) = analyze_frames(write_clip(tmp_path / "clip.avi", 1), pipeline)
    drawn = annotate(frame.frame, frame.faces)
    assert drawn.shape == (480, 640, 3) and (drawn != frame.frame.rgb).any()


def test_dicts_have_the_columns_of_the_table(tmp_path, pipeline):
    (row,) = to_dicts(analyze(write_photos(tmp_path / "photos") / "photo2.png", pipeline))
    assert tuple(row) == columns(pipeline.classifier.labels)
    assert (row["label"], row["time"], row["track"], row["smoothed_happy"]) == ("happy", None, "", None)
    assert row["raw_happy"] == row["confidence"] == row["raw_confidence"] > 0.5


def test_what_was_left_out_is_raised_after_the_last_face_unless_somebody_is_told(tmp_path, pipeline):
    folder = write_photos(tmp_path / "photos")
    (folder / "broken.jpg").write_bytes(b"no picture")
    seen = []
    with pytest.raises(IncompleteError, match="broken.jpg"):
        seen += [row.picture for row in analyze(folder, pipeline)]
    told = []
    assert len(list(analyze(folder, pipeline, on_left_out=told.append))) == 3
    assert len(told) == 1 and "broken.jpg" in told[0]


def test_a_missing_file_is_an_error_that_names_it(pipeline):
    with pytest.raises(ValueError, match="nowhere.mp4: no such file"):
        next(analyze("nowhere.mp4", pipeline))


def test_a_dataframe_holds_the_same(tmp_path, pipeline):
    pytest.importorskip("pandas")
    rows = list(analyze(write_clip(tmp_path / "clip.avi", 6), pipeline))
    frame = to_dataframe(rows)
    assert tuple(frame.columns) == columns(pipeline.classifier.labels) and len(frame) == len(rows)
    assert frame["raw_happy"].tolist() == [row["raw_happy"] for row in to_dicts(rows)]
    assert frame.groupby("track")["time"].max().tolist() == pytest.approx([0.5, 0.5])
    assert "label" in to_dataframe([]).columns


def test_without_pandas_a_dataframe_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackage, match=r"needs the Python package pandas: pip install '\.\[analysis\]'"):
        to_dataframe([])


def test_the_analysis_needs_no_ros_and_its_command_nothing_before_it_works():
    code = (
        "import sys; sys.modules['rclpy'] = None; import fer_ros.analysis.command\n"
        "assert not {'cv2', 'numpy', 'scipy'} & set(sys.modules)\n"
        "from fer_ros.analysis import *\n"
        "assert not {'tensorflow', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_exported_is_there():
    from fer_ros import analysis

    assert all(getattr(analysis, name).__name__ == name for name in analysis.__all__)
    assert set(analysis.__all__) <= set(dir(analysis))
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = analysis.analyse


def test_a_picture_too_small_for_a_face_is_answered_with_none(tmp_path, pipeline):
    import cv2

    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((1, 1, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "line.png"), pictures.smiling()[:, :2])
    assert list(analyze(tmp_path, pipeline)) == []
