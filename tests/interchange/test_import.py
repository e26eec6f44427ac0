"""An assignment of nbgrader becomes an exercise that works; what does not come along is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode, v4

from mlops_landscape.cli import main
from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.commands import build_exercises
from mlops_landscape.exercises.interchange.nbgrader import import_nbgrader
from mlops_landscape.exercises.prove import prove
from mlops_landscape.exercises.run import attempt
from mlops_landscape.exercises.source import Places, code_cells, make_exercise, read_solution

SLUG = "late-flights"
Make = Callable[..., Path]


def text(source: str, **marks: Any) -> NotebookNode:  # noqa: ANN401
    """Make a cell of text."""
    return _marked(v4.new_markdown_cell(source), marks)


def code(source: str, **marks: Any) -> NotebookNode:  # noqa: ANN401
    """Make a cell of code."""
    return _marked(v4.new_code_cell(source), marks)


def _marked(cell: NotebookNode, marks: dict[str, Any]) -> NotebookNode:
    if marks:
        defaults = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
        cell.metadata["nbgrader"] = {**defaults, **marks}
    return cell


def solution(grade_id: str) -> dict[str, Any]:
    """Return the marks of a cell that the learner writes."""
    return {"solution": True, "grade_id": grade_id}


def graded(grade_id: str, points: float) -> dict[str, Any]:
    """Return the marks of a cell of tests."""
    return {"grade": True, "locked": True, "grade_id": grade_id, "points": points}


ASSIGNMENT = [
    text("# Late flights\n\nAll about delays.", locked=True, grade_id="intro"),
    code("import numpy as np\n\ndelays = [3, 20, 15, -4]"),
    text("## Part A\n\nCount those of 15 minutes or more."),
    code(
        "late = None\n# BEGIN SOLUTION\nlate = sum(d >= 15 for d in delays)\n# END SOLUTION",
        **solution("count"),
    ),
    code(
        '"""The number of late flights is right."""\nassert late == 2, "count with >="',
        **graded("count_right", 1),
    ),
    text("## Part B\n\nWrite a function."),
    code(
        "def share(delays, limit=15):\n"
        '    """Return the share of late flights."""\n'
        "    ### BEGIN SOLUTION\n"
        "    if not delays:\n"
        '        raise ValueError("no flights")\n'
        "    return sum(d >= limit for d in delays) / len(delays)\n"
        "    ### END SOLUTION",
        **solution("share"),
    ),
    code(
        '"""share() is right for several inputs."""\n'
        "few = [1, 60]\n"
        "assert share(few) == 0.5\n"
        "assert np.isclose(share(delays, limit=16), 0.25)\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert share([15]) == 1\n"
        "### END HIDDEN TESTS",
        **graded("share_right", 1.5),
    ),
    code(
        "try:\n    share([])\nexcept ValueError:\n    pass\n"
        'else:\n    raise AssertionError("did not raise")',
        **graded("share_refuses", 0.5),
    ),
    text("## Part C\n\nAn array."),
    code(
        "kept = np.array([d for d in delays if d >= 15])\npair = (min(delays), max(delays))",
        **solution("array"),
    ),
    code(
        "assert kept.shape == (2,)\nassert kept.sum() == 35\nassert pair == (-4, 20)",
        **graded("array_right", 1),
    ),
    code("kept = kept[:1]"),
    text("## Part D\n\nWhy 15 minutes?"),
    text(
        "Because the office that counts says so.",
        **{**graded("why", 2), "solution": True, "locked": False},
    ),
]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Return the places of an empty course with one chapter."""
    made = Places(*(tmp_path / name for name in ("solutions", "exercises", "checks", "book")))
    for folder in (made.solutions, made.exercises, made.checks, made.book):
        folder.mkdir()
    (made.book / "index.md").write_text("# Flights\n")
    return made


@pytest.fixture
def assignment(tmp_path: Path) -> Make:
    """Give a function that writes a notebook of cells, by default the whole assignment."""

    def make(*cells: NotebookNode, language: str = "python") -> Path:
        kernel = {"name": "python3", "display_name": "Python 3", "language": language}
        notebook = v4.new_notebook(cells=list(cells or ASSIGNMENT), metadata={"kernelspec": kernel})
        path = tmp_path / "assignment.ipynb"
        nbformat.write(notebook, path)
        return path

    return make


def marks(text_of: str, places: Places) -> dict[str, Result]:
    """Run a form of the exercise and its checks."""
    names = read_solution(SLUG, places).about.answers
    cells = [source for _, source in code_cells(text_of)]
    ran = attempt(cells, places.check_file(SLUG), names)
    return {result.name: result for result in ran.results}


