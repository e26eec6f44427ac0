"""Checks of the exercise `a-map-of-your-own`, in the order in which to mend."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import combinations
from typing import Any

from mlops_landscape.catalogue import KINDS, Catalogue, Tool, load_catalogue
from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

MAP = "map.json"
NEXT_YEAR = "next-year.json"
ASKED_FOR = ("neptune", "sagemaker")
FEWEST = 2
SMALLEST = 12
WIDTH = 1280
# What Plotly takes if a figure does not say it.
FONT, HEIGHT, MARGINS = 12, 450, {"l": 80, "r": 80, "t": 100, "b": 80}
# The width of a letter and the height of a line, as parts of the font size: a little less than they
# are in most fonts, so that only what surely collides is found.
LETTER, LINE = 0.5, 1.1

Figure = dict[str, Any]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue; most checks need it."""
    return load_catalogue()


@dataclass(frozen=True)
class Point:
    """One tool on the map."""

    stage: object
    row: object
    text: str
    tool: Tool
    symbol: object
    trace: Figure

    @property
    def label(self) -> str:
        """The label as a reader sees it: without tags, in one line."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


def read(work: Work, name: str) -> Figure:
    """Return a figure from its file, as data."""
    file = work.folder / name
    assert file.is_file(), f"there is no file `{name}` in the folder of the notebook"
    try:
        figure = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AssertionError(f"`{name}` is not JSON: {error}") from None
    seen = f"a {type(figure).__name__}" if not isinstance(figure, dict) else f"{list(figure)[:3]}"
    good = isinstance(figure, dict) and isinstance(figure.get("data"), list)
    assert good, f"`{name}` holds {seen}, not a figure with `data` and `layout`"
    traces = [trace for trace in figure["data"] if isinstance(trace, dict)]
    return {"data": traces, "layout": at(figure, "layout") or {}}


def at(data: object, *keys: str) -> Any:  # noqa: ANN401
    """Return what lies below `keys`, or None where there is nothing."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def values(trace: Figure, *keys: str, length: int = 0) -> list[Any]:
    """Return a column of a trace; one value for all points is repeated `length` times."""
    found = at(trace, *keys)
    return found if isinstance(found, list) else [found] * length


def points(work: Work, name: str = MAP) -> list[Point]:
    """Return the tools on a map, from all scatter traces that have ids."""
    return list(_points(read(work, name), name))


def _points(figure: Figure, name: str) -> Iterator[Point]:
    traces = [trace for trace in figure["data"] if trace.get("type", "scatter") == "scatter"]
    traces = [trace for trace in traces if values(trace, "customdata")]
    assert traces, f"no scatter trace in `{name}` has ids of tools in its `customdata`"
    known = {tool.id: tool for tool in catalogue().tools}
    for trace in traces:
        ids = [one[0] if isinstance(one, list) and one else one for one in trace["customdata"]]
        columns = [values(trace, key, length=len(ids)) for key in ("x", "y", "text")]
        symbols = values(trace, "marker", "symbol", length=len(ids))
        lengths = {len(column) for column in (ids, *columns, symbols)}
        assert len(lengths) == 1, "`x`, `y`, `text` and `customdata` of a trace differ in length"
        for tool_id, x, y, text, symbol in zip(ids, *columns, symbols, strict=True):
            tool = known.get(tool_id) if isinstance(tool_id, str) else None
            assert tool, f"`customdata` has {tool_id!r}, which is no id of the catalogue"
            assert isinstance(text, str), f"the label of {tool.name} is {text!r}, not a text"
            yield Point(x, y, text, tool, symbol or "circle", trace)


def stage_names() -> list[str]:
    return [stage.name for stage in catalogue().stages]


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


@worth(
    points=1,
    hint="Call `draw(catalogue)` and let its result write itself: `figure.write_json('map.json')`.",
)
def test_the_map_is_a_figure(work: Work) -> None:
    """`map.json` holds a Plotly figure."""
    assert read(work, MAP)["data"], "the figure in `map.json` is empty: it has no trace"


