"""What the page on grading says of its class of six, read from the page that the build made."""

from collections.abc import Callable

import pytest
from executed_page import outputs, rows
from playwright.sync_api import Page


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page("teaching/grading")


def test_each_of_the_class_gets_what_the_page_says(page: Page) -> None:
    told = {row["learner"]: row for row in rows(page, "learner", "points", "outcome")}
    assert list(told) == ["ada", "bela", "chen", "dunja", "emil", "finn", "gita"]
    points = {name: float(row["points"] or 0) for name, row in told.items()}
    assert points["ada"] == points["emil"] == float(told["ada"]["out_of"])
    assert points["bela"] == points["finn"] == points["gita"] == 0
    assert 0 < points["chen"] == points["dunja"] < points["ada"]
    assert told["chen"]["first_to_mend"] == told["dunja"]["first_to_mend"] != ""
    assert told["gita"]["outcome"] == "refused"


def test_whoever_looks_for_the_checks_finds_nothing(page: Page) -> None:
    assert "found: []" in outputs(page)
