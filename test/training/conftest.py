"""Tiny networks and generated pictures: every test here runs the real code on a small scale."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import json
import subprocess
import sys

import pytest
import yaml
from look_alike import tiny_config, write_ckplus, write_fer2013, write_ferplus, write_jaffe

from fer_training.cli import main


@pytest.fixture(scope="session")
def fer2013(tmp_path_factory):
    return write_fer2013(tmp_path_factory.mktemp("fer2013"))


@pytest.fixture(scope="session")
def imagenet_weights(tmp_path_factory):
    """A file like Keras' of MobileNet V1, a quarter as wide and never trained."""
    import keras

    path = tmp_path_factory.mktemp("imagenet") / "mobilenet.weights.h5"
    keras.utils.set_random_seed(0)
    keras.applications.MobileNet(
        input_shape=(224, 224, 3), alpha=0.25, include_top=False, weights=None, pooling="avg"
    ).save_weights(path)
    return path


@pytest.fixture(scope="session")
def stage1_run(tmp_path_factory, fer2013, imagenet_weights):
    """A finished first stage, through the command line."""
    from fer_training.training.config import to_dict

    folder = tmp_path_factory.mktemp("stage1")
    config = folder / "tiny.yaml"
    config.write_text(yaml.safe_dump(to_dict(tiny_config(steps=120, evaluate_steps=40))))
    arguments = ["--fer2013", str(fer2013), "--imagenet-weights", str(imagenet_weights)]
    assert main(["stage1", "--config", str(config), *arguments, "--output", str(folder / "run")]) == 0
    return folder / "run"


@pytest.fixture(scope="session")
def stage1_bundle(stage1_run, fer2013, tmp_path_factory):
    """The bundle of that run, with a SavedModel beside it."""
    folder = tmp_path_factory.mktemp("bundle") / "small"
    command = ["export", "--run", str(stage1_run), "--path", str(fer2013), "--output", str(folder)]
    command += ["--precisions", "float16", "float32", "--savedmodel", str(folder.parent / "saved")]
    assert main(command) == 0
    return folder


@pytest.fixture(scope="session")
def student_command(stage1_bundle, fer2013, tmp_path_factory):
    """What trains a student of the bundle, but for its other teachers and its folder."""
    from fer_training.training.config import to_dict

    folder = tmp_path_factory.mktemp("student")
    config = tiny_config(steps=2, evaluate_steps=1, teacher_weight=0.5, teacher_exponent=0.7, votes_exponent=0.5)
    (folder / "student.yaml").write_text(yaml.safe_dump(to_dict(config)))
    votes = write_ferplus(folder / "votes.csv", fer2013)
    command = ["stage1", "--config", str(folder / "student.yaml"), "--fer2013", str(fer2013), "--ferplus", str(votes)]
    return [*command, "--teacher", str(stage1_bundle)]


@pytest.fixture(scope="session")
def student(student_command, stage1_bundle, tiny_bundle, tmp_path_factory):
    """A finished run that started from a bundle and had two teachers."""
    folder = tmp_path_factory.mktemp("students") / "student"
    others = ["--teacher", str(tiny_bundle), "--init-from", str(stage1_bundle)]
    assert main([*student_command, *others, "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory, imagenet_weights):
    """Tiny configs as arguments of `reproduce`, look-alikes of all data sets, and the configs' folder."""
    from fer_training.models.network_config import NetworkConfig
    from fer_training.training.config import OptimizerConfig, to_dict

    folder = tmp_path_factory.mktemp("world")
    tiny = NetworkConfig(width=0.25, blocks=1, batch_norm_momentum=0.9)
    jaffe_rate = OptimizerConfig(learning_rate=0.045)
    configs = {
        "stage1": tiny_config(steps=20, evaluate_steps=10, center_weight=0.0, network=tiny),
        "ckplus": tiny_config(steps=4, evaluate_steps=2, network=tiny),
        "jaffe": tiny_config(steps=4, evaluate_steps=2, network=tiny, optimizer=jaffe_rate),
    }
    arguments = ["--imagenet-weights", str(imagenet_weights)]
    for name, config in configs.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(to_dict(config)))
        arguments += [f"--{name}-config", str(folder / f"{name}.yaml")]
    data = {
        "fer2013": write_fer2013(folder / "fer", train=10, test=2),
        "ckplus": write_ckplus(folder / "ckplus"),
        "jaffe": write_jaffe(folder / "jaffe"),
    }
    return arguments, data, folder


@pytest.fixture(scope="session")
def reproduce(world):
    """Run `fer-train reproduce` on the look-alikes, but for those named as keywords."""

    def run(output, *what, **without):
        arguments, data, _ = world
        paths = [word for name, path in data.items() if name not in without for word in (f"--{name}", str(path))]
        return main(["reproduce", *what, *arguments, *paths, "--folds", "1", "--output", str(output)])

    return run


@pytest.fixture(scope="session")
def everything(reproduce, tmp_path_factory):
    """What `reproduce all` wrote."""
    output = tmp_path_factory.mktemp("all")
    assert reproduce(output, "all") == 0
    return output


@pytest.fixture(scope="session")
def without_tensorflow():
    """Run code in a fresh Python in which importing TensorFlow or Keras fails, and return what it printed."""

    def run(code):
        script = f"import sys\nsys.modules['tensorflow'] = sys.modules['keras'] = None\n{code}"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def told_without_tensorflow(without_tensorflow):
    """Run `fer-train` with each of these words in one fresh Python without TensorFlow: exit codes and what was said.

    before: code for some of them, by name, which is run first and holds for the ones behind them too.
    """

    def run(commands, before=None):
        lines = ["import contextlib, io, json", "from fer_training.cli import main", "answers = {}"]
        for name, words in commands.items():
            lines += [
                (before or {}).get(name, ""),
                "said = io.StringIO()",
                "with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):",
                f"    try:\n        code = main({words!r})",
                "    except SystemExit as left:\n        code = left.code",
                f"answers[{name!r}] = code, said.getvalue()",
            ]
        return json.loads(without_tensorflow("\n".join([*lines, "print(json.dumps(answers))"])))

    return run
