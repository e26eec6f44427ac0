"""Exercises are written whole, on demand, and never over a learner's work."""

from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises.commands import build_exercises
from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"


def test_the_committed_exercises_are_what_their_solutions_make() -> None:
    assert build_exercises(check_only=True) == []


def test_building_writes_once_and_then_nothing(places: Places) -> None:
    assert build_exercises(places=places) == [places.exercise(SLUG)]
    assert build_exercises(places=places) == []
    assert build_exercises(check_only=True, places=places) == []
    assert [path.name for path in places.exercises.iterdir()] == [f"{SLUG}.md"]


def test_an_exercise_that_is_out_of_date_is_named_and_not_written(places: Places) -> None:
    build_exercises(places=places)
    before = places.exercise(SLUG).read_text()
    solution = places.solution(SLUG)
    solution.write_text(solution.read_text().replace("Write the number", "Put the number"))
    with pytest.raises(InputError, match="it is out of date") as caught:
        build_exercises(check_only=True, places=places)
    assert caught.value.problems[0].file == places.exercise(SLUG)
    assert "exercises build" in caught.value.problems[0].mend
    assert places.exercise(SLUG).read_text() == before
    assert build_exercises(places=places) == [places.exercise(SLUG)]


def test_a_missing_exercise_is_named(places: Places) -> None:
    with pytest.raises(InputError, match="it was never made"):
        build_exercises(check_only=True, places=places)


def test_a_learner_s_work_is_not_overwritten(places: Places) -> None:
    build_exercises(places=places)
    import jupytext

    path = places.exercise(SLUG)
    notebook = jupytext.read(path, fmt="md:myst")
    notebook.cells[1].source += "\nlate = 2"
    jupytext.write(notebook, path, fmt="md:myst")
    worked_in = path.read_text()
    assert "answers" in worked_in  # what check() needs survives saving
    with pytest.raises(InputError, match="someone may have worked in it"):
        build_exercises(places=places)
    assert path.read_text() == worked_in


def test_one_bad_solution_stops_all_from_being_written(places: Places) -> None:
    (places.solutions / "broken.md").write_text("# No front matter\n")
    with pytest.raises(InputError) as caught:
        build_exercises(places=places)
    assert {problem.file.name for problem in caught.value.problems} == {"broken.md"}
    assert list(places.exercises.iterdir()) == []


def test_an_exercise_whose_solution_is_gone_is_named(places: Places) -> None:
    build_exercises(places=places)
    places.solution(SLUG).unlink()
    with pytest.raises(InputError, match="it has no solution"):
        build_exercises(places=places)


def test_an_interrupted_write_leaves_the_old_file(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_exercises(places=places)
    before = places.exercise(SLUG).read_text()
    solution = places.solution(SLUG)
    solution.write_text(solution.read_text().replace("Write the number", "Put the number"))

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_exercises(places=places)
    assert places.exercise(SLUG).read_text() == before
    assert [path.name for path in places.exercises.iterdir()] == [f"{SLUG}.md"]
