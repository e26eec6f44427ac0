"""Every page of the book, as a reader opens it."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from playwright.sync_api import Page, expect

from mlops_landscape.book.chapters import docnames, read_chapters
from mlops_landscape.book.picture import THEMES, is_current
from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.paths import REPOSITORY
from mlops_landscape.runs import read_record

PAGES = docnames()
EXECUTED = [chapter.docname for chapter in read_chapters() if chapter.is_executed]


# Requests to other hosts and console errors fail each of these tests when the page is closed.

# Each width, each scheme and each way to open a page once: that a page fits depends on the width
# alone, its contrasts on the colours alone, and what a file may not load on the way alone.
VIEWS = [(390, True, "file"), (1280, False, "http")]


@pytest.mark.parametrize(("width", "dark", "scheme"), VIEWS, ids=["stick", "server"])
@pytest.mark.parametrize("name", PAGES)
def test_page_opens_fits_and_is_accessible(
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    name: str,
    width: int,
    dark: bool,
    scheme: str,
) -> None:
    """From a memory stick on a phone in the dark, and from a server on a screen by day."""
    page = open_page(name, scheme=scheme, width=width, dark=dark)
    expect(page.locator("article.bd-article h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert too_wide <= 0, f"the page is {too_wide} px wider than the screen"
    assert "\ufffd" not in page.content(), "a character was lost on the way to the page"
    # On the wide screen nothing is new but the colours.
    violations = axe(page, "article.bd-article", None if dark else ["color-contrast"])
    assert not violations, "\n".join(violations)


def test_root_leads_to_the_landing_page(new_page: Callable[..., Page], site: str) -> None:
    page = new_page()
    page.goto(site + "/")
    page.wait_for_url("**/book/index.html")
    expect(page.locator("article.bd-article h1")).to_contain_text("MLOps Tools Landscape")


def test_every_link_inside_the_book_leads_somewhere(html: Path) -> None:
    dead = []
    for path in sorted(html.rglob("*.html")):
        if "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r'<a[^>]+href="([^"]+)"', text):
            address = urlsplit(target)
            if address.scheme or address.netloc or not address.path:
                continue
            if not (path.parent / address.path).resolve().exists():
                dead.append(f"{path.relative_to(html)}: {target}")
    assert not dead, "\n".join(dead)


@pytest.mark.parametrize("name", EXECUTED)
def test_executed_page_is_stamped_with_what_is_installed(html: Path, name: str) -> None:
    text = (html / f"{name}.html").read_text(encoding="utf-8")
    stamp = re.search(r'<p class="stamp".*?</p>', text, re.DOTALL)
    assert stamp, "the page does not say when it ran"
    ran = re.search(r'datetime="([^"]+)Z"', stamp[0])
    assert ran
    assert datetime.fromisoformat(ran[1]) <= datetime.now()
    chapter = next(chapter for chapter in read_chapters() if chapter.docname == name)
    for tool in chapter.tools:
        assert f"{tool} {version(tool)}" in stamp[0]


@pytest.mark.parametrize("name", EXECUTED)
def test_launch_button_opens_the_page_as_a_notebook_in_binder(html: Path, name: str) -> None:
    text = (html / f"{name}.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="(https://mybinder\.org[^"]+)"', text))
    assert len(links) == 1, "one launch button, one address"
    address = urlsplit(links.pop())
    repository = yaml.safe_load((REPOSITORY / "_config.yml").read_text())["repository"]
    owner_and_name = urlsplit(repository["url"]).path.strip("/")
    assert address.path == f"/v2/gh/{owner_and_name}/{repository['branch']}"
    assert parse_qs(address.query)["urlpath"] == [f"lab/tree/{name}.md"]
    assert (REPOSITORY / f"{name}.md").is_file()


def test_a_page_of_text_has_no_launch_button(html: Path) -> None:
    for name in set(PAGES) - set(EXECUTED):
        assert "mybinder.org/v2" not in (html / f"{name}.html").read_text(encoding="utf-8")


def test_build_report_lists_every_executed_page(open_page: Callable[..., Page]) -> None:
    page = open_page("reference/build-report")
    rows = page.get_by_role("region", name="Build report").locator("tbody tr")
    assert rows.count() == len(EXECUTED)
    for row in rows.all():
        assert row.locator("td").nth(3).inner_text() == "ran"
        assert float(row.locator("td").nth(1).inner_text()) > 0


def test_build_report_tells_of_every_tool_what_the_build_ran(
    open_page: Callable[..., Page],
) -> None:
    record = read_record()
    assert record is not None
    page = open_page("reference/build-report")
    names = {tool.name: tool.id for tool in load_catalogue().tools}
    rows = page.get_by_role("region", name="What ran").locator("tbody tr")
    told = {
        names[row.locator("th").inner_text()]: row.locator("td").first.inner_text()
        for row in rows.all()
    }
    assert told == {tool: record.of(tool).words for tool in names.values()}
    sums = page.get_by_role("region", name="How many tools ran").locator("tbody tr")
    assert sum(int(row.locator("td").first.inner_text()) for row in sums.all()) == len(names)
    # Whatever was left out is said on its page and here; with CI set, nothing may be.
    assert ("Not run in this build" in page.content()) == bool(record.left_out)


def test_pages_without_the_map_or_a_widget_stay_light(html: Path) -> None:
    text = (html / "book/reference/build-report.html").read_text(encoding="utf-8")
    scripts = " ".join(re.findall(r"<script[^>]*>", text)).lower()
    for heavy in ("plotly", "embed-amd", "widget-host", "fontawesome", "mathjax", "thebe"):
        assert heavy not in scripts
    assert "searchindex" not in scripts


def test_outputs_show_no_path_of_the_machine_that_built_them(html: Path) -> None:
    for path in sorted(html.rglob("*.html")):
        if "_static" not in path.parts:
            assert str(REPOSITORY) not in path.read_text(encoding="utf-8"), path.name


def test_search_finds_a_chapter(open_page: Callable[..., Page]) -> None:
    page = open_page("index")
    page.goto(page.url.replace("book/index.html", "search.html") + "?q=registry")
    expect(page.locator("#search-results li a").first).to_be_visible()


def test_search_index_holds_the_pages_and_not_the_repository(html: Path) -> None:
    index = (html / "searchindex.js").read_text(encoding="utf-8")
    names = json.loads(index[index.index("{") : index.rindex("}") + 1])["docnames"]
    assert sorted(names) == sorted(PAGES)


@pytest.mark.parametrize("theme", THEMES)
def test_picture_of_the_map_shows_the_catalogue_as_it_is(theme: str) -> None:
    assert is_current(theme), "the catalogue has changed. Mend: run `make picture`"
