"""The arguments of the launch files, without launch: what is meant, or one line that says what was expected."""

import math
from pathlib import Path

import pytest

from fer_ros.core.classification.bundle import SHIPPED
from fer_ros.core.classification.factory import BACKENDS
from fer_ros.core.profile import PROFILES
from fer_ros.launching import checks
from fer_ros.launching.arguments import (
    CONFIG,
    FER,
    PRACTICE,
    REPLAY,
    WEBCAM,
    check_recording,
    check_targets,
    fastdds_profile,
    parameter_file,
)
from fer_ros.launching.checks import ArgumentError, check_names, read_values
from fer_ros.nodes.parameters import CAMERA_NODE, PAGE_NODE, PRACTICE_NODE

ALL = {"fer": FER, "webcam": WEBCAM, "practice": PRACTICE, "replay": REPLAY}


def argument(name, arguments):
    (found,) = [one for one in arguments if one.name == name]
    return found


@pytest.mark.parametrize("arguments", ALL.values(), ids=ALL)
def test_every_default_can_be_used(arguments):
    texts = {one.name: one.default for one in arguments if one.default is not None}
    assert read_values([one for one in arguments if one.default is not None], texts).keys() == texts.keys()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/a/image", ["/a/image"]),
        ("/a/image, b/image", ["/a/image", "b/image"]),
        ("/a/image,", ["/a/image"]),
        ('"/a/image, /b/image"', ["/a/image", "/b/image"]),
        ("'/a/image','/b/image'", ["/a/image", "/b/image"]),
    ],
)
def test_topics_are_read_as_people_write_them(text, meant):
    assert checks.topics(text) == meant


@pytest.mark.parametrize(
    "text", ["", ",", "a,,b", "a b", "/a,/a", "a/", "//a", "9a", "a'b", "~/a", "'+str(1)+'", "[/a]", "a\nb", "ä"]
)
def test_what_names_no_topic_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match="expected one or more different topics|expected topics such as") as caught:
        checks.topics(text)
    assert "\n" not in str(caught.value)


def test_one_topic_is_not_two():
    assert checks.topic("camera/image_raw,") == "camera/image_raw"
    with pytest.raises(ValueError, match="expected one topic, got 2: a, b"):
        checks.topic("a,b")


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "1"])
def test_true_is_read_in_every_spelling_that_launch_knows(text):
    assert checks.boolean(text) is True


@pytest.mark.parametrize("text", ["yes", "", "2", "none"])
def test_what_is_neither_true_nor_false_is_refused(text):
    with pytest.raises(ValueError, match="expected true or false, got"):
        checks.boolean(text)


@pytest.mark.parametrize("text", ["abc", "", "nan", "inf", "-1", "0.5.1", "1e9"])
def test_what_is_no_number_of_the_range_is_refused(text):
    with pytest.raises(ValueError, match="expected a number from 0.1 to 60 seconds, got"):
        checks.number(0.1, 60, "seconds")(text)


def test_numbers_are_read_and_a_whole_one_stays_whole():
    assert checks.number(0.1, 60)("10") == 10.0
    assert type(checks.number(0, 65535, whole=True)("8091")) is int
    with pytest.raises(ValueError, match="expected a whole number from 0 to 65535, got '80.5'"):
        checks.number(0, 65535, whole=True)("80.5")
    assert checks.number(0)("3") == 3
    with pytest.raises(ValueError, match="of at least 0"):
        checks.number(0)(str(-math.pi))


@pytest.mark.parametrize(("text", "meant"), [("", ""), ("robot", "robot"), ("/clinic/robot/", "/clinic/robot")])
def test_namespaces_are_read(text, meant):
    assert checks.namespace(text) == meant


@pytest.mark.parametrize("text", ["9x", "a b", "a//b", "a;b", "'"])
def test_what_is_no_namespace_is_refused(text):
    with pytest.raises(ValueError, match="expected a namespace such as"):
        checks.namespace(text)


def test_the_limits_of_numbers_are_those_of_the_nodes():
    pairs = [("rate", WEBCAM, "rate", CAMERA_NODE), ("page_port", WEBCAM, "port", PAGE_NODE)]
    pairs += [(name, PRACTICE, name, PRACTICE_NODE) for name in ("hold", "timeout")]
    for name, arguments, parameter, parameters in pairs:
        (declared,) = [one for one in parameters if one.name == parameter]
        one = argument(name, arguments)
        assert one.value(one.default) == declared.default
        assert one.value(f"{declared.low:g}") == declared.low and one.value(f"{declared.high:g}") == declared.high
        with pytest.raises(ArgumentError, match=f"argument {name}: expected"):
            one.value(f"{declared.high + 1:g}")


def test_the_descriptions_name_what_can_be_given():
    for name, words in (("profile", PROFILES), ("bundle", SHIPPED), ("backend", BACKENDS)):
        assert all(word in argument(name, FER).description for word in words)
    assert "none" in argument("fastdds_profile", FER).description


def test_an_error_names_the_argument_and_all_that_is_wrong_is_said_at_once():
    texts = {one.name: one.default for one in WEBCAM} | {"rate": "abc", "page": "yes"}
    with pytest.raises(
        ArgumentError, match="argument rate: expected .* got 'abc'; argument page: expected .* got 'yes'"
    ):
        read_values(WEBCAM, texts)


