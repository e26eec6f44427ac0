"""The Plotly figure, as a notebook gets it."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import plotly.graph_objects as go
import pytest

from mlops_landscape import landscape
from mlops_landscape.catalogue import Catalogue
from mlops_landscape.landscape import landscape_figure, show_landscape
from mlops_landscape.landscape.figure import status_text
from mlops_landscape.landscape.page import ASSETS, page_data
from mlops_landscape.landscape.palette import DARK, LIGHT, Palette, contrast, partners


def rows(figure: go.Figure) -> list[list[str]]:
    """Return the customdata of all boxes."""
    return [
        row for trace in figure.data if trace.customdata is not None for row in trace.customdata
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_every_tool_has_one_box_in_each_of_its_cards(catalogue: Catalogue, narrow: bool) -> None:
    figure = landscape_figure(catalogue, narrow=narrow)
    assert isinstance(figure, go.Figure)
    boxes = Counter((row[0], row[1]) for row in rows(figure))
    assert boxes == Counter(
        (tool.id, place) for tool in catalogue.tools for place in tool.categories
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_by_stages_every_tool_has_one_box_in_each_of_its_stages(
    catalogue: Catalogue, narrow: bool
) -> None:
    figure = landscape_figure(catalogue, stages=True, narrow=narrow)
    drawn = sorted(
        (row[0], row[1].split("/")[0])
        for trace in figure.data
        if trace.customdata is not None
        for row in trace.customdata
    )
    assert drawn == sorted((tool.id, stage) for tool in catalogue.tools for stage in tool.stages)
    # The card says which of its jobs the tool does there.
    serving = catalogue.place("deployment/serving")[1].name
    assert f"Deployment › {serving}" in {
        row[5]
        for trace in figure.data
        if trace.customdata is not None
        for row in trace.customdata
        if row[0] == "sagemaker"
    }


def test_the_hover_text_has_kind_status_and_date(catalogue: Catalogue) -> None:
    by_id = {row[0]: row for row in rows(landscape_figure(catalogue))}
    assert by_id["neptune"][3] == "Managed or proprietary"
    checked = catalogue.tool("neptune").status
    assert checked is not None
    day = f"{checked.checked_on.day} {checked.checked_on:%B %Y}"
    assert by_id["neptune"][4] == f"discontinued, checked on {day}"
    unchecked = replace(catalogue.tool("neptune"), status=None)
    assert status_text(unchecked) == "status not checked yet"


def test_shape_as_well_as_colour_tells_the_kind(catalogue: Catalogue) -> None:
    figure = landscape_figure(catalogue)
    shapes = {trace.name: trace.marker.cornerradius for trace in figure.data if trace.name}
    # Source available has the corners of open source, and a bar along its left edge.
    assert len(set(shapes.values())) == len(shapes) - 1
    stripes = [trace for trace in figure.data if trace.type == "bar" and not trace.name]
    kinds = [tool.kind for tool in catalogue.tools for _ in tool.categories]
    assert [len(trace.x) for trace in stripes] == [kinds.count("source-available")]


def test_ended_tools_are_struck_through_and_marked(catalogue: Catalogue) -> None:
    figure = landscape_figure(catalogue)
    struck = {
        row[0]
        for trace in figure.data
        if trace.customdata is not None
        for row, line in zip(trace.customdata, trace.insidetextfont.lineposition, strict=True)
        if line == "through"
    }
    assert struck == {tool.id for tool in catalogue.tools if tool.status and tool.status.is_ended}
    assert struck
    marks = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers"]
    changed = [
        tool.id
        for tool in catalogue.tools
        for _ in tool.categories
        if tool.status and tool.status.is_warning
    ]
    assert sum(len(trace.x) for trace in marks) == len(changed)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast(palette: Palette) -> None:
    pairs = [(palette.card_title, palette.card)]
    pairs += [(palette.head_text, head) for head in palette.heads]
    pairs += [(style.text, style.fill) for style in palette.kinds.values()]
    for text, ground in pairs:
        assert contrast(text, ground) >= 4.5, (text, ground)
    # What is not text needs 3 to 1 against its surroundings.
    for style in palette.kinds.values():
        assert contrast(style.edge, palette.card) >= 3, style
    for mark in palette.marks.values():
        assert contrast(mark, palette.card) >= 3, mark


@pytest.mark.parametrize(("palette", "theme"), [(LIGHT, ""), (DARK, 'html[data-theme="dark"] ')])
def test_the_style_sheet_has_the_colours_of_the_map(palette: Palette, theme: str) -> None:
    """The legend and the card stand beside the drawing and must not differ from it."""
    css = (Path(landscape.__file__).parent / "static" / "landscape.css").read_text("utf-8")
    lines = css.splitlines()
    for kind, style in palette.kinds.items():
        colours = f"--fill: {style.fill}; --edge: {style.edge}; --ink: {style.text};"
        assert f"{theme}.landscape .is-{kind} {{ {colours} }}" in lines
    for state, colour in palette.marks.items():
        rules = [
            line
            for line in lines
            if line.startswith(f"{theme}.landscape-mark") and f".is-{state}" in line
        ]
        # Archived and discontinued differ by one step of blue, so that each has one purpose.
        assert len(rules) == 1
        assert rules[0].split("color: ")[1][:6] == colour[:6]
    assert f"--landscape-ground: {palette.ground};" in css


def test_every_light_colour_has_one_partner() -> None:
    pairs = partners()
    assert (
        len(pairs)
        == len(set(pairs))
        == 5 + len(LIGHT.heads) + 3 * len(LIGHT.kinds) + 1 + len(LIGHT.marks)
    )


def test_replacing_colours_gives_the_dark_figure(catalogue: Catalogue) -> None:
    """The page's script makes the dark map so; it must be the one that Python draws."""
    light = landscape_figure(catalogue).to_json()
    for colour, partner in partners().items():
        light = light.replace(colour, partner.upper())
    dark = landscape_figure(catalogue, dark=True).to_json()
    # The template has colours of its own, which the figure does not use.
    one, other = json.loads(light.lower()), json.loads(dark.lower())
    one["layout"].pop("template")
    other["layout"].pop("template")
    assert one == other


