"""ARCHITECTURE.md is a map of the tree: every module in one line, its own, in the order in which data flows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PACKAGES = ("fer_ros", "fer_training")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.stat().st_size)


def listed():
    """The rows of each folder's table: (module, what it does) by the folder's path."""
    tables = re.findall(r"<!-- modules of (\S+) -->\n(.*?)<!-- end -->", TEXT, re.DOTALL)
    return {folder: re.findall(r"^\| `(\w+\.py)` \| (.*) \|$", rows, re.MULTILINE) for folder, rows in tables}


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_siblings(folder, module):
    """The modules of the same folder that one imports, wherever it does."""
    package = folder.replace("/", ".")
    found = set()
    for node in ast.walk(parsed(ROOT / folder / module)):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            found |= {f"{alias.name}.py" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
            found.add(f"{node.module.removeprefix(package + '.').split('.')[0]}.py")
    return found


def test_every_module_is_listed_once_and_none_that_is_gone():
    there = sorted(f"{path.parent.relative_to(ROOT)}/{path.name}" for path in MODULES if path.name != "__init__.py")
    names = sorted(f"{folder}/{module}" for folder, rows in listed().items() for module, _ in rows)
    assert names == there


@pytest.mark.parametrize("folder", listed())
def test_a_line_is_the_first_sentence_of_its_module(folder):
    for module, line in listed()[folder]:
        text = ast.get_docstring(parsed(ROOT / folder / module)).split("\n\n")[0]
        assert line == " ".join(text.split()).removesuffix("."), f"{folder}/{module}: run python tools/reference.py"


@pytest.mark.parametrize("folder", listed())
def test_a_module_imports_none_that_stands_below_it(folder):
    order = [module for module, _ in listed()[folder]]
    below = {
        module: imported_siblings(folder, module) & set(order[number + 1 :]) for number, module in enumerate(order)
    }
    assert {module: found for module, found in below.items() if found} == {}


def test_every_folder_has_a_heading():
    headings = set(re.findall(r"^### (\S+)$", TEXT, re.MULTILINE))
    assert headings == {str(path.parent.relative_to(ROOT)) for path in MODULES}


def test_no_module_is_longer_than_300_lines():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_package_says_what_it_is():
    silent = [path for path in MODULES if not ast.get_docstring(parsed(path))]
    assert silent == []
