"""practice_node: the practice stage of an autism therapy, as a complete example of a behaviour.

The paper (Section 1) names three stages: introduction, teaching, and practice, where the child tells with cards which
expression the robot shows. Here the child practises with its own face: the robot names an expression, waits until it
sees it, and answers.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import Protocol

from rclpy.clock import Clock, ClockType
from rclpy.duration import Duration
from rclpy.node import Node
from std_msgs.msg import String

from fer_ros.client import FaceSnapshot, FaceWatcher
from fer_ros.client.quality_of_service import RESULTS, publisher_events
from fer_ros.core.emotions import EMOTIONS, check_expressions
from fer_ros.core.paths import user_path
from fer_ros.nodes.declaration import ParameterError, declare
from fer_ros.nodes.parameters import PRACTICE_NODE
from fer_ros.nodes.runner import run

_STEP = 0.05  # seconds between two steps of a trial

_SPOKEN = {
    "angry": "an angry",
    "disgust": "a disgusted",
    "fear": "a frightened",
    "happy": "a happy",
    "sad": "a sad",
    "surprise": "a surprised",
    "neutral": "a calm",
    "contempt": "a scornful",
}


class Result(Enum):
    """How a trial ended."""

    SHOWN = "shown"
    TIMEOUT = "timeout"
    ABSENT = "absent"
    INTERRUPTED = "interrupted"


class Faces(Protocol):
    """What a trial asks a FaceWatcher."""

    def find(self, key: tuple[str, str]) -> FaceSnapshot | None:
        """Return the face with this key, if it is there."""
        ...

    def largest(self) -> FaceSnapshot | None:
        """Return the largest face, if there is one."""
        ...


@dataclass
class Trial:
    """One try at one target.

    target: the expression to be shown.  number: which try at it this is, from 1.
    hold: seconds for which it must be stable without a break.  timeout: seconds that the child has for it.
    patience: seconds that the trial waits for a child who is not there.
    child: the (camera, track_id) of the face that is practising; None while nobody is there.
    seconds: how long the child has been there.  shown: seconds of each stable label in the images, '' for none.
    """

    target: str
    number: int
    hold: float
    timeout: float
    patience: float
    child: tuple[str, str] | None = None
    seconds: float = 0.0
    shown: dict[str, float] = field(default_factory=dict)
    result: Result | None = None
    _missed: float = 0.0
    _since: float = 0.0
    _stamp: float = 0.0

    def step(self, faces: Faces, passed: float) -> None:
        """Check what the child shows now. passed: seconds since the last step.

        The largest face is chosen, and kept for as long as it is there. Then the trial stands still until there is a
        face again. That is the child again, or somebody else: the track id ends when a face leaves.
        """
        face = faces.find(self.child) if self.child is not None else None
        if face is not None:
            self.seconds += passed
        else:
            face = faces.largest()
        if face is None:
            self.child = None
            self._missed += passed
        else:
            # What was shown before the trial does not count.
            if face.key != self.child or face.stamp < self._stamp:
                self._since = self._stamp = face.stamp
            label = face.stable_label
            self.shown[label] = self.shown.get(label, 0.0) + face.stamp - self._stamp
            self.child, self._stamp, self._missed = face.key, face.stamp, 0.0
            if label == self.target and min(face.stable_for, face.stamp - self._since) >= self.hold:
                self.result = Result.SHOWN
                return
        if self.seconds >= self.timeout:
            self.result = Result.TIMEOUT
        elif self._missed >= self.patience:
            self.result = Result.ABSENT

    def line(self) -> str:
        """Return the trial as text: labels and seconds, nothing else about the child."""
        shown = ",".join(f"{label or 'uncertain'}:{seconds:.1f}" for label, seconds in self.shown.items() if seconds)
        result = self.result.value if self.result is not None else "open"
        return (
            f"target={self.target} try={self.number} result={result} seconds={self.seconds:.1f} "
            f"showed={shown or 'nothing'}"
        )


class PracticeNode(Node):
    """Goes through the targets with one child, then ends."""

    def __init__(self) -> None:
        """Declare the parameters, open the log if there is to be one, and watch for faces."""
        super().__init__("practice_node")
        self.exit_code = 0
        self.ended = threading.Event()
        self._values = values = declare(self, PRACTICE_NODE)
        self._targets: list[str] = values["targets"]
        self._check_targets()
        self._log: int | None = None
        if values["log_file"]:
            # Append-only, and for its owner alone: it is about a child.
            path = user_path(values["log_file"])
            self._log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        topic = "practice/say"
        events = publisher_events(self, self.resolve_topic_name(topic), RESULTS)
        self._speech = self.create_publisher(String, topic, RESULTS, event_callbacks=events)
        self._faces = FaceWatcher(self)
        self._trial: Trial | None = None
        self._at, self._number, self._checked = 0, 1, False
        self._trials, self._successes = 0, 0
        self._pause = 0.0
        self._began = self._last = time.monotonic()
        self._closed = False
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = self.create_timer(_STEP, self._step, clock=steady)
        self.get_logger().info(f"waiting for faces on {self._faces.topic}")

    def close(self) -> None:
        """End: a trial that was going on is recorded as interrupted, and one line sums up."""
        if self._closed:
            return
        self._closed = True
        self._timer.cancel()
        self._faces.close()
        if self._trial is not None and (self._trial.child is not None or self._trial.seconds):
            self._trial.result = Result.INTERRUPTED
            self._record(self._trial)
        if self._log is not None:
            os.close(self._log)
            self._log = None
        # The last sentence must not be lost with its publisher.
        self._speech.wait_for_all_acked(Duration(seconds=1))
        if not self._checked:
            return
        print(
            f"practice: {self._successes} of {len(self._targets)} targets shown in {self._trials} trials, "
            f"{time.monotonic() - self._began:.1f} s",
            flush=True,
        )

    def _step(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        if not self._checked and not self._check():
            return
        self._pause -= passed
        if self.ended.is_set() or self._pause > 0:
            return
        if self._trial is None:
            limits = (self._values[name] for name in ("hold", "timeout", "patience"))
            self._trial = Trial(self._targets[self._at], self._number, *limits)
        trial = self._trial
        was_there = trial.child is not None
        trial.step(self._faces, passed)
        if trial.result is not None:
            self._trial = None
            self._record(trial)
            self._respond(trial)
        elif trial.child is not None and not was_there:
            self._say(f"Show me {_SPOKEN[trial.target]} face.")
        elif trial.child is None and was_there:
            self._say("I cannot see you. Please come back.")

    def _check(self) -> bool:
        """Hold the targets against the labels that the messages carry; returns whether there were any yet."""
        labels = self._faces.labels
        if labels:
            # The model may know fewer than there are.
            self._check_targets(labels, ", labels of the model that runs")
            self._checked = True
        elif time.monotonic() - self._began > self._values["patience"]:
            topic = self._faces.topic
            raise TimeoutError(
                f"expected messages on {topic} within {self._values['patience']:g} s, got none "
                f"(publishers: {self.count_publishers(topic)}); is fer_node running?"
            )
        return self._checked

    def _check_targets(self, known: Collection[str] = EMOTIONS, whose: str = "") -> None:
        try:
            check_expressions(self._targets, known)
        except ValueError as error:
            hint = "; several are a list: '[happy, sad]'" if any("," in target for target in self._targets) else ""
            name = self.get_fully_qualified_name()
            raise ParameterError(f"{name}: parameter targets{whose}: {error}{hint}") from None

    def _respond(self, trial: Trial) -> None:
        """Praise or encourage, and choose what comes next."""
        last = self._at + 1 == len(self._targets)
        if trial.result is Result.SHOWN:
            self._successes += 1
            self._say(f"Well done! That was {_SPOKEN[trial.target]} face.")
        elif trial.result is Result.ABSENT:
            self._say("Let us go on another time.")
            self.ended.set()
            return
        elif trial.number < self._values["tries"]:
            self._say("That was a good try. Let us try it again.")
            self._number += 1
            self._pause = self._values["pause"]
            return
        else:
            self._say("You tried hard. Let us go on." if not last else "You tried hard.")
        self._at, self._number, self._pause = self._at + 1, 1, self._values["pause"]
        if last:
            self._say("We are done. Thank you for practising with me!")
            self.ended.set()

    def _say(self, text: str) -> None:
        self._speech.publish(String(data=text))
        # Not through the logger, which also writes to ROS's log folder: how a child does is nobody's file unasked.
        print(f"says: {text}", flush=True)

    def _record(self, trial: Trial) -> None:
        """Print the trial's line, and append it to the log with the time, in one write that is not buffered."""
        self._trials += 1
        print(trial.line(), flush=True)
        if self._log is None:
            return
        stamp = datetime.now(timezone.utc).isoformat(timespec="seconds")
        try:
            os.write(self._log, f"{stamp} {trial.line()}\n".encode())
        except OSError as error:
            # The session goes on for the child's sake; the exit code tells.
            self.get_logger().error(f"{self._values['log_file']}: {error}; this trial is not in the log")
            self.exit_code = 1


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run("practice_node", PracticeNode, arguments)
