"""One skeleton for every report: what is not HTML stays text, nothing is loaded, and empty parts are not there."""

import cv2
import pytest
from page.browser import Browser, find_chromium

from fer_ros.core import html_report
from fer_ros.core.html_report import Html, to_page

CHROMIUM = find_chromium()
EVIL = "<script>alert(1)</script>"


def whole():
    return to_page(
        EVIL,
        [
            html_report.warning(EVIL, [EVIL]),
            html_report.notes([EVIL]),
            html_report.section(EVIL, html_report.table([{"name": EVIL, "n": 7}], numbers=["n"])),
            html_report.section("facts", html_report.facts({EVIL: EVIL})),
            html_report.section("bars", html_report.bar({"happy": 0.75, "sad": 0.25, "angry": 0.0})),
        ],
        EVIL,
    )


def test_text_stays_text_everywhere():
    assert "<script" not in whole() and whole().count("&lt;script") == 10


def test_html_is_taken_as_it_is():
    assert "<em>shows</em>" in to_page("t", [], Html("what a face <em>shows</em>"))
    assert "<td><b>1</b></td>" in html_report.table([{"a": Html("<b>1</b>")}])


def test_numbers_stand_to_the_right_and_shares_in_words():
    assert "<td class='number'>7</td>" in whole() and "happy 75%, sad 25%</td>" not in whole()
    assert "happy 75%, sad 25%" in whole() and "angry" not in whole()


def test_what_is_empty_is_left_out():
    assert html_report.section("t", html_report.table([])) == "" and html_report.warning("t", []) == ""
    assert "<section" not in to_page("t", ["", html_report.notes([])])


def at_the_edges(browser, folder):
    """Return whether there is a shadow at the left and the right edge of the table."""
    browser.screenshot(folder / "shot.png")
    room = "document.querySelector('.scroll').getBoundingClientRect()"
    left, right, bottom = (round(browser.ask(f"{room}.{side}")) for side in ("left", "right", "bottom"))
    row = cv2.imread(str(folder / "shot.png"), cv2.IMREAD_GRAYSCALE)[bottom - 4]
    return bool(row[left + 1] < row[left - 8] - 20), bool(row[right - 2] < row[right + 8] - 20)


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")
def test_a_wide_table_scrolls_and_the_page_does_not(tmp_path):
    table = html_report.table([{f"column {i}": f"value{i}" for i in range(30)}])
    (tmp_path / "report.html").write_text(to_page("Wide", [html_report.section("t", table)]))
    browser = Browser(CHROMIUM, tmp_path / "profile")
    try:
        browser.resize(390, 800)
        browser.open((tmp_path / "report.html").as_uri())
        assert browser.shows("document.querySelector('table') !== null")
        assert browser.ask("document.documentElement.scrollWidth") <= 390
        room = "document.querySelector('.scroll')"
        assert browser.ask(f"{room}.scrollWidth > {room}.clientWidth && {room}.tabIndex == 0")
        edges = [at_the_edges(browser, tmp_path)]
        browser.ask(f"{room}.scrollLeft = 1e6")
        edges.append(at_the_edges(browser, tmp_path))
        # Darker where the table goes on: first at its right, then at its left.
        assert edges[0] == (False, True) and edges[1] == (True, False)
        assert browser.errors == []
    finally:
        browser.close()
