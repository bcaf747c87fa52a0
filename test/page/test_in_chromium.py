"""The page in a real browser: what the nodes publish is what a person sees, light and dark, at 1280 and 390 pixels."""

from pathlib import Path

import numpy as np
import pytest
from nodes.ros import Peer, ros, wait_for
from nodes.test_page_node import Robot, Scene, address, face

from fer_ros.core.palette import COLOURS, PEOPLE, rgb
from page.browser import Browser, find_chromium

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")

TEXT = "document.querySelector({!r})?.textContent"
STYLE = "getComputedStyle(document.querySelector({!r})).{}"


def css(colour):
    return f"rgb({', '.join(map(str, rgb(colour)))})"


@pytest.fixture(scope="module")
def node():
    one = ros("page_node", port=0, rate=30.0)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def peer():
    one = Peer()
    yield one
    one.close()


@pytest.fixture(scope="module")
def scene(peer):
    return Scene(peer.node)


@pytest.fixture(scope="module")
def robot(peer):
    return Robot(peer.node)


@pytest.fixture(scope="module")
def page(node, scene, robot, tmp_path_factory):
    browser = Browser(CHROMIUM, tmp_path_factory.mktemp("profile"))
    browser.resize(1280, 800)
    browser.prefer("light")
    browser.open(address(node))
    yield browser
    browser.close()


@pytest.fixture
def unsure(scene):
    """The face is turned away and too small, so that nothing is sure."""
    scene.people[0].state, scene.people[0].reasons = 2, 4 | 8
    yield
    scene.people[0].state, scene.people[0].reasons = 1, 0


def test_the_picture_is_shown_with_a_box_and_its_label_where_the_face_is(page):
    assert page.shows("document.querySelector('.box')"), page.errors
    place = page.ask(
        """(() => {
            const box = document.querySelector(".box").getBoundingClientRect();
            const all = document.querySelector(".picture").getBoundingClientRect();
            const [x, y] = [(box.left + box.right) / 2 - all.left, (box.top + box.bottom) / 2 - all.top];
            return [x / all.width, y / all.height, box.width / all.width, box.height / all.height];
        })()"""
    )
    assert place == pytest.approx([32 / 64, 24 / 48, 20 / 64, 20 / 48], abs=0.01)
    assert page.ask(TEXT.format(".box .expression")) == "happy 88 %"
    pixel = "[...document.querySelector('canvas').getContext('2d').getImageData(5, 5, 1, 1).data]"
    assert page.ask(pixel) == pytest.approx([0, 200, 0, 255], abs=12)
    assert "Face 1: happy 88 %" in page.ask("document.querySelector('canvas').getAttribute('aria-label')")


def test_a_card_says_who_what_and_how_sure(page):
    """The expression first; the person's colour is that of the box; the id is a tooltip."""
    assert page.shows("document.querySelector('.face[data-kind=sure]')")
    assert page.ask(TEXT.format(".face h3")) == "1happy88 %"
    assert page.ask(TEXT.format(".face .line")).replace(" · ", "") == "Face 1Sure"
    assert page.ask("document.querySelector('.face .who').title") == "track abcde"
    assert page.ask(STYLE.format(".face h3 .expression", "backgroundColor")) == css(COLOURS["happy"])
    assert int(page.ask(STYLE.format(".face h3 .expression", "fontWeight"))) >= 700
    person = [STYLE.format(".face h3 .badge", "backgroundColor"), STYLE.format(".box", "borderTopColor")]
    assert [page.ask(one) for one in person] == [css(PEOPLE[0])] * 2


