"""Where something can be drawn on a picture so that it hides no face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Region = tuple[int, int, int, int]
"""left, top, right, bottom in pixels, half-open."""

_STEPS = 12  # places that are tried along each side of the picture, beside those that touch the face


def place_near(
    box: Region, taken: Sequence[Region], size: tuple[int, int], panel: tuple[int, int]
) -> tuple[int, Region]:
    """Return the pixels of taken regions that the best place for a face's panel would hide, and that place.

    Args:
        box: of the face.
        taken: what should not be hidden.
        size: width and height of the picture.
        panel: width and height of what is to be placed.

    """
    left, top, right, bottom = box
    width, height = panel
    around = [
        *((left, bottom + 1), (left, top - height - 1), (right + 1, top), (left - width - 1, top)),
        *((right - width, bottom + 1), (right - width, top - height - 1)),
        *((right + 1, bottom - height), (left - width - 1, bottom - height)),
        # No room around it: on the face itself, at its lower edge, so that the eyes stay free.
        (left, bottom - height),
    ]
    cost, place = _best(around, taken, size, panel)
    if cost == 0:
        return cost, place
    everywhere = _grid(size, panel)
    middle = (left + right - width) / 2, (top + bottom - height) / 2
    everywhere.sort(key=lambda corner: (corner[0] - middle[0]) ** 2 + (corner[1] - middle[1]) ** 2)
    other_cost, other = _best(everywhere, taken, size, panel)
    # Far away from its face only where nothing at all is hidden there.
    return (other_cost, other) if other_cost == 0 else (cost, place)


def place_in_corner(taken: Sequence[Region], size: tuple[int, int], panel: tuple[int, int]) -> Region | None:
    """Return a corner of the picture where a panel hides nothing that is taken, None where there is no such corner."""
    if panel[0] > size[0] or panel[1] > size[1]:
        return None
    right, bottom = size[0] - panel[0], size[1] - panel[1]
    cost, place = _best([(0, bottom), (right, bottom), (right, 0), (0, 0)], taken, size, panel)
    return place if cost == 0 else None


def _grid(size: tuple[int, int], panel: tuple[int, int]) -> list[tuple[int, int]]:
    columns = np.linspace(0, max(0, size[0] - panel[0]), _STEPS).astype(int)
    rows = np.linspace(0, max(0, size[1] - panel[1]), _STEPS).astype(int)
    return [(int(x), int(y)) for y in rows for x in columns]


def _best(
    corners: Sequence[tuple[int, int]], taken: Sequence[Region], size: tuple[int, int], panel: tuple[int, int]
) -> tuple[int, Region]:
    """Return the lowest cost, and the first place that has it. corners: left and top, moved into the picture."""
    width, height = panel
    limit = np.maximum(0, np.array(size) - panel)
    start = np.clip(np.array(corners), 0, limit)
    costs = _hidden(np.hstack([start, start + panel]), np.array(taken, int).reshape(-1, 4))
    best = int(np.argmin(costs))
    left, top = (int(value) for value in start[best])
    return int(costs[best]), (left, top, left + width, top + height)


def _hidden(places: npt.NDArray[np.int_], taken: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """Return the pixels of taken regions, (M, 4), that each of the places, (N, 4), hides: (N,)."""
    a, b = places[:, None], taken[None]
    widths = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    heights = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    return np.asarray((np.maximum(0, widths) * np.maximum(0, heights)).sum(axis=1))
