"""JAFFE (Lyons et al. 1998): ten Japanese women, seven posed expressions, 213 pictures (paper, Section 4).

A file name such as KA.AN1.39.tiff says all there is to know: subject KA, expression AN, first of her pictures of it,
number 39. Copies in every format of pictures are read, in one folder or in several; each picture when its face is
looked for.
"""

from __future__ import annotations

import re
from pathlib import Path

from fer_ros.core.emotions import EMOTIONS, canonical
from fer_training.data.dataset import Dataset, DatasetError, Sample, count_problems, duplicate_problems
from fer_training.data.files import expect_folder
from fer_training.data.pictures import LeftOut, pictures_below

LABELS = EMOTIONS[:7]
# Of the files themselves; Table 1 of the paper prints 30 disgust and 31 fear.
OFFICIAL_COUNTS = dict(zip(LABELS, (30, 29, 32, 31, 31, 30, 30), strict=True))
SUBJECTS = 10
_NAME = re.compile(r"([A-Z]{2})[._-]([A-Z]{2})(\d+)[._-]\s*(\d+)$", re.IGNORECASE)


def read_jaffe(path: Path) -> Dataset:
    """Read JAFFE.

    Args:
        path: a folder that holds its pictures at any depth.

    Raises:
        DatasetError: no such file is found, or its expression is none of the seven.

    """
    path = expect_folder(path, "JAFFE")
    samples, foreign, left_out = [], [], LeftOut()
    for file in pictures_below(path, left_out):
        match = _NAME.match(file.stem.strip())
        if match is None:
            foreign.append(file.name)
            continue
        try:
            label = LABELS.index(canonical(match[2]))
        except ValueError:
            raise DatasetError(f"{file}: expected AN, DI, FE, HA, SA, SU or NE, got {match[2]!r}") from None
        subject = match[1].upper()
        samples.append(Sample(file.name, file, label, subject=subject))
    if not samples:
        raise DatasetError(f"{path}: expected pictures named like KA.AN1.39.tiff, got none")
    counts = {name: sum(s.label == i for s in samples) for i, name in enumerate(LABELS)}
    problems = count_problems("JAFFE", counts, OFFICIAL_COUNTS)
    subjects = {s.subject for s in samples}
    if len(subjects) != SUBJECTS:
        problems.append(f"JAFFE: expected {SUBJECTS} subjects, got {len(subjects)}")
    if foreign:
        problems.append(f"JAFFE: {len(foreign)} pictures without a JAFFE name were left out ({foreign[0]}, ...)")
    problems += [*left_out.problems("JAFFE"), *duplicate_problems("JAFFE", samples)]
    return Dataset("JAFFE", LABELS, tuple(samples), cropped=False, problems=tuple(problems))
