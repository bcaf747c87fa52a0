"""The recipe for one's own recordings, its command and its Python, as it stands there."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import cv2
import pytest
from in_process import run_script
from pictures import smiling, two_faces

from analysis.clips import write_clip
from fer_ros.bags import make_bag

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (ROOT / "docs/recipes/analyze.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """The files that the recipe names."""
    folder = tmp_path_factory.mktemp("recordings")
    write_clip(folder / "clip.avi")
    (folder / "clip.avi").rename(folder / "session.mp4")
    (folder / "photos").mkdir()
    cv2.imwrite(str(folder / "photos" / "two.png"), two_faces())
    cv2.imwrite(str(folder / "picture.jpg"), smiling())
    assert make_bag.main([str(folder / "session.mp4"), "--output", str(folder / "bag")]) == 0
    return folder


def run(words, folder):
    done = run_script(*words, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_command_analyses_all_kinds_of_recordings(recordings):
    (line,) = re.findall(r"^    (fer-analyze .* --output .*)$", RECIPE, re.MULTILINE)
    words = shlex.split(line)
    out = run([ROOT / "scripts" / words[0], *words[1:]], recordings)
    assert out.splitlines()[-1] == "report: out/report.html"
    table = (recordings / "out" / "faces.csv").read_text()
    assert all(name in table for name in ("session.mp4", "photos", "picture.jpg", "bag"))


def test_its_python_runs(recordings, tmp_path):
    """All of it where pandas is installed, else without the line that makes a DataFrame."""
    (code,) = re.findall(r"```python\n(.*?)```", RECIPE, re.DOTALL)
    if find_spec("pandas") is None:
        code, left_out = re.subn(r"^table = to_dataframe\(.*\n", "", code, flags=re.MULTILINE)
        assert left_out == 1
    (tmp_path / "recipe.py").write_text(code)
    out = run([tmp_path / "recipe.py"], recordings)
    assert "happy" in out
