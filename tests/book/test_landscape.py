"""The map on its page, used by mouse, keyboard and finger."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.catalogue import load_catalogue

OpenPage = Callable[..., Page]

# The machine may be busy with the other half of the tests.
expect.set_options(timeout=20_000)

CATALOGUE = load_catalogue()
MAP = ".landscape-map"
CARD = ".landscape-card"


@pytest.fixture
def open_map(open_page: OpenPage) -> OpenPage:
    """Give a function that opens the chapter and waits until the map is drawn."""

    def open_(**options: object) -> Page:
        page = open_page("landscape", **options)
        page.wait_for_selector(".landscape[data-drawn]")
        return page

    return open_


def tool(name: str) -> str:
    return f'.landscape-links a[data-tool="{name}"]'


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Return the middle of an element in px of the window, after scrolling it into view."""
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def zoom(page: Page) -> float:
    return float(page.get_attribute(".landscape", "data-zoom") or "nan")


def wait_for_zoom(page: Page, comparison: str) -> None:
    page.wait_for_function(
        f"Number(document.querySelector('.landscape').dataset.zoom) {comparison}"
    )


def scrolled(page: Page) -> tuple[float, float]:
    left, top = page.evaluate(
        "[document.querySelector('.landscape-map').scrollLeft, "
        "document.querySelector('.landscape-map').scrollTop]"
    )
    return left, top


