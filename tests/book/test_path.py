"""The way through the course in the built book: what a reader has done, and what comes next.

Which steps there are is read from the table of contents, so no test knows a list of pages.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from executed_page import LOOKS
from playwright.sync_api import Locator, Page, expect

from mlops_landscape.path import Step, load_course, time_text
from mlops_landscape.quiz import Choice, Quiz, load_quiz, quiz_path

COURSE = load_course()
READ, DO, TEACH = (COURSE.door(door).steps for door in ("read", "do", "teach"))
WITH_QUIZ = next(step for step in READ if step.questions)
SLOT = "mlops-path"

OpenPage = Callable[..., Page]


# ---- hands and eyes -------------------------------------------------------------------------


def name(step: Step) -> str:
    """Return a step as `open_page` calls it."""
    return step.docname.removeprefix("book/")


def end(page: Page) -> Locator:
    return page.get_by_role("region", name="Your path")


def tick(page: Page) -> Locator:
    return end(page).get_by_role("checkbox")


def door(page: Page, door_id: str) -> Locator:
    return page.locator(f".mlp-door[data-door='{door_id}']")


def status(page: Page, step: Step) -> Locator:
    return page.locator(f"[data-step='{step.docname}'] .mlp-status")


def keep(page: Page, **state: object) -> None:
    """Put `state` where an earlier visit would have left it, and load the page again."""
    page.evaluate("([slot, text]) => localStorage.setItem(slot, text)", [SLOT, json.dumps(state)])
    reload(page)


def kept(page: Page) -> dict[str, object]:
    return json.loads(page.evaluate("slot => localStorage.getItem(slot)", SLOT) or "{}")


def reload(page: Page) -> None:
    """Load the page again as a reader would, not within the same instant.

    Chromium writes localStorage through another process; from file:// the reloaded page gets a new
    process of its own, which on a busy machine has been seen to be faster than that.
    """
    page.wait_for_timeout(1000)
    page.reload()


def to_the_end(page: Page) -> None:
    end(page).scroll_into_view_if_needed()
    expect(end(page)).to_be_in_viewport()


@pytest.fixture
def slow_page(new_page: OpenPage, page_url: Callable[..., str]) -> OpenPage:
    """Give a function that opens a page on which the clock is ours."""

    def open_(step: Step, scheme: str = "http") -> Page:
        page = new_page()
        page.clock.install()
        page.goto(page_url(name(step), scheme), wait_until="load")
        return page

    return open_


# ---- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_page_read_to_its_end_is_read_and_stays_so(slow_page: OpenPage, scheme: str) -> None:
    page = slow_page(READ[0], scheme)
    expect(tick(page)).not_to_be_checked()
    to_the_end(page)
    page.clock.run_for(61_000)
    expect(tick(page)).to_be_checked()
    expect(end(page).get_by_role("status")).to_have_text("This page is marked as read.")
    page.clock.resume()
    page.wait_for_timeout(1000)
    page.reload()
    expect(tick(page)).to_be_checked()


def test_a_glance_at_the_end_is_not_reading(slow_page: OpenPage) -> None:
    page = slow_page(WITH_QUIZ)
    to_the_end(page)
    page.clock.run_for(50_000)
    expect(tick(page)).not_to_be_checked()


def test_a_page_left_open_at_its_top_is_not_read(slow_page: OpenPage) -> None:
    page = slow_page(WITH_QUIZ)
    expect(end(page)).not_to_be_in_viewport()
    page.clock.run_for(600_000)
    expect(tick(page)).not_to_be_checked()


def test_what_is_taken_back_stays_taken_back(slow_page: OpenPage) -> None:
    page = slow_page(READ[0])
    tick(page).check()
    assert kept(page)["read"] == [READ[0].docname]
    tick(page).uncheck()
    assert kept(page)["read"] == []
    to_the_end(page)
    page.clock.run_for(120_000)
    expect(tick(page)).not_to_be_checked()


def test_what_is_no_step_has_nothing_to_tick(open_page: OpenPage) -> None:
    for page_name in ("reference/build-report", f"solutions/{DO[0].slug}"):
        page = open_page(page_name)
        expect(end(page)).to_contain_text(f"Next on your path: {READ[0].title}")
        expect(tick(page)).to_have_count(0)


# ---- exercises and quizzes --------------------------------------------------------------------


def test_an_exercise_is_ticked_by_its_reader_and_says_why(open_page: OpenPage) -> None:
    page = open_page(name(DO[0]))
    expect(end(page)).to_contain_text("This page cannot see your notebook")
    tick(page).check()
    reload(page)
    expect(tick(page)).to_be_checked()
    page.goto(page.url.replace(DO[0].docname, "book/index"))
    expect(status(page, DO[0])).to_have_text(" · ✓ solved")
    expect(door(page, "do")).to_contain_text(f"1 of {len(DO)} exercises solved")


def answer(page: Page, step: Step) -> None:
    """Answer one question of a page's quiz right."""
    quiz = load_quiz(quiz_path(step.slug))
    question = next(each for each in quiz.questions if isinstance(each, Choice))
    form = page.locator(f"form[data-question='{question.id}']")
    for number, option in enumerate(question.options):
        if option.right:
            form.locator("label").nth(number).click()
    form.locator(".mlq-check").click()
    expect(form).to_have_attribute("data-state", "right")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_an_answered_question_shows_on_the_landing_page(open_page: OpenPage, scheme: str) -> None:
    page = open_page(name(WITH_QUIZ), scheme=scheme)
    answer(page, WITH_QUIZ)
    page.wait_for_timeout(1000)
    page.goto(page.url.replace(WITH_QUIZ.docname, "book/index"))
    said = f" · quiz: 1 of {WITH_QUIZ.questions} answered, 1 right"
    expect(status(page, WITH_QUIZ)).to_have_text(said)