@worth(
    points=1,
    hint="Give each point of a scatter trace its label as `text` and the tool's id as "
    "`customdata`; take the name from `tool.name`.",
)
def test_every_point_is_a_tool(work: Work) -> None:
    """Each point has a tool's id, and its name as the label."""
    for point in points(work):
        assert point.tool.name.lower() in point.label.lower(), (
            f"the label of `{point.tool.id}` is {point.label!r}, without its name"
        )


@worth(
    points=1,
    hint="Use `stage.name` for `x`. Plotly orders columns as they turn up, trace by trace: set the "
    "`categoryorder` of the x axis to `array` and its `categoryarray` to the five names.",
)
def test_the_stages_are_the_columns(work: Work) -> None:
    """The five stages are the columns, in the order of the course."""
    wanted, columns = stage_names(), ordered_columns(work)
    missing = [name for name in wanted if name not in columns]
    assert not missing, f"columns without a tool, or missing: {listed(missing)}"
    extra = [str(name) for name in columns if name not in wanted]
    assert not extra, f"there are columns that are no stages: {listed(extra)}"
    assert columns == wanted, f"the columns stand in this order: {listed(columns)}"


def ordered_columns(work: Work) -> list[Any]:
    """Return the columns that hold points, from left to right."""
    seen = list(dict.fromkeys(point.stage for point in points(work)))
    axis = at(read(work, MAP), "layout", "xaxis") or {}
    order = str(axis.get("categoryorder", "array" if axis.get("categoryarray") else "trace"))
    if order == "array":
        first = [name for name in values(axis, "categoryarray") if name in seen]
        seen = first + [name for name in seen if name not in first]
    elif order.startswith("category"):
        seen = sorted(seen, key=str, reverse=order.endswith("descending"))
    backwards = axis.get("autorange") == "reversed"
    return seen[::-1] if backwards else seen


@worth(
    points=2,
    hint="Look the tool up in the list of the first cell: it stands behind each stage that it "
    "belongs to. Several tools of one project can belong to different stages.",
)
def test_every_tool_is_where_it_belongs(work: Work) -> None:
    """Each tool is in a stage of its own, once."""
    names = {stage.id: stage.name for stage in catalogue().stages}
    found = points(work)
    for point in found:
        own = [names[stage] for stage in point.tool.stages]
        assert point.stage in own, (
            f"{point.tool.name} is in `{point.stage}`; by the catalogue it belongs to {listed(own)}"
        )
    places = [(point.tool.name, point.stage) for point in found]
    twice = [f"{tool} in {stage}" for tool, stage in places if places.count((tool, stage)) > 1]
    assert not twice, f"more than once on the map: {listed(list(dict.fromkeys(twice)))}"


@worth(points=1, hint="Add ids to `picks`; the first cell lists what each stage has.")
def test_every_stage_has_two_tools(work: Work) -> None:
    """Each stage has at least two tools."""
    held = [point.stage for point in points(work)]
    for name in stage_names():
        count = held.count(name)
        assert count >= FEWEST, f"tools in `{name}`: {count}, at least {FEWEST} wanted"


def silent(found: list[Point]) -> list[str]:
    """Return the labels that hide what users of the tool have to know."""
    return [
        f"{point.label!r} ({point.tool.status.state})"
        for point in found
        if point.tool.status
        and point.tool.status.is_warning
        and point.tool.status.state not in point.label.lower()
    ]


@worth(
    points=1,
    hint="Where `tool.status.is_warning` holds, put `tool.status.state` into the label. A reader "
    "who sees the plain name will start with it.",
)
def test_what_has_changed_says_so(work: Work) -> None:
    """Neptune.ai and SageMaker AI are there, and what has ended says so."""
    found = points(work)
    held = {point.tool.id for point in found}
    missing = [catalogue().tool(name).name for name in ASKED_FOR if name not in held]
    assert not missing, f"asked for, and not on the map: {listed(missing)}"
    assert not silent(found), f"the label does not say the state: {', '.join(silent(found))}"


