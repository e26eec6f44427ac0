"""Prove that an exercise works: solved, unsolved, and answered wrongly in every recorded way."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.run import Attempt, attempt
from mlops_landscape.exercises.source import (
    Places,
    Solution,
    WrongAnswer,
    answer_wrongly,
    code_cells,
    make_exercise,
    read_solution,
    read_wrong_answers,
)

ROUNDS = 2


@dataclass(frozen=True)
class Proof:
    """What running one exercise in all its forms showed.

    Attributes
    ----------
    notebooks
        How many notebooks ran.
    seconds
        Wall time.
    problems
        Everything that is not as it should be; none if the exercise holds.
    """

    slug: str
    wrong_answers: int
    notebooks: int
    seconds: float
    problems: list[Problem]


@dataclass(frozen=True)
class _Form:
    """A notebook that ran: the solution, the exercise (`wrong` is None) or a wrong answer."""

    path: Path
    wrong: WrongAnswer | None
    done: Attempt

    @property
    def results(self) -> list[Result]:
        """What the checks said."""
        return self.done.results


def read(slug: str, places: Places) -> tuple[Solution, list[WrongAnswer]]:
    """Read everything an exercise is made of.

    Raises
    ------
    InputError
        With all mistakes in the solution, or else all in the checks, the wrong answers and the
        points.
    """
    solution = read_solution(slug, places)
    collected = checks.collect(places.check_file(slug))
    problems = []
    by_checks = sum(check.points for check in collected)
    by_people = sum(criterion.points for criterion in solution.about.rubric)
    if by_checks + by_people != solution.about.points:
        parts = f"checks are worth {by_checks}"
        parts += f" and the rubric {by_people}, {by_checks + by_people}" if by_people else ""
        what = f"`points` is {solution.about.points}, but the {parts} together"
        mend = "make them equal"
        problems.append(Problem(solution.path, "front matter, `exercise`", what, mend))
    try:
        wrong = read_wrong_answers(solution, places, [check.name for check in collected])
    except InputError as error:
        problems += error.problems
        wrong = []
    if problems:
        raise InputError(problems)
    return solution, wrong


def prove(slug: str, places: Places | None = None, rounds: int = ROUNDS) -> Proof:
    """Run the solution, the exercise and each wrong answer, twice, and see what the checks say.

    The solution must pass every check, the exercise as it is given must earn nothing, and each
    wrong answer must fail, first of all, the check that it names, with the message that it names.

    Parameters
    ----------
    rounds
        How often each of them runs; once shows everything but a result that changes.

    Raises
    ------
    InputError
        If one of the files is wrong, so that nothing can be run.
    """
    places = places or Places()
    solution, wrong_answers = read(slug, places)
    exercise = places.exercise(slug)
    if not exercise.is_file():
        mend = "run `mlops-landscape exercises build`"
        raise InputError([Problem(exercise, "", "the exercise was never made", mend)])
    given = exercise.read_text(encoding="utf-8")
    if given != make_exercise(solution):
        mend = "run `mlops-landscape exercises build`"
        raise InputError([Problem(exercise, "", "it is not what its solution makes", mend)])
    forms: list[tuple[Path, str, WrongAnswer | None]] = [
        (solution.path, solution.text, None),
        (exercise, given, None),
        *((wrong.path, answer_wrongly(solution, wrong), wrong) for wrong in wrong_answers),
    ]
    names = solution.about.answers
    check_file = places.check_file(slug)

    def run(form: tuple[Path, str, WrongAnswer | None]) -> _Form:
        path, text, wrong = form
        cells = [source for _, source in code_cells(text)]
        return _Form(path, wrong, attempt(cells, check_file, names))

    begun = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        attempts = list(pool.map(run, forms * rounds))
    first, again = attempts[: len(forms)], attempts[len(forms) :]
    problems = [*_of_solution(first[0]), *_of_exercise(first[1])]
    for one in first[2:]:
        problems += _of_wrong_answer(one)
    if again:
        problems += _of_repetition(first, again)
    return Proof(slug, len(wrong_answers), len(attempts), time.monotonic() - begun, problems)


def _of_solution(form: _Form) -> Iterator[Problem]:
    for error in form.done.errors:
        yield Problem(form.path, "", f"the solution fails in {error}", "correct that cell")
    for result in form.results:
        if not result.passed:
            what = f"the solution fails the check {result.name!r}: {result.message}"
            yield Problem(form.path, "", what, "correct the solution or the check")


def _of_exercise(form: _Form) -> Iterator[Problem]:
    for error in form.done.errors:
        what = f"the exercise as it is given fails in {error}"
        mend = "define in the solution, outside its markers, what later cells need"
        yield Problem(form.path, "", what, mend)
    earned = [result.name for result in form.results if result.passed]
    if earned:
        what = f"the exercise as it is given already passes: {', '.join(earned)}"
        mend = "give less away, or make those checks look at what the learner has to do"
        yield Problem(form.path, "", what, mend)


def _of_wrong_answer(form: _Form) -> Iterator[Problem]:
    wrong = form.wrong
    assert wrong is not None
    failed = [result for result in form.results if not result.passed]
    errors = "; ".join(form.done.errors)
    if not failed:
        mend = f"make the check {wrong.fails!r} notice it"
        yield Problem(wrong.path, "", "this wrong answer passes every check", mend)
    elif failed[0].name != wrong.fails:
        what = (
            f"the first check that it fails is {failed[0].name!r} ({failed[0].message}), "
            f"not {wrong.fails!r}" + (f"; {errors}" if errors else "")
        )
        mend = "learners mend the first one first: change the order of the checks, or `fails`"
        yield Problem(wrong.path, "front matter, `fails`", what, mend)
    elif wrong.because not in failed[0].message or failed[0].broken:
        what = f"{wrong.fails!r} fails, but says: {failed[0].message}"
        mend = f"make it say, or change `because`, which is: {wrong.because}"
        yield Problem(wrong.path, "front matter, `because`", what, mend)


def _of_repetition(first: list[_Form], again: list[_Form]) -> Iterator[Problem]:
    for one, two in zip(first, again, strict=True):
        changed = [
            a.name for a, b in zip(one.results, two.results, strict=True) if a.passed != b.passed
        ]
        if changed:
            errors = [*one.done.errors, *two.done.errors]
            what = f"run twice, it got different results from: {', '.join(changed)}" + (
                f" ({'; '.join(errors)})" if errors else ""
            )
            mend = "take out what depends on time, chance or other processes"
            yield Problem(one.path, "", what, mend)
