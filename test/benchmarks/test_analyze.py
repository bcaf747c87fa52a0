"""Other packages take part in the benchmark of the analysis where they are installed."""

import importlib.machinery
import sys
import types

import pytest
from analysis.clips import write_clip

from benchmarks.analyze import ours, peers, table, theirs
from fer_ros.core import load_pipeline


def test_a_package_that_is_installed_answers_every_image(tmp_path, monkeypatch):
    package = types.ModuleType("deepface")
    package.__spec__ = importlib.machinery.ModuleSpec("deepface", None)
    found = [{"face_confidence": 0.9}, {"face_confidence": 0}]
    package.DeepFace = types.SimpleNamespace(analyze=lambda picture, **_: found)
    monkeypatch.setitem(sys.modules, "deepface", package)
    (peer,) = [peer for name, peer in peers() if name == "deepface"]
    row = theirs(write_clip(tmp_path / "clip.avi", 5), peer)
    assert (row["images"], row["faces"]) == (5, 5)


def test_ours_is_compared_with_the_length_of_the_clip(tmp_path):
    row = ours(write_clip(tmp_path / "clip.avi", 10), load_pipeline())
    assert row["images"] == 10 and row["faces"] >= 18
    assert row["length"] == pytest.approx(1.0)
    assert "A clip of 1.0 s." in table({"ours": row}, row["length"])
