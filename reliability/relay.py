"""A bad link: carries Ethernet frames between two interfaces, loses a share of them and delays the rest.

python -m reliability.relay INTERFACE INTERFACE [--loss 0.05] [--delay 0.05]   (each way; needs root)
It stands in for `tc netem`, which not every kernel has. Lines on standard input: `cut` (nothing passes), `join`,
`link LOSS DELAY`.
"""

from __future__ import annotations

import argparse
import heapq
import random
import select
import socket
import sys
import time

_ALL_PROTOCOLS, _SOL_PACKET, _PACKET_VNET_HDR, _SO_RCVBUFFORCE = 3, 263, 15, 33
_OUTGOING = 4
# Bytes of one read: a frame of an interface that leaves the cutting into packets to the hardware, with its header.
_LARGEST = 1 << 17
# Frames on their way; a real link holds no more either.
_QUEUE = 20_000


def _open(interface: str) -> socket.socket:
    """Return a socket that reads and writes an interface's frames."""
    result = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
    # Frames come with a header that says what the hardware would still have to do, such as the checksum. It goes out
    # again with the frame, so the kernel does that at the other end.
    result.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
    result.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 << 20)
    result.bind((interface, 0))
    result.setblocking(False)
    return result


class Relay:
    """Carries frames both ways. loss: share, 0 to 1.  delay: seconds."""

    def __init__(self, first: str, second: str, loss: float, delay: float) -> None:
        """Open both interfaces."""
        one, two = _open(first), _open(second)
        self._other = {one: two, two: one}
        self._loss, self._delay, self._cut = loss, delay, False
        self._random = random.Random(1)
        self._under_way: list[tuple[float, int, socket.socket, bytes]] = []
        self._carried = self._lost = 0

    def run(self) -> None:
        """Carry frames until standard input ends."""
        while True:
            wait = max(0.0, self._under_way[0][0] - time.monotonic()) if self._under_way else 1.0
            ready, _, _ = select.select([*self._other, sys.stdin], [], [], wait)
            for source in ready:
                if source is sys.stdin:
                    if not self._obey(sys.stdin.readline()):
                        return
                else:
                    self._read(source)
            self._deliver()

    def _obey(self, line: str) -> bool:
        words = line.split()
        if not words:
            return False
        if words[0] == "link":
            self._loss, self._delay = float(words[1]), float(words[2])
        else:
            self._cut = words[0] == "cut"
        print(f"{line.strip()}: {self._carried} frames carried, {self._lost} lost", flush=True)
        return True

    def _read(self, source: socket.socket) -> None:
        for _ in range(64):
            try:
                frame, address = source.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            if address[2] == _OUTGOING:
                continue
            full = len(self._under_way) >= _QUEUE
            if self._cut or full or self._random.random() < self._loss:
                self._lost += 1
                continue
            self._carried += 1
            due = time.monotonic() + self._delay
            heapq.heappush(self._under_way, (due, self._carried, self._other[source], frame))

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._under_way and self._under_way[0][0] <= now:
            _, _, target, frame = heapq.heappop(self._under_way)
            try:
                target.send(frame)
            except OSError:  # the interface is down, or its queue full: the frame is lost, as on a real link
                self._lost += 1


def main() -> None:
    """Carry frames until standard input ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("interfaces", nargs=2)
    parser.add_argument("--loss", type=float, default=0.0, help="share of the frames, each way")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds, each way")
    options = parser.parse_args()
    relay = Relay(*options.interfaces, options.loss, options.delay)
    print("ready", flush=True)
    relay.run()


if __name__ == "__main__":
    main()
