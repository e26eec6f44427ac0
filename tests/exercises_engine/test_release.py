"""The learner's package of a small exercise with a hidden check; what leaks is found and named."""

import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import release as release_module
from mlops_landscape.exercises.release import NAME, release
from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"
PAGE = f"exercises/{SLUG}.md"
NOTEBOOK = f"exercises/{SLUG}.ipynb"
CHECKS = "tests/exercises/test_count_late_flights.py"


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_learners_get_the_exercise_and_nothing_that_is_not_for_them(
    places: Places, tmp_path: Path
) -> None:
    released = release(tmp_path / "new" / "out", places=places)
    assert sorted(path.name for path in released.folder.parent.iterdir()) == [NAME, f"{NAME}.zip"]
    contents = files(released.folder)
    assert len(contents) == released.files
    assert {PAGE, NOTEBOOK, CHECKS, "README.md", "LICENSE", "Makefile"} <= set(contents)
    checks = contents[CHECKS].decode()
    assert "test_late_is_right" in checks
    assert "the_file_is_there" not in checks
    everything = b"\n".join(contents.values()).decode()
    for secret in ("delay >= 15", "Only here", "late.txt holds", "Write the file", "d > 15"):
        assert secret not in everything, secret
    assert "| Count late flights | 5 | 4 |" in contents["README.md"].decode()
    with zipfile.ZipFile(released.archive) as zipped:
        assert {name: zipped.read(name) for name in zipped.namelist()} == {
            f"{NAME}/{name}": content for name, content in contents.items()
        }


