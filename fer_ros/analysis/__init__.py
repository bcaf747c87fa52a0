"""What faces show in recorded pictures and videos, without ROS and without labels.

    from fer_ros.analysis import analyze, to_dataframe
    from fer_ros.core import load_pipeline
    pipeline = load_pipeline("robot")
    for row in analyze("session.mp4", pipeline):
        print(row.time, row.face.track_id, row.face.label, row.face.confidence)
    table = to_dataframe(analyze("photos", pipeline))

`fer-analyze` is the same as a command.

What is named here is imported when it is first used: the command answers `--help` and mistakes sooner.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fer_ros.analysis.events import ExpressionChange, StableExpressions
    from fer_ros.analysis.faces import AnalyzedFrame, IncompleteError, analyze, analyze_frames
    from fer_ros.analysis.rows import FaceRow, MissingPackage, to_dataframe, to_dicts
    from fer_ros.core.drawing import annotate

__all__ = [
    "AnalyzedFrame",
    "ExpressionChange",
    "FaceRow",
    "IncompleteError",
    "MissingPackage",
    "StableExpressions",
    "analyze",
    "analyze_frames",
    "annotate",
    "to_dataframe",
    "to_dicts",
]

_HOMES = {
    "AnalyzedFrame": "fer_ros.analysis.faces",
    "ExpressionChange": "fer_ros.analysis.events",
    "FaceRow": "fer_ros.analysis.rows",
    "IncompleteError": "fer_ros.analysis.faces",
    "MissingPackage": "fer_ros.analysis.rows",
    "StableExpressions": "fer_ros.analysis.events",
    "analyze": "fer_ros.analysis.faces",
    "analyze_frames": "fer_ros.analysis.faces",
    "annotate": "fer_ros.core.drawing",
    "to_dataframe": "fer_ros.analysis.rows",
    "to_dicts": "fer_ros.analysis.rows",
}


def __getattr__(name: str) -> object:
    """Import a public name from the module that it stands in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
