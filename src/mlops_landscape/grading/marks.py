"""Marks that a person gives: the form to give them in, and the file that brings them back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.files import write_all
from mlops_landscape.grading.model import Grade, Gradebook, RubricMark
from mlops_landscape.grading.passages import Passage
from mlops_landscape.grading.reports.page import render
from mlops_landscape.grading.tables import guarded, printable, read_table, unguarded, written
from mlops_landscape.grading.words import number

COLUMNS = ("learner", "exercise", "criterion", "out_of", "points", "comment")
"""Columns of ``marks.csv``; empty points mean that nobody has marked it yet."""

FILE = "marks.csv"
FORM = "marks.html"

Key = tuple[str, str, str]
"""Learner, exercise and criterion."""


class Criterion(Protocol):
    """One criterion of an exercise's rubric."""

    @property
    def name(self) -> str:
        """What is looked at."""
        ...

    @property
    def levels(self) -> Mapping[int, str]:
        """What each number of points means."""
        ...


@dataclass(frozen=True)
class _Row:
    """One row of ``marks.csv``."""

    row: int
    key: Key
    out_of: float
    points: float | None
    comment: str


@dataclass(frozen=True)
class _Field:
    """One criterion of one submission in the form."""

    mark: RubricMark
    levels: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class _Sheet:
    """One submission in the form."""

    grade: Grade
    fields: Sequence[_Field]
    passages: Sequence[Passage]


def write_form(
    book: Gradebook,
    rubrics: Mapping[str, Sequence[Criterion]],
    texts: Mapping[tuple[str, str], Sequence[Passage]],
    folder: Path,
) -> Path | None:
    """Write ``marks.csv`` and ``marks.html`` below `folder`, with all marks that are there already.

    Parameters
    ----------
    rubrics
        By exercise, what the levels of its criteria mean.
    texts
        By learner and exercise, what the submission says.

    Returns
    -------
    Path or None
        The form; None if no exercise of the book is marked by a person, then nothing is written.

    Raises
    ------
    InputError
        If there is a ``marks.csv`` that cannot be read, or gives more points than the rubric now
        does. Then nothing is written.
    """
    graded = [grade for grade in book.grades if grade.rubric]
    if not graded:
        return None
    path = folder / FILE
    rows = {row.key: row for row in (_read(path) if path.exists() else [])}
    sheets = []
    problems: list[Problem] = []
    for grade in graded:
        levels = {one.name: sorted(one.levels.items()) for one in rubrics.get(grade.exercise, ())}
        fields = []
        for mark in grade.rubric:
            row = rows.pop(_key(grade, mark), None)
            if row is not None:
                problems += _too_many(path, row, mark.out_of)
                mark = replace(mark, points=row.points, comment=row.comment)
            fields.append(_Field(mark, levels.get(mark.criterion, ())))
        sheets.append(_Sheet(grade, fields, texts.get((grade.learner, grade.exercise), ())))
    if problems:
        raise InputError(problems)
    kept = [row for row in rows.values() if row.points is not None or row.comment]
    lines = [
        _line(_key(sheet.grade, one.mark), one.mark) for sheet in sheets for one in sheet.fields
    ]
    left = [
        _line(row.key, RubricMark(row.key[2], round(row.out_of), row.points, row.comment))
        for row in kept
    ]
    form = render("marks.html", script="marks.js", sheets=sheets, kept=left, columns=COLUMNS)
    write_all(folder, {FILE: written([COLUMNS, *lines, *left], bom=True), FORM: form})
    return folder / FORM


def _key(grade: Grade, mark: RubricMark) -> Key:
    """Return a criterion of a submission as the file can hold it."""
    learner, exercise, criterion = (
        printable(part).strip() for part in (grade.learner, grade.exercise, mark.criterion)
    )
    return learner, exercise, criterion


def _line(key: Key, mark: RubricMark) -> tuple[str, ...]:
    points = "" if mark.points is None else number(mark.points)
    return (*map(guarded, key), str(mark.out_of), points, guarded(mark.comment))


