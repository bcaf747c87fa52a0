"""The times of one camera's images, also where its driver never sets them."""

from __future__ import annotations

# So many images of one time in a row are no coincidence: a bag may hold an image twice, a driver may send one again.
_PATIENCE = 5


class Stamps:
    """Tracks and smoothing are kept in seconds of the images' own stamps; stamps that stand still would stop them."""

    def __init__(self) -> None:
        """Trust the stamps, until they stand still."""
        self._last: float | None = None
        self._repeated = 0

    @property
    def stand_still(self) -> bool:
        """Whether the last images all had one stamp."""
        return self._repeated >= _PATIENCE

    def time_of(self, stamp: float, received: float) -> float:
        """Return the time of the next image: its stamp, or the time of its receipt where stamps stand still.

        Both are seconds, each in a clock of its own; whoever uses them must bear the jump between the two.
        """
        self._repeated = self._repeated + 1 if stamp == self._last else 0
        self._last = stamp
        return received if self.stand_still else stamp
