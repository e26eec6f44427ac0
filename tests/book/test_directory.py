"""The tool directory: read, searched, sorted, taken away; old facts warn."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.directory import as_json
from mlops_landscape.directory.questions import catalogue_quiz
from mlops_landscape.runs import read_record

OpenPage = Callable[..., Page]
CATALOGUE = load_catalogue()
RECORD = read_record()
QUIZ = catalogue_quiz(CATALOGUE, "reference/tools")
NAME = "reference/tools"
ROWS = ".directory-table tbody tr"


@pytest.fixture
def open_directory(open_page: OpenPage) -> OpenPage:
    """Give a function that opens the page and waits for the table's script."""

    def open_(**options: object) -> Page:
        page = open_page(NAME, **options)
        page.wait_for_selector(".directory-tools[data-ready]")
        return page

    return open_


def names(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        f"{ROWS}:not([hidden])", "rows => rows.map(row => row.cells[0].textContent)"
    )


def test_every_tool_has_a_row_and_an_entry_under_its_anchor(open_directory: OpenPage) -> None:
    page = open_directory()
    assert names(page) == [tool.name for tool in CATALOGUE.tools]
    expect(page.locator(".directory-count")).to_have_text(f"{len(CATALOGUE.tools)} tools")
    entries = page.locator(".directory-entry")
    ids = entries.evaluate_all("entries => entries.map(entry => entry.id)")
    assert sorted(ids) == sorted(tool.id for tool in CATALOGUE.tools)
    # No link inside the page leads nowhere.
    dead = page.evaluate(
        """() => [...document.querySelectorAll('article a[href^="#"]')]
            .map(link => link.getAttribute('href').slice(1))
            .filter(id => id && !document.getElementById(id))"""
    )
    assert dead == []


@pytest.mark.parametrize("tool", CATALOGUE.tools, ids=lambda tool: tool.id)
def test_an_entry_says_what_the_catalogue_says(html: Path, tool: object) -> None:
    from html import unescape

    page = unescape((html / "book/reference/tools.html").read_text(encoding="utf-8"))
    start = page.index(f'id="{tool.id}"')  # type: ignore[attr-defined]
    entry = page[start : page.index("</section>", start)]
    for text in (tool.summary, tool.choose, tool.leave, tool.runs.why):  # type: ignore[attr-defined]
        assert text
        assert text in entry
    for other in CATALOGUE.alternatives(tool):  # type: ignore[arg-type]
        assert f'href="#{other.id}"' in entry
    assert tool.status.checked_on.isoformat() in entry  # type: ignore[attr-defined]


def test_every_page_that_an_entry_links_to_is_in_the_book(html: Path) -> None:
    folder = html / "book/reference"
    assert RECORD is not None
    pages = [
        *(tool.chapter for tool in CATALOGUE.tools if tool.chapter),
        *(page for run in RECORD.tools.values() for page in run.pages),
    ]
    assert pages
    text = (folder / "tools.html").read_text(encoding="utf-8")
    for page in pages:
        assert f'href="../{page}.html' in text
        assert (folder / f"../{page}.html").resolve().is_file()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_and_filters_narrow_it_down(open_directory: OpenPage, scheme: str) -> None:
    page = open_directory(scheme=scheme)
    page.get_by_label("Find a tool, a job, a licence").fill("feature stores")
    assert names(page) == ["Feast", "Tecton"]
    expect(page.locator(".directory-count")).to_contain_text(f"2 of {len(CATALOGUE.tools)}")
    page.get_by_label("Find a tool, a job, a licence").fill("")
    page.get_by_label("still alive").check()
    page.get_by_label("licence approved by the OSI").check()
    page.get_by_label("works without an account").check()
    assert set(names(page)) == {
        tool.name
        for tool in CATALOGUE.tools
        if tool.osi_approved and not tool.is_ended and tool.account.value is False
    }


def test_a_click_sorts_and_a_second_one_turns_it_round(open_directory: OpenPage) -> None:
    page = open_directory()
    head = page.get_by_role("columnheader", name="Tool")
    head.get_by_role("button").click()
    assert names(page) == sorted(names(page), key=str.casefold)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert names(page) == sorted(names(page), key=str.casefold, reverse=True)


def test_releases_are_sorted_by_age_with_the_keyboard(open_directory: OpenPage) -> None:
    page = open_directory()
    button = page.get_by_role("columnheader", name="Release").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    packaged = [tool for tool in CATALOGUE.tools if tool.package]
    oldest = min(tool.package.released for tool in packaged)
    assert names(page)[0] in {tool.name for tool in packaged if tool.package.released == oldest}
    # What has no package comes last, whichever way it is sorted.
    page.keyboard.press("Enter")
    assert names(page)[-1] in {tool.name for tool in CATALOGUE.tools if not tool.package}


def test_a_row_leads_to_its_entry(open_directory: OpenPage) -> None:
    page = open_directory(width=390, mobile=True)
    page.locator(".directory-table").get_by_role("link", name="Neptune.ai").tap()
    expect(page.locator("#neptune")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_can_be_taken_away(open_directory: OpenPage, html: Path) -> None:
    page = open_directory()
    for name in ("tools.csv", "tools.json"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        content = Path(download.value.path()).read_text(encoding="utf-8-sig")
        if name.endswith(".json"):
            assert json.loads(content) == json.loads(as_json(CATALOGUE))
        else:
            assert len(list(csv.DictReader(io.StringIO(content)))) == len(CATALOGUE.tools)


@pytest.mark.parametrize("name", [NAME, "landscape"])
def test_facts_that_have_grown_old_warn_by_themselves(
    new_page: Callable[..., Page], page_url: Callable[..., str], name: str
) -> None:
    fresh = new_page()
    fresh.clock.set_fixed_time("2026-12-24T12:00:00Z")
    fresh.goto(page_url(name))
    expect(fresh.locator(".stale-banner")).to_have_count(0)
    later = new_page()
    later.clock.set_fixed_time("2027-09-01T12:00:00Z")
    later.goto(page_url(name))
    expect(later.locator(".stale-banner")).to_contain_text("more than 180 days ago")
    assert later.locator(".is-stale").count() > len(CATALOGUE.tools)


def test_the_quiz_from_the_catalogue_grades_itself(open_directory: OpenPage) -> None:
    page = open_directory()
    (question,) = [each for each in QUIZ.questions if each.id == "which-ended"]
    form = page.locator("form[data-question=which-ended]")
    right = next(n for n, option in enumerate(question.options) if option.right)
    form.locator("label").nth((right + 1) % len(question.options)).click()
    form.locator(".mlq-check").click()
    expect(form).to_contain_text("is active, checked on")
    form.locator("label").nth(right).click()
    form.locator(".mlq-check").click()
    expect(form).to_contain_text(question.options[right].reason)
