"""What the chapter that compares orchestrators promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, rows_by_first
from playwright.sync_api import Page

NAME = "lifecycle/orchestration"
ENGINES = {
    "Airflow",
    "Kubeflow Pipelines",
    "Prefect",
    "Dagster",
    "Metaflow",
    "MLflow Projects",
}
PLAIN = "plain Python"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_all_engines_give_the_same_number_to_the_last_digit(page: Page) -> None:
    told = rows_by_first(page, "engine", "AUC of July", "AUC of June")
    assert set(told) == {PLAIN, *ENGINES}
    for month in ("AUC of July", "AUC of June"):
        (number,) = {row[month] for row in told.values()}
        assert re.fullmatch(r"0\.\d{15,17}", number)
        assert 0.6 < float(number) < 0.9


def test_fit_died_twice_everywhere_and_the_rest_tells_who_resumed(page: Page) -> None:
    told = rows_by_first(page, "engine", "starts by hand", "collect ran")
    assert {row["fit ran"] for row in told.values()} == {"3"}
    assert {row["judge ran"] for row in told.values()} == {"1"}
    collected = {name: int(row["collect ran"]) for name, row in told.items()}
    resumed = {name for name, times in collected.items() if times == 1}
    assert resumed == {"Kubeflow Pipelines", "Prefect", "Dagster", "Metaflow"}
    from_zero = {PLAIN, "MLflow Projects"}
    assert {name for name, times in collected.items() if times == 3} == from_zero
    woken = {name for name, row in told.items() if row["starts by hand"] == "3"}
    assert woken == from_zero  # the others have retries


def test_what_the_engines_remember_agrees_with_the_diary(page: Page) -> None:
    assert "('collect', 'Cached', 1)" in answer(page, '"server", "start"')
    assert answer(page, "select status from runs order by id").count("FAILURE") == 1
    projects = answer(page, "select params.value, runs.status")
    assert projects.count("FAILED") == 2
    assert projects.count("FINISHED") == 2
    number = rows_by_first(page, "engine", "AUC of June")["Metaflow"]["AUC of June"]
    assert f"auc: {number}" in answer(page, "latest_successful_run")


def test_only_the_step_with_a_process_of_its_own_survives_a_kill(page: Page) -> None:
    told = answer(page, "def killed(")
    assert re.search(r"Dagster, killed: start collect fit -> ended with \[-9\]", told)
    assert "its database says: STARTED" in told
    assert "Metaflow, killed: collect fit fit judge publish -> ended with [0]" in told


def test_the_price_of_an_engine_is_on_the_page(page: Page) -> None:
    told = rows_by_first(page, "engine", "lines", "seconds", "packages", "MB")
    assert set(told) == {PLAIN, *ENGINES}
    for name in ENGINES:
        assert int(told[name]["packages"]) > 5
        assert int(told[name]["lines"]) > int(told[PLAIN]["lines"])
    assert float(told["Metaflow"]["over plain"]) > 0
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose


def test_the_server_of_azure_ml_answers_what_the_model_says(page: Page) -> None:
    told = answer(page, "azmlinfsrv")
    assert "answered: 200 500 chances" in told
    assert "the same as without the server: True" in told
    assert "a body without flights: 500" in told


def test_outputs_are_for_readers(page: Page) -> None:
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