@worth(
    points=1,
    hint="Give the points of each kind a `marker.symbol` that no other kind has, such as `square` "
    "and `diamond`. To test it, print the map without colours.",
)
def test_not_by_colour_alone(work: Work) -> None:
    """Each kind of tool has a marker of its own."""
    found = points(work)
    for one, other in combinations(found, 2):
        assert one.tool.kind == other.tool.kind or one.symbol != other.symbol, (
            f"{one.tool.name} ({KINDS[one.tool.kind].name}) and {other.tool.name} "
            f"({KINDS[other.tool.kind].name}) have the same marker, `{one.symbol}`"
        )


@worth(
    points=1,
    hint="Draw one trace for each kind and call it `name=KINDS[kind].name`: its entry in the "
    "legend comes by itself.",
)
def test_the_legend_explains_the_kinds(work: Work) -> None:
    """The legend has an entry for each kind."""
    layout, found = read(work, MAP)["layout"], points(work)
    assert layout.get("showlegend") is not False, "the legend is switched off"
    for kind in dict.fromkeys(point.tool.kind for point in found):
        words = {KINDS[kind].name.lower(), kind}
        entries = [
            str(point.trace.get("name", ""))
            for point in found
            if point.tool.kind == kind and point.trace.get("showlegend") is not False
        ]
        assert any(word in entry.lower() for word in words for entry in entries), (
            f"no entry of the legend says `{KINDS[kind].name}` for {listed_tools(found, kind)}"
        )


def listed_tools(found: list[Point], kind: str) -> str:
    return listed(list(dict.fromkeys(p.tool.name for p in found if p.tool.kind == kind)))


def font_size(trace: Figure, layout: Figure) -> float:
    """Return the smallest size in which a trace draws its labels."""
    sizes = [size for size in values(trace, "textfont", "size", length=1) if size]
    general = at(layout, "font", "size") or at(layout, "template", "layout", "font", "size")
    return float(min(sizes, default=general or FONT))


@worth(
    points=1,
    hint="A title, `mode='markers+text'`, and `textfont={'size': 14}` are enough. What only the "
    "mouse shows is not on paper, and not there for somebody who uses the keyboard.",
)
def test_it_can_be_read(work: Work) -> None:
    """It has a title, and labels that are drawn and large enough."""
    layout = read(work, MAP)["layout"]
    title = layout.get("title")
    words = title if isinstance(title, str) else at(title, "text")
    assert isinstance(words, str), "the figure has no title"
    assert words.strip(), "the figure has no title"
    for point in points(work):
        mode = str(point.trace.get("mode", "lines+markers"))
        assert "text" in mode, f"the `mode` of a trace is `{mode}`: it draws no labels"
        size = font_size(point.trace, layout)
        assert size >= SMALLEST, f"labels are {size:g} px large, at least {SMALLEST} are wanted"


@dataclass(frozen=True)
class Box:
    """Where a label is drawn, in px from the left and upper edge of the plot."""

    label: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two cover each other somewhere."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > 1
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 1
        )


def boxes(work: Work) -> tuple[list[Box], float, float]:
    """Reckon where the labels are drawn; with the width and the height of the plot."""
    layout, found = read(work, MAP)["layout"], points(work)
    margin = {side: at(layout, "margin", side) for side in MARGINS}
    space = {side: MARGINS[side] if given is None else given for side, given in margin.items()}
    width = (layout.get("width") or WIDTH) - space["l"] - space["r"]
    height = (layout.get("height") or HEIGHT) - space["t"] - space["b"]
    columns: list[object] = list(ordered_columns(work))
    rows: list[object] = list(dict.fromkeys(point.row for point in found))
    if all(isinstance(row, int | float) for row in rows):
        across = axis_pixels(layout.get("yaxis"), [float(str(p.row)) for p in found], height)
    else:
        across = axis_pixels(layout.get("yaxis"), [float(rows.index(p.row)) for p in found], height)
    along = axis_pixels(
        layout.get("xaxis"), [float(columns.index(point.stage)) for point in found], width
    )
    placed = [
        box_of(point, x, height - y, font_size(point.trace, layout))
        for point, x, y in zip(found, along, across, strict=True)
    ]
    return placed, width, height


