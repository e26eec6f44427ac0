"""The host draws what a page holds: anywidgets itself, others with html-manager, errors said."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import anywidget
import ipywidgets
import pytest
import traitlets
from ipywidgets.embed import embed_data
from playwright.sync_api import Browser, Page, expect

import mlops_landscape.quiz as quiz_package
from mlops_landscape.paths import NODE_MODULES
from mlops_landscape.quiz import Choice, Option, Quiz, QuizData

HOST = Path(quiz_package.__file__).parent / "static" / "widget-host.js"
VENDOR = {
    "require.js": NODE_MODULES / "requirejs" / "require.js",
    "embed-amd.js": NODE_MODULES / "@jupyter-widgets/html-manager/dist/embed-amd.js",
    "anywidget.js": Path(sys.prefix) / "share/jupyter/nbextensions/anywidget/index.js",
}


class Counter(anywidget.AnyWidget):
    """Counts clicks in its model, and shows bytes that it was given."""

    _esm = """
    function render({ model, el }) {
      const button = document.createElement("button");
      const most = model.get("raw").getUint8(1);
      const show = () => (button.textContent = `${model.get("n")} of ${most}`);
      model.on("change:n", show);
      button.onclick = () => { model.set("n", model.get("n") + 1); model.save_changes(); };
      show();
      el.append(button);
    }
    export default async () => ({ initialize({ model }) { model.set("n", 40); }, render });
    """
    _css = "button { letter-spacing: 3px; }"
    n = traitlets.Int(0).tag(sync=True)
    raw = traitlets.Bytes(bytes([1, 77])).tag(sync=True)


class Broken(anywidget.AnyWidget):
    """Throws when it is drawn."""

    _esm = "export default { render() { throw new Error('broken <b>on purpose</b>'); } };"


class NoScript(anywidget.AnyWidget):
    """Its code does not even parse."""

    _esm = "export default {"


def small_quiz() -> Quiz:
    options = (Option("A", True, "It is."), Option("B", False, "It is not."))
    question = Choice("q", "Which?", "A.", "", "single", options)
    return Quiz(QuizData("small", "Small", (question,)))


def write_page(folder: Path, *widgets: ipywidgets.Widget, vendor: bool) -> str:
    """Write a page with `widgets` as MyST-NB writes it, and return its file:// address."""
    static = folder / "_static"
    (static / "vendor").mkdir(parents=True)
    shutil.copy(HOST, static)
    if vendor:
        for name, source in VENDOR.items():
            shutil.copy(source, static / "vendor" / name)
    data = embed_data(views=widgets, drop_defaults=False)
    kind = "application/vnd.jupyter.widget"
    views = "".join(
        f'<div class="cell_output"><script type="{kind}-view+json">{json.dumps(view)}</script>'
        "</div>"
        for view in data["view_specs"]
    )
    state = json.dumps(data["manager_state"]).replace("</script", r"<\/script")
    page = folder / "chapters" / "page.html"
    page.parent.mkdir()
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><body>{views}'
        f'<script type="{kind}-state+json">{state}</script>'
        '<script src="../_static/widget-host.js?v=1"></script><p>The end.</p></body>'
    )
    return page.as_uri()


@pytest.fixture
def show(tmp_path: Path, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Give a function that opens a page with widgets."""

    def open_page(*widgets: ipywidgets.Widget, vendor: bool = False) -> Page:
        page = new_page()
        page.goto(write_page(tmp_path, *widgets, vendor=vendor))
        return page

    return open_page


@pytest.fixture
def show_with_errors(tmp_path: Path, browser: Browser) -> Iterator[Callable[..., Page]]:
    """As `show`, for pages that are meant to log an error."""
    context = browser.new_context()

    def open_page(*widgets: ipywidgets.Widget) -> Page:
        page = context.new_page()
        page.goto(write_page(tmp_path, *widgets, vendor=False))
        return page

    yield open_page
    context.close()


def test_an_anywidget_gets_its_model_its_bytes_and_its_style(show: Callable[..., Page]) -> None:
    page = show(Counter())

    button = page.get_by_role("button")
    expect(button).to_have_text("40 of 77")
    button.click()
    expect(button).to_have_text("41 of 77")
    expect(button).to_have_css("letter-spacing", "3px")


def test_two_views_of_one_widget_share_its_model(show: Callable[..., Page]) -> None:
    counter = Counter()
    page = show(counter, counter)

    page.get_by_role("button").first.click()
    expect(page.get_by_role("button").last).to_have_text("41 of 77")


def test_a_stock_widget_beside_a_quiz(show: Callable[..., Page]) -> None:
    page = show(small_quiz(), ipywidgets.IntSlider(value=3, description="trees"), vendor=True)

    expect(page.locator(".mlq")).to_have_count(1)
    expect(page.locator(".widget-label")).to_have_text("trees")
    page.locator(".noUi-handle").press("ArrowRight")
    expect(page.locator(".widget-readout")).to_have_text("4")
    expect(page.locator(".widget-slider")).to_have_count(1)
    page.get_by_role("radio", name="A").click()
    page.get_by_role("button", name="Check question 1").click()
    expect(page.locator(".mlq-tally")).to_have_text("✓ 1 / 1")


def test_linked_widgets_are_drawn_together(show: Callable[..., Page]) -> None:
    counter = Counter()
    text = ipywidgets.IntText()
    ipywidgets.jslink((counter, "n"), (text, "value"))
    page = show(counter, text, vendor=True)

    page.get_by_role("button").click()
    expect(page.locator("input")).to_have_value("41")


def test_a_broken_widget_says_so_and_the_others_work(show_with_errors: Callable[..., Page]) -> None:
    page = show_with_errors(Broken(), NoScript(), small_quiz())

    expect(page.locator(".mlq")).to_have_count(1)
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_count(2)
    expect(alerts.first).to_have_text(
        "This interactive part could not be drawn (broken <b>on purpose</b>). "
        "The rest of the page works."
    )


def test_missing_files_of_a_stock_widget_are_named_in_its_place(
    show_with_errors: Callable[..., Page],
) -> None:
    page = show_with_errors(ipywidgets.IntSlider(), small_quiz())

    expect(page.get_by_role("alert")).to_contain_text("_static/vendor/require.js is missing")
    expect(page.locator(".mlq")).to_have_count(1)
