"""What the page of nodes says of all of them: QoS, cameras, encodings, lifecycle, diagnostics, exit codes."""

from __future__ import annotations

from rclpy.qos import QoSProfile

from fer_ros.client.quality_of_service import IMAGES, RESULTS
from fer_ros.core.images import ENCODINGS
from fer_ros.core.pipeline import STAGES
from fer_ros.nodes.ros4hri import LATEST
from fer_ros.nodes.runner import FAILED, MISCONFIGURED

QUALITY = {
    "images, and `CameraInfo`": IMAGES,
    "`faces/emotions`, `faces/detections`, `faces/annotated`, `/diagnostics`, `practice/say`": RESULTS,
    "`humans/faces/<id>/expression`": RESULTS,
    "all other topics of `humans/faces`": LATEST,
}
"""QoS profile by the topics that have it."""

_TIMED = {
    "read": "decode the images",
    "detect": "find and follow the faces",
    "preprocess": "cut them out",
    "classify": "run the network",
    "smooth": "smooth over time",
    "publish": "make and send the results",
}

DIAGNOSTICS = {
    "rate_hz": "Images answered a second, since the last message.",
    "age_p50_ms, age_p95_ms": "Time from the receipt of an image to its published results.",
    "stamp_delay_p50_ms, stamp_delay_p95_ms": "Time from an image's stamp to its published results. It is right where "
    "the clocks of camera and node agree. `unknown` before the first image, and where no clock runs.",
    "dropped": "Images that a newer one overtook before they were read.",
    "refused": "Images that could not be used, by the kind of defect.",
    **{
        f"{stage}_p50_ms, {stage}_p95_ms": f"Time to {_TIMED[stage]}, for all cameras of one run together."
        for stage in ("read", *STAGES, "publish")
    },
    "model_bundle, backend": "Which network answers, and what runs it.",
    "recording": "Folder of the recording, or why there is none.",
    "recorded, recording_dropped": "Messages written and left out. Only while something is recorded.",
}
"""Keys of a status of fer_node, and what they mean."""

_LEVELS = """| level | when |
|---|---|
| ERROR | results older than `diagnostics.error_age` |
| WARN | results older than `diagnostics.warn_age` |
| WARN | no image processed for `diagnostics.no_image_after`, and not paused |
| WARN | a problem that the status's message names |
| OK | else |"""

_LIFECYCLE = """fer_node starts by itself. With `autostart` false a lifecycle manager does it:

    ros2 lifecycle set /fer_node configure
    ros2 lifecycle set /fer_node activate

| state | the model | images |
|---|---|---|
| unconfigured | not loaded | not received |
| inactive | loaded | not received |
| active | loaded | answered, unless the node is paused |
| finalized | unloaded | not received; the node cannot be configured again |

- A transition that is not possible now is refused, and the log says why.
- One that fails leaves the node unconfigured. It can be tried again.
- Ids are not given again after another configure, as long as the node runs.

`~/pause` works in the active state alone:

    ros2 service call /fer_node/pause std_srvs/srv/SetBool "{data: true}" """.rstrip()


def sections() -> str:
    """Return the sections that follow those of the nodes."""
    return "\n\n".join(
        [
            "## Quality of service\n\n" + _quality_of_service(),
            "## Several cameras\n\n" + _CAMERAS,
            "## Images that are read\n\n" + _images(),
            "## Lifecycle\n\n" + _LIFECYCLE,
            "## Diagnostics\n\n" + _diagnostics(),
            "## Exit codes\n\n" + _exit_codes(),
        ]
    )


def _quality_of_service() -> str:
    lines = ["| topics | reliability | durability | history |", "|---|---|---|---|"]
    lines += [f"| {topics} | {' | '.join(policies(profile))} |" for topics, profile in QUALITY.items()]
    text = (
        "A best-effort subscription gets the images of a reliable publisher too. Where a publisher and a subscriber do "
        "not fit, the log names the topic and the policy."
    )
    return "\n".join([*lines, "", text])


def policies(profile: QoSProfile) -> tuple[str, str, str]:
    """Return reliability, durability and history of a profile in words."""
    kept = "the newest one" if profile.depth == 1 else f"the last {profile.depth}"
    return profile.reliability.name.lower().replace("_", " "), profile.durability.name.lower(), kept


_CAMERAS = """One fer_node reads several cameras if `image_topics` names them. It takes
their newest images together.

- `faces/emotions` has the faces of all of them. Its field `camera` says whose they are.
- `faces/detections`, `faces/annotated` and `faces/annotated/compressed` get a topic for each camera:
  `faces/detections/<camera>`, `faces/annotated/<camera>` and `faces/annotated/<camera>/compressed`.
- `<camera>` is the full name of the image topic, with `_` for `/`: `front_image_raw` for `/front/image_raw`."""


def _images() -> str:
    names = ", ".join(f"`{name}`" for name in ENCODINGS)
    return (
        f"`sensor_msgs/Image` in one of these encodings, in capitals or not: {names}.\n\n"
        "`sensor_msgs/CompressedImage` with JPEG or PNG. How the type is chosen is on the page of "
        "[compressed images](../recipes/compressed.md).\n\n"
        "16-bit images lose their low byte. An image that cannot be used is dropped. The log says so once for each "
        "kind of defect, and the diagnostics count it."
    )


def _diagnostics() -> str:
    lines = [
        "`/diagnostics` has a status for each camera, every `diagnostics.period` seconds. Percentiles are those of the "
        "last ten seconds.",
        "",
        _LEVELS,
        "",
        "| key | meaning |",
        "|---|---|",
    ]
    for keys, meaning in DIAGNOSTICS.items():
        lines.append(f"| {', '.join(f'`{key}`' for key in keys.split(', '))} | {meaning} |")
    return "\n".join(lines)


def _exit_codes() -> str:
    return (
        "| code | meaning |\n|---|---|\n"
        "| 0 | ended by a signal, or because its work is done |\n"
        f"| {FAILED} | failed; another start may heal it |\n"
        f"| {MISCONFIGURED} | something that was given does not fit, such as a parameter; only a change heals it |\n\n"
        "The log says why."
    )
