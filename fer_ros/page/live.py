"""The live views: one WebSocket for each camera that a page shows.

A view says `ready` when it has shown what it was sent, and is then sent the newest there is: nothing queues, and a slow
browser costs no memory.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from fer_ros.page.guard import Guard
from fer_ros.page.updates import Update
from fer_ros.page.web import WSCloseCode, WSMsgType, web

MOST_VIEWS = 32
"""Views that are open at a time; a page has one for each camera that it shows."""

_LONGEST_REQUEST = 1024  # bytes of a browser's message
_HEARTBEAT = 10.0  # seconds between two signs of life that are asked of a browser


class _View:
    """One camera on one open page."""

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self.ready = True
        self.shown: Update | None = None
        self.told: str | None = None
        self.wake = asyncio.Event()


class Live:
    """All live views. To be used in the event loop's thread, but for `watched` and `wanted`, which anybody may read.

    Attributes:
        watched: cameras that somebody looks at.
        wanted: those of them that a view is ready for.

    """

    def __init__(
        self, guard: Guard, cameras: list[str], on_change: Callable[[], None], on_pause: Callable[[bool], None]
    ) -> None:
        """Start without a view.

        guard: of the server.  cameras: to choose from, the first is shown first.
        on_change: called when `watched` has changed.  on_pause: called when a page asks to pause or to go on.
        """
        self._guard, self._cameras = guard, cameras
        self._on_change, self._on_pause = on_change, on_pause
        self._newest: dict[str, Update] = {}
        self._state: str | None = None
        self._views: set[_View] = set()
        self.sockets: set[web.WebSocketResponse] = set()
        self.watched: frozenset[str] = frozenset()
        self.wanted: frozenset[str] = frozenset()

    def show(self, camera: str, update: Update) -> None:
        """Take a camera's newest update; an older one that a view was not ready for is forgotten."""
        self._newest[camera] = update
        self._wake()

    def tell(self, state: str) -> None:
        """Take how things are, as JSON."""
        self._state = state
        self._wake()

    def _wake(self) -> None:
        for view in self._views:
            view.wake.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one view until it goes."""
        if not self._guard.own_page(request):
            return self._guard.refusal(403, "a page of another site must not look")
        if len(self._views) >= MOST_VIEWS:
            return self._guard.refusal(503, f"{MOST_VIEWS} views are open already")
        # Counted before anything is awaited, or a crowd could slip in.
        view = _View(self._cameras[0])
        self._views.add(view)
        ws = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LONGEST_REQUEST, compress=False)
        sender = None
        try:
            await ws.prepare(request)
            self.sockets.add(ws)
            self._changed()
            sender = asyncio.get_running_loop().create_task(self._send(ws, view))
            async for message in ws:
                if message.type is not WSMsgType.TEXT or not self._obey(view, message.data):
                    await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not understood")
        finally:
            if sender is not None:
                sender.cancel()
                await asyncio.wait([sender])
            self._views.discard(view)
            self.sockets.discard(ws)
            self._changed()
        return ws

    def _obey(self, view: _View, text: str) -> bool:
        """Do what a page asks: the next update, another camera, a pause. Returns whether it was one of these."""
        try:
            wish = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if wish == "ready":
            view.ready = True
        elif isinstance(wish, dict) and wish.get("camera") in self._cameras:
            view.camera = wish["camera"]
        elif isinstance(wish, dict) and isinstance(wish.get("pause"), bool):
            self._on_pause(wish["pause"])
        else:
            return False
        self._changed()
        view.wake.set()
        return True

    async def _send(self, ws: web.WebSocketResponse, view: _View) -> None:
        """Send the newest state and update whenever the page is ready for it."""
        try:
            while not ws.closed:
                view.wake.clear()
                if self._state is not None and self._state is not view.told:
                    view.told = self._state
                    await ws.send_str(view.told)
                update = self._newest.get(view.camera)
                if view.ready and update is not None and update is not view.shown:
                    view.ready, view.shown = False, update
                    self._changed()
                    await ws.send_str(update.text)
                    if update.jpeg:
                        await ws.send_bytes(update.jpeg)
                await view.wake.wait()
        except ConnectionError:
            return

    def _changed(self) -> None:
        """Bring up to date which cameras are looked at, and which of them a view is ready for."""
        self.wanted = frozenset(view.camera for view in self._views if view.ready)
        watched = frozenset(view.camera for view in self._views)
        if watched != self.watched:
            self.watched = watched
            # What was seen last is old when somebody looks again.
            for camera in set(self._newest) - watched:
                del self._newest[camera]
            self._on_change()
