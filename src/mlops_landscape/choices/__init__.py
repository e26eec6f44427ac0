"""The tools of a category side by side: what each is for, when to take it, when to leave it."""

from html import escape

from IPython.display import HTML

from mlops_landscape.catalogue import STATES, Catalogue, Tool, load_catalogue
from mlops_landscape.catalogue.freshness import day

ASSETS = "choices.css freshness.js freshness.css"
COLUMNS = ("Tool", "Take it when", "Leave it when", "State")


def show_choices(category_id: str, catalogue: Catalogue | None = None) -> HTML:
    """Return a table of the tools of a category, by job, for a page in ``lifecycle/``.

    Parameters
    ----------
    category_id
        As in ``categories.yml``.
    catalogue
        The course's own by default.

    Raises
    ------
    KeyError
        If there is no such category.
    """
    catalogue = catalogue or load_catalogue()
    category = next((each for each in catalogue.categories if each.id == category_id), None)
    if category is None:
        raise KeyError(category_id)
    bodies = []
    for job in category.jobs:
        tools = [tool for tool in catalogue.tools if f"{category_id}/{job.id}" in tool.categories]
        rows = "".join(_row(tool) for tool in tools)
        bodies.append(
            f'<tbody><tr class="choices-job"><th scope="rowgroup" colspan="4">{escape(job.name)}'
            f"</th></tr>{rows}</tbody>"
        )
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    name = escape(f"{category.name}: the tools side by side")
    return HTML(
        f'<div class="choices" data-page-assets="{ASSETS}" tabindex="0" role="region" '
        f'aria-label="{name}"><table class="table"><thead><tr>{heads}</tr></thead>'
        f"{''.join(bodies)}</table></div>"
    )


def _row(tool: Tool) -> str:
    status, state = tool.status, "not checked yet"
    if status is not None:
        state = f"<strong>{escape(STATES[status.state])}</strong>"
        if status.source:
            state = f'<a href="{escape(status.source)}">{state}</a>'
        state += f", {day(status.checked_on)}"
    ended = ' class="is-ended"' if tool.is_ended else ""
    # On a phone the columns stand below each other, and each cell says which it is.
    texts = zip(COLUMNS[1:], (escape(tool.choose), escape(tool.leave), state), strict=True)
    cells = "".join(f'<td data-column="{column}">{text}</td>' for column, text in texts)
    return (
        f'<tr{ended} id="choice-{tool.id}"><th scope="row">'
        f'<a href="../reference/tools.html#{tool.id}">{escape(tool.name)}</a>'
        f"<p>{escape(tool.summary)}</p></th>{cells}</tr>"
    )