def test_a_whole_assignment_is_carried_and_holds(
    assignment: Make, places: Places, tmp_path: Path
) -> None:
    report = import_nbgrader(assignment(), SLUG, places)
    found = read_solution(SLUG, places)
    assert found.about.title == "Late flights"
    # 1 + 1.5 + 0.5 + 1 points by tests and 2 by a person, doubled to be whole
    assert found.about.points == 12
    assert [(one.name, one.points) for one in found.about.rubric] == [("Part D", 4)]
    collected = checks.collect(places.check_file(SLUG))
    assert [(one.name, one.points, one.visible) for one in collected] == [
        ("count_right", 2, True),
        ("share_right", 3, False),
        ("share_refuses", 1, True),
        ("array_right", 2, True),
    ]
    assert collected[0].title == "The number of late flights is right"
    assert all(one.passed for one in marks(found.text, places).values())
    blank = marks(make_exercise(found), places)
    assert not any(one.passed for one in blank.values())
    assert "Because the office" not in make_exercise(found)
    said = str(report)
    assert "all points are multiplied by 2" in said
    assert "hidden as a whole" in said
    assert "shows what is called" in said
    assert "Record at least 4 wrong answers" in said


def test_a_variable_that_is_data_is_an_answer_and_the_rest_is_handed_over(
    assignment: Make, places: Places
) -> None:
    import_nbgrader(assignment(), SLUG, places)
    found = read_solution(SLUG, places)
    assert found.about.answers == (
        "late",
        "seen_share_right",
        "seen_share_refuses",
        "seen_array_right",
    )
    added = next(s for _, s in code_cells(found.text) if "seen_share_right" in s)
    assert "few = [1, 60]" in added
    assert '"share(few)": outcome(lambda: share(few))' in added
    assert "0.5" not in added


def test_a_wrong_function_fails_with_what_was_seen(
    assignment: Make, places: Places, tmp_path: Path
) -> None:
    import_nbgrader(assignment(), SLUG, places)
    right = read_solution(SLUG, places).text
    wrong = right.replace("d >= limit", "d > limit").replace("(min(delays), max", "(0, max")
    found = marks(wrong, places)
    assert [name for name, one in found.items() if one.passed] == ["count_right", "share_refuses"]
    assert found["share_right"].message == "`share([15])` is 0.0, expected is 1"
    assert found["array_right"].message == "`pair` is [0, 20], expected is [-4, 20]"
    forgiving = right.replace('raise ValueError("no flights")', "return 0")
    found = marks(forgiving, places)
    assert "must end in ValueError, and ended well" in found["share_refuses"].message


def test_nobody_makes_up_the_wrong_answers(assignment: Make, places: Places) -> None:
    report = import_nbgrader(assignment(), SLUG, places)
    folder = places.wrong_answers(SLUG)
    assert [path.name for path in folder.iterdir()] == ["to-write.txt"]
    assert "Record at least 4 wrong answers" in (folder / "to-write.txt").read_text()
    assert set(report.written) == {
        places.solution(SLUG),
        places.check_file(SLUG),
        folder / "to-write.txt",
    }
    build_exercises(places=places)
    with pytest.raises(InputError, match="there are no recorded wrong answers"):
        prove(SLUG, places)


WHOLE = code(
    "total = 6\n\nclass Model:\n    score = 0.9\n\nmodel = Model()\n\n"
    "def half(n):\n    return n / 2",
    **solution("work"),
)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("assert isinstance(model, Model)", "would hand over a bare yes or no"),
        ("old = half\ndel half\nassert total == 6", "takes away what the learner made"),
        ("for n in range(3):\n    assert half(n) == n / 2", "for each turn of a loop"),
        ("assert half(2) == 7", "on the solution, it says: `half(2)` is 1.0, expected is 7"),
        ("print(total)", "it has no assertion"),
        ("### AUTOTEST half(4)", "AUTOTEST"),
        ("assert nothing == 1", "ends in NameError"),
    ],
)
def test_a_test_that_cannot_be_carried_is_named_with_its_reason(
    assignment: Make, places: Places, test: str, said: str
) -> None:
    good = code("assert model.score == 0.9", **graded("good", 1))
    path = assignment(WHOLE, good, code(test, **graded("bad", 3)))
    report = import_nbgrader(path, SLUG, places)
    lost = [sentence for sentence in report.lost if "cell 3 (bad)" in sentence]
    assert lost, report
    assert said in lost[0]
    assert [one.name for one in checks.collect(places.check_file(SLUG))] == ["good"]
    assert read_solution(SLUG, places).about.points == 1


