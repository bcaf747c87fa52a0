"""From a run to a bundle, and the bundle measured by the robot's code, through the commands a user types."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
import yaml
from look_alike import tiny_config, tiny_crops, write_ferplus

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.cli import main
from fer_training.export.packaging import ExportError, package
from fer_training.export.verification import Verdict, verify
from fer_training.models.mobilenet import LOGITS
from fer_training.training.config import to_dict
from fer_training.training.loop import load_run
from fer_training.training.run_folder import origin_of


@pytest.fixture(scope="module")
def run(tmp_path_factory, fer2013):
    """A finished first stage, started from look-alike ImageNet weights, through the command line."""
    import keras

    folder = tmp_path_factory.mktemp("stage1")
    keras.utils.set_random_seed(0)
    keras.applications.MobileNet(
        input_shape=(224, 224, 3), alpha=0.25, include_top=False, weights=None, pooling="avg"
    ).save_weights(folder / "imagenet.weights.h5")
    config = folder / "tiny.yaml"
    config.write_text(yaml.safe_dump(to_dict(tiny_config(steps=120, evaluate_steps=40))))
    arguments = ["--fer2013", str(fer2013), "--imagenet-weights", str(folder / "imagenet.weights.h5")]
    assert main(["stage1", "--config", str(config), *arguments, "--output", str(folder / "run")]) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def bundle(run, fer2013, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "small"
    command = ["export", "--run", str(run), "--path", str(fer2013), "--output", str(folder)]
    command += ["--precisions", "float16", "float32", "--savedmodel", str(folder.parent / "saved")]
    assert main(command) == 0
    return folder


def test_the_bundle_records_how_it_was_made(bundle):
    facts = load_bundle(bundle).training
    assert load_bundle(bundle).name == "small"
    assert facts["config"]["network"]["width"] == 0.25
    assert facts["faces"] == {"train": 63, "validation": 7}
    assert facts["start"] == "ImageNet" and facts["teachers"] == []
    assert facts["validation"]["n"] == 7 and 0 <= facts["validation"]["ece"] <= 1
    assert facts["formats"]["float16"]["accuracy"] == facts["validation"]["accuracy"]


@pytest.fixture(scope="module")
def student_command(bundle, fer2013, tmp_path_factory):
    """What trains a student of the bundle, but for its other teachers and its folder."""
    folder = tmp_path_factory.mktemp("student")
    config = tiny_config(steps=2, evaluate_steps=1, teacher_weight=0.5, teacher_power=0.7, teacher_votes=0.5)
    (folder / "student.yaml").write_text(yaml.safe_dump(to_dict(config)))
    votes = write_ferplus(folder / "votes.csv", fer2013)
    command = ["stage1", "--config", str(folder / "student.yaml"), "--fer2013", str(fer2013), "--ferplus", str(votes)]
    return [*command, "--teacher", str(bundle)]


@pytest.fixture(scope="module")
def student(student_command, bundle, tiny_bundle, tmp_path_factory):
    """A finished run that started from a bundle and had two teachers."""
    folder = tmp_path_factory.mktemp("students") / "student"
    others = ["--teacher", str(tiny_bundle), "--start", str(bundle)]
    assert main([*student_command, *others, "--output", str(folder)]) == 0
    return folder


def test_a_student_records_its_start_and_its_teachers_and_goes_on_with_no_others(
    run, student, student_command, bundle, tiny_bundle, fer2013, tmp_path, capsys
):
    made = {"start": f"bundle {load_bundle(bundle).id}", "teachers": [load_bundle(b).id for b in (bundle, tiny_bundle)]}
    assert origin_of(student) == made
    assert main([*student_command, "--start", str(bundle), "--output", str(student)]) == 1
    assert "expected the teachers" in capsys.readouterr().err
    export = ["export", "--run", str(student), "--path", str(fer2013), "--precisions", "float32"]
    assert main([*export, "--output", str(tmp_path / "out")]) == 0
    facts = load_bundle(tmp_path / "out").training
    assert facts.items() >= made.items() and len(facts["trained_with"]) == 1
    assert main([*student_command, "--start", str(run), "--output", str(tmp_path / "other")]) == 0
    assert origin_of(tmp_path / "other")["start"].startswith("run run-")


def test_a_student_that_starts_from_what_was_selected_on_other_faces_is_told(student_command, bundle, tmp_path, capsys):
    other = tmp_path / "bundle"
    shutil.copytree(bundle, other)
    manifest = json.loads((other / "bundle.json").read_text())
    manifest["training"]["validation_digest"] = "0" * 64
    (other / "bundle.json").write_text(json.dumps(manifest))
    assert main([*student_command, "--start", str(other), "--output", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().err.count("was selected on other faces") == 1


def test_the_last_line_of_evaluate_is_the_agreed_json(bundle, fer2013, capsys):
    command = ["evaluate", "--bundle", str(bundle), "--dataset", "fer2013", "--path", str(fer2013)]
    assert main([*command, "--split", "public_test", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(result) == {"accuracy", "n"} and result["n"] == 21 and result["accuracy"] > 0.5


def test_evaluate_writes_a_report_for_people_and_programs(bundle, fer2013, tmp_path, capsys):
    command = ["evaluate", "--bundle", str(bundle), "--dataset", "fer2013", "--path", str(fer2013)]
    assert main([*command, "--split", "public_test", "--output", str(tmp_path / "report")]) == 0
    assert "95 % interval" in capsys.readouterr().out
    written = {p.name for p in (tmp_path / "report").iterdir()}
    assert written == {"report.md", "report.json", "classes.csv", "confusion.csv", "confusion.png", "reliability.png"}
    report = json.loads((tmp_path / "report/report.json").read_text())
    assert report["n"] == 21 and len(report["found_faces"]["confusion"]) == 7
    assert any("expected 467 pictures of 'angry', got 3" in problem for problem in report["problems"])


def test_an_unknown_split_is_refused_with_what_there_is(bundle, fer2013, capsys):
    command = ["evaluate", "--bundle", str(bundle), "--dataset", "fer2013", "--path", str(fer2013)]
    assert main([*command, "--split", "private_test", "--json"]) == 1
    assert "expected samples in split private_test, got only ['public_test', 'train']" in capsys.readouterr().err


def test_the_bundle_answers_what_the_network_answers(run, bundle):
    network, config = load_run(run)
    faces = preprocess_crops(tiny_crops(9, first=500).pixels, config.preprocess)
    loaded = load_bundle(bundle)
    expected = tf.nn.softmax(network(faces)[LOGITS] / loaded.temperature).numpy()
    got = make_classifier(loaded, "litert", "float32").classify(faces)
    np.testing.assert_allclose(got, expected, atol=1e-5)
    saved = tf.saved_model.load(str(bundle.parent / "saved"))
    np.testing.assert_allclose(saved.serve(faces).numpy(), network(faces)[LOGITS].numpy(), atol=1e-4)


def test_verify_accepts_a_good_bundle_with_and_without_its_run(run, bundle, fer2013, capsys):
    assert main(["verify", str(bundle), "--path", str(fer2013), "--run", str(run)]) == 0
    assert "same answer on 100.00 %" in capsys.readouterr().out
    assert main(["verify", str(bundle), "--path", str(fer2013)]) == 0


def test_verify_refuses_a_bundle_of_other_weights(bundle, run, fer2013, tmp_path, capsys):
    network, config = load_run(run)
    network.get_layer(LOGITS).set_weights([-w for w in network.get_layer(LOGITS).get_weights()])
    network.save_weights(tmp_path / "best.weights.h5")
    for name in ("config.yaml", "data.json"):
        (tmp_path / name).write_text((run / name).read_text())
    assert main(["verify", str(bundle), "--path", str(fer2013), "--run", str(tmp_path)]) == 1
    assert "refused" in capsys.readouterr().out


def test_tolerances_are_those_of_the_formats():
    assert Verdict("float16", 0.700, 0.703, 3000).passed
    assert not Verdict("float16", 0.699, 0.703, 3000).passed
    assert Verdict("int8", 0.690, 0.700, 3000).passed
    assert not Verdict("int8", 0.689, 0.700, 3000).passed


def test_a_format_that_is_worse_than_the_network_is_left_out(run, tmp_path, monkeypatch):
    """The float16 file is made unfit: it answers for a network whose last layer is turned around."""
    import fer_training.export.packaging as packaging

    crops = tiny_crops(42)
    (network, config), (other, _) = load_run(run), load_run(run)
    other.get_layer(LOGITS).set_weights([-w for w in network.get_layer(LOGITS).get_weights()])
    convert = packaging.convert
    monkeypatch.setattr(
        packaging, "convert", lambda net, kind, faces: convert(other if kind == "float16" else net, kind, faces)
    )
    bundle, verdicts = package(network, config, crops, crops, tmp_path / "b", "b", ("float16", "float32"))
    assert tuple(bundle.models) == ("float32",) and bundle.default_precision == "float32"
    assert [v.passed for v in verdicts] == [False, True]
    assert all(v.passed for v in verify(bundle, crops, verdicts[1].reference))
    with pytest.raises(ExportError, match="no format is as good"):
        package(network, config, crops, crops, tmp_path / "c", "c", ("float16",))


def test_recall_is_raised_at_export_and_recorded(run, fer2013, tmp_path, capsys):
    command = ["export", "--run", str(run), "--path", str(fer2013), "--precisions", "float32"]
    assert main([*command, "--output", str(tmp_path / "b"), "--raise-recall", "fear", "disgust"]) == 0
    facts = load_bundle(tmp_path / "b").training
    assert set(facts["logit_offsets"]) == {"fear", "disgust"}
    for name, recall in facts["before_offsets"]["recall"].items():
        assert facts["validation"]["recall"][name] >= recall
    assert facts["validation"]["accuracy"] >= facts["before_offsets"]["accuracy"] - 0.005
    free = [*command, "--output", str(tmp_path / "free"), "--raise-recall", "fear", "--recall-cost", "0"]
    assert main(free) == 0
    facts = load_bundle(tmp_path / "free").training
    assert facts["validation"]["accuracy"] >= facts["before_offsets"]["accuracy"]
    assert main([*free[:-1], "-1"]) == 1
    assert "the cost must be 0 to below 1, got -0.01" in capsys.readouterr().err
    assert main([*command, "--output", str(tmp_path / "c"), "--raise-recall", "contempt"]) == 1
    assert "expected names among angry" in capsys.readouterr().err


def test_a_run_is_averaged_with_what_it_started_from_and_with_nothing_else(
    run, student, bundle, fer2013, tmp_path, capsys
):
    command = ["export", "--run", str(student), "--path", str(fer2013), "--precisions", "float32"]
    average = [*command, "--average", str(bundle)]
    faces = preprocess_crops(tiny_crops(8).pixels, load_bundle(bundle).spec)
    answers = {}
    for share in ("0", "0.5", "1"):
        assert main([*average, "--share", share, "--output", str(tmp_path / share)]) == 0
        answers[share] = make_classifier(load_bundle(tmp_path / share), "litert").classify(faces)
    begun = make_classifier(load_bundle(bundle), "litert").classify(faces)
    np.testing.assert_array_equal(answers["1"].argmax(axis=1), begun.argmax(axis=1))
    # After two steps the average lies between its ends.
    assert np.abs(answers["0.5"] - answers["1"]).max() <= np.abs(answers["0"] - answers["1"]).max()
    assert load_bundle(tmp_path / "0.5").training["average"] == {"start": "small", "share": 0.5}
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "0.5"), "--path", str(fer2013), "--run", str(student)]) == 0
    assert "the accuracy that it records is the measure" in capsys.readouterr().out
    assert main([*average, "--share", "2", "--output", str(tmp_path / "no")]) == 1
    assert "share must be 0 to 1, got 2.0" in capsys.readouterr().err
    assert main([*command, "--average", str(run), "--output", str(tmp_path / "no")]) == 1
    assert "--average: expected what the run started from, bundle small-" in capsys.readouterr().err
