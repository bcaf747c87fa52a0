"""Where the paper's data sets stand on this machine, and whom to ask for those that are not at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ASK = {
    "fer2013": "Kaggle, 'Challenges in Representation Learning: Facial Expression Recognition Challenge' (fer2013.csv)",
    "ckplus": "the Affect Analysis Group of the University of Pittsburgh (jeffcohn.net/Resources), on signing terms",
    "jaffe": "its authors, on zenodo.org (record 3451524), on agreeing to its terms",
}
"""Where each data set is to be had."""


class MissingDataError(RuntimeError):
    """A data set that an experiment needs and was not given."""


@dataclass(frozen=True)
class DatasetPaths:
    """Where each data set stands; None if it is not at hand."""

    fer2013: Path | None = None
    ckplus: Path | None = None
    jaffe: Path | None = None

    def find(self, name: str) -> Path:
        """Return where a data set stands. Raises MissingDataError saying which one is missing and where to ask."""
        path = {"fer2013": self.fer2013, "ckplus": self.ckplus, "jaffe": self.jaffe}[name]
        if path is None:
            raise MissingDataError(f"needs --{name}; to be had from {ASK[name]}")
        return path
