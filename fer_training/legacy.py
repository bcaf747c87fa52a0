"""Names of version 0.4: refused with today's name where somebody writes them, translated in files that it has left.

Whoever types an old name should learn the new one. Nobody can type a finished run or a bundle again: `config.yaml`,
`data.json` and the training facts of `bundle.json` are translated when they are read, and never written back.
"""

from __future__ import annotations

from typing import Any

RENAMED_KEYS = {
    "teacher_power": "teacher_exponent",
    "teacher_votes": "votes_exponent",
    "teacher_view": "consistent_teaching",
}
"""Keys of a training config."""
GONE_KEYS = {
    "random_operations": "RandAugment made no difference (docs/stage1)",
    "random_magnitude": "RandAugment made no difference (docs/stage1)",
}
"""Keys of a config's augmentation that exist no more, and why."""
RENAMED_CONFIGS = {
    "wide": "w100_teacher",
    "slim": "w050",
    "polish": "self_distilled",
    "gpu": "w100_long",
    "ablation_narrow": "ablation_w050",
}
GONE_CONFIGS = {"ablation_randaugment": GONE_KEYS["random_operations"]}
PREDICTIONS = "answers.npz"
"""What predictions.npz was called."""
BARE_CASCADE = "cascade_0.4"
"""How version 0.4 looked for faces in whole pictures: the largest one that the bare cascade finds."""
_ORIGIN = {"start": "initial_weights"}
_FACTS = {
    **_ORIGIN,
    "logit_offsets": "logit_adjustment",
    "before_offsets": "before_adjustment",
    "average": "weight_average",
}


def refuse_old_name(name: str, renamed: dict[str, str], gone: dict[str, str], where: str = "") -> None:
    """Raise ValueError for a name of version 0.4 that says what it is called now, or why it is gone.

    Args:
        name: what was written.
        renamed: old names to new ones.
        gone: names that exist no more to the reason.
        where: what stands before the name in the message, such as 'augmentation.'.

    """
    if name in renamed:
        raise ValueError(f"{where}{name} is now {renamed[name]}")
    if name in gone:
        raise ValueError(f"{where}{name} is gone: {gone[name]}")


def translate_config(values: Any) -> Any:
    """Return the plain values of a training config under today's names; what is gone is left out, see `lost_options`.

    Anything but a mapping is returned as it is: whoever reads the config refuses it.
    """
    if not isinstance(values, dict):
        return values
    found = _renamed(values, RENAMED_KEYS)
    augmentation = found.get("augmentation")
    if isinstance(augmentation, dict):
        found["augmentation"] = {key: value for key, value in augmentation.items() if key not in GONE_KEYS}
    return found


def lost_options(values: Any) -> list[str]:
    """Return what a config of version 0.4 asked for and today's trainer does not do, such as 'random_operations: 2'."""
    augmentation = values.get("augmentation") if isinstance(values, dict) else None
    operations = augmentation.get("random_operations") if isinstance(augmentation, dict) else None
    return [f"random_operations: {operations}"] if operations else []


def translate_data(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a run's data.json under today's names; its faces are those that were found then."""
    found = _renamed(values, _ORIGIN)
    if isinstance(found.get("dataset"), dict):
        found["dataset"] = {"detector": BARE_CASCADE, **found["dataset"]}
    return found


def translate_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle's training facts under today's names, its config included."""
    found = _renamed(facts, _FACTS)
    if "config" in found:
        found["config"] = translate_config(found["config"])
    average = found.get("weight_average")
    if isinstance(average, dict):
        found["weight_average"] = _renamed(average, _ORIGIN)
    return found


def _renamed(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in values.items()}
