"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from fer_ros.core.paths import user_path
from fer_training.data.ckplus import CONFIGURATIONS, SIZES
from fer_training.data.registry import NAMES, DatasetSpec


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Add --dataset, --path and what some data sets need besides."""
    parser.add_argument("--dataset", choices=NAMES, required=True)
    parser.add_argument("--path", type=user_path, required=True, help="where the data set stands")
    parser.add_argument("--classes", choices=tuple(CONFIGURATIONS), default="8", help="class set of CK+")
    parser.add_argument("--size", choices=tuple(SIZES), default="small", help="CK+: last frame or last three frames")
    parser.add_argument("--whole", action="store_true", help="class folders hold whole pictures, not cropped faces")


def dataset_spec(options: argparse.Namespace) -> DatasetSpec:
    """Return what add_dataset's arguments describe."""
    return DatasetSpec(options.dataset, options.classes, options.size, options.whole)


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
