"""Values out of a fuzzer's bytes, in the order in which they are asked for; zeros when the bytes are used up."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# Where code that forgets a case goes wrong.
INTEGERS = (0, 1, 2, 3, 7, 48, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, -1, -(2**63))
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-320, 1e308, float("inf"), -float("inf"), float("nan"))
TEXTS = ("", ".", "..", "../secret", "/etc/passwd", "a/b", "a\0b", "\ud800", "x" * 5000, "mono8", "default", "\n")


class Reader:
    """Reads one input."""

    def __init__(self, data: bytes) -> None:
        """Start at the first byte."""
        self._data = data
        self._position = 0

    def bytes(self, count: int) -> bytes:
        """Return this many bytes, padded with zeros."""
        part = self._data[self._position : self._position + count]
        self._position += count
        return part.ljust(count, b"\0")

    def rest(self) -> bytes:
        """Return what has not been read."""
        part = self._data[self._position :]
        self._position = len(self._data)
        return part

    def below(self, limit: int) -> int:
        """Return 0 to limit - 1, limit at most 65536."""
        return int.from_bytes(self.bytes(2 if limit > 256 else 1), "big") % limit

    def chance(self, one_in: int) -> bool:
        """Return True once in so many times."""
        return self.below(one_in) == 1 % one_in

    def choice(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[self.below(len(values))]

    def integer(self) -> int:
        """Return a number that is often an edge, of 64 bits at most."""
        if self.chance(2):
            return self.choice(INTEGERS)
        return int(struct.unpack(">q", self.bytes(8))[0]) >> self.below(64)

    def real(self) -> float:
        """Return a number that is often an edge, or none."""
        return self.choice(FLOATS) if self.chance(2) else float(struct.unpack(">d", self.bytes(8))[0])

    def text(self) -> str:
        """Return a short text, or an awkward one."""
        return self.choice(TEXTS) if self.chance(2) else self.bytes(self.below(12)).decode("latin-1")
