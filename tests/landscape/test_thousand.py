"""The map stays usable with a thousand tools: drawn and zoomed in a real browser."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mlops_landscape import landscape
from mlops_landscape.catalogue import Catalogue
from mlops_landscape.landscape import show_landscape
from mlops_landscape.paths import NODE_MODULES

PLOTLY = NODE_MODULES / "plotly.js-basic-dist-min" / "plotly-basic.min.js"

PAGE = """<!doctype html><html lang="en" data-theme="light" data-content_root="./">
<meta charset="utf-8"><title>map</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="landscape.css">
<script defer src="plotly-basic.min.js"></script><script defer src="landscape.js"></script>
<body style="margin: 16px; width: 1000px">{html}</body></html>"""


@pytest.fixture
def page(
    tmp_path: Path, invented: Callable[[int], Catalogue], new_page: Callable[..., Page]
) -> Page:
    static = Path(landscape.__file__).parent / "static"
    for file in (PLOTLY, static / "landscape.js", static / "landscape.css"):
        shutil.copy(file, tmp_path)
    html = show_landscape(invented(1000)).html
    (tmp_path / "map.html").write_text(PAGE.format(html=html), encoding="utf-8")
    opened = new_page(width=1040, height=900)
    opened.goto((tmp_path / "map.html").as_uri())
    opened.wait_for_selector(".landscape[data-drawn]", timeout=60_000)
    return opened


def milliseconds(page: Page, action: str) -> float:
    """Return how long an action takes until the browser has painted its result."""
    return page.evaluate(
        f"""() => new Promise(done => {{
            const start = performance.now();
            {action};
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        }})"""
    )


def test_a_thousand_tools_draw_zoom_and_filter(page: Page) -> None:
    assert page.locator(".landscape-links a").count() > 1000
    drawing = float(page.get_attribute(".landscape", "data-milliseconds") or "nan")
    zooming = milliseconds(page, "document.querySelector('[data-zoom=in]').click()")
    searching = milliseconds(
        page,
        "const field = document.querySelector('.landscape-search'); field.value = 'lake 99';"
        "field.dispatchEvent(new Event('input'))",
    )
    print(f"drawing {drawing:.0f} ms, one zoom {zooming:.0f} ms, one search {searching:.0f} ms")
    assert page.inner_text(".landscape-count").endswith("of 1000 tools")
    # Far above what a calm machine takes, far below what a person would call stuck.
    assert drawing < 15_000
    assert zooming < 1_000
    assert searching < 2_000


def test_a_thousand_tools_can_be_read_when_zoomed(page: Page) -> None:
    page.focus(".landscape-map")
    for _ in range(6):
        page.keyboard.press("+")
    height = page.locator(".landscape-plot text.bartext").first.evaluate(
        "text => text.getBoundingClientRect().height"
    )
    assert height > 10
