"""The targets of `make fuzz`, for a second each: only documented errors, the same answer twice, no file outside."""

import functools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS, check

REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*-*"))


def inputs(target):
    """Any bytes, and the target's seeds with some bytes changed, cut or put in."""

    def changed(seed, at, taken, put):
        at = at % (len(seed) + 1)
        return seed[:at] + put + seed[at + taken :]

    mutated = st.builds(
        changed, st.sampled_from(target.seeds), st.integers(0, 9999), st.integers(0, 8), st.binary(max_size=8)
    )
    return st.one_of(st.binary(max_size=min(target.longest, 256)), mutated)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_keeps_its_promises(name, tmp_path):
    @settings(max_examples=50, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(TARGETS[name]))
    def run(data):
        check(name, data, tmp_path)

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_reach_an_answer(name, tmp_path):
    """Otherwise the fuzzer would only ever see what is refused at the door."""
    answers = [check(name, seed, tmp_path) for seed in TARGETS[name].seeds]
    assert any(not isinstance(answer, tuple) or answer[0] != "refused" for answer in answers), answers


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.name)
def test_a_finding_stays_mended(path, tmp_path):
    answer = check(path.name.split("-")[0], path.read_bytes(), tmp_path)
    assert answer[0] == "refused"


def test_a_broken_promise_is_a_finding(tmp_path, monkeypatch):
    answers = iter(range(9))
    monkeypatch.setitem(TARGETS, "counter", functools.partial(type(TARGETS["bundle"]), lambda *_: next(answers))())
    with pytest.raises(RuntimeError, match="two answers"):
        check("counter", b"", tmp_path)


def test_a_file_opened_outside_the_folder_is_a_finding(tmp_path, monkeypatch):
    from fuzz import targets

    inside, outside = tmp_path / "inside", tmp_path / "outside.txt"
    inside.mkdir()
    outside.write_text("secret")
    monkeypatch.setattr(targets, "load_bundle", lambda folder: outside.read_text())
    with pytest.raises(RuntimeError, match=r"opened .*outside\.txt"):
        check("bundle", b"", inside)
