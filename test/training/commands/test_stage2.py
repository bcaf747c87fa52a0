"""`fer-train stage2` fine-tunes what the first stage made."""

import json

import pytest

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Pipeline
from fer_training.cli import main
from fer_training.experiments.pictures import frame

pytestmark = pytest.mark.timeout(400)


def test_a_second_stage_from_a_bundle_gives_a_bundle_with_contempt(world, everything, tmp_path, capsys):
    """The whole way of a user: first stage, bundle, eight classes of CK+ from that bundle, a bundle again."""
    _, data, folder = world
    export = ["export", "--path", str(data["fer2013"]), "--precisions", "float32"]
    assert main([*export, "--run", str(everything / "runs/stage1"), "--output", str(tmp_path / "seven")]) == 0
    ckplus = ["--dataset", "ckplus", "--path", str(data["ckplus"]), "--classes", "8"]
    stage2 = ["stage2", "--config", str(folder / "ckplus.yaml"), *ckplus, "--fold", "0"]
    assert main([*stage2, "--stage1", str(tmp_path / "seven"), "--output", str(tmp_path / "second")]) == 0
    assert "subject-overlapping (as in the paper), best step, selected on the fold" in capsys.readouterr().out
    wrong = [*stage2[:-1], "7", "--stage1", str(tmp_path / "seven"), "--output", str(tmp_path / "second")]
    assert main(wrong) == 1
    assert "--fold must be 0 to 4, got 7" in capsys.readouterr().err
    export = ["export", "--path", str(data["ckplus"]), "--precisions", "float32"]
    assert main([*export, "--run", str(tmp_path / "second/fold0"), "--output", str(tmp_path / "eight")]) == 0
    assert main(["evaluate", "--bundle", str(tmp_path / "eight"), *ckplus, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["n"] == 44
    labels = json.loads((tmp_path / "eight/bundle.json").read_text())["labels"]
    assert labels[-1] == "contempt" and len(labels) == 8
    classifier = make_classifier(load_bundle(tmp_path / "eight"), "litert")
    face = Pipeline(classifier).process({"camera": frame(faces=1)})["camera"][0]
    assert face.raw.probabilities.array.shape == (8,) and face.raw.probabilities.array.sum() == pytest.approx(1)