def test_every_class_has_its_bar_in_its_colour_and_its_number(page):
    assert page.shows("document.querySelectorAll('.face tr').length == 7")
    # The bars grow to their length, slowly enough to be seen.
    width = "document.querySelector('.bar[data-label=happy]').getBoundingClientRect().width"
    track = "document.querySelector('.track').getBoundingClientRect().width"
    assert page.shows(f"Math.abs({width} / {track} - 0.875) < 0.01")
    rows = page.ask(
        """[...document.querySelectorAll(".face tr")].map((row) => {
            const bar = row.querySelector(".bar");
            const share = bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width;
            return [row.cells[0].textContent, row.cells[2].textContent, share, getComputedStyle(bar).backgroundColor];
        })"""
    )
    shares = {name: (text, share) for name, text, share, _ in rows}
    assert list(shares) == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert shares["happy"][0] == "88 %" and shares["neutral"][0] == "13 %" and shares["sad"][0] == "0 %"
    assert shares["sad"][1] < 0.02
    assert [colour for *_, colour in rows] == [css(COLOURS[name]) for name in shares]


def test_what_is_uncertain_is_hatched_never_bold_and_says_why_and_what_to_do(page, unsure):
    assert page.shows("document.querySelector('.face[data-kind=uncertain]')")
    assert page.ask(TEXT.format(".face h3")) == "1uncertain"
    advice = "Too small: please come closer; turned away: please look at the camera"
    assert page.shows(f"document.querySelector('.face .advice').textContent == '{advice}'")
    for place in (".face h3 .expression", ".box .expression"):
        assert int(page.ask(STYLE.format(place, "fontWeight"))) == 400
        assert page.ask(STYLE.format(place, "backgroundColor")) != css(COLOURS["happy"])
    for hatched in (".face h3 .expression", ".face .bar"):
        assert "repeating-linear-gradient" in page.ask(STYLE.format(hatched, "backgroundImage"))
    assert page.ask(STYLE.format(".box", "borderTopStyle")) == "dashed"
    assert page.shows("document.querySelector('.span[data-label=uncertain]')")
    assert "repeating-linear" in page.ask(STYLE.format(".span[data-label=uncertain]", "backgroundImage"))


@pytest.mark.parametrize(("reason", "help"), [(1, "more light"), (2, "hold still"), (4, "come closer"), (8, "look at")])
def test_every_reason_comes_with_what_helps(page, scene, reason, help):
    scene.people[0].state, scene.people[0].reasons = 2, reason
    try:
        assert page.shows(f"document.querySelector('.face .advice').textContent.includes('{help}')")
    finally:
        scene.people[0].state, scene.people[0].reasons = 1, 0


def test_the_band_grows_with_what_the_face_shows(page):
    """And its words are there where there is room for them."""
    last = "[...document.querySelectorAll('.band .span[data-label=happy]')].at(-1)"
    assert page.shows(last)
    first = page.ask(f"{last}.getBoundingClientRect().width")
    assert page.shows(f"{last}.getBoundingClientRect().width > {first} + 2")
    assert page.shows(f"!{last}.hasAttribute('data-short')")
    assert page.ask(f"{last}.textContent") == "happy"
    label = page.ask("document.querySelector('.band').getAttribute('aria-label')")
    assert label.startswith("Face 1, the last 30 seconds: ") and "happy" in label


def test_rate_latency_model_and_state_are_said(page):
    assert page.shows("document.querySelector('.status').textContent == 'live'")
    said = "[...document.querySelectorAll('.figures div')].map((one) => one.textContent).join(' ')"
    assert page.shows(f"/Results[\\d.]+ Hz Latency\\d+ ms Pictures[\\d.]+ Hz Modeltiny-1234/.test({said})")
    assert page.ask("document.querySelector('.view').getAttribute('aria-label')") == "/camera/image_raw"
    # With one camera there is nothing to choose from.
    assert page.ask("document.querySelector('#cameras').hidden")


