"""Grades as ``results.json``, which Gradescope takes from an autograder.

See https://gradescope-autograders.readthedocs.io/en/latest/specs/. A test whose visibility is
``hidden`` must not count towards the total there, and ours do count: hidden checks are
``after_published``, with title and points and without what was seen.
"""

import json
from typing import Any

from mlops_landscape.grading.files import encoded, safe_name
from mlops_landscape.grading.model import CheckMark, Grade, Gradebook, RubricMark
from mlops_landscape.grading.tables import printable
from mlops_landscape.grading.words import late_in_words, tidy


def results(book: Gradebook, *, show_hidden: bool = False) -> dict[str, bytes]:
    """Return one ``results.json`` a learner and exercise, by its path.

    Parameters
    ----------
    show_hidden
        Whether learners may read what a hidden check saw, once grades are published.
    """
    return {
        f"gradescope/{safe_name(grade.exercise or 'unknown-exercise')}/{safe_name(grade.learner)}"
        "/results.json": encoded(
            json.dumps(_result(grade, show_hidden), ensure_ascii=False, indent=1) + "\n"
        )
        for grade in book.grades
    }


def _result(grade: Grade, show_hidden: bool) -> dict[str, Any]:
    said = [*grade.notes, late_in_words(grade.late_seconds, grade.penalty)]
    if grade.awaits_a_person:
        said.append("A person has not marked all of it yet.")
    return {
        # It overrides the sum of the tests, which knows nothing of lateness.
        "score": tidy(grade.total),
        "execution_time": round(grade.seconds),
        "output": printable("\n".join(filter(None, said))),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "exercise": grade.exercise,
            "learner": printable(grade.learner),
            "attempt": grade.attempt,
            "digest": grade.digest,
        },
        "tests": [
            *(_check(check, show_hidden) for check in grade.checks),
            *(_mark(mark) for mark in grade.rubric),
        ],
    }


def _check(check: CheckMark, show_hidden: bool) -> dict[str, Any]:
    told = check.visible or show_hidden
    output = "" if check.passed or not told else f"{check.message}\n{check.hint}".strip()
    return {
        "name": printable(check.title),
        "score": check.points if check.passed else 0,
        "max_score": check.points,
        "status": "passed" if check.passed else "failed",
        "output": printable(output),
        "visibility": "visible" if check.visible else "after_published",
    }


def _mark(mark: RubricMark) -> dict[str, Any]:
    return {
        "name": printable(mark.criterion),
        "score": tidy(mark.points or 0),
        "max_score": mark.out_of,
        "output": "not marked yet" if mark.points is None else printable(mark.comment),
        "visibility": "visible",
    }