def answers(step: Step) -> dict[str, object]:
    """Return a quiz's slot as it is when every question has been checked."""
    questions = Quiz(load_quiz(quiz_path(step.slug))).questions
    return {
        question["id"]: {"digest": question["digest"], "answer": [0], "checked": True}
        for question in questions
    }


def test_an_answer_to_a_question_in_other_words_is_none(open_page: OpenPage) -> None:
    page = open_page("index")
    slot = f"mlops-quiz:{WITH_QUIZ.slug}"
    all_of_them = answers(WITH_QUIZ)
    page.evaluate("([slot, t]) => localStorage.setItem(slot, t)", [slot, json.dumps(all_of_them)])
    reload(page)
    total = WITH_QUIZ.questions
    expect(status(page, WITH_QUIZ)).to_have_text(f" · quiz: {total} of {total} answered")
    expect(door(page, "read")).to_contain_text("1 of ")
    next(iter(all_of_them.values()))["digest"] = "of other words"  # type: ignore[index]
    page.evaluate("([slot, t]) => localStorage.setItem(slot, t)", [slot, json.dumps(all_of_them)])
    reload(page)
    expect(status(page, WITH_QUIZ)).to_have_text(f" · quiz: {total - 1} of {total} answered")


# ---- the next step ----------------------------------------------------------------------------


def test_the_landing_page_says_what_there_is_and_where_to_begin(open_page: OpenPage) -> None:
    page = open_page("index")
    for each in COURSE.doors:
        card = door(page, each.id)
        expect(card.locator(".mlp-time")).to_contain_text(time_text(each.minutes))
        expect(card.get_by_role("link")).to_have_text(f"Begin: {each.steps[0].title}")
        expect(card.locator(".mlp-progress")).to_be_hidden()
    folds = page.locator(".mlp-part summary")
    for fold, part in zip(
        folds.all(), [part for each in COURSE.doors for part in each.parts], strict=True
    ):
        expect(fold).to_contain_text(part.caption)
        expect(fold).to_contain_text(time_text(part.minutes))


