"""What the chapter on monitoring tools promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, rows
from playwright.sync_api import Page

NAME = "lifecycle/monitoring"
HALVES, HHMM, MIXED = "two halves of May", "departure as HHMM", "weather of other flights"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def flagged(text: str) -> dict[str, str]:
    """Return what stands after each case in printed lines."""
    found = re.findall(r"^([a-zA-Z].{25}) (.+)$", text, re.MULTILINE)
    return {case.strip(): columns for case, columns in found}


def test_every_memory_has_each_request_once(page: Page) -> None:
    sent = sum(int(row["requests"]) for row in rows(page, "hour", "requests", "slow"))
    assert f"{sent} requests, such as" in answer(page, "Every fourth flight of the day")
    spans = dict(re.findall(r"^(\w+) +(\d+)$", answer(page, "spans_of_phoenix"), re.MULTILINE))
    assert int(spans["predict"]) == int(spans["model"]) == sent
    assert spans["weather"] == spans["station"]  # the header joined the two processes


def test_the_slow_request_asked_three_times_and_so_says_its_log(page: Page) -> None:
    tree = answer(page, "tree(kept_spans[")
    assert tree.count("weather") == tree.count("station") == 3
    assert tree.count("model") == 1
    lines = answer(page, "lines with the id of")
    assert lines.count("no weather at") == 3
    assert "try 3 of 3" in lines
    assert "predicting without weather" in lines


def test_the_drift_that_is_there_is_found_and_the_one_that_is_not_is_not(page: Page) -> None:
    evidently = flagged(answer(page, "ValueDrift(column=column)"))
    assert evidently[HALVES] == evidently[MIXED] == "-"
    assert "departure" in evidently[HHMM]
    by_default, by_distance = answer(page, 'for kind in ("default", "distance")').split(
        "--- distance"
    )
    assert flagged(by_distance)[HALVES] == flagged(by_distance)[MIXED] == "-"
    assert "departure" in flagged(by_distance)[HHMM]
    assert flagged(by_default)[HALVES] != "-"  # the false alarm that the text explains
    fires = {row["case"]: row["fires on day"] for row in rows(page, "case", "fires on day")}
    assert [case for case, day in fires.items() if day != "-"] == [HHMM]


def test_what_nobody_found_is_the_worst(page: Page) -> None:
    truth = {row["case"]: float(row["AUC after"]) for row in rows(page, "case", "AUC after")}
    assert min(truth, key=lambda case: truth[case]) == MIXED
    found = [row for row in rows(page, "tool", "found", "kB kept") if row["question"] == "moved?"]
    assert len(found) == 5
    for row in found:
        assert "other weather" in row["silent on"] or "defaults" in row["tool"]


def test_two_panels_are_empty_for_two_reasons(page: Page) -> None:
    panels = answer(page, 'globals().get("panels"')
    assert re.findall(r"^(.+?) +no data$", panels, re.MULTILINE) == [
        "Errors per second",
        "Mean delay",
    ]


def test_the_cure_makes_fewer_slow_requests_and_the_same_chances(page: Page) -> None:
    told = answer(page, 'start_service("remember-misses")')
    before, after = (int(number) for number in re.findall(r"requests, (\d+) slow", told))
    assert after < before
    assert "the same chances: True" in told
    assert "Gone: firing" in told


def test_text_and_outputs_are_for_readers(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
