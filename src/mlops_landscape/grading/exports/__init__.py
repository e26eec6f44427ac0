"""Grades for other systems: tables, JUnit, Gradescope, Canvas, Moodle; one module a format."""

from collections.abc import Mapping
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.exports import canvas, gradescope, junit, moodle, table
from mlops_landscape.grading.files import write_all
from mlops_landscape.grading.model import Gradebook

__all__ = ["export_all"]


def export_all(
    book: Gradebook,
    folder: Path,
    *,
    canvas_gradebook: Path | None = None,
    moodle_worksheets: Mapping[str, Path] | None = None,
    show_hidden: bool = False,
) -> list[Problem]:
    """Write all exports below `folder`; the same book gives the same bytes.

    Nothing is written before all of it is ready. ``grades.csv``, ``checks.csv`` and
    ``grades.json`` are for people and programs, ``junit.xml`` for a CI,
    ``gradescope/<exercise>/<learner>/results.json``, ``canvas.csv`` and ``moodle.csv`` for those
    systems.

    Parameters
    ----------
    canvas_gradebook
        The gradebook as Canvas exported it; then ``canvas.csv`` is that file, filled in.
    moodle_worksheets
        By exercise, the grading worksheet of its assignment as Moodle exported it; filled in as
        ``moodle-<exercise>.csv``.
    show_hidden
        Whether learners may read what a hidden check saw.

    Returns
    -------
    list of Problem
        Grades that are in none of the rows of a file that was to be filled in.

    Raises
    ------
    InputError
        If a file to be filled in is not what it should be.
    """
    files = {
        "grades.csv": table.grades_csv(book),
        "checks.csv": table.checks_csv(book),
        "grades.json": table.grades_json(book),
        "junit.xml": junit.junit_xml(book),
        "canvas.csv": canvas.gradebook(book),
        "moodle.csv": moodle.grades(book),
        **gradescope.results(book, show_hidden=show_hidden),
    }
    left_over: list[Problem] = []
    mistakes: list[Problem] = []
    fillings = [("canvas.csv", canvas.fill, (canvas_gradebook,))] if canvas_gradebook else []
    fillings += [
        (f"moodle-{exercise}.csv", moodle.fill, (worksheet, exercise))
        for exercise, worksheet in sorted((moodle_worksheets or {}).items())
    ]
    for name, fill, arguments in fillings:
        try:
            files[name], missed = fill(book, *arguments)
        except InputError as error:
            mistakes += error.problems
        else:
            left_over += missed
    if mistakes:
        raise InputError(mistakes)
    write_all(folder, files, only_these_in=["gradescope"])
    return left_over
