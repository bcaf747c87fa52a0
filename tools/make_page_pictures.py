"""Make the pictures of the live page in docs/images: in light and dark, on a desk and a phone, and some seconds of it.

python tools/make_page_pictures.py docs/images   (in the shell of env.bash; needs Chromium)

The real nodes run on the demo's clip, whose two people are in the public domain; see tools/make_clip.py.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT), str(ROOT / "test")]

import make_clip  # noqa: E402
from page.browser import Browser, find_chromium  # noqa: E402
from PIL import Image  # noqa: E402

from reliability.process import Process, ros  # noqa: E402

DESK, PHONE = (1280, 960), (390, 844)
SECONDS, PERIOD = 6.0, 0.2  # of the animation
WIDTH, QUALITY = 800, 60
BOTH_ARE_SURE = "document.querySelectorAll('.face[data-kind=sure]').length == 2"


def start(stack: ExitStack, folder: Path) -> tuple[Browser, str]:
    """Start the nodes on the clip, and a browser; returns it and the page's address."""
    clip = folder / "clip.avi"
    make_clip.main(clip)
    processes: list[Process] = [
        ros("camera_node", source=clip, loop=True, rate=15.0),
        ros("fer_node", "--params-file", str(ROOT / "config" / "robot.yaml")),
        ros("page_node", port=0, rate=15.0),
    ]
    for process in processes:
        stack.callback(process.stop)
    chromium = find_chromium()
    if chromium is None:
        raise FileNotFoundError("expected Chromium or Chrome, got none: apt-get install chromium")
    browser = Browser(chromium, folder / "profile")
    stack.callback(browser.close)
    if not processes[-1].says("page_node: open http"):
        raise RuntimeError(processes[-1].output)
    return browser, next(line for line in processes[-1].lines if "open http" in line).rpartition(" ")[2]


def picture(browser: Browser, size: tuple[int, int], scheme: str) -> Image.Image:
    """Return what the page looks like in a window of this size while both people are there."""
    browser.resize(*size)
    browser.prefer(scheme)
    browser.shows(BOTH_ARE_SURE)
    time.sleep(1.0)
    browser.shows(BOTH_ARE_SURE)
    return shot(browser)


def shot(browser: Browser) -> Image.Image:
    """Return what the browser shows."""
    data = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
    return Image.open(io.BytesIO(data)).convert("RGB")


def animation(browser: Browser) -> list[Image.Image]:
    """Return some seconds of the page, reduced."""
    browser.resize(*DESK)
    browser.prefer("light")
    frames = []
    began = time.monotonic()
    for number in range(round(SECONDS / PERIOD)):
        time.sleep(max(0.0, began + number * PERIOD - time.monotonic()))
        frames.append(shot(browser).resize((WIDTH, round(WIDTH * DESK[1] / DESK[0])), Image.Resampling.LANCZOS))
    return frames


def main(folder: Path) -> None:
    """Write the pictures."""
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser, address = start(stack, room)
        browser.resize(*DESK)
        browser.open(address)
        browser.shows(BOTH_ARE_SURE)
        time.sleep(15)  # until the bands tell something
        for name, size, scheme in (
            ("page.png", DESK, "light"), ("page_dark.webp", DESK, "dark"),
            ("page_phone.webp", PHONE, "light"), ("page_phone_dark.webp", PHONE, "dark"),
        ):  # fmt: skip
            picture(browser, size, scheme).save(folder / name, quality=90, optimize=True)
        first, *others = animation(browser)
        first.save(
            folder / "page.webp", save_all=True, append_images=others, duration=round(1000 * PERIOD), loop=0,
            quality=QUALITY, method=4,
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
