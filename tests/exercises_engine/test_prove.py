"""An exercise is proven, and what breaks a proof is noticed."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import prove as prove_module
from mlops_landscape.exercises.commands import build_exercises, prove_all
from mlops_landscape.exercises.prove import Proof, prove
from mlops_landscape.exercises.run import Attempt, attempt
from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def built_and_proven(places: Places) -> Proof:
    build_exercises(places=places)
    return prove(SLUG, places)


def says(proof: Proof, what: str) -> bool:
    return any(what in problem.what for problem in proof.problems)


def test_the_small_exercise_holds(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    build_exercises(places=places)
    assert prove_all(places=places) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"[1/1] {SLUG}: holds (solution, blank, 4 wrong answers; 12 notebooks")


@pytest.mark.parametrize("slug", Places().slugs())
def test_each_of_the_course_s_own_exercises_holds(slug: str) -> None:
    # Once: `make check` runs everything twice, which takes as long again.
    proof = prove(slug, rounds=1)
    assert [str(problem) for problem in proof.problems] == []
    assert proof.wrong_answers >= 4


def test_a_solution_that_a_check_refuses_is_noticed(places: Places) -> None:
    change(places.solution(SLUG), "delay >= 15", "delay > 15")
    proof = built_and_proven(places)
    assert says(proof, "the solution fails the check 'late_is_right': `late` is 1, not 2")


def test_a_solution_that_raises_is_noticed(places: Places) -> None:
    change(places.solution(SLUG), "write_text(str(late))", "write_text(late)")
    proof = built_and_proven(places)
    assert says(proof, "the solution fails in code cell 2: TypeError")


def test_a_wrong_answer_that_passes_is_noticed(places: Places) -> None:
    change(places.wrong_answers(SLUG) / "later-only.md", "d > 15", "d > 14")
    proof = built_and_proven(places)
    assert [problem.what for problem in proof.problems] == ["this wrong answer passes every check"]


def test_a_wrong_answer_that_fails_another_check_first_is_noticed(places: Places) -> None:
    change(places.wrong_answers(SLUG) / "later-only.md", "late_is_right", "the_file_is_there")
    proof = built_and_proven(places)
    assert says(proof, "the first check that it fails is 'late_is_right'")


def test_a_wrong_answer_that_fails_for_another_reason_is_noticed(places: Places) -> None:
    change(places.wrong_answers(SLUG) / "later-only.md", "d > 15", "d > 500")
    proof = built_and_proven(places)
    assert says(proof, "'late_is_right' fails, but says: `late` is 0, not 2")


def test_an_exercise_that_is_solved_as_it_is_given_is_noticed(places: Places) -> None:
    change(places.solution(SLUG), "late = None", "late = 2")
    proof = built_and_proven(places)
    assert says(proof, "the exercise as it is given already passes: late_is_right")


def test_an_exercise_that_fails_as_it_is_given_is_noticed(places: Places) -> None:
    change(places.solution(SLUG), "late = None\n", "")
    change(places.solution(SLUG), "if delays:", "print(late)\nif delays:")
    proof = built_and_proven(places)
    assert says(proof, "the exercise as it is given fails in code cell 2: NameError")


def test_results_that_change_from_run_to_run_are_noticed(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No notebook can remember that it ran before; chance is put in from outside.
    seen: Counter[tuple[str, ...]] = Counter()

    def by_chance(cells: Sequence[str], checks: Path, answers: Sequence[str]) -> Attempt:
        seen[tuple(cells)] += 1
        chance = ["late = 99"] if seen[tuple(cells)] == 2 else []
        return attempt([*cells, *chance], checks, answers)

    monkeypatch.setattr(prove_module, "attempt", by_chance)
    proof = built_and_proven(places)
    assert says(proof, "run twice, it got different results from: late_is_right")


def test_an_exercise_that_was_never_made_is_named(places: Places) -> None:
    with pytest.raises(InputError, match="the exercise was never made"):
        prove(SLUG, places)


def test_an_exercise_that_is_out_of_date_is_not_proven(places: Places) -> None:
    build_exercises(places=places)
    change(places.solution(SLUG), "Write the number", "Put the number")
    with pytest.raises(InputError, match="it is not what its solution makes"):
        prove(SLUG, places)


def test_the_command_fails_and_goes_on_when_one_exercise_has_a_mistake(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    build_exercises(places=places)
    assert prove_all(["no-such-exercise", SLUG], places) == 1
    printed = capsys.readouterr()
    assert "[1/2] no-such-exercise: not run, 1 mistake in its files" in printed.out
    assert f"[2/2] {SLUG}: holds" in printed.out
    assert f"use one of these: {SLUG}" in printed.err