def place_in_map(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where the point of the window lies on the drawing, from 0 to 1."""
    across, down = page.evaluate(
        """([x, y]) => {
            const frame = document.querySelector('.landscape-layer').getBoundingClientRect();
            return [(x - frame.left) / frame.width, (y - frame.top) / frame.height];
        }""",
        [x, y],
    )
    return across, down


def layer_size(page: Page) -> tuple[float, float]:
    box = page.locator(".landscape-layer").bounding_box()
    assert box is not None
    return box["width"], box["height"]


def shown_rows(page: Page) -> set[str]:
    return set(
        page.eval_on_selector_all(
            ".landscape-table tbody tr:not([hidden])", "rows => rows.map(row => row.id.slice(5))"
        )
    )


def lit_tools(page: Page) -> set[str]:
    """Return the tools that have a box which is not faded."""
    return set(
        page.eval_on_selector_all(
            ".landscape-links a:not([inert])", "links => links.map(link => link.dataset.tool)"
        )
    )


def number_of_tools(page: Page) -> int:
    return page.locator(".landscape-table tbody tr").count()


def zoom_in(page: Page, times: int = 3) -> None:
    page.focus(MAP)
    for _ in range(times):
        page.keyboard.press("+")
    wait_for_zoom(page, "> 1.5")


def test_every_box_has_a_link_and_a_drawing(open_map: OpenPage) -> None:
    page = open_map()
    links = page.locator(".landscape-links a").count()
    drawn = page.locator(".landscape-plot .barlayer text.bartext").count()
    assert links == drawn >= number_of_tools(page)
    # The drawn text below a link is the link's own tool.
    wrong = page.evaluate(
        """() => [...document.querySelectorAll('.landscape-links a')].filter(link => {
            const frame = link.getBoundingClientRect();
            const texts = [...document.querySelectorAll('.landscape-plot text.bartext')];
            const inside = texts.filter(text => {
                const own = text.getBoundingClientRect();
                const x = own.left + own.width / 2, y = own.top + own.height / 2;
                return x > frame.left && x < frame.right && y > frame.top && y < frame.bottom;
            });
            const squeeze = text => text.replace(/\\s/g, '');
            return inside.length !== 1 || !link.getAttribute('aria-label').replace(/\\s/g, '')
                .startsWith(squeeze(inside[0].textContent));
        }).map(link => link.dataset.tool)"""
    )
    assert wrong == []


def test_drawn_text_stays_inside_its_box(open_map: OpenPage) -> None:
    page = open_map()
    outside = page.eval_on_selector_all(
        ".landscape-plot .barlayer g.point",
        """points => points.filter(point => point.querySelector('text')).filter(point => {
            const box = point.querySelector('path').getBoundingClientRect();
            const text = point.querySelector('text').getBoundingClientRect();
            return text.left < box.left || text.right > box.right;
        }).map(point => point.textContent)""",
    )
    assert outside == []


@pytest.mark.parametrize(("key", "back"), [("+", "-"), ("=", "_")])
def test_keys_zoom(open_map: OpenPage, key: str, back: str) -> None:
    page = open_map()
    page.focus(MAP)
    page.keyboard.press(key)
    wait_for_zoom(page, "> 1.2")
    page.keyboard.press(back)
    wait_for_zoom(page, "== 1")
    page.keyboard.press(back)
    assert zoom(page) == 1, "the map does not get smaller than its frame"


def test_zero_shows_the_whole_map(open_map: OpenPage) -> None:
    page = open_map()
    zoom_in(page)
    assert scrolled(page) != (0, 0)
    page.keyboard.press("0")
    wait_for_zoom(page, "== 1")
    assert scrolled(page) == (0, 0)


def test_buttons_zoom(open_map: OpenPage) -> None:
    page = open_map()
    page.get_by_role("button", name="Zoom in").click()
    wait_for_zoom(page, "> 1.2")
    page.get_by_role("button", name="Zoom out").click()
    wait_for_zoom(page, "== 1")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Show the whole map").click()
    wait_for_zoom(page, "== 1")


def test_zoom_keys_work_with_the_mouse_on_the_map(open_map: OpenPage) -> None:
    page = open_map()
    page.mouse.move(*middle(page, tool("mlflow")))
    page.keyboard.press("+")
    wait_for_zoom(page, "> 1.2")
    page.fill(".landscape-search", "")
    page.focus(".landscape-search")
    before = zoom(page)
    page.keyboard.type("0")
    assert zoom(page) == before, "typing in the search field is not zooming"


def test_ctrl_and_wheel_keep_the_point_under_the_pointer(open_map: OpenPage) -> None:
    page = open_map()
    for name in ("nifi", "onnx", "azure-ml"):
        page.focus(MAP)
        page.keyboard.press("0")
        wait_for_zoom(page, "== 1")
        x, y = middle(page, tool(name))
        page.mouse.move(x, y)
        before = place_in_map(page, x, y)
        ratio = page.evaluate("devicePixelRatio")
        page.keyboard.down("Control")
        last = 1.0
        for turn in (-120, -240, -120, 120):
            page.mouse.wheel(0, turn)
            wait_for_zoom(page, f"{'>' if turn < 0 else '<'} {last}")
            last = zoom(page)
            after = place_in_map(page, x, y)
            width, height = layer_size(page)
            assert abs(after[0] - before[0]) * width <= 3
            assert abs(after[1] - before[1]) * height <= 3
        page.keyboard.up("Control")
        assert page.evaluate("devicePixelRatio") == ratio, "the browser itself did not zoom"


def test_wheel_scrolls_the_page_at_first_and_pans_when_zoomed(open_map: OpenPage) -> None:
    page = open_map(height=700)
    page.mouse.move(*middle(page, tool("mlflow")))
    start = page.evaluate("scrollY")
    page.mouse.wheel(0, 60)
    page.wait_for_function(f"scrollY > {start}")
    assert scrolled(page) == (0, 0)

    zoom_in(page)
    page.mouse.move(*middle(page, MAP))
    # Only now does the page stand still: it may have scrolled to the map.
    page.wait_for_function(
        """() => new Promise(done => {
            const before = scrollY;
            requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY === before)));
        })"""
    )
    height = page.evaluate("scrollY")
    left, top = scrolled(page)
    page.mouse.wheel(0, 50)
    page.wait_for_function(f"document.querySelector('.landscape-map').scrollTop > {top}")
    page.mouse.wheel(50, 0)
    page.wait_for_function(f"document.querySelector('.landscape-map').scrollLeft > {left}")
    assert page.evaluate("scrollY") == height


def test_arrow_keys_pan(open_map: OpenPage) -> None:
    page = open_map()
    zoom_in(page)
    left, top = scrolled(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"document.querySelector('.landscape-map').scrollLeft > {left}")
    page.wait_for_function(f"document.querySelector('.landscape-map').scrollTop > {top}")


def test_dragging_pans_and_is_not_a_click(open_map: OpenPage) -> None:
    page = open_map()
    zoom_in(page)
    address = page.url
    left, top = scrolled(page)
    # From one tool to near it: without the drag this would be a click on the tool.
    x, y = middle(page, tool("scikit-learn"))
    left, top = scrolled(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 5, y - 4, steps=2)
    page.mouse.move(x - 12, y - 9, steps=3)
    page.mouse.up()
    page.wait_for_function(
        f"Math.abs(document.querySelector('.landscape-map').scrollLeft - {left + 12}) <= 1"
    )
    assert abs(scrolled(page)[1] - (top + 9)) <= 1
    assert page.url == address
    assert page.locator(".landscape-details[open]").count() == 0
    # And the next click is one.
    page.click(tool("scikit-learn"))
    page.wait_for_url("**/lifecycle/training.html#choice-scikit-learn")


def test_kinds_filter_the_map_and_the_table(open_map: OpenPage) -> None:
    page = open_map()
    total = number_of_tools(page)
    page.get_by_role("button", name="Source available").click()
    expect(page.locator(".landscape-count")).to_have_text(re.compile(rf"^\d+ of {total} tools$"))
    some = shown_rows(page)
    assert {"seldon-core", "vault", "airbyte"} <= some
    assert "mlflow" not in some
    assert lit_tools(page) == some
    faded = page.locator(".landscape-plot .barlayer g.point.landscape-faded:has(text)").count()
    assert faded == page.locator(".landscape-links a[inert]").count() > 0
    opacity = page.locator(".landscape-plot g.point.landscape-faded").first.evaluate(
        "element => Number(getComputedStyle(element).opacity)"
    )
    assert opacity < 0.3
    # A second kind adds up; the announced number is that of the rows.
    page.get_by_role("button", name="Mixed").click()
    more = shown_rows(page)
    assert more > some
    assert page.inner_text(".landscape-count") == f"{len(more)} of {total} tools"
    assert page.locator(".landscape-count[aria-live=polite]").count() == 1
    page.get_by_role("button", name="Clear filters").click()
    assert len(shown_rows(page)) == total
    expect(page.locator(".landscape-plot .landscape-faded")).to_have_count(0)
    expect(page.locator(".landscape-toggle[aria-pressed=true]")).to_have_count(0)


def test_stage_category_and_search_combine(open_map: OpenPage) -> None:
    page = open_map()
    page.get_by_role("group", name="Stage").get_by_role("button", name="Deployment").click()
    deployment = shown_rows(page)
    assert {"kserve", "sagemaker", "docker"} <= deployment
    page.get_by_role("group", name="Category").get_by_role("button", name="Training").click()
    assert shown_rows(page) == {"sagemaker", "vertex-ai"}
    # Their boxes in other categories are faded, one box each is left.
    assert page.locator(".landscape-links a:not([inert])").count() == 2
    page.fill(".landscape-search", "google")
    assert shown_rows(page) == {"vertex-ai"}
    page.fill(".landscape-search", "google zzz")
    expect(page.locator(".landscape-count")).to_have_text(re.compile("^0 of"))


def test_status_and_account_filter_by_what_the_catalogue_says(open_map: OpenPage) -> None:
    page = open_map()
    tools = load_catalogue().tools
    page.get_by_role("button", name="Discontinued").click()
    gone = {tool.id for tool in tools if tool.status and tool.status.state == "discontinued"}
    assert "neptune" in gone
    assert shown_rows(page) == lit_tools(page) == gone
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("button", name="Works without one").click()
    free = {tool.id for tool in tools if tool.account and tool.account.value is False}
    assert "mlflow" in free
    assert "sagemaker" not in free
    assert shown_rows(page) == free


@pytest.mark.parametrize("mobile", [False, True])
def test_the_map_switches_between_categories_and_stages(open_map: OpenPage, mobile: bool) -> None:
    page = open_map(width=390 if mobile else 1280, mobile=mobile)
    links = page.locator(".landscape-links a")
    by_category = links.count()
    page.get_by_label("the 5 stages").check()
    page.wait_for_selector(".landscape[data-order=stage]")
    assert links.count() == sum(len(tool.stages) for tool in CATALOGUE.tools)
    stageless = sum(not tool.stages for tool in CATALOGUE.tools)
    expect(page.locator(".landscape-stageless")).to_contain_text(f"{stageless} tools")
    # A stage now narrows down to its column.
    page.get_by_role("button", name="Versioning").click()
    shown = page.locator(".landscape-links a:not([inert])")
    assert shown.count() == sum("versioning" in tool.stages for tool in CATALOGUE.tools)
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("the 7 categories").check()
    page.wait_for_selector(".landscape[data-order=category]")
    assert links.count() == by_category


def test_the_order_is_chosen_with_the_keyboard_and_by_the_address(
    open_map: OpenPage, page_url: Callable[..., str]
) -> None:
    page = open_map()
    page.get_by_label("the 7 categories").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".landscape[data-order=stage]")
    page.goto(page_url("landscape") + "#by-category")
    page.wait_for_selector(".landscape[data-order=category]")
    page.goto(page_url("landscape") + "#by-stage")
    page.wait_for_selector(".landscape[data-order=stage]")
    assert page.get_by_label("the 5 stages").is_checked()


def test_search_finds_words_of_the_summary_and_enter_goes_to_the_first(open_map: OpenPage) -> None:
    page = open_map()
    page.fill(".landscape-search", "KUBERNETES")
    found = shown_rows(page)
    assert {"kserve", "kubeflow-pipelines"} <= found
    assert "pandas" not in found
    page.keyboard.press("Enter")
    first = page.locator(".landscape-links a:not([inert])").first
    expect(first).to_be_focused()
    expect(page.locator(CARD)).to_be_visible()


def test_hovering_shows_kind_status_and_date(open_map: OpenPage) -> None:
    page = open_map()
    page.hover(tool("neptune"))
    card = page.locator(CARD)
    expect(card).to_be_visible()
    for text in ("Neptune.ai", "Managed or proprietary", "Discontinued, checked on", "2026"):
        expect(card).to_contain_text(text)
    for fact in ("OpenAI", "proprietary"):
        expect(card).to_contain_text(fact)
    page.hover(tool("mlflow"))
    expect(card).to_contain_text("Active, checked on")
    expect(card).to_contain_text("Apache-2.0")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_the_card_stays_inside_the_page(open_map: OpenPage) -> None:
    page = open_map()
    for name in ("nifi", "bigquery", "airflow", "azure-ml"):
        page.hover(tool(name))
        expect(page.locator(CARD)).to_contain_text(page.inner_text(f"#tool-{name} th a >> nth=0"))
        inside = page.locator(CARD).evaluate(
            """card => {
                const box = card.getBoundingClientRect();
                return box.left >= 0 && box.right <= innerWidth && box.top >= 0;
            }"""
        )
        assert inside, name


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_click_opens_the_chapter(open_map: OpenPage, html: Path, scheme: str) -> None:
    page = open_map(scheme=scheme)
    page.click(tool("mlflow"))
    page.wait_for_url("**/tools/mlflow.html")
    assert list(html.glob("**/tools/mlflow.html"))
    expect(page.locator("h1").first).to_contain_text("MLflow")


def test_every_chapter_that_a_tool_names_is_in_the_book(open_map: OpenPage) -> None:
    page = open_map(scheme="file")
    targets = page.eval_on_selector_all(
        ".landscape-links a, .landscape-table a.landscape-page",
        "links => links.map(link => link.href).filter(href => !href.includes('#tool-'))",
    )
    assert targets
    for target in targets:
        path, _, anchor = target.removeprefix("file://").partition("#")
        assert Path(path).is_file(), target
        assert not anchor or f'id="{anchor}"' in Path(path).read_text(encoding="utf-8"), target
    rows = page.eval_on_selector_all(
        ".landscape-links a[href^='#']",
        "links => links.filter(link => !document.querySelector(link.getAttribute('href')))",
    )
    assert rows == []


def test_a_click_opens_the_tool_in_the_chapter_of_its_category(open_map: OpenPage) -> None:
    page = open_map(scheme="file")
    page.click(tool("git"))
    page.wait_for_url("**/lifecycle/experimentation.html#choice-git")
    row = page.locator("#choice-git")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("Git")


def test_the_table_says_of_each_tool_what_is_known_and_whether_it_ran(open_map: OpenPage) -> None:
    page = open_map()
    row = page.locator("#tool-git")
    for text in ("Versions code", "Code Versioning", "Open source: GPL-2.0", "active, checked on"):
        expect(row).to_contain_text(text, ignore_case=True)
    expect(row).to_contain_text("It runs in this book.")
    expect(page.locator("#tool-nifi")).to_contain_text("It does not run in this book.")
    assert page.locator("#tool-git th a").first.get_attribute("href") == "https://git-scm.com/"


def test_an_address_with_a_tool_opens_its_row(open_page: OpenPage) -> None:
    page = open_page("landscape")
    page.wait_for_selector(".landscape[data-drawn]")
    page.fill(".landscape-search", "docker")
    page.evaluate("location.hash = '#tool-feast'")
    expect(page.locator("#tool-feast")).to_be_focused()
    assert page.input_value(".landscape-search") == "", "a hidden row is shown again"


def test_the_keyboard_reaches_every_tool(open_map: OpenPage) -> None:
    page = open_map()
    page.focus(MAP)
    page.keyboard.press("Tab")
    current = "document.activeElement.dataset.tool"
    assert page.evaluate(current) == "nifi"
    expect(page.locator(CARD)).to_be_visible()
    # Whoever follows the arrows from each tool can come to each other one.
    reached = page.evaluate(
        """() => {
            const links = [...document.querySelectorAll('.landscape-links a')];
            const seen = new Set([links[0]]);
            const queue = [links[0]];
            while (queue.length) {
                const link = queue.pop();
                for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
                    link.focus();
                    link.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
                    const next = document.activeElement;
                    if (!seen.has(next)) { seen.add(next); queue.push(next); }
                }
            }
            return [seen.size, links.length];
        }"""
    )
    assert reached[0] == reached[1]
    page.keyboard.press("Escape")
    expect(page.locator(MAP)).to_be_focused()
    assert page.locator(".landscape-links a[tabindex='0']").count() == 1


def test_enter_opens_the_place_of_a_tool(open_map: OpenPage) -> None:
    page = open_map()
    page.fill(".landscape-search", "tecton")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    name = page.evaluate("document.activeElement.dataset.tool")
    assert name == "tecton"
    page.keyboard.press("Enter")
    page.wait_for_url("**/lifecycle/experimentation.html#choice-tecton")
    expect(page.locator("#choice-tecton")).to_be_in_viewport()
    page.go_back()
    page.wait_for_selector(".landscape[data-drawn]")
    page.fill(".landscape-search", "mlflow")
    page.keyboard.press("Enter")
    expect(page.locator(tool("mlflow"))).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools/mlflow.html")


def test_the_first_tap_shows_the_card(open_map: OpenPage) -> None:
    page = open_map(width=390, height=844, mobile=True)
    assert page.get_attribute(".landscape", "data-drawn") == "narrow light"
    address = page.url
    page.tap(tool("mlflow"))
    card = page.locator(CARD)
    expect(card).to_be_visible()
    expect(card).to_contain_text("MLflow")
    assert page.url == address
    page.tap(f"{CARD} a")
    page.wait_for_url("**/tools/mlflow.html")


def test_two_fingers_zoom(open_map: OpenPage) -> None:
    page = open_map(width=390, height=844, mobile=True)
    x, y = middle(page, tool("kafka"))
    session = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float) -> None:
        sides = (-apart / 2, apart / 2) if apart else ()
        points = [{"x": x + side, "y": y, "id": n} for n, side in enumerate(sides)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = place_in_map(page, x, y)
    touch("touchStart", 60)
    for apart in (80, 100, 120):
        touch("touchMove", apart)
    wait_for_zoom(page, "> 1.9")
    after = place_in_map(page, x, y)
    touch("touchEnd", 0)
    width, height = layer_size(page)
    assert abs(after[0] - before[0]) * width <= 3
    assert abs(after[1] - before[1]) * height <= 3


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_it_without_sideways_scrolling(open_map: OpenPage, dark: bool) -> None:
    page = open_map(width=390, height=844, dark=dark, mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("document.querySelector('.landscape-details').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_map_follows_the_theme_and_the_width(open_map: OpenPage) -> None:
    page = open_map(dark=True)
    assert page.get_attribute(".landscape", "data-drawn") == "wide dark"
    page.get_by_role("button", name="Managed").first.click()
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.wait_for_selector(".landscape[data-drawn='wide light']")
    assert page.locator(".landscape-plot g.point.landscape-faded").count() > 0, "filters stay"
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_selector(".landscape[data-drawn='narrow light']")
    assert page.locator(".landscape-plot g.point.landscape-faded").count() > 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(open_map: OpenPage, axe: Callable[..., list[str]], dark: bool) -> None:
    page = open_map(dark=dark)
    page.get_by_role("button", name="Open source").click()
    page.evaluate("document.querySelector('.landscape-details').open = true")
    page.focus(tool("git"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(CARD)).to_be_visible()
    assert axe(page, ".landscape") == []


def test_without_scripts_the_table_is_open(html: Path, browser: object, page_url: object) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(page_url("landscape", "file"))  # type: ignore[operator]
    expect(page.locator("#tool-git")).to_be_visible()
    expect(page.locator(MAP)).to_be_hidden()
    context.close()
