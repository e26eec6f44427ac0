"""What the deployment stage promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, cell, outputs
from playwright.sync_api import Page

NAME = "stages/deployment"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, code: str) -> list[list[str]]:
    """Return the table that the cell with this code shows, without its head.

    A cell that is hidden until it is opened has its text all the same.
    """
    lines = cell(page, code).locator("div.cell_output table tbody tr").all()
    return [[part.strip() for part in line.locator("td").all_text_contents()] for line in lines]


def test_the_server_says_what_the_notebook_says(page: Page) -> None:
    said = outputs(page)
    assert "the same numbers as here, to the last digit: True" in said
    assert "def refresh(self) -> None:" in said
    assert "def alias(self, flight: str) -> str:" in said


def test_wrong_requests_are_refused_with_a_place(page: Page) -> None:
    refused = rows(page, "wrong = {")
    assert len(refused) == 5
    assert {row[1] for row in refused} == {"422"}
    assert "flights.0.temp" in refused[0]
    assert "flights.0.arr_delay" in refused[2]


def test_the_load_lost_nothing_and_an_hour_costs_about_what_a_flight_costs(page: Page) -> None:
    single, hour = rows(page, 'speeds.append(speed("an hour each"')
    assert single[2] == hour[2] == "0"
    assert float(hour[-1]) > 5 * float(single[-1])


def test_the_canary_is_counted_by_version(page: Page) -> None:
    assert re.search(r"asked twice: \d+ flights, other model: 0", outputs(page))
    old, new = rows(page, "by_version = pd.DataFrame")
    assert (old[0], new[0]) == ("1", "2")
    share = int(new[1]) / (int(new[1]) + int(old[1]))
    assert 0.08 < share < 0.12
    assert float(new[4]) < float(old[4])


def test_the_same_flights_are_compared_and_the_error_shrinks(page: Page) -> None:
    _, canary, everything, by_day = rows(page, "def with_error(")
    for row in (canary, everything, by_day):
        assert float(row[2]) < -2 * float(row[3])
    assert float(everything[3]) < float(canary[3]) / 2
    assert float(everything[3]) < float(by_day[3]) / 2  # flights of a day share its weather


def test_the_bad_model_is_perfect_on_paper(page: Page) -> None:
    for _, new, old in rows(page, "on_paper = judge("):
        assert new == old


def test_it_was_noticed_and_rolled_back_without_a_lost_request(page: Page) -> None:
    said = outputs(page)
    assert re.search(r"requests: \d+ lost: 0", said)
    shift = re.search(r"flights: ([\d.]+) by version 3, ([\d.]+) by version 2", said)
    assert shift
    assert float(shift[1]) < float(shift[2]) - 0.05
    times = [float(row[1]) for row in rows(page, "timeline = {")]
    assert len(times) == 4
    assert times[3] < 15


def test_the_old_version_really_serves_again(page: Page) -> None:
    said = outputs(page)
    assert "versions: {'2'}" in said
    assert "the same numbers as version 2 here: True" in said
    assert "the same numbers as version 3 here: False" in said


def test_the_same_contract_would_have_refused_the_training_files(page: Page) -> None:
    assert "('departure',)" in outputs(page)


def test_a_batch_needs_no_server(page: Page) -> None:
    single, hour, batch = [float(row[1]) for row in rows(page, "model_began = ")]
    assert batch < hour < single


def test_numbers_of_the_text_are_those_of_the_tables(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    old, new = rows(page, "by_version = pd.DataFrame")
    said = re.search(r"it is cheaper, ([\d.]+) against ([\d.]+)\.", prose)
    assert said
    assert said.groups() == (new[4], old[4])


def test_the_tools_of_the_stage_are_compared(page: Page) -> None:
    names = cell(page, 'swaps("deployment")').locator("table tbody th").all_text_contents()
    tools = {name.strip() for name in names}
    assert {"KServe", "Seldon Core", "TensorFlow Serving", "MLflow Models", "BentoML"} <= tools
    assert any(name.startswith("SageMaker") for name in tools)


def test_the_figure_says_what_it_shows(page: Page) -> None:
    alternatives = [
        picture.get_attribute("alt") or "" for picture in page.locator(f"{ANSWERS} img").all()
    ]
    assert len(alternatives) == 1
    assert "version 3" in alternatives[0]
    assert len(alternatives[0]) > 60


def test_the_server_is_gone_and_outputs_name_nothing_of_this_machine(page: Page) -> None:
    assert "the server has ended: True" in outputs(page)
    shown = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", shown)
