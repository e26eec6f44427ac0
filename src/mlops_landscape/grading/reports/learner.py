"""A learner's page: what was checked, what was seen, what to mend first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from mlops_landscape.exercises.markup import check_table
from mlops_landscape.grading.files import safe_name
from mlops_landscape.grading.model import CheckMark, Grade, Gradebook
from mlops_landscape.grading.reports.page import render
from mlops_landscape.grading.tables import printable
from mlops_landscape.grading.words import number


@dataclass(frozen=True)
class Section:
    """One exercise on a learner's page.

    Attributes
    ----------
    table
        The checks as HTML; empty if it was refused.
    first
        The first check to mend that the learner may read about.
    more_hidden
        Whether nothing but hidden checks is left to mend.
    """

    grade: Grade
    anchor: str
    table: Markup
    first: CheckMark | None
    more_hidden: bool


def report_path(learner: str) -> str:
    """Return where a learner's page lies, seen from the page for the class."""
    return f"report/{safe_name(learner)}.html"


def learner_page(book: Gradebook, learner: str, *, show_hidden: bool = False) -> bytes:
    """Return a learner's page; nothing of anybody else is in it.

    Parameters
    ----------
    show_hidden
        Whether the learner may read what a hidden check saw, and its hint.
    """
    grades = [grade for grade in book.grades if grade.learner == learner]
    asked = {grade.exercise: grade for grade in book.grades if grade.exercise}
    missing = [
        one for exercise, one in asked.items() if exercise not in {own.exercise for own in grades}
    ]
    return render(
        "learner.html",
        name=grades[0].name or learner,
        learner=learner,
        made=book.made,
        due=book.due,
        sections=[_section(grade, show_hidden) for grade in grades],
        points=sum(grade.total for grade in grades),
        out_of=sum(grade.out_of for grade in [*grades, *missing]),
        missing=[one.title or one.exercise for one in missing],
        awaits=any(grade.awaits_a_person for grade in grades),
    )


def _section(grade: Grade, show_hidden: bool) -> Section:
    told = [_told(check, show_hidden) for check in grade.checks]
    failed = [check for check in grade.checks if not check.passed]
    first = next((check for check in failed if check.visible or show_hidden), None)
    return Section(
        grade=grade,
        anchor=safe_name(grade.exercise or "unknown-exercise"),
        table=Markup(check_table(_caption(grade.checks), told)) if told else Markup(),
        first=first,
        more_hidden=bool(failed) and first is None,
    )


def _told(check: CheckMark, show_hidden: bool) -> CheckMark:
    """Return what a learner may read of a check."""
    if check.visible:
        title, message = check.title, check.message
    else:
        title, message = f"{check.title} (hidden check)", check.message if show_hidden else ""
    return replace(check, title=printable(title), message=printable(message))


def _caption(checks: Sequence[CheckMark]) -> str:
    passed = sum(check.passed for check in checks)
    earned = sum(check.points for check in checks if check.passed)
    out_of = sum(check.points for check in checks)
    share = f"{number(earned)} of {number(out_of)} points by checks"
    return f"{passed} of {len(checks)} checks pass, {share}"
