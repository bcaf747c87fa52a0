"""The public Python API: what is exported here is kept from version to version; everything else may change.

    from fer_ros.core import Frame, load_pipeline
    pipeline = load_pipeline("robot")
    for face in pipeline.look(picture):
        print(face.box, face.label, face.confidence, face.probabilities["happy"], face.reasons)

It imports neither ROS nor TensorFlow.

What is named here is imported when it is first used: a node that only needs a part of this package starts sooner.
"""

from typing import TYPE_CHECKING

from fer_ros.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from fer_ros.core.classification.bundle import Bundle, BundleError, load_bundle
    from fer_ros.core.classification.classifier import BackendError
    from fer_ros.core.config import PipelineConfig
    from fer_ros.core.drawing import annotate
    from fer_ros.core.emotions import EMOTIONS, canonical
    from fer_ros.core.geometry import Box, Landmarks
    from fer_ros.core.loading import load_pipeline
    from fer_ros.core.pipeline import Pipeline, Results
    from fer_ros.core.profile import PROFILES
    from fer_ros.core.types import Expression, Face, Frame, Probabilities, Reasons, State, TrackedFace

__all__ = [
    "EMOTIONS",
    "PROFILES",
    "BackendError",
    "Box",
    "Bundle",
    "BundleError",
    "Expression",
    "Face",
    "Frame",
    "Landmarks",
    "Pipeline",
    "PipelineConfig",
    "Probabilities",
    "Reasons",
    "Results",
    "State",
    "TrackedFace",
    "annotate",
    "canonical",
    "load_bundle",
    "load_pipeline",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "fer_ros.core.classification.bundle": ("Bundle", "BundleError", "load_bundle"),
        "fer_ros.core.classification.classifier": ("BackendError",),
        "fer_ros.core.config": ("PipelineConfig",),
        "fer_ros.core.drawing": ("annotate",),
        "fer_ros.core.emotions": ("EMOTIONS", "canonical"),
        "fer_ros.core.geometry": ("Box", "Landmarks"),
        "fer_ros.core.loading": ("load_pipeline",),
        "fer_ros.core.pipeline": ("Pipeline", "Results"),
        "fer_ros.core.profile": ("PROFILES",),
        "fer_ros.core.types": ("Expression", "Face", "Frame", "Probabilities", "Reasons", "State", "TrackedFace"),
    },
)
