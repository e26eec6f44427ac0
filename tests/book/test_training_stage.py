"""What the chapter on training promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
import yaml
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page

from mlops_landscape import journey

NAME = "stages/training"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, heading: str) -> list[dict[str, list[float]]]:
    """Return the tables with this heading: the numbers of each row by its first cell."""
    tables = page.locator(f"{ANSWERS} table").filter(
        has=page.locator("th", has_text=re.compile(f"^{heading}$"))
    )
    found = []
    for text in tables.all_inner_texts():
        cells = [line.split("\t") for line in text.splitlines()[1:]]
        found.append({name.strip(): [float(each) for each in rest] for name, *rest in cells})
    return found


def test_what_the_study_finds_is_what_the_later_stages_read(page: Page) -> None:
    said = outputs(page)
    settings = yaml.safe_load((journey.PROJECT / "params.yaml").read_text())["model"]
    [(trees, rate, leaves)] = re.findall(
        r"'max_iter': '(\d+)', 'learning_rate': '([\d.]+)', 'max_leaf_nodes': '(\d+)'", said
    )
    assert settings == {
        "max_iter": int(trees),
        "learning_rate": float(rate),
        "max_leaf_nodes": int(leaves),
    }


def test_every_candidate_stands_beside_doing_without(page: Page) -> None:
    in_june = rows(page, "candidate")[-1]
    cost = {name: numbers[-1] for name, numbers in in_june.items()}
    assert min(cost, key=cost.__getitem__) == "champion"
    assert cost["champion"] < cost["rule by hour"] < cost["always alarm"] < cost["never alarm"]


def test_a_random_split_flatters_and_the_page_says_so(page: Page) -> None:
    flattery = next(
        table
        for table in rows(page, "candidate")
        if any(name.startswith("random") for name in table)
    )
    (honest, *_), (flattered, *_) = flattery.values()
    assert flattered > honest + 0.02
    prose = page.locator("article.bd-article").inner_text()
    assert f"an AUC of {flattered:.3f} instead of {honest:.3f}" in prose


def test_by_days_the_champion_is_not_sure_and_by_flights_it_seems_so(page: Page) -> None:
    interval = r"by {}: (-?[\d.]+) to (-?[\d.]+)"
    said = outputs(page)
    days = re.search(interval.format("days"), said)
    flights = re.search(interval.format("flights"), said)
    assert days
    assert flights
    assert float(days[1]) < 0 < float(days[2])
    assert float(flights[2]) <= 0


def test_the_text_has_all_its_numbers(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    assert "nan" not in re.findall(r"[a-z]+", prose)


def test_the_figures_say_what_they_show(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    alternatives = [pictures.nth(i).get_attribute("alt") or "" for i in range(pictures.count())]
    assert len(alternatives) == 2
    assert min(len(each) for each in alternatives) > 60


def test_the_tools_of_the_stage_are_compared(page: Page) -> None:
    compared = page.locator(f"{ANSWERS} table").filter(has_text="What would change here")
    for tool in ("TensorFlow", "PyTorch", "Weights & Biases", "Keras Tuner", "Optuna"):
        assert compared.locator("th", has_text=re.compile(f"^{tool}$")).count() == 1
