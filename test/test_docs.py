"""The documentation says what the code declares, and its links lead somewhere."""

import importlib
import inspect
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from functools import cached_property
from pathlib import Path

import cv2
import pytest
import yaml
from pictures import smiling

from fer_ros.core import PROFILES
from fer_ros.nodes.parameters import NODES

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])
PUBLIC = ("fer_ros.core", "fer_ros.analysis", "fer_ros.client")


@pytest.fixture(scope="module")
def reference():
    """tools/reference.py, and with it its neighbours."""
    sys.path.append(str(ROOT / "tools"))
    yield importlib.import_module("reference")
    sys.path.remove(str(ROOT / "tools"))


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def slugs(text):
    """The anchors of a page's headings, as GitHub and mkdocs make them."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = set()
    for heading in re.findall(r"^#+ (.*)$", prose, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found |= {plain.replace(" ", "-"), re.sub(r"[\s-]+", "-", plain).strip("-")}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(page):
    text = page.read_text(encoding="utf-8")
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        there = (page.parent / target).resolve() if target else page
        missing = not there.exists() or ROOT not in there.parents
        if missing or (anchor and anchor not in slugs(there.read_text(encoding="utf-8"))):
            lost.append(link)
    assert lost == []


def test_the_pages_of_the_reference_are_those_of_the_code(reference):
    stale = [name for name, text in reference.wanted().items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run python tools/reference.py"


@pytest.mark.parametrize("node", NODES)
def test_topics_and_services_are_those_of_the_policy(reference, node):
    """test/nodes/test_policy.py holds the policy to the running nodes."""
    (profile,) = ElementTree.parse(ROOT / "config/sros2/policy.xml").findall(f".//profile[@node='{node}']")
    of_ros = {"/rosout", "/parameter_events", "~/transition_event"}
    allowed = {
        rule.get("publish") and "out" or rule.get("subscribe") and "in" or "": {name.text for name in rule} - of_ros
        for rule in profile
    }
    interface = reference.INTERFACES[node]
    for direction in ("in", "out"):
        named = {t.name for t in interface.topics if t.direction == direction and not t.optional}
        assert named == allowed.get(direction, set()), direction
    assert {service.name for service in interface.services} <= allowed[""]


def test_the_types_of_topics_and_services_exist(reference):
    things = [t for interface in reference.INTERFACES.values() for t in (*interface.topics, *interface.services)]
    assert len(things) > 15
    for thing in things:
        for kind in thing.kind.split(", "):
            package, name = kind.split("/")
            found = importlib.import_module(f"{package}.{'msg' if thing.direction else 'srv'}")
            assert inspect.isclass(getattr(found, name))


def documented(package):
    """The public functions and methods of a package: (name, what is called)."""
    module = importlib.import_module(package)
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isfunction(value):
            yield name, value
        elif inspect.isclass(value):
            for member, content in value.__dict__.items():
                function = content.__func__ if isinstance(content, classmethod) else content
                if inspect.isfunction(function) and not member.startswith("_"):
                    yield f"{name}.{member}", function


@pytest.mark.parametrize("package", PUBLIC)
def test_every_public_name_is_documented_with_its_arguments(package):
    module = importlib.import_module(package)
    silent = [n for n in module.__all__ if callable(getattr(module, n)) and not inspect.getdoc(getattr(module, n))]
    for name, function in documented(package):
        text = inspect.getdoc(function) or ""
        names = [parameter for parameter in inspect.signature(function).parameters if parameter not in ("self", "cls")]
        same = re.search(r"Arguments and errors are those of `\w+`", text)
        silent += [f"{name}({n})" for n in names if not same and not re.search(rf"\b{n}\b", text)]
    assert silent == []


@pytest.mark.parametrize("package", PUBLIC)
def test_every_property_says_what_it_is(package):
    module = importlib.import_module(package)
    classes = [getattr(module, name) for name in module.__all__ if inspect.isclass(getattr(module, name))]
    for value in classes:
        for name, content in value.__dict__.items():
            if isinstance(content, (property, cached_property)):
                assert inspect.getdoc(content), f"{value.__name__}.{name}"


def test_the_code_of_the_python_page_runs(tmp_path):
    """Its blocks one after the other, as somebody would type them, on a public-domain portrait."""
    text = (ROOT / "docs/python.md").read_text(encoding="utf-8").partition("<!-- reference -->")[0]
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    cv2.imwrite(str(tmp_path / "photo.jpg"), smiling())
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert len(blocks) == 2 and done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert " happy 0." in lines[0] and re.match(r"[a-z]{5} happy (happy|uncertain) 0\.", lines[-1]), lines
    assert cv2.imread(str(tmp_path / "annotated.jpg")).shape == smiling().shape


def navigation():
    """The pages of each entry of the site's navigation, in its order."""
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    entries = [value for entry in nav if isinstance(entry, dict) for value in entry.values()]
    return [[next(iter(page.values())) for page in entry] if isinstance(entry, list) else [entry] for entry in entries]


