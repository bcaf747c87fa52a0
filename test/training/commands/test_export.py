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
from fer_training.data.picture_record import PictureRecord


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
        number = f"{100 * result['last_accuracy']:.2f} % of 9"
        assert f"{number} (subject-disjoint; the last step, fixed before the training)" in card
    told = capsys.readouterr()
    assert "default format: float16, the first of --precisions that is as good as the network; its numbers" in told.out
    assert (
        f"weights of the last step: {number} validation faces right (subject-disjoint; the last step, fixed" in told.out
    )
    assert (
        "tells only angry, happy, sad apart; the one that it begins with also knows disgust, fear, surprise" in told.err
    )


@pytest.fixture(scope="module")
def of_fold0(clinic, tmp_path_factory):
    """The bundle of the first fold: 36 of the 45 faces, and not those of one person."""
    folder = tmp_path_factory.mktemp("fold0") / "b"
    export = ["export", "--run", str(clinic / "run/fold0"), "--path", str(clinic / "faces"), "--precisions", "float32"]
    assert main([*export, "--output", str(folder)]) == 0
    return folder


def evaluated(bundle, path, tmp_path, capsys):
    """Return what is said of class folders, and the values of the report."""
    words = ["evaluate", "--bundle", str(bundle), "--dataset", "folders", "--path", str(path)]
    assert main([*words, "--output", str(tmp_path / "report"), "--overwrite"]) == 0
    return capsys.readouterr().out, json.loads((tmp_path / "report/report.json").read_text())["splits"]


def test_pictures_are_compared_and_not_the_names_of_data_sets(clinic, of_fold0, tmp_path, capsys):
    (fold,) = [f for f in json.loads((clinic / "run/folds.json").read_text())["folds"].items() if f[0] == "fold0"]
    held_out, faces = fold[1], clinic / "faces"
    assert len(held_out) == 9
    # All of them, under other names and in another folder; those that were held out; three of each; new ones.
    for folder, names in {
        "all": sorted(p.relative_to(faces).as_posix() for p in faces.rglob("*.png")),
        "held_out": held_out,
    }.items():
        for number, name in enumerate(names):
            target = tmp_path / folder / name.partition("/")[0] / f"copy{number}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(faces / name, target)
    told, (split,) = evaluated(of_fold0, tmp_path / "all", tmp_path, capsys)
    assert "these pictures: 36 of these 45 pictures were trained on, so " in told and split["others"]["n"] == 9
    accuracy = json.loads((of_fold0 / "bundle.json").read_text())["training"]["reported"]["accuracy"]
    assert split["others"]["right"] / 9 == pytest.approx(accuracy, abs=1e-5), "the number that the run reported"
    assert f"without them it is {100 * accuracy:.2f} % of 9, 95 % interval" in told
    told, (split,) = evaluated(of_fold0, tmp_path / "held_out", tmp_path, capsys)
    assert (
        "note: these pictures: none of these 9 pictures was trained on (going by their pixels" in told
        and "no measure" not in told
    )
    assert split["learned"] == "" and split["accuracy"] == pytest.approx(accuracy, abs=1e-5)
    shutil.rmtree(tmp_path / "held_out")
    shutil.copytree(faces / "happy", tmp_path / "one/happy")
    shutil.rmtree(tmp_path / "one/happy" / held_out[0].split("/")[1])
    told, _ = evaluated(of_fold0, tmp_path / "one", tmp_path, capsys)
    assert "all of these 12 pictures were trained on, so " in told and "without them" not in told


def test_a_bundle_without_its_record_keeps_the_careful_note(clinic, of_fold0, tmp_path, capsys):
    careful = "the bundle has learned from class folders: from these, if they are the same"
    shutil.copytree(of_fold0, tmp_path / "without")
    record = tmp_path / "without/pictures.bin"
    # Of another bundle; none; not named, as in bundles of version 0.4.
    record.write_bytes(PictureRecord(*(np.arange(1, dtype=np.uint64),) * 3).to_bytes())
    assert careful in evaluated(tmp_path / "without", clinic / "faces", tmp_path, capsys)[0]
    record.unlink()
    assert careful in evaluated(tmp_path / "without", clinic / "faces", tmp_path, capsys)[0]
    shutil.copyfile(of_fold0 / "pictures.bin", record)
    manifest = json.loads((tmp_path / "without/bundle.json").read_text())
    del manifest["training"]["pictures"]
    (tmp_path / "without/bundle.json").write_text(json.dumps(manifest))
    assert careful in evaluated(tmp_path / "without", clinic / "faces", tmp_path, capsys)[0]


def test_the_record_holds_what_the_initial_weights_learned_from_and_nothing_personal(clinic, of_fold0, stage1_bundle):
    facts = {path: json.loads((path / "bundle.json").read_text())["training"] for path in (of_fold0, stage1_bundle)}
    assert facts[stage1_bundle]["pictures"] | {"sha256": ""} == {
        "file": "pictures.bin", "sha256": "", "trained": 63, "selected": 7, "initial": 0,
    }  # fmt: skip
    assert facts[of_fold0]["pictures"] | {"sha256": ""} == {
        "file": "pictures.bin", "sha256": "", "trained": 36, "selected": 0, "initial": 70,
    }  # fmt: skip
    content = b"".join(path.read_bytes() for path in of_fold0.iterdir())
    assert not [name for name in (b"anna", b"ben/", b"cleo", b".png") if name in content]
    assert (of_fold0 / "pictures.bin").stat().st_size < 5 * 106 + 100
    assert "`pictures.bin` holds the first 40 bits" in (of_fold0 / "MODEL_CARD.md").read_text()


def test_a_run_of_version_0_4_is_exported_with_the_record_of_its_own_faces(clinic, tmp_path):
    shutil.copytree(clinic / "run/fold0", tmp_path / "run/fold0")
    (tmp_path / "run/fold0/pictures.bin").unlink()
    export = ["export", "--run", str(tmp_path / "run/fold0"), "--path", str(clinic / "faces")]
    assert main([*export, "--precisions", "float32", "--weights", "best", "--output", str(tmp_path / "b")]) == 0
    found = json.loads((tmp_path / "b/bundle.json").read_text())["training"]["pictures"]
    assert (found["trained"], found["selected"], found["initial"]) == (36, 9, None)
    assert not (tmp_path / "run/fold0/pictures.bin").exists()


def test_the_best_step_of_a_fold_is_exported_by_name_only_and_says_what_selected_it(clinic, tmp_path, capsys):
    export = ["export", "--run", str(clinic / "run/fold0"), "--path", str(clinic / "faces"), "--precisions", "float32"]
    assert main([*export, "--weights", "best", "--output", str(tmp_path / "b")]) == 0
    assert "subject-disjoint; the best step, chosen because it was the best on these faces" in capsys.readouterr().out
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
