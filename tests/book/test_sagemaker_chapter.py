"""What the SageMaker chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, outputs
from playwright.sync_api import Page, expect

NAME = "tools/sagemaker"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_the_script_ran_under_the_contract(page: Page) -> None:
    said = outputs(page)
    assert "Executing command: python3 train.py" in said
    assert "data: /opt/ml/input/data/train model: /opt/ml/model" in said
    assert "chmod +x /opt/ml/input/data/sm_drivers/sm_train.sh" in said


def test_two_jobs_have_metrics_from_their_logs_and_an_archive(page: Page) -> None:
    rows = page.locator(f"{ANSWERS} table").first.inner_text().splitlines()
    assert rows[0].split("\t")[0].strip() == "job"
    measured = {row.split("\t")[0].strip(): row.split("\t")[1:] for row in rows[1:]}
    assert set(measured) == {"quick", "hasty"}
    assert all(0.5 < float(auc) < 1 for auc, *_ in measured.values())
    said = outputs(page)
    for member in ("code/inference.py", "columns.json", "model.joblib"):
        assert f"kB {member}" in said
    assert re.search(r"Starting .* Downloading .* Training .* Uploading .* Completed", said)


def test_the_failing_job_hides_its_cause_in_the_log(page: Page) -> None:
    said = outputs(page)
    assert "FailedStatusError Failed AlgorithmError:" in said
    assert "returned non-zero exit status 1., exit code: 1" in said
    assert "KeyError: 'SM_CHANNEL_TRAIN'" in said


def test_the_endpoint_answers_what_the_archive_predicts(page: Page) -> None:
    said = outputs(page)
    assert "Creating InService" in said
    assert "the archive predicts the same: True" in said
    assert "500 text as CSV ValueError: send application/json, not text/csv" in said
    assert "500 a column is missing ValueError: columns are missing: origin" in said
    assert '200 temperature in Celsius {"late"' in said


def test_a_role_that_trusts_somebody_else_is_refused(page: Page) -> None:
    assert "Could not assume role arn:aws:iam::123456789012:role/LambdaRole" in outputs(page)


def test_a_version_was_approved_before_it_was_served(page: Page) -> None:
    assert re.search(r"version 1: Approved - Brier score in June: 0\.\d+", outputs(page))


def test_nothing_is_left(page: Page) -> None:
    said = outputs(page)
    assert "left with our tag: []" in said
    assert re.search(r"\d+ objects deleted; buckets: \[\]", said)
    assert "roles: []" in said
    assert "the stand-in still runs: False" in said
    assert "left in /opt/ml: []" in said


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("python course.py", "ModuleNotFoundError: No module named 'sagemaker.sklearn'"),
        ("sagemaker.sklearn.estimator import SKLearn", "`sagemaker.sklearn` was removed in the"),
        ("sagemaker.Session()", "module 'sagemaker' has no attribute 'Session'"),
        ("from sagemaker.estimator", "`sagemaker.estimator` was removed in the"),
        ("from sagemaker.inputs", "`sagemaker.inputs` was removed in the"),
        ("from sagemaker import image_uris", "cannot import name 'image_uris' from"),
        ("from sagemaker import get_execution_role", "name 'get_execution_role' from"),
        ("from sagemaker.sklearn.model", "`sagemaker.sklearn` was removed in the"),
        ("from sagemaker.predictor", "`sagemaker.predictor` was removed in the"),
        ("sagemaker.__version__", "module 'sagemaker' has no attribute '__version__'"),
    ],
)
def test_old_code_stands_beside_its_real_error(page: Page, old: str, today: str) -> None:
    cells = page.locator("div.cell").filter(has=page.locator("div.cell_input", has_text=old))
    seen = re.sub(r"\s+", " ", " ".join(cells.all_inner_texts()))
    assert today in seen


def test_the_course_snippet_is_there_as_it_always_was(page: Page) -> None:
    code = "\n".join(page.locator("div.cell_input").all_inner_texts())
    assert "sklearn = SKLearn(entry_point='train.py'," in code
    assert "predictor = sklearn.deploy(instance_type='ml.m5.large'," in code


def test_production_settings_pass_the_sdk_and_are_refused_by_the_stand_in(page: Page) -> None:
    said = outputs(page)
    assert "the SDK accepts it" in said
    assert "there are no spot machines here" in said


def test_the_page_says_what_only_aws_does(page: Page) -> None:
    table = page.locator("article.bd-article table").filter(has_text="only on AWS")
    for words in ("GPUs", "autoscaling", "IAM, which refuses", "every second is billed"):
        expect(table).to_contain_text(words)


def test_figures_of_the_text_were_filled_in(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    assert re.search(r"serving costs 2,190 times what training", re.sub(r"\s+", " ", prose))


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|\bWARNING\b", shown)
