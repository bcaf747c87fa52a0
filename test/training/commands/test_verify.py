"""`fer-train verify` tells a good bundle from one of other weights."""

from fer_training.cli import main
from fer_training.models.mobilenet import LOGITS
from fer_training.training.loop import load_run


def test_verify_accepts_a_good_bundle_with_and_without_its_run(stage1_run, stage1_bundle, fer2013, capsys):
    assert main(["verify", str(stage1_bundle), "--path", str(fer2013), "--run", str(stage1_run)]) == 0
    assert "same prediction on 100.00 %" in capsys.readouterr().out
    assert main(["verify", str(stage1_bundle), "--path", str(fer2013)]) == 0


def test_verify_refuses_a_bundle_of_other_weights(stage1_bundle, stage1_run, fer2013, tmp_path, capsys):
    network, config = load_run(stage1_run)
    network.get_layer(LOGITS).set_weights([-w for w in network.get_layer(LOGITS).get_weights()])
    network.save_weights(tmp_path / "best.weights.h5")
    for name in ("config.yaml", "data.json", "result.json"):
        (tmp_path / name).write_text((stage1_run / name).read_text())
    assert main(["verify", str(stage1_bundle), "--path", str(fer2013), "--run", str(tmp_path)]) == 1
    assert "float16, float32 refused: of another network than this run's" in capsys.readouterr().err


def test_an_unfinished_run_is_told_before_the_work(stage1_bundle, stage1_run, fer2013, tmp_path, capsys):
    (tmp_path / "config.yaml").write_text((stage1_run / "config.yaml").read_text())
    assert main(["verify", str(stage1_bundle), "--path", str(fer2013), "--run", str(tmp_path)]) == 1
    assert "expected a finished run, got one that stands at step 0" in capsys.readouterr().err
