"""What the chapter on monitoring promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, rows
from playwright.sync_api import Page

NAME = "stages/monitoring"
AUTUMN = ("September", "October", "November")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_the_rules_are_tested_and_a_wrong_one_passes_only_the_syntax(page: Page) -> None:
    first, second = page.locator("div.cell", has_text="promtool test rules").all()[:2]
    assert re.search(r"Unit Testing:.*\s+SUCCESS", first.inner_text())
    broken = second.locator("div.cell_output").all_inner_texts()
    said = "\n".join(broken)
    assert "SUCCESS: 7 rules found" in said
    assert "FAILED" in said
    assert "alertname: AnnouncesTooMany" in said


def test_the_alert_was_pending_first_and_fired_in_september_only(page: Page) -> None:
    seen = rows(page, "alert", "state", "month", "first")
    fired = [row for row in seen if row["state"] == "firing"]
    assert {(row["alert"], row["month"]) for row in fired} == {("AnnouncesTooMany", "September")}
    about = [row for row in seen if row["alert"] == "AnnouncesTooMany"]
    assert about[0]["state"] == "pending"
    assert "July" not in {row["month"] for row in about}
    told = answer(page, "print(json.dumps(rung")
    assert '"state": "firing"' in told
    assert '"alertname": "AnnouncesTooMany"' in told


def test_the_text_names_the_days_of_the_table(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    (fired,) = [row for row in rows(page, "alert", "state") if row["state"] == "firing"]
    # "5 Sep" in the table, "5 September" in the text
    assert f"firing since {fired['first']}" in re.sub(r"\s+", " ", prose)


def test_drift_of_columns_rings_always_and_drift_of_the_prediction_not_in_autumn(
    page: Page,
) -> None:
    flagged = {row["column"]: row for row in rows(page, "column", "Jul", "Dec")}
    assert set(flagged["temp"].values()) == {"temp", "drift"}
    chance = flagged["chance"]
    assert chance["Jul"] == chance["Aug"] == "drift"
    assert chance["Oct"] == chance["Nov"] == chance["Dec"] == "."


def test_the_gap_by_day_is_found_from_september_on_and_not_before(page: Page) -> None:
    verdicts = {row["month"]: row for row in rows(page, "month", "by day", "test")}
    failing = [month for month, row in verdicts.items() if row["test"] == "FAIL"]
    assert failing == [*AUTUMN, "December"]
    assert float(verdicts["September"]["by day"]) > 3
    assert float(verdicts["December"]["by day"]) < -3
    assert abs(float(verdicts["July"]["if flights were independent"])) > 10


def test_the_easiest_month_by_brier_is_the_worst_announced(page: Page) -> None:
    scores = {row["month"]: row for row in rows(page, "AUC", "Brier", "announced", "gap")}
    assert min(scores, key=lambda month: float(scores[month]["Brier"])) == "September"
    assert max(scores, key=lambda month: float(scores[month]["gap"])) == "September"


def test_retraining_beats_the_stale_model_in_october_and_november_and_not_in_december(
    page: Page,
) -> None:
    told = {(row["month"], row["answer"]): row for row in rows(page, "answer", "Brier", "cost")}
    for month in ("October", "November"):
        old, new = told[month, "leave it"], told[month, "retrain"]
        assert float(new["cost"]) < float(old["cost"])
        assert float(new["Brier"]) < float(old["Brier"])
        assert abs(float(new["announced"]) - float(new["late"])) < abs(
            float(old["announced"]) - float(old["late"])
        )
    december = float(told["December", "retrain"]["cost"])
    assert december > float(told["December", "leave it"]["cost"])


def test_what_was_chosen_on_the_first_of_october_was_best_afterwards(page: Page) -> None:
    for months in (("July", "August", "September"), ("October", "November", "December")):
        cost = {row["answer"]: float(row["mean"]) for row in rows(page, "answer", *months)}
        assert min(cost, key=lambda name: cost[name]) == "retrain and follow"
        assert cost["retrain"] < cost["leave it"]


def test_the_new_version_serves_without_a_restart(page: Page) -> None:
    assert "in the registry: 2 - served: {'champion': '2'}" in answer(page, "record(data, MONTHS")


def test_the_table_of_tools_has_those_of_the_course(page: Page) -> None:
    named = " ".join(row["Tool"] for row in rows(page, "Tool", "Licence", "State"))
    for tool in ("Prometheus", "Grafana", "Evidently", "WhyLabs", "Arize", "SageMaker Model"):
        assert tool in named


def test_figures_and_outputs_are_for_readers(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    alternatives = [pictures.nth(i).get_attribute("alt") or "" for i in range(pictures.count())]
    assert len(alternatives) == 1
    assert "September" in alternatives[0]
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
    assert "the server has ended: True" in printed
