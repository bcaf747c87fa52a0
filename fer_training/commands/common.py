"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from fer_training.data.ckplus import CONFIGURATIONS, SIZES
from fer_training.data.registry import NAMES, DatasetSpec


def add_dataset(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add --dataset, --path and what some data sets need besides."""
    parser.add_argument("--dataset", choices=NAMES, default=default, required=default is None)
    parser.add_argument("--path", type=Path, required=True, help="where the data set stands")
    parser.add_argument("--classes", choices=tuple(CONFIGURATIONS), default="8", help="class set of CK+")
    parser.add_argument("--size", choices=tuple(SIZES), default="small", help="CK+: last frame or last three frames")
    parser.add_argument("--whole", action="store_true", help="class folders hold whole pictures, not cropped faces")


def dataset_spec(options: argparse.Namespace) -> DatasetSpec:
    """Return what add_dataset's arguments describe."""
    return DatasetSpec(options.dataset, options.classes, options.size, options.whole)