def test_an_unknown_argument_is_refused_with_the_one_that_may_have_been_meant():
    check_names(["source:=0", "sigterm_timeout:=9", "no_argument"], ["source"])
    with pytest.raises(ArgumentError, match="unknown argument sorce: did you mean source?"):
        check_names(["sorce:=0"], ["source", "rate"])


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_a_word_or_a_file_name(name):
    assert Path(parameter_file(name)).name == f"{name}.yaml"
    assert Path(parameter_file(f"{name}.yaml")) == CONFIG / f"{name}.yaml"


def test_a_parameter_file_is_read_before_it_is_given_to_a_node(tmp_path, monkeypatch):
    file = tmp_path / "mine.yaml"
    with pytest.raises(ValueError, match="expected default, robot, paper, a parameter file"):
        parameter_file(str(file))
    file.write_text("/**/fer_node:\n  ros__parameters:\n    tracker.enabled: true\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parameter_file(str(file)) == parameter_file("~/mine.yaml") == str(file)
    file.write_text("/**/fer_node:\n  ros__parameters:\n    tracker.enabld: true\n")
    with pytest.raises(ValueError, match="unknown parameter tracker.enabld: did you mean tracker.enabled?"):
        parameter_file(str(file))


def test_no_fast_dds_profile_has_a_word_and_a_missing_one_is_an_error():
    assert fastdds_profile("none") == fastdds_profile("") == ""
    assert fastdds_profile(str(CONFIG / "fastdds.xml")) == str(CONFIG / "fastdds.xml")
    with pytest.raises(ValueError, match="or none, got '/nowhere/fast.xml': no such file"):
        fastdds_profile("/nowhere/fast.xml")


def test_what_is_no_bundle_or_backend_is_refused(tmp_path, tiny_bundle):
    assert argument("bundle", FER).value(str(tiny_bundle)) == str(tiny_bundle)
    with pytest.raises(ArgumentError, match="argument bundle: .*expected"):
        argument("bundle", FER).value(str(tmp_path))
    with pytest.raises(ArgumentError, match="argument backend: expected auto, litert or tensorflow, got 'torch'"):
        argument("backend", FER).value("torch")


def test_a_source_is_a_device_a_url_or_there(tmp_path):
    source = argument("source", WEBCAM)
    assert [source.value(text) for text in ("0", "rtsp://camera/1")] == ["0", "rtsp://camera/1"]
    assert source.value(str(tmp_path)) == str(tmp_path)
    with pytest.raises(ArgumentError, match="argument source: expected a device .* got 'session.mp4', which is none"):
        source.value("session.mp4")


def test_targets_are_labels_of_the_bundle_that_is_used():
    check_targets({"targets": "happy, sad"})
    with pytest.raises(ArgumentError, match="argument targets: expected one or more of angry, .*, got contempt"):
        check_targets({"targets": "happy,contempt", "bundle": "default"})
    with pytest.raises(ArgumentError, match="got hapy: did you mean happy[?]$"):
        check_targets({"targets": "sad,hapy"})


def test_a_log_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    log = argument("log_file", PRACTICE)
    assert log.value("") is None and log.value(str(tmp_path / "new.log")) == str(tmp_path / "new.log")
    assert not (tmp_path / "new.log").exists()
    with pytest.raises(ArgumentError, match="argument log_file: expected a file"):
        log.value(str(tmp_path))
    with pytest.raises(ArgumentError, match="argument log_file: expected a folder that exists"):
        log.value(str(tmp_path / "nowhere" / "new.log"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(ArgumentError, match="argument log_file: expected a place that can be written"):
        log.value(str(tmp_path / "new.log"))


def test_answers_go_to_a_new_folder_alone(tmp_path):
    output = argument("output", REPLAY)
    assert output.value(str(tmp_path / "answers")) == str(tmp_path / "answers")
    with pytest.raises(ArgumentError, match="argument output: expected a new folder"):
        output.value(str(tmp_path))


def test_a_recording_is_there_and_has_the_topic(tmp_path):
    with pytest.raises(ArgumentError, match="argument bag: expected a recording .* nothing there"):
        argument("bag", REPLAY).value(str(tmp_path / "session"))
    with pytest.raises(ArgumentError, match="argument bag: .* without metadata.yaml: try ros2 bag reindex"):
        argument("bag", REPLAY).value(str(tmp_path))
    topics = "[{topic_metadata: {name: /camera/image_raw}}, {topic_metadata: {name: /tf}}]"
    (tmp_path / "metadata.yaml").write_text(f"rosbag2_bagfile_information: {{topics_with_message_count: {topics}}}\n")
    check_recording({"bag": str(tmp_path), "image_topic": "/camera/image_raw"})
    check_recording({"bag": str(tmp_path), "image_topic": "image_raw", "namespace": "camera"})
    with pytest.raises(
        ArgumentError, match="argument image_topic: expected topics of the recording, /camera.*got /eye"
    ):
        check_recording({"bag": str(tmp_path), "image_topic": "/eye"})
