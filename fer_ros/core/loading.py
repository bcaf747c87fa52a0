"""A pipeline ready to run, from the names of a profile and a bundle."""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.classification.bundle import DEFAULT, load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.profile import find_profile, pipeline_config, read_parameters


def load_pipeline(
    profile: str | Path = "default",
    *,
    bundle: str | Path = DEFAULT,
    backend: str = "auto",
    precision: str = "default",
    threads: int = 2,
) -> Pipeline:
    """Make the pipeline that fer_node would run.

    Args:
        profile: 'default', 'robot' or 'paper', or the path of a parameter file.
        bundle: name of a model bundle that ships, or the folder of one.
        backend: 'litert', 'tensorflow' or 'auto'.
        precision: 'float', 'int8', or 'default' for the bundle's own choice.
        threads: of the backend, at least 1.

    Returns:
        A pipeline for one or several cameras, or for single pictures.

    Raises:
        FileNotFoundError: there is no such profile, bundle or detector file.
        ValueError: a parameter does not fit, or a bundle is refused (BundleError).
        BackendError: the backend cannot start.

    """
    config = pipeline_config(read_parameters(find_profile(profile)))
    classifier = make_classifier(load_bundle(bundle), backend, precision, threads, log=lambda line: None)
    return Pipeline(classifier, config)
