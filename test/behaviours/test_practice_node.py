"""practice_node: a trial by itself, and whole sessions with scripted faces, in a process of its own."""

import re
import signal

import pytest
from client.scripted import LABELS, Stage, face, image
from fer_ros.msg import FaceEmotion
from nodes.ros import patience, wait_for
from std_msgs.msg import String

from fer_ros.behaviours.practice_node import _SPOKEN, Result, Trial, main
from fer_ros.client.memory import FaceMemory
from fer_ros.client.snapshots import faces_of

STEP = 0.1


class Child:
    """What a trial asks of a watcher, in a time of its own."""

    def __init__(self):
        self.memory = FaceMemory(left_after=0.25)
        self.now = 1000.0

    def find(self, key):
        return self.memory.find(key)

    def largest(self):
        return next(iter(self.memory.present()), None)

    def show(self, trial, seconds, *faces):
        """Show these faces to a trial until it ends, or for some seconds."""
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            self.memory.update("/eye", self.now, faces_of(image(list(faces), self.now, "/eye")), self.now)
            trial.step(self, STEP)
            if trial.result is not None:
                return


@pytest.fixture
def child():
    return Child()


def make_trial(**values):
    return Trial(**{"target": "happy", "number": 1, "hold": 1.0, "timeout": 5.0, "patience": 3.0, **values})


def test_an_expression_counts_when_it_was_held_without_a_break(child):
    trial = make_trial()
    child.show(trial, 1, face(label="neutral"))
    child.show(trial, 0.8, face())
    child.show(trial, 0.2, face(state=FaceEmotion.UNCERTAIN))
    child.show(trial, 0.8, face())
    assert trial.result is None
    child.show(trial, 0.5, face())
    assert trial.result is Result.SHOWN
    assert trial.line() == "target=happy try=1 result=shown seconds=3.0 showed=neutral:0.9,happy:1.9,uncertain:0.2"


def test_what_was_shown_before_the_trial_does_not_count(child):
    early = make_trial(target="sad", timeout=2.0)
    child.show(early, 3, face())
    trial = make_trial()
    child.show(trial, 0.9, face())
    assert trial.result is None
    child.show(trial, 0.3, face())
    assert trial.result is Result.SHOWN and trial.seconds == pytest.approx(1.0, abs=2 * STEP)


def test_time_runs_out_only_while_the_child_is_there(child):
    trial = make_trial()
    child.show(trial, 3, face(label="sad"))
    child.show(trial, 2)
    assert trial.child is None and trial.result is None
    child.show(trial, 1, face("child", label="sad"))
    assert trial.child == ("/eye", "child") and trial.result is None
    child.show(trial, 3, face("child", label="sad"))
    assert trial.result is Result.TIMEOUT and trial.seconds == pytest.approx(5, abs=2 * STEP)


def test_a_child_that_stays_away_ends_the_trial(child):
    trial = make_trial()
    child.show(trial, 1, face())
    child.show(trial, 3.1)
    assert trial.result is None
    child.show(trial, 0.5)
    assert trial.result is Result.ABSENT


def test_a_face_that_went_shows_nothing_any_more(child):
    """Its last snapshot stays for a moment."""
    trial = make_trial(hold=0.5)
    child.show(trial, 0.5, face())
    child.show(trial, 0.2)
    assert trial.child is not None and trial.result is None


def test_the_face_that_was_largest_at_the_start_is_kept(child):
    trial = make_trial()
    child.show(trial, 0.3, face("child", "neutral", side=90.0), face("other", side=60.0))
    child.show(trial, 2, face("child", "neutral", side=90.0), face("other", side=200.0))
    assert trial.child == ("/eye", "child") and trial.result is None


def test_every_expression_has_its_words():
    assert set(LABELS) | {"contempt"} == set(_SPOKEN)


@pytest.fixture
def stage(peer):
    return Stage(peer.node)


@pytest.fixture
def practise(start, tmp_path, monkeypatch):
    """Start the node with quick settings; ROS's own log folder is the test's."""
    monkeypatch.setenv("ROS_LOG_DIR", str(tmp_path / "ros_log"))

    def practise_with(**parameters):
        return start("practice_node", **{"hold": 0.4, "pause": 0.0, "timeout": 20.0, "patience": 20.0, **parameters})

    return practise_with


