"""What faces show in recorded pictures and videos, without ROS and without labels.

    from fer_ros.analysis import analyze, to_dataframe
    from fer_ros.core import load_pipeline
    pipeline = load_pipeline("robot")
    for row in analyze("session.mp4", pipeline):
        print(row.time, row.face.track_id, row.face.label, row.face.confidence)
    table = to_dataframe(analyze("photos", pipeline))

`fer-analyze` is the same as a command.
"""

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
