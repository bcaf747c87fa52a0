"""The public Python API: what is exported here is kept from version to version; everything else may change.

    from fer_ros.core import Frame, load_pipeline
    pipeline = load_pipeline("robot")
    for face in pipeline.look(picture):
        print(face.box, face.label, face.confidence, face.probabilities["happy"], face.reasons)

It imports neither ROS nor TensorFlow.
"""

from fer_ros.core.classification.bundle import Bundle, BundleError, load_bundle
from fer_ros.core.classification.classifier import BackendError
from fer_ros.core.config import PipelineConfig
from fer_ros.core.drawing import annotate
from fer_ros.core.emotions import EMOTIONS, canonical
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.pipeline import Pipeline, Results
from fer_ros.core.profile import PROFILES, load_pipeline
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