def test_the_next_step_moves_on(open_page: OpenPage) -> None:
    page = open_page("index")
    door(page, "read").get_by_role("link").click()
    expect(page.locator("article.bd-article h1")).to_contain_text(READ[0].title)
    expect(end(page)).to_contain_text(f"Next on your path: {READ[1].title}")
    tick(page).check()
    expect(end(page)).to_contain_text(f"1 of {len(READ)} pages read")
    end(page).get_by_role("link", name=READ[1].title).click()
    expect(end(page)).to_contain_text(f"Next on your path: {READ[2].title}")
    end(page).get_by_role("link", name="the whole path").click()
    card = door(page, "read")
    expect(card.get_by_role("link")).to_have_text(f"Go on: {READ[1].title}")
    expect(card).to_contain_text(f"1 of {len(READ)} pages read")
    left = sum(step.minutes for step in READ[1:])
    expect(card).to_contain_text(f"{time_text(left)} left")
    expect(card).to_contain_text("Your path")


def test_the_chosen_door_leads_on_every_page(open_page: OpenPage) -> None:
    page = open_page(name(TEACH[0]))
    expect(end(page)).to_contain_text(f"of {len(TEACH)} page")
    keep(page, door="do", solved=[DO[0].docname])
    expect(end(page)).to_contain_text(f"Next on your path: {DO[1].title}")


def test_when_all_is_done_it_says_so(open_page: OpenPage) -> None:
    page = open_page("index")
    keep(page, read=[step.docname for step in READ], solved=[step.docname for step in DO])
    for door_id, steps in (("read", READ), ("do", DO)):
        expect(door(page, door_id)).to_contain_text(f"{len(steps)} of {len(steps)} ")
        expect(door(page, door_id).get_by_role("link")).to_contain_text("All done. Once more: ")
        expect(door(page, door_id)).not_to_contain_text("left")
    page.goto(page.url.replace("book/index", READ[0].docname))
    expect(end(page)).to_contain_text("There is nothing else left on your path.")


def test_another_tab_is_told(new_page: OpenPage, page_url: Callable[..., str]) -> None:
    page = new_page()
    page.goto(page_url("index"))
    other = page.context.new_page()
    other.goto(page_url(name(READ[0])))
    tick(other).check()
    expect(status(page, READ[0])).to_have_text(" · ✓ read")
    other.goto(page_url(name(READ[1])))
    tick(other).check()
    expect(door(page, "read")).to_contain_text(f"2 of {len(READ)} pages read")


# ---- forgetting -------------------------------------------------------------------------------


def test_forgetting_asks_first(open_page: OpenPage) -> None:
    page = open_page("index")
    slot = f"mlops-quiz:{WITH_QUIZ.slug}"
    page.evaluate(
        "([slot, t]) => localStorage.setItem(slot, t)", [slot, json.dumps(answers(WITH_QUIZ))]
    )
    keep(page, read=[READ[0].docname], solved=[DO[0].docname], door="read")
    button = page.get_by_role("button", name="Forget my progress")
    button.click()
    group = page.get_by_role("group", name="Forget my progress?")
    expect(group).to_contain_text("cannot be undone")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(group).to_be_hidden()
    expect(button).to_be_focused()
    expect(status(page, READ[0])).to_have_text(" · ✓ read")

    button.click()
    page.get_by_role("button", name="Forget it").click()
    expect(group).to_be_hidden()
    expect(page.get_by_text("Your progress is forgotten.")).to_be_visible()
    for step in (READ[0], DO[0], WITH_QUIZ):
        expect(status(page, step)).to_have_text("")
    expect(door(page, "read").get_by_role("link")).to_have_text(f"Begin: {READ[0].title}")
    reload(page)
    expect(status(page, READ[0])).to_have_text("")
    assert page.evaluate("slot => localStorage.getItem(slot)", slot) is None


