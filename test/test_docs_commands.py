"""What the documentation tells people to type exists, and what it says is printed is printed."""

import ast
import contextlib
import importlib
import io
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from fer_ros.launching import arguments
from fer_ros.nodes.parameters import NODES

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])
# Decisions, and the story of a training, are of their time.
PAGES = [page for page in PAGES if "decisions" not in page.parts]
LAUNCH = {
    "fer.launch.py": arguments.FER,
    "webcam.launch.py": (*arguments.WEBCAM, *arguments.FER),
    "practice.launch.py": (*arguments.PRACTICE, *arguments.WEBCAM, *arguments.FER),
    "replay.launch.py": (*arguments.REPLAY, *arguments.FER),
}
SCRIPTS = dict(re.findall(r'^(fer-[\w-]+) = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE))
PARAMETERS = {parameter.name for declared in NODES.values() for parameter in declared}


def commands(page):
    """The commands of a page: lines of its blocks of code, joined where one goes on, and its inline code."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"(?:^    .*\n?)+", text, re.MULTILINE)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.split(" #")[0].strip() for line in lines] + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text))


@lru_cache
def options_of(*program):
    """The options that a command's own help names, and those that it refuses with a new name."""
    module, function = SCRIPTS[program[0]].split(":")
    with contextlib.redirect_stdout(io.StringIO()) as said, pytest.raises(SystemExit) as left:
        getattr(importlib.import_module(module), function)([*program[1:], "--help"])
    assert left.value.code == 0
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", said.getvalue()))


def program(words):
    """The words that start one of our commands, or () for any other."""
    if words[0] == "fer-train" and len(words) > 1 and words[1].isalnum():
        return tuple(words[:2])
    return tuple(words[:1]) if words[0] in SCRIPTS else ()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_option_is_one_of_its_command(page):
    unknown = []
    for line in commands(page):
        words = line.split()
        if words and program(words):
            given = set(re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", line.split(" | ")[0]))
            unknown += [f"{' '.join(program(words))} {o}" for o in given - options_of(*program(words))]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_launch_argument_and_parameter_is_declared(page):
    unknown = []
    for line in commands(page):
        if found := re.search(r"\b(\w+\.launch\.py)\b(.*)", line):
            if found[1] not in LAUNCH:
                continue
            known = {argument.name for argument in LAUNCH[found[1]]}
            unknown += [f"{found[1]} {name}" for name in re.findall(r"([\w.]+):=", found[2]) if name not in known]
        elif re.search(r"\b(fer_node|camera_node|viewer_node|practice_node|page_node)\b", line):
            unknown += [name for name in re.findall(r"-p [\"']?([\w.]+):=", line) if name not in PARAMETERS]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_script_and_target_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    missing = []
    for line in commands(page):
        for name in re.findall(
            r"^python (?:-P )?-m ((?:benchmarks|reliability|fuzz|fer_ros|fer_training)[\w.]*)", line
        ):
            missing += [] if find_spec(name) else [name]
        for name in re.findall(r"^(?:python )?((?:scripts|tools|examples)/[\w./-]+)", line):
            missing += [] if (ROOT / name).exists() else [name]
        for name in re.findall(r"^make ([a-z]+)", line):
            missing += [] if re.search(rf"^{name}:", makefile, re.MULTILINE) else [f"make {name}"]
    assert missing == []


def texts_of_the_sources():
    """Every piece of text in the sources, with a gap where a value is put in."""
    found = []
    for path in [*ROOT.glob("fer_ros/**/*.py"), *ROOT.glob("launch/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.append("".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values))
    return "\n".join([*found, *(path.read_text() for path in (ROOT / "tools/setup.sh", ROOT / "env.bash"))])


def pieces(message):
    """The parts of a message between names, numbers and gaps."""
    values = r"\.\.\.|[\d.]*\d|/\w+|[A-Z]{6,}|\w+\.\w+|expected |[:;,`]| s\b"
    return [piece.strip() for piece in re.split(values, message)]


def test_troubleshooting_quotes_messages_that_are_printed():
    """The longest piece of a quoted message stands in the sources."""
    sources = texts_of_the_sources()
    rows = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8").splitlines()
    quoted = [text for row in rows if row.startswith("| `") for text in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    # CMake's own and Python's own.
    foreign = ("package configuration file", "No module named")
    longest = [max(pieces(text), key=len) for text in quoted if not any(words in text for words in foreign)]
    telling = {piece for piece in longest if len(piece.split()) > 2}
    assert len(telling) > 20
    assert {piece for piece in telling if piece not in sources} == set()
