"""Grades as plain tables and JSON, for spreadsheets and programs."""

import json

from mlops_landscape.grading.files import encoded
from mlops_landscape.grading.model import Grade, Gradebook
from mlops_landscape.grading.tables import guarded, written
from mlops_landscape.grading.words import number, tidy

GRADES = (
    "exercise",
    "title",
    "learner",
    "name",
    "points",
    "out_of",
    "by_checks",
    "by_people",
    "awaits_marks",
    "penalty",
    "outcome",
    "attempt",
    "submitted",
    "late_seconds",
    "checks_passed",
    "checks",
    "first_to_mend",
    "notes",
    "seconds",
    "cpu_seconds",
    "peak_mb",
    "source",
    "digest",
)
"""Columns of ``grades.csv``: one row a learner and exercise."""

CHECKS = (
    "exercise",
    "learner",
    "check",
    "title",
    "points",
    "out_of",
    "passed",
    "visible",
    "broken",
    "message",
)
"""Columns of ``checks.csv``: one row a learner, exercise and check."""


def grades_csv(book: Gradebook) -> bytes:
    """Return one row a grade. Checks are no columns here: each exercise has its own."""
    rows = [GRADES, *(_grade_row(grade) for grade in book.grades)]
    return written(rows, bom=True)


def _grade_row(grade: Grade) -> tuple[str, ...]:
    first = grade.first_to_mend
    cells = {
        "exercise": guarded(grade.exercise),
        "title": guarded(grade.title),
        "learner": guarded(grade.learner),
        "name": guarded(grade.name),
        "points": number(grade.total),
        "out_of": number(grade.out_of),
        "by_checks": number(grade.by_checks),
        "by_people": number(grade.by_people),
        "awaits_marks": _yes(grade.awaits_a_person),
        "penalty": number(grade.penalty),
        "outcome": grade.outcome,
        "attempt": str(grade.attempt),
        "submitted": guarded(grade.submitted),
        "late_seconds": number(grade.late_seconds),
        "checks_passed": str(sum(check.passed for check in grade.checks)),
        "checks": str(len(grade.checks)),
        "first_to_mend": first.name if first else "",
        "notes": guarded("\n".join(grade.notes)),
        "seconds": number(grade.seconds),
        "cpu_seconds": number(grade.cpu_seconds),
        "peak_mb": number(grade.peak_mb),
        "source": guarded(grade.source),
        "digest": grade.digest,
    }
    return tuple(cells[column] for column in GRADES)


def checks_csv(book: Gradebook) -> bytes:
    """Return one row a check of each grade."""
    rows = [CHECKS]
    for grade in book.grades:
        rows += [
            (
                guarded(grade.exercise),
                guarded(grade.learner),
                check.name,
                guarded(check.title),
                str(check.points if check.passed else 0),
                str(check.points),
                _yes(check.passed),
                _yes(check.visible),
                _yes(check.broken),
                guarded(check.message),
            )
            for check in grade.checks
        ]
    return written(rows, bom=True)


def grades_json(book: Gradebook) -> bytes:
    """Return the whole book, with each grade's points worked out."""
    grades = [
        {
            **grade.as_data(),
            "points": tidy(grade.total),
            "by_checks": grade.by_checks,
            "by_people": tidy(grade.by_people),
            "awaits_a_person": grade.awaits_a_person,
        }
        for grade in book.grades
    ]
    content = {
        "made": book.made.isoformat(),
        "due": book.due.isoformat() if book.due else None,
        "problems": list(book.problems),
        "grades": grades,
    }
    return encoded(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
