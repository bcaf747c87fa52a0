"""The front door is one page of plain sentences, and its links lead somewhere."""

import re
from pathlib import Path

import cv2
from in_process import run_script
from pictures import smiling

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sentences():
    """Yield the sentences of the prose: no code, tables, headings, comments or link targets."""
    prose = [line for line in README.splitlines() if not re.match(r"    |\||#|<!--|!\[", line)]
    for block in re.split(r"\n\s*\n|\n- ", "\n".join(prose)):
        text = re.sub(r"\]\([^)]*\)", "]", " ".join(block.split()))
        yield from (part for part in re.split(r"(?<=[.!?:])\s+", text) if part)


def test_it_is_one_page():
    assert len(README.encode()) <= 8192


def test_no_sentence_is_longer_than_thirty_words():
    long = [sentence for sentence in sentences() if len(sentence.split()) > 30]
    assert not long
    assert sum(1 for _ in sentences()) > 30, "the test sees the sentences"


def test_every_link_leads_to_a_file():
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(links) > 20
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_its_python_runs(tmp_path):
    """The six lines, on a public-domain portrait."""
    (code,) = re.findall(r"(?:    .*\n|\n)+", README.split("## In Python")[1])[:1]
    cv2.imwrite(str(tmp_path / "photo.jpg"), smiling())
    (tmp_path / "six_lines.py").write_text(re.sub(r"^    ", "", code, flags=re.MULTILINE))
    done = run_script(tmp_path / "six_lines.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Box\(.*\) happy (0\.[89]\d*) \1 \n", done.stdout), done.stdout
