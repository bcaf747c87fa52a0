"""`fer-train stage2` fine-tunes what the first stage made."""

import json
import re

import cv2
import pytest
import yaml
from look_alike import photograph, tiny_config

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Pipeline
from fer_training.cli import main
from fer_training.experiments.pictures import frame
from fer_training.training.config import to_dict

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
    out, told = capsys.readouterr()
    assert json.loads(out.splitlines()[-1])["n"] == 44
    known = re.search(
        r"(\d+) of these 44 pictures were trained on; the weights were selected by (\d+) of these 44", told
    )
    assert int(known[1]) > int(known[2]) > 0 and int(known[1]) + int(known[2]) == 44
    labels = json.loads((tmp_path / "eight/bundle.json").read_text())["labels"]
    assert labels[-1] == "contempt" and len(labels) == 8
    classifier = make_classifier(load_bundle(tmp_path / "eight"), "litert")
    face = Pipeline(classifier).process({"camera": frame(faces=1)})["camera"][0]
    assert face.raw.probabilities.array.shape == (8,) and face.raw.probabilities.array.sum() == pytest.approx(1)


def clinic(folder, people=5):
    """Write photographs of a clinic's own: two expressions of each person."""
    for person in range(people):
        for label, name in enumerate(("happy", "sad")):
            (folder / name / f"p{person}").mkdir(parents=True)
            cv2.imwrite(str(folder / name / f"p{person}" / "1.png"), photograph(label, person * 3 + label))
    return folder


def test_a_data_folder_that_was_moved_and_renamed_goes_on_with_its_run(tmp_path, imagenet_weights, capsys):
    (tmp_path / "tiny.yaml").write_text(
        yaml.safe_dump(to_dict(tiny_config(steps=2, evaluate_steps=1, center_weight=0.0)))
    )
    words = ["stage2", "--config", str(tmp_path / "tiny.yaml"), "--dataset", "folders", "--whole"]
    words += [
        "--stage1",
        "imagenet",
        "--imagenet-weights",
        str(imagenet_weights),
        "--protocol",
        "disjoint",
        "--fold",
        "0",
    ]
    words += ["--output", str(tmp_path / "run")]
    assert main([*words, "--path", str(clinic(tmp_path / "faces"))]) == 0
    first = capsys.readouterr()
    assert "faces: 10 pictures of 5 people" in first.err and "pictures      5    5   10" in first.err
    assert json.loads((tmp_path / "run/fold0/data.json").read_text())["dataset"]["detector"] == "default"
    (tmp_path / "run/fold0/result.json").unlink()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "faces").rename(tmp_path / "elsewhere" / "people")
    assert main([*words, "--path", str(tmp_path / "elsewhere" / "people")]) == 0
    assert "at step 2" in (tmp_path / "run/fold0/run.log").read_text(), "it went on from its checkpoint"


def test_a_class_that_only_the_test_has_stops_the_command_before_the_training(tmp_path, imagenet_weights, capsys):
    clinic(tmp_path / "faces" / "train")
    clinic(tmp_path / "faces" / "test", people=1)
    (tmp_path / "faces/test/sad").rename(tmp_path / "faces/test/contempt")
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(to_dict(tiny_config())))
    words = ["stage2", "--config", str(tmp_path / "tiny.yaml"), "--dataset", "folders", "--whole"]
    words += ["--stage1", "imagenet", "--imagenet-weights", str(imagenet_weights), "--path", str(tmp_path / "faces")]
    assert main([*words, "--output", str(tmp_path / "run")]) == 1
    assert "got none of contempt, which only test has" in capsys.readouterr().err
    assert not list((tmp_path / "run").glob("fold*"))


def test_classes_that_are_lost_are_named_before_the_training(tmp_path, capsys):
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(to_dict(tiny_config())))
    words = ["stage2", "--config", str(tmp_path / "tiny.yaml"), "--dataset", "folders", "--stage1", "default"]
    words += ["--path", str(clinic(tmp_path / "faces")), "--output", str(tmp_path / "run"), "--fold", "9"]
    # A fold that there is not ends the command before it trains.
    assert main(words) == 1
    note, error = capsys.readouterr().err.splitlines()[-2:]
    assert note.startswith(
        "note: the new model tells only happy, sad apart; the one that it begins with also knows angry"
    )
    assert "--fold must be" in error
