"""What a chapter depends on: exactly that makes it run again."""

import pytest

from mlops_landscape.book import inputs
from mlops_landscape.book.chapters import Chapter, with_inputs
from mlops_landscape.book.inputs import input_files, inputs_key
from mlops_landscape.paths import REPOSITORY

from .conftest import NOTEBOOK, cell


def inputs_of(code: str) -> set[str]:
    """Return the files that a chapter with one cell depends on, from the repository's root."""
    text = NOTEBOOK.format(title="Page", body=cell(code), tools="pandas")
    chapter = Chapter("book/page", text, {})
    return {path.relative_to(REPOSITORY).as_posix() for path in input_files(chapter)}


PACKAGE = "src/mlops_landscape"


def test_a_chapter_of_its_own_depends_on_the_lock_only() -> None:
    assert inputs_of("import pandas\nprint(1)") == {"requirements.txt"}


@pytest.mark.parametrize(
    "code",
    [
        "from mlops_landscape.flights import load_flights",
        "from mlops_landscape import flights",
        "import mlops_landscape.flights as f",
        "%%writefile train.py\nfrom mlops_landscape.flights import load_flights",
        "print 'old'\nfrom mlops_landscape.flights import load_flights",
    ],
    ids=["from module", "from package", "import", "in a file that the cell writes", "Python 2"],
)
def test_a_module_counts_however_it_is_imported(code: str) -> None:
    assert f"{PACKAGE}/flights.py" in inputs_of(code)
    assert not any("quiz" in name for name in inputs_of(code))


def test_what_is_imported_counts_with_what_that_imports_and_reads() -> None:
    found = inputs_of("from mlops_landscape.landscape import show_landscape")
    assert f"{PACKAGE}/landscape/static/landscape.js" in found
    assert f"{PACKAGE}/catalogue/load.py" in found
    assert f"{PACKAGE}/errors.py" in found
    assert "catalogue/tools.yml" in found
    assert not any("/exercises/" in name for name in found)


def test_a_quiz_counts_for_the_chapter_that_asks_it() -> None:
    found = inputs_of('from mlops_landscape.quiz import quiz\nquiz("tools/mlflow")')
    assert "book/tools/mlflow.quiz.yml" in found
    assert f"{PACKAGE}/quiz/static/quiz.js" in found
    other = inputs_of('from mlops_landscape.quiz import quiz\nquiz("tools/other")')
    assert "book/tools/mlflow.quiz.yml" not in other


def test_checks_count_for_the_exercise_that_calls_them() -> None:
    found = inputs_of('from mlops_landscape.exercises import check\ncheck("log-a-dummy-metric")')
    assert "tests/exercises/test_log_a_dummy_metric.py" in found
    assert f"{PACKAGE}/exercises/checks.py" in found


def test_what_measures_the_course_depends_on_the_text_of_all_pages() -> None:
    found = inputs_of("from mlops_landscape.path import load_course")
    assert {"_toc.yml", "book/landscape.md", "exercises/a-dvc-pipeline.md"} <= found
    assert "book/teaching/syllabi.yml" in found


def test_the_command_line_reaches_everything() -> None:
    found = inputs_of("!mlops-landscape validate")
    assert f"{PACKAGE}/quiz/widget.py" in found
    assert "catalogue/tools.yml" in found


def test_the_key_stands_on_a_line_that_was_there() -> None:
    text = NOTEBOOK.format(title="Page", body="Text", tools="pandas")
    marked = with_inputs(text, "0123456789ab")
    assert len(marked.splitlines()) == len(text.splitlines()), "messages keep their line numbers"
    assert "display_name: Python 3 (inputs 0123456789ab)" in marked


def test_a_page_without_a_program_is_run_again_where_the_program_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {}
    for there in (False, True):
        monkeypatch.setattr(inputs, "has_program", lambda name, there=there: there)
        for code in ("find('promtool')", "find('something else')"):
            code = f"from mlops_landscape.programs import find\n{code}"
            text = NOTEBOOK.format(title="Page", body=cell(code), tools="pandas")
            keys[code, there] = inputs_key(Chapter("book/page", text, {}))
    assert len(set(keys.values())) == 3, "only the chapter that asks for it depends on a program"
