"""What the MLflow chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page, expect

NAME = "tools/mlflow"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_both_promotions_follow_their_rule(page: Page) -> None:
    verdicts = re.findall(
        r"(July|October): version (\d) wins ([\d.]+)% of the draws: "
        r"(promoted to champion|not promoted)",
        outputs(page),
    )
    assert [month for month, *_ in verdicts] == ["July", "October"]
    for _, _, share, verdict in verdicts:
        assert (float(share) >= 95) == (verdict == "promoted to champion")


def test_the_registry_ends_with_the_champion_that_won(page: Page) -> None:
    tables = page.locator(f"{ANSWERS} table").filter(has_text="made by run")
    rows = [row.split("\t") for row in tables.last.inner_text().splitlines()[1:]]
    holders = {row[-1].strip(): row[0].strip() for row in rows}
    winner = re.findall(r"version (\d) wins [\d.]+% of the draws: promoted", outputs(page))[-1]
    assert holders["champion"] == winner
    # The interface section asks the server itself, over REST.
    assert f"{{'alias': 'champion', 'version': '{winner}'}}" in outputs(page)


def test_http_answers_what_the_loaded_model_predicts(page: Page) -> None:
    said = outputs(page)
    assert "pyfunc and scikit-learn agree: True" in said
    assert "HTTP and loaded model agree: True" in said
    assert "the same predictions without MLflow: True" in said


def test_the_open_door_and_the_deaf_scorer_were_really_tried(page: Page) -> None:
    said = outputs(page)
    assert "200 - the champion is now version 1" in said
    assert "the scorer answers as before: True" in said


def test_autologging_measures_the_training_data_and_stores_a_pickle(page: Page) -> None:
    said = outputs(page)
    names = re.search(r"parameters, and these metrics: ([\w, ]+?) estimator\.html", said)
    assert names, "the list of what autologging wrote is gone"
    assert all(name.startswith("training_") for name in names[1].split(", "))
    assert "model: MLmodel, conda.yaml, model.pkl" in said
    # Of three evaluations two arrive; a grid of seven leaves itself and its five best.
    assert "Pipeline_score_june_x, log_loss_june_x grid of seven: 6 runs" in said


def test_autologging_costs_what_the_table_says(page: Page) -> None:
    rows = page.locator(f"{ANSWERS} table").filter(has_text="no autologging").locator("tbody tr")
    seconds = [float(row.split("\t")[-1]) for row in rows.all_inner_texts()]
    assert len(seconds) == 3
    assert seconds == sorted(seconds)


def test_the_floor_lets_the_champion_pass_and_stops_what_is_below(page: Page) -> None:
    said = outputs(page)
    assert "passed: above 0.65, and 0.005 better than version 1" in said
    stopped = re.search(
        r"ModelValidationFailedException: Metric recall_score value threshold check failed: "
        r"candidate model recall_score = ([\d.]+), recall_score threshold = 0\.5",
        said,
    )
    assert stopped, "the threshold that is missed raises no more"
    prose = page.locator("article.bd-article").inner_text()
    assert f"finds {100 * float(stopped[1]):.0f} % of the late flights" in prose


def test_a_trace_has_its_spans_in_order(page: Page) -> None:
    rows = page.locator(f"{ANSWERS} table").filter(has_text="span").locator("tbody tr")
    spans = dict(row.split("\t") for row in rows.all_inner_texts())
    assert list(spans) == ["answer", "read", "encode", "trees"]
    steps = sum(float(spans[name]) for name in ("read", "encode", "trees"))
    assert float(spans["answer"]) >= steps - 0.2  # rounded to a tenth each
    assert page.locator(f"{ANSWERS} iframe").count() == 0  # MLflow's own viewer needs a server


def test_the_old_store_is_moved_row_by_row_and_its_files_stay(page: Page) -> None:
    said = outputs(page)
    for what, count in {"runs": 2, "params": 6, "metrics": 2}.items():
        assert re.search(rf"\b{what} {count} {count}\b", said), what
    assert "files still in the old folder: True" in said


def test_looking_at_an_old_database_upgrades_it(page: Page) -> None:
    said = outputs(page)
    found = dict(
        re.findall(r"(before|after one look|upgraded|backup): (\d+ tables, revision \w+)", said)
    )
    assert found["before"] == found["backup"] != found["upgraded"] == found["after one look"]


def test_wrong_requests_show_their_status_and_their_reason(page: Page) -> None:
    said = outputs(page)
    assert "400 a column is missing Model is missing inputs ['origin']" in said
    assert "400 text instead of a number Invalid input." in said
    assert "400 the format of MLflow 1.x The input must be a JSON dictionary" in said
    assert '200 temperature in Celsius {"predictions"' in said


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ('mlflow.set_tracking_uri("file:./mlruns")', "MlflowException: The filesystem tracking"),
        ('mlflow.sklearn.log_model(line, "model")', "WARNING: `artifact_path` is deprecated."),
        ('mlflow.sklearn.log_model(forest, "model")', "MlflowException: The saved sklearn model"),
        ("client.list_artifacts(best", "no error and no warning"),
        ("client.transition_model_version_stage(", "FutureWarning:"),
        ("client.list_experiments()", "AttributeError: 'MlflowClient' object has no attribute"),
        ("mlflow.recipes.Recipe", "AttributeError: module 'mlflow' has no attribute 'recipes'"),
        ("mlflow.evaluate(champion_uri, **old)", "FutureWarning: The `mlflow.evaluate` API has"),
        ("baseline_model=", "TypeError: evaluate() got an unexpected keyword argument"),
        ("mlflow run . --no-conda", "No such option '--no-conda'"),
    ],
)
def test_old_code_stands_beside_its_real_error(page: Page, old: str, today: str) -> None:
    cell = page.locator("div.cell").filter(has=page.locator("div.cell_input", has_text=old))
    expect(cell.first.locator("div.cell_output").first).to_contain_text(today)


def test_the_course_snippet_is_there_as_it_always_was(page: Page) -> None:
    snippet = 'mlflow.log_param("alpha", 0.5)\n    mlflow.log_metric("rmse", 0.78)'
    code = "\n".join(page.locator("div.cell_input").all_inner_texts())
    assert snippet in code
    expect(page.locator(f"{ANSWERS} table").first).to_contain_text("FINISHED")


def test_figures_of_the_text_were_filled_in_and_agree_with_the_output(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    share = re.search(r"The challenger won ([\d.]+) % of the draws", prose)
    assert share, "the sentence on July's decision is gone"
    assert f"wins {share[1]}% of the draws" in outputs(page)


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(
        r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\bWARNING mlflow", shown
    )


def test_no_server_is_left_running(page: Page) -> None:
    assert "processes still running: 0" in outputs(page)


def test_figures_say_what_they_show(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    alternatives = [pictures.nth(i).get_attribute("alt") or "" for i in range(pictures.count())]
    assert len(alternatives) == 3
    assert all(re.search("June|July", text) and len(text) > 60 for text in alternatives)
