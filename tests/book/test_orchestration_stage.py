"""What the orchestration stage promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, cell, outputs
from playwright.sync_api import Page

NAME = "stages/orchestration"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, code: str) -> list[dict[str, str]]:
    """Return the table that the cell with this code shows."""
    lines = cell(page, code).locator("div.cell_output table tr").all()
    texts = [[part.strip() for part in line.locator("th, td").all_inner_texts()] for line in lines]
    return [dict(zip(texts[0], text, strict=True)) for text in texts[1:]]


def test_the_program_that_is_shown_is_the_project_s(page: Page) -> None:
    said = outputs(page)
    assert "def train(month: str) -> str:" in said
    assert "max_active_runs=1" in said
    assert "def is_newest(" in said


def test_three_months_were_decided_each_against_the_one_before(page: Page) -> None:
    decided = rows(page, "def decisions()")
    assert [row["month"] for row in decided] == ["2013-07", "2013-08", "2013-09"]
    assert [row["version"] for row in decided] == ["2", "3", "4"]
    assert [row["against"] for row in decided] == ["1", "2", "3"]
    for row in decided:
        assert float(row["its cost a flight"]) < float(row["the champion's"])
        assert row["decision"] == "champion"


def test_a_month_that_failed_half_way_left_no_version_and_was_run_again(page: Page) -> None:
    [failed] = rows(page, "july.write_bytes(whole[")
    assert failed["collect"] == "success"
    assert failed["train"] == "failed, 2 tries"
    assert failed["decide"] == "upstream_failed"
    said = outputs(page)
    assert "versions: 3 before, 3 now" in said
    assert "ArrowInvalid" in said
    assert "July is what it was, byte for byte: True" in said
    [mended] = rows(page, "same = july.read_bytes() == whole")
    assert {mended[task] for task in ("collect", "train", "decide")} == {"success"}


def test_a_repetition_changes_nothing(page: Page) -> None:
    said = outputs(page)
    assert "versions: 4 champion: 4 every decision is as it was: True" in said
    seconds = re.search(r"seconds: (\d+) the first time, ([\d.]+) now", said)
    assert seconds
    assert float(seconds[2]) < float(seconds[1])


def test_without_care_there_are_twins_and_the_opposite_decision(page: Page) -> None:
    said = outputs(page)
    assert "versions of July: [2, 5]" in said
    found = re.search(r"its cost ([\d.]+), version 4: ([\d.]+) -> challenger", said)
    assert found
    first = rows(page, "def decisions()")[0]
    assert f"{float(found[1]):.3f}" == first["its cost a flight"]
    assert float(found[2]) < float(found[1])


def test_the_gain_comes_a_month_late(page: Page) -> None:
    service = rows(page, "serving = {")
    for row in service[1:]:
        served, stale = float(row["cost"]), float(row["never replaced: 1"])
        assert abs(served - stale) < 0.01
        assert float(row["its cost"]) < min(served, stale)


def test_numbers_of_the_text_are_those_of_the_tables(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    july = rows(page, "def decisions()")[0]
    said = re.search(
        r"paid\s+(\d\.\d+) a flight, the champion from January to May (\d\.\d+)", prose
    )
    assert said
    assert said.groups() == (july["its cost a flight"], july["the champion's"])


def test_the_tools_of_the_stage_are_compared(page: Page) -> None:
    tools = {row["Tool"]: row for row in rows(page, 'swaps("orchestration")')}
    for name in ("Kubeflow Pipelines", "Argo Workflows", "MLflow Projects", "Metaflow"):
        assert len(tools[name]["What would change here"]) > 60
    assert tools["Apache Airflow"]["What would change here"].startswith("Used here.")


def test_outputs_name_nothing_of_this_machine(page: Page) -> None:
    shown = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", shown)
    assert "[warning" not in shown
