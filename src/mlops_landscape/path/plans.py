"""The syllabi as tables of a page: the plan, what is graded, and what to leave out."""

import posixpath
from html import escape

from IPython.display import HTML

from mlops_landscape.path.measure import time_text
from mlops_landscape.path.steps import Step
from mlops_landscape.path.syllabi import Item, Session, Syllabus

_HERE = "book/teaching"


def plan_html(syllabus: Syllabus) -> HTML:
    """Return the plan: a row for each session, with what is done in class and at home."""
    rows = "".join(_row(session) for session in syllabus.sessions)
    if syllabus.before:
        before = _list(syllabus.before)
        rows = (
            f'<tr><th scope="row">Before</th><td></td><td>{before}'
            f"{_sum(sum(item.minutes for item in syllabus.before))}</td></tr>{rows}"
        )
    head = ("When and why", f"In class, {time_text(syllabus.frame)} in all", "Until the next time")
    return _table(f"{syllabus.name}: the plan", head, rows, "mlp-plan")


def grading_html(syllabus: Syllabus) -> HTML:
    """Return what is graded: each exercise with its points and who gives them, and the sum."""
    rows = "".join(
        f'<tr><th scope="row">{_link(step)}</th><td>{step.points}</td><td>{_marked(step)}</td></tr>'
        for step in syllabus.graded
    )
    rows += (
        f'<tr><th scope="row">Together</th><td><strong>{syllabus.points}</strong></td>'
        f"<td>{_marked_in_all(syllabus)}</td></tr>"
    )
    return _table(
        f"{syllabus.name}: what is graded", ("Exercise", "Points", "Who gives them"), rows
    )


def leave_out_html(syllabus: Syllabus) -> HTML:
    """Return what goes first when time is short, and what that saves."""
    rows = "".join(
        f'<tr><th scope="row">{_name(item)}</th><td>{time_text(item.minutes)}</td>'
        f"<td>{escape(item.leave_out)}</td></tr>"
        for item in syllabus.items
        if item.leave_out
    )
    return _table(f"{syllabus.name}: what to leave out", ("Leave out", "Saves", "Because"), rows)


def _table(label: str, head: tuple[str, ...], rows: str, kind: str = "") -> HTML:
    cells = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    return HTML(
        f'<div class="table-scroll" role="region" aria-label="{escape(label)}" tabindex="0">'
        f'<table class="table mlp-table {kind}"><thead><tr>{cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(session: Session) -> str:
    home = _list(session.at_home) + _sum(session.home_minutes) if session.at_home else ""
    return (
        f'<tr><th scope="row">{escape(session.when)}: {escape(session.title)}'
        f'<span class="mlp-why">{escape(session.why)}</span></th>'
        f"<td>{_list(session.in_class)}{_sum(session.minutes)}</td><td>{home}</td></tr>"
    )


def _list(items: tuple[Item, ...]) -> str:
    return "<ul>" + "".join(f"<li>{_entry(item)}</li>" for item in items) + "</ul>"


def _entry(item: Item) -> str:
    points = ""
    if item.is_graded and item.step:
        points = f", {item.step.points} points"
    return (
        f'{_name(item)} <span class="mlp-minutes">{time_text(item.minutes)}{escape(points)}</span>'
    )


def _name(item: Item) -> str:
    if item.step is None:
        return escape(item.what)
    return _link(item.step) + (f": {escape(item.what)}" if item.what else "")


def _sum(minutes: int) -> str:
    return f'<p class="mlp-sum">{time_text(minutes)}</p>'


def _link(step: Step) -> str:
    address = posixpath.relpath(f"{step.docname}.html", _HERE)
    return f'<a href="{address}">{escape(step.title)}</a>'


def _marked(step: Step) -> str:
    by_checks = step.points - step.marked_by_hand
    if not step.marked_by_hand:
        return "its checks"
    return f"{by_checks} its checks, {step.marked_by_hand} you, by its rubric"


def _marked_in_all(syllabus: Syllabus) -> str:
    by_hand = sum(step.marked_by_hand for step in syllabus.graded)
    if not by_hand:
        return "the checks, all of them"
    return f"{syllabus.points - by_hand} the checks, {by_hand} you"
