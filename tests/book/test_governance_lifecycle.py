"""What the chapter on governance promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, rows_by_first
from playwright.sync_api import Page

NAME = "lifecycle/governance"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_the_shares_add_up_to_the_models_own_prediction(page: Page) -> None:
    said = dict(re.findall(r"(\S[^\n]*?)\s+([+-]?\d\.\d{4})", answer(page, "in_own(script)")))
    together = float(said["on average"]) + float(said["sum of the shares"])
    assert together == pytest.approx(float(said["together"]), abs=2e-4)
    assert said["together"] == said["the model, log-odds"]
    assert said["as a chance"] == said["the model here"]


def test_another_comparison_moves_the_hour_and_not_the_sum(page: Page) -> None:
    told = rows_by_first(page, "against all flights", "against the evening")
    hour, total = told["departure"], told["together with the base"]
    assert float(hour["against all flights"]) > 0.5
    assert abs(float(hour["against the evening"])) < 0.1
    assert total["against all flights"] == total["against the evening"]


def test_lime_moves_with_the_seed_where_shap_says_nothing(page: Page) -> None:
    both = rows_by_first(page, "SHAP", "LIME, lowest", "LIME, highest")
    place = both["dest"]
    assert abs(float(place["SHAP"])) < 0.05
    best, worst = map(int, place["LIME's ranks"].split(" to "))
    assert worst - best >= 5
    for agreed in ("departure", "carrier", "humid"):
        assert float(both[agreed]["SHAP"]) > 0.5
        assert float(both[agreed]["LIME, lowest"]) > 0


def test_both_libraries_have_the_same_numbers_and_each_remedy_a_price(page: Page) -> None:
    said = answer(page, 'in_own("audit.py")')
    (apart,) = re.findall(r"between the two libraries: (\S+)", said)
    assert float(apart) < 1e-12
    remedies = rows_by_first(page, "spread, false alarms", "cost per flight")
    plain = remedies.pop("as it is")
    assert len(remedies) == 4
    for remedy in remedies.values():
        assert float(remedy["cost per flight"]) > float(plain["cost per flight"])
        assert float(remedy["EV false alarms"]) < float(plain["EV false alarms"])
    alike = remedies["equal false alarms"]
    assert float(alike["spread, false alarms"]) < float(plain["spread, false alarms"]) / 5
    assert float(alike["spread, right warnings"]) > float(plain["spread, right warnings"])


def test_small_groups_and_whole_days(page: Page) -> None:
    sure = rows_by_first(page, "group", "punctual flights", "low, by day")
    everyone, single = sure["all"], sure["SkyWest"]
    narrow = float(everyone["high"]) - float(everyone["low"])
    assert float(everyone["width"]) > 5 * narrow
    assert float(single["width"]) == 0
    assert float(single["low"]) < 0.5
    assert float(sure["to TYS"]["low, by day"]) > float(sure["to LAX"]["high, by day"])


def test_the_policy_refuses_and_each_wrong_one_is_noticed(page: Page) -> None:
    decided = answer(page, "for name, (question, expected) in TESTS.items()")
    lines = decided.strip().splitlines()
    assert len(lines) == 10
    assert all(line.startswith("ok") for line in lines)
    assert sum(line.endswith("True") for line in lines) == 2
    wrong = answer(page, "WRONG = {")
    assert "NO TEST NOTICED" not in wrong
    assert "by nobody" in wrong.splitlines()[1]


def test_only_the_release_job_can_release_and_no_key_is_left_behind(page: Page) -> None:
    calls = rows_by_first(page, "call", "author", "release", "server")
    may = {
        call: {who for who, said in row.items() if said == "allowed"} for call, row in calls.items()
    }
    assert may["release a model"] == {"release"}
    assert may["read the secret"] == {"server"}
    assert may["put a candidate"] == {"author"}
    found = answer(page, "found = {}")
    assert "a cell ends with `key`: announce.ipynb" in found
    assert "log at DEBUG: announce.log" in found
    assert "as it should be: nothing found" in found
    changed = answer(page, "second_key = secrets")
    assert changed.count("the weather service says 200") == 2
    assert "traces of either: nothing found" in changed


def test_outputs_are_for_readers(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|IPKernelApp|\x1b", printed)
