"""The page's server: files and WebSockets, on an event loop in a thread of its own. It stores and logs nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

from fer_ros.page.access import Access
from fer_ros.page.assets import assets
from fer_ros.page.guard import Guard
from fer_ros.page.live import Live
from fer_ros.page.updates import Update, to_json
from fer_ros.page.uploads import Uploads
from fer_ros.page.web import WSCloseCode, web

_GOODBYE = 0.1  # seconds that a browser has to take its leave when the node ends
_LONGEST_BODY = 1024  # bytes of a request; pictures come over a WebSocket, which has a limit of its own


class Server:
    """Serves the page. `show`, `tell` and `close` may be called from any thread."""

    def __init__(
        self,
        listener: socket.socket,
        access: Access,
        cameras: list[str],
        on_change: Callable[[], None],
        on_pause: Callable[[bool], None],
        uploads: Uploads | None = None,
    ) -> None:
        """Start to serve.

        listener: of `bind`.  access: who may look.  cameras: to choose from.
        on_change, on_pause: as `Live` has them; called in the server's thread.
        uploads: analyses what the one who looks has brought; None to offer no such thing.
        """
        self._listener, self._uploads = listener, uploads
        self._files = assets()
        private = frozenset(("/", "/live", "/settings.json", "/analyze"))
        self._guard = Guard(access, private, uploads is not None)
        self._live = Live(self._guard, cameras, on_change, on_pause)
        limit = uploads.limit if uploads is not None else None
        self._settings = to_json({"cameras": cameras, "uploads": limit})
        self._closing: set[asyncio.Task[bool]] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)
        self._thread.start()

    @property
    def watched(self) -> frozenset[str]:
        """Cameras that somebody looks at."""
        return self._live.watched

    @property
    def wanted(self) -> frozenset[str]:
        """Cameras that a view is ready for."""
        return self._live.wanted

    def show(self, camera: str, update: Update) -> None:
        """Hand over a camera's newest update; an older one that a view was not ready for is forgotten."""
        self._call(lambda: self._live.show(camera, update))

    def tell(self, state: str) -> None:
        """Hand over how things are, as JSON."""
        self._call(lambda: self._live.tell(state))

    def close(self) -> None:
        """Say goodbye to all browsers and end the thread."""
        self._call(self._stop.set)
        self._thread.join(timeout=1.5)

    def _call(self, action: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        application = web.Application(middlewares=[self._guard.check], client_max_size=_LONGEST_BODY)
        application.add_routes([web.get(path, self._file) for path in self._files])
        application.add_routes([web.get("/settings.json", self._tell_settings), web.get("/live", self._live.handle)])
        if self._uploads is not None:
            handler = self._uploads.handler(self._guard)
            application.add_routes([web.get("/analyze", handler)])
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=_GOODBYE)
        await runner.setup()
        await web.SockSite(runner, self._listener).start()
        await self._stop.wait()
        await self._say_goodbye()
        await runner.cleanup()
        if self._uploads is not None:
            self._uploads.close()

    async def _say_goodbye(self) -> None:
        """Close the WebSockets, so that a page knows it at once; a browser that does not answer is not waited for."""
        for ws in self._live.sockets | (self._uploads.sockets if self._uploads is not None else set()):
            closing = self._loop.create_task(ws.close(code=WSCloseCode.GOING_AWAY, message=b"the node ends"))
            self._closing.add(closing)
        if self._closing:
            _, late = await asyncio.wait(self._closing, timeout=_GOODBYE)
            for closing in late:
                closing.cancel()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        body, kind = self._files[request.path]
        return web.Response(body=body, content_type=kind, charset="utf-8")

    async def _tell_settings(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=self._settings, content_type="application/json", charset="utf-8")
