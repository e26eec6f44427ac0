"""How the tests look at a page, and how they read what its cells have printed."""

import re

import pytest
from playwright.sync_api import Locator, Page

LOOKS = pytest.mark.parametrize(
    ("width", "dark"), [(390, True), (1280, False)], ids=["phone", "screen"]
)
"""A phone by night and a screen by day.

That a page fits depends on the width alone, and its contrasts on the colours alone.
"""

ANSWERS = "article.bd-article div.cell_output"


def outputs(page: Page) -> str:
    """Return all that the cells of the page printed, in order, spaces evened out."""
    return re.sub(r"\s+", " ", " ".join(page.locator(ANSWERS).all_inner_texts()))


def cell(page: Page, code: str) -> Locator:
    """Return the first cell with this in its code."""
    found = page.locator("div.cell").filter(has=page.locator("div.cell_input", has_text=code))
    return found.first


def answer(page: Page, code: str) -> str:
    """Return what that cell printed."""
    return "\n".join(cell(page, code).locator("div.cell_output").all_inner_texts())


def rows(page: Page, *heads: str) -> list[dict[str, str]]:
    """Return the first table of an output whose head has all of `heads`, a mapping a row."""
    tables = page.locator(f"{ANSWERS} table")
    for number in range(tables.count()):
        head, *body = [
            [part.strip() for part in line.locator("th, td").all_inner_texts()]
            for line in tables.nth(number).locator("tr").all()
        ]
        if set(heads) <= set(head):
            return [dict(zip(head, line, strict=True)) for line in body]
    raise AssertionError(f"no table has {heads}")


def rows_by_first(page: Page, *heads: str) -> dict[str, dict[str, str]]:
    """Return the same rows by what stands in their first column."""
    return {next(iter(row.values())): row for row in rows(page, *heads)}
