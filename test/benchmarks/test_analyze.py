"""Other packages take part in the benchmark of the analysis where they are installed."""

import importlib.machinery
import sys
import types

import pytest
from analysis.clips import write_clip

from benchmarks.analyze import deepface, ours, table, theirs
from fer_ros.core import load_pipeline


def test_a_package_that_is_installed_answers_every_image(tmp_path, monkeypatch):
    package = types.ModuleType("deepface")
    package.__spec__ = importlib.machinery.ModuleSpec("deepface", None)
    found = [{"face_confidence": 0.9}, {"face_confidence": 0}]
    package.DeepFace = types.SimpleNamespace(analyze=lambda picture, **_: found)
    monkeypatch.setitem(sys.modules, "deepface", package)
    row = theirs(write_clip(tmp_path / "clip.avi", 5), deepface())
    assert (row["images"], row["faces"]) == (5, 5)


def test_a_package_without_its_networks_is_left_out_with_the_reason(monkeypatch, capsys):
    def analyze(picture, **_):
        raise ValueError("could not download the weights\nand more")

    package = types.ModuleType("deepface")
    package.__spec__ = importlib.machinery.ModuleSpec("deepface", None)
    package.DeepFace = types.SimpleNamespace(analyze=analyze)
    monkeypatch.setitem(sys.modules, "deepface", package)
    assert deepface() is None
    assert capsys.readouterr().out == "deepface cannot answer: not measured: could not download the weights\n"


def test_ours_is_compared_with_the_length_of_the_clip(tmp_path):
    row = ours(write_clip(tmp_path / "clip.avi", 10), load_pipeline())
    assert row["images"] == 10 and row["faces"] >= 18
    assert row["length"] == pytest.approx(1.0)
    assert "A clip of 1.0 s." in table({"ours": row}, row["length"])
