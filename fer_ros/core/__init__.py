"""The public Python API: what is exported here is kept from version to version; everything else may change.

    from fer_ros.core import Frame, load_pipeline
    pipeline = load_pipeline("robot")
    for face in pipeline.look(picture):
        print(face.box, face.label, face.confidence, face.probabilities["happy"], face.reasons)

It imports neither ROS nor TensorFlow.


What is named here is imported when it is first used: a node that only needs a part of this package starts sooner.
"""

from importlib import import_module
from typing import TYPE_CHECKING

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

_HOMES = {
    "EMOTIONS": "emotions",
    "PROFILES": "profile",
    "BackendError": "classification.classifier",
    "Box": "geometry",
    "Bundle": "classification.bundle",
    "BundleError": "classification.bundle",
    "Expression": "types",
    "Face": "types",
    "Frame": "types",
    "Landmarks": "geometry",
    "Pipeline": "pipeline",
    "PipelineConfig": "config",
    "Probabilities": "types",
    "Reasons": "types",
    "Results": "pipeline",
    "State": "types",
    "TrackedFace": "types",
    "annotate": "drawing",
    "canonical": "emotions",
    "load_bundle": "classification.bundle",
    "load_pipeline": "loading",
}


def __getattr__(name: str) -> object:
    """Import a public name from the module that it stands in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
