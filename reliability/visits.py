"""Two people who come and go at known times, for long runs: which face is visible in which image is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.clips import _Noise, _wall, paste, people

SIZE = (640, 480)
"""Width and height of the pictures, pixels."""
_SHOTS = 60
_SIDE = 110.0
Present = tuple[bool, bool]
PRESENCES: Sequence[Present] = ((False, False), (True, False), (False, True), (True, True))


class Visits:
    """A schedule that anybody can compute from an image's number: person 0 is on the left, person 1 on the right."""

    def __init__(self, seconds: float, rate: float, seed: int = 0) -> None:
        """Change who is there every so many seconds, at a rate in images a second."""
        self._length = max(1, round(seconds * rate))
        self._seed = seed
        self._schedule: dict[int, Present] = {}

    def visit(self, number: int) -> int:
        """Return the number of the stretch of time that an image lies in; nobody comes or goes within it."""
        return number // self._length

    def present(self, number: int) -> Present:
        """Return who is in an image."""
        return self._during(self.visit(number))

    def arrived(self, number: int, person: int) -> int:
        """Return the number of the visit in which a person came who is in an image, and has stayed since."""
        visit = self.visit(number)
        while visit > 0 and self._during(visit - 1)[person]:
            visit -= 1
        return visit

    def _during(self, visit: int) -> Present:
        if visit not in self._schedule:
            chosen = np.random.default_rng((self._seed, visit)).integers(len(PRESENCES))
            self._schedule[visit] = PRESENCES[int(chosen)]
        return self._schedule[visit]

    def shot(self, number: int) -> int:
        """Return which of the pictures an image shows: forwards and backwards, so that faces do not jump."""
        place = number % (2 * _SHOTS)
        return place if place < _SHOTS else 2 * _SHOTS - 1 - place

    def pictures(self) -> dict[Present, list[npt.NDArray[np.uint8]]]:
        """Return the (480, 640, 3) BGR pictures of every presence; the same place in each list is the same pose."""
        rng = np.random.default_rng(self._seed)
        wall, noise, both = _wall(SIZE, "textured", rng), _Noise(SIZE, rng), people()
        result: dict[Present, list[npt.NDArray[np.uint8]]] = {}
        for present in PRESENCES:
            result[present] = []
            for number in range(_SHOTS):
                painted = wall.copy()
                for index in range(2):
                    if present[index]:
                        x, y = self.center(index, number)
                        paste(painted, both[index], _SIDE, x, y)
                result[present].append(noise.on(painted))
        return result

    @staticmethod
    def center(person: int, shot: int) -> tuple[float, float]:
        """Return where a person's face is in a shot, pixels."""
        turn = 2 * np.pi * shot / (2 * _SHOTS)
        return SIZE[0] * (0.27 + 0.46 * person) + 20 * np.sin(turn + person), SIZE[1] / 2 + 12 * np.cos(2 * turn)
