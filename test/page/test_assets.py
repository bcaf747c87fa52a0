"""What the page is made of: the palette comes from the core, and nothing else names an expression's colour."""

import re

from fer_ros.core.palette import COLOURS, PEOPLE, UNCERTAIN, ink
from fer_ros.page.assets import assets, palette_css


def test_the_style_sheet_has_every_colour_of_the_palette_with_its_ink():
    sheet = palette_css()
    for label, colour in COLOURS.items():
        assert f'[data-label="{label}"] {{ --fill: {colour}; --ink: {ink(colour)}; }}' in sheet
    for number, colour in enumerate(PEOPLE):
        assert f'[data-person="{number}"] {{ --person: {colour};' in sheet
    assert UNCERTAIN in sheet


def test_no_other_file_names_a_colour_of_the_palette():
    for path, (body, kind) in assets().items():
        if path != "/palette.css" and kind != "image/svg+xml":
            named = set(re.findall(r"#[0-9a-f]{6}", body.decode()))
            assert not named & {*COLOURS.values(), *PEOPLE, UNCERTAIN}, path


def test_every_file_that_the_page_names_is_served():
    files = assets()
    page = files["/"][0].decode()
    named = set(re.findall(r'(?:href|src)="([\w.]+)"', page))
    for path, (body, kind) in files.items():
        if kind == "text/javascript":
            named |= {name.removeprefix("./") for name in re.findall(r'from "(\./[\w.]+)"', body.decode())}
            assert body.count(b"\n") <= 300, path
    assert {f"/{name}" for name in named} == set(files) - {"/"}


def test_nothing_is_loaded_from_elsewhere():
    for path, (body, _) in assets().items():
        assert not re.search(rb"https?://(?!www.w3.org/2000/svg)", body), path