def read_marks(path: Path, book: Gradebook) -> Gradebook:
    """Return `book` with the marks in a ``marks.csv``.

    A mark in the file counts more than one in the book. Commas or semicolons may separate its
    cells, and a comma may stand for the decimal point, as Excel writes in many countries.

    Raises
    ------
    InputError
        With every row that names a learner, an exercise or a criterion that the book does not
        have, gives points that are no number, negative or too many, or repeats another row.
    """
    marks = {_key(grade, mark): mark for grade in book.grades for mark in grade.rubric}
    given: dict[Key, _Row] = {}
    problems: list[Problem] = []
    for row in _read(path):
        if row.key in marks:
            problems += _too_many(path, row, marks[row.key].out_of)
            given[row.key] = row
        else:
            problems.append(_unknown(path, row, book))
    if problems:
        raise InputError(problems)

    def merged(grade: Grade, mark: RubricMark) -> RubricMark:
        row = given.get(_key(grade, mark))
        return replace(mark, points=row.points, comment=row.comment) if row else mark

    grades = tuple(
        replace(grade, rubric=tuple(merged(grade, mark) for mark in grade.rubric))
        for grade in book.grades
    )
    return replace(book, grades=grades)


def _read(path: Path) -> list[_Row]:
    """Read the rows of a ``marks.csv`` and find what is wrong with them by themselves."""
    table = read_table(path)
    heading = [cell.strip() for cell in table.heading]
    missing = [column for column in COLUMNS if column not in heading]
    if missing:
        what = f"there is no column {' and no column '.join(map(repr, missing))}"
        mend = f"let its first row be: {','.join(COLUMNS)}"
        raise InputError([Problem(path, "row 1", what, mend)])
    rows: dict[Key, _Row] = {}
    problems: list[Problem] = []
    for at, cells in table.rows[1:]:
        cell = {column: cells[heading.index(column)].strip() for column in COLUMNS}
        learner, exercise, criterion = (unguarded(cell[column]) for column in COLUMNS[:3])
        key = (learner, exercise, criterion)
        place = f"row {at}"
        out_of = _number(cell["out_of"])
        if out_of is None:
            what = f"out_of is {cell['out_of']!r}, which is not a number"
            problems.append(Problem(path, place, what, "write the most points it can earn"))
        points = _number(cell["points"])
        if cell["points"] and points is None:
            what = f"points is {cell['points']!r}, which is not a number"
            mend = "write a number, or nothing as long as it is not marked"
            problems.append(Problem(path, place, what, mend))
        if key in rows:
            what = f"{criterion!r} of learner {learner!r} is in row {rows[key].row} already"
            problems.append(Problem(path, place, what, "keep one of the two rows"))
            continue
        rows[key] = _Row(at, key, out_of or 0, points, unguarded(cell["comment"]))
    if problems:
        raise InputError(problems)
    return list(rows.values())


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _too_many(path: Path, row: _Row, out_of: int) -> list[Problem]:
    if row.points is None or 0 <= row.points <= out_of:
        return []
    what = f"{number(row.points)} points for {row.key[2]!r} are not between 0 and {out_of}"
    return [Problem(path, f"row {row.row}", what, f"give 0 to {out_of} points, or none yet")]


def _unknown(path: Path, row: _Row, book: Gradebook) -> Problem:
    """Say which of learner, exercise and criterion the book does not have."""
    learner, exercise, criterion = row.key
    own = [grade for grade in book.grades if printable(grade.learner).strip() == learner]
    grade = next((one for one in own if one.exercise == exercise), None)
    if not own:
        kind, name, known = "learner", learner, sorted({one.learner for one in book.grades})
        what = f"there is no learner {name!r}"
    elif grade is None:
        kind, name, known = "exercise", exercise, [one.exercise for one in own]
        what = f"learner {learner!r} has handed in no exercise {name!r}"
    elif grade.rubric:
        kind, name, known = "criterion", criterion, [mark.criterion for mark in grade.rubric]
        what = f"the exercise {exercise!r} has no criterion {name!r}"
    else:
        why = "could not be graded" if grade.outcome == "refused" else "has no rubric"
        what = f"the submission of learner {learner!r} to {exercise!r} {why}"
        mend = "remove the row, or keep it elsewhere until that has changed"
        return Problem(path, f"row {row.row}", what, mend)
    near = [*get_close_matches(name, known, n=1), *known, "(none)"][0]
    mend = f"remove the row, or write the {kind} as it is in grades.csv, for example {near!r}"
    return Problem(path, f"row {row.row}", what, mend)
