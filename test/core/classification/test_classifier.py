"""Backends agree with each other and say why they start or do not."""

import subprocess
import sys

import numpy as np
import pytest
from tiny_bundle import make_tiny_bundle

from fer_ros.core.classification import factory
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.classifier import BackendError, softmax
from fer_ros.core.classification.factory import BACKENDS, make_classifier


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(3).uniform(-1, 1, (13, 48, 48, 1)).astype(np.float32)


def test_probabilities_sum_to_one_for_any_number_of_faces(bundle, faces):
    litert = make_classifier(bundle, "litert")
    for count in (0, 1, 3, 8, 13):
        probabilities = litert.classify(faces[:count])
        assert probabilities.shape == (count, 7) and probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_a_face_gets_the_same_answer_in_any_batch(bundle, faces):
    litert = make_classifier(bundle, "litert")
    together = litert.classify(faces)
    alone = np.concatenate([litert.classify(faces[i : i + 1]) for i in range(len(faces))])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert len(set(together.argmax(axis=1))) > 1 or together.std(axis=0).max() > 0.01


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_tensorflow_computes_what_litert_computes(bundle, faces, precision):
    litert = make_classifier(bundle, "litert", precision).classify(faces)
    tensorflow = make_classifier(bundle, "tensorflow").classify(faces)
    np.testing.assert_allclose(tensorflow, litert, atol=1e-5 if precision == "float32" else 2e-3)


def test_tensorflow_computes_squeeze_and_excitation_too(faces, tmp_path):
    bundle = load_bundle(make_tiny_bundle(tmp_path / "squeeze", squeeze=4))
    litert, tensorflow = (make_classifier(bundle, backend, "float").classify(faces) for backend in BACKENDS[1:])
    np.testing.assert_allclose(tensorflow, litert, atol=1e-5)


def test_auto_takes_litert_where_tensorflow_sees_no_gpu_or_cannot_do_what_was_asked(bundle, faces, monkeypatch):
    """As on a robot with a GPU device and a TensorFlow that was built for CPUs."""
    monkeypatch.setattr(factory, "_choose", lambda: (("tensorflow", "litert"), "a GPU device is present"))
    for precision, reason in (("default", "TensorFlow sees no GPU"), ("int8", "runs float models")):
        said = []
        chosen = make_classifier(bundle, "auto", precision, log=said.append)
        assert chosen.name.startswith("litert")
        assert len(said) == 2 and said[1].startswith("backend tensorflow did not start: ") and reason in said[1]
    with pytest.raises(BackendError, match="int8 was asked for"):
        make_classifier(bundle, "tensorflow", "int8")
    monkeypatch.setattr(factory, "_choose", lambda: (("tensorflow",), "a GPU device is present"))
    with pytest.raises(BackendError, match="no backend started: tensorflow: TensorFlow sees no GPU"):
        make_classifier(bundle, "auto", log=lambda line: None)


def test_the_integer_model_is_close_to_the_float_model(bundle, faces):
    integer = make_classifier(bundle, "litert", "int8").classify(faces)
    assert np.abs(integer - make_classifier(bundle, "litert", "float").classify(faces)).max() < 0.1


def test_a_wrong_batch_is_refused(bundle):
    litert = make_classifier(bundle, "litert")
    for batch in (np.zeros((1, 48, 48), np.float32), np.zeros((1, 48, 48, 1)), np.zeros((1, 64, 64, 1), np.float32)):
        with pytest.raises(ValueError, match=r"batch must be \(N, 48, 48, 1\) float32, got"):
            litert.classify(batch)


def test_auto_says_what_it_chose_and_why(bundle):
    said = []
    make_classifier(bundle, "auto", log=said.append)
    assert len(said) == 1 and said[0].startswith("backend auto: ") and "because" in said[0]


def test_an_unknown_backend_is_refused_with_the_known_ones(bundle):
    with pytest.raises(ValueError, match="auto, litert, tensorflow, got 'onnx'"):
        make_classifier(bundle, "onnx")


def test_a_higher_temperature_makes_confidence_smaller_and_keeps_the_order():
    logits = np.array([[2.0, 0.0, -1.0]], np.float32)
    cold, warm = softmax(logits), softmax(logits, 2.0)
    assert warm[0, 0] < cold[0, 0]
    assert (warm.argsort() == cold.argsort()).all()


def test_the_litert_path_imports_neither_tensorflow_nor_rclpy(tiny_bundle):
    code = (
        "import pkgutil, sys, importlib, fer_ros.core as core\n"
        "for module in pkgutil.walk_packages(core.__path__, 'fer_ros.core.'): importlib.import_module(module.name)\n"
        "from fer_ros.core.classification.bundle import load_bundle\n"
        "from fer_ros.core.classification.factory import make_classifier\n"
        f"make_classifier(load_bundle({str(tiny_bundle)!r}), 'litert')\n"
        "print([m for m in ('tensorflow', 'rclpy', 'keras') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
