"""Faults of files: the model is truncated or replaced while the node runs; the disk of the recorder is full."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState

from fer_ros.core.bundle import MANIFEST
from reliability import ROOT
from reliability.process import wait_for
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
    client = stage.peer.node.create_client(ChangeState, "fer_node/change_state")
    client.wait_for_service(20)

    def go(transition: int) -> bool:
        future = client.call_async(ChangeState.Request(transition=Transition(id=transition)))
        return wait_for(future.done, 20) and bool(future.result().success)

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
        went = go(Transition.TRANSITION_DEACTIVATE) and go(Transition.TRANSITION_CLEANUP)
        refused = went and not go(Transition.TRANSITION_CONFIGURE)
        checks.append(holds(f"refuses the {what} file when configured anew, and lives", refused and stage.node.alive))
        for path in models:
            shutil.copy(SHIPPED / path.name, path)
        again = go(Transition.TRANSITION_CONFIGURE) and go(Transition.TRANSITION_ACTIVATE)
        checks.append(holds("takes the good file again", again))
    named = stage.node.output.count("expected SHA-256")
    checks.append(holds("the reason names the file", named >= 2, f"{named} times"))
    return [*checks, recovered(stage), *honest(stage.answers, stage.camera.sent), *healthy(stage, memory)]


def recorder_missing() -> str:
    """Return why the recorder cannot be tested; empty if it can."""
    if not (ROOT / "fer_ros" / "nodes" / "recorder.py").is_file():
        return "not run: there is no recorder yet"
    return "" if os.geteuid() == 0 else "not run: a small disk needs root to be mounted"


def full_disk(short: bool = False) -> list[Check]:
    """The recorder writes to a disk of a few MB until that is full: the node goes on, and what it wrote is readable."""
    raise NotImplementedError
