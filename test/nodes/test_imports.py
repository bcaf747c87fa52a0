"""What is missing is said in one line."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("missing", ["rclpy", "fer_ros.msg"])
def test_a_missing_part_is_named_with_the_way_to_get_it(missing):
    attempt = "try:\n    import fer_ros.nodes\nexcept ImportError as error:\n    print(error)"
    code = f"import sys; sys.modules[{missing!r}] = None\n{attempt}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert "\n" not in said and missing in said and "env.bash" in said
