"""From the names of folders to expressions: other spellings, and the numbers that data sets give to their classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from fer_ros.core.emotions import EMOTIONS, canonical
from fer_training.data.files import DatasetError

ClassNames = tuple[tuple[str, str], ...]
"""(name of a folder, expression) of each class that somebody names in a way of his own."""

NUMBERED: dict[str, Mapping[str, str]] = {
    "fer2013": {str(i): name for i, name in enumerate(EMOTIONS[:7])},
    "rafdb": dict(zip("1234567", ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"), strict=True)),
    "affectnet": dict(
        zip("01234567", ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"), strict=True)
    ),
}
"""Data sets whose classes are numbers: FER-2013, RAF-DB (Li et al. 2017), AffectNet (Mollahosseini et al. 2017)."""
# Spellings that copies on the web have; each of them can be nothing else.
_SPELLINGS = {
    "angriness": "angry",
    "disgusting": "disgust",
    "fearfull": "fear",
    "fearfulness": "fear",
    "joyful": "happy",
    "natural": "neutral",
    "neutrality": "neutral",
    "saddness": "sad",
    "suprise": "surprise",
    "suprised": "surprise",
    "surprize": "surprise",
    "surprising": "surprise",
    "contemptuousness": "contempt",
}
# 0_angry, 03 - happy, happy faces
_AROUND = re.compile(r"^\d+[\s_.-]+|[\s_-]+(faces?|images?|expressions?|emotions?)$")


def expression_of(folder: Path, names: ClassNames = ()) -> str:
    """Return the expression that a folder is named after.

    Args:
        folder: its name may have another spelling, a number before it, or stand in `names`.
        names: what somebody's own names mean; they go first.

    Raises:
        DatasetError: the name is of no expression; the message says what may have been meant.

    """
    name = folder.name.strip().casefold()
    own = dict(names)
    if name in own:
        return own[name]
    if re.fullmatch(r"\d+", name):
        if names:
            raise DatasetError(f"{folder}: expected a folder named {', '.join(own)} or after an expression")
        raise DatasetError(
            f"{folder}: expected a folder for each of {', '.join(EMOTIONS)}; what a number means depends on the data "
            f"set: say --class-names {', '.join(NUMBERED)}, or a file with lines such as '0: angry'"
        )
    for spelling in (name, _AROUND.sub("", name)):
        spelling = _SPELLINGS.get(spelling, spelling)
        try:
            return canonical(spelling)
        except ValueError as error:
            _, got, meant = str(error).partition(": did you mean ")
            offer = f"{got}{meant}" if got else ""
    raise DatasetError(f"{folder}: expected a folder for each of {', '.join(EMOTIONS)}{offer}")


def known_class(name: str) -> bool:
    """Return whether a folder's name is one of an expression, or a number."""
    try:
        expression_of(Path(name), tuple((str(number), EMOTIONS[0]) for number in range(10)))
    except DatasetError:
        return False
    return True


def read_class_names(given: str) -> ClassNames:
    """Return what the names of class folders mean.

    Args:
        given: a name in NUMBERED, or a YAML file that maps folders to expressions, such as `0: angry`.

    Raises:
        ValueError: it is neither; the message names what is wrong.

    """
    if given in NUMBERED:
        return tuple(NUMBERED[given].items())
    path = Path(given).expanduser()
    if not path.is_file():
        raise ValueError(f"--class-names must be {', '.join(NUMBERED)} or a YAML file, got {given!r}")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: expected lines such as '0: angry', got {' '.join(str(error).split())}") from None
    if not isinstance(values, dict) or not values:
        raise ValueError(f"{path}: expected lines such as '0: angry', got {type(values).__name__}")
    try:
        return tuple((str(folder).strip().casefold(), canonical(str(name))) for folder, name in values.items())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
