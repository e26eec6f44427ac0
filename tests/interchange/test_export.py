"""Exercises of ours become assignments of nbgrader and Otter, marked as these expect it."""

import ast
import json
from pathlib import Path

import nbformat
import pytest
import yaml

from mlops_landscape.cli import main
from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.interchange.foreign import must_pass
from mlops_landscape.exercises.interchange.nbgrader import export_nbgrader
from mlops_landscape.exercises.interchange.otter import export_otter
from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"
SOLUTION = """---
jupytext:
  notebook_metadata_filter: exercise,tools
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
tools: []
exercise:
  title: Count late flights
  points: 6
  minutes: 5
  chapter: index
  answers: [late]
  rubric:
  - criterion: Reasons
    points: 2
    levels: {0: none, 2: one for each step}
---

# Solution: Count late flights

<!-- BEGIN SOLUTION -->
Only here.

<!-- END SOLUTION -->
Count the delays of 15 minutes or more.

```{code-cell} ipython3
delays = [3, 20, 15, -4]
late = None
### BEGIN SOLUTION
late = sum(delay >= 15 for delay in delays)
### END SOLUTION
```

```{code-cell} ipython3
late
```
"""
CHECKS = '''"""Checks."""

import sys

from mlops_landscape.exercises.checks import worth


@worth(points=3, hint="Count with `>=`.")
def test_late_is_right(work):
    """The number is right."""
    print("noise", file=sys.stderr)
    late = work.answer("late")
    assert late == 2, f"`late` is {late}, not 2"


@worth(points=1, hint="Write the file.", visible=False)
def test_the_file_is_there(work):
    """The file is there."""
    assert (work.folder / "late.txt").is_file(), "there is no file late.txt"
'''


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(*(tmp_path / name for name in ("solutions", "exercises", "checks", "book")))
    for folder in (made.solutions, made.exercises, made.checks, made.book):
        folder.mkdir()
    (made.book / "index.md").write_text("# Flights\n")
    made.solution(SLUG).write_text(SOLUTION)
    made.check_file(SLUG).write_text(CHECKS)
    return made


def test_an_assignment_of_nbgrader_has_its_marks(places: Places, tmp_path: Path) -> None:
    report = export_nbgrader(SLUG, tmp_path / "course", places)
    path = tmp_path / "course/source" / SLUG / f"{SLUG}.ipynb"
    assert report.written == [path]
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    marked = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    assert list(marked) == [
        "solution-1",
        "rubric-1",
        "check-late_is_right",
        "check-the_file_is_there",
    ]
    assert marked["solution-1"].metadata.nbgrader.solution
    assert "### BEGIN SOLUTION\nlate = sum" in marked["solution-1"].source
    assert marked["rubric-1"].metadata.nbgrader.task
    assert marked["rubric-1"].cell_type == "markdown"
    points = {name: cell.metadata.nbgrader.get("points") for name, cell in marked.items()}
    assert list(points.values()) == [None, 2, 3, 1]
    hidden = marked["check-the_file_is_there"].source.splitlines()
    assert (hidden[0], hidden[-1]) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
    assert "HIDDEN" not in marked["check-late_is_right"].source
    everything = "\n".join(cell.source for cell in notebook.cells)
    assert "Only here" not in everything
    assert "# Count late flights" in everything
    assert any("second process" in sentence for sentence in report.lost)
    assert any("levels of the rubric" in sentence for sentence in report.lost)


def test_a_master_notebook_of_otter_pairs_its_marks(places: Places, tmp_path: Path) -> None:
    report = export_otter(SLUG, tmp_path / "out", places)
    (path,) = report.written
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    raw = [cell.source for cell in notebook.cells if cell.cell_type == "raw"]
    settings = yaml.safe_load(raw[0])
    assert raw[0].startswith("# ASSIGNMENT CONFIG")
    assert settings["tests"] == {"ok_format": False}
    opened: list[str] = []
    for line in (source.splitlines()[0] for source in raw[1:]):
        _, word, what = line.split()
        if word == "BEGIN":
            opened.append(what)
        else:
            assert opened.pop() == what
    assert opened == []
    questions = [yaml.safe_load(source) for source in raw if source.startswith("# BEGIN QUESTION")]
    assert [one["name"] for one in questions] == ["part_1", "rubric_1", "checks"]
    assert questions[1]["manual"]
    tests = [cell.source for cell in notebook.cells if "# BEGIN TEST CONFIG" in cell.source]
    configs = [yaml.safe_load(ast.parse(one).body[0].value.value) for one in tests]
    assert [(one["points"], one.get("hidden", False)) for one in configs] == [(3, False), (1, True)]
    # Otter takes a cell of a test only if it holds one function and nothing else.
    assert all(isinstance(ast.parse(one).body[1], ast.FunctionDef) for one in tests)
    solved = next(
        cell.source
        for cell in notebook.cells
        if "BEGIN SOLUTION" in cell.source and cell.cell_type == "code"
    )
    assert "\n# BEGIN SOLUTION\nlate" in solved
    assert "###" not in solved


def test_nothing_is_overwritten_and_a_mistake_writes_nothing(
    places: Places, tmp_path: Path
) -> None:
    for export in (export_nbgrader, export_otter):
        out = tmp_path / export.__name__
        (path,) = export(SLUG, out, places).written
        before = path.read_bytes()
        with pytest.raises(InputError, match="nothing is overwritten"):
            export(SLUG, out, places)
        assert path.read_bytes() == before
        with pytest.raises(InputError, match="there is no such solution"):
            export("none", tmp_path / "never", places)
    assert not (tmp_path / "never").exists()


def test_a_test_cell_runs_our_check_and_writes_nothing_to_stderr(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("mlops_landscape.exercises.interchange.foreign.Places", lambda: places)
    monkeypatch.chdir(tmp_path)
    must_pass(SLUG, "late_is_right", {"late": 2})
    with pytest.raises(AssertionError, match=r"`late` is 3, not 2\. Count with `>=`"):
        must_pass(SLUG, "late_is_right", {"late": 3})
    with pytest.raises(AssertionError, match="there is no file"):
        must_pass(SLUG, "the_file_is_there", {})
    (tmp_path / "late.txt").write_text("2")
    must_pass(SLUG, "the_file_is_there", {})
    with pytest.raises(AssertionError, match="has no check 'other'"):
        must_pass(SLUG, "other", {})
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("to", ["nbgrader", "otter"])
def test_the_command_exports_and_says_what_is_lost(
    to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["exercises", "export", "log-a-dummy-metric", "--to", to, "--out", str(tmp_path)]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "Not carried:" in said
    (path,) = tmp_path.rglob("*.ipynb")
    notebook = json.loads(path.read_text())
    names = [check.name for check in checks.collect(Places().check_file("log-a-dummy-metric"))]
    sources = "".join("".join(cell["source"]) for cell in notebook["cells"])
    assert all(f'"{name}"' in sources for name in names)
    assert main(arguments) == 1
    assert "Mend:" in capsys.readouterr().err
