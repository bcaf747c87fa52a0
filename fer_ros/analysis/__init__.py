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

from typing import TYPE_CHECKING

from fer_ros.core.lazy_names import lazy_names

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

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "fer_ros.analysis.events": ("ExpressionChange", "StableExpressions"),
        "fer_ros.analysis.faces": ("AnalyzedFrame", "IncompleteError", "analyze", "analyze_frames"),
        "fer_ros.analysis.rows": ("FaceRow", "MissingPackage", "to_dataframe", "to_dicts"),
        "fer_ros.core.drawing": ("annotate",),
    },
)
