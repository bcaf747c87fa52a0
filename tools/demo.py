"""camera_node -> fer_node -> viewer_node, three processes over DDS, until the source ends or a signal comes.

tools/demo.sh runs it; the variables stand in tools/demo_options.py. Whichever way it ends, no process stays behind.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from children import Children, end_with_parent, first_to_end
from demo_options import ROOT, OptionError, Options, read_options

_CLIP = ROOT / "build" / "demo.avi"
# RTPS 9.6.1.1: the ports of a domain begin at 7400 + 250 * domain; above 101 they are those of outgoing connections.
_PORTS, _PORTS_A_DOMAIN, _DOMAINS = 7400, 250, range(1, 101)
_HINT = "is the face turned to the camera, in the light, and not small in the picture?"
# Pictures of 8 MiB and more do not fit through Fast DDS's shared memory.
_MAX_SIDE = 1600
_LAST_ANSWER = 3.0  # seconds for the answer to the last picture
_ROUNDS = 3  # in which a folder is shown again for pictures that were not answered: the machine was busy
_PICTURES_A_SECOND = 1.0  # slow enough to be seen, and for a slow machine to answer each


@dataclass(frozen=True)
class Source:
    """What is shown. name: for people.  pictures: how many single ones.  live: whether it has no end."""

    path: str
    name: str
    pictures: int = 0
    live: bool = False


def free_domain(avoid: set[int]) -> int:
    """Return a ROS domain in which no participant of this machine is."""
    candidates = [domain for domain in _DOMAINS if domain not in avoid]
    random.shuffle(candidates)
    for domain in candidates:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # Where the first participant of a domain listens.
                probe.bind(("", _PORTS + _PORTS_A_DOMAIN * domain + 10))
            except OSError:
                continue
            return domain
    return candidates[0]


def node_environment(options: Options, inherited: dict[str, str]) -> dict[str, str]:
    """Return the environment of the nodes: nobody else's domain, discovery server or peers, unless asked for."""
    environment = {
        name: value
        for name, value in inherited.items()
        if name not in ("ROS_DISCOVERY_SERVER", "ROS_STATIC_PEERS", "ROS_LOCALHOST_ONLY", "ROS_NAMESPACE")
    }
    taken = inherited.get("ROS_DOMAIN_ID", "")
    domain = options.domain
    if domain is None:
        domain = free_domain({int(taken)} if taken.isdecimal() else set())
    return environment | {
        "ROS_DOMAIN_ID": str(domain),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        "FASTRTPS_DEFAULT_PROFILES_FILE": str(ROOT / "config" / "fastdds.xml"),
    }


def find_source(given: str) -> Source:
    """Look at the source. Raises OSError, whose message says what is wrong with it."""
    # Not before the environment is there.
    from fer_ros.core.paths import user_path, without_password
    from fer_ros.core.sources import SourceError, VideoFile, is_live, open_recorded
    from fer_ros.core.sources.camera import existing_devices

    if not given:
        if not _CLIP.is_file() or (ROOT / "tools" / "make_clip.py").stat().st_mtime > _CLIP.stat().st_mtime:
            print("demo: making a clip of pictures in the public domain", flush=True)
            subprocess.run([sys.executable, str(ROOT / "tools" / "make_clip.py"), str(_CLIP)], check=True)
        return Source(str(_CLIP), "a clip of public-domain pictures")
    if is_live(given):
        device = Path(f"/dev/video{given}" if given.isdigit() else given)
        if "://" not in given and not device.exists():
            raise SourceError(f"{device}: no such device; {existing_devices()}")
        return Source(given, without_password(given), live=True)
    recorded = open_recorded(given)
    pictures = 0 if isinstance(recorded, VideoFile) else recorded.count
    count = f", {pictures} pictures" if pictures > 1 else ""
    return Source(str(user_path(given).resolve()), f"{given}{count}", pictures=pictures)


