"""The map as a table, for those who do not see it and for whoever prefers to read."""

from html import escape

from mlops_landscape.catalogue import KINDS, Catalogue, Tool
from mlops_landscape.landscape.figure import status_text


def table_html(catalogue: Catalogue) -> str:
    """Return the table of all tools, each row with the id ``tool-<id>``."""
    rows = "\n".join(_row(tool, catalogue) for tool in catalogue.tools)
    return (
        '<div class="landscape-scroll" tabindex="0" role="region" aria-label="Table of all tools">'
        '<table class="landscape-table"><thead><tr>'
        '<th scope="col">Tool</th><th scope="col">What to know when choosing</th>'
        '<th scope="col">Category and job</th><th scope="col">Stage</th>'
        '<th scope="col">Kind</th><th scope="col">Status</th>'
        f"</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(tool: Tool, catalogue: Catalogue) -> str:
    stages = {stage.id: stage.name for stage in catalogue.stages}
    places = [catalogue.place(name) for name in tool.categories]
    jobs = "<br>".join(escape(f"{category.name} › {job.name}") for category, job in places)
    return (
        f'<tr id="tool-{tool.id}" tabindex="-1">'
        f'<th scope="row">{_name(tool)}</th>'
        f"<td>{escape(tool.summary)}</td>"
        f"<td>{jobs}</td>"
        f"<td>{escape(', '.join(stages[stage] for stage in tool.stages) or 'none')}</td>"
        f"<td>{escape(KINDS[tool.kind].name)}</td>"
        f"<td>{_status(tool, catalogue)}</td></tr>"
    )


def _name(tool: Tool) -> str:
    homepage = f'<a href="{escape(tool.homepage)}">{escape(tool.name)}</a>'
    if tool.chapter is None:
        return homepage
    # The script corrects the way for pages in other folders.
    return (
        f'{homepage}<br><a class="landscape-chapter" href="{escape(tool.chapter)}.html" '
        f'data-chapter="{escape(tool.chapter)}">chapter</a>'
    )


def _status(tool: Tool, catalogue: Catalogue) -> str:
    status = tool.status
    text = escape(status_text(tool))
    if status is None:
        return text
    parts = [f'<a href="{escape(status.source)}">{text}</a>']
    if status.note:
        parts.append(f". {escape(status.note)}")
    if status.successors:
        links = ", ".join(
            f'<a href="#tool-{each}">{escape(catalogue.tool(each).name)}</a>'
            for each in status.successors
        )
        parts.append(f". Look at {links}")
    return "".join(parts) + "."
