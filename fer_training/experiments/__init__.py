"""One file per table or figure of the paper; each has `run(study) -> Report`."""

from __future__ import annotations

NAMES = (
    "fer2013",
    "table1",
    "table2",
    "table3",
    "table4",
    "table5",
    "table6",
    "table7",
    "cross",
    "figure4",
    "figure5",
    "figure6",
    "figure7",
)
"""What `fer-train reproduce` knows, in the order in which 'all' runs it."""
