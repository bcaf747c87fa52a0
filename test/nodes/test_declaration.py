"""Parameters as they are given: converted where that is meant, and refused by name where it is a mistake."""

import sys

import pytest
import rclpy
from rclpy.node import Node
from rclpy.parameter import Parameter as Change

from fer_ros.core.profile import explain_unknown
from fer_ros.nodes.declaration import Parameter, ParameterError, UnknownParameterError, declare
from fer_ros.nodes.parameters import FER_NODE

PARAMETERS = (
    Parameter("rate", 30.0, "Rate.", 0.1, 100.0),
    Parameter("topics", ["a"], "Topics."),
    Parameter("source", "0", "Source.", any_type=True),
    Parameter("count", 2, "Count.", 1, 9),
    Parameter("kind", "x", "Kind.", choices=("x", "y")),
)


@pytest.fixture
def node(monkeypatch):
    """Make a node that is given arguments, and destroy it."""
    nodes = []

    def make(*words):
        context = rclpy.Context()
        rclpy.init(args=["--ros-args", *words], context=context)
        monkeypatch.setattr(sys, "argv", ["node", "--ros-args", *words])
        nodes.append((Node("node", context=context), context))
        return nodes[-1][0]

    yield make
    for one, context in nodes:
        one.destroy_node()
        rclpy.try_shutdown(context=context)


def test_defaults_are_kept_where_nothing_is_given(node):
    assert declare(node(), PARAMETERS) == {"rate": 30.0, "topics": ["a"], "source": "0", "count": 2, "kind": "x"}


@pytest.mark.parametrize(
    ("word", "name", "value"),
    [
        ("rate:=10", "rate", 10.0),
        ("topics:=camera", "topics", ["camera"]),
        ("topics:=[b, c]", "topics", ["b", "c"]),
        ("source:=0", "source", "0"),
        ("source:=true", "source", "True"),
    ],
)
def test_what_is_meant_is_taken(node, word, name, value):
    one = node("-p", word)
    found = declare(one, PARAMETERS)[name]
    assert found == value and type(found) is type(value)
    assert one.get_parameter(name).value == value


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("rate:=fast", "parameter rate must be a number, got 'fast'"),
        ("rate:=true", "parameter rate must be a number, got True"),
        ("rate:=1000", "parameter rate: "),
        ("count:=2.5", "parameter count must be a whole number, got 2.5"),
        ("topics:=[1, 2]", "parameter topics must be a list of texts"),
        ("topics:=[]", "parameter topics: expected a value, got none, or an empty list"),
        ("kind:=z", "parameter kind must be one of"),
        ("sorce:=0", "unknown parameter sorce: did you mean source?"),
        ("utterly_different:=0", "unknown parameter utterly_different"),
    ],
)
def test_a_mistake_is_refused_by_name(node, word, reason):
    with pytest.raises(ParameterError) as error:
        declare(node("-p", word), PARAMETERS)
    assert reason in str(error.value)
    # Of several nodes that a launch file starts, it is said which one was given it.
    assert str(error.value).startswith("/node: ")


def test_names_of_earlier_versions_are_refused_with_the_new_ones():
    known = [parameter.name for parameter in FER_NODE]
    assert explain_unknown("search.evidence", known) == "parameter search.evidence is now search.confirm_cascade"
    assert "search.full_scan_period" in explain_unknown("search.full_interval", known)
    assert explain_unknown("quality.max_tilt", known).startswith("parameter quality.max_tilt is gone: ")


def test_rclpys_own_parameters_are_known(node):
    declare(node("-p", "use_sim_time:=true"), PARAMETERS)


@pytest.mark.parametrize(("section", "refused"), [("/**", False), ("/**/node", True), ("node", True)])
def test_a_section_for_several_nodes_may_hold_others_parameters(node, tmp_path, capfd, section, refused):
    path = tmp_path / "parameters.yaml"
    path.write_text(f"{section}:\n  ros__parameters:\n    sorce: 1\n    rate: 5\n")
    one = node("--params-file", str(path))
    if refused:
        with pytest.raises(ParameterError, match="unknown parameter sorce: did you mean source?"):
            declare(one, PARAMETERS)
        return
    assert declare(one, PARAMETERS)["rate"] == 5.0
    assert "unknown parameter sorce: did you mean source? (from a section for several nodes)" in capfd.readouterr().err


def test_a_file_without_a_section_for_the_node_is_warned_of(node, tmp_path, capfd):
    path = tmp_path / "parameters.yaml"
    path.write_text("/other:\n  ros__parameters:\n    rate: 5\n")
    declare(node("--params-file", str(path)), PARAMETERS)
    assert f"{path}: no section is for /node" in capfd.readouterr().err


def test_requests_to_the_running_node_are_converted_or_refused_in_the_same_words(node):
    one = node()
    declare(one, PARAMETERS)
    (result,) = one.set_parameters([Change("rate", value=10)])
    assert not result.successful and result.reason == "rate: read when the node starts: start it again to change it"
    with pytest.raises(UnknownParameterError, match="unknown parameter sorce: did you mean source?"):
        one.set_parameters([Change("sorce", value="1")])
    assert one.set_parameters([Change("use_sim_time", value=True)])[0].successful
