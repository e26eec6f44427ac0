"""What the Vertex AI chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page, expect

NAME = "tools/vertex-ai"
ATTEMPTS = '["python", "attempts.py"]'


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def rows(page: Page, heading: str) -> list[list[str]]:
    """Return the cells of the output table that has a column `heading`, without its first row."""
    found = page.locator(f"{ANSWERS} table").filter(
        has=page.get_by_role("columnheader", name=heading, exact=True)
    )
    lines = found.first.inner_text().splitlines()[1:]
    return [[cell.strip() for cell in line.split("\t")] for line in lines]


def test_the_job_was_given_the_training_contract(page: Page) -> None:
    given = dict(rows(page, "what the job was given"))
    assert given["AIP_MODEL_DIR"].startswith("gs://flights-ml/aiplatform-custom-training-")
    assert given["AIP_MODEL_DIR"].endswith("/model/")
    assert {"AIP_CHECKPOINT_DIR", "AIP_TENSORBOARD_LOG_DIR", "CLOUD_ML_PROJECT_ID"} <= set(given)
    # What went up and what came back: the SDK's own package, and the script's file.
    assert "aiplatform_custom_trainer_script-0.1.tar.gz" in outputs(page)
    assert "/model/contract.json" in outputs(page)


def test_the_job_learnt_what_the_notebook_learns(page: Page) -> None:
    assert "the job's model predicts what ours predicts: True" in outputs(page)
    assert "endpoint and local model agree: True" in outputs(page)


def test_the_registry_holds_two_versions(page: Page) -> None:
    versions = {version: (aliases, float(auc)) for version, aliases, _, auc, _ in rows(page, "auc")}
    assert versions["1"][0] == "default"
    assert versions["2"][0] == "challenger"
    assert all(0.6 < auc < 0.9 for _, auc in versions.values())


def test_a_fifth_of_the_requests_went_to_the_challenger(page: Page) -> None:
    counted = {version: int(count) for version, count in rows(page, "count")}
    assert counted == {"1": 16, "2": 4}
    assert "4 of 20 requests went to version 2" in page.locator("article").first.inner_text()


def test_the_container_keeps_the_contract_over_http(page: Page) -> None:
    said = outputs(page)
    assert "health 200 predict 200" in said
    predictions = re.search(r'\{"predictions": \[([^]]+)\]', said)
    assert predictions, "no answer of the prediction container is shown"
    chances = [float(number) for number in predictions[1].split(",")]
    assert len(chances) == 3
    assert all(0 < chance < 1 for chance in chances)


def test_failures_and_refusals_say_why(page: Page) -> None:
    said = outputs(page)
    assert "The replica workerpool0-0 exited with a non-zero status of 1." in said
    assert "KeyError: 'Late'" in said
    assert 'There are no files under "gs://flights-ml/' in said
    assert '400: {"error": "KeyError: \\"[\'origin\'] not in index\\""}' in said
    assert "501: the stand-in does not know GET /v1/projects/flights/" in said


def test_the_pipeline_ran_and_deployed(page: Page) -> None:
    said = outputs(page)
    for task in ("take", "choose", "deploy"):
        assert re.search(rf"SUCCEEDED +{task}\b", said), f"the step {task} is not shown"
    assert "refuse" not in said
    assert "deployed: True" in said


@pytest.mark.parametrize(
    ("old", "today"),
    [
        (
            '["python", "attempts.py"]',
            "DefaultCredentialsError: Your default credentials were not found",
        ),
        (ATTEMPTS, "RuntimeError: staging_bucket should be set"),
        (ATTEMPTS, "RuntimeError: model_display_name was provided"),
        ("training/tf-cpu.2-2:latest", 'Image "gcr.io/cloud-aiplatform/training/tf-cpu.2-2'),
        ("from kfp.v2 import compiler", "DeprecationWarning: The module `kfp.v2` is deprecated"),
        ("AIPlatformClient", "ModuleNotFoundError: No module named 'kfp.v2.google'"),
        ('GenerativeModel("gemini-1.5-pro")', "UserWarning: This feature is deprecated"),
        ("vertexai.preview.init(remote=True)", "AttributeError: module 'vertexai.preview'"),
        ("from google.cloud import automl", "ImportError: cannot import name 'automl'"),
    ],
)
def test_old_code_stands_beside_its_real_error(page: Page, old: str, today: str) -> None:
    cell = page.locator("div.cell").filter(has=page.locator("div.cell_input", has_text=old))
    expect(cell.last.locator("div.cell_output").first).to_contain_text(today)


def test_the_course_snippet_is_there_as_it_always_was(page: Page) -> None:
    code = "\n".join(page.locator("div.cell_input").all_inner_texts())
    snippet = (
        "job = aiplatform.CustomTrainingJob(\n"
        "display_name='my-training-job',\n"
        "script_path='train.py',\n"
        "container_uri='gcr.io/cloud-aiplatform/training/tf-cpu.2-2:latest',\n"
        "requirements=['pandas']\n"
        ")\n"
        "model = job.run(replica_count=1, model_display_name='my-model')"
    )
    assert snippet in code


def test_figures_of_the_text_were_filled_in(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    first, second = (row[3] for row in rows(page, "auc"))
    shown = re.search(r"reach an AUC of ([\d.]+\d) and ([\d.]+\d)", prose)
    assert shown, "the sentence on the two versions is gone"
    assert (shown[1], shown[2]) == (f"{float(first):.3f}", f"{float(second):.3f}")


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|backing LRO", shown)


def test_everything_was_tidied_up(page: Page) -> None:
    said = outputs(page)
    assert "endpoints: 0 models: 0" in said
    assert "stand-in still running: False" in said


def test_the_figure_says_what_it_shows(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    alternatives = [pictures.nth(i).get_attribute("alt") or "" for i in range(pictures.count())]
    assert len(alternatives) == 1
    assert "June" in alternatives[0]
    assert len(alternatives[0]) > 60
