"""The recipe for a session's bag, from the clip to the report, as it stands there."""

import re
import shlex
from pathlib import Path

from in_process import run_script

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (ROOT / "docs/recipes/evaluate_a_bag.md").read_text(encoding="utf-8")


def typed(line, folder):
    """Type a command of the recipe, with these sources."""
    words = shlex.split(line)
    command = words[1:] if words[0] == "python" else [f"scripts/{words[0]}", *words[1:]]
    done = run_script(ROOT / command[0], *command[1:], folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_recipe_gives_what_it_says(tmp_path):
    lines = re.findall(r"^    (.+)$", RECIPE, re.MULTILINE)
    labels = lines[lines.index("start,end,expression,left,top,right,bottom") :][:3]
    (tmp_path / "labels.csv").write_text("\n".join(labels) + "\n")
    clip, made, report = (
        next(line for line in lines if line.startswith(start))
        for start in ("python tools/make_clip.py", "fer-make-bag", "fer-evaluate-bag")
    )
    typed(clip, tmp_path)
    # What is printed is what the recipe says, whichever lines it is broken into.
    assert typed(made, tmp_path) == " ".join(lines[lines.index(made) + 1 :][:2]).split()
    assert typed(report, tmp_path) == " ".join(lines[lines.index(report) + 1 :][:3]).split()
    assert {path.name for path in (tmp_path / "report").iterdir()} >= {"report.html", "report.md", "frames.csv"}
