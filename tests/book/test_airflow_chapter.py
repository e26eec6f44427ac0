"""What the Airflow chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page, expect

NAME = "tools/airflow"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, column: str) -> list[list[list[str]]]:
    """Return the cells of each table that has a column of this name, without its heading."""
    tables = page.locator(f"{ANSWERS} table").filter(has=page.locator("th", has_text=column))
    return [
        [
            [cell.strip() for cell in line.split("\t")]
            for line in tables.nth(number).inner_text().splitlines()[1:]
        ]
        for number in range(tables.count())
    ]


def test_the_processes_were_up_and_the_door_was_closed(page: Page) -> None:
    said = outputs(page)
    for part in ("metadatabase", "scheduler", "dag_processor"):
        assert f"'{part}': 'healthy'" in said
    assert "without a token: 401 Unauthorized" in said
    assert "with one: ['hello']" in said


def test_the_backfill_shows_a_retry_that_healed_and_a_failure_that_did_not(page: Page) -> None:
    said = outputs(page)
    assert "['2013-01-01', '2013-02-01', '2013-03-01', '2013-04-01']" in said
    assert "ingest of 2013-03 is up_for_retry try 1 of 3" in said
    assert "FileNotFoundError: 2013-03: nothing delivered yet" in said
    months, mended = rows(page, "build_features")
    assert [month[0] for month in months] == [f"2013-0{number}" for number in range(1, 5)]
    assert [month[-1] for month in months] == ["success"] * 3 + ["failed"]
    assert re.fullmatch(r"success \(\d\)", months[2][1])
    assert months[3][1:3] == ["failed", "upstream_failed"]
    [april] = mended
    assert april[0] == "2013-04"
    assert re.fullmatch(r"success \(\d\)", april[1])
    assert april[-1] == "success"


def test_the_log_of_the_failed_task_says_why(page: Page) -> None:
    said = outputs(page)
    assert "error Task failed with exception" in said
    assert "AirflowFailException: 2013-04: 21 of 30 days" in said
    assert re.search(r"2013-01: [\d,]+ flights on 31 days", said)


def test_the_asset_started_the_model_and_the_gate_closed_at_the_second_time(page: Page) -> None:
    once, twice = rows(page, "gate")
    assert [run[1:] for run in once] == [["success"] * 5]
    assert [run[4:] for run in twice] == [["success", "success"], ["skipped", "success"]]
    said = outputs(page)
    events = re.findall(r"(2013-0\d) by build_features -> \['late_model'\]", said)
    assert sorted(events) == ["2013-01", "2013-02", "2013-03", "2013-04"]
    scores = re.search(r"\{'challenger': ([\d.]+), 'champion': 0.5\}", said)
    assert scores
    assert float(scores[1]) > 0.5


def test_the_dates_of_the_runs_are_those_that_the_text_explains(page: Page) -> None:
    [runs] = rows(page, "run id")
    assert runs[0] == ["backfill__2013-02-01T00:00:00+00:00", *["2013-01-01"] * 2, "2013-02-01"]
    said = outputs(page)
    assert "CronTriggerTimetable: starts 01 Jan, data from 01 Jan to 01 Jan" in said
    assert "CronDataIntervalTimetable: starts 01 Feb, data from 01 Jan to 01 Feb" in said


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("dags/ml_pipeline.py, as the running", "unexpected keyword argument"),
        ("--output-format concise", "AIR301"),
        ("--output-format concise", "AIR312"),
        ("--unsafe-fixes", "+from airflow.sdk import DAG"),
        ('"catchup"', "catchup: False"),
        ('"@monthly",\n    CronDataIntervalTimetable', "data from 01 Jan to 01 Jan"),
        ("dates.days_ago(1)", "module 'airflow.utils.dates' has no attribute 'days_ago'"),
        ("import SubDagOperator", "No module named 'airflow.operators.subdag'"),
        ("import DummyOperator", "No module named 'airflow.operators.dummy'"),
        ("from airflow.datasets", "No module named 'airflow.datasets'"),
        ("airflow.operators.bash import", "DeprecatedImportWarning: The `airflow.operators.bash"),
        ("provide_context=True", "TypeError: Invalid arguments were passed to PythonOperator"),
        ("airflow db init", "invalid choice: 'init'"),
        ("airflow dags backfill", "Please use `airflow backfill create`"),
        ("/api/v1/dags", "/api/v1 has been removed in Airflow 3"),
        ("{{ execution_date }}", "UndefinedError: 'execution_date' is undefined"),
        ('context["execution_date"]', "KeyError: 'execution_date'"),
        ("{{ ds }}", "UndefinedError: 'ds' is undefined"),
        ("Session()", "Direct database access via the ORM is not allowed"),
    ],
)
def test_old_code_stands_beside_what_it_meets_today(page: Page, old: str, today: str) -> None:
    cells = page.locator("div.cell").filter(
        has=page.locator("div.cell_output"), has_not=page.locator("img")
    )
    inputs = [
        cells.nth(number)
        for number in range(cells.count())
        if old in cells.nth(number).locator("div.cell_input").first.inner_text()
    ]
    told = [
        re.sub(r"\s+", " ", cell.locator("div.cell_output").first.inner_text()) for cell in inputs
    ]
    assert any(today in text for text in told), f"{old!r} printed {told}"


def test_the_course_snippet_is_there_as_it_always_was(page: Page) -> None:
    code = "\n".join(page.locator("div.cell_input").all_inner_texts())
    assert "schedule_interval='@daily')" in code
    assert "from airflow.operators.python import PythonOperator\nfrom datetime import" in code


def test_figures_of_the_text_were_filled_in(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    scores = re.search(r"'challenger': ([\d.]+)", outputs(page))
    assert scores
    assert f"reaches an AUC of {float(scores[1]):.2f} on April" in prose


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\[warning", shown)


def test_pictures_of_the_interface_say_what_they_show(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    expect(pictures).to_have_count(2)
    for number in range(2):
        assert len(pictures.nth(number).get_attribute("alt") or "") > 100
        assert pictures.nth(number).evaluate("image => image.naturalWidth") >= 1000


def test_no_process_is_left_running(page: Page) -> None:
    assert "processes still running: 0" in outputs(page)
