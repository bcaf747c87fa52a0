"""MODEL_CARD.md of a new bundle: which weights, which number by which protocol, and what its maker must fill in."""

from __future__ import annotations

from typing import Any

from fer_ros.core.classification.bundle import Bundle

NAME = "MODEL_CARD.md"
"""The file in a bundle's folder."""


def model_card(bundle: Bundle) -> str:
    """Return the card of a bundle, out of its training facts."""
    facts = bundle.training
    models = ", ".join(
        f"{precision}{' (the default)' if precision == bundle.default_precision else ''}" for precision in bundle.models
    )
    size = bundle.spec.size
    lines = [
        f"# Model card: {bundle.name}",
        "",
        f"**What it is.** A network that names the expression of one gray face of {size}x{size} pixels: "
        f"{', '.join(bundle.labels)}. {models} for LiteRT; temperature {bundle.temperature:.3f}. Id: {bundle.id}.",
        "",
        f"**Made of.** {_origin(facts)}",
        "",
        f"**The number that was reported.** {_reported(facts)}",
        "",
        f"**These files.** {_formats(facts)}",
        *_pictures(facts),
        "",
        "**What it is for.** An estimate of the expression that a face *shows*, not of what a person feels. Not for "
        "decisions about people.",
        "",
        "**To be filled in by its maker.** Whose faces these are, with whose consent, in what light and by which "
        "camera; for whom it was not measured; under which licence it may be used.",
    ]
    return "\n".join(lines) + "\n"


def _origin(facts: dict[str, Any]) -> str:
    data, faces = facts.get("data", {}), facts.get("faces", {})
    weights = facts.get("initial_weights")
    start = f", from the weights of {weights}" if weights else ""
    return (
        f"The {facts.get('weights', 'best')} step of a run on {data.get('name', 'an unnamed data set')}"
        f"{', ' + data['fold'] if 'fold' in data else ''}: {faces.get('train', '?')} faces to train on{start}. "
        "`bundle.json` holds the whole configuration."
    )


def _reported(facts: dict[str, Any]) -> str:
    found = facts.get("reported")
    if not found or "accuracy" not in found:
        changed = [name for name in ("weight_average", "logit_adjustment") if name in facts]
        why = f": the weights were changed after the run ({', '.join(changed)})" if changed else ""
        return f"There is none{why}. Measure it with `fer-train evaluate`."
    step = f" {found['step']}" if found.get("step") else ""
    text = f"{_percent(found)} ({found['protocol']}), of the {found['weights']} step{step}, whose weights these are."
    if "folds" in found:
        folds = found["folds"]
        text += (
            f" Over {folds['count']} folds, each with a model of its own, {_percent(folds)}, standard deviation "
            f"{100 * folds['deviation']:.2f}: what to expect of somebody new."
        )
    return text


def _formats(facts: dict[str, Any]) -> str:
    formats = facts.get("formats", {})
    return "On the validation faces: " + ", ".join(f"{name} {_percent(found)}" for name, found in formats.items()) + "."


def _pictures(facts: dict[str, Any]) -> list[str]:
    found = facts.get("pictures")
    if not found:
        return []
    return [
        "",
        f"**Which pictures.** `{found['file']}` holds the first 40 bits of the SHA-256 of the pixels of each picture "
        "that it was trained on, so that `fer-train evaluate` can tell them from others. No picture can be made of "
        "them. Whoever has the very same picture can find out that it was trained on. Without the file, `evaluate` "
        "goes by the name of the data set.",
    ]


def _percent(found: dict[str, Any]) -> str:
    return f"{100 * found['accuracy']:.2f} % of {found['n']}"