def test_a_cell_shows_the_page_or_the_figure(catalogue: Catalogue) -> None:
    bundle = show_landscape(catalogue)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "application/vnd.plotly.v1+json", "text/plain"}
    json.dumps(bundle["application/vnd.plotly.v1+json"])
    html = bundle["text/html"]
    assert f'data-page-assets="{ASSETS}"' in html
    for tool in catalogue.tools:
        assert html.count(f'id="tool-{tool.id}"') == 1


def test_text_from_the_catalogue_cannot_break_out(catalogue: Catalogue) -> None:
    evil = '</script><img src=x onerror="alert(1)">'
    tools = (replace(catalogue.tools[0], name=evil, summary=evil), *catalogue.tools[1:])
    html = show_landscape(replace(catalogue, tools=tools)).html
    assert "<img" not in html.split('class="landscape-data">')[0]
    script = html.split('class="landscape-data">')[1]
    assert script.count("</script") == 1
    assert json.loads(script.split("</script")[0])["tools"][tools[0].id]["name"] == evil


def test_boxes_point_at_what_plotly_draws(catalogue: Catalogue) -> None:
    maps = page_data(catalogue)["maps"]
    for map_ in (*maps["category"].values(), *maps["stage"].values()):
        for box in map_["boxes"]:
            trace = map_["data"][box["trace"]]
            x, _, width, _ = box["at"]
            assert trace["base"][box["point"]] == pytest.approx(x)
            assert trace["x"][box["point"]] == pytest.approx(width)
            if box["stripe"] is not None:
                assert map_["data"][box["stripe"]]["base"][box["point"]] == pytest.approx(x)


def test_the_figure_of_a_thousand_tools(invented: Callable[[int], Catalogue]) -> None:
    thousand = invented(1000)
    assert len({row[0] for row in rows(landscape_figure(thousand))}) == 1000
