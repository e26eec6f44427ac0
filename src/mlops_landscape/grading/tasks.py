"""What grading has to know of an exercise, read once a run."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlops_landscape import exercises, sandbox
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Check
from mlops_landscape.exercises.rubric import Criterion
from mlops_landscape.exercises.source import Places, code_cells, read_solution
from mlops_landscape.sandbox import Limits


@dataclass(frozen=True)
class Task:
    """An exercise, as grading sees it.

    Attributes
    ----------
    answers
        Names of the variables to hand over.
    check_file
        The file of checks.
    checks
        What is in it.
    given
        The notebook as learners get it, in MyST.
    solution
        The code cells of the solution.
    """

    slug: str
    title: str
    answers: tuple[str, ...]
    check_file: Path
    checks: tuple[Check, ...]
    rubric: tuple[Criterion, ...]
    given: str
    solution: tuple[str, ...]

    @property
    def out_of(self) -> int:
        """Points that can be earned, by checks and by people together."""
        by_checks = sum(check.points for check in self.checks)
        return by_checks + sum(criterion.points for criterion in self.rubric)

    def digest(self, limits: Limits) -> str:
        """Return what changes when the same work may have to be judged anew."""
        parts: list[Any] = [
            code_digest(),
            self.check_file.read_text(encoding="utf-8"),
            self.answers,
            limits.as_data(),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_tasks(only: str | None = None, places: Places | None = None) -> dict[str, Task]:
    """Return the exercises by slug, or just the one that is graded.

    Raises
    ------
    InputError
        With all mistakes in their files, and if there is no exercise `only`.
    """
    places = places or Places()
    slugs: Iterable[str] = places.slugs()
    if only is not None:
        if only not in slugs:
            mend = f"use one of these: {', '.join(slugs) or 'there is none yet'}"
            raise InputError(
                [Problem(places.solutions, "", f"there is no exercise {only!r}", mend)]
            )
        slugs = [only]
    tasks: dict[str, Task] = {}
    problems: list[Problem] = []
    for slug in slugs:
        try:
            solution = read_solution(slug, places)
            about = solution.about
            cells = tuple(source for _, source in code_cells(solution.text))
            file = places.check_file(slug)
            found = tuple(checks.collect(file))
            exercise = places.exercise(slug)
            given = exercise.read_text(encoding="utf-8") if exercise.is_file() else ""
        except InputError as error:
            problems += error.problems
            continue
        tasks[slug] = Task(
            slug, about.title, about.answers, file, found, about.rubric, given, cells
        )
    if problems:
        raise InputError(problems)
    return tasks


@cache
def code_digest() -> str:
    """Return a digest of the code that runs and checks submissions."""
    folders = [Path(package.__file__).parent for package in (exercises, sandbox)]
    files = sorted(path for folder in folders for path in folder.glob("*.py"))
    hashed = hashlib.sha256()
    for path in files:
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()
