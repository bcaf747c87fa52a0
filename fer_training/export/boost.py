"""What may be asked of `--boost-recall`: known labels, at a cost that is a share."""

from __future__ import annotations

from collections.abc import Sequence


def check_boost(names: Sequence[str], labels: Sequence[str], most_lost: float) -> None:
    """Raise ValueError for a name that is no label, or a cost out of range.

    Args:
        names: of the labels whose recall shall rise.
        labels: of the faces.
        most_lost: accuracy on the validation faces that it may cost, 0 to 1.

    """
    unknown = sorted(set(names) - set(labels))
    if unknown:
        raise ValueError(f"expected names among {', '.join(labels)}, got {', '.join(unknown)}")
    if not 0 <= most_lost < 1:
        raise ValueError(f"the cost must be 0 to below 1, got {most_lost}")
