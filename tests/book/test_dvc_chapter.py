"""What the DVC chapter promises, read from the page that the build made."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, cell, outputs
from playwright.sync_api import Page, expect

NAME = "tools/dvc"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def test_the_course_snippet_is_there_as_it_always_was(page: Page) -> None:
    code = cell(page, "# --- the course").locator("div.cell_input").inner_text()
    lines = [line for line in code.splitlines() if not line.startswith("#")]
    for line in (
        "git add data/train.csv.dvc .gitignore",
        'git commit -m "Add training data"',
        "dvc remote add -d myremote s3://ml-data-store",
        "dvc push",
    ):
        assert line in lines


def test_both_failures_of_the_course_snippet_are_shown(page: Page) -> None:
    said = answer(page, "# --- the course")
    assert "fatal: pathspec '.gitignore' did not match any files" in said
    assert "ERROR: unexpected error - Unable to locate credentials" in said
    assert "exit code of the last command: 255" in said
    held, missing = answer(page, "git show --stat --format=").split("not in any commit:")
    assert "train.csv.dvc" not in held
    assert "?? data/" in missing


def test_the_remote_is_committed_before_the_data(page: Page) -> None:
    code = "\n".join(page.locator("div.cell_input").all_inner_texts())
    assert code.index("Start with DVC and its remotes") < code.index("Flights of January to March")
    assert ".dvc/config" in answer(page, "dvc remote modify store endpointurl")


def test_lines_are_as_they_were_printed(page: Page) -> None:
    # %%bash sends pieces of 100 bytes; a seam must not become a new line.
    assert "3 files changed, " in answer(page, "git show --stat --format=")
    assert "Removed 2 objects from repo cache." in answer(page, "dvc gc --workspace --dry")
    drawn = answer(page, "dvc dag").splitlines()
    assert {line.count("+") for line in drawn if "data/train.csv.dvc" in line} == {0}
    assert any(line.strip() == "| judge |" for line in drawn)


def test_an_unchanged_pipeline_is_not_run_again(page: Page) -> None:
    runs = [
        re.sub(r"\s+", " ", text)
        for text in page.locator(ANSWERS).filter(has_text="Stage 'judge'").all_inner_texts()
    ]
    assert any("Data and pipelines are up to date." in text for text in runs)
    first = answer(page, 'git commit --quiet -m "Pipeline: fit and judge"')
    assert "Running stage 'fit'" in first
    assert "Running stage 'judge'" in first


def test_metrics_of_the_text_are_those_of_the_table(page: Page) -> None:
    row = re.search(r"metrics\.json auc ([\d.]+) ([\d.]+)", outputs(page))
    assert row
    prose = page.locator("article.bd-article").inner_text()
    assert "glue:" not in prose
    said = re.search(r"AUC in June goes from ([\d.]+) to ([\d.]+)", prose)
    assert said
    for shown, told in zip(row.groups(), said.groups(), strict=True):
        assert f"{float(shown):.3f}" == told
    assert float(row[2]) > float(row[1])


def test_the_experiments_show_that_they_start_from_the_workspace(page: Page) -> None:
    table = page.locator(f"{ANSWERS} table").filter(has_text="judge.threshold").first
    rows = [line.split("\t") for line in table.inner_text().splitlines()]
    trees = {row[0].strip(): row[1].strip() for row in rows}
    assert trees["cautious"] == trees["patient"] == "90"
    assert trees["main"] == "30"
    second = answer(page, "--name cautious")
    assert "Stage 'fit' didn't change, skipping" in second


def test_old_and_new_data_came_back_byte_for_byte(page: Page) -> None:
    said = outputs(page)
    before, after = re.findall(r"(?:before everything:|after pull at v1:) ([0-9a-f]{40})", said)
    assert before == after
    assert "byte for byte the old one: True" in said
    assert "byte for byte the new one: True" in said
    assert "she has the same bytes: True" in said
    assert "the same without DVC: True" in said


def test_bucket_and_folder_hold_the_same(page: Page) -> None:
    said = outputs(page)
    assert "bucket made: 200" in said
    assert "objects in the bucket: 6 the same in the folder: True" in said


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ('old("dvc run -n count', "ERROR: argument command: invalid choice: 'run'"),
        ('old("dvc metrics diff --show-json', "ERROR: unrecognized arguments: --show-json"),
        ("import make_checkpoint", "ImportError: cannot import name 'make_checkpoint'"),
        ('old("dvc add --external', "ERROR: unrecognized arguments: --external"),
    ],
)
def test_old_code_stands_beside_its_real_error(page: Page, old: str, today: str) -> None:
    expect(cell(page, old).locator("div.cell_output").first).to_contain_text(today)


def test_what_changed_silently_is_shown(page: Page) -> None:
    said = outputs(page)
    place = r"([0-9a-f]{2}/[0-9a-f]{30})"
    assert re.search(rf"(?<!md5/){place}: False files/md5/\1: True", said)
    status = answer(page, "dvc status old-note.csv.dvc new-note.csv.dvc")
    assert "new-note.csv" in status
    assert "old-note.csv" not in status


def test_the_tag_without_a_remote_is_skipped_and_then_rescued(page: Page) -> None:
    said = outputs(page)
    assert "v1 is in the store: False v2 is in the store: True" in said
    assert "pushed" in answer(page, "git tag v1\ndvc remote add")
    assert said.rindex("v1 is in the store: True") > said.index("v1 is in the store: False")


def test_data_is_not_merged(page: Page) -> None:
    said = answer(page, "git merge main")
    assert "CONFLICT (content): Merge conflict in data/train.csv.dvc" in said
    assert said.count("- md5: ") == 2


def test_garbage_collection_would_take_the_old_data(page: Page) -> None:
    shown = re.search(r"January to March: ([0-9a-f]{2}/[0-9a-f]{30})", outputs(page))
    assert shown
    assert f"Removing {shown[1]}" in answer(page, "dvc gc --workspace --dry")


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|\x1b", shown)


def test_no_server_is_left_running(page: Page) -> None:
    assert "processes still running: 0" in outputs(page)


def test_the_figure_says_what_it_shows(page: Page) -> None:
    pictures = page.locator(f"{ANSWERS} img")
    alternatives = [pictures.nth(i).get_attribute("alt") or "" for i in range(pictures.count())]
    assert len(alternatives) == 1
    assert "v1" in alternatives[0]
    assert len(alternatives[0]) > 60
