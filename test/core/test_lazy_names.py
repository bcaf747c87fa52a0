"""Public names are imported when they are used, and say what they lack."""

import subprocess
import sys

import pytest

import fer_ros.core


@pytest.mark.parametrize(
    ("package", "name", "absent", "extra"),
    [
        ("fer_ros.core", "load_pipeline", "cv2", "."),
        ("fer_ros.core", "annotate", "PIL", "."),
        ("fer_ros.analysis", "analyze", "scipy", "."),
    ],
)
def test_a_missing_package_is_named_with_what_brings_it(package, name, absent, extra):
    code = f"import sys; sys.modules[{absent!r}] = None; from {package} import {name}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    last = done.stderr.splitlines()[-1]
    told = f"ModuleNotFoundError: {package}.{name} needs the Python package {absent}: pip install {extra} in the folder"
    assert done.returncode == 1 and last.startswith(told), done.stderr


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'fer_ros.core' has no attribute 'load_pipelin'"):
        fer_ros.core.load_pipelin  # noqa: B018
