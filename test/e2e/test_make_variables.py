"""A variable that a target of make does not have is told before anything is set up."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def make(*words):
    # The tests may themselves be run by make, and a make inside another one says which folder it enters.
    own = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
    return subprocess.run(["make", *words], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bench", "FER2103=x"], "make bench: unknown variable FER2103: did you mean FER2013?"),
        (["bench", "clips=x"], "make bench: unknown variable clips: did you mean CLIPS?"),
        (["setup", "SOURCE=a b.jpg"], "make setup: unknown variable SOURCE: it is one of make demo"),
        (["fuzz", "COLOUR=1"], "make fuzz: unknown variable COLOUR: make fuzz has RUNS, TARGETS; make help lists all"),
        (["setup", "COLOUR=1"], "make setup: unknown variable COLOUR: make setup has none; make help lists all"),
    ],
)
def test_an_unknown_variable_is_told_with_what_may_have_been_meant(words, told):
    done = make(*words)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.splitlines()[0] == told


def test_what_a_target_has_is_taken():
    # -n: nothing but what checks the variables is run.
    command = make("-n", "bench", "CLIPS=some clips", "PYTHON=python3", "PIP_INDEX_URL=https://mirror").stdout
    check = next(line for line in command.splitlines() if "make_variables.py" in line)
    assert '--clips "some clips"' in command
    done = subprocess.run(
        ["bash", "-c", check], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "MAKEFLAGS": "n -- PIP_INDEX_URL=https://mirror PYTHON=python3 CLIPS=a\\ b"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_variable_of_the_makefile_is_known():
    text = (ROOT / "Makefile").read_text()
    used = set(re.findall(r"\$[({]([A-Z][A-Z0-9_]+)", text)) - {"MAKEFILE_LIST", "MAKECMDGOALS"}
    for target, names in re.findall(r"^(\w+):.*##(.*)$", text, re.MULTILINE):
        used |= set(re.findall(r"\b([A-Z][A-Z0-9]+)=", names))
        assert make("-n", target).returncode == 0
    used |= set(re.findall(r"\$\$\{([A-Z]+)", text))
    known = subprocess.run(
        ["python3", "-c", "import make_variables as m; print(*{n for own in m.TARGETS.values() for n in own})"],
        cwd=ROOT / "tools", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert used - set(known.stdout.split()) == set() and {"FER2013", "CLIPS", "RUNS", "MINUTES"} <= used


def test_the_demo_has_the_variables_that_its_help_lists():
    code = "import demo_options as d, make_variables as m; print(set(d.VARIABLES) == set(m.TARGETS['demo']))"
    done = subprocess.run(["python3", "-c", code], cwd=ROOT / "tools", capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True", done.stderr
