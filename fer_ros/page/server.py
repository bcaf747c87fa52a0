"""The page's server: static files and one WebSocket, on an event loop in a thread of its own.

A browser says `ready` when it has shown what it was sent, and is then sent the newest there is: nothing queues, and a
slow browser costs no memory. Nothing is stored, logged or set as a cookie.
"""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

try:
    from aiohttp import WSCloseCode, WSMsgType, web
except ImportError as error:
    raise ImportError(
        f"the live page needs aiohttp ({error}): apt-get install python3-aiohttp, or pip install aiohttp"
    ) from None

from fer_ros.page.access import Access
from fer_ros.page.updates import Update

MOST_BROWSERS = 16

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_LONGEST_REQUEST = 1024  # bytes of a browser's message
_HEARTBEAT = 10.0  # seconds between two signs of life that are asked of a browser
_GOODBYE = 0.1  # seconds that a browser has to take its leave when the node ends
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError that says what is wrong with the host or port."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise OSError(f"host must be a name or address of this machine, got {host!r} ({error.strerror})") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"port {port} of {host} is in use: give another one, or 0 for any that is free") from None
        raise OSError(f"cannot listen on port {port} of {host}: {error.strerror}") from None


class _Browser:
    """One open page."""

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self.ready = True
        self.shown: Update | None = None
        self.told: str | None = None
        self.wake = asyncio.Event()


class Server:
    """Serves the page. `show`, `tell` and `close` may be called from any thread."""

    def __init__(
        self, listener: socket.socket, access: Access, cameras: list[str], on_change: Callable[[], None]
    ) -> None:
        """Start to serve. on_change: called in the server's thread when `watched` has changed."""
        self._listener, self._access, self._cameras, self._on_change = listener, access, cameras, on_change
        self._files = {path: ((_STATIC / name).read_bytes(), kind) for path, (name, kind) in _FILES.items()}
        self._newest: dict[str, Update] = {}
        self._state: str | None = None
        self._browsers: set[_Browser] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._closing: set[asyncio.Task[bool]] = set()
        self.watched: frozenset[str] = frozenset()
        self.wanted: frozenset[str] = frozenset()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)
        self._thread.start()

    def show(self, camera: str, update: Update) -> None:
        """Hand over a camera's newest update; an older one that a browser was not ready for is forgotten."""
        self._call(lambda: self._show(camera, update))

    def tell(self, state: str) -> None:
        """Hand over how things are, as JSON."""
        self._call(lambda: self._tell(state))

    def close(self) -> None:
        """Say goodbye to all browsers and end the thread."""
        self._call(self._stop.set)
        self._thread.join(timeout=1.5)

    def _call(self, action: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _show(self, camera: str, update: Update) -> None:
        self._newest[camera] = update
        for browser in self._browsers:
            browser.wake.set()

    def _tell(self, state: str) -> None:
        self._state = state
        for browser in self._browsers:
            browser.wake.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        application = web.Application(middlewares=[self._guard], client_max_size=_LONGEST_REQUEST)
        application.add_routes([web.get("/live", self._live), *(web.get(path, self._file) for path in self._files)])
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=_GOODBYE)
        await runner.setup()
        await web.SockSite(runner, self._listener).start()
        await self._stop.wait()
        await self._say_goodbye()
        await runner.cleanup()

    async def _say_goodbye(self) -> None:
        """Close the WebSockets, so that a page knows it at once; a browser that does not answer is not waited for."""
        for ws in self._sockets:
            closing = self._loop.create_task(ws.close(code=WSCloseCode.GOING_AWAY, message=b"the node ends"))
            self._closing.add(closing)
        if self._closing:
            _, late = await asyncio.wait(self._closing, timeout=_GOODBYE)
            for closing in late:
                closing.cancel()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Turn away whoever must not look, and forbid the page everything that it does not need."""
        if not self._access.knows(request.host):
            return self._refusal(403, "this name is not a name of this machine")
        # Style and script are no secrets; the page and everything live are.
        if request.path in ("/", "/live") and not self._access.admits(request.query.get("token", "")):
            return self._refusal(401, "open the address that page_node printed, with its token")
        try:
            response = await handler(request)
        except web.HTTPException as error:
            return self._refusal(error.status, error.reason)
        if not response.prepared:
            response.headers.update(_HEADERS)
            response.headers["Content-Security-Policy"] = (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                # Not every browser takes 'self' for a WebSocket.
                f"connect-src 'self' ws://{request.host} wss://{request.host}; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
        return response

    def _refusal(self, status: int, reason: str) -> web.Response:
        headers = {**_HEADERS, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        return web.Response(status=status, text=f"{status}: {reason}\n", headers=headers)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        body, kind = self._files[request.path]
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Serve one open page until it goes."""
        if not self._access.same_site(request.headers.get("Origin"), request.host):
            return self._refusal(403, "a page of another site must not look")
        if len(self._browsers) >= MOST_BROWSERS:
            return self._refusal(503, f"{MOST_BROWSERS} browsers are looking already")
        # Counted before anything is awaited, or a crowd could slip in.
        browser = _Browser(self._cameras[0])
        self._browsers.add(browser)
        ws = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LONGEST_REQUEST, compress=False)
        sender = None
        try:
            await ws.prepare(request)
            self._sockets.add(ws)
            self._changed()
            sender = self._loop.create_task(self._send(ws, browser))
            async for message in ws:
                if message.type is not WSMsgType.TEXT or not self._obey(browser, message.data):
                    await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not understood")
        finally:
            if sender is not None:
                sender.cancel()
                await asyncio.wait([sender])
            self._browsers.discard(browser)
            self._sockets.discard(ws)
            self._changed()
        return ws

    def _obey(self, browser: _Browser, text: str) -> bool:
        """Do what a page asks: the next update, or another camera. Returns whether it was one of these."""
        try:
            wish = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if wish == "ready":
            browser.ready = True
        elif isinstance(wish, dict) and wish.get("camera") in self._cameras:
            browser.camera = wish["camera"]
        else:
            return False
        self._changed()
        browser.wake.set()
        return True

    async def _send(self, ws: web.WebSocketResponse, browser: _Browser) -> None:
        """Send the newest state and update whenever the page is ready for it."""
        try:
            while not ws.closed:
                browser.wake.clear()
                if self._state is not None and self._state is not browser.told:
                    browser.told = self._state
                    await ws.send_str(browser.told)
                update = self._newest.get(browser.camera)
                if browser.ready and update is not None and update is not browser.shown:
                    browser.ready, browser.shown = False, update
                    self._changed()
                    await ws.send_str(update.text)
                    if update.jpeg:
                        await ws.send_bytes(update.jpeg)
                await browser.wake.wait()
        except ConnectionError:
            return

    def _changed(self) -> None:
        """Bring up to date which cameras are looked at, and which of them somebody is ready for."""
        self.wanted = frozenset(browser.camera for browser in self._browsers if browser.ready)
        watched = frozenset(browser.camera for browser in self._browsers)
        if watched != self.watched:
            self.watched = watched
            # What was seen last is old when somebody looks again.
            for camera in set(self._newest) - watched:
                del self._newest[camera]
            self._on_change()
