"""The site as somebody opens it who has it on a stick: from the disk, in a real Chromium."""

import shutil
import subprocess
from pathlib import Path

import pytest
from page.browser import Browser, find_chromium

ROOT = Path(__file__).resolve().parents[1]
MKDOCS = ROOT / "build/docs-environment/bin/mkdocs"
CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.skipif(not MKDOCS.exists(), reason="make docs makes the site generator's environment"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built elsewhere than make docs does."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [MKDOCS, "build", "--quiet", "--clean", "--site-dir", folder],
        check=True,
        cwd=ROOT,
        timeout=110,
        env={"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin"},
    )
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(CHROMIUM, tmp_path_factory.mktemp("profile"))
    browser.resize(1280, 900)
    yield browser
    browser.close()


def visit(browser, path):
    browser.open(path.as_uri())
    assert browser.shows(f"location.href === {path.as_uri()!r} && document.readyState === 'complete'")


def press(browser, key):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=key, **({"text": key} if kind == "keyDown" else {}))


def test_pages_and_parts_of_names_are_found_without_a_server(site, browser):
    visit(browser, site / "index.html")
    assert browser.shows("document.querySelector('.md-search__input')")
    browser.ask("document.querySelector('.md-search__input').focus()")
    for query, page in (("full_scan", "reference/parameters.html"), ("reindex", "recipes/evaluate_a_bag.html")):
        browser.ask("document.querySelector('.md-search__input').value = ''")
        browser.call("Input.insertText", text=query[:-1])
        press(browser, query[-1])
        found = f"[...document.querySelectorAll('.md-search-result__link')].some(a => a.href.includes({page!r}))"
        assert browser.shows(found), browser.ask("document.querySelector('.md-search-result__meta').textContent")
    assert browser.errors == []


def test_nothing_is_loaded_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for mark in ('<script src="http', 'rel="stylesheet" href="http', '<img src="http'):
            assert mark not in text, page
        assert "unpkg.com" not in text, page


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_window_and_no_name_breaks_inside_a_word(site, browser, width):
    browser.resize(width, 900)
    for page in ("index", "reference/parameters", "reference/nodes", "failing_honestly", "recipes/two_cameras"):
        visit(browser, site / f"{page}.html")
        assert browser.ask("document.documentElement.scrollWidth") <= width, page
        broken = browser.ask(
            "[...document.querySelectorAll('table code:not(.long)')].filter(c => c.getClientRects().length > 1)"
            ".map(c => c.textContent)"
        )
        assert broken == [], page


def test_a_page_leads_to_the_ones_before_and_after_it_and_changes_its_colours(site, browser):
    browser.resize(1280, 900)
    visit(browser, site / "recipes/two_cameras.html")
    assert browser.ask("[...document.querySelectorAll('.md-footer__link')].map(a => a.getAttribute('href'))") == [
        "camera_drivers.html",
        "compressed.html",
    ]
    scheme = browser.ask("document.body.getAttribute('data-md-color-scheme')")
    browser.ask("[...document.querySelectorAll('form[data-md-component=palette] label')].find(l => !l.hidden).click()")
    assert browser.shows(f"document.body.getAttribute('data-md-color-scheme') !== {scheme!r}")


def test_the_ways_of_a_recipe_are_tabs(site, browser):
    visit(browser, site / "recipes/two_cameras.html")
    titles = browser.ask("[...document.querySelectorAll('.tabbed-labels label')].map(l => l.textContent.trim())")
    assert titles == ["With the ros2 command", "With ROS 2 from wheels"]
    hidden = "[...document.querySelectorAll('.tabbed-block')].map(b => getComputedStyle(b).display === 'none')"
    assert browser.ask(hidden) == [False, True]
    browser.ask("document.querySelectorAll('.tabbed-labels label')[1].click()")
    assert browser.shows(f"JSON.stringify({hidden}) === '[true,false]'")


def test_the_build_refuses_tabs_without_titles(site, tmp_path):
    for name in ("docs", "mkdocs.yml", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "examples"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    for card in ("default", "balanced"):
        (tmp_path / f"fer_ros/models/{card}").mkdir(parents=True)
        shutil.copy(ROOT / f"fer_ros/models/{card}/MODEL_CARD.md", tmp_path / f"fer_ros/models/{card}")
    page = tmp_path / "docs/recipes/gpu.md"
    page.write_text(page.read_text() + "\n<!-- tabs -->\nfirst\n<!-- end tabs -->\n")
    done = subprocess.run(
        [MKDOCS, "build", "--quiet", "--site-dir", tmp_path / "site"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0 and "expected a bold line with a colon right behind <!-- tabs -->" in done.stderr
