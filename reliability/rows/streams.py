"""Faults of the stream of images: silence, bursts, changing images, jumping clocks, one camera of two."""

from __future__ import annotations

import time

import cv2
import numpy as np
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fer_ros.nodes.conversions import to_image
from reliability.process import wait_for
from reliability.report import Check, at_most, holds
from reliability.rows.common import ANSWER_LIMIT, healthy, honest, recovered
from reliability.stage import Camera, Stage, clip, faces_of, longest_gap


def silence(stage: Stage, short: bool = False) -> list[Check]:
    """No image for a minute."""
    stage.warm_up()
    memory, seconds = stage.node.memory, 1.0 if short else 60.0
    wait_for(lambda: stage.answers[-1].stamp == list(stage.camera.sent)[-1], 1)
    began = time.monotonic()
    time.sleep(seconds)
    during = len(stage.since(began))
    checks = [holds("answers while there are no images: 0", during == 0, str(during)), recovered(stage)]
    if not short:
        checks.append(holds("the node says that there are none", "no image for" in stage.node.output))
    return checks + honest(stage.answers, stage.camera.sent) + healthy(stage, memory)


def burst(stage: Stage, short: bool = False) -> list[Check]:
    """Hundreds of images as fast as they can be published."""
    stage.warm_up()
    memory, count = stage.node.memory, 100 if short else 500
    began = time.monotonic()
    stamps = [stage.camera.publish() for _ in range(count)]
    passed = time.monotonic() - began
    # Images are best effort: the very last one may be lost on the way. One of the last tenth must be answered.
    last = set(stamps[-count // 10 :])
    answered = wait_for(lambda: any(a.stamp in last for a in stage.since(began)), ANSWER_LIMIT)
    time.sleep(0.3)
    got = [a for a in stage.since(began) if a.stamp in set(stamps)]
    age = max((a.when - stage.camera.sent[a.stamp].when for a in got), default=float("inf"))
    return [
        holds("one of the last tenth answered within 1 s", answered, f"{len(got)} of {count} answered"),
        at_most("age of the oldest answer", age, ANSWER_LIMIT),
        holds("images a second that were published", True, f"{count / passed:.0f}"),
        recovered(stage),
        *honest(stage.answers, stage.camera.sent),
        *healthy(stage, memory),
    ]


def _pictures() -> list[Image]:
    """Return images of other sizes and encodings, of the same face."""
    images = []
    for size in ((640, 480), (320, 240), (1280, 720), (162, 122), (640, 480)):
        bgr = cv2.resize(clip()[0], size)
        gray = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        images.append(to_image(bgr, Header(), "bgr8"))
        images.append(to_image(bgr[..., ::-1], Header(), "rgb8"))
        for encoding, pixels in (
            ("mono8", gray),
            ("mono16", gray.astype(np.uint16) * 257),
            ("bgra8", cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA)),
        ):
            images.append(
                Image(
                    width=size[0], height=size[1], encoding=encoding,
                    step=pixels.strides[0], data=np.ascontiguousarray(pixels).tobytes(),
                )
            )  # fmt: skip
    return images


def changing(stage: Stage, short: bool = False) -> list[Check]:
    """Size and encoding change from image to image, with broken images in between."""
    stage.warm_up()
    before, memory, pictures = stage.node.memory, 0.0, _pictures()
    broken = Image(encoding="rgb8", width=640, height=480, step=1920, data=b"\0" * 100)
    began = time.monotonic()
    checks: list[Check] = []
    unanswered, slowest = [], 0.0
    for _ in range(1 if short else 5):
        for image in pictures:
            stage.camera.publish(broken)
            for _ in range(5):
                stamp = stage.camera.publish(image)
                if wait_for(lambda stamp=stamp: any(a.stamp == stamp for a in stage.answers[-9:]), 3 * ANSWER_LIMIT):
                    slowest = max(slowest, time.monotonic() - stage.camera.sent[stamp].when)
                    break
            else:
                unanswered.append(f"{image.width}x{image.height} {image.encoding}")
        # The largest size needs room once; what is needed again each time would be a leak.
        memory = memory or stage.node.memory
    got = stage.since(began)
    wrong = sum(a.stamp in stage.camera.sent and a.size != stage.camera.sent[a.stamp].size for a in got)
    checks.append(holds("every kind answered", not unanswered, ", ".join(unanswered) or f"all {len(pictures)}"))
    checks.append(at_most("slowest answer", slowest, ANSWER_LIMIT))
    checks.append(holds("room taken by the first round", True, f"{before:.0f} -> {memory:.0f} MB"))
    checks.append(holds("answers with another size than their image's: 0", wrong == 0, f"{wrong} of {len(got)}"))
    return [*checks, recovered(stage), *honest(stage.answers, stage.camera.sent), *healthy(stage, memory)]


def clock_jumps(stage: Stage, short: bool = False) -> list[Check]:
    """The clock of a recording jumps back to its start, and by hours: ids end there and never come back.

    The node should run with use_sim_time; /clock comes from here. A backward jump of less than a second counts too.
    """
    clock = stage.peer.node.create_publisher(Clock, "/clock", 10)
    time_now = 1000.0
    ids: list[set[str]] = []
    checks: list[Check] = []
    memory = None
    slowest = 0.0
    for jump in (0.0, -50.0, 3600.0, -0.5, -3000.0) if short else (0.0, *(-50.0, 3600.0, -0.5, -3000.0, 80000.0) * 3):
        time_now = max(1.0, time_now + jump)
        first, began = len(stage.answers), time.monotonic()
        sent: set[tuple[int, int]] = set()

        def fresh(first: int = first, sent: set[tuple[int, int]] = sent) -> list:
            return [a for a in stage.answers[first:] if a.stamp in sent]

        while len([a for a in fresh() if a.ids]) < 5 and time.monotonic() - began < 30:
            time_now += 1 / 30
            message = Clock()
            message.clock.sec, message.clock.nanosec = int(time_now), round(time_now % 1 * 1e9) % 10**9
            clock.publish(message)
            # Stamps of two passes of a recording may be the same: a few nanoseconds tell them apart.
            sent.add(stage.camera.publish(stamp=time_now + 1e-5 * len(ids)))
            time.sleep(1 / 30)
        answer = next(iter(fresh()), None)
        if memory is None:
            memory = stage.node.memory
        elif answer is not None:
            slowest = max(slowest, answer.when - began)
        ids.append(faces_of(fresh()))
        if answer is None:
            slowest = float("inf")
    again = sum(bool(ids[i] & ids[j]) for i in range(len(ids)) for j in range(i))
    checks.append(holds("ids seen again after a jump: 0", again == 0 and all(ids), f"{again} in {len(ids) - 1} jumps"))
    checks.append(at_most("first image after a jump answered within", slowest, ANSWER_LIMIT))
    return checks + honest(stage.answers, stage.camera.sent) + healthy(stage, memory or 1.0)


def one_of_two(stage: Stage, short: bool = False) -> list[Check]:
    """Two cameras of one node, of which the second stops and comes back; `image_topics` are left and right."""
    left, right = Camera(stage.peer, "left"), Camera(stage.peer, "right")
    seconds = 2.0 if short else 10.0

    def both_answer() -> bool:
        return all(len([a for a in stage.answers if a.camera == name]) > 20 for name in ("/left", "/right"))

    with left.running(15):
        with right.running(15):
            started = wait_for(both_answer, 60)
            since = time.monotonic()
            time.sleep(seconds / 2)
            together = len(stage.since(since, "/left")) / (seconds / 2)
        memory, began = stage.node.memory, time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
        gap = longest_gap(stage.since(began, "/left"), began, ended)
        kept = len(stage.since(began, "/left")) / seconds
        stamps = {a.stamp for a in stage.since(began + 1.0, "/right")}
        back = time.monotonic()
        with right.running(15):
            wait_for(lambda: len(stage.since(back, "/right")) > 3, 10)
        after = stage.since(back, "/right")
    recovery = after[0].when - back if after else float("inf")
    return [
        holds("both cameras answered at first", started),
        at_most("longest gap of the other camera while one is silent", gap, ANSWER_LIMIT),
        holds(
            "the other camera is answered as often as before (90 %)",
            kept >= 0.9 * together,
            f"{together:.1f} -> {kept:.1f} a second",
        ),
        holds("answers for the silent camera: 0", not stamps, str(len(stamps))),
        at_most("the camera that comes back is answered within", recovery, ANSWER_LIMIT),
        *honest(stage.answers, left.sent.keys() | right.sent.keys()),
        *healthy(stage, memory),
    ]
