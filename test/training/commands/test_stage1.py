"""`fer-train stage1` records what a run started with, and goes on with nothing else."""

import json
import shutil

from fer_ros.core.classification.bundle import load_bundle
from fer_training.cli import main
from fer_training.training.run_folder import origin_of


def test_a_student_records_its_initial_weights_and_its_teachers_and_goes_on_with_no_others(
    stage1_run, student, student_command, stage1_bundle, tiny_bundle, fer2013, tmp_path, capsys
):
    made = {
        "initial_weights": f"bundle {load_bundle(stage1_bundle).id}",
        "teachers": [load_bundle(b).id for b in (stage1_bundle, tiny_bundle)],
    }
    assert origin_of(student) == made
    assert main([*student_command, "--init-from", str(stage1_bundle), "--output", str(student)]) == 1
    assert "expected the teachers" in capsys.readouterr().err
    export = ["export", "--run", str(student), "--path", str(fer2013), "--precisions", "float32"]
    assert main([*export, "--output", str(tmp_path / "out")]) == 0
    facts = load_bundle(tmp_path / "out").training
    assert facts.items() >= made.items() and len(facts["trained_with"]) == 1
    assert main([*student_command, "--init-from", str(stage1_run), "--output", str(tmp_path / "other")]) == 0
    assert origin_of(tmp_path / "other")["initial_weights"].startswith("run run-")


def test_a_student_that_starts_from_what_was_selected_on_other_faces_is_told(
    student_command, stage1_bundle, tmp_path, capsys
):
    other = tmp_path / "bundle"
    shutil.copytree(stage1_bundle, other)
    manifest = json.loads((other / "bundle.json").read_text())
    manifest["training"]["validation_digest"] = "0" * 64
    (other / "bundle.json").write_text(json.dumps(manifest))
    assert main([*student_command, "--init-from", str(other), "--output", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().err.count("was selected on other faces") == 1
