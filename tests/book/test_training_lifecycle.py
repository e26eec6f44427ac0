"""What the chapter on training tools promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, outputs, rows
from playwright.sync_api import Page

NAME = "lifecycle/training"
TREES = ("scikit-learn", "XGBoost")
NETWORKS = ("Keras on TensorFlow", "PyTorch 1.13")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_the_networks_lose_to_the_trees_and_only_they_move_with_the_seed(page: Page) -> None:
    told = {row["framework"]: row for row in rows(page, "framework", "log loss", "± by seed")}
    assert list(told) == [*TREES, *NETWORKS]
    worst = max(float(told[name]["log loss"]) for name in TREES)
    for name in NETWORKS:
        assert float(told[name]["log loss"]) > worst
        assert float(told[name]["± by seed"]) > 0
        assert float(told[name]["fit, s"]) > float(told["XGBoost"]["fit, s"])
    assert {float(told[name]["± by seed"]) for name in TREES} == {0.0}


def test_all_tuners_had_the_same_budget_and_only_learning_ones_beat_chance(page: Page) -> None:
    told = {row["tuner"]: row for row in rows(page, "tuner", "best in May", "ms a question")}
    assert set(told) == {"random search", "Keras Tuner", "Ray Tune", "Hyperopt", "Optuna"}
    assert {row["questions each"] for row in told.values()} == {"24"}
    chance = float(told["random search"]["best in May"])
    spread = float(told["random search"]["± by study"])
    for name in ("Hyperopt", "Optuna"):
        assert told[name]["asks by"] == "TPE"
        # Better on average, and by less than two random studies differ: what the text says.
        assert 0 < chance - float(told[name]["best in May"]) < spread
    # Of Ray there are two studies only, each with its own draw: their mean may lie further off.
    for name, limit in (("Keras Tuner", spread), ("Ray Tune", 4 * spread)):
        assert told[name]["asks by"] == "chance"
        assert abs(chance - float(told[name]["best in May"])) < limit
    cost = {name: float(row["ms a question"]) for name, row in told.items()}
    assert cost["Ray Tune"] > 10 * cost["Optuna"]


def test_what_is_best_in_may_is_worse_in_june(page: Page) -> None:
    for row in rows(page, "tuner", "best in May", "the same in June"):
        assert float(row["the same in June"]) > float(row["best in May"]) + 0.05


def test_two_workers_get_the_weights_of_one(page: Page) -> None:
    told = answer(page, "def train_with(workers)")
    assert "the two workers have the same weights: True" in told
    rounding = re.search(r"with all rows differs by (\S+)", told)
    apart = re.search(r"do not average differ by (\S+)", told)
    assert rounding
    assert apart
    assert float(rounding[1]) < 1e-5 < 1e-3 < float(apart[1])
    by_hand = re.search(r"mean and the whole by (\S+)", outputs(page))
    assert by_hand
    assert float(by_hand[1]) < 1e-12


def test_the_old_way_to_stop_early_fails_and_the_new_one_stops(page: Page) -> None:
    told = re.sub(r"\s+", " ", answer(page, "early_stopping_rounds=20"))
    assert "TypeError: XGBClassifier.fit() got an unexpected keyword argument" in told
    kept = re.search(r"trees kept: (\d+) of 500", told)
    assert kept
    assert 10 < int(kept[1]) < 480


def test_every_tool_of_the_category_is_told_about(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    bold = " ".join(page.locator("article.bd-article p strong").all_inner_texts())
    for tool in (
        *("TensorFlow", "PyTorch", "scikit-learn", "XGBoost", "Optuna", "Ray Tune", "Hyperopt"),
        *("Keras Tuner", "Horovod", "SageMaker AI", "Vertex AI"),
    ):
        assert tool in bold
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", printed)