def test_a_session_goes_through_its_targets_and_ends_with_a_summary(practise, peer, stage, tmp_path):
    log = tmp_path / "practice.log"
    log.write_text("an older line\n")
    sentences = peer.collect(String, "practice/say")
    other = face("other", "happy", side=60.0, at=(500.0, 100.0))
    stage.faces = [face("child", "neutral"), other]
    node = practise(targets="[happy, sad]", timeout=3.0, log_file=log)
    assert node.says("says: Show me a happy face.")
    stage.faces = [face("child", "happy"), other]
    assert node.says("says: Well done! That was a happy face.")
    assert node.says("says: Show me a sad face.")
    assert node.says("says: That was a good try. Let us try it again.")
    stage.faces = [face("child", "sad"), other]
    assert node.process.wait(timeout=60) == 0
    assert node.says("practice: 2 of 2 targets shown in 3 trials"), node.output
    assert re.fullmatch(r"practice: 2 of 2 targets shown in 3 trials, \d+\.\d s", node.lines[-1])

    lines = log.read_text().splitlines()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
    assert lines[0] == "an older line" and len(lines) == 4
    assert re.fullmatch(f"{time} target=happy try=1 result=shown seconds=[0-9.]+ showed=(neutral.*)?happy:.*", lines[1])
    assert re.fullmatch(rf"{time} target=sad try=1 result=timeout seconds=3\.\d showed=happy:.*", lines[2])
    assert re.fullmatch(f"{time} target=sad try=2 result=shown seconds=[0-9.]+ showed=.*sad:.*", lines[3])
    assert "child" not in log.read_text() and "Traceback" not in node.output
    printed = [line for line in node.lines if line.startswith("target=")]
    assert printed == [line.split(" ", 1)[1] for line in lines[1:]]
    said = [line.removeprefix("says: ") for line in node.lines if line.startswith("says: ")]
    assert wait_for(lambda: [sentence.data for sentence in sentences] == said), sentences
    assert said[-1] == "We are done. Thank you for practising with me!"


def test_a_child_that_leaves_is_waited_for_and_nothing_about_it_is_written(practise, stage, tmp_path):
    stage.faces = [face("first", "neutral")]
    node = practise(targets="[happy]")
    assert node.says("says: Show me a happy face.")
    stage.faces = []
    assert node.says("says: I cannot see you. Please come back.")
    stage.faces = [face("again", "happy")]
    assert node.process.wait(timeout=60) == 0
    assert node.output.count("says: Show me a happy face.") == 2
    assert wait_for(lambda: "practice: 1 of 1 targets shown in 1 trials" in node.output), node.output
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "waiting for faces" in written, "ROS's own log"
    assert not [word for word in ("happy", "neutral", "says", "first", "again") if word in written]


def test_neither_a_full_disk_nor_a_child_that_stays_away_goes_unnoticed(practise, stage):
    stage.faces = [face("child", "happy")]
    node = practise(targets="[happy, sad, angry]", patience=6.0, log_file="/dev/full")
    assert node.says("No space left on device; this trial is not in the log"), node.output
    assert node.says("says: Show me a sad face."), "the session goes on"
    stage.faces = []
    assert node.process.wait(timeout=60) == 1
    assert wait_for(lambda: "practice: 1 of 3 targets shown in 2 trials" in node.output), node.output
    assert "target=sad try=1 result=absent" in node.output and "Traceback" not in node.output


def test_a_signal_during_a_trial_ends_it_within_two_seconds_with_a_valid_log(practise, stage, tmp_path):
    log = tmp_path / "practice.log"
    stage.faces = [face(label="neutral")]
    node = practise(targets="[happy]", log_file=log)
    assert node.says("says: Show me a happy face.")
    code, seconds = node.stop(signal.SIGINT)
    assert code == 0 and seconds < patience(node) and "Traceback" not in node.output
    assert re.fullmatch(r"\S+ target=happy try=1 result=interrupted seconds=\S+ showed=\S+\n", log.read_text())
    assert node.lines[-1].startswith("practice: 0 of 1 targets shown in 1 trials")
    assert log.stat().st_mode & 0o077 == 0


@pytest.fixture
def run_here(capfd):
    """Run the node in this process; returns its exit code and what it said."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*parameters):
        code = main(["--ros-args", *(word for parameter in parameters for word in ("-p", parameter))])
        captured = capfd.readouterr()
        return code, captured.out + captured.err

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("parameter", "reason", "expected"),
    [
        ("targets:=[happy, contempt]", "labels of the model that runs: expected angry, disgust, fear, happy, sad, "
         "surprise, neutral, got 'contempt' (", 2),
        ("hold:=0.0", "parameter hold", 2),
        ("log_file:=/no_such_folder/practice.log", "No such file or directory: '/no_such_folder/practice.log'", 1),
    ],
)  # fmt: skip
def test_a_wrong_parameter_ends_the_node_with_its_reason(run_here, stage, parameter, reason, expected):
    code, said = run_here(parameter)
    assert code == expected and reason in said, said
    assert "Traceback" not in said and "practice:" not in said


@pytest.mark.parametrize(
    ("targets", "got"),
    [
        ("hapy", "'hapy': did you mean happy?"),
        ("[happy, joy, Sad]", "'joy': did you mean happy?; 'Sad': did you mean sad?"),
        ("[table]", "'table'"),
        ("happy,sad", "'happy,sad'; several are a list: '[happy, sad]'"),
    ],
)
def test_a_mistyped_target_is_told_at_the_start_without_waiting_for_faces(run_here, targets, got):
    code, said = run_here(f"targets:={targets}")
    expected = "angry, disgust, fear, happy, sad, surprise, neutral, contempt"
    told = f"ParameterError: /practice_node: parameter targets: expected {expected}, got {got} (starting the node"
    assert code == 2 and said.startswith(told) and len(said.splitlines()) == 1, said


def test_without_any_message_the_node_says_what_it_waited_for(run_here):
    code, said = run_here("patience:=0.3")
    expected = "expected messages on /faces/emotions within 0.3 s, got none (publishers: 0); is fer_node running?"
    assert code == 1 and expected in said, said
