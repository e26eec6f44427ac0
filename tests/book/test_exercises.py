"""The pages of the exercises, as a learner first sees them, and of their solutions."""

from collections.abc import Callable

import pytest
from executed_page import LOOKS
from playwright.sync_api import Page

from mlops_landscape.exercises.source import Places

SLUGS = Places().slugs()
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_exercise_begins_with_everything_to_do_and_one_thing_to_mend(
    open_page: OpenPage, slug: str
) -> None:
    table = open_page(f"exercises/{slug}").locator(".exercise-check")
    words = table.locator("tbody td:first-child").all_inner_texts()
    assert words
    assert set(words) == {"not yet"}
    assert table.locator(".next").inner_text().startswith("Mend this first:")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_solution_passes_every_check(open_page: OpenPage, slug: str) -> None:
    table = open_page(f"solutions/{slug}").locator(".exercise-check")
    words = table.locator("tbody td:first-child").all_inner_texts()
    assert words
    assert set(words) == {"passed"}
    assert table.locator(".next").inner_text().startswith("All done.")


@pytest.mark.parametrize("slug", SLUGS)
def test_exercise_and_solution_lead_to_each_other(open_page: OpenPage, slug: str) -> None:
    page = open_page(f"exercises/{slug}")
    page.get_by_role("link", name="The solution", exact=True).click()
    assert page.url.endswith(f"/solutions/{slug}.html")
    page.get_by_role("link", name="the exercise", exact=True).click()
    assert page.url.endswith(f"/exercises/{slug}.html")


@LOOKS
@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_the_table_is_readable_for_everyone(
    open_page: OpenPage, axe: Callable[..., list[str]], folder: str, width: int, dark: bool
) -> None:
    page = open_page(f"{folder}/{SLUGS[0]}", width=width, dark=dark)
    assert axe(page, ".exercise-check") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
