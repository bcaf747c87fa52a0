"""A real Chromium without a window, driven by the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--headless=new", "--remote-debugging-port=0", "--no-first-run", "--disable-gpu", "--hide-scrollbars"),
    # As root, as in a container, it has no sandbox; it opens nothing but our own page.
    *(("--no-sandbox",) if os.getuid() == 0 else ()),
    # It speaks to nobody else.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page in a browser of its own. errors: what its console has complained about."""

    def __init__(self, executable: str, profile: Path, *flags: str) -> None:
        """Start it with an empty profile folder, and with these flags beside the usual ones."""
        self.errors: list[str] = []
        self._process = subprocess.Popen(
            [executable, *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._loop = asyncio.new_event_loop()
        self._numbers = iter(range(1, 1 << 30))
        self._loop.run_until_complete(self._connect(profile / "DevToolsActivePort"))

    async def _connect(self, file: Path) -> None:
        end = time.monotonic() + 60
        # The second line is written after the first.
        while not (file.exists() and file.read_text().count("\n")):
            assert time.monotonic() < end and self._process.poll() is None, "the browser did not start"
            await asyncio.sleep(0.05)
        port = file.read_text().splitlines()[0]
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(target for target in await answer.json() if target["type"] == "page")
        self._socket = await self._session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0)
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self._call(f"{domain}.enable")

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=60)
            self._listen(message)
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    def _listen(self, message: dict[str, Any]) -> None:
        """Note what the console shows in red: logged errors, exceptions, refused and failed loads."""
        details = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.errors.append(f"{details['entry']['text']} {details['entry'].get('url', '')}")
        elif message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(details["exceptionDetails"]))
        elif message.get("method") == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning"):
            self.errors.append(str(details["args"]))

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        return self._loop.run_until_complete(self._call(method, **parameters))

    def open(self, url: str) -> None:
        """Go to a page."""
        self.call("Page.navigate", url=url)

    def resize(self, width: int, height: int) -> None:
        """Show the page in a window of this size, in pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """Have the system ask for a 'light' or a 'dark' page."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def choose(self, selector: str, file: Path) -> None:
        """Choose a file in a file input."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def shows(self, expression: str, deadline: float = 60.0) -> bool:
        """Wait until a JavaScript expression is true; returns whether it was before the deadline, in seconds."""
        end = time.monotonic() + deadline
        while not self.ask(f"Boolean({expression})"):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def screenshot(self, path: Path) -> None:
        """Write what is shown as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """End the browser and all its processes."""
        self._loop.run_until_complete(self._session.close())
        self._loop.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=10)
