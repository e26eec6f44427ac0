"""What the chapter on experimentation promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, rows
from playwright.sync_api import Page

NAME = "lifecycle/experimentation"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_both_trackers_hold_the_same_runs_and_the_leak_comes_first(page: Page) -> None:
    ledger = rows(page, "AUC in MLflow", "AUC in W&B", "commit")
    assert [run["run"] for run in ledger] == ["by_day", "by_schedule", "by_landing", "plan"]
    for run in ledger:
        assert run["AUC in MLflow"] == run["AUC in W&B"]
    assert len({run["commit"] for run in ledger}) == 1
    assert len({run["predictions"] for run in ledger}) == 4


def test_dvc_and_iceberg_give_back_the_same_rows_of_tuesday(page: Page) -> None:
    held = {row["flights"]: row for row in rows(page, "flights", "rows", "fingerprint")}
    dvc, iceberg = held["Tuesday, from DVC"], held["Tuesday, from Iceberg"]
    same = ("rows", "late", "fingerprint")
    assert [dvc[each] for each in same] == [iceberg[each] for each in same]
    assert int(held["today"]["rows"]) > int(dvc["rows"])
    told = answer(page, 'own("../lake_wednesday.py")').split()
    assert told.count(dvc["rows"]) == 2  # main before, the tag afterwards
    assert told.count(held["today"]["rows"]) == 2  # the branch, and main afterwards


def test_a_colleague_gets_every_prediction_again(page: Page) -> None:
    told = re.findall(r"(\d+) of (\d+) predictions", answer(page, "NotebookClient("))
    assert len(told) == 4
    assert all(same == all_ and int(all_) > 20_000 for same, all_ in told)


def test_leaks_look_better_on_paper_and_are_worse_in_service(page: Page) -> None:
    found = {row["model"]: row for row in rows(page, "AUC in the notebook", "AUC in service")}
    paper = {name: float(row["AUC in the notebook"]) for name, row in found.items()}
    served = {name: float(row["AUC in service"]) for name, row in found.items()}
    honest = found["by_landing"]
    assert honest["values that were not known"] == "0"
    assert paper["by_landing"] == served["by_landing"] == max(served.values())
    for leak in ("by_schedule", "by_day"):
        assert paper[leak] > paper["by_landing"] + 0.02
        assert served[leak] < served["by_landing"] - 0.02
        assert int(found[leak]["values that were not known"]) > 0.9 * int(found[leak]["of"])
    text = re.sub(r"\s+", " ", page.locator("article.bd-article").inner_text())
    assert f"AUC of {paper['by_day']:.2f}" in text
    assert f"Here it is {served['by_day']:.2f}" in text


def test_online_and_offline_store_say_the_same_and_lost_rows_are_said(page: Page) -> None:
    stores = rows(page, "origin", "late_share_online", "late_share_offline")
    assert {row["origin"] for row in stores} == {"EWR", "JFK", "LGA"}
    for row in stores:
        assert row["late_share_online"] == row["late_share_offline"]
    told = answer(page, 'own("join.py")')
    given, got = map(int, re.findall(r"asked for (\d+) flights, got (\d+)", told)[0])
    assert got < given / 10
    assert re.search(r"training set: (\d+) flights", told)


def test_what_did_not_run_is_said_and_nothing_is_left_over(page: Page) -> None:
    text = re.sub(r"\s+", " ", page.locator("article.bd-article").inner_text())
    assert "lakeFS did not run here" in text
    assert text.count("It is not part of this build.") == 2
    assert "not run in this build" not in text.lower()
    assert "glue:" not in text
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
    assert "the server has ended: True" in printed
