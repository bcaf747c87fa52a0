"""`fer-train export` makes a bundle of the weights whose number was reported, and records what it changes."""

import json
import shutil
import zipfile

import numpy as np
import pytest
import yaml
from look_alike import photograph, tiny_config, tiny_crops

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


@pytest.fixture(scope="module")
def clinic(tmp_path_factory, stage1_bundle):
    """The retraining recipe on generated faces: five people, a fold of whole people each, and the data's folder."""
    import cv2

    from fer_training.training.config import to_dict

    folder = tmp_path_factory.mktemp("clinic")
    for label, name in enumerate(("angry", "happy", "sad")):
        for person in ("anna", "ben", "cleo", "dan", "eve"):
            target = folder / "faces" / name / person
            target.mkdir(parents=True)
            for i in range(3):
                number = 100 * label + 10 * ord(person[0]) + i
                cv2.imwrite(str(target / f"{i}.png"), photograph(2 * label, number, 64))
    (folder / "tiny.yaml").write_text(yaml.safe_dump(to_dict(tiny_config(steps=12, evaluate_steps=3))))
    stage2 = ["stage2", "--config", str(folder / "tiny.yaml"), "--dataset", "folders", "--path", str(folder / "faces")]
    stage2 += ["--stage1", str(stage1_bundle), "--protocol", "disjoint"]
    assert main([*stage2, "--output", str(folder / "run")]) == 0
    return folder


@pytest.mark.timeout(400)
def test_the_retraining_recipe_ends_with_a_bundle_of_the_weights_that_were_reported(clinic, tmp_path, capsys):
    for fold in range(5):
        export = ["export", "--run", str(clinic / f"run/fold{fold}"), "--path", str(clinic / "faces")]
        assert main([*export, "--output", str(tmp_path / f"b{fold}")]) == 0, capsys.readouterr().err
        bundle = load_bundle(tmp_path / f"b{fold}")
        assert set(bundle.models) == {"float16", "int8"}, "nine faces are too few to refuse a format by chance"
        facts, result = bundle.training, json.loads((clinic / f"run/fold{fold}/result.json").read_text())
        assert facts["weights"] == facts["reported"]["weights"] == "last"
        # The same number and the same weights: what the run predicted is what the exported network predicts.
        assert facts["reported"]["accuracy"] == pytest.approx(result["last_accuracy"], abs=1e-5)
        assert facts["validation"]["accuracy"] == facts["reported"]["accuracy"] and facts["validation"]["n"] == 9
        assert facts["reported"]["folds"]["count"] == 5 and facts["reported"]["folds"]["n"] == 45
        card = (tmp_path / f"b{fold}/MODEL_CARD.md").read_text()
        assert f"{100 * result['last_accuracy']:.2f} % of 9 (subject-disjoint, last step, selected by nothing)" in card
    assert "weights of the last step" in capsys.readouterr().out
    evaluate = ["evaluate", "--bundle", str(tmp_path / "b0"), "--dataset", "folders", "--path", str(clinic / "faces")]
    assert main(evaluate) == 0
    assert "the bundle has learned from class folders: from these, if they are the same" in capsys.readouterr().out


def test_the_best_step_of_a_fold_is_exported_by_name_only_and_says_what_selected_it(clinic, tmp_path, capsys):
    export = ["export", "--run", str(clinic / "run/fold0"), "--path", str(clinic / "faces"), "--precisions", "float32"]
    assert main([*export, "--weights", "best", "--output", str(tmp_path / "b")]) == 0
    assert "subject-disjoint, best step, selected on these faces" in capsys.readouterr().out
    assert load_bundle(tmp_path / "b").training["reported"]["weights"] == "best"


def test_a_first_stage_exports_its_best_step_and_records_what_it_learned_from(stage1_bundle):
    facts = load_bundle(stage1_bundle).training
    assert facts["weights"] == "best" and facts["data"]["splits"] == ["train"]
    assert facts["reported"]["accuracy"] == facts["validation"]["accuracy"]


MISTAKES = ("unfinished", "archive", "folds", "output", "precision", "data", "full")
"""The last one changes what the disk says, so nothing comes after it."""


@pytest.fixture(scope="module")
def mistakes(stage1_run, fer2013, tmp_path_factory, told_without_tensorflow):
    """What each mistake is answered with, what is expected, and the folder of its output."""
    commands, expected, outputs = {}, {}, {}
    for mistake in MISTAKES:
        folder = tmp_path_factory.mktemp(mistake)
        run, data, output, words = folder / "run", fer2013, folder / "out", []
        shutil.copytree(stage1_run, run)
        with zipfile.ZipFile(folder / "run.zip", "w") as archive:
            archive.writestr("run/config.yaml", "steps: 6")
        if mistake == "unfinished":
            (run / "result.json").unlink()
            line = "expected a finished run, got one that stands at step 120"
        elif mistake == "archive":
            run, line = folder / "run.zip", "got a ZIP archive: unpack it"
        elif mistake == "folds":
            run, line = folder, "but one with runs inside: name one of them"
        elif mistake == "output":
            output.mkdir()
            (output / "bundle.json").write_text("mine")
            line = "expected no earlier bundle, got bundle.json: name another --output"
        elif mistake == "full":
            line = "expected room for 105 MB, got a disk with 0 MB free"
        elif mistake == "precision":
            words = ["--precisions", "float8"]
            line = "--precisions: expected some of float32, float16, int8, got float8"
        else:
            data, line = folder / "run.zip", "--path: expected a CSV file or a folder at "
        commands[mistake] = ["export", "--run", str(run), "--path", str(data), "--output", str(output), *words]
        expected[mistake], outputs[mistake] = line, output
    before = {"full": "import shutil; shutil.disk_usage = lambda _: type('Usage', (), {'free': 1000})"}
    answers = told_without_tensorflow(commands, before)
    return {name: (*answers[name], expected[name], outputs[name]) for name in MISTAKES}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told_in_one_line_before_tensorflow_is_loaded(mistake, mistakes):
    code, said, expected, output = mistakes[mistake]
    (line,) = said.splitlines()
    assert code == 1 and line.startswith("fer-train: ") and expected in line
    assert not output.exists() or (output / "bundle.json").read_text() == "mine"
