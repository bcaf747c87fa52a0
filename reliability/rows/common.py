"""What every row checks: nothing invented, nothing answered twice, the node alive and as large as before."""

from __future__ import annotations

from collections.abc import Collection

from reliability.report import Check, at_most, holds
from reliability.stage import Answer, Stage, Stamp

ANSWER_LIMIT = 1.0
"""Seconds from the publication of the first good image after a recovery to an answer."""
DISCOVERY_LIMIT = 5.0
"""Seconds for two processes that have just started to find each other, and to answer a first image."""
MEMORY_LIMIT = 10.0
"""Per cent by which the node may be larger after a fault than before; a few MB more are the allocator's."""


def honest(answers: list[Answer], sent: Collection[Stamp]) -> list[Check]:
    """Check that each answer's stamp is that of an image that was sent, and that no image was answered twice."""
    keys = [(a.camera, a.stamp) for a in answers]
    invented = sum(a.stamp not in sent for a in answers)
    twice = len(keys) - len(set(keys))
    return [
        holds("answers with a stamp that no image had: 0", invented == 0, f"{invented} of {len(answers)}"),
        holds("images answered twice: 0", twice == 0, str(twice)),
    ]


def healthy(stage: Stage, memory_before: float) -> list[Check]:
    """Check that the node lives, said nothing of an exception, and did not grow."""
    quiet = "Traceback" not in stage.node.output
    checks = [holds("node alive, without a traceback", stage.node.alive and quiet)]
    if stage.node.alive:
        after = stage.node.memory
        growth = 100 * (after / memory_before - 1)
        limit = growth <= MEMORY_LIMIT
        told = f"{memory_before:.0f} -> {after:.0f} MB ({growth:+.1f} %)"
        checks.append(holds(f"memory grows by at most {MEMORY_LIMIT:g} %", limit, told))
    return checks


def recovered(stage: Stage) -> Check:
    """Check that a good image is answered at once."""
    usual = stage.latency()
    check = at_most("next good image answered within", stage.recovery(), ANSWER_LIMIT)
    # How fast this machine is just now, beside it: the limit holds on a busy one too.
    return Check(check.must, f"{check.measured} (usually {usual:.2f})", check.passed)
