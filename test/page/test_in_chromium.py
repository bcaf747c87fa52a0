"""The page in a real browser: what the nodes publish is what a person sees."""

import pytest
from nodes.ros import Peer, ros
from nodes.test_page_node import Scene, address

from page.browser import Browser, find_chromium

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")

TEXT = "document.querySelector({!r})?.textContent"


@pytest.fixture(scope="module")
def node():
    one = ros("page_node", port=0, rate=30.0)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def scene():
    peer = Peer()
    yield Scene(peer.node)
    peer.close()


@pytest.fixture(scope="module")
def page(node, scene, tmp_path_factory):
    browser = Browser(CHROMIUM, tmp_path_factory.mktemp("profile"))
    browser.resize(1280, 800)
    browser.open(address(node))
    yield browser
    browser.close()


def test_the_picture_is_shown_with_a_box_and_its_label_where_the_face_is(page):
    assert page.shows("document.querySelector('.box')"), page.errors
    place = page.ask(
        """(() => {
            const box = document.querySelector(".box").getBoundingClientRect();
            const all = document.querySelector("#picture").getBoundingClientRect();
            const [x, y] = [(box.left + box.right) / 2 - all.left, (box.top + box.bottom) / 2 - all.top];
            return [x / all.width, y / all.height, box.width / all.width, box.height / all.height];
        })()"""
    )
    assert place == pytest.approx([32 / 64, 24 / 48, 20 / 64, 20 / 48], abs=0.01)
    assert page.ask(TEXT.format(".box .name")) == "abcde happy 88 %"
    colour = page.ask("[...document.querySelector('#canvas').getContext('2d').getImageData(5, 5, 1, 1).data]")
    assert colour == pytest.approx([0, 200, 0, 255], abs=12)
    assert "abcde: happy 88 %" in page.ask("document.querySelector('#canvas').getAttribute('aria-label')")


def test_every_class_has_its_bar_and_its_number(page):
    assert page.shows("document.querySelectorAll('.face tr').length == 7")
    rows = page.ask(
        """[...document.querySelectorAll(".face tr")].map((row) => {
            const bar = row.querySelector(".bar");
            const share = bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width;
            return [row.cells[0].textContent, row.cells[2].textContent, share];
        })"""
    )
    shares = {name: (text, share) for name, text, share in rows}
    assert list(shares) == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert shares["happy"][0] == "88 %" and shares["happy"][1] == pytest.approx(0.875, abs=0.01)
    assert shares["neutral"][0] == "13 %" and shares["sad"][0] == "0 %" and shares["sad"][1] < 0.02
    assert page.ask(TEXT.format(".face h2 .expression")) == "happy 88 %"
    assert page.ask(TEXT.format(".face .state")) == "stable"


def test_the_timeline_grows_with_what_the_face_shows(page):
    width = "document.querySelector('.timeline .span[data-label=happy]')?.getBoundingClientRect().width"
    first = page.ask(width)
    assert page.shows(f"{width} > {first} + 2")
    assert page.ask(TEXT.format(".timeline .span")) == "happy"
    assert page.ask("document.querySelector('.timeline').getAttribute('aria-label')").startswith("The last 30 seconds")


def test_rate_latency_model_and_state_are_said(page):
    assert page.shows("document.querySelector('#status').textContent == 'live'")
    assert page.shows("/^[\\d.]+ Hz$/.test(document.querySelector('#rate').textContent)")
    assert page.shows("/^\\d+ ms$/.test(document.querySelector('#latency').textContent)")
    assert page.ask(TEXT.format("#bundle")) == "tiny-1234"
    assert page.ask("[...document.querySelector('#camera').options].map((o) => o.value)") == ["/camera/image_raw"]


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_has_to_be_scrolled_sideways(page, width):
    page.resize(width, 740)
    assert page.shows("document.querySelector('.box') && document.querySelectorAll('.face tr').length == 7")
    assert page.ask("document.documentElement.scrollWidth") <= width
    outside = f"""[...document.querySelectorAll("header *, main *")].filter((one) => {{
        const place = one.getBoundingClientRect();
        return place.width && !one.closest("#picture, .timeline") && (place.left < -1 || place.right > {width} + 1);
    }}).map((one) => one.outerHTML)"""
    assert page.ask(outside) == []


def test_every_text_stands_out_from_its_ground(page):
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), by the colours that the browser has computed."""
    ratios = page.ask(
        """(() => {
            const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => {
                const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
                return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
            };
            const ground = (one) => {
                const colour = numbers(getComputedStyle(one).backgroundColor);
                return colour[3] === 0 && one.parentElement ? ground(one.parentElement) : colour;
            };
            const texts = [...document.querySelectorAll("body *")].filter((one) =>
                !["SCRIPT", "NOSCRIPT"].includes(one.tagName) && one.offsetParent &&
                [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
            return texts.map((one) => {
                const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
                return [one.className || one.tagName, (a + 0.05) / (b + 0.05)];
            });
        })()"""
    )
    assert len(ratios) > 20 and [found for found in ratios if found[1] < 4.5] == []


def test_a_face_that_leaves_is_said_to_have_left(page, scene):
    gone, scene.people = scene.people, []
    try:
        assert page.shows("document.querySelector('.face h2 .expression')?.textContent == 'left'")
        assert page.ask("document.querySelectorAll('.box').length") == 0
    finally:
        scene.people = gone


def test_the_console_is_silent_and_the_end_of_the_node_is_said(page, node):
    assert page.shows("document.querySelector('.box')")
    assert page.errors == []
    node.stop()
    assert page.shows("document.querySelector('#status').textContent == 'connection lost, trying again'")
