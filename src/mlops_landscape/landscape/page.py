"""The map for a page of the book: figure, controls and table as one piece of HTML."""

import json
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from mlops_landscape.catalogue import KINDS, STATES, Catalogue, Tool
from mlops_landscape.landscape.figure import (
    chips_by_kind,
    draw,
    landscape_figure,
    marked_chips,
    status_text,
)
from mlops_landscape.landscape.layout import lay_out
from mlops_landscape.landscape.palette import LIGHT, MARK_SYMBOLS, partners
from mlops_landscape.landscape.stages import by_stage
from mlops_landscape.landscape.table import fact_text, table_html
from mlops_landscape.paths import BOOK, relative
from mlops_landscape.runs import Record, read_record

ASSETS = "vendor/plotly-basic.min.js landscape.js landscape.css freshness.js freshness.css"

_MARK_GLYPHS = {"diamond": "◆", "square": "■", "x": "✖", "circle": "●"}
_MARK_WORDS = {
    "maintenance": "maintenance only",
    "archived": "archived",
    "discontinued": "discontinued",
    "renamed": "renamed",
}


@dataclass(frozen=True)
class Landscape:
    """What a cell shows: the map with its controls in the book, a Plotly figure in JupyterLab.

    Parameters
    ----------
    catalogue
        The tools to show.
    """

    catalogue: Catalogue

    @cached_property
    def html(self) -> str:
        """The piece of HTML; the page must load the files of ``data-page-assets``."""
        tools = len(self.catalogue.tools)
        return _PAGE.format(
            assets=ASSETS,
            book=f"{relative(BOOK)}/",
            tools=tools,
            categories=len(self.catalogue.categories),
            stages=len(self.catalogue.stages),
            stageless=sum(not tool.stages for tool in self.catalogue.tools),
            filters=_filters(self.catalogue),
            marks=_marks_legend(self.catalogue),
            table=table_html(self.catalogue),
            data=_script_json(page_data(self.catalogue)),
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return both forms; Jupyter and MyST-NB take the richest that they can show."""
        figure = landscape_figure(self.catalogue)
        return {
            "text/html": self.html,
            "application/vnd.plotly.v1+json": json.loads(figure.to_json()),
            "text/plain": f"<landscape of {len(self.catalogue.tools)} tools>",
        }


def show_landscape(catalogue: Catalogue) -> Landscape:
    """Return the interactive map of the catalogue, to stand last in a cell."""
    return Landscape(catalogue)


def page_data(catalogue: Catalogue) -> dict[str, Any]:
    """Return what the page's script needs: both maps, the tools, and the dark colours."""
    record = read_record()
    return {
        "maps": {
            order: {
                "wide": _map_data(catalogue, narrow=False, stages=order == "stage"),
                "narrow": _map_data(catalogue, narrow=True, stages=order == "stage"),
            }
            for order in ("category", "stage")
        },
        "tools": {tool.id: _tool_data(tool, catalogue, record) for tool in catalogue.tools},
        "dark": partners(),
    }


def _map_data(catalogue: Catalogue, *, narrow: bool, stages: bool) -> dict[str, Any]:
    ordered = by_stage(catalogue) if stages else catalogue
    map_ = lay_out(ordered, narrow=narrow)
    figure = draw(map_, ordered, LIGHT)
    # The page has its own card, legend and hit areas, and needs none of Plotly's.
    figure.update_traces(hovertemplate=None, hoverinfo="skip", customdata=None)
    figure.update_layout(
        template=None,
        showlegend=False,
        height=map_.height,
        margin={"b": 0},
        hovermode=False,
        dragmode=False,
    )
    content = json.loads(figure.to_json())
    kinds = chips_by_kind(map_)
    striped = [kind for kind in kinds if LIGHT.kinds[kind].stripe]
    boxes = []
    order: dict[int, int] = {}
    for trace, chips in enumerate(kinds.values()):
        for point, chip in enumerate(chips):
            order[id(chip)] = len(boxes)
            stripe = None
            if chip.tool.kind in striped:
                stripe = len(kinds) + striped.index(chip.tool.kind)
            box = chip.box
            boxes.append(
                {
                    "tool": chip.tool.id,
                    # Where it stands: a column is a category or a stage.
                    "column": chip.category.id,
                    "job": chip.job.name,
                    "at": [box.x, box.y, box.width, box.height],
                    "trace": trace,
                    "stripe": stripe,
                    "point": point,
                }
            )
    for mark, chip in enumerate(marked_chips(map_)):
        boxes[order[id(chip)]]["mark"] = mark
    # Reading order: card by card, as on the map.
    reading = [order[id(chip)] for chip in map_.chips]
    return {
        "width": map_.width,
        "height": map_.height,
        "data": content["data"],
        "layout": content["layout"],
        "boxes": [boxes[position] for position in reading],
    }


def _tool_data(tool: Tool, catalogue: Catalogue, record: Record | None) -> dict[str, Any]:
    places = [catalogue.place(name) for name in tool.categories]
    stages = {stage.id: stage.name for stage in catalogue.stages}
    status = tool.status
    words = [tool.name, tool.id, tool.summary, KINDS[tool.kind].name]
    words += [tool.package.name] if tool.package else []
    words += [f"{category.name} {job.name}" for category, job in places]
    words += [stages[stage] for stage in tool.stages]
    words += [status_text(tool), status.note if status else ""]
    words += [fact_text(tool.licence), fact_text(tool.owner)]
    return {
        "name": tool.name,
        "summary": tool.summary,
        "kind": tool.kind,
        "kindName": KINDS[tool.kind].name,
        "categories": sorted({category.id for category, _ in places}),
        "jobs": [f"{category.name} › {job.name}" for category, job in places],
        "stages": list(tool.stages),
        "stageNames": [stages[stage] for stage in tool.stages],
        "facts": _facts(tool),
        "status": status_text(tool),
        "runs": record.of(tool.id).words if record else "",
        "account": _account(tool),
        "state": status.state if status else None,
        "note": status.note if status else "",
        "successors": [catalogue.tool(each).name for each in status.successors] if status else [],
        "chapter": tool.explained_at,
        "words": " ".join(words).lower(),
    }


def _account(tool: Tool) -> str:
    """Return ``no`` or ``yes``, or ``unknown`` as long as nobody has confirmed it."""
    if tool.account is None or not tool.account.source:
        return "unknown"
    return "yes" if tool.account.value else "no"


def _facts(tool: Tool) -> str:
    """Return licence, owner and need of an account in one line, as far as they are confirmed."""
    facts = [fact_text(fact) for fact in (tool.licence, tool.owner) if fact and fact.source]
    if tool.account and tool.account.source:
        facts.append(f"account {fact_text(tool.account)}")
    return " · ".join(facts)


def _filters(catalogue: Catalogue) -> str:
    used = {tool.kind for tool in catalogue.tools}
    seen = {tool.status.state for tool in catalogue.tools if tool.status is not None}
    states = [(each, text.capitalize(), text) for each, text in STATES.items() if each in seen]
    groups = [
        ("kind", "Kind", [(k.id, k.name, k.meaning) for k in KINDS.values() if k.id in used]),
        ("account", "Account", [("no", "Works without one", "as far as it was confirmed")]),
        ("stage", "Stage", [(each.id, each.name, each.summary) for each in catalogue.stages]),
        ("status", "Status", states),
        # The full names stand over the map; here seven buttons have to fit in a line.
        ("category", "Category", [(c.id, _short(c.id), c.name) for c in catalogue.categories]),
    ]
    return "\n".join(_filter_group(*group) for group in groups)


def _short(category_id: str) -> str:
    return category_id.replace("-", " ").capitalize()


def _filter_group(name: str, title: str, choices: list[tuple[str, str, str]]) -> str:
    buttons = "".join(
        f'<button type="button" class="landscape-toggle" aria-pressed="false" '
        f'data-filter="{name}" data-value="{value}" title="{escape(meaning)}">'
        + (f'<span class="landscape-swatch is-{value}"></span>' if name == "kind" else "")
        + f"{escape(text)}</button>"
        for value, text, meaning in choices
    )
    return (
        f'<div class="landscape-group" role="group" aria-label="{title}">'
        f'<span class="landscape-legend" aria-hidden="true">{title}</span>'
        f'<div class="landscape-choices">{buttons}</div></div>'
    )


def _marks_legend(catalogue: Catalogue) -> str:
    states = {tool.status.state for tool in catalogue.tools if tool.status is not None}
    parts = [
        f'<span class="landscape-mark is-{state}" aria-hidden="true">{_MARK_GLYPHS[symbol]}</span> '
        f"{_MARK_WORDS[state]}"
        for state, symbol in MARK_SYMBOLS.items()
        if state in states
    ]
    if not parts:
        return ""
    return f'<p class="landscape-marks">In the corner of a box: {", ".join(parts)}.</p>'


def _script_json(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(_rounded(data), separators=(",", ":"), ensure_ascii=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return value


# The inline script closes the table at once where scripts run, before the page is painted; the
# table stays open where they do not, because then there is no map.
_PAGE = """\
<div class="landscape" data-page-assets="{assets}" data-book="{book}">
<noscript><style>.landscape-interactive {{ display: none; }}</style></noscript>
<div class="landscape-interactive">
<div class="landscape-bar">
<input class="landscape-search" type="search" placeholder="Find a tool, a job, a word"
 aria-label="Find a tool, a job, a word" autocomplete="off" spellcheck="false">
<p class="landscape-count" role="status" aria-live="polite">{tools} tools</p>
<button type="button" class="landscape-clear" hidden>Clear filters</button>
<div class="landscape-zoom" role="group" aria-label="Zoom">
<button type="button" data-zoom="out" aria-label="Zoom out" title="Zoom out (-)">−</button>
<button type="button" data-zoom="reset" aria-label="Show the whole map"
 title="Whole map (0)">⤢</button>
<button type="button" data-zoom="in" aria-label="Zoom in" title="Zoom in (+)">+</button>
</div>
</div>
<fieldset class="landscape-order"><legend>Order by</legend>
<label><input type="radio" name="landscape-order" value="category" checked> the
 {categories} categories</label>
<label><input type="radio" name="landscape-order" value="stage"> the {stages} stages</label>
<span class="landscape-stageless" hidden>{stageless} tools that belong to no stage are only in the
table.</span></fieldset>
<div class="landscape-filters">
{filters}
</div>
<div class="landscape-map" tabindex="0" role="group" aria-roledescription="map"
 aria-label="Map of {tools} tools. Tab goes to a tool, the arrow keys from tool to tool."><div
 class="landscape-sizer"><div class="landscape-layer"><div class="landscape-plot"
 aria-hidden="true"></div><div class="landscape-links"></div></div></div></div>
<div class="landscape-card" hidden></div>
{marks}
<p class="landscape-keys"><kbd>Tab</kbd> into the map, then <kbd>Tab</kbd> again to a tool:
arrow keys go from tool to tool, <kbd>Enter</kbd> opens one, <kbd>Esc</kbd> returns to the map.
<kbd>0</kbd> shows the whole map.</p>
</div>
<details class="landscape-details" open><summary>All {tools} tools as a table</summary>
{table}
</details>
<script>document.currentScript.previousElementSibling.open = false;</script>
<script type="application/json" class="landscape-data">{data}</script>
</div>
"""
