"""What the Kubeflow chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page, expect

NAME = "tools/kubeflow"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, heading: str) -> list[list[str]]:
    """Return the rows of the table that has a column `heading`."""
    found = page.locator(f"{ANSWERS} table").filter(has_text=heading).first
    return [row.split("\t") for row in found.inner_text().splitlines()]


def test_a_step_gives_what_its_function_gives(page: Page) -> None:
    said = outputs(page)
    assert "through the runner: True as a plain function: True" in said
    assert '"minutes": 20.0' in said


def test_only_the_function_travels(page: Page) -> None:
    assert "the step's log: NameError: name 'pd' is not defined" in outputs(page)


def test_each_branch_is_really_taken_once_and_skipped_once(page: Page) -> None:
    said = outputs(page)
    assert "deploy: 1 ran, 0 cached refuse: skipped in the service's folder: ['model.pkl']" in said
    assert "deploy: skipped refuse: 1 ran, 0 cached it said: AUC 0." in said


def test_the_gate_follows_the_scores(page: Page) -> None:
    scores = [(row[0].strip(), float(row[2])) for row in rows(page, "auc")[1:]]
    assert [month for month, _ in scores] == ["June", "June", "October", "October"]
    assert max(auc for month, auc in scores if month == "June") >= 0.7
    best = max(auc for month, auc in scores if month == "October")
    assert best < 0.7
    assert f"it said: AUC {best:.3f} is below 0.7: nothing deployed" in outputs(page)


def test_the_second_run_takes_training_from_the_cache(page: Page) -> None:
    steps = {row[0].strip(): row[1:] for row in rows(page, "October")[1:]}
    assert [cell.strip() for cell in steps["train"]] == ["2 ran, 0 cached", "0 ran, 2 cached"]
    assert [cell.strip() for cell in steps["take"]] == ["2 ran, 0 cached", "1 ran, 1 cached"]


@pytest.mark.parametrize(
    "part",
    [
        "defaultValue: - 0.03 - 0.3 isOptional: true parameterType: LIST",
        "model: artifactType: schemaTitle: system.Model",
        "parameterIterator: itemInput: pipelinechannel--rates-loop-item",
        "producerTask: for-loop-1",
        "refuse: !(inputs.parameter_values['pipelinechannel--choose-auc'] >=",
        "image: alpine:3.22",
        "resourceType: nvidia.com/gpu",
        "resourceMemoryLimit: 8G",
        "retries: 3 cached: False",
    ],
)
def test_the_yaml_is_shown_in_parts(page: Page, part: str) -> None:
    assert part in outputs(page)


def test_the_local_runner_refuses_a_container(page: Page) -> None:
    assert (
        "RuntimeError: The SubprocessRunner only supports running Lightweight Python Components. "
        "You are attempting to run a Container Component." in outputs(page)
    )


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("dsl.ContainerOp(", "AttributeError: module 'kfp.dsl' has no attribute 'ContainerOp'"),
        ("func_to_container_op(", "AttributeError: module 'kfp.components' has no attribute"),
        ("create_component_from_func(", "'create_component_from_func'"),
        ("dsl.component(is_late", "TypeError: Missing type annotation for argument: minutes"),
        ("late(20.0)\n", "TypeError: Components must be instantiated using keyword arguments"),
        ("use_gcp_secret", "AttributeError: 'PipelineTask' object has no attribute 'apply'"),
        (".set_gpu_limit(1)", "DeprecationWarning: 'set_gpu_limit' is deprecated"),
        ('"late-flights.zip"', "ValueError: The output path late-flights.zip should end with"),
        ('"late-flights.json"', "DeprecationWarning: Compiling to JSON is deprecated"),
        ("dsl.Condition(", "DeprecationWarning: dsl.Condition is deprecated"),
        ("if first.output == True", "no error and no warning"),
    ],
)
def test_old_code_stands_beside_what_it_meets(page: Page, old: str, today: str) -> None:
    cells = page.locator("div.cell").filter(has=page.locator("div.cell_output"))
    pairs = [
        re.sub(r"\s+", " ", " ".join(cell.locator("div.cell_output").all_inner_texts()))
        for cell in cells.all()
        if old in cell.locator("div.cell_input").first.inner_text()
    ]
    assert any(today in said for said in pairs), pairs


def test_the_silent_traps_are_shown(page: Page) -> None:
    said = outputs(page)
    assert "steps: ['late', 'late-2'] gates: ['', '']" in said
    assert "ready ran: False Could not resolve parent input: score-auc" in said
    assert "Pipeline 'lone-gate' finished with status SUCCESS" in said


def test_the_pins_are_those_of_the_stamp(page: Page) -> None:
    stamped = re.search(r"kfp (\d+\.\d+\.\d+)", outputs(page))
    assert stamped
    assert f"kfp=={stamped[1]}" in outputs(page)
    expect(page.locator("article.bd-article")).to_contain_text(f"RUN pip install kfp=={stamped[1]}")


def test_figures_of_the_text_were_filled_in(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    assert re.search(r"reaches 0\.\d{3} in June and 0\.\d{3} in October", prose)


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|KFP Executor", shown)


def test_nothing_is_left_running(page: Page) -> None:
    assert "processes still running: 0" in outputs(page)


def test_the_figure_says_what_it_shows(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    expect(pictures).to_have_count(1)
    assert "threshold" in (pictures.first.get_attribute("alt") or "")
