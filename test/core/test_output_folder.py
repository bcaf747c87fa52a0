"""What would be overwritten, or could not be written, is told before the work."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from fer_ros.core.output_folder import check_output_folder


def test_an_earlier_report_is_named_and_stays(tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(ValueError, match="expected no earlier report, got report.html: name another --output, or add"):
        check_output_folder(tmp_path, ["report.html", "confusion.png"])
    check_output_folder(tmp_path, ["report.html"], overwrite=True)
    check_output_folder(tmp_path, ["other.html"])
    assert (tmp_path / "report.html").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_of_many_files_three_are_named(tmp_path):
    for i in range(5):
        (tmp_path / f"{i}.png").touch()
    with pytest.raises(ValueError, match=r"expected no earlier bundle, got 0.png, 1.png, 2.png and 2 more"):
        check_output_folder(tmp_path, what="bundle")


def test_looking_leaves_nothing_behind(tmp_path):
    check_output_folder(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ValueError, match="out: expected a folder for the output, got a file"):
        check_output_folder(tmp_path / "out")
    with pytest.raises(OSError, match="expected a folder that can be written, got 'Not a directory'") as caught:
        check_output_folder(tmp_path / "out" / "inside")
    assert "\n" not in str(caught.value) and "inside" in str(caught.value)


def test_a_folder_that_nobody_can_write_is_named():
    # Not even root makes a folder there.
    with pytest.raises(OSError, match="expected a folder that can be written, got .*/proc/report"):
        check_output_folder(Path("/proc/report"))


def test_a_full_disk_is_told_with_what_is_needed(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 5_000_000))
    with pytest.raises(OSError, match="expected room for 40 MB, got a disk with 5 MB free: make room"):
        check_output_folder(tmp_path / "out", room=40_000_000)
    assert not (tmp_path / "out").exists()
