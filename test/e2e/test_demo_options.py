"""What `make demo` can be given: told in full, and mistakes told before anything is set up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make_demo(*words):
    """Run `make demo` with a mistake, or for its help; nothing of it may set up or start anything."""
    done = subprocess.run(["make", "demo", *words], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert "setup:" not in done.stdout and "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("words", [["demo", "HELP=1"], ["demo", "HELP=yes"], ["help"]])
def test_help_lists_every_variable(words):
    done = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    for name in ("SOURCE", "PROFILE", "OUT", "PAGE", "BACKEND", "DOMAIN", "HELP"):
        assert f"\n    {name} " in done.stdout


@pytest.mark.parametrize(
    "word, told",
    [
        ("SORCE=x.jpg", "unknown variable SORCE: did you mean SOURCE?"),
        ("source=x.jpg", "unknown variable source: did you mean SOURCE?"),
        ("SOURCE={0}/foto one.jpg", "no such file or folder: did you mean {0}/photo one.jpg?"),
        ("SOURCE=/nowhere/x.jpg", "SOURCE=/nowhere/x.jpg: no such file or folder: looked in /nowhere"),
        ("PROFILE=robo", "PROFILE=robo: expected default, paper, robot, or a parameter file: did you mean robot?"),
        ("BACKEND=gpu", "BACKEND=gpu: expected auto, litert, tensorflow"),
        ("PAGE=maybe", "PAGE=maybe: expected 1 or 0, or yes or no"),
        ("HELP=maybe", "HELP=maybe: expected 1 or 0, or yes or no"),
        ("DOMAIN=400", "DOMAIN=400: expected a number from 0 to 232"),
    ],
)
def test_a_mistake_is_told_in_one_line_before_the_set_up(word, told, tmp_path):
    (tmp_path / "photo one.jpg").write_bytes(b"")
    done = make_demo(word.format(tmp_path))
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if line.startswith("demo: ")][0].endswith(told.format(tmp_path))


def run_python(code, **environment):
    """Run code where the demo's own modules are found; returns what it printed."""
    # The tests may themselves be run by make.
    own = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
    environment = {**own, "PYTHONPATH": str(ROOT / "tools"), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("word, wanted", [("yes", True), ("TRUE", True), ("on", True), ("No", False), ("0", False)])
def test_yes_and_no_are_taken_in_every_usual_spelling(word, wanted):
    code = "import os; from demo_options import read_options as r; o = r(os.environ); print(o.page, o.help)"
    assert run_python(code, PAGE=word, HELP=word) == f"{wanted} {wanted}"


def test_an_inherited_domain_is_never_used_and_one_by_name_is():
    code = (
        "import os; from demo import node_environment; from demo_options import read_options;"
        "print(node_environment(read_options(os.environ), dict(os.environ))['ROS_DOMAIN_ID'])"
    )
    assert run_python(code, ROS_DOMAIN_ID="7") != "7"
    assert run_python(code, ROS_DOMAIN_ID="7", DOMAIN="5") == "5"
    # By name means on make's command line, where make is used: a shell may have a DOMAIN of its own.
    assert run_python(code, DOMAIN="0", MAKELEVEL="1", MAKEFLAGS="") != "0"
    assert run_python(code, DOMAIN="0", MAKELEVEL="1", MAKEFLAGS=" -- SOURCE=a\\ DOMAIN=7 DOMAIN=0") == "0"


def test_nothing_that_leads_to_a_robot_is_inherited():
    code = "import os; from demo import node_environment, Options; print(node_environment(Options(), dict(os.environ)))"
    said = run_python(code, ROS_DISCOVERY_SERVER="robot:11811", ROS_STATIC_PEERS="10.0.0.5", ROS_NAMESPACE="/robot")
    assert "robot:11811" not in said and "10.0.0.5" not in said and "ROS_NAMESPACE" not in said
    assert "'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'" in said


def test_a_domain_with_somebody_in_it_is_not_taken():
    # All domains but two are avoided, in which nobody of other tests is; then a participant listens in one of them.
    code = (
        "import socket; from demo import free_domain;"
        "one = free_domain(set()); other = free_domain({one});"
        "taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); taken.bind(('', 7400 + 250 * one + 10));"
        "print({free_domain(set(range(1, 102)) - {one, other}) for _ in range(20)} == {other})"
    )
    assert run_python(code) == "True"
