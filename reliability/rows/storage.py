"""Faults of files: the model is truncated or replaced while the node runs; the disk of the recorder is full."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lifecycle_msgs.msg import Transition

from fer_ros.core.classification.bundle import MANIFEST
from reliability import ROOT
from reliability.report import Check, holds
from reliability.rows.common import healthy, honest, recovered
from reliability.stage import Stage

SHIPPED = ROOT / "fer_ros" / "models" / "default"


def model_changes(short: bool = False) -> list[Check]:
    """The model file is truncated, then replaced, while the node runs: it goes on, and refuses it when configured."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        bundle.mkdir()
        for path in (SHIPPED / MANIFEST, *SHIPPED.glob("*.tflite")):
            shutil.copy(path, bundle / path.name)
        with Stage(model_bundle=bundle) as stage:
            return _change(stage, bundle)


def _change(stage: Stage, bundle: Path) -> list[Check]:
    stage.warm_up()
    memory = stage.node.memory

    def go(*transitions: int) -> bool:
        return all(stage.peer.change("fer_node", transition) for transition in transitions)

    checks = []
    models = sorted(bundle.glob("*.tflite"))
    for what in ("truncated", "replaced"):
        for path in models:
            content = path.read_bytes()
            if what == "truncated":
                # In place, as a full disk or a copy that broke off leaves it: a mapped file would end the process.
                with path.open("r+b") as file:
                    file.truncate(len(content) // 2)
            else:
                path.write_bytes(bytes([content[0] ^ 1]) + content[1:-1] + bytes([content[-1] ^ 1]))
        checks.append(holds(f"goes on answering with a {what} file", stage.recovery() < 1.0))
        went = go(Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_CLEANUP)
        refused = went and not go(Transition.TRANSITION_CONFIGURE)
        checks.append(holds(f"refuses the {what} file when configured anew, and lives", refused and stage.node.alive))
        for path in models:
            shutil.copy(SHIPPED / path.name, path)
        again = go(Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE)
        checks.append(holds("takes the good file again", again))
    named = stage.node.output.count("expected SHA-256")
    checks.append(holds("the reason names the file", named >= 2, f"{named} times"))
    return [*checks, recovered(stage), *honest(stage.answers, stage.camera.sent), *healthy(stage, memory)]


def recorder_missing() -> str:
    """Return why the recorder cannot be tested; empty if it can."""
    if not (ROOT / "fer_ros" / "nodes" / "recorder.py").is_file():
        return "not run: there is no recorder yet"
    return "" if os.geteuid() == 0 else "not run: a small disk needs root to be mounted"


@contextlib.contextmanager
def _small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a disk in memory of so many MiB, and unmount it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True, timeout=20)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True, timeout=20)


def _read_back(recording: Path) -> int:
    """Return how many messages of a recording can be read, by rosbags. Raises ReaderError where none can."""
    # An optional extra, as for the recorder.
    from rosbags.rosbag2 import Reader

    with Reader(recording / "bag") as reader:
        return sum(bool(data) for _, _, data in reader.messages())


def full_disk(short: bool = False, suddenly: bool = False) -> list[Check]:
    """The recorder's disk fills up, by its own images or `suddenly` by somebody else's file, to the last byte."""
    from rosbags.rosbag2 import ReaderError

    with _small_disk(110) as disk:
        recording = {"recording__folder": disk, "recording__consent": "pictures in the public domain"}
        with Stage(**recording, recording__images=not suddenly) as stage:
            stage.warm_up()
            if suddenly:
                with stage.camera.running(), (disk / "other").open("wb") as file, contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(1 << 20))
                        file.flush()
            with stage.camera.running():
                said = stage.node.says("messages are safe", 60)
            memory = stage.node.memory
            checks = [holds("the node says why it stopped to record", said), recovered(stage)]
            folders = [path for path in disk.iterdir() if path.is_dir()]
            safe = re.search(r"(\d+) messages are safe", stage.node.output)
            try:
                got: int | str = _read_back(folders[0])
            except (ReaderError, OSError) as error:
                got = f"{type(error).__name__}: {error}"[:200]
            told = int(safe[1]) if safe else -1
            checks.append(holds("what it calls safe can be read", got == told, f"{got} of {told} messages"))
            checks += honest(stage.answers, stage.camera.sent) + healthy(stage, memory)
    return checks
