"""The map as a Plotly figure."""

import plotly.graph_objects as go

from mlops_landscape.catalogue import KINDS, STATES, Catalogue, Tool
from mlops_landscape.landscape.layout import EDGE, HEAD_NOTCH, Box, Chip, Map, lay_out
from mlops_landscape.landscape.lettering import FONT
from mlops_landscape.landscape.palette import DARK, LIGHT, MARK_SYMBOLS, Palette
from mlops_landscape.landscape.stages import by_stage

STRIPE = 5  # width of the bar that marks a kind, in map units
LEGEND = 44  # room for the legend below the map, in map units


def landscape_figure(
    catalogue: Catalogue, *, stages: bool = False, narrow: bool = False, dark: bool = False
) -> go.Figure:
    """Draw all tools of the catalogue on one map.

    Every box is a tool, every card a job, every column a category. A tool that does several
    jobs has a box in each of their cards. The figure needs nothing but Plotly: show it in any
    notebook, write it with ``write_html`` or ``write_image``.

    Parameters
    ----------
    catalogue
        What to draw.
    stages
        Order the tools by the five stages, not by the seven categories. Those without a stage
        are left out.
    narrow
        Draw the map for a phone: 360 px wide, the categories below each other.
    dark
        Use the colours for a dark page.

    Returns
    -------
    plotly.graph_objects.Figure
        Its axes are map units: one unit is one pixel at natural size, y grows downwards. The
        boxes of each kind are one bar trace whose ``customdata`` holds, for each box, the tool's
        id, its ``category/job``, its summary, its kind and its status.
    """
    ordered = by_stage(catalogue) if stages else catalogue
    return draw(lay_out(ordered, narrow=narrow), ordered, DARK if dark else LIGHT)


def draw(map_: Map, catalogue: Catalogue, palette: Palette) -> go.Figure:
    """Draw a map that has been laid out."""
    figure = go.Figure()
    for kind, chips in chips_by_kind(map_).items():
        figure.add_trace(_boxes(kind, chips, catalogue, palette))
    _add_stripes(figure, map_, palette)
    figure.add_trace(_titles(map_, palette))
    marked = marked_chips(map_)
    if marked:
        figure.add_trace(_marks(marked, palette))
    figure.update_layout(
        width=map_.width,
        height=map_.height + LEGEND,
        margin={"l": 0, "r": 0, "t": 0, "b": LEGEND},
        paper_bgcolor=palette.ground,
        plot_bgcolor=palette.ground,
        font={"family": FONT, "color": palette.card_title},
        barmode="overlay",
        bargap=0,
        dragmode="pan",
        hovermode="closest",
        hoverlabel={"align": "left", "font": {"family": FONT}},
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 0, "yanchor": "top"},
        xaxis={"range": [0, map_.width], "visible": False},
        yaxis={"range": [map_.height, 0], "visible": False},
        shapes=[*_head_shapes(map_, palette), *_card_shapes(map_, palette)],
    )
    return figure


def chips_by_kind(map_: Map) -> dict[str, list[Chip]]:
    """Return the chips of each kind that occurs: the bar traces, in their order."""
    grouped = {kind: [chip for chip in map_.chips if chip.tool.kind == kind] for kind in KINDS}
    return {kind: chips for kind, chips in grouped.items() if chips}


def marked_chips(map_: Map) -> list[Chip]:
    """Return the chips whose tool is in a state that has a mark, in the order of their marks."""
    return [
        chip
        for chip in map_.chips
        if chip.tool.status is not None and chip.tool.status.state in MARK_SYMBOLS
    ]


def status_text(tool: Tool) -> str:
    """Return what is known of a tool's health, in one line."""
    if tool.status is None:
        return "status not checked yet"
    day = tool.status.checked_on
    return f"{STATES[tool.status.state]}, checked on {day.day} {day:%B %Y}"


