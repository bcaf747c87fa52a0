"""A network becomes a bundle of those formats that are as good as the network."""

import numpy as np
import pytest
import tensorflow as tf
from look_alike import tiny_crops

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.export.packaging import ExportError, package
from fer_training.export.verification import verify
from fer_training.models.mobilenet import LOGITS
from fer_training.training.loop import load_run


def test_the_bundle_records_how_it_was_made(stage1_bundle):
    facts = load_bundle(stage1_bundle).training
    assert load_bundle(stage1_bundle).name == "small"
    assert facts["config"]["network"]["width"] == 0.25
    assert facts["faces"] == {"train": 63, "validation": 7}
    assert facts["initial_weights"] == "ImageNet" and facts["teachers"] == []
    assert facts["validation"]["n"] == 7 and 0 <= facts["validation"]["ece"] <= 1
    assert facts["formats"]["float16"]["accuracy"] == facts["validation"]["accuracy"]


def test_the_bundle_answers_what_the_network_answers(stage1_run, stage1_bundle):
    network, config = load_run(stage1_run)
    faces = preprocess_crops(tiny_crops(9, first=500).pixels, config.preprocess)
    loaded = load_bundle(stage1_bundle)
    expected = tf.nn.softmax(network(faces)[LOGITS] / loaded.temperature).numpy()
    got = make_classifier(loaded, "litert", "float32").classify(faces)
    np.testing.assert_allclose(got, expected, atol=1e-5)
    saved = tf.saved_model.load(str(stage1_bundle.parent / "saved"))
    np.testing.assert_allclose(saved.serve(faces).numpy(), network(faces)[LOGITS].numpy(), atol=1e-4)


def test_a_format_that_is_worse_than_the_network_is_left_out(stage1_run, tmp_path, monkeypatch):
    """The float16 file is made unfit: it is of a network whose last layer is turned around."""
    import fer_training.export.packaging as packaging

    crops = tiny_crops(42)
    (network, config), (other, _) = load_run(stage1_run), load_run(stage1_run)
    other.get_layer(LOGITS).set_weights([-w for w in network.get_layer(LOGITS).get_weights()])
    convert = packaging.convert
    monkeypatch.setattr(
        packaging, "convert", lambda net, kind, faces: convert(other if kind == "float16" else net, kind, faces)
    )
    bundle, verdicts = package(network, config, crops, crops, tmp_path / "b", "b", ("float16", "float32"))
    assert tuple(bundle.models) == ("float32",) and bundle.default_precision == "float32"
    assert [v.passed for v in verdicts] == [False, True]
    assert all(v.passed for v in verify(bundle, crops, verdicts[1].reference / 42))
    with pytest.raises(ExportError, match="no format is as good"):
        package(network, config, crops, crops, tmp_path / "c", "c", ("float16",))
    assert not (tmp_path / "c").exists(), "nothing is written before it is verified"