def node_settings(options: Options, source: Source) -> dict[str, list[str]]:
    """Return what each node is given after `--ros-args`."""
    camera = {"source": source.path, "name_in_frame_id": "true", "wait_for_subscriber": "10.0"}
    # The camera comes last: its silence until then is no news.
    fer = {"diagnostics.no_image_after": "15.0", "backend": options.backend}
    robot = options.profile is not None and options.profile.stem == "robot"
    hint = _HINT if robot else f"{_HINT} PROFILE=robot finds tilted and turned heads too"
    viewer = {"title": "demo", "show_frame_id": "true", "hint": _quoted(hint)}
    if not source.live:
        camera["max_side"] = str(_MAX_SIDE)
    if source.pictures:
        camera["rate"] = str(_PICTURES_A_SECOND)
        # Each is searched in full and judged by itself.
        fer |= {"search.full_scan_period": "0.0", "tracker.enabled": "false", "smoothing.enabled": "false"}
        viewer["live"] = "false"
    if options.page:
        camera["loop"] = "true"
    elif source.pictures:
        viewer["expected"] = str(source.pictures)
    if options.out is not None:
        viewer["save_to"] = _quoted(str(options.out.resolve()))
    files = ["--params-file", str(options.profile)] if options.profile is not None else []
    return {
        "fer_node": ["--log-level", "warn", *files, *_parameters(fer)],
        "viewer_node": _parameters(viewer),
        # Any free port: the demo never finds its port taken, and the address is printed.
        "page_node": _parameters({"port": "0"}),
        "camera_node": ["--log-level", "warn", *_parameters(camera)],
    }


def _parameters(values: dict[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in ("-p", f"{name}:={value}")]


def _quoted(text: str) -> str:
    """Return a text as YAML, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def run(options: Options, source: Source, stopped: list[int]) -> int:
    """Run the nodes; returns the exit code. stopped: signals that asked for the end."""
    settings = node_settings(options, source)
    children = Children()

    def node(name: str) -> subprocess.Popen[bytes]:
        return children.start(str(ROOT / "scripts" / name), "--ros-args", *settings[name])

    try:
        shown = ["fer_node", "viewer_node", *(["page_node"] if options.page else [])]
        nodes = {name: node(name) for name in shown}
        viewer = nodes["viewer_node"]
        # A file would be over before the others are up.
        waiting = children.start(str(ROOT / "tools" / "wait_for_node.py"), *shown)
        ended = first_to_end([waiting, *nodes.values()], stopped)
        if ended is waiting and waiting.returncode == 0:
            for _ in range(_ROUNDS if source.pictures else 1):
                camera = node("camera_node")
                ended = first_to_end([camera, *nodes.values()], stopped)
                if source.pictures and ended in (camera, viewer) and ended.returncode == 0:
                    # The camera ends after the last picture, and the viewer after the last answer.
                    ended = first_to_end([viewer if ended is camera else camera], stopped, _LAST_ANSWER) or ended
                children.stop(camera)
                if stopped or camera.returncode != 0 or viewer.poll() is not None:
                    break
        children.stop(viewer)
        children.stop(*nodes.values())
        return 0 if ended is None else ended.returncode or 0
    finally:
        children.stop_all()


def main() -> int:
    """Run the demo; returns the exit code."""
    if "MAKELEVEL" in os.environ:
        # make would wait for us; where it is killed, nobody does.
        end_with_parent()
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, frame: stopped.append(received))
    try:
        options = read_options(os.environ)
        if options.out is not None:
            # Now and not after the clip: a folder that cannot be made is told at once.
            options.out.mkdir(parents=True, exist_ok=True)
        source = find_source(options.source)
    except (OptionError, OSError, subprocess.CalledProcessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    environment = node_environment(options, dict(os.environ))
    os.environ.clear()
    os.environ.update(environment)
    profile = options.profile.stem if options.profile is not None else "default"
    whose = "" if options.domain is not None else " of its own"
    print(f"demo: {source.name}; profile {profile}; ROS domain {environment['ROS_DOMAIN_ID']}{whose}", flush=True)
    code = run(options, source, stopped)
    if not options.source and not code and not stopped:
        print(
            "demo: now your own: make demo SOURCE=photo.jpg, a folder, a video or 0 for your camera; HELP=1 lists all"
        )
    # Ctrl-C is how a device's demo ends.
    return 128 + stopped[0] if stopped and stopped[0] != signal.SIGINT else code


if __name__ == "__main__":
    sys.exit(main())
