"""The stack builder on its page, used by mouse and by keyboard; nothing here knows a tool's facts.

What is picked, and what must then be said, is derived from the catalogue and from stacks.yml.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from executed_page import LOOKS
from playwright.sync_api import Locator, Page, expect

from mlops_landscape.catalogue import Catalogue, Tool, load_catalogue
from mlops_landscape.paths import BOOK
from mlops_landscape.stack import CONSTRAINTS, Stacks, judge, load_stacks, offers

OpenPage = Callable[..., Page]

NAME = "stack-builder"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Read the course's catalogue."""
    return load_catalogue()


@pytest.fixture(scope="module")
def stacks(catalogue: Catalogue) -> Stacks:
    """Read the worked stacks."""
    return load_stacks(catalogue)


@pytest.fixture
def open_builder(open_page: OpenPage, page_url: Callable[..., str]) -> OpenPage:
    """Give a function that opens the page, with `address` after its ``#``, and all its parts."""

    def open_(address: str = "", scheme: str = "http", **options: object) -> Page:
        page = open_page(NAME, scheme=scheme, **options)
        if address:
            page.goto("about:blank")
            page.goto(f"{page_url(NAME, scheme)}#{address}")
        expect(builder(page)).to_be_visible(timeout=20_000)
        return page

    return open_


def builder(page: Page) -> Locator:
    return page.locator(".mls")


def option(page: Page, job: str, tool: str) -> Locator:
    return page.locator(f"input[data-job='{job}'][data-tool='{tool}']")


def row(page: Page, job: str, tool: str) -> Locator:
    return page.locator(".mls-option", has=option(page, job, tool))


def group(page: Page, name: str) -> Locator:
    return page.locator(f".mls-groups section[data-group='{name}']")


def address(page: Page) -> str:
    """Return what stands after the ``#`` in the address bar."""
    return page.evaluate("decodeURIComponent(location.hash.slice(1))")


def expect_address(page: Page, text: str) -> None:
    page.wait_for_function("text => decodeURIComponent(location.hash.slice(1)) === text", arg=text)
    expect(builder(page)).to_have_attribute("data-address", text or "stack=v1")


def summary(page: Page) -> Locator:
    return page.locator(".mls-summary")


