"""What happened to tools, and old code beside new, as tables to read and to search in."""

from html import escape

from mlops_landscape.catalogue import EVENTS, Catalogue
from mlops_landscape.catalogue.changes import HOW, Change
from mlops_landscape.directory.entries import Html

ASSETS = "history.css"


def show_events(catalogue: Catalogue) -> Html:
    """Return all events, newest first, each with its tool and the page that says so."""
    events = sorted(
        ((event, tool) for tool in catalogue.tools for event in tool.events),
        key=lambda pair: pair[0].date,
        reverse=True,
    )
    rows = "".join(
        f'<tr><td>{event.date}</td><th scope="row"><a href="tools.html#{tool.id}">'
        f"{escape(tool.name)}</a></th><td>{EVENTS[event.what]}</td>"
        f'<td>{escape(event.text)} (<a href="{escape(event.source)}">source</a>)</td></tr>'
        for event, tool in events
    )
    return _table("All events, newest first", ("When", "Tool", "What", "In words"), rows, "events")


def show_changes(catalogue: Catalogue, changes: list[Change]) -> Html:
    """Return old code beside new: since when, what it meets today, and where both are run."""
    rows = "".join(_row(change, catalogue) for change in changes)
    heads = ("Then", "Since", "Today it meets", "Now", "Both are run in")
    return _table("Old code and what replaces it", heads, rows, "changes")


def _row(change: Change, catalogue: Catalogue) -> str:
    tool = catalogue.tool(change.tool)
    since = escape(f"{change.since} ({change.date})")
    if change.source:
        since = f'<a href="{escape(change.source)}">{since}</a>'
    else:
        since = f"{since}; unconfirmed: {escape(change.unconfirmed)}"
    place = f"../{change.chapter}.html#{change.anchor}"
    return (
        f'<tr id="{change.id}"><th scope="row"><code>{escape(change.old)}</code></th>'
        f"<td>{since}</td>"
        f'<td><span class="history-how is-{change.how}">{HOW[change.how]}</span><br>'
        f"<samp>{escape(change.shows)}</samp></td>"
        f"<td><code>{escape(change.new)}</code></td>"
        f'<td><a href="{escape(place)}">{escape(tool.name)}</a></td></tr>'
    )


def _table(label: str, heads: tuple[str, ...], rows: str, name: str) -> Html:
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return Html(
        f'<div class="history-scroll" data-page-assets="{ASSETS}" tabindex="0" role="region" '
        f'aria-label="{label}"><table class="history-table is-{name}"><thead><tr>{cells}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )
