"""What the chapter on versioning promises, read from the page that the build made."""

import re
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page

from mlops_landscape import journey

NAME = "stages/versioning"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def costs(text: str) -> list[str]:
    return re.findall(r'"cost_per_flight": ([\d.]+)', text)


def test_the_first_report_comes_again_to_the_last_digit(page: Page) -> None:
    said = outputs(page)
    first, again = costs(said)
    assert first == again
    assert len(first) > 12
    assert "the same numbers, to the last digit: True" in said
    assert "the same model, byte for byte: True" in said


def test_the_correction_is_named_by_its_rows(page: Page) -> None:
    said = outputs(page)
    assert "only old 0" in said
    assert "new ones are of the days [26, 27, 28]" in said
    assert "data/2013-02.parquet.dvc | 4 ++--" in said


def test_two_versions_share_five_months(page: Page) -> None:
    table = page.locator(f"{ANSWERS} table").filter(has_text="shared by both")
    files = {
        row.split("\t")[0]: int(row.split("\t")[1]) for row in table.inner_text().splitlines()[1:]
    }
    assert files == {"report-1": 7, "report-2": 7, "shared by both": 5, "the cache": 9}


def test_the_colleague_gets_all_and_finds_no_difference(page: Page) -> None:
    said = outputs(page)
    assert "7 files fetched and 7 files added Data and pipelines are up to date." in said
    assert said.count("judged on 27,075 flights") >= 2
    assert "the same rows: True" in said


def test_a_stage_that_is_run_alone_gives_the_numbers_of_both_chapters(
    page: Page, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    store = journey.registry(tmp_path)
    client = mlflow.MlflowClient(store, store)
    champion = client.get_model_version_by_alias("late-flights", "champion")
    metrics = client.get_run(champion.run_id).data.metrics

    diff = re.search(r"cost_per_flight [\d.]+ ([\d.]+) [\d.]+", outputs(page))
    assert diff
    assert float(diff[1]) == pytest.approx(metrics["cost_per_flight"], abs=1e-5)

    table = open_page("stages/training").locator(f"{ANSWERS} tr").filter(has_text="champion").first
    auc, brier, _, cost = (float(cell) for cell in table.inner_text().split("\t")[1:])
    assert auc == pytest.approx(metrics["auc"], abs=5e-4)
    assert brier == pytest.approx(metrics["brier"], abs=5e-4)
    assert cost == pytest.approx(metrics["cost_per_flight"], abs=5e-4)


def test_outputs_name_nothing_of_this_machine(page: Page) -> None:
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
    assert "glue:" not in page.locator("article.bd-article").inner_text()
