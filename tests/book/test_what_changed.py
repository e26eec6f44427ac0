"""What changed: every row of then and now is what the chapter's cells really printed."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from executed_page import LOOKS
from playwright.sync_api import Page, expect

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.catalogue.changes import Change, load_changes

OpenPage = Callable[..., Page]
CATALOGUE = load_catalogue()
CHANGES = load_changes(catalogue=CATALOGUE)
NAME = "reference/what-changed"


def even(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def printed(page: str) -> str:
    """Return all that the cells of a page printed, without markup, spaces evened out."""
    outputs = re.findall(r'<div class="cell_output.*?(?=<div class="cell |</section>)', page, re.S)
    return even(unescape(re.sub(r"<[^>]+>", "", " ".join(outputs))))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.id)
def test_the_chapter_printed_what_the_table_says(html: Path, change: Change) -> None:
    page = (html / f"book/{change.chapter}.html").read_text(encoding="utf-8")
    assert even(change.shows) in printed(page)
    assert f'id="{change.anchor}"' in page


def test_the_counts_in_the_text_are_the_catalogues(open_page: OpenPage) -> None:
    text = even(open_page(NAME).locator("article").inner_text())
    events = [event for tool in CATALOGUE.tools for event in tool.events]
    touched = [tool for tool in CATALOGUE.tools if tool.events]
    assert f"{len(touched)} of the {len(CATALOGUE.tools)} tools" in text
    assert f"{len(events)} in all" in text
    assert f"Of the {len(CHANGES)} pairs" in text


def test_every_event_is_drawn_and_in_the_table(open_page: OpenPage) -> None:
    page = open_page(NAME)
    page.wait_for_selector(".book-figure[data-drawn]")
    events = sum(len(tool.events) for tool in CATALOGUE.tools)
    assert page.locator(".book-figure-plot path.point").count() == events
    assert page.locator(".history-table.is-events tbody tr").count() == events
    label = page.locator(".book-figure-plot").get_attribute("aria-label")
    assert label
    assert label.startswith(f"{events} events")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_click_on_an_event_opens_the_tool(open_page: OpenPage, scheme: str) -> None:
    page = open_page(NAME, scheme=scheme)
    page.wait_for_selector(".book-figure[data-drawn]")
    mark = page.locator(".book-figure-plot .trace").last.locator("path.point").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    expect(page.locator(".hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(re.compile(r"reference/tools\.html#[a-z0-9-]+$"))


def test_links_lead_to_tools_and_sections_that_exist(html: Path) -> None:
    folder = html / "book/reference"
    page = (folder / "what-changed.html").read_text(encoding="utf-8")
    targets = set(re.findall(r'<a href="((?:tools|\.\./[\w/-]+)\.html#[\w-]+)"', page))
    assert len(targets) > 20
    for target in targets:
        path, anchor = target.split("#")
        text = (folder / path).resolve().read_text(encoding="utf-8")
        assert f'id="{anchor}"' in text, target


@LOOKS
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, axe: Callable[..., list[str]], width: int, dark: bool
) -> None:
    page = open_page(NAME, width=width, dark=dark)
    page.wait_for_selector(f".book-figure[data-drawn={'dark' if dark else 'light'}]")
    assert axe(page, "article") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