def test_the_navigation_follows_the_table_of_the_readme():
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## I want to ...")[1].split("\n## ")[0]
    elsewhere = {
        "ARCHITECTURE.md": "architecture.md",
        "CONTRIBUTING.md": "contributing.md",
        "SECURITY.md": "reference/security.md",
        "examples/README.md": "examples.md",
        "docs/decisions": "decisions",
    }
    rows = []
    for row in table.splitlines():
        links = re.findall(r"\]\(([^)#]+)\)", row)
        rows += [[elsewhere.get(link, link.removeprefix("docs/")) for link in links]] if links else []
    entries = navigation()
    assert len(rows) == len(entries) > 8
    for pages, entry in zip(rows, entries):
        assert pages[0] == entry[0] and set(pages) <= set(entry), f"{pages}: expected in one entry, got {entry}"


def test_every_page_has_a_place_in_the_navigation():
    listed = [page for entry in navigation() for page in entry]
    assert len(set(listed)) == len(listed)
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    of_decisions = {page for page in pages if page.startswith("decisions/")}
    assert pages - of_decisions - {"index.md", "images/README.md"} <= set(listed)


def test_the_home_page_shows_what_it_looks_like_and_leads_on():
    text = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    assert len(re.findall(r"!\[[^\]]+\]\(images/\w+\.(?:png|webp)\)", text)) >= 4
    entries = {page for entry in navigation() for page in entry}
    linked = {link for link in re.findall(r"\]\(([^)#]+\.md)\)", text) if not link.startswith((".", "images"))}
    assert len(linked) > 6 and linked <= entries


def test_what_the_table_of_failures_says_is_tested():
    """Each row names tests, and each of these exists."""
    text = (ROOT / "docs/failing_honestly.md").read_text(encoding="utf-8")
    table = text.split("| situation | what happens now | test |\n|---|---|---|\n")[1].split("\n\n")[0]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "test").rglob("test_*.py"))
    there = set(re.findall(r"^ *(?:async )?def (test_\w+)", sources, re.MULTILINE))
    rows = table.splitlines()
    assert len(rows) > 40
    for row in rows:
        situation, now, tests = re.split(r"(?<!\\) \| ", row.removeprefix("| ").removesuffix(" |"))
        named = set(re.findall(r"(?:`|::)(test_\w+)`", tests))
        assert situation and now and named, row
        assert named <= there, f"{situation}: expected tests that exist, got {sorted(named - there)}"


RECIPES = sorted((ROOT / "docs/recipes").glob("*.md"))


@pytest.mark.parametrize("page", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_says_which_tests_run_it_or_that_it_was_not_run(page):
    text = page.read_text(encoding="utf-8")
    ran = re.findall(
        r"^\*\(Runs in tests: (.+?)\.(?: \*\*Not run with this version:\*\* [^)]+\.)?\)\*$", text, re.MULTILINE
    )
    assert ran or "**Not run with this version:**" in text
    for path in re.findall(r"`([^`]+)`", " ".join(ran)):
        assert (ROOT / path).exists(), path


WAYS = ["With the `ros2` command", "With ROS 2 from wheels"]


@pytest.mark.parametrize("page", RECIPES, ids=lambda path: path.stem)
def test_what_needs_the_ros2_command_has_a_way_without_it(page):
    """As tabs of the site, which docs/hooks.py makes of the parts between the marks."""
    text = page.read_text(encoding="utf-8")
    tabs = re.findall(r"^ *<!-- tabs -->\n(.*?)^ *<!-- end tabs -->\n", text, re.DOTALL | re.MULTILINE)
    assert text.count("<!-- tabs -->") == text.count("<!-- end tabs -->") == len(tabs)
    assert all(re.findall(r"^ *\*\*(.+):\*\*$", tab, re.MULTILINE) == WAYS for tab in tabs)
    begins = re.search(r"^ {4,}ros2 (?:launch|run)", text, re.MULTILINE)
    assert tabs or not begins, "a recipe that begins with ros2 says how it is done on wheels"


def test_the_citation_names_this_version_and_the_paper():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    version = ElementTree.parse(ROOT / "package.xml").getroot().findtext("version")
    assert citation["version"] == version and citation["license"] == "Apache-2.0"
    (paper,) = [citation["preferred-citation"]] if "preferred-citation" in citation else citation["references"]
    assert paper["title"] in (ROOT / "README.md").read_text(encoding="utf-8") and paper["doi"]


def test_the_issue_form_asks_for_what_is_needed():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/bug.yml").read_text(encoding="utf-8"))
    asked = {field.get("id"): field for field in form["body"]}
    assert {"profile", "backend", "diagnostics"} <= set(asked)
    assert set(PROFILES) <= set(asked["profile"]["attributes"]["options"])


def test_the_workflow_runs_make_test_with_and_without_ros():
    jobs = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))["jobs"]
    commands = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert set(commands) == {"wheels", "apt"} and all("make test" in text for text in commands.values())
    assert "/opt/ros/jazzy" in commands["apt"] and "/opt/ros" not in commands["wheels"]
