"""What the page on open source and managed promises, read from the page that the build made."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest
from executed_page import ANSWERS, LOOKS, outputs
from playwright.sync_api import Locator, Page, expect

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.paths import BOOK
from mlops_landscape.weighing import load_aspects

NAME = "open-source-or-managed"

OpenPage = Callable[..., Page]

BIND = """
import ast, inspect, sys

for source in sys.argv[1:]:
    tree = ast.parse(source)
    names = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            exec(ast.unparse(node), names)
    of = {"trainer": names.get("ModelTrainer")}
    if "aiplatform" in names:
        of["job"] = names["aiplatform"].CustomTrainingJob
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        called = ast.unparse(call.func)
        target = eval(called, names | of)
        own = [None] if called.split(".")[0] in of and called != "ModelTrainer" else []
        given = {word.arg: None for word in call.keywords}
        inspect.signature(target).bind(*own, **given)
        print(called)
"""
"""Prints each call of the launchers for which its client has all the parameters it is given."""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(NAME)


def prose(page: Page) -> str:
    return re.sub(r"\s+", " ", page.locator("article.bd-article").inner_text())


def number(text: str) -> float:
    return float(text.replace(",", ""))


def sliders(page: Page) -> Locator:
    return page.locator(".mlw")


def slider(page: Page, aspect: str) -> Locator:
    return sliders(page).locator(f"input[data-aspect={aspect}]")


def open_why(page: Page, aspect: str) -> Locator:
    """Unfold the reasons of one aspect, and return its row."""
    row = sliders(page).locator(".mlw-row").filter(has=page.locator(f"input[data-aspect={aspect}]"))
    row.locator("summary").click()
    return row


# ---- the ten aspects ------------------------------------------------------------------------


def test_every_aspect_has_its_section_and_the_links_lead_there(page: Page) -> None:
    for aspect in load_aspects():
        section = page.locator(f"section#{aspect.section}")
        expect(section).to_have_count(1)
        claim = page.locator("table.claims").get_by_role("link", name=aspect.name, exact=True)
        claim.click()
        assert page.url.endswith(f"#{aspect.section}")
        # Each is looked at in an executed cell, not only in words; the cost in one of its own.
        if aspect.id != "cost":
            expect(section.locator("div.cell_output").first).to_be_visible()
            assert "Claim: " in section.inner_text()


def test_the_server_answered_a_stranger_and_amazon_s_client_sent_nothing(page: Page) -> None:
    said = outputs(page)
    assert "answers: OK" in said
    assert "MLflow: 200 Default" in said
    assert "→ NoCredentialsError: Unable to locate credentials" in said
    assert "→ NoRegionError: You must specify a region." in said
    assert "a training job needs: TrainingJobName, RoleArn, OutputDataConfig" in said


def test_mlflow_speaks_the_contract_of_the_container(page: Page) -> None:
    said = outputs(page)
    assert "GET /ping" in said
    assert "POST /invocations" in said
    assert re.search(r'ping: 200 two flights: \{"predictions": \[\w+, \w+\]\}', said)


def test_the_events_by_kind_are_the_catalogue_s(page: Page) -> None:
    catalogue = load_catalogue()
    shown = page.locator("section#maintenance table").first.inner_text()
    rows = {row.split("\t")[0]: row.split("\t")[1:] for row in shown.splitlines()[1:]}
    limits = re.search(r"such event, (\S+) to (\S+)", outputs(page))
    assert limits
    opened = [tool for tool in catalogue.tools if tool.kind == "open-source"]
    broke = [
        tool
        for tool in opened
        if any(
            event.what == "major-break" and event.date >= limits[1][: len(event.date)]
            for event in tool.events
        )
    ]
    assert rows["Open source"][:2] == [str(len(opened)), str(len(broke))]
    assert f"{len(broke)} of {len(opened)} open-source tools broke" in prose(page)


def test_the_notice_is_counted_from_the_catalogue_s_days(page: Page) -> None:
    days = {
        event.what: date.fromisoformat(event.date)
        for event in load_catalogue().tool("neptune").events
    }
    notice = (days["shut-down"] - days["acquired"]).days
    assert f"days between: {notice}" in outputs(page)
    assert f"{notice} days to move every experiment" in prose(page)


def test_the_tied_lines_of_the_text_are_those_of_the_table(page: Page) -> None:
    table = page.locator("section#vendor-lock-in table").first.inner_text()
    tied = {row.split("\t")[0]: row.split("\t")[2] for row in table.splitlines()[1:]}
    assert tied["plain"] == "0"
    said = prose(page)
    assert f"MLflow ties {tied['plain, logs to MLflow']} lines" in said
    assert f"SageMaker ties {tied['SageMaker launcher']} and" in said
    assert f"Vertex AI {tied['Vertex AI launcher']}, all of them" in said
    assert re.search(r"accuracy 0\.\d{3}", outputs(page)), "the plain script did not run"


def test_the_launchers_use_what_the_clients_really_take() -> None:
    text = (BOOK / f"{NAME}.md").read_text()
    launchers = re.findall(r'scripts\["\w[\w ]* launcher"\] = \'{3}(.*?)\'{3}', text, re.DOTALL)
    assert len(launchers) == 2
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BIND, *launchers],
        capture_output=True,
        text=True,
        env=os.environ | {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [
        "ModelTrainer",
        "SourceCode",
        "Compute",
        "trainer.train",
        "InputData",
        "aiplatform.init",
        "aiplatform.CustomTrainingJob",
        "job.run",
    ]


# ---- the cost -------------------------------------------------------------------------------


def test_the_sentence_on_the_break_even_agrees_with_the_outputs(page: Page) -> None:
    said, text = outputs(page), prose(page)
    sentence = re.search(
        r"cost the same at ([\d,]+) machines that work day and night, ([\d,]+) machine-hours a "
        r"month, ([\d,]+) times",
        text,
    )
    assert sentence
    machines, hours, _ = (number(each) for each in sentence.groups())
    assert f"cheaper: managed below {sentence[1]} machines, own above" in said
    assert f"as above: {sentence[1]} machines" in said
    assert hours == pytest.approx(machines * 730, rel=0.01)
    bills = re.findall(r"(own|managed) fixed ([\d,]+), use ([\d,]+), sum ([\d,]+)", said)
    assert [side for side, *_ in bills] == ["own", "managed"]
    (_, own, own_use, own_sum), (_, managed, managed_use, managed_sum) = bills
    assert f"costs {own_sum} dollars in this month" in text
    assert f"managed costs {managed_sum}." in text
    times = number(sentence[3])
    rest = number(own) + times * number(own_use) - number(managed) - times * number(managed_use)
    assert abs(rest) < times + 1  # the bills are shown in whole dollars


def test_the_sensitivity_is_sorted_and_names_those_that_remove_the_point(page: Page) -> None:
    table = page.locator("section#what-it-costs table").last.inner_text()
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    never = [row[0] for row in rows if "none: " in " ".join(row)]
    assert 0 < len(never) < len(rows)
    assert never == [row[0] for row in rows[: len(never)]]
    assert f"{len(never)} of them ({', '.join(never)})" in prose(page)
    reach = [
        max(number(row[2]), number(row[4])) / min(number(row[2]), number(row[4]))
        for row in rows[len(never) :]
    ]
    assert len(reach) >= 4
    assert all(value >= 1 for value in reach)


@LOOKS
def test_the_figure_is_drawn(open_page: OpenPage, width: int, dark: bool) -> None:
    page = open_page(NAME, width=width, dark=dark, mobile=width < 500)
    plot = page.locator(".book-figure-plot")
    plot.scroll_into_view_if_needed()
    expect(plot.locator(".scatterlayer .trace")).to_have_count(4)
    expect(page.locator(".book-figure")).to_have_attribute(
        "data-drawn", "dark" if dark else "light"
    )
    machines = re.search(r"cost the same at ([\d,]+) machines", prose(page))
    assert machines
    assert f"at {machines[1]} machines" in (plot.get_attribute("aria-label") or "")
    box = plot.bounding_box()
    assert box
    assert box["width"] <= width


# ---- the sliders ----------------------------------------------------------------------------


def test_the_start_weighs_all_alike_and_says_how_it_is_computed(page: Page) -> None:
    values = sliders(page).locator("input[type=range]")
    expect(values).to_have_count(10)
    assert {values.nth(i).input_value() for i in range(10)} == {"3"}
    leans = [aspect.lean for aspect in load_aspects()]
    open_source = 3 * -sum(lean for lean in leans if lean < 0)
    managed = 3 * sum(lean for lean in leans if lean > 0)
    expect(sliders(page).locator(".mlw-points")).to_have_text(
        f"{open_source} points for open source, {managed} for managed."
    )
    expect(sliders(page)).to_have_attribute("data-verdict", "leans to managed")
    how = sliders(page).locator("details").filter(has_text="How this is computed")
    how.locator("summary").click()
    expect(how).to_contain_text("twice the weight if strongly")


@pytest.mark.parametrize(("width", "scheme"), [(390, "file"), (1280, "http")])
def test_by_mouse_or_finger(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(NAME, width=width, scheme=scheme, mobile=width < 500)
    for aspect in load_aspects():
        handle = slider(page, aspect.id)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        assert box
        at = (box["width"] - 4 if aspect.lean < 0 else 4, box["height"] / 2)
        if width < 500:
            page.touchscreen.tap(box["x"] + at[0], box["y"] + at[1])
        else:
            page.mouse.click(box["x"] + at[0], box["y"] + at[1])
        expect(handle).to_have_value("5" if aspect.lean < 0 else "0")
    expect(sliders(page)).to_have_attribute("data-verdict", "clearly open source")
    expect(sliders(page).locator(".mlw-decides")).to_contain_text("Vendor Lock-In (10 for")
    expect(sliders(page).locator(".mlw-tips")).to_contain_text("What would tip it:")


@pytest.mark.parametrize(("width", "scheme"), [(390, "file"), (1280, "http")])
def test_by_keyboard_only(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(NAME, width=width, scheme=scheme)
    expect(sliders(page)).to_be_visible()
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.mlw input')"):
            break
    for aspect in load_aspects():
        for _ in range(8):
            if page.evaluate("document.activeElement.dataset.aspect") == aspect.id:
                break
            page.keyboard.press("Tab")
        page.keyboard.press("End" if aspect.lean > 0 else "Home")
        expect(slider(page, aspect.id)).to_have_value("5" if aspect.lean > 0 else "0")
    page.keyboard.press("ArrowLeft")
    expect(sliders(page)).to_have_attribute("data-verdict", "clearly managed")


def test_the_reader_can_judge_an_aspect_differently(page: Page) -> None:
    points = sliders(page).locator(".mlw-points")
    before = points.inner_text()
    row = open_why(page, "cost")
    row.get_by_label("For us, Cost favours").select_option("open source, strongly")
    expect(row.locator(".mlw-chip")).to_have_text("favours open source, strongly")
    assert points.inner_text() != before
    expect(row.get_by_role("link", name="The section on Cost")).to_have_attribute("href", "#cost")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_weights_and_judgements_are_kept_and_reset(open_page: OpenPage, scheme: str) -> None:
    page = open_page(NAME, scheme=scheme)
    slider(page, "lock-in").fill("5")
    open_why(page, "cost").locator("select").select_option("managed")
    verdict = sliders(page).locator(".mlw-result .mlw-points").inner_text()
    page.wait_for_timeout(1000)  # as in test_quiz.reload
    page.reload()
    expect(slider(page, "lock-in")).to_have_value("5")
    expect(sliders(page).locator(".mlw-points")).to_have_text(verdict)

    sliders(page).get_by_role("button", name="Reset").click()
    expect(slider(page, "lock-in")).to_have_value("3")
    expect(sliders(page).get_by_text("All weights are back at 3")).to_be_visible()
    page.wait_for_timeout(1000)
    page.reload()
    expect(slider(page, "lock-in")).to_have_value("3")


@pytest.mark.parametrize(
    "junk",
    ["no json", "null", "[1]", '{"cost": 7}', '{"cost": {"weight": 9, "lean": "x"}}'],
)
def test_junk_in_the_storage_is_no_weight(page: Page, junk: str) -> None:
    page.evaluate("junk => localStorage.setItem('mlops-weighing', junk)", junk)
    page.wait_for_timeout(1000)
    page.reload()
    expect(slider(page, "cost")).to_have_value("3")
    expect(sliders(page)).to_have_attribute("data-verdict", "leans to managed")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_it_is_copied_as_text(open_page: OpenPage, scheme: str) -> None:
    page = open_page(NAME, scheme=scheme)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slider(page, "support").fill("1")
    sliders(page).get_by_role("button", name="Copy as text").click()
    expect(sliders(page).get_by_text("Copied.")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    for aspect in load_aspects():
        weight = 1 if aspect.id == "support" else 3
        assert f"- {aspect.name}: {weight} of 5, favours: " in text
    assert sliders(page).locator(".mlw-decides").inner_text() in text


def test_where_copying_is_forbidden_the_text_is_shown(page: Page) -> None:
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }"
    )
    sliders(page).get_by_role("button", name="Copy as text").click()
    area = page.get_by_role("textbox", name="Your weighing as text")
    expect(area).to_be_focused()
    text = area.input_value()
    assert text.startswith("Open source or managed? Leans to managed.")
    selected = area.evaluate("area => [area.selectionStart, area.selectionEnd]")
    assert selected == [0, len(text)]


def test_sliders_have_names_and_speak_their_values(page: Page) -> None:
    for aspect in load_aspects():
        handle = page.get_by_role("slider", name=aspect.name, exact=True)
        expect(handle).to_have_attribute("aria-valuetext", "3 of 5, matters")
    slider(page, "cost").fill("5")
    expect(slider(page, "cost")).to_have_attribute("aria-valuetext", "5 of 5, decides")
    headline = sliders(page).locator(".mlw-headline")
    expect(headline).to_have_attribute("aria-live", "polite")
    label = sliders(page).get_by_role("img").get_attribute("aria-label") or ""
    verdict = sliders(page).get_attribute("data-verdict")
    assert f"{verdict}, " in label


@LOOKS
def test_it_fits_and_axe_finds_nothing(
    open_page: OpenPage, axe: Callable[..., list[str]], width: int, dark: bool
) -> None:
    page = open_page(NAME, width=width, dark=dark, mobile=width < 500)
    expect(sliders(page)).to_be_visible()
    for summary in sliders(page).locator("summary").all():
        summary.click()
    too_wide = sliders(page).evaluate(
        """card => {
            const edge = Math.min(card.getBoundingClientRect().right, innerWidth) + 0.5;
            return [...card.querySelectorAll("*")]
                .filter(e => e.tagName !== "OPTION" && e.getBoundingClientRect().right > edge)
                .map(e => e.outerHTML.slice(0, 80));
        }"""
    )
    assert too_wide == []
    assert axe(page, ".mlw") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ---- the page -------------------------------------------------------------------------------


def test_figures_of_the_text_were_filled_in(page: Page) -> None:
    assert "glue:" not in prose(page)


def test_outputs_are_short_and_name_nothing_of_this_machine(page: Page) -> None:
    printed = [
        text for text in page.locator(f"{ANSWERS} pre").all_inner_texts() if not text.isspace()
    ]
    assert max(len(text.splitlines()) for text in printed) <= 20
    shown = " ".join(printed)
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|Traceback|Warning", shown)


def test_it_ends_with_the_question_of_the_essay(page: Page) -> None:
    last = page.locator("article.bd-article > section > section").last
    expect(last).to_contain_text("MLflow vs SageMaker: which to start with and why?")
    assert last.locator("li").count() >= 6


def test_the_quiz_is_there(page: Page) -> None:
    quiz = page.locator(f".mlq[data-quiz='{NAME}']")
    expect(quiz.locator("form")).not_to_have_count(0)
    kinds = quiz.locator("form").evaluate_all("forms => forms.map(form => form.dataset.kind)")
    assert len(kinds) >= 8
    assert set(kinds) == {"single", "several", "ordering", "matching", "short"}
    state = json.loads(page.locator("script[type*='widget-state']").first.text_content() or "{}")
    assert state["state"], "the page carries its widgets' state"
