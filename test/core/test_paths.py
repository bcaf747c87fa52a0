"""Passwords are never shown, numbers sort by their value, and home is found."""

from pathlib import Path

import pytest

from fer_ros.core.paths import is_litter, natural_key, user_path, without_password


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://me:secret@robot/live", "rtsp://...@robot/live"),
        ("rtsp://me@robot:554/live", "rtsp://...@robot:554/live"),
        ("rtsp://me:se@cret@robot/live", "rtsp://...@robot/live"),
        ("rtsp://me:se/cr?et@robot/live", "rtsp://...@robot/live"),
        (
            "HTTP://Me:secret@robot:80/video?user=me&pwd=secret&size=2",
            "HTTP://...@robot:80/video?user=...&pwd=...&size=2",
        ),
        ("http://robot/video.cgi?loginuse=me&loginpas=secret", "http://robot/video.cgi?loginuse=...&loginpas=..."),
        ("rtsp://robot:554/user=me_password=secret_channel=1", "rtsp://robot:554/user=..."),
        ("http://robot:8080/stream.mjpg", "http://robot:8080/stream.mjpg"),
        ("rtsp://[fe80::1]:554/live", "rtsp://[fe80::1]:554/live"),
        ("/home/me/a@b.mp4", "/home/me/a@b.mp4"),
        ("0", "0"),
    ],
)
def test_user_and_password_of_a_url_are_hidden(source, shown):
    assert without_password(source) == shown


def test_numbers_sort_by_their_value():
    names = ["img10.png", "img2.png", "img1.png", "Img3.png", "a.png", "10.png", "9.png", "img.png", "img02.png"]
    expected = ["9.png", "10.png", "a.png", "img.png", "img1.png", "img02.png", "img2.png", "Img3.png", "img10.png"]
    assert sorted(names, key=natural_key) == expected


def test_home_is_expanded_and_other_paths_stay(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert user_path("~/bag") == Path("/home/me/bag") and user_path("a/~b") == Path("a/~b")


def test_what_systems_leave_behind_is_litter():
    assert all(is_litter(name) for name in ("Thumbs.db", ".DS_Store", "__MACOSX", "._a.png", "desktop.ini", ".hidden"))
    assert not any(is_litter(name) for name in ("a.png", "thumbs.png", "_a.png"))


def test_no_option_of_a_command_takes_a_path_without_home():
    root = Path(__file__).resolve().parents[2]
    sources = [path for room in ("fer_ros", "fer_training") for path in (root / room).rglob("*.py")]
    assert len(sources) > 50
    assert [str(path) for path in sources if "type=Path" in path.read_text()] == []
