"""What is missing is said in one line, and what takes long is imported only by what needs it."""

import subprocess
import sys

import pytest


def said_without(missing, module):
    attempt = f"try:\n    import {module}\nexcept ImportError as error:\n    print(error)"
    code = f"import sys; sys.modules[{missing!r}] = None\n{attempt}"
    # Elsewhere than in the sources, which have no messages.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["fer_ros.nodes", "fer_ros.client"])
@pytest.mark.parametrize("missing", ["rclpy", "fer_ros.msg"])
def test_a_missing_part_is_named_with_the_way_to_get_it(missing, module):
    said = said_without(missing, module)
    assert "\n" not in said and missing in said and "env.bash" in said


def test_where_ros_is_there_another_missing_part_is_not_blamed_on_it():
    said = said_without("fer_ros.client.memory", "fer_ros.client")
    assert "\n" not in said and "fer_ros.client.memory" in said and "ROS 2" not in said


def test_only_what_tracks_waits_for_scipy():
    """A third of a second of processor time at each start, and most nodes only read parameters."""
    nodes = ("nodes.camera_node", "nodes.viewer_node", "behaviours.practice_node")
    imports = "; ".join(f"import fer_ros.{node}" for node in nodes)
    says = "print('scipy' in sys.modules)"
    code = f"import sys; {imports}; {says}; import fer_ros.nodes.fer_node; {says}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.split() == ["False", "True"]
