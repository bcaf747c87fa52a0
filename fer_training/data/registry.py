"""The data sets by name, and how each of them is to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fer_training.data.ckplus import CONFIGURATIONS, SIZES, read_ckplus
from fer_training.data.class_folders import read_class_folders
from fer_training.data.class_names import ClassNames
from fer_training.data.dataset import NODE, Dataset
from fer_training.data.fer2013 import read_fer2013
from fer_training.data.jaffe import read_jaffe

NAMES = ("fer2013", "ckplus", "jaffe", "folders")


@dataclass(frozen=True)
class DatasetSpec:
    """How a data set is read: everything but where it stands.

    name: one of NAMES.  classes, size: CK+ only, see read_ckplus.  whole: the pictures of class folders are whole
    scenes, in which the face is to be found first.  detector: the profile, or parameter file of fer_node, whose search
    finds it.  class_names: what the class folders are called, see read_class_names.
    """

    name: str
    classes: str = "8"
    size: str = "small"
    whole: bool = False
    detector: str = NODE
    class_names: ClassNames = ()

    def __post_init__(self) -> None:
        """Check the values."""
        if self.name not in NAMES:
            raise ValueError(f"data set must be one of {', '.join(NAMES)}, got {self.name!r}")
        if self.classes not in CONFIGURATIONS:
            raise ValueError(f"classes must be one of {', '.join(CONFIGURATIONS)}, got {self.classes!r}")
        if self.size not in SIZES:
            raise ValueError(f"size must be one of {', '.join(SIZES)}, got {self.size!r}")
        # JSON, in a run's records, has lists for tuples.
        object.__setattr__(self, "class_names", tuple((folder, name) for folder, name in self.class_names))

    @property
    def found_by(self) -> str:
        """Whose search finds the faces, without the folder of a parameter file; '' where the pictures are faces."""
        return Path(self.detector).name if self.whole else ""


def read_dataset(spec: DatasetSpec, path: Path) -> Dataset:
    """Read a data set from where it stands. Raises DatasetError where it is missing or unfit."""
    if spec.name == "fer2013":
        dataset = read_fer2013(path)
    elif spec.name == "ckplus":
        dataset = read_ckplus(path, spec.classes, spec.size)
    elif spec.name == "jaffe":
        dataset = read_jaffe(path)
    else:
        dataset = read_class_folders(path, cropped=not spec.whole, class_names=spec.class_names)
    return replace(dataset, detector=spec.detector)
