"""The ways as the landing page shows them. Without a script: what there is and how long it takes.

``path.js`` adds what the reader has done, so nothing here depends on a reader.
"""

import posixpath
from html import escape

from IPython.display import HTML

from mlops_landscape.path.measure import time_text
from mlops_landscape.path.steps import Course, Door, Part, Step


def door_html(course: Course, door_id: str) -> HTML:
    """Return the foot of a way's card: how much it is, and the link to where it begins."""
    door = course.door(door_id)
    if not door.steps:
        return HTML("")
    first = door.steps[0]
    return HTML(
        f'<div class="mlp-door" data-door="{door.id}">'
        f'<p class="mlp-time">{count_text(door)}, {time_text(door.minutes)}</p>'
        f'<p class="mlp-next"><a href="{address(course, first)}">Begin: {escape(first.title)}</a> '
        f'<span class="mlp-minutes">{time_text(first.minutes)}</span></p></div>'
    )


def steps_html(course: Course) -> HTML:
    """Return every step of the three ways with its time, a fold for each part."""
    doors = "".join(
        f'<section class="mlp-way" aria-label="{door.name}: all steps">'
        f'<p class="mlp-way-name"><strong>{door.name}</strong> '
        f'<span class="mlp-minutes">{count_text(door)}, {time_text(door.minutes)}</span></p>'
        + "".join(_part(course, part) for part in door.parts)
        + "</section>"
        for door in course.doors
        if door.steps
    )
    return HTML(f'<div class="mlp-steps">{doors}</div>')


def _part(course: Course, part: Part) -> str:
    steps = "".join(
        f'<li data-step="{step.docname}"><a href="{address(course, step)}">{escape(step.title)}</a>'
        f' <span class="mlp-minutes">{time_text(step.minutes)}</span></li>'
        for step in part.steps
    )
    return (
        f'<details class="mlp-part"><summary>{escape(part.caption or "Pages")} '
        f'<span class="mlp-minutes">{time_text(part.minutes)}</span></summary>'
        f"<ol>{steps}</ol></details>"
    )


def count_text(door: Door) -> str:
    """Return how many steps a way has: ``9 pages``, ``14 exercises``."""
    word = "exercise" if door.id == "do" else "page"
    return f"{len(door.steps)} {word}{'' if len(door.steps) == 1 else 's'}"


def address(course: Course, step: Step) -> str:
    """Return the address of a step as a link on the landing page has it."""
    return posixpath.relpath(f"{step.docname}.html", posixpath.dirname(course.root))
