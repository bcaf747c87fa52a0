"""Every table and figure, on look-alikes of all data sets: the real code, a small network."""

import csv
import json

import keras
import pytest
import yaml
from look_alike import tiny_config, write_ckplus, write_ckplus_folders, write_fer2013, write_jaffe

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Pipeline
from fer_training.cli import main
from fer_training.experiments import NAMES
from fer_training.experiments.pictures import frame
from fer_training.models.mobilenet import NetworkConfig
from fer_training.training.config import OptimizerConfig, to_dict

pytestmark = pytest.mark.timeout(400)
TINY = NetworkConfig(width=0.25, blocks=1, batch_norm_momentum=0.9)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """All data sets, starting weights and tiny configs, as arguments of the command."""
    folder = tmp_path_factory.mktemp("world")
    weights = folder / "imagenet.weights.h5"
    keras.utils.set_random_seed(0)
    keras.applications.MobileNet(
        input_shape=(224, 224, 3), alpha=0.25, include_top=False, weights=None, pooling="avg"
    ).save_weights(weights)
    configs = {
        "stage1": tiny_config(steps=20, evaluate_steps=10, center_weight=0.0, network=TINY),
        "ckplus": tiny_config(steps=4, evaluate_steps=2, network=TINY),
        "jaffe": tiny_config(steps=4, evaluate_steps=2, network=TINY, optimizer=OptimizerConfig(learning_rate=0.045)),
    }
    arguments = ["--imagenet-weights", str(weights)]
    for name, config in configs.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(to_dict(config)))
        arguments += [f"--{name}-config", str(folder / f"{name}.yaml")]
    data = {
        "fer2013": write_fer2013(folder / "fer", train=10, test=2),
        "ckplus": write_ckplus(folder / "ckplus"),
        "jaffe": write_jaffe(folder / "jaffe"),
    }
    return arguments, data, folder


def reproduce(world, output, *what, **without):
    arguments, data, _ = world
    paths = [word for name, path in data.items() if name not in without for word in (f"--{name}", str(path))]
    return main(["reproduce", *what, *arguments, *paths, "--folds", "1", "--output", str(output)])


@pytest.fixture(scope="module")
def everything(world, tmp_path_factory):
    """What `reproduce all` wrote."""
    output = tmp_path_factory.mktemp("all")
    assert reproduce(world, output, "all") == 0
    return output


def test_reproduce_all(everything):
    tmp_path = everything
    for name in NAMES:
        report = json.loads((tmp_path / f"{name}.json").read_text())
        assert report["rows"], f"{name}: {report['missing']}"
        assert (tmp_path / f"{name}.md").read_text().startswith("# ")
        header, *rows = csv.reader((tmp_path / f"{name}.csv").read_text().splitlines())
        assert header[3:6] == ["paper", "ours", "difference"] and len(rows) == len(report["rows"])
        assert all((tmp_path / picture).stat().st_size > 1000 for picture in report["pictures"])
    assert "done" in (tmp_path / "README.md").read_text()
    five = json.loads((tmp_path / "table5.json").read_text())
    protocols = {row["protocol"] for row in five["rows"]}
    assert any("subject-overlapping (as in the paper), best step, selected on the fold" in p for p in protocols)
    assert any(p.startswith("subject-disjoint, last step") for p in protocols)
    assert not any(p.startswith("subject-disjoint, best") for p in protocols)
    six = json.loads((tmp_path / "table6.json").read_text())
    assert any(row["paper"] == 3.57 and row["ours"] > 0 for row in six["rows"])
    assert len(json.loads((tmp_path / "figure7.json").read_text())["rows"]) >= 1
    assert "only the first 1 folds of each protocol were run" in five["notes"]


def test_the_same_command_gives_the_same_table(world, everything, tmp_path):
    assert reproduce(world, tmp_path, "table4") == 0
    assert (tmp_path / "table4.json").read_bytes() == (everything / "table4.json").read_bytes()


def test_a_given_first_stage_is_used_and_finished_runs_are_kept(world, everything, tmp_path):
    arguments, data, _ = world
    first = everything / "runs/stage1"
    stamp = (first / "last.weights.h5").stat().st_mtime_ns
    command = ["reproduce", "fer2013", *arguments, "--fer2013", str(data["fer2013"]), "--stage1", str(first)]
    assert main([*command, "--output", str(tmp_path)]) == 0
    rows = json.loads((tmp_path / "fer2013.json").read_text())["rows"]
    assert [row["what"] for row in rows] == ["public_test, as given"] and rows[0]["paper"] == 67.03
    assert (first / "last.weights.h5").stat().st_mtime_ns == stamp


