"""Tables of 48x48 faces in the form of Kaggle's `fer2013.csv`: a label, 2304 numbers, and a Usage in each row."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fer_training.data.dataset import DatasetError, Sample
from fer_training.data.table import read_table

USAGES = {"training": "train", "publictest": "public_test", "privatetest": "private_test"}
"""What the column Usage says, in lower case, and which split that is."""
COLUMNS = ("emotion", "pixels", "Usage")
SIDE = 48


def read_pixel_table(path: Path, classes: int, hint: str = "") -> list[Sample]:
    """Read a table of faces; their names are 'row_00000' and so on.

    Args:
        path: of the CSV file.
        classes: how many labels there are, from 0 on.
        hint: what is added to the message about a label outside of them.

    Raises:
        DatasetError: a row has no such label, Usage, or number of pixels, or there is none.

    """
    samples = [
        _from_row(row, number, f"{path}, row {number + 1}", classes, hint)
        for number, row in enumerate(read_table(path, COLUMNS))
    ]
    if not samples:
        raise DatasetError(f"{path}: expected rows of pictures, got none")
    return samples


def _from_row(row: dict[str, str], number: int, where: str, classes: int, hint: str) -> Sample:
    try:
        label = int(row["emotion"])
        pixels = np.array(row["pixels"].split(), np.uint8)
    except (ValueError, OverflowError) as error:
        raise DatasetError(f"{where}: expected a label and 2304 numbers from 0 to 255, got {error}") from None
    if not 0 <= label < classes:
        raise DatasetError(f"{where}: expected a label from 0 to {classes - 1}, got {label}{hint}")
    if pixels.size != SIDE * SIDE:
        raise DatasetError(f"{where}: expected {SIDE * SIDE} pixels, got {pixels.size}")
    usage = row["Usage"].lower()
    if usage not in USAGES:
        raise DatasetError(f"{where}: expected Usage Training, PublicTest or PrivateTest, got {row['Usage']!r}")
    return Sample(f"row_{number:05d}", pixels.reshape(SIDE, SIDE), label, split=USAGES[usage])
