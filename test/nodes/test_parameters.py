"""Parameters are declared once; documents and files follow."""

from pathlib import Path

import pytest
import yaml

from fer_ros.core.config import PipelineConfig
from fer_ros.core.profile import pipeline_config
from fer_ros.nodes.parameters import FER_NODE, NODES, Changes, markdown_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("node", NODES)
def test_the_reference_shows_the_tables_of_the_declarations(node):
    """test/test_docs.py holds the whole page; this says which node's table differs."""
    text = (ROOT / "docs/reference/parameters.md").read_text()
    shown = text.split(f"\n## {node}\n")[1].split("\n## ")[0]
    assert shown.strip() == markdown_table(NODES[node]).strip(), "run python tools/reference.py"


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.stem)
def test_config_files_hold_only_declared_parameters_in_their_ranges(path):
    values = yaml.safe_load(path.read_text())["/**/fer_node"]["ros__parameters"]
    declared = {p.name: p for p in FER_NODE}
    for name, value in values.items():
        parameter = declared[name]
        assert isinstance(value, type(parameter.default)), name
        if parameter.low is not None:
            assert parameter.low <= value <= parameter.high
        if parameter.choices:
            assert value in parameter.choices


def test_default_yaml_is_what_the_code_does_without_it():
    values = yaml.safe_load((ROOT / "config/default.yaml").read_text())["/**/fer_node"]["ros__parameters"]
    declared = {p.name: p.default for p in FER_NODE}
    assert {name: declared[name] for name in values} == values


def test_the_defaults_are_the_pipelines_own():
    assert pipeline_config({p.name: p.default for p in FER_NODE}) == PipelineConfig()


def test_the_table_says_when_a_parameter_changes_where_any_does():
    lines = markdown_table(FER_NODE).splitlines()
    assert lines[0] == "| parameter | default | range | changes | meaning |"
    assert next(line for line in lines if "`threads`" in line).split(" | ")[3] == "at start"
    assert markdown_table(NODES["camera_node"]).splitlines()[0] == "| parameter | default | range | meaning |"


def test_nobody_can_start_a_recording_in_a_running_node():
    recording = [p for p in FER_NODE if p.name.startswith("recording.")]
    assert len(recording) == 3 and {p.changes for p in recording} == {Changes.AT_START}
    assert {p.name: p.default for p in recording}["recording.folder"] == ""
