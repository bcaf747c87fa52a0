"""ARCHITECTURE.md names the modules that exist, each in the table of its folder; and modules stay short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
PACKAGES = ("fer_ros", "fer_training")
LONGEST = 300
LARGEST = 14 * 1024


def folders():
    """Return the folders of both packages that hold Python files, as posix paths relative to the repository."""
    found = {path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    return sorted(folder.relative_to(ROOT).as_posix() for folder in found)


def modules(folder):
    return sorted(path.name for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py")


def listed():
    """Return the module names of each section's table, under the folder that is the section's heading."""
    tables, folder = {}, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            folder = line.lstrip("# ")
        elif line.startswith("| `"):
            tables.setdefault(folder, []).extend(re.findall(r"`([^`]+\.py)`", line.split("|")[1]))
    return {folder: names for folder, names in tables.items() if names}


@pytest.mark.parametrize("folder", [folder for folder in folders() if modules(folder)])
def test_every_module_is_in_the_table_of_its_folder_once_and_none_that_is_gone(folder):
    assert sorted(listed().get(folder, [])) == modules(folder)


def test_no_table_is_about_a_folder_that_is_gone():
    assert set(listed()) <= set(folders())


def test_no_module_is_too_long():
    lines = {path: len(path.read_text().splitlines()) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > LONGEST} == {}


def test_the_page_is_read_in_one_sitting():
    assert PAGE.stat().st_size <= LARGEST


def test_every_link_of_the_page_leads_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []
