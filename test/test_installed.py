"""`pip install .` on a machine without ROS, outside of the repository: the public API with its profiles."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import cv2
import pytest
from pictures import smiling

ROOT = Path(__file__).resolve().parents[1]

# What README shows.
SCRIPT = """
import sys
import cv2
from fer_ros.core import Frame, load_pipeline
import fer_ros.core

assert fer_ros.core.__file__.startswith(sys.prefix), fer_ros.core.__file__
picture = cv2.imread(sys.argv[1])
for profile in ("default", "robot", "paper"):
    pipeline = load_pipeline(profile, bundle="default")
    for face in pipeline.look(picture):
        happy, array = face.probabilities["happy"], face.probabilities.array
        print(profile, face.label, round(happy, 1), array.dtype, str(face.reasons))
    for face in pipeline.process({"camera": Frame.from_bgr(picture, stamp=12.3)})["camera"]:
        print(profile, face.raw.label, len(face.track_id), face.state.name)
print([name for name in ("rclpy", "tensorflow", "keras") if name in sys.modules])
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory):
    """The Python of a fresh environment into which the package was installed; its dependencies are this one's."""
    folder = tmp_path_factory.mktemp("installed")
    # A copy: setuptools builds in the tree, and would install what earlier builds left there.
    tree = folder / "tree"
    for name in ("fer_ros", "fer_training", "config", "msg", "wheel_interfaces"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    paths = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    Path(paths.stdout.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, tree], check=True, timeout=120, cwd=folder)
    return python


def test_the_public_api_works_outside_of_the_repository(interpreter, tmp_path):
    cv2.imwrite(str(tmp_path / "picture.png"), smiling())
    clean = {"PATH": "/usr/bin:/bin", "_ROS_WHEELS_BOOTSTRAP_COMPLETE": "1"}
    done = subprocess.run(
        [interpreter, "-c", SCRIPT, tmp_path / "picture.png"], capture_output=True, text=True, env=clean, cwd=tmp_path
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "default happy 1.0 float32 " in lines and "robot happy 1.0 float32 " in lines
    assert "default happy 5 UNCERTAIN" in lines and "paper happy 0 RAW" in lines
    assert lines[-1] == "[]"


def test_types_are_shipped(interpreter):
    code = (
        "import fer_ros.core, pathlib; print((pathlib.Path(fer_ros.core.__file__).parents[1] / 'py.typed').is_file())"
    )
    done = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, env={"PATH": "/usr/bin"}, cwd="/")
    assert done.stdout.strip() == "True"