def tab_until(page: Page, condition: str, argument: object = None, limit: int = 250) -> None:
    """Press Tab until `condition` (of the focused element and `argument`) holds."""
    for _ in range(limit):
        if page.evaluate(
            f"argument => (({condition})(document.activeElement, argument))", argument
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{limit} times Tab did not lead to {condition} of {argument!r}")


def ended(catalogue: Catalogue) -> list[tuple[Tool, str]]:
    return [
        (tool, successor)
        for tool in catalogue.tools
        if tool.is_ended and tool.status
        for successor in tool.status.successors[:1]
    ]


# ---- picking --------------------------------------------------------------------------------


def test_the_form_offers_each_job_and_each_of_its_tools(
    open_builder: OpenPage, catalogue: Catalogue, stacks: Stacks
) -> None:
    page = open_builder()
    for job, tools in offers(catalogue).items():
        box = page.locator(f"fieldset[data-job='{job}']")
        expect(box.locator("legend")).to_contain_text(catalogue.place(job)[1].name)
        expect(box.locator("legend")).to_contain_text(stacks.job(job).need)
        assert box.locator("input[data-tool]").count() == len(tools)
        assert box.get_by_label("Nobody does this").count() == 1
    expect(page.locator(".mls-category")).to_have_count(len(catalogue.categories))
    for constraint in CONSTRAINTS.values():
        if constraint.options:
            shown = page.locator(f"[data-constraint='{constraint.id}'] option").all_inner_texts()
            assert shown == ["not said", *constraint.options.values()], "in their own order"
    expect(summary(page)).to_have_text("Nothing is picked yet.")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_picking_by_mouse(open_builder: OpenPage, catalogue: Catalogue, scheme: str) -> None:
    page = open_builder(scheme=scheme)
    row(page, "experimentation/tracking", "mlflow").locator("label").click()
    expect_address(page, "stack=v1;experimentation/tracking:mlflow")
    expect(summary(page)).to_contain_text("1 tool")
    more = row(page, "experimentation/tracking", "mlflow").locator(".mls-more")
    more.locator("summary").click()
    expect(more).to_contain_text(catalogue.tool("mlflow").summary)
    expect(more).to_contain_text(catalogue.tool("mlflow").choose)
    expect(more).to_contain_text(catalogue.tool("mlflow").leave)
    expect(more.locator("a")).to_have_attribute("href", "reference/tools.html#mlflow")

    option(page, "experimentation/tracking", "weights-and-biases").check()
    expect_address(page, "stack=v1;experimentation/tracking:mlflow+weights-and-biases")
    expect(group(page, "overlaps")).to_contain_text("are both picked for Experiment Tracking")

    page.locator("fieldset[data-job='experimentation/tracking']").get_by_label(
        "Nobody does this"
    ).check()
    expect_address(page, "stack=v1;experimentation/tracking:nothing")
    expect(option(page, "experimentation/tracking", "mlflow")).not_to_be_checked()
    expect(group(page, "gaps")).to_contain_text("is done by nobody")

    option(page, "experimentation/tracking", "mlflow").check()
    option(page, "experimentation/tracking", "mlflow").uncheck()
    expect_address(page, "stack=v1")
    expect(summary(page)).to_have_text("Nothing is picked yet.")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_everything_by_keyboard_only(open_builder: OpenPage, stacks: Stacks, scheme: str) -> None:
    page = open_builder(scheme=scheme)
    first, second = stacks.stacks[:2]
    tab_until(page, "(e, a) => e.dataset.stack === a", second.id)
    page.keyboard.press("Enter")
    expect(builder(page)).to_have_attribute("data-address", re.compile("team:small"))

    tab_until(page, "(e) => e.dataset.constraint === 'no-account'")
    was = page.evaluate("document.activeElement.checked")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.checked") is not was, "the focus stays"

    tab_until(page, "(e) => e.dataset.constraint === 'team'")
    page.keyboard.press("ArrowUp")
    expect(builder(page)).to_have_attribute("data-address", re.compile("team:alone"))

    tab_until(page, "(e) => e.textContent.startsWith('Suggest for me: all')")
    page.keyboard.press("Enter")
    expect(page.locator(".mls-reasons li").first).to_be_visible()

    pick = first.picks[0]
    tab_until(page, "(e, a) => e.dataset.job === a", "data-engineering/collection")
    page.keyboard.press("Space")
    tab_until(
        page, "(e, a) => e.dataset.job === a[0] && e.dataset.tool === a[1]", [pick.job, pick.tool]
    )
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where the focus is"

    tab_until(page, "(e) => e.textContent === 'Copy as JSON'")
    page.keyboard.press("Enter")


def test_the_findings_are_announced_politely(open_builder: OpenPage) -> None:
    page = open_builder()
    expect(summary(page)).to_have_attribute("aria-live", "polite")
    option(page, "training/frameworks", "scikit-learn").check()
    expect(summary(page)).to_contain_text(re.compile(r"^1 tool, .*essential gaps"))


# ---- constraints ----------------------------------------------------------------------------


@pytest.mark.parametrize("token", [token for each in CONSTRAINTS.values() for token in each.tokens])
def test_each_tool_says_in_words_whether_it_fits(
    open_builder: OpenPage, catalogue: Catalogue, token: str
) -> None:
    page = open_builder()
    name, _, value = token.partition(":")
    control = page.locator(f"[data-constraint='{name}']")
    if value:
        control.select_option(value)
    else:
        control.check()
    expect_address(page, f"stack=v1;{token}")
    shown = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-tool]")].map((input) => {
            const row = input.closest(".mls-option");
            const words = row.querySelector(".mls-verdict").innerText;
            const fits = !row.querySelector(".mls-fits").hidden;
            return [`${input.dataset.job} ${input.dataset.tool}`, [row.dataset.fit, words, fits]];
        }))"""
    )
    for job, tools in offers(catalogue).items():
        for id_ in tools:
            judgement = judge(catalogue.tool(id_), catalogue)
            against = [judgement.against[key] for key in ("", token) if key in judgement.against]
            doubts = [judgement.doubts[key] for key in ("", token) if key in judgement.doubts]
            fit, words, fits = shown[f"{job} {id_}"]
            assert fit == ("not" if against else "doubt" if doubts else "fits"), id_
            assert fits == (fit == "fits")
            for reason in against or doubts:
                assert reason in words, id_


def test_a_pick_against_a_constraint_is_a_mistake_with_a_way_out(
    open_builder: OpenPage, catalogue: Catalogue
) -> None:
    page = open_builder("stack=v1;experimentation/tracking:weights-and-biases;open-source")
    item = group(page, "constraints").locator("[data-level=error]")
    expect(item).to_contain_text("managed or proprietary, not open source")
    item.get_by_role("button", name="Take Weights & Biases out").click()
    expect_address(page, "stack=v1;open-source")


# ---- dead picks -----------------------------------------------------------------------------


def test_a_dead_pick_is_replaced_with_one_click(
    open_builder: OpenPage, catalogue: Catalogue
) -> None:
    page = open_builder()
    assert ended(catalogue)
    for tool, successor in ended(catalogue):
        job = tool.categories[0]
        page.get_by_role("button", name="Reset").click()
        option(page, job, tool.id).check()
        item = group(page, "status").locator("[data-level=error]")
        expect(item).to_contain_text(tool.name)
        assert tool.status
        expect(item.get_by_role("link", name="source")).to_have_attribute(
            "href", tool.status.source
        )
        name = catalogue.tool(successor).name
        item.get_by_role("button", name=f"Replace {tool.name} with {name}").click()
        expect_address(page, f"stack=v1;{job}:{successor}")
        expect(option(page, job, successor)).to_be_checked()
        expect(group(page, "status").locator("[data-level=error]")).to_have_count(0)
        expect(page.get_by_role("heading", name="Findings")).to_be_focused()


# ---- worked stacks and suggestions ------------------------------------------------------------


def test_each_worked_stack_loads_with_one_click_and_is_sound(
    open_builder: OpenPage, catalogue: Catalogue, stacks: Stacks
) -> None:
    page = open_builder()
    expect(page.locator(".mls-card")).to_have_count(5)
    for stack in stacks.stacks:
        page.get_by_role("button", name=f"Load the stack {stack.name}").click()
        for pick in stack.picks:
            expect(option(page, pick.job, pick.tool)).to_be_checked()
            expect(row(page, pick.job, pick.tool)).to_contain_text(pick.reason)
        expect(page.locator("input[data-tool]:checked")).to_have_count(len(stack.picks))
        assert address(page) == stack.address
        expect(page.locator(".mls-finding[data-level=error]")).to_have_count(0)
        expect(page.locator("[data-gap], [data-group=gaps] [data-level=warning]")).to_have_count(0)
        expect(group(page, "upkeep").locator("[data-level=good]").first).to_be_visible()
        current = page.locator(".mls-card[data-current]")
        expect(current).to_have_count(1)
        expect(current).to_contain_text(stack.name)


def test_the_page_explains_each_worked_stack(
    open_builder: OpenPage, catalogue: Catalogue, stacks: Stacks
) -> None:
    page = open_builder()
    for stack in stacks.stacks:
        told = page.locator(f"#stack-{stack.id}")
        expect(told).to_contain_text(stack.summary)
        told.locator("summary").click()
        for pick in stack.picks:
            expect(told.locator("li", has_text=pick.reason).first).to_be_visible()
            expect(told).to_contain_text(catalogue.tool(pick.tool).name)


def test_a_suggestion_fills_what_is_open_and_gives_reasons(
    open_builder: OpenPage, catalogue: Catalogue, stacks: Stacks
) -> None:
    page = open_builder("stack=v1;experimentation/tracking:mlflow;open-source;team:alone")
    page.get_by_role("button", name="Suggest for me: essential jobs").click()
    essential = [job.id for job in stacks.jobs if job.is_essential]
    said = address(page).split(";")
    assert "experimentation/tracking:mlflow" in said
    for job in essential:
        (part,) = [part for part in said if part.startswith(f"{job}:")]
        tool = catalogue.tool(part.split(":")[1])
        assert tool.kind == "open-source"
        assert tool.upkeep != "cluster"
        assert not tool.is_ended
    expect(page.locator(".mls-reasons li")).to_have_count(len(essential) - 1)
    for text in page.locator(".mls-reasons li").all_inner_texts():
        assert "because it fits your constraints" in text
    expect(page.locator(".mls-finding[data-level=error]")).to_have_count(0)
    expect(group(page, "gaps")).to_contain_text("Every essential job has a tool.")
    page.go_back()
    expect_address(page, "stack=v1;experimentation/tracking:mlflow;open-source;team:alone")


def test_a_gap_can_be_closed_with_what_is_there(open_builder: OpenPage) -> None:
    page = open_builder("stack=v1;orchestration/managed-platforms:sagemaker")
    page.get_by_role("button", name="Use SageMaker AI for Deployment").click()
    expect_address(
        page, "stack=v1;deployment/serving:sagemaker;orchestration/managed-platforms:sagemaker"
    )


def test_known_pairs_are_shown_with_their_sources(
    open_builder: OpenPage, catalogue: Catalogue
) -> None:
    one = next(tool for tool in catalogue.tools if tool.works_with)
    pairing = one.works_with[0]
    other = catalogue.tool(pairing.tool)
    parts: dict[str, list[str]] = {}
    for tool in (one, other):
        parts.setdefault(tool.categories[0], []).append(tool.id)
    text = ";".join(f"{job}:{'+'.join(tools)}" for job, tools in parts.items())
    page = open_builder(f"stack=v1;{text}")
    together = group(page, "together")
    expect(together).to_contain_text(pairing.how.removesuffix("."))
    expect(together.locator("a").first).to_have_attribute("href", pairing.source)


# ---- the address ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_address_brings_the_choice_back(
    open_builder: OpenPage, stacks: Stacks, scheme: str
) -> None:
    for stack in stacks.stacks:
        page = open_builder(stack.address, scheme=scheme)
        expect(builder(page)).to_have_attribute("data-address", stack.address)
        for pick in stack.picks:
            expect(option(page, pick.job, pick.tool)).to_be_checked()
        before = page.locator(".mls-side").inner_text()
        page.reload()
        expect(builder(page)).to_have_attribute("data-address", stack.address)
        assert page.locator(".mls-side").inner_text() == before
        expect(page.locator(".mls-alert")).to_be_hidden()
        page.close()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_back_button_takes_back(open_builder: OpenPage, scheme: str) -> None:
    page = open_builder(scheme=scheme)
    steps = [""]
    for job, tool in (
        ("experimentation/tracking", "mlflow"),
        ("experimentation/code-versioning", "git"),
    ):
        option(page, job, tool).check()
        steps.append(address(page))
    page.get_by_role("button", name="Reset").click()
    expect_address(page, "stack=v1")
    for step in reversed(steps):
        page.go_back()
        expect_address(page, step)
    expect(page.locator("input[data-tool]:checked")).to_have_count(0)
    page.go_forward()
    expect_address(page, steps[1])
    expect(option(page, "experimentation/tracking", "mlflow")).to_be_checked()


def test_a_link_within_the_page_keeps_the_choice(open_builder: OpenPage) -> None:
    page = open_builder()
    option(page, "experimentation/tracking", "mlflow").check()
    page.evaluate("location.hash = '#the-rules'")
    page.wait_for_timeout(200)
    expect(option(page, "experimentation/tracking", "mlflow")).to_be_checked()
    page.go_back()
    expect_address(page, "stack=v1;experimentation/tracking:mlflow")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("stack=v1;experimentation/trackin:mlflow", "“experimentation/trackin” is no job"),
        ("stack=v1;experimentation/tracking:mlfow", "“mlfow”, given for Experiment Tracking"),
        ("stack=v1;experimentation/tracking:pandas", "pandas does not do Experiment Tracking"),
        ("stack=v1;budget:none", "“budget:none” is no constraint"),
        ("stack=v0", "It begins with “stack=v0”"),
    ],
)
def test_a_bad_address_says_what_it_could_not_read_and_keeps_the_rest(
    open_builder: OpenPage, bad: str, words: str
) -> None:
    page = open_builder(f"{bad};experimentation/code-versioning:git;team:alone")
    expect(page.locator(".mls-alert")).to_contain_text("Not all of the address could be read")
    expect(page.locator(".mls-alert li")).to_contain_text(words)
    expect(option(page, "experimentation/code-versioning", "git")).to_be_checked()
    expect(page.locator("[data-constraint=team]")).to_have_value("alone")
    option(page, "experimentation/tracking", "mlflow").check()
    expect(page.locator(".mls-alert")).to_be_hidden()
    expect_address(
        page,
        "stack=v1;experimentation/tracking:mlflow;experimentation/code-versioning:git;team:alone",
    )


def test_html_in_an_address_is_text(open_builder: OpenPage) -> None:
    page = open_builder("stack=v1;<img src=x onerror=alert(1)>/x:y")
    expect(page.locator(".mls-alert li")).to_contain_text("<img src=x")
    expect(page.locator(".mls-alert img")).to_have_count(0)


# ---- copies ---------------------------------------------------------------------------------


def test_copies_arrive_in_the_clipboard(open_builder: OpenPage, stacks: Stacks) -> None:
    stack = stacks.stacks[0]
    page = open_builder(stack.address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.locator(".mls-copied")).to_have_text("Copied as Markdown.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("# Our MLOps stack")
    for pick in stack.picks:
        assert f"[{pick.tool}]".lower() in text.lower() or pick.tool.split("-")[0] in text.lower()
    assert page.url in text
    page.get_by_role("button", name="Copy as JSON").click()
    expect(page.locator(".mls-copied")).to_have_text("Copied as JSON.")
    content = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert content["address"] == page.url
    picked = {(each["job"], tool) for each in content["jobs"] for tool in each["tools"]}
    assert picked == {(pick.job, pick.tool) for pick in stack.picks}
    expect(page.locator(".mls-fallback")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("what", ["Markdown", "JSON"])
def test_without_a_clipboard_the_text_can_be_copied_by_hand(
    open_builder: OpenPage, stacks: Stacks, scheme: str, what: str
) -> None:
    page = open_builder(stacks.stacks[0].address, scheme=scheme)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name=f"Copy as {what}").click()
    area = page.get_by_label(f"Here is the {what} to copy yourself")
    expect(area).to_be_focused()
    text = area.input_value()
    assert page.evaluate("getSelection().toString()") in ("", text)
    assert page.evaluate("document.activeElement.selectionEnd") == len(text)
    assert page.url in text


# ---- as it looks ------------------------------------------------------------------------------


@LOOKS
def test_a_full_form_fits_and_is_accessible(
    open_builder: OpenPage,
    axe: Callable[..., list[str]],
    stacks: Stacks,
    catalogue: Catalogue,
    width: int,
    dark: bool,
) -> None:
    tool, _ = ended(catalogue)[0]
    text = f"{stacks.stacks[-1].address};{tool.categories[0]}:{tool.id};no-account;nonsense"
    page = open_builder(text, width=width, dark=dark)
    page.evaluate("document.querySelectorAll('.mls details').forEach((d) => { d.open = true; })")
    page.get_by_role("button", name="Suggest for me: all jobs").click()
    page.evaluate("document.querySelectorAll('.mls details').forEach((d) => { d.open = true; })")
    expect(page.locator(".mls-finding[data-level=error]").first).to_be_visible()
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert too_wide <= 0, f"the page is {too_wide} px wider than the screen"
    violations = axe(page, ".mls")
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_on_a_phone_the_findings_are_one_tap_away(
    open_builder: OpenPage, stacks: Stacks, scheme: str
) -> None:
    page = open_builder(stacks.stacks[0].address, scheme=scheme, width=390, height=844, mobile=True)
    folded = page.locator(".mls-category:not([open])")
    expect(folded).to_have_count(page.locator(".mls-category").count() - 1)
    page.locator(".mls-category").first.scroll_into_view_if_needed()
    page.locator(".mls-jump").tap()
    expect(page.get_by_role("heading", name="Findings")).to_be_focused()
    expect(page.get_by_role("heading", name="Findings")).to_be_in_viewport()
    page.locator(".mls-category > summary").nth(1).tap()
    option(page, "experimentation/tracking", "mlflow").tap()
    expect(builder(page)).not_to_have_attribute("data-address", re.compile("tracking"))


# ---- links and words ------------------------------------------------------------------------


def test_every_link_of_the_builder_leads_somewhere(
    open_builder: OpenPage, page_url: Callable[..., str], catalogue: Catalogue
) -> None:
    """The links into the directory have an anchor there; the others are sources."""
    page = open_builder()
    targets = page.evaluate(
        "() => [...document.querySelectorAll('.mls-more a')].map((a) => a.getAttribute('href'))"
    )
    assert {urlsplit(target).fragment for target in targets} == {t.id for t in catalogue.tools}
    assert {urlsplit(target).path for target in targets} == {"reference/tools.html"}
    page.goto(page_url("reference/tools"))
    missing = page.evaluate(
        "ids => ids.filter((id) => !document.getElementById(id))",
        [tool.id for tool in catalogue.tools],
    )
    assert missing == []


def test_the_text_is_short_and_its_numbers_are_the_catalogues(
    open_builder: OpenPage, catalogue: Catalogue, stacks: Stacks
) -> None:
    source = (BOOK / f"{NAME}.md").read_text(encoding="utf-8")
    prose = re.sub(r"(?s)\A---.*?---|```.*?```", "", source)
    assert 400 <= len(prose.split()) <= 800
    text = open_builder().locator("article.bd-article").inner_text()
    jobs = sum(len(category.jobs) for category in catalogue.categories)
    essential = sum(job.is_essential for job in stacks.jobs)
    assert f"Of the {jobs} jobs, {essential} are essential" in text
    pairs = sum(len(tool.works_with) for tool in catalogue.tools)
    count = len(catalogue.tools)
    assert f"It knows {pairs} pairs" in text
    assert f"out of {count * (count - 1) // 2} that are possible" in text
    for constraint in CONSTRAINTS.values():
        assert constraint.meaning in text
    for job in stacks.jobs:
        if job.is_essential:
            assert job.reason in text