def test_both_forms_of_the_page_are_the_same_notebook_and_nothing_ran(
    places: Places, tmp_path: Path
) -> None:
    contents = files(release(tmp_path / "out", places=places).folder)
    notebook = nbformat.reads(contents[NOTEBOOK].decode(), as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source.splitlines()[-1] for cell in code] == ["# YOUR CODE HERE", "    pass"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert notebook.metadata.exercise.title == "Count late flights"
    page = contents[PAGE].decode()
    assert "Do not edit" not in page
    assert "Stuck for more than" not in page


def test_the_same_exercises_make_the_same_bytes(places: Places, tmp_path: Path) -> None:
    one = release(tmp_path / "one", places=places)
    two = release(tmp_path / "two", [SLUG, SLUG], places=places)
    assert one.archive.read_bytes() == two.archive.read_bytes()


def test_links_that_lead_out_become_words_and_code_is_left_alone(
    places: Places, tmp_path: Path
) -> None:
    solution = places.solution(SLUG)
    links = (
        "See [the *counting* chapter](../book/tools/counting.md#top), [Python](https://python.org), "
        "[this page](../exercises/count-late-flights.md), {doc}`another <../book/x>` and "
        "`[a](../none.md)`.\n"
    )
    solution.write_text(solution.read_text().replace("Write the number into a file.\n", links))
    page = files(release(tmp_path / "out", places=places).folder)[PAGE].decode()
    assert (
        "See the *counting* chapter, [Python](https://python.org), "
        "[this page](../exercises/count-late-flights.md), another and `[a](../none.md)`."
    ) in page


PLANTED = {
    "marker": (PAGE, "### END SOLUTION", "the marker of a solution"),
    "marker in other words": ("README.md", "now begin solution", "the marker of a solution"),
    "short solution": (PAGE, "late = sum(delay >= 15 for delay in delays)", "the solution of"),
    "solution in another file": (
        "README.md",
        "   late =  sum(delay >= 15 for delay in delays)",
        "the solution of 'count-late-flights', line 31",
    ),
    "solution in the package": (
        "src/mlops_landscape/paths.py",
        "late = sum(delay >= 15 for delay in delays)",
        "the solution of",
    ),
    "the solution's words": ("Makefile", "# Only here: the solution's own words.", None),
    "words of the solution": (PAGE, "Only here: the solution's own words.", "the solution of"),
    "wrong answer": (PAGE, "print(late)", "the wrong answer 'no-file' to"),
    "name": ("README.md", "see test_the_file_is_there", "the name of a hidden check"),
    "name alone": (CHECKS, "# the_file_is_there", "the name of a hidden check"),
    "hint": ("README.md", "Write the\n  file.", "a text of the hidden checks"),
    "message": (CHECKS, 'X = "there is no " "file late.txt"', "a text of the hidden checks"),
    "title": (NOTEBOOK, None, "a text of the hidden checks"),
    "folder": ("solutions/x.md", "", "the folder 'solutions'"),
    "wrong answers": ("tests/exercises/wrong/x/y.md", "", "the folder 'wrong'"),
    "grader": ("src/mlops_landscape/grading/__init__.py", "", "the folder 'grading'"),
    "runner": ("src/mlops_landscape/exercises/run.py", "", "what grades, proves or releases"),
}


@pytest.mark.parametrize("name", [name for name in PLANTED if PLANTED[name][2]])
def test_a_planted_leak_is_found_with_file_and_line_and_nothing_is_left(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file, text, what = PLANTED[name]
    real = release_module._contents
    lines: list[int] = []

    def with_a_leak(*arguments: Any) -> dict[str, bytes]:  # noqa: ANN401
        contents = real(*arguments)
        if text is None:  # in the output of a cell
            notebook = json.loads(contents[file])
            output = {"output_type": "stream", "name": "stdout", "text": "1\nThe file holds the "}
            output["text"] += "number.\n"
            notebook["cells"][1]["outputs"] = [output]
            contents[file] = json.dumps(notebook, indent=1).encode()
            lines.append(1 + contents[file].decode().split("The file holds")[0].count("\n"))
        else:
            before = contents.get(file, b"")
            lines.append(before.count(b"\n") + 1 if text else 0)
            contents[file] = before + text.encode() + b"\n"
        return contents

    monkeypatch.setattr(release_module, "_contents", with_a_leak)
    with pytest.raises(InputError) as caught:
        release(tmp_path / "new" / "out", places=places)
    found = [one for one in caught.value.problems if str(one.file) == file and what in one.what]
    assert found, str(caught.value)
    assert found[0].place == (f"line {lines[0]}" if lines[0] else "")
    assert not (tmp_path / "new").exists()


def test_a_leak_in_the_archive_alone_is_found(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = release_module._zip
    leak = {PAGE: b"print(late)\n", "solutions/x.md": b""}
    monkeypatch.setattr(release_module, "_zip", lambda contents: real(contents | leak))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputError) as caught:
        release(tmp_path / "out", places=places)
    said = str(caught.value)
    assert f"{NAME}.zip, {PAGE}, line 1: learners would see the wrong answer 'no-file'" in said
    assert f"{NAME}.zip, solutions/x.md: learners would see the folder 'solutions'" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_package_whose_checks_cannot_be_imported_is_not_made(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = places.check_file(SLUG)
    needs = (
        "import mlops_landscape.weighing\n\nNEEDED = mlops_landscape.weighing\n\n\n@worth(points=3"
    )
    checks.write_text(checks.read_text().replace("@worth(points=3", needs))
    real = release_module.package_files
    monkeypatch.setattr(
        release_module,
        "package_files",
        lambda modules: [path for path in real(modules) if "weighing" not in path.parts],
    )
    with pytest.raises(InputError, match="No module named 'mlops_landscape.weighing'") as caught:
        release(tmp_path / "out", places=places)
    assert str(caught.value.problems[0].file) == CHECKS
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("existing", [NAME, f"{NAME}.zip"])
def test_what_lies_there_already_is_left_alone(
    places: Places, tmp_path: Path, existing: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / existing).write_text("someone's work")
    with pytest.raises(InputError, match="it exists already"):
        release(out, places=places)
    assert {path.name: path.read_text() for path in out.iterdir()} == {existing: "someone's work"}


def test_every_mistake_in_what_is_released_is_named_before_anything_is_made(
    places: Places, tmp_path: Path
) -> None:
    checks = places.check_file(SLUG)
    checks.write_text(checks.read_text().replace("points=3, hint", "points=3, visible=False, hint"))
    with pytest.raises(InputError) as caught:
        release(tmp_path / "out", [SLUG, "typo"], places)
    said = str(caught.value)
    assert "all its checks are hidden" in said
    assert "there is no such solution" in said
    assert not (tmp_path / "out").exists()