def _boxes(kind: str, chips: list[Chip], catalogue: Catalogue, palette: Palette) -> go.Bar:
    style = palette.kinds[kind]
    name = KINDS[kind].name
    rows = []
    for chip in chips:
        place = f"{chip.category.id}/{chip.job.id}"
        category, job = catalogue.place(place)
        where = f"{category.name} › {job.name}".replace("&", "&amp;")
        rows.append([chip.tool.id, place, chip.tool.summary, name, status_text(chip.tool), where])
    ended = [chip.tool.status is not None and chip.tool.status.is_ended for chip in chips]
    return go.Bar(
        name=name,
        orientation="h",
        base=[chip.box.x for chip in chips],
        x=[chip.box.width for chip in chips],
        y=[chip.box.y + chip.box.height / 2 for chip in chips],
        width=[chip.box.height for chip in chips],
        marker={
            "color": style.fill,
            "line": {"color": style.edge, "width": 1.2},
            "cornerradius": style.radius,
        },
        text=[chip.text.html for chip in chips],
        textposition="inside",
        insidetextanchor="middle",
        constraintext="none",
        textangle=0,
        insidetextfont={
            "family": FONT,
            "color": style.text,
            "size": [chip.text.size for chip in chips],
            "lineposition": ["through" if over else "none" for over in ended],
        },
        customdata=rows,
        hovertemplate=(
            "<b>%{text}</b><br>%{customdata[2]}<br>%{customdata[5]}<br>"
            "%{customdata[3]}, %{customdata[4]}<extra></extra>"
        ),
    )


def _add_stripes(figure: go.Figure, map_: Map, palette: Palette) -> None:
    for kind, chips in chips_by_kind(map_).items():
        style = palette.kinds[kind]
        if style.stripe:
            figure.add_trace(
                go.Bar(
                    orientation="h",
                    base=[chip.box.x for chip in chips],
                    x=[STRIPE] * len(chips),
                    y=[chip.box.y + chip.box.height / 2 for chip in chips],
                    width=[chip.box.height for chip in chips],
                    marker={"color": style.edge, "line": {"width": 0}},
                    hoverinfo="skip",
                    showlegend=False,
                )
            )


def _titles(map_: Map, palette: Palette) -> go.Scatter:
    # A chevron has its notch on the left, so its middle is a little to the right.
    shift = 0 if map_.narrow else HEAD_NOTCH / 3
    heads = [
        (Box(head.box.x + shift, head.box.y, head.box.width, head.box.height), head.text)
        for head in map_.heads
    ]
    cards = [
        (Box(card.box.x, card.box.y + 5, card.box.width, card.title.height), card.title)
        for card in map_.cards
    ]
    both = heads + cards
    return go.Scatter(
        mode="text",
        x=[box.x + box.width / 2 for box, _ in both],
        y=[box.y + box.height / 2 for box, _ in both],
        text=[f"<b>{text.html}</b>" for _, text in both],
        textfont={
            "family": FONT,
            "size": [text.size for _, text in both],
            "color": [palette.head_text] * len(heads) + [palette.card_title] * len(cards),
        },
        textposition="middle center",
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(chips: list[Chip], palette: Palette) -> go.Scatter:
    states = [chip.tool.status.state for chip in chips if chip.tool.status is not None]
    return go.Scatter(
        mode="markers",
        x=[chip.box.right - 3 for chip in chips],
        y=[chip.box.y + 2 for chip in chips],
        marker={
            "symbol": [MARK_SYMBOLS[state] for state in states],
            "color": [palette.marks[state] for state in states],
            "size": 9,
            "line": {"color": palette.mark_edge, "width": 1},
        },
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _head_shapes(map_: Map, palette: Palette) -> list[dict[str, object]]:
    shapes = []
    for head in map_.heads:
        colour = palette.heads[(head.number - 1) % len(palette.heads)]
        outline = _rounded(head.box, 6) if map_.narrow else _chevron(head.box)
        shapes.append(_shape(outline, colour, colour))
    return shapes


def _card_shapes(map_: Map, palette: Palette) -> list[dict[str, object]]:
    return [_shape(_rounded(card.box, 6), palette.card, palette.card_edge) for card in map_.cards]


def _shape(path: str, fill: str, edge: str) -> dict[str, object]:
    return {
        "type": "path",
        "path": path,
        "fillcolor": fill,
        "line": {"color": edge, "width": 1},
        "layer": "below",
    }


def _chevron(box: Box) -> str:
    middle = box.y + box.height / 2
    # The point reaches into the notch of the next one.
    tip = min(box.right + HEAD_NOTCH - 3, box.right + EDGE - 2)
    corner = tip - HEAD_NOTCH
    return (
        f"M{box.x},{box.y} L{corner},{box.y} L{tip},{middle} L{corner},{box.bottom} "
        f"L{box.x},{box.bottom} L{box.x + HEAD_NOTCH},{middle} Z"
    )


def _rounded(box: Box, radius: float) -> str:
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    return (
        f"M{left + radius},{top} L{right - radius},{top} Q{right},{top} {right},{top + radius} "
        f"L{right},{bottom - radius} Q{right},{bottom} {right - radius},{bottom} "
        f"L{left + radius},{bottom} Q{left},{bottom} {left},{bottom - radius} "
        f"L{left},{top + radius} Q{left},{top} {left + radius},{top} Z"
    )
