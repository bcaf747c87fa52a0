"""The README says what was measured."""

import re
from pathlib import Path

import pytest

from benchmarks.readme import TABLES

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_readme_is_that_of_the_results(name):
    (shown,) = re.findall(rf"<!-- measured: {name} -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert shown == TABLES[name]()
