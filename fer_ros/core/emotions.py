"""The one class order, and the names that data sets and REP-155 give to the same expressions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fer_ros.core.suggestions import nearest

EMOTIONS: tuple[str, ...] = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt")
"""Every expression, in the order of every probability vector. The first seven are FER-2013's labels 0 to 6."""

ALIASES: dict[str, str] = {
    "anger": "angry",
    "an": "angry",
    "disgusted": "disgust",
    "di": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "scared": "fear",
    "fe": "fear",
    "happiness": "happy",
    "joy": "happy",
    "ha": "happy",
    "sadness": "sad",
    "sa": "sad",
    "surprised": "surprise",
    "su": "surprise",
    "ne": "neutral",
    "contemptuous": "contempt",
}
"""Names used by FER+, CK+, JAFFE and common class folders, in lower case."""

_MEANT: dict[str, str] = {
    "smile": "happy", "smiling": "happy", "laughing": "happy", "laughter": "happy", "glad": "happy",
    "cheerful": "happy", "joyful": "happy", "amused": "happy", "crying": "sad", "unhappy": "sad", "sorrow": "sad",
    "sorrowful": "sad", "frowning": "sad", "mad": "angry", "furious": "angry", "rage": "angry", "annoyed": "angry",
    "frightened": "fear", "fright": "fear", "terrified": "fear", "anxious": "fear", "shocked": "surprise",
    "astonished": "surprise", "amazed": "surprise", "startled": "surprise", "repulsed": "disgust",
    "revolted": "disgust", "calm": "neutral", "none": "neutral", "normal": "neutral", "relaxed": "neutral",
    "scorn": "contempt", "disdain": "contempt",
}  # fmt: skip
"""Words that people write for an expression; too loose to be taken for it, near enough to be offered."""

REP155_NAMES: dict[str, str | None] = {
    "angry": "angry",
    "disgust": "disgusted",
    "fear": "scared",
    "happy": "happy",
    "sad": "sad",
    "surprise": "surprised",
    "neutral": "neutral",
    "contempt": None,
}
"""What hri_msgs/Expression calls each of ours; None where REP-155 has no such expression."""


def canonical(name: str) -> str:
    """Return our name for an expression under any of its aliases.

    Args:
        name: in any case.

    Returns:
        One of EMOTIONS.

    Raises:
        ValueError: no data set that we know uses this name.

    """
    key = name.strip().lower()
    key = ALIASES.get(key, key)
    if key not in EMOTIONS:
        raise ValueError(f"expression must be one of {', '.join(EMOTIONS)} or a known alias, got {name!r}{_offer(key)}")
    return key


def check_expressions(names: Sequence[str], known: Collection[str] = EMOTIONS) -> None:
    """Check names that must be written exactly as ours, such as those that a program compares with labels.

    Args:
        names: at least one.
        known: the labels that there are; some of EMOTIONS.

    Raises:
        ValueError: there is none, or some are not known; each is named, with the label that was probably meant.

    """
    wrong = [f"{name!r}{_offer(name.strip().lower(), known)}" for name in names if name not in known]
    if wrong or not names:
        raise ValueError(f"expected {', '.join(known)}, got {'; '.join(wrong) or 'none'}")


def _offer(key: str, known: Collection[str] = EMOTIONS) -> str:
    """Ask for the expression that a word may have meant, or return ''."""
    words = {name: name for name in EMOTIONS} | ALIASES | _MEANT
    near = nearest(key, [word for word, name in words.items() if name in known], 0.75)
    return f": did you mean {words[near]}?" if near else ""


def check_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels as a tuple if they are distinct expressions in the order of EMOTIONS.

    Raises ValueError for unknown or repeated names, or another order.
    """
    expected = tuple(name for name in EMOTIONS if name in labels)
    if tuple(labels) != expected or len(expected) < 2:
        raise ValueError(f"labels must be two or more of {EMOTIONS} in this order, got {tuple(labels)}")
    return expected
