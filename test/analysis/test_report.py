"""The report is one file that loads nothing, and shows in a browser what the tables say."""

import pytest
from page.browser import Browser, find_chromium

from analysis.clips import write_clip, write_photos
from fer_ros.analysis.command import main
from fer_ros.analysis.report import MOST_ROWS, Report, to_html

CHROMIUM = find_chromium()


def shares(**given):
    return {f"{name}_share": given.get(name, 0.0) for name in ("happy", "sad", "uncertain")}


def test_names_of_files_stay_text():
    evil = "<script>alert(1)</script>.mp4"
    report = Report({"command": evil}, ("happy", "sad"), [{"input": evil}], [f"{evil}: damaged"], [evil])
    report.expressions = [
        {"file": evil, "camera": "", "track": "abcde", "minute": 0, "faces": 1, "seconds": 1.0, **shares(happy=1.0)}
    ]
    report.shown = [(f"'>{evil}", b"")]
    assert "<script" not in to_html(report)


def test_what_is_too_much_for_a_page_is_counted():
    row = {"file": "a", "camera": "", "track": "abcde", "minute": 0, "faces": 1, "seconds": 1.0, **shares(sad=1.0)}
    text = to_html(Report({}, ("happy", "sad"), expressions=[row] * (MOST_ROWS + 7)))
    assert text.count("sad 100%") == MOST_ROWS and "And 7 more in the files beside this report." in text


def test_one_face_is_not_called_several_and_a_doubted_one_is_uncertain():
    report = Report({}, ("happy", "sad"))
    still = {"file": "a.png", "camera": "", "track": "", "minute": None, "seconds": None, **shares(happy=1.0)}
    report.expressions = [{**still, "faces": 1}, {**still, "faces": 2}]
    box = {"left": 1.0, "top": 2.0, "right": 3.0, "bottom": 4.0, "file": "a.png", "picture": ""}
    report.pictures = [{**box, "label": "happy", "confidence": 0.584, "reasons": why} for why in ("", "blurred")]
    text = to_html(report)
    assert "<td>1 face</td>" in text and "<td>2 faces</td>" in text
    assert "<td>happy 58%</td>" in text and "<td>uncertain, most likely happy 58%</td>" in text
    assert "It is no probability." in text


def test_nobody_is_said_too():
    assert "No face was found." in to_html(Report({}, ("happy", "sad")))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The report of a clip, and of pictures one of which cannot be read."""
    folder = tmp_path_factory.mktemp("analysis")
    photos = write_photos(folder / "photos")
    (photos / "broken.jpg").write_bytes(b"no picture")
    clip = write_clip(folder / "clip.avi", 4)
    assert main([str(clip), str(photos), "--output", str(folder / "out"), "--annotated"]) == 1
    return folder / "out" / "report.html"


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_in_a_browser_without_a_complaint(page, tmp_path, scheme):
    browser = Browser(CHROMIUM, tmp_path / "profile")
    try:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.resize(390, 800)
        browser.open(page.as_uri())
        loaded = "document.images.length == 5 && [...document.images].every((image) => image.naturalWidth > 0)"
        assert browser.shows(loaded)
        assert browser.ask("document.documentElement.scrollWidth") <= 390
        shown = browser.ask("document.body.innerText")
        for text in ("clip.avi", "photo10.png", "broken.jpg", "happy", "uncertain", "--annotated", "mobilenet"):
            assert text in shown
        assert browser.errors == []
    finally:
        browser.close()