def test_without_storage_it_works_and_forgets(open_page: OpenPage) -> None:
    page = open_page(name(WITH_QUIZ))
    page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"]) {
            const original = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...rest) {
                if (/^mlops-/.test(key)) throw new DOMException("blocked", "SecurityError");
                return original.call(this, key, ...rest);
            };
        }"""
    )
    reload(page)
    answer(page, WITH_QUIZ)
    tick(page).check()
    expect(end(page)).to_contain_text("1 of ")
    reload(page)
    expect(tick(page)).not_to_be_checked()
    page.goto(page.url.replace(WITH_QUIZ.docname, "book/index"))
    expect(door(page, "read").get_by_role("link")).to_have_text(f"Begin: {READ[0].title}")
    page.get_by_role("button", name="Forget my progress").click()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("Your progress is forgotten.")).to_be_visible()


@pytest.mark.parametrize(
    "junk", ["no json", "[]", "null", '"x"', '{"read": 7, "right": [], "x": 1}']
)
def test_junk_in_the_storage_is_no_progress(open_page: OpenPage, junk: str) -> None:
    page = open_page("index")
    page.evaluate("([slot, junk]) => localStorage.setItem(slot, junk)", [SLOT, junk])
    page.evaluate(
        "([slot, junk]) => localStorage.setItem(slot, junk)",
        [f"mlops-quiz:{WITH_QUIZ.slug}", junk],
    )
    reload(page)
    expect(door(page, "read").get_by_role("link")).to_have_text(f"Begin: {READ[0].title}")
    page.goto(page.url.replace("book/index", READ[0].docname))
    tick(page).check()
    assert kept(page)["read"] == [READ[0].docname]


# ---- for everybody ----------------------------------------------------------------------------


def tab_to(page: Page, target: Locator, limit: int = 400) -> None:
    for _ in range(limit):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{limit} times Tab did not lead there")


def test_by_keyboard_only(open_page: OpenPage) -> None:
    page = open_page("index")
    tab_to(page, door(page, "do").get_by_role("link"))
    page.keyboard.press("Enter")
    expect(page.locator("article.bd-article h1")).to_contain_text(DO[0].title)
    tab_to(page, tick(page))
    page.keyboard.press("Space")
    expect(tick(page)).to_be_checked()
    tab_to(page, end(page).get_by_role("link", name="the whole path"))
    page.keyboard.press("Enter")
    expect(status(page, DO[0])).to_have_text(" · ✓ solved")
    fold = page.locator(".mlp-part summary", has_text=COURSE.door("do").parts[0].caption)
    tab_to(page, fold)
    page.keyboard.press("Enter")
    expect(status(page, DO[0])).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Forget my progress"))
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Forget it")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(status(page, DO[0])).to_have_text("")


@LOOKS
def test_with_all_of_it_shown_pages_fit_and_are_accessible(
    open_page: OpenPage, axe: Callable[..., list[str]], width: int, dark: bool
) -> None:
    page = open_page("index", width=width, dark=dark)
    keep(page, read=[READ[0].docname, WITH_QUIZ.docname], solved=[DO[0].docname], door="read")
    for fold in page.locator(".mlp-part summary").all():
        fold.click()
    page.get_by_role("button", name="Forget my progress").click()
    for docname in ("book/index", WITH_QUIZ.docname, DO[0].docname):
        if docname != "book/index":
            page.goto(re.sub(r"(book|exercises)/[\w/-]+\.html.*", f"{docname}.html", page.url))
            expect(tick(page)).to_be_checked()
        page.wait_for_load_state("networkidle")
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, f"{docname} is {too_wide} px wider than the screen"
        violations = axe(page, "article.bd-article")
        assert not violations, f"{docname}: " + "\n".join(violations)


def test_without_a_script_the_doors_lead_to_their_first_page(html: Path) -> None:
    text = (html / "book/index.html").read_text(encoding="utf-8")
    for each in COURSE.doors:
        first = each.steps[0]
        link = re.search(rf'data-door="{each.id}".*?href="([^"]+)">Begin: ', text, re.DOTALL)
        assert link
        assert (html / "book" / link[1]).resolve() == (html / f"{first.docname}.html").resolve()


def test_every_link_of_the_script_leads_somewhere(html: Path) -> None:
    script = (html / "_static/course-path.js").read_text(encoding="utf-8")
    pages = re.findall(r'"page": "([^"]+)"', script)
    assert pages == [step.docname for each in COURSE.doors for step in each.steps]
    assert all((html / f"{page}.html").is_file() for page in pages)