def axis_pixels(axis: object, positions: list[float], length: float) -> list[float]:
    """Return how many px from the axis' start each position is."""
    low, high = min(positions), max(positions)
    # Plotly leaves about a twentieth free on both sides of markers.
    free = 0.06 * (high - low) or 1
    start, end = low - free, high + free
    given = [end for end in values({"axis": axis}, "axis", "range") if end is not None]
    if len(given) == 2 and all(isinstance(number, int | float) for number in given):
        start, end = given
    elif at(axis, "autorange") == "reversed":
        start, end = end, start
    return [(position - start) / (end - start) * length for position in positions]


def box_of(point: Point, x: float, y: float, size: float) -> Box:
    """Return the place of the label of a point that is drawn at `x` and `y`."""
    lines = [unescape(re.sub(r"<[^>]*>", "", line)) for line in re.split(r"<br\s*/?>", point.text)]
    wide = max(map(len, lines)) * LETTER * size
    high = len(lines) * LINE * size
    positions = values(point.trace, "textposition", length=1) or [None]
    where = str(positions[0] or "middle center")
    marker = values(point.trace, "marker", "size", length=1)[:1]
    away = float(marker[0]) / 2 if marker and isinstance(marker[0], int | float) else 3.0
    left = x - wide / 2
    top = y - high / 2
    if "left" in where:
        left = x - away - wide
    elif "right" in where:
        left = x + away
    if "top" in where:
        top = y - away - high
    elif "bottom" in where:
        top = y + away
    return Box(point.label, left, left + wide, top, top + high)


@worth(
    points=1,
    hint="Give each tool of a stage a row of its own (`y`), the figure more `height`, and long "
    "labels a `<br>`. An axis with a `range` of -0.5 to 4.5 leaves room beside the outer columns.",
)
def test_the_labels_do_not_collide(work: Work) -> None:
    """At 1280 px, no label covers another or is cut off."""
    wide = at(read(work, MAP), "layout", "width") or WIDTH
    assert wide <= WIDTH, f"the figure is {wide:g} px wide, more than {WIDTH}"
    placed, width, height = boxes(work)
    for one, other in combinations(placed, 2):
        assert not one.meets(other), f"the labels {one.label!r} and {other.label!r} collide"
    for box in placed:
        inside = (
            box.left > -1 and box.right < width + 1 and box.top > -1 and box.bottom < height + 1
        )
        assert inside, f"the label {box.label!r} reaches over the edge of the plot"


@worth(
    points=1,
    hint="Collect the labels of each stage while you draw them, and set `figure.layout.meta = "
    "{'description': ...}` to a sentence for each stage.",
)
def test_it_says_the_same_in_words(work: Work) -> None:
    """`layout.meta` has a description with all that is on the map."""
    words = at(read(work, MAP), "layout", "meta", "description")
    assert isinstance(words, str), "`layout.meta` has no `description`"
    found = points(work)
    needed = [*stage_names(), *(point.tool.name for point in found)]
    needed += [p.tool.status.state for p in found if p.tool.status and p.tool.status.is_warning]
    missing = [each for each in dict.fromkeys(needed) if each.lower() not in words.lower()]
    assert not missing, f"the description never says {listed(missing)}"


@worth(
    points=2,
    visible=False,
    hint="Inside `draw`, ask the catalogue that it was given for names and states, and type none "
    "of them yourself.",
)
def test_it_follows_the_catalogue(work: Work) -> None:
    """Drawn from next year's catalogue, the map says that all tools are archived."""
    found = points(work, NEXT_YEAR)
    stale = [point.label for point in found if "archived" not in point.label.lower()]
    assert not stale, f"a year later everything is archived, and the map still says {listed(stale)}"
    held = {point.tool.id for point in found}
    lost = [point.tool.name for point in points(work) if point.tool.id not in held]
    assert not lost, f"a year later these are gone from the map: {listed(lost)}"
