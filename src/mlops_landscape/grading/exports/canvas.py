"""Grades as the CSV file that Canvas imports into its gradebook.

The rules are those of Canvas's importer, ``lib/gradebook_importer.rb`` in instructure/canvas-lms:
a person is found by ID, else SIS User ID, else SIS Login ID, else name; a column is an assignment
by the number in brackets at its end, else by its title, else it becomes a new assignment; the
second row may say the points that are possible; an empty cell clears a grade that is there.
"""

import re
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.exports.roster import Rows, final, not_placed, spelt, turned
from mlops_landscape.grading.model import Gradebook
from mlops_landscape.grading.tables import guarded, read_table, written
from mlops_landscape.grading.words import number

PEOPLE = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS = "    Points Possible"
_NUMBERED = re.compile(r"(.*)\s\(\d+\)")


def gradebook(book: Gradebook) -> bytes:
    """Return a gradebook of this class; Canvas makes an assignment of each exercise.

    Our name for a learner is their login there or it is not theirs at all: it stands under SIS
    Login ID. Who has handed in nothing, or waits for marks from a person, has an empty cell.
    """
    exercises = {grade.exercise: grade for grade in book.grades if grade.exercise}
    names = {grade.learner: grade.name for grade in book.grades}
    points = {
        (grade.learner, grade.exercise): number(grade.total)
        for grade in book.grades
        if final(grade)
    }
    possible = {
        exercise: max(grade.out_of for grade in book.grades if grade.exercise == exercise)
        for exercise in exercises
    }
    rows = [
        (*PEOPLE, *(guarded(one.title or slug) for slug, one in exercises.items())),
        (_POINTS, "", "", "", "", *(number(possible[slug]) for slug in exercises)),
    ]
    for learner, name in sorted(names.items()):
        given = (points.get((learner, exercise), "") for exercise in exercises)
        rows.append((guarded(name), "", "", guarded(learner), "", *given))
    return written(rows)


def fill(book: Gradebook, path: Path) -> tuple[bytes, list[Problem]]:
    """Fill the gradebook that an instructor exported from Canvas.

    Parameters
    ----------
    path
        The exported file. An exercise goes into the column with its title or its slug, else into
        a new one at the end. All other cells stay as they are.

    Returns
    -------
    tuple of bytes and list of Problem
        The filled-in file, and the grades that have no row in it.

    Raises
    ------
    InputError
        If it is no gradebook of Canvas, or an assignment is worth other points there.
    """
    table = read_table(path)
    heading = [cell.strip() for cell in table.heading]
    if not ({"ID", "Section"} <= set(heading) and {"Student", "LastName"} & set(heading)):
        what = "it is not a gradebook of Canvas: the columns Student, ID and Section are not there"
        mend = "export it in Canvas: Grades, Export, Export Entire Gradebook"
        raise InputError([Problem(path, "row 1", what, mend)])
    rows = [list(cells) for _, cells in table.rows]
    people, possible = _people(heading, rows)
    if possible is None:
        rows.insert(1, [_POINTS] + [""] * (len(heading) - 1))
        people = [(row + 1, names) for row, names in people]
        possible = 1
    columns, mistakes = _columns(book, path, heading, rows, possible)
    if mistakes:
        raise InputError(mistakes)
    found = Rows(people)
    missed = []
    for grade in filter(final, book.grades):
        mine = found.find(grade)
        if len(mine) == 1:
            rows[mine[0]][columns[grade.exercise]] = number(grade.total)
        else:
            missed.append(
                not_placed(table, grade, mine, "the columns Student, ID and SIS Login ID")
            )
    names = [
        heading.index(name) for name in ("Student", "LastName", "FirstName") if name in heading
    ]
    for row, _ in people:
        for column in names:
            rows[row][column] = guarded(rows[row][column])
    return written(rows, separator=table.separator, bom=table.bom), missed


def _people(
    heading: list[str], rows: list[list[str]]
) -> tuple[list[tuple[int, list[str]]], int | None]:
    """Return the names in each person's row, and which row holds the possible points."""
    ids = [
        heading.index(name) for name in ("ID", *PEOPLE[2:4], "Integration ID") if name in heading
    ]
    people = []
    possible = None
    for number_, row in enumerate(rows[1:], start=1):
        if "Points Possible" in row[0]:
            possible = number_
        elif row[heading.index("ID")].strip() or row[0].strip():
            if "Student" in heading:
                name = turned(row[heading.index("Student")])
            else:
                name = f"{row[heading.index('FirstName')]} {row[heading.index('LastName')]}"
            people.append((number_, [*(row[column] for column in ids), name]))
    return people, possible


def _columns(
    book: Gradebook, path: Path, heading: list[str], rows: list[list[str]], possible: int
) -> tuple[dict[str, int], list[Problem]]:
    """Return the column of each exercise, new ones added to `rows`, and what is wrong with them."""
    titles: dict[str, int] = {}
    for column in range(heading.index("Section") + 1, len(heading)):
        numbered = _NUMBERED.fullmatch(heading[column])
        titles.setdefault(spelt(numbered[1] if numbered else heading[column]), column)
    columns: dict[str, int] = {}
    mistakes = []
    for grade in filter(final, book.grades):
        if grade.exercise in columns:
            continue
        column = titles.get(spelt(grade.title), titles.get(spelt(grade.exercise), -1))
        if column < 0:
            column = len(rows[0])
            for row in rows:
                row.append("")
            rows[0][column] = guarded(grade.title or grade.exercise)
            rows[possible][column] = number(grade.out_of)
        columns[grade.exercise] = column
        there = rows[possible][column].strip()
        if there and not _same(there, grade.out_of):
            what = f"the assignment is worth {there} points in Canvas, here {grade.out_of}"
            mend = f"set its points to {grade.out_of} in Canvas, and export the gradebook again"
            mistakes.append(Problem(path, f"column {heading[column]!r}", what, mend))
    return columns, mistakes


def _same(text: str, value: int) -> bool:
    try:
        return float(text.replace(",", ".")) == value
    except ValueError:
        return False
