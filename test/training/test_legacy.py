"""What version 0.4 wrote is read; what somebody still writes in its words is refused with today's word."""

import json
import shutil

import numpy as np
import pytest
import yaml
from look_alike import tiny_crops, write_jaffe

from fer_ros.core.classification.bundle import SHIPPED, load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.cli import main
from fer_training.evaluation.predictions import Predictions
from fer_training.legacy import translate_facts
from fer_training.training.config import find_config, load_stage_config
from fer_training.training.initialization import BundleWeights
from fer_training.training.run_folder import CONFIG, DATA, RESULT, origin_of, read_run_config

OLD_KEYS = {
    "teacher_exponent": "teacher_power",
    "votes_exponent": "teacher_votes",
    "consistent_teaching": "teacher_view",
}
OLD_FACTS = {
    "initial_weights": "start",
    "logit_adjustment": "logit_offsets",
    "before_adjustment": "before_offsets",
    "weight_average": "average",
}


def renamed(values, names):
    return {names.get(key, key): value for key, value in values.items()}


def old_config(values, **augmentation):
    """Return a config as version 0.4 wrote it."""
    values = renamed(values, OLD_KEYS)
    gone = {"random_operations": 0, "random_magnitude": 0.5, **augmentation}
    return {**values, "augmentation": {**values["augmentation"], **gone}}


def make_old_run(run, **augmentation):
    """Turn a run folder into one of version 0.4: old keys, old file names."""
    config = yaml.safe_load((run / CONFIG).read_text())
    (run / CONFIG).write_text(yaml.safe_dump(old_config(config, **augmentation)))
    (run / DATA).write_text(json.dumps(renamed(json.loads((run / DATA).read_text()), OLD_FACTS)))
    (run / "predictions.npz").rename(run / "answers.npz")
    return run


def make_old_bundle(bundle):
    """Turn a bundle into one of version 0.4: old keys among its training facts."""
    manifest = json.loads((bundle / "bundle.json").read_text())
    facts = renamed(manifest["training"], OLD_FACTS)
    if "average" in facts:
        facts["average"] = renamed(facts["average"], OLD_FACTS)
    manifest["training"] = {**facts, "config": old_config(facts["config"])}
    (bundle / "bundle.json").write_text(json.dumps(manifest))
    return bundle


@pytest.fixture
def old_run(student, tmp_path):
    """A run that started from a bundle and had two teachers and votes."""
    shutil.copytree(student, tmp_path / "run")
    return make_old_run(tmp_path / "run")


@pytest.fixture
def old_bundle(stage1_bundle, tmp_path):
    shutil.copytree(stage1_bundle, tmp_path / "bundle")
    return make_old_bundle(tmp_path / "bundle")


def test_a_run_and_a_bundle_are_read_as_what_they_were(student, stage1_bundle, old_run, old_bundle):
    assert "teacher_power" in (old_run / CONFIG).read_text() and '"start"' in (old_run / DATA).read_text()
    assert read_run_config(old_run) == read_run_config(student)
    assert origin_of(old_run) == origin_of(student) != {}
    np.testing.assert_array_equal(Predictions.load(old_run).last, Predictions.load(student).last)
    assert translate_facts(load_bundle(old_bundle).training) == load_bundle(stage1_bundle).training


