"""One's own picture, video and camera in a real browser: analysed by the node, shown by the browser, stored nowhere."""

import cv2
import numpy as np
import pictures
import pytest
from nodes.ros import ros
from nodes.test_page_node import address

from page.browser import Browser, find_chromium

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")

STATUS = "document.querySelector('.mine .status')?.textContent"
BOXES = "document.querySelectorAll('.mine .box').length"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Everything that the node could write to without being told."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def page(home, tmp_path_factory):
    """The page, in a browser whose camera shows two faces: the only frame of a Motion JPEG file."""
    camera = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    camera.write_bytes(cv2.imencode(".jpg", pictures.two_faces())[1].tobytes())
    places = {name: str(home) for name in ("HOME", "TMPDIR", "ROS_HOME", "XDG_CACHE_HOME")}
    node = ros("page_node", port=0, uploads=True, upload_limit=1, env=places)
    browser = Browser(
        CHROMIUM, tmp_path_factory.mktemp("profile"), "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}",
        "--autoplay-policy=no-user-gesture-required",
    )  # fmt: skip
    browser.resize(1280, 800)
    browser.open(address(node))
    assert browser.shows("document.querySelector('#own')?.hidden === false")
    yield browser
    browser.close()
    node.stop()


def test_a_picture_is_analysed_and_shown_with_its_faces(page, tmp_path):
    cv2.imwrite(str(tmp_path / "two.jpg"), pictures.two_faces())
    page.choose("#file", tmp_path / "two.jpg")
    assert page.shows(f"{STATUS} == 'analysed, and not stored' && {BOXES} == 2"), page.ask(STATUS)
    # One picture's answers are no sure ones: never bold.
    assert page.ask("[...document.querySelectorAll('.mine .face')].map((one) => one.dataset.kind)") == ["single"] * 2
    assert int(page.ask("getComputedStyle(document.querySelector('.mine .face .expression')).fontWeight")) == 400
    assert page.ask("document.querySelectorAll('.mine .band').length") == 0
    page.ask("[...document.querySelectorAll('.mine button')].at(-1).click()")
    assert page.shows("!document.querySelector('.mine')")


def test_what_is_dropped_is_taken(page):
    """A WebP, which the browser reads and sends on as PNG."""
    data = cv2.imencode(".webp", cv2.resize(pictures.two_faces(), (320, 240)))[1].tobytes()
    page.ask(
        f"""(() => {{
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array({list(data)})], "dropped.webp", {{ type: "image/webp" }}));
            const details = {{ dataTransfer: data, bubbles: true, cancelable: true }};
            document.body.dispatchEvent(new DragEvent("drop", details));
        }})()"""
    )
    assert page.shows(f"{STATUS} == 'analysed, and not stored' && {BOXES} == 2"), page.ask(STATUS)
    assert page.ask("document.querySelector('.mine h2').textContent") == "dropped.webp"


def test_a_video_is_followed_to_its_end_and_can_be_seen_again(page, tmp_path):
    file = tmp_path / "clip.webm"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"VP80"), 10, (640, 480))
    assert writer.isOpened()
    for number in range(30):
        writer.write(np.roll(pictures.two_faces(), number, axis=1))
    writer.release()
    page.choose("#file", file)
    assert page.shows(f"{BOXES} == 2 && document.querySelector('.mine .band .span')"), page.ask(STATUS)
    assert page.shows(f"{STATUS} == 'the end; nothing was stored'")
    page.ask("[...document.querySelectorAll('.mine button')].find((one) => one.textContent == 'Again').click()")
    assert page.shows(f"{STATUS}.startsWith('playing')") and page.shows(f"{STATUS}.startsWith('the end')")


def test_the_browsers_own_camera_is_analysed_until_it_is_closed(page):
    page.ask("document.querySelector('#webcam').click()")
    assert page.shows(f"{STATUS} == 'live, and not stored' && {BOXES} == 2"), page.ask(STATUS)
    page.ask("[...document.querySelectorAll('.mine button')].at(-1).click()")
    assert page.shows("!document.querySelector('.mine')")


def test_errors_are_said_in_one_line(page, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (700, 700, 3), np.uint8)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    cv2.imwrite(str(tmp_path / "large.png"), noise)
    said = {
        "large.png": "large.png has 1.5 MB, more than 1 MB: make it smaller",
        "broken.jpg": "this browser cannot read broken.jpg as a picture: save it as JPEG or PNG",
        "broken.mp4": "this browser cannot play broken.mp4: use MP4 or WebM, or fer-analyze",
    }
    for name, text in said.items():
        page.choose("#file", tmp_path / name)
        assert page.shows(
            f"document.querySelector('.mine h2')?.textContent == '{name}' && {STATUS} != 'being analysed'"
        )
        assert page.ask(STATUS) == text
    page.choose("#file", tmp_path / "notes.txt")
    assert page.shows("document.querySelector('#refused').textContent.startsWith('notes.txt is neither')")


def test_nothing_of_all_this_is_on_the_disk(page, home, tmp_path):
    cv2.imwrite(str(tmp_path / "two.jpg"), pictures.two_faces())
    page.choose("#file", tmp_path / "two.jpg")
    assert page.shows(f"{STATUS} == 'analysed, and not stored'")
    written = [file for file in home.rglob("*") if file.is_file()]
    # The node's own log is there, so that this looks at the right place; pictures are not.
    assert written and all(file.suffix == ".log" for file in written), written
    assert not [file for file in written if b"\xff\xd8\xff" in file.read_bytes() or b"two.jpg" in file.read_bytes()]


def test_the_console_is_silent(page):
    assert [error for error in page.errors if "broken" not in error and "blob:" not in error] == []