def test_nothing_is_offered_that_was_not_asked_for(page):
    assert page.ask("document.querySelector('#own').hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_off_or_has_to_be_scrolled_sideways(page, unsure, width, scheme):
    page.resize(width, 844)
    page.prefer(scheme)
    assert page.shows("document.querySelector('.box') && document.querySelectorAll('.face tr').length == 7")
    assert page.ask("document.documentElement.scrollWidth") <= width
    outside = f"""[...document.querySelectorAll("header *, main *, footer *")].filter((one) => {{
        const place = one.getBoundingClientRect();
        return place.width && !one.closest(".picture, .band") && (place.left < -1 || place.right > {width} + 1);
    }}).map((one) => one.outerHTML)"""
    assert page.ask(outside) == []
    cut = """[...document.querySelectorAll("body *")].filter((one) => one.offsetParent && one.children.length === 0 &&
        one.textContent.trim() && getComputedStyle(one).visibility !== "hidden" &&
        (one.scrollWidth > one.clientWidth + 1) && getComputedStyle(one).display !== "inline")
        .map((one) => one.outerHTML)"""
    assert page.ask(cut) == []
    page.resize(1280, 800)


def test_the_page_says_what_its_words_mean(page):
    legend = page.ask("[...document.querySelectorAll('.meanings dt')].map((one) => one.textContent)")
    assert legend[:3] == ["sure", "from this picture alone", "uncertain"]
    assert page.shows("document.querySelector('.face[data-kind=sure]')")
    told = page.ask("document.querySelector('.face[data-kind=sure] .advice').title")
    assert told.startswith("Sure: it stands out")


CONTRAST = """(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    // Whatever way a colour is written in, what is painted is what counts.
    const numbers = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
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
        getComputedStyle(one).visibility !== "hidden" &&
        [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
    return texts.map((one) => {
        const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
        return [one.className || one.tagName, (a + 0.05) / (b + 0.05)];
    });
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(page, scheme):
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), by the colours that the browser paints."""
    page.prefer(scheme)
    ratios = page.ask(CONTRAST)
    assert len(ratios) > 20 and [found for found in ratios if found[1] < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(page, scheme, width):
    axe = pytest.importorskip("axe_core_python")
    page.resize(width, 844)
    page.prefer(scheme)
    page.ask((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8") + "; true")
    found = page.ask("axe.run().then((one) => one.violations.map((v) => [v.impact, v.id, v.nodes[0].html]))")
    passed = page.ask("axe.run().then((one) => one.passes.length)")
    page.resize(1280, 800)
    assert passed > 15 and found == []


def test_the_button_changes_between_light_and_dark_and_the_address_keeps_it(page):
    page.prefer("light")
    ground = STYLE.format("body", "backgroundColor")
    light = page.ask(ground)
    assert page.shows("document.querySelector('#theme').textContent == 'Dark'")
    page.ask("document.querySelector('#theme').click()")
    dark = page.ask(ground)
    assert dark != light and page.ask("document.querySelector('#theme').textContent") == "Light"
    page.call("Page.reload")
    assert page.shows(f"document.querySelector('.box') && {ground} == '{dark}'")
    page.ask("document.querySelector('#theme').click()")
    assert page.ask(ground) == light and page.ask("localStorage.length + document.cookie.length") == 0


def test_a_face_that_leaves_is_said_to_be_gone(page, scene):
    gone, scene.people = scene.people, []
    try:
        assert page.shows("document.querySelector('.face[data-kind=gone]')")
        assert page.ask(TEXT.format(".face h3")) == "1gone"
        assert page.ask(TEXT.format(".face .advice")).endswith("s ago.")
        assert page.ask("document.querySelectorAll('.box').length") == 0
        assert page.ask("document.querySelector('.face table').hidden")
    finally:
        scene.people = gone


def test_the_button_pauses_and_goes_on(page, scene, robot):
    assert page.shows("!document.querySelector('#pause').hidden")
    robot.asked.clear()
    page.ask("document.querySelector('#pause').click()")
    assert page.shows("document.querySelector('.status').textContent.startsWith('paused')")
    assert robot.asked == [True] and page.ask(TEXT.format("#pause")) == "Go on"
    page.ask("document.querySelector('#pause').click()")
    assert page.shows("document.querySelector('.status').textContent == 'live'") and robot.asked == [True, False]


def test_without_results_no_card_goes_on_as_if_there_were_some(page, scene):
    faces, scene.faces = scene.faces, None
    try:
        assert page.shows("document.querySelector('.face[data-kind=silent]')")
        assert page.ask(TEXT.format(".face h3")) == "1no results"
        assert page.ask("document.querySelectorAll('.box').length") == 0
    finally:
        scene.faces = faces
    assert page.shows("document.querySelector('.face[data-kind=sure]')")


def test_the_footer_promises_what_is_true(page, robot):
    promise = page.ask(TEXT.format("#kept"))
    assert "keeps nothing" in promise and page.ask("document.querySelector('#recorders').hidden")
    robot.values = {"recording": "/home/robot/sessions/1", "recording_dropped": "0"}
    try:
        assert page.shows("!document.querySelector('#recorders').hidden")
        assert "the robot records: fer_node" in page.ask(TEXT.format("#recorders"))
    finally:
        robot.values = {"recording": "off"}
    assert page.shows("document.querySelector('#recorders').hidden")


def test_a_tall_picture_fits_into_the_window(page, scene):
    picture, scene.picture = scene.picture, np.full((120, 40, 3), 100, np.uint8)
    try:
        assert page.shows("document.querySelector('canvas').height == 120")
        place = "document.querySelector('.picture').getBoundingClientRect()"
        assert page.shows(f"Math.abs({place}.height / {place}.width - 3) < 0.02")
        assert page.ask(f"{place}.height") <= 800 and page.ask(f"{place}.height") > 400
    finally:
        scene.picture = picture
    assert page.shows("document.querySelector('canvas').height == 48")


def test_a_phone_shows_two_people_and_how_sure_each_is_without_scrolling(page, scene):
    alone, scene.people = scene.people, [face(), face(track_id="fghij", x=12.0)]
    scene.people[1].state, scene.people[1].reasons = 2, 8
    page.resize(390, 844)
    try:
        for scheme in ("light", "dark"):
            page.prefer(scheme)
            assert page.shows("document.querySelectorAll('.face:not([data-kind=gone])').length == 2")
            second = ".face[data-kind=uncertain]"
            assert page.shows(f"document.querySelector('{second} .advice')?.textContent.startsWith('Turned')")
            page.ask("scrollTo(0, 0)")
            # The whole of both cards, bars and bands too.
            cards = "[...document.querySelectorAll('.face')]"
            bottoms = page.ask(f"{cards}.map((one) => one.getBoundingClientRect().bottom)")
            assert len(bottoms) == 2 and max(bottoms) < 844, bottoms
    finally:
        scene.people = alone
        page.resize(1280, 800)


def test_the_console_is_silent_and_the_end_of_the_node_is_said(page, node):
    assert page.shows("document.querySelector('.box')")
    assert page.errors == []
    node.stop()
    assert page.shows("document.querySelector('.status').textContent == 'connection lost, trying again'")


def test_two_cameras_are_shown_beside_each_other_and_can_be_left_out(peer, tmp_path):
    cameras = ["/left/image_raw", "/right/image_raw"]
    scenes = [Scene(peer.node, camera) for camera in cameras]
    node = ros("page_node", port=0, rate=30.0, image_topics="[left/image_raw, right/image_raw]")
    browser = Browser(CHROMIUM, tmp_path)
    try:
        browser.resize(1280, 800)
        browser.open(address(node))
        assert browser.shows("document.querySelectorAll('.box').length == 2")
        places = browser.ask(
            "[...document.querySelectorAll('.picture')].map((one) => one.getBoundingClientRect())"
            ".map((place) => [place.left, place.top])"
        )
        assert places[0][0] + 400 < places[1][0] and places[0][1] == places[1][1]
        # No two people on one page have the same name.
        assert sorted(browser.ask("[...document.querySelectorAll('.who')].map((one) => one.textContent)")) == [
            "Face 1", "Face 2",
        ]  # fmt: skip
        browser.resize(390, 844)
        assert browser.ask("document.documentElement.scrollWidth") <= 390
        browser.ask("document.querySelectorAll('#cameras input')[0].click()")
        assert browser.shows("document.querySelectorAll('.view').length == 1")
        assert wait_for(lambda: peer.node.count_subscribers(cameras[0]) == 0)
        assert browser.errors == []
    finally:
        browser.close()
        node.stop()
        for scene in scenes:
            scene.stop()