def test_missing_data_is_named_and_the_rest_is_done(world, tmp_path, capsys):
    assert reproduce(world, tmp_path, "table1", ckplus=None, jaffe=None) == 0
    text = capsys.readouterr().out
    assert "needs --ckplus; to be had from the Affect Analysis Group" in text and "needs --jaffe" in text
    assert "| FER-2013, angry | pictures |" in text
    assert reproduce(world, tmp_path, "figure4", jaffe=None) == 1


def test_the_common_copy_of_ckplus_and_a_broken_one_leave_the_rest_to_be_done(world, everything, tmp_path, capsys):
    arguments, _, folder = world
    copies = {"common": write_ckplus_folders(tmp_path / "common"), "broken": tmp_path / "broken"}
    (copies["broken"] / "happy").mkdir(parents=True)
    (copies["broken"] / "happy/S010_004_00000017.png").write_bytes(b"no picture")
    words = ["reproduce", "table1", "table5", *arguments, "--stage1", str(everything / "runs/stage1"), "--folds", "1"]
    reports = {}
    for name, path in copies.items():
        assert main([*words, "--ckplus", str(path), "--output", str(tmp_path / "out" / name)]) == (name == "broken")
        reports[name] = json.loads((tmp_path / "out" / name / "table1.json").read_text())
    counted = {row["what"]: row["ours"] for row in reports["common"]["rows"]}
    assert counted["CK+ 7 no neutral small, happy"] == 2 and counted["CK+ 7 no neutral small, neutral"] == 0
    assert not reports["broken"]["rows"] and any("a file that OpenCV" in m for m in reports["broken"]["missing"])


def test_two_first_stages_of_one_name_do_not_stand_for_each_other(world, everything, tmp_path):
    arguments, data, folder = world
    other = tmp_path / "other/stage1"
    config = ["--config", str(folder / "stage1.yaml"), "--seed", "5"]
    assert main(["stage1", *config, *arguments[:2], "--fer2013", str(data["fer2013"]), "--output", str(other)]) == 0
    bundles = set()
    for run in (everything / "runs/stage1", other):
        words = ["reproduce", "fer2013", *arguments, "--fer2013", str(data["fer2013"]), "--stage1", str(run)]
        assert main([*words, "--output", str(tmp_path / "out")]) == 0
        bundles = {path.name for path in (tmp_path / "out/bundles").iterdir()}
    assert len(bundles) == 2
    # What a killed export leaves is no bundle.
    (tmp_path / "out/bundles" / min(bundles) / "bundle.json").unlink()
    for run in (everything / "runs/stage1", other):
        assert main([*words[:-1], str(run), "--output", str(tmp_path / "out")]) == 0


def test_a_second_stage_from_a_bundle_gives_a_bundle_with_contempt(world, everything, tmp_path, capsys):
    """The whole way of a user: first stage, bundle, eight classes of CK+ from that bundle, a bundle again."""
    _, data, folder = world
    export = ["export", "--path", str(data["fer2013"]), "--precisions", "float32"]
    assert main([*export, "--run", str(everything / "runs/stage1"), "--output", str(tmp_path / "seven")]) == 0
    ckplus = ["--dataset", "ckplus", "--path", str(data["ckplus"]), "--classes", "8"]
    stage2 = ["stage2", "--config", str(folder / "ckplus.yaml"), *ckplus, "--fold", "0"]
    assert main([*stage2, "--stage1", str(tmp_path / "seven"), "--output", str(tmp_path / "second")]) == 0
    assert "subject-overlapping (as in the paper), best step, selected on the fold" in capsys.readouterr().out
    export = ["export", "--path", str(data["ckplus"]), "--precisions", "float32"]
    assert main([*export, "--run", str(tmp_path / "second/fold0"), "--output", str(tmp_path / "eight")]) == 0
    assert main(["evaluate", "--bundle", str(tmp_path / "eight"), *ckplus, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["n"] == 44
    labels = json.loads((tmp_path / "eight/bundle.json").read_text())["labels"]
    assert labels[-1] == "contempt" and len(labels) == 8
    classifier = make_classifier(load_bundle(tmp_path / "eight"), "litert")
    face = Pipeline(classifier).process({"camera": frame(faces=1)})["camera"][0]
    assert face.raw.probabilities.array.shape == (8,) and face.raw.probabilities.array.sum() == pytest.approx(1)