def test_half_a_test_is_carried_and_said_to_ask_for_less(assignment: Make, places: Places) -> None:
    tests = "assert total == 6\nassert callable(half)"
    report = import_nbgrader(assignment(WHOLE, code(tests, **graded("both", 2))), SLUG, places)
    assert any("cell 2 (both): part of it only" in sentence for sentence in report.lost)
    assert [one.name for one in checks.collect(places.check_file(SLUG))] == ["both"]


def test_values_are_taken_where_the_test_stood(
    assignment: Make, places: Places, tmp_path: Path
) -> None:
    path = assignment(
        code("n = 1", **solution("first")),
        code("assert n == 1", **graded("one", 1)),
        code("n = 2", **solution("second")),
        code("assert n == 2", **graded("two", 1)),
    )
    import_nbgrader(path, SLUG, places)
    found = marks(read_solution(SLUG, places).text, places)
    assert [one.passed for one in found.values()] == [True, True]


def test_a_solution_that_does_not_run_here_is_named(assignment: Make, places: Places) -> None:
    path = assignment(
        WHOLE,
        code("assert total == 6", **graded("good", 1)),
        code('open("flights.csv")', **solution("file")),
    )
    report = import_nbgrader(path, SLUG, places)
    assert any("code cell 2: FileNotFoundError" in sentence for sentence in report.to_do)


@pytest.mark.parametrize(
    ("cells", "place", "what"),
    [
        ([code("x = 1")], "", "no cell has nbgrader's marks"),
        ([WHOLE, code("assert total ==", **graded("t", 1))], "cell 2 (t)", "not valid Python"),
        ([WHOLE, code("assert total", **graded("t", -1))], "cell 2 (t)", "points are -1"),
        ([WHOLE, code("assert total", **graded("work", 1))], "cell 2 (work)", "that of cell 1"),
        ([code("x", **{**solution("old"), "schema_version": 1})], "cell 1 (old)", "version 1"),
        ([code("x", **solution(""))], "cell 1", "no grade_id"),
        ([code("### BEGIN SOLUTION\nx = 1", **solution("s"))], "cell 1 (s)", "do not pair"),
        ([WHOLE, code("### BEGIN SOLUTION\n### END SOLUTION")], "cell 2", "no solution cell"),
        ([code("assert 1", **graded("t", 1))], "", "no code cell is marked as a solution"),
        (
            [WHOLE, code("### BEGIN HIDDEN TESTS\nassert total", **graded("t", 1))],
            "cell 2 (t)",
            "hidden tests never end",
        ),
    ],
)
def test_a_mistake_in_the_notebook_is_named_with_its_cell(
    assignment: Make, places: Places, cells: list, place: str, what: str
) -> None:
    path = assignment(*cells)
    with pytest.raises(InputError) as caught:
        import_nbgrader(path, SLUG, places)
    found = [one for one in caught.value.problems if what in one.what]
    assert found, caught.value
    assert (found[0].file, found[0].place) == (path, place)
    assert found[0].mend
    assert list(places.solutions.iterdir()) == list(places.checks.iterdir()) == []


@pytest.mark.parametrize("content", ["", "no json", '{"cells": 3}', '{"nbformat": 4}'])
def test_what_is_no_notebook_is_refused(places: Places, tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(InputError, match="it is not a notebook"):
        import_nbgrader(path, SLUG, places)


def test_another_language_a_bad_name_and_no_chapter_are_refused(
    assignment: Make, places: Places, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="it is written in R"):
        import_nbgrader(assignment(language="R"), SLUG, places)
    with pytest.raises(InputError, match="is no name for an exercise"):
        import_nbgrader(assignment(), "Late Flights", places)
    with pytest.raises(InputError, match="there is no chapter 'tools/none'"):
        import_nbgrader(assignment(), SLUG, places, chapter="tools/none")
    with pytest.raises(InputError, match="there is no such file"):
        import_nbgrader(tmp_path / "none.ipynb", SLUG, places)


def test_nothing_is_overwritten(assignment: Make, places: Places) -> None:
    places.check_file(SLUG).write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        import_nbgrader(assignment(), SLUG, places)
    assert places.check_file(SLUG).read_text() == "mine"
    assert not places.solution(SLUG).exists()


def test_the_command_refuses_in_words_and_imports_with_a_report(
    assignment: Make,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("mlops_landscape.exercises.interchange.nbgrader.Places", lambda: places)
    path = assignment()
    assert main(["exercises", "import", str(path), "--as", SLUG, "--minutes", "20"]) == 0
    said = capsys.readouterr().out
    assert "Carried:" in said
    assert "Not carried:" in said
    assert read_solution(SLUG, places).about.minutes == 20
    assert main(["exercises", "import", str(path), "--as", SLUG]) == 1
    assert "nothing is overwritten" in capsys.readouterr().err
