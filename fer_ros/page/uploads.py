"""Pictures that a browser brings, through the pipeline, in memory alone: nothing of them is kept, here or on a disk.

A browser plays its own video and its own camera itself and sends one image after the other, so that only JPEG and PNG
pictures come here and no file has to be written. A message holds eight bytes of time, a big-endian float64 in seconds,
and the picture; NaN stands for a still picture. The answer is the faces, or one line that says what is wrong.
"""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fer_ros.core.images import ImageError, compressed_to_frame
from fer_ros.core.pipeline import Pipeline
from fer_ros.page.guard import Guard, Handler
from fer_ros.page.updates import faces_of_frame, to_json
from fer_ros.page.web import WSCloseCode, WSMsgType, web

MOST_SESSIONS = 4
"""Browsers whose pictures are analysed at a time."""
VIEWS = 9
"""Views of each face in a still picture, see `Pipeline.look`: as many as `fer-analyze` takes."""

_TIME = struct.Struct(">d")
_HEARTBEAT = 10.0  # seconds between two signs of life that are asked of a browser
_MEGABYTE = 1_000_000


@dataclass
class _Picture:
    """What core.images reads. format: '' lets the data say it itself."""

    data: bytes
    format: str = ""


class Uploads:
    """Analyses the pictures of several browsers, one picture at a time.

    Attributes:
        limit: megabytes that a picture may have.
        sockets: those that are open.

    """

    def __init__(self, pipeline: Pipeline, limit: int) -> None:
        """Start.

        pipeline: its classifier and settings are used; each browser gets trackers of its own.
        limit: megabytes that a picture may have.
        """
        self.limit = limit
        self.sockets: set[web.WebSocketResponse] = set()
        self._pipeline = pipeline
        self._open = 0
        self._one_at_a_time = ThreadPoolExecutor(1, "uploads")

    def close(self) -> None:
        """End the thread."""
        self._one_at_a_time.shutdown(wait=False, cancel_futures=True)

    def handler(self, guard: Guard) -> Handler:
        """Return what serves a browser's WebSocket behind a guard."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if not guard.own_page(request):
                return guard.refusal(403, "a page of another site must not send pictures")
            if self._open >= MOST_SESSIONS:
                return guard.refusal(503, f"pictures of {MOST_SESSIONS} browsers are analysed already")
            self._open += 1
            try:
                return await self._serve(request)
            finally:
                self._open -= 1

        return handle

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(
            heartbeat=_HEARTBEAT, max_msg_size=self.limit * _MEGABYTE + _TIME.size, compress=False
        )
        await ws.prepare(request)
        self.sockets.add(ws)
        try:
            analyze = await self._in_thread(lambda: _Session(self._pipeline).analyze)
            async for message in ws:
                if message.type is not WSMsgType.BINARY or len(message.data) < _TIME.size:
                    await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=b"not understood")
                    break
                answer = await self._in_thread(partial(analyze, message.data))
                await ws.send_str(to_json(answer))
        except ConnectionError:
            pass
        finally:
            self.sockets.discard(ws)
        return ws

    async def _in_thread(self, action: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._one_at_a_time, action)


class _Session:
    """The faces that one browser shows: with a pipeline of its own, so that no track is another's."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = Pipeline(pipeline.classifier, pipeline.config)

    def analyze(self, message: bytes) -> dict[str, Any]:
        """Return the faces of a picture as the page reads them, or what is wrong with it."""
        (time,) = _TIME.unpack_from(message)
        still = not math.isfinite(time)
        try:
            frame = compressed_to_frame(_Picture(message[_TIME.size :]), 0.0 if still else time)
        except ImageError as error:
            return {"type": "error", "text": str(error)}
        if still:
            faces = self._pipeline.look(replace(frame, stamp=0.0), VIEWS)
        else:
            faces = self._pipeline.process({"camera": frame})["camera"]
        classifier = self._pipeline.classifier
        return {"type": "faces", "faces": faces_of_frame(frame, faces, classifier.labels, classifier.bundle_id)}
