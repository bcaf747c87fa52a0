"""A bundle fits its manifest or is refused with the reason."""

import json
import shutil

import pytest

from fer_ros.core.classification.bundle import SHIPPED, BundleError, load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.emotions import EMOTIONS


@pytest.fixture
def copy(tiny_bundle, tmp_path):
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


def edit(folder, **changes):
    path = folder / "bundle.json"
    values = json.loads(path.read_text())
    values.update(changes)
    path.write_text(json.dumps(values))


def test_the_id_changes_with_what_changes_an_answer(copy):
    before = load_bundle(copy).id
    edit(copy, training={"note": "not part of the answer"})
    assert load_bundle(copy).id == before
    edit(copy, temperature=1.5)
    assert load_bundle(copy).id != before


def test_a_changed_model_file_is_refused_by_its_hash(copy):
    path = copy / "model.int8.tflite"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(BundleError, match="expected SHA-256 .* got "):
        load_bundle(copy)


def test_a_missing_model_file_is_refused_by_name(copy):
    (copy / "model.float32.tflite").unlink()
    with pytest.raises(BundleError, match=r"model\.float32\.tflite: expected the float32 model"):
        load_bundle(copy)


def test_a_missing_bundle_is_refused_by_path(tmp_path):
    with pytest.raises(BundleError, match=r"folder, or default or balanced, which ship; there is no .*nowhere"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 99}, "expected bundle format 1, got 99"),
        ({"labels": ["happy", "angry"]}, "in this order"),
        ({"labels": None}, "bundle.json"),
        ({"temperature": 0}, "positive temperature"),
        ({"temperature": "hot"}, "positive temperature"),
        ({"preprocess": {"size": 48, "zoom": 2}}, "zoom"),
        ({"default_precision": "int4"}, "expected default_precision"),
        ({"models": {"float32": {"file": "../other.tflite", "sha256": ""}}}, "plain file name"),
        ({"models": {"int4": {"file": "a.tflite", "sha256": ""}}}, "expected precisions"),
        ({"models": []}, "expected default_precision"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(copy, changes, reason):
    edit(copy, **changes)
    with pytest.raises(BundleError, match=reason):
        load_bundle(copy)


def test_a_manifest_that_is_not_json_is_refused(copy):
    (copy / "bundle.json").write_text("{")
    with pytest.raises(BundleError, match="JSONDecodeError"):
        load_bundle(copy)


def test_an_input_shape_that_does_not_fit_the_model_is_refused(copy):
    edit(copy, preprocess={"size": 64})
    with pytest.raises(BundleError, match=r"expected a model of input \(N, \[64, 64, 1\]\), got \(N, \[48, 48, 1\]\)"):
        make_classifier(load_bundle(copy), "litert")


def test_another_number_of_classes_than_the_model_has_is_refused(copy):
    edit(copy, labels=["angry", "happy"])
    with pytest.raises(BundleError, match="expected one output of 2 classes, got 7"):
        make_classifier(load_bundle(copy), "litert")


def test_the_shipped_bundle_is_whole():
    bundle = load_bundle("default")
    assert bundle.labels == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    assert {"float16", "int8"} <= set(bundle.models)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_bundle_loads_by_its_name_and_has_a_card(name):
    bundle = load_bundle(name)
    assert bundle.labels == EMOTIONS[:7] and set(bundle.models) == {"int8", "float16"}
    card = (bundle.directory / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith(f"# Model card: {bundle.name}\n")
    for precision, record in bundle.training["formats"].items():
        assert f"{100 * record['accuracy']:.2f}" in card, precision


def test_the_shipped_bundles_keep_the_ids_that_runs_and_recordings_name():
    assert load_bundle("default").id.endswith("-456aef5c")
