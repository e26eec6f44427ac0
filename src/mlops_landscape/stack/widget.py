"""The builder as a widget: works in the browser alone, tells Python if there is one."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from mlops_landscape.catalogue import Catalogue, load_catalogue
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.stack.data import builder_data
from mlops_landscape.stack.stacks import STACKS, Stack, load_stacks

_STATIC = Path(__file__).parent / "static"
_EMPTY = "stack=v1"
"""The address of a form in which nothing is chosen."""


def _script() -> str:
    """Return rules and view as the one module that an anywidget can have."""
    names = ("stack-rules.js", "stack-builder.js")
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class StackBuilder(anywidget.AnyWidget):
    """A form in which a tool is picked for each job, with findings in words.

    Parameters
    ----------
    data
        What `builder_data` returns.
    stack
        The worked stack to start with, if any.

    Attributes
    ----------
    address
        The whole choice in one line, as it stands in a page's address after the ``#``. Set it to
        show another choice.
    picks
        The tools picked by job, as ids: ``{"experimentation/tracking": ["mlflow"]}``; an empty
        list for a job that nobody does. Jobs nobody has decided on are not there.
    constraints
        What was said of the circumstances: ``["open-source", "team:alone"]``.
    """

    _esm = _script()
    _css = _STATIC / "stack-builder.css"

    data = traitlets.Dict().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)
    picks = traitlets.Dict().tag(sync=True)
    constraints = traitlets.List().tag(sync=True)

    def __init__(self, data: dict[str, Any], stack: Stack | None = None) -> None:
        # What the browser would report at once is set here: else its report, on its way while the
        # next cell already runs, could undo what that cell sets.
        super().__init__(
            data=data,
            address=stack.address if stack else _EMPTY,
            picks=stack.tools_by_job if stack else {},
            constraints=list(stack.constraints) if stack else [],
        )


def stack_builder(start: str = "", catalogue: Catalogue | None = None) -> StackBuilder:
    """Return the stack builder, to stand last in a cell.

    Parameters
    ----------
    start
        Id of the worked stack to begin with, such as ``"one-laptop"``; empty for an empty form.
    catalogue
        The tools; the course's own if it is left out.

    Raises
    ------
    InputError
        If there is no such stack (the known ones are named), or a file holds mistakes.
    """
    catalogue = catalogue or load_catalogue()
    stacks = load_stacks(catalogue)
    chosen = stacks.stack(start)
    if start and chosen is None:
        known = ", ".join(stack.id for stack in stacks.stacks)
        raise InputError(
            [Problem(STACKS, "", f"there is no stack {start!r}", f"use one of: {known}")]
        )
    return StackBuilder(builder_data(catalogue, stacks), chosen)
