"""What the chapter on data engineering promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, outputs
from playwright.sync_api import Page

NAME = "lifecycle/data-engineering"
FLIGHTS, LATE, MILES = "26398", "6201", "26755517"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def tables(page: Page, *heads: str) -> list[list[dict[str, str]]]:
    """Return the tables of outputs whose head has all of `heads`, a mapping a row."""
    found = []
    for one in page.locator(f"{ANSWERS} table").all():
        head, *body = [
            [part.strip() for part in line.locator("th, td").all_inner_texts()]
            for line in one.locator("tr").all()
        ]
        if set(heads) <= set(head):
            found.append([dict(zip(head, line, strict=True)) for line in body])
    return found


def test_every_engine_and_every_store_gives_the_published_numbers(page: Page) -> None:
    (final,) = tables(page, "where", "flights", "late", "miles")
    told = {row.pop("where"): tuple(row.values()) for row in final}
    assert set(told.values()) == {(FLIGHTS, LATE, MILES)}
    assert set(told) == {
        "published",
        "pandas",
        "Spark",
        "dbt on DuckDB",
        "PostgreSQL",
        "S3 (moto)",
        "Delta Lake",
        "BigQuery (emulator)",
    }


def test_the_careless_loop_loses_flights_and_the_patient_one_does_not(page: Page) -> None:
    careless = answer(page, "collect(requests.Session())")
    assert "8,000 flights, no error; the API says there are 26,398" in careless
    assert "26,398 of 26,398 flights" in answer(page, "patient = requests.Session()")


def test_the_death_of_the_consumer_costs_copies_and_no_flight(page: Page) -> None:
    said = answer(page, "first = read(12_000, file)")
    found = re.search(r"12,000 \+ [\d,]+ = ([\d,]+) messages", said)
    assert found
    read, twice = (
        int(number.replace(",", ""))
        for number in (found[1], re.findall(r"([\d,]+) messages are there twice", said)[0])
    )
    assert twice > 0
    assert read - twice == int(FLIGHTS)
    assert "26,398 flights" in said


def test_openrefine_and_pandas_mend_the_same_and_a_wide_radius_mixes_airlines(page: Page) -> None:
    said = answer(page, "for radius in (2, 6)")
    assert re.search(r"radius 2: \d+ clusters, 0 with more than one airline", said)
    assert "not an airline: 0 flights, 0 spellings" in said
    wide = re.search(r"radius 6: \d+ clusters, (\d+) with more than one airline", said)
    assert wide
    assert int(wide[1]) > 0
    mended = answer(page, "def mend(typed)")
    assert "no airline found: 0" in mended
    assert "same as OpenRefine: True" in mended


def test_dbt_stops_on_friday_and_not_on_monday(page: Page) -> None:
    friday, monday = (
        {row["what"]: row for row in one}
        for one in tables(page, "what", "status", "rows that fail")
    )
    assert friday["unique_flights_id"]["status"] == "fail"
    assert friday["nobody_is_missing"]["status"] == "fail"
    assert friday["delays"]["status"] == "skipped"
    assert {row["status"] for row in monday.values()} == {"success", "pass"}
    prose = re.sub(r"\s+", " ", page.locator("article.bd-article").inner_text())
    missing = friday["nobody_is_missing"]["rows that fail"]
    assert f"a join dropped {missing} flights to islands" in prose
    assert "BQN, PSE, SJU, STT" in prose


def test_a_second_load_changes_nothing_and_an_old_version_is_still_there(page: Page) -> None:
    assert "again: 0 rows written" in answer(page, "pgserver.get_server")
    delta = page.locator("div.cell", has_text="delta.py").last.inner_text()
    assert "again: 0 rows added" in delta
    old, new = re.findall(r"version \d: ([\d,]+) flights", delta)
    assert int(old.replace(",", "")) < int(new.replace(",", "")) == int(FLIGHTS)


def test_outputs_are_for_readers(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    said = outputs(page)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", said)
