"""Grades as the CSV files that Moodle imports: into its gradebook, and into one assignment.

The rules are those of Moodle's importers, ``grade/import/csv`` and ``mod/assign/feedback/offline``
in moodle/moodle. The first asks which column is what, takes ``-`` for "no grade", and stops at the
first person it does not know. The second reads the columns Identifier, Grade and Last modified
(grade) by their names, and passes over a grade above the assignment's maximum.
"""

import re
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.exports.roster import Rows, final, not_placed
from mlops_landscape.grading.model import Grade, Gradebook
from mlops_landscape.grading.tables import guarded, read_table, written
from mlops_landscape.grading.words import late_in_words, number

NEEDED = ("Identifier", "Grade", "Last modified (grade)")
FEEDBACK = "Feedback comments"
NO_GRADE = "-"


def grades(book: Gradebook) -> bytes:
    """Return a file for Grades, Import, CSV file: a column of points and one of feedback each.

    The column that says who it is is called after what Moodle would find them by.
    """
    exercises = {grade.exercise: grade for grade in book.grades if grade.exercise}
    names = {grade.learner: grade.name for grade in book.grades}
    by_both = {(grade.learner, grade.exercise): grade for grade in book.grades}
    who = "Email address" if all("@" in learner for learner in names) else "Username"
    heading = [who, "Full name"]
    for slug, one in exercises.items():
        title = guarded(one.title or slug)
        heading += [title, f"{title} (feedback)"]
    rows = [heading]
    for learner, name in sorted(names.items()):
        row = [guarded(learner), guarded(name)]
        for exercise in exercises:
            grade = by_both.get((learner, exercise))
            told = grade is not None and final(grade)
            row += [number(grade.total) if told else NO_GRADE, feedback(grade) if grade else ""]
        rows.append(row)
    return written(rows)


def feedback(grade: Grade) -> str:
    """Return what a learner should know besides the points, in a few lines."""
    lines = list(grade.notes) if grade.outcome == "refused" else []
    if grade.checks:
        passed = sum(check.passed for check in grade.checks)
        lines.append(f"{passed} of {len(grade.checks)} checks pass.")
    first = next((check for check in grade.checks if check.visible and not check.passed), None)
    if first:
        lines.append(f"Mend this first: {first.title}. {first.hint}")
    for mark in grade.rubric:
        if mark.points is None:
            lines.append(f"{mark.criterion}: not marked yet.")
        else:
            points = f"{number(mark.points)} of {mark.out_of}"
            lines.append(f"{mark.criterion}: {points}. {mark.comment}".strip())
    lines.append(late_in_words(grade.late_seconds, grade.penalty))
    return guarded("\n".join(filter(None, lines)))


def fill(book: Gradebook, path: Path, exercise: str) -> tuple[bytes, list[Problem]]:
    """Fill the grading worksheet of one assignment.

    Parameters
    ----------
    path
        The worksheet, as Moodle exported it in English.
    exercise
        Slug of the exercise that the assignment is.

    Returns
    -------
    tuple of bytes and list of Problem
        The filled-in worksheet, and the grades that have no row in it.

    Raises
    ------
    InputError
        If it is no worksheet, its maximum is not what the exercise is worth, or nobody in the
        book has handed in that exercise.
    """
    graded = [grade for grade in book.grades if grade.exercise == exercise]
    if not graded:
        known = ", ".join(sorted({grade.exercise for grade in book.grades if grade.exercise}))
        what = f"there is no grade for the exercise {exercise!r}"
        mend = f"name the exercise that this worksheet is for; there are grades for: {known}"
        raise InputError([Problem(path, "", what, mend)])
    table = read_table(path)
    heading = [cell.strip() for cell in table.heading]
    missing = [name for name in NEEDED if name not in heading]
    if missing:
        what = f"it is not a grading worksheet in English: there is no column {missing[0]!r}"
        mend = (
            "in Moodle, choose English, then the assignment's Submissions, "
            "Actions, Download grading worksheet"
        )
        raise InputError([Problem(path, "row 1", what, mend)])
    rows = [list(cells) for _, cells in table.rows]
    _same_maximum(path, heading, rows, graded[0].out_of)
    found = Rows(_people(heading, rows))
    missed = []
    for grade in filter(final, graded):
        mine = found.find(grade)
        if len(mine) != 1:
            names = "the columns Identifier, Full name and Email address"
            missed.append(not_placed(table, grade, mine, names))
            continue
        row = rows[mine[0]]
        row[heading.index("Grade")] = number(grade.total)
        if FEEDBACK in heading:
            row[heading.index(FEEDBACK)] = feedback(grade)
    if "Full name" in heading:
        for row in rows[1:]:
            row[heading.index("Full name")] = guarded(row[heading.index("Full name")])
    return written(rows, separator=table.separator, bom=table.bom), missed


def _people(heading: list[str], rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    """Return what names a person in each row. The number in Identifier is in file names too."""
    columns = [
        heading.index(name)
        for name in ("Identifier", "Email address", "Username", "ID number", "Full name")
        if name in heading
    ]
    people = []
    for number_, row in enumerate(rows[1:], start=1):
        digits = re.sub(r"\D", "", row[heading.index("Identifier")])
        people.append((number_, [digits, *(row[column] for column in columns)]))
    return people


def _same_maximum(path: Path, heading: list[str], rows: list[list[str]], out_of: int) -> None:
    if "Maximum Grade" not in heading:
        return
    for row in rows[1:]:
        there = row[heading.index("Maximum Grade")].strip()
        try:
            same = float(there.replace(",", ".")) == out_of
        except ValueError:
            same = False
        if not same:
            what = f"the assignment's maximum grade is {there}, here {out_of} points can be earned"
            mend = f"set it to {out_of} in Moodle, and download the worksheet again"
            raise InputError([Problem(path, "column 'Maximum Grade'", what, mend)])
