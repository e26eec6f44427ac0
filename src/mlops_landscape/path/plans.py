"""The syllabi as tables of a page: the plan, what is graded, and what to leave out."""

import posixpath
from html import escape

from IPython.display import HTML

from mlops_landscape.path.steps import Step
from mlops_landscape.path.syllabi import Item, Session, Syllabus

_HERE = "book/teaching"


def plan_html(syllabus: Syllabus) -> HTML:
    """Return the plan: each session with what is done in it, and at home until the next."""
    groups = "".join(_session(session) for session in syllabus.sessions)
    if syllabus.before:
        minutes = sum(item.minutes for item in syllabus.before)
        head = _group_head("Before the first session", "", 0, minutes, syllabus.before)
        groups = f"<tbody>{head}{_rows(syllabus.before, at_home=True)}</tbody>{groups}"
    home = sum(session.home_minutes for session in syllabus.sessions)
    total = (
        f'<tbody><tr class="mlp-session"><th scope="row">In all</th><td>{syllabus.frame}</td>'
        f"<td>{home or ''}</td><td>{syllabus.points}</td></tr></tbody>"
    )
    head = ("What", "Class", "Home", "Points")
    return _table(f"{syllabus.name}: the plan", head, groups + total, "mlp-plan")


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
    head = ("Exercise", "Points", "Who gives them")
    return _table(f"{syllabus.name}: what is graded", head, f"<tbody>{rows}</tbody>")


def leave_out_html(syllabus: Syllabus) -> HTML:
    """Return what goes first when time is short, and what that saves."""
    rows = "".join(
        f'<tr><th scope="row">{_name(item)}</th><td>{item.minutes}</td>'
        f"<td>{escape(item.leave_out)}</td></tr>"
        for item in syllabus.items
        if item.leave_out
    )
    head = ("Leave out", "Saves", "Because")
    return _table(f"{syllabus.name}: what to leave out", head, f"<tbody>{rows}</tbody>")


def _table(label: str, head: tuple[str, ...], rows: str, kind: str = "") -> HTML:
    cells = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    return HTML(
        f'<div class="table-scroll" role="region" aria-label="{escape(label)}" tabindex="0">'
        f'<table class="table mlp-table {kind}"><thead><tr>{cells}</tr></thead>'
        f"{rows}</table></div>"
    )


def _session(session: Session) -> str:
    head = _group_head(
        f"{session.when}: {session.title}",
        session.why,
        session.minutes,
        session.home_minutes,
        (*session.in_class, *session.at_home),
    )
    in_class = _rows(session.in_class, at_home=False)
    return f"<tbody>{head}{in_class}{_rows(session.at_home, at_home=True)}</tbody>"


def _group_head(title: str, why: str, in_class: int, at_home: int, items: tuple[Item, ...]) -> str:
    points = sum(item.step.points for item in items if item.is_graded and item.step)
    reason = f'<span class="mlp-why">{escape(why)}</span>' if why else ""
    return (
        f'<tr class="mlp-session"><th scope="rowgroup">{escape(title)}{reason}</th>'
        f"<td>{in_class or ''}</td><td>{at_home or ''}</td><td>{points or ''}</td></tr>"
    )


def _rows(items: tuple[Item, ...], *, at_home: bool) -> str:
    return "".join(
        f'<tr><th scope="row">{_name(item)}</th>'
        f"<td>{'' if at_home else item.minutes}</td><td>{item.minutes if at_home else ''}</td>"
        f"<td>{item.step.points if item.is_graded and item.step else ''}</td></tr>"
        for item in items
    )


def _name(item: Item) -> str:
    if item.step is None:
        return escape(item.what)
    return _link(item.step) + (f": {escape(item.what)}" if item.what else "")


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
