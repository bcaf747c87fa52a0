"""Arguments that several commands share, and what they check before the work."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_ros.core.output_folder import check_output_folder
from fer_ros.core.paths import is_litter, user_path
from fer_ros.core.profile import PROFILES, find_profile
from fer_ros.core.sources.types import first_names
from fer_training.data.ckplus import CONFIGURATIONS, SIZES
from fer_training.data.class_names import NUMBERED, read_class_names
from fer_training.data.dataset import NODE
from fer_training.data.registry import NAMES, DatasetSpec

if TYPE_CHECKING:
    from fer_training.training.config import StageConfig

RUN = "config.yaml"
"""What the folder of every run holds."""


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Add --dataset, --path and what some data sets need besides."""
    parser.add_argument("--dataset", choices=NAMES, required=True)
    parser.add_argument("--path", type=user_path, required=True, help="where the data set stands")
    parser.add_argument("--classes", choices=tuple(CONFIGURATIONS), default="8", help="class set of CK+")
    parser.add_argument("--size", choices=tuple(SIZES), default="small", help="CK+: last frame or last three frames")
    parser.add_argument("--whole", action="store_true", help="class folders hold whole pictures, not cropped faces")
    parser.add_argument(
        "--class-names", help=f"what class folders are called: {', '.join(NUMBERED)}, or a YAML file such as '0: angry'"
    )
    parser.add_argument(
        "--detector", default=NODE,
        help=f"whose search finds the faces of whole pictures: {', '.join(PROFILES)}, or a parameter file of fer_node",
    )  # fmt: skip


def dataset_spec(options: argparse.Namespace) -> DatasetSpec:
    """Return what add_dataset's arguments describe.

    Raises:
        FileNotFoundError, ValueError: a profile or file is not there, or an option is of another data set.

    """
    if options.dataset != "folders":
        for name, given in (("--whole", options.whole), ("--class-names", options.class_names)):
            if given:
                raise ValueError(f"{name} is for class folders (--dataset folders), got --dataset {options.dataset}")
    profile = find_profile(options.detector)
    # A file is found again from wherever the run goes on.
    detector = options.detector if options.detector in PROFILES else str(profile.resolve())
    names = read_class_names(options.class_names) if options.class_names else ()
    return DatasetSpec(options.dataset, options.classes, options.size, options.whole, detector, names)


def read_config(name: str, seed: int | None = None) -> StageConfig:
    """Return a stage's config, with another seed where one is given; it is read before TensorFlow is loaded.

    Raises:
        FileNotFoundError, ValueError: there is none, or something in it does not fit.

    """
    from dataclasses import replace

    from fer_training.training.config import find_config, load_stage_config

    config = load_stage_config(find_config(name))
    return config if seed is None else replace(config, seed=seed)


def check_run_output(folder: Path, config: StageConfig, runs: int = 1, known: Iterable[str] = (RUN,)) -> None:
    """Find out before the work whether runs can be written here, or go on here.

    Args:
        folder: of the output; it need not exist.
        config: of the runs.
        runs: how many of them there may be.
        known: patterns of files one of which is there if runs were begun here.

    Raises:
        ValueError: the folder holds something else.
        OSError: it cannot be written, or the disk is too full.

    """
    check_output_folder(folder, (), room=runs * _run_bytes(config))
    there = [] if not folder.is_dir() else sorted(path for path in folder.iterdir() if not is_litter(path))
    foreign = [path.name for path in there if not path.name.startswith("unfinished.")]
    if foreign and not any(any(folder.glob(pattern)) for pattern in known):
        raise ValueError(
            f"{folder}: expected a new or empty folder, or one in which this command was begun before, got one with "
            f"{first_names(foreign)}: name another --output"
        )


def lost_classes(kept: Iterable[str], lost: Iterable[str]) -> str:
    """Say that a model tells fewer expressions apart than the one that its training began with.

    Args:
        kept: its labels.
        lost: those of the other one that it does not have.

    """
    return (
        f"the new model tells only {', '.join(kept)} apart; the one that it begins with also knows {', '.join(lost)}: "
        "these are lost, because the data hold no picture of them. Add pictures of them to keep them"
    )


def _run_bytes(config: StageConfig) -> int:
    """Return how many bytes a run takes on the disk at most, about."""
    parameters = 3.3e6 * config.network.width**2 + 1e5
    # Two checkpoints and a third that is being written, each with weights, their average and the momentum; the best and
    # the last weights, each with a new file beside the old one.
    return round(4 * parameters * (3 * 3 + 4))


def add_renamed(parser: argparse.ArgumentParser, names: Mapping[str, str]) -> None:
    """Let a command refuse options of version 0.4, each with the name that it has now.

    Args:
        parser: of the command.
        names: old options to new ones.

    """
    for old, new in names.items():
        parser.add_argument(old, action=_Renamed, nargs="*", help=argparse.SUPPRESS, default=argparse.SUPPRESS, now=new)


class _Renamed(argparse.Action):
    def __init__(self, *, now: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._now = now

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.error(f"{self.option_strings[0]} is now {self._now}")
