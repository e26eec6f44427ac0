"""The map as a table, for those who do not see it and for whoever prefers to read."""

from datetime import date
from html import escape

from mlops_landscape.catalogue import EVENTS, KINDS, Catalogue, Fact, Tool
from mlops_landscape.landscape.figure import status_text
from mlops_landscape.runs import Record, read_record


def table_html(catalogue: Catalogue) -> str:
    """Return the table of all tools, each row with the id ``tool-<id>``."""
    record = read_record()
    rows = "\n".join(_row(tool, catalogue, record) for tool in catalogue.tools)
    return (
        '<div class="landscape-scroll" tabindex="0" role="region" aria-label="Table of all tools">'
        '<table class="landscape-table"><thead><tr>'
        '<th scope="col">Tool</th><th scope="col">What to know when choosing</th>'
        '<th scope="col">Licence, owner, account</th>'
        '<th scope="col">Status and what happened</th>'
        f"</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(tool: Tool, catalogue: Catalogue, record: Record | None) -> str:
    stages = {stage.id: stage.name for stage in catalogue.stages}
    places = [catalogue.place(name) for name in tool.categories]
    jobs = "; ".join(f"{category.name} › {job.name}" for category, job in places)
    steps = ", ".join(stages[stage] for stage in tool.stages) or "none"
    facts = [
        f"{escape(KINDS[tool.kind].name)}: {_fact(tool.licence)}",
        f"Owner: {_fact(tool.owner)}",
        f"Account: {_fact(tool.account)}",
    ]
    runs = f"<p>It {record.of(tool.id).words}.</p>" if record else ""
    return (
        f'<tr id="tool-{tool.id}" tabindex="-1">'
        f'<th scope="row">{_name(tool)}</th>'
        f"<td><p>{escape(tool.summary)}</p><p>{escape(jobs)}</p>"
        f"<p>Stage: {escape(steps)}</p></td>"
        f"<td>{''.join(f'<p>{fact}</p>' for fact in facts)}</td>"
        f"<td><p>{_status(tool, catalogue)}</p>{runs}{events_html(tool)}</td></tr>"
    )


def fact_text(fact: Fact | None) -> str:
    """Return the value of a fact as a reader sees it, or that there is none."""
    if fact is None:
        return "not checked yet"
    if fact.unconfirmed:
        return "unconfirmed"
    if isinstance(fact.value, bool):
        return "needed" if fact.value else "not needed"
    # What SPDX calls so has no licence that one could look up.
    return "proprietary" if fact.value == "LicenseRef-proprietary" else str(fact.value)


def _fact(fact: Fact | None) -> str:
    text = escape(fact_text(fact))
    if fact is None:
        return text
    day = f"checked on {fact.checked_on.day} {fact.checked_on:%B %Y}"
    if fact.unconfirmed:
        return f"{text}: {escape(fact.unconfirmed)} ({day}){_checked(fact.checked_on)}"
    note = f". {escape(fact.note)}" if fact.note else ""
    link = f'<a href="{escape(fact.source)}" title="{day}">{text}</a>'
    return f"{link}{_checked(fact.checked_on)}{note}"


def _checked(day: date) -> str:
    """Return a mark that nobody sees until the day is long ago: freshness.js then says so."""
    return f'<time datetime="{day}" data-checked hidden></time>'


def events_html(tool: Tool) -> str:
    """Return what happened to a tool as a list, the oldest first; empty if nothing did."""
    if not tool.events:
        return ""
    items = "".join(
        f'<li>{escape(event.date)}, <a href="{escape(event.source)}">{EVENTS[event.what]}</a>: '
        f"{escape(event.text)}</li>"
        for event in sorted(tool.events, key=lambda event: event.date)
    )
    return f"<ul>{items}</ul>"


def _name(tool: Tool) -> str:
    # The script corrects the ways for pages in other folders.
    pages = [("directory", f"reference/tools.html#{tool.id}")]
    if tool.chapter is not None:
        pages.insert(0, ("chapter", tool.explained_at))
    links = " · ".join(
        f'<a class="landscape-page" href="{escape(address)}">{text}</a>' for text, address in pages
    )
    return f'<a href="{escape(tool.homepage)}">{escape(tool.name)}</a><br>{links}'


def _status(tool: Tool, catalogue: Catalogue) -> str:
    status = tool.status
    text = escape(status_text(tool))
    if status is None:
        return text
    parts = [f'<a href="{escape(status.source)}">{text}</a>' if status.source else text]
    parts.append(_checked(status.checked_on))
    if status.note:
        parts.append(f". {escape(status.note)}")
    if status.successors:
        links = ", ".join(
            f'<a href="#tool-{each}">{escape(catalogue.tool(each).name)}</a>'
            for each in status.successors
        )
        parts.append(f". Look at {links}")
    return "".join(parts) + "."
