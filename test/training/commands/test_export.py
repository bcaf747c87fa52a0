"""`fer-train export` boosts recall and averages weights, and records both."""

import numpy as np
from look_alike import tiny_crops

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.cli import main


def test_recall_is_boosted_at_export_and_recorded(stage1_run, fer2013, tmp_path, capsys):
    command = ["export", "--run", str(stage1_run), "--path", str(fer2013), "--precisions", "float32"]
    assert main([*command, "--output", str(tmp_path / "b"), "--boost-recall", "fear", "disgust"]) == 0
    facts = load_bundle(tmp_path / "b").training
    assert set(facts["logit_adjustment"]) == {"fear", "disgust"}
    for name, recall in facts["before_adjustment"]["recall"].items():
        assert facts["validation"]["recall"][name] >= recall
    assert facts["validation"]["accuracy"] >= facts["before_adjustment"]["accuracy"] - 0.005
    free = [*command, "--output", str(tmp_path / "free"), "--boost-recall", "fear", "--boost-cost", "0"]
    assert main(free) == 0
    facts = load_bundle(tmp_path / "free").training
    assert facts["validation"]["accuracy"] >= facts["before_adjustment"]["accuracy"]
    assert main([*free[:-1], "-1"]) == 1
    assert "the cost must be 0 to below 1, got -0.01" in capsys.readouterr().err
    assert main([*command, "--output", str(tmp_path / "c"), "--boost-recall", "contempt"]) == 1
    assert "expected names among angry" in capsys.readouterr().err


def test_a_run_is_averaged_with_what_it_started_from_and_with_nothing_else(
    stage1_run, student, stage1_bundle, fer2013, tmp_path, capsys
):
    command = ["export", "--run", str(student), "--path", str(fer2013), "--precisions", "float32"]
    average = [*command, "--average", str(stage1_bundle)]
    faces = preprocess_crops(tiny_crops(8).pixels, load_bundle(stage1_bundle).spec)
    answers = {}
    for share in ("0", "0.5", "1"):
        assert main([*average, "--share", share, "--output", str(tmp_path / share)]) == 0
        answers[share] = make_classifier(load_bundle(tmp_path / share), "litert").classify(faces)
    begun = make_classifier(load_bundle(stage1_bundle), "litert").classify(faces)
    np.testing.assert_array_equal(answers["1"].argmax(axis=1), begun.argmax(axis=1))
    # After two steps the average lies between its ends.
    assert np.abs(answers["0.5"] - answers["1"]).max() <= np.abs(answers["0"] - answers["1"]).max()
    assert load_bundle(tmp_path / "0.5").training["weight_average"] == {"initial_weights": "small", "share": 0.5}
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "0.5"), "--path", str(fer2013), "--run", str(student)]) == 0
    assert "the accuracy that it records is the measure" in capsys.readouterr().out
    assert main([*average, "--share", "2", "--output", str(tmp_path / "no")]) == 1
    assert "share must be 0 to 1, got 2.0" in capsys.readouterr().err
    assert main([*command, "--average", str(stage1_run), "--output", str(tmp_path / "no")]) == 1
    assert "--average: expected the run's initial weights, bundle small-" in capsys.readouterr().err
