"""What the browser is given: the trimmed stylesheet keeps what pages use, and all of it is light."""

import re
from pathlib import Path

import brotli
import pytest
from django.test import RequestFactory
from django.utils import translation

from tools import assets, weight
from xueshi.web.look import views

THEME = assets.LOOK / "static" / "look" / "theme.css"
DYNAMIC = re.compile(r"\{\{.*?\}\}")
LOGIC = re.compile(r"\{%.*?%\}")


@pytest.fixture(scope="module")
def trimmed():
    return assets.trimmed()


def templates():
    return sorted((assets.ROOT / "xueshi" / "web").rglob("*.html"))


def classes_of(page: Path) -> set[str]:
    """The classes written out in a template; those put together from data are not known here."""
    found = set()
    for value in re.findall(r'class="((?:\{[%{].*?[%}]\}|[^"])*)"', page.read_text(encoding="utf-8")):
        words = LOGIC.sub(" ", DYNAMIC.sub("\0", value)).split()
        found |= {word for word in words if "\0" not in word}
    return found


def classes_in(css: str) -> set[str]:
    return {name.replace("\\", "") for name in re.findall(r"\.(-?[_a-zA-Z](?:[\w-]|\\.)*)", css)}


def test_the_trimmed_stylesheet_keeps_every_class_of_tabler_that_a_page_uses(trimmed):
    used = set().union(*(classes_of(page) for page in templates()))
    tabler = classes_in(assets.TABLER.read_text(encoding="utf-8"))

    assert "btn-primary" in used & tabler
    assert (used & tabler) - classes_in(trimmed) == set()


def test_every_class_on_a_page_exists(trimmed):
    known = classes_in(trimmed) | classes_in(THEME.read_text(encoding="utf-8"))

    unknown = {f"{page.relative_to(assets.ROOT)}: {name}" for page in templates() for name in classes_of(page) - known}
    assert unknown == set()


def test_every_icon_on_a_page_is_in_the_sprite():
    sprite = assets.sprite()
    drawn = {
        (page.name, name)
        for page in templates()
        for name in re.findall(r'\{% icon "([^"]+)"', page.read_text(encoding="utf-8"))
    }

    assert drawn
    assert {(page, name) for page, name in drawn if f'id="i-{name}"' not in sprite} == set()


def test_our_stylesheet_uses_nothing_newer_than_the_oldest_browser_we_promise():
    css = THEME.read_text(encoding="utf-8")

    for newer in ("color-mix", ":has(", "@container", "aspect-ratio", "oklch", "light-dark", "@layer"):
        assert newer not in css.replace("no color-mix, :has", "")


def test_a_first_visit_is_at_most_80_kilobytes():
    with translation.override("zh-hans"):
        page = views.states(RequestFactory().get("/look/")).content

    parts = weight.parts(assets.trimmed().encode(), assets.sprite().encode())
    total = sum(parts.values()) + len(brotli.compress(page))

    assert parts.keys() == {"tabler.css", "theme.css", "xueshi.js", "htmx.js", "icons.svg"}
    assert total <= weight.MOST, parts


def test_installing_again_is_not_needed_when_the_lock_is_the_same():
    assert assets.install() is False


def test_the_lock_file_names_no_registry():
    lock = (assets.ROOT / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock
    assert "http" not in re.sub(r'"funding":\s*(\{.*?\}|\[.*?\]|".*?")', "", lock, flags=re.DOTALL)
