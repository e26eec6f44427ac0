"""The events of all tools on a line of time, as a Plotly figure."""

from datetime import date
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from mlops_landscape.catalogue import EVENTS, Catalogue, Event, Tool
from mlops_landscape.figures import Figure, show_figure

SYMBOLS = {
    "acquired": ("circle", "#0072b2"),
    "relicensed": ("square", "#b8860b"),
    "renamed": ("diamond", "#7b4ea3"),
    "moved": ("triangle-right", "#5b7083"),
    "forked": ("cross", "#5b7083"),
    "major-break": ("triangle-up", "#d55e00"),
    "archived": ("x", "#b3001e"),
    "shut-down": ("x", "#b3001e"),
    "revived": ("star", "#009e73"),
}
"""Shape and colour of each sort of event: the shape alone is enough to tell most of them apart."""

STEPS = (0, 0.14, -0.14, 0.28, -0.28, 0.42, -0.42)  # marks in the same weeks, in rows
NEAR = 75  # days within which two marks would cover each other
HEIGHT = 520


def show_timeline(catalogue: Catalogue) -> Figure:
    """Return the timeline, to stand last in a cell. A click on an event opens the tool's entry."""
    events = sorted(
        ((event, tool) for tool in catalogue.tools for event in tool.events),
        key=lambda pair: _day(pair[0]),
    )
    what_happened = [what for what in SYMBOLS if any(event.what == what for event, _ in events)]
    figure = go.Figure()
    for row, what in enumerate(what_happened):
        figure.add_trace(_row(row, what, [pair for pair in events if pair[0].what == what]))
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 92, "r": 12, "t": 8, "b": 36},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        xaxis={"type": "date", "fixedrange": True},
        yaxis={
            "tickvals": list(range(len(what_happened))),
            "ticktext": [EVENTS[what] for what in what_happened],
            "range": [len(what_happened) - 0.5, -0.5],
            "fixedrange": True,
            "zeroline": False,
        },
    )
    first, last = events[0][0].date[:4], events[-1][0].date[:4]
    description = (
        f"{len(events)} events of {len({tool.id for _, tool in events})} tools from {first} to "
        f"{last}, one row for each sort of event. The table below says the same in words."
    )
    return show_figure(figure, description)


def _day(event: Event) -> str:
    """Return the day to draw an event at: the middle of a month or year that is all we know."""
    return event.date + {4: "-07-01", 7: "-15", 10: ""}[len(event.date)]


def _row(row: int, what: str, events: list[tuple[Event, Tool]]) -> go.Scatter:
    symbol, colour = SYMBOLS[what]
    return go.Scatter(
        mode="markers",
        x=[_day(event) for event, _ in events],
        y=[row + offset for offset in _offsets([_day(event) for event, _ in events])],
        marker={"symbol": symbol, "color": colour, "size": 12, "opacity": 0.9},
        text=[_label(event, tool) for event, tool in events],
        customdata=[[f"tools.html#{tool.id}"] for _, tool in events],
        hovertemplate="%{text}<extra></extra>",
        name=EVENTS[what],
    )


def _label(event: Event, tool: Tool) -> str:
    lines = "<br>".join(escape(line) for line in wrap(event.text, 48))
    return f"<b>{escape(tool.name)}</b>, {event.date}<br>{lines}"


def _offsets(days: list[str]) -> list[float]:
    """Return how far each mark stands from the middle of its row, so that none covers another."""
    offsets: list[float] = []
    place = 0
    for position, text in enumerate(days):
        near = position and _between(days[position - 1], text) <= NEAR
        place = (place + 1) % len(STEPS) if near else 0
        offsets.append(STEPS[place])
    return offsets


def _between(one: str, other: str) -> int:
    return (date.fromisoformat(other) - date.fromisoformat(one)).days