def test_a_run_is_exported_and_its_bundle_evaluated_and_verified(
    old_run, student, stage1_bundle, fer2013, tmp_path, capsys
):
    facts, probabilities = {}, {}
    for name, run in (("old", old_run), ("new", student)):
        words = ["--run", str(run), "--path", str(fer2013), "--output", str(tmp_path / name), "--precisions", "float32"]
        boost = ["--average", str(stage1_bundle), "--share", "0.5", "--boost-recall", "fear"]
        assert main(["export", *words, "--name", "b", *boost]) == 0
        exported = load_bundle(tmp_path / name)
        facts[name] = {key: value for key, value in exported.training.items() if key != "git"}
        faces = preprocess_crops(tiny_crops(8).pixels, exported.spec)
        probabilities[name] = make_classifier(exported, "litert").classify(faces)
    assert facts["old"] == facts["new"]
    np.testing.assert_array_equal(probabilities["old"], probabilities["new"])
    bundle = make_old_bundle(tmp_path / "old")
    capsys.readouterr()
    words = ["--bundle", str(bundle), "--dataset", "fer2013", "--path", str(fer2013), "--split", "public_test"]
    assert main(["evaluate", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["n"] == 21
    assert main(["verify", str(bundle), "--path", str(fer2013), "--run", str(old_run)]) == 0
    assert "the accuracy that it records is the measure" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["old_run", "old_bundle"])
def test_a_second_stage_starts_from_it(kind, request, world, tmp_path, capsys):
    folder, jaffe = world[2], write_jaffe(tmp_path / "jaffe", subjects=3)
    command = ["stage2", "--config", str(folder / "jaffe.yaml"), "--dataset", "jaffe", "--path", str(jaffe)]
    command += ["--protocol", "disjoint"]
    first = request.getfixturevalue(kind)
    assert main([*command, "--fold", "0", "--stage1", str(first), "--output", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out").glob(f"*/{RESULT}"))) == 1


def test_a_run_goes_on_where_its_config_asks_for_nothing_that_is_gone(
    student, student_command, tmp_path, stage1_bundle, tiny_bundle, capsys
):
    others = ["--teacher", str(tiny_bundle), "--init-from", str(stage1_bundle)]
    for operations, answer in ((0, 0), (2, 1)):
        run = tmp_path / str(operations)
        shutil.copytree(student, run)
        make_old_run(run, random_operations=operations)
        assert main([*student_command, *others, "--output", str(run)]) == answer
    assert "got one of version 0.4 with random_operations: 2, which is gone" in capsys.readouterr().err
    read_run_config(run)
    assert "random_operations: 2 was asked for by version 0.4, and is left out here" in capsys.readouterr().err


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_bundles_can_be_started_from(name):
    weights = BundleWeights(name)
    adapted = weights.adapt(load_stage_config(find_config("jaffe")))
    assert adapted.network.width == 0.75 and adapted.network.dropout == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("teacher_power: 0.7", "teacher_power is now teacher_exponent"),
        ("teacher_votes: 0.7", "teacher_votes is now votes_exponent"),
        ("teacher_view: true", "teacher_view is now consistent_teaching"),
        ("augmentation: {random_operations: 2}", "augmentation.random_operations is gone: RandAugment made no"),
        ("augmentation: {random_magnitude: 2}", "augmentation.random_magnitude is gone: RandAugment made no"),
    ],
)
def test_old_keys_are_refused_with_the_new_one(tmp_path, text, message):
    (tmp_path / "c.yaml").write_text(f"steps: 1\nevaluate_steps: 1\n{text}\n")
    with pytest.raises(ValueError, match=message):
        load_stage_config(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wide", "config wide is now w100_teacher"),
        ("slim", "config slim is now w050"),
        ("polish", "config polish is now self_distilled"),
        ("gpu", "config gpu is now w100_long"),
        ("ablation_narrow", "config ablation_narrow is now ablation_w050"),
        ("ablation_randaugment", "config ablation_randaugment is gone: RandAugment"),
    ],
)
def test_old_configs_are_refused_with_the_new_one(name, message, capsys):
    assert main(["stage1", "--config", name, "--fer2013", "x", "--output", "y"]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stage1", "--start", "default"], "--start is now --init-from"),
        (["export", "--raise-recall", "fear", "sad"], "--raise-recall is now --boost-recall"),
        (["export", "--recall-cost", "0"], "--recall-cost is now --boost-cost"),
    ],
)
def test_old_options_are_refused_with_the_new_one(words, message, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert message in capsys.readouterr().err
