"""The quiz of the MLflow chapter in the built book, answered as readers answer it.

Nothing here knows a question: every answer, right and wrong, is derived from the quiz file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from executed_page import LOOKS
from playwright.sync_api import Locator, Page, expect

from mlops_landscape.quiz import (
    Choice,
    Matching,
    Ordering,
    Question,
    QuizData,
    Short,
    load_quiz,
    quiz_path,
)
from mlops_landscape.quiz.markup import to_plain

NAME = "tools/mlflow"

OpenPage = Callable[..., Page]
Answer = Any
"""Indices of options (choices), texts in order (ordering), item to partner (matching), a text."""


@pytest.fixture(scope="module")
def data() -> QuizData:
    """Read the quiz as its author wrote it."""
    return load_quiz(quiz_path(NAME))


# ---- what the file says is right and wrong --------------------------------------------------


def right_answer(question: Question) -> Answer:
    match question:
        case Choice():
            return [i for i, option in enumerate(question.options) if option.right]
        case Ordering():
            return [to_plain(item.text) for item in question.items]
        case Matching():
            return {to_plain(pair.item): to_plain(pair.partner) for pair in question.pairs}
        case Short():
            return question.accepted[0]
    raise AssertionError(question)


def wrong_answers(question: Question) -> Iterator[tuple[Answer, list[str], list[str]]]:
    """Yield wrong answers, the reasons each must show, and reasons it must not show."""
    match question:
        case Choice(kind="single"):
            for i, option in enumerate(question.options):
                if not option.right:
                    others = [o.reason for o in question.options if o is not option]
                    yield [i], [option.reason], others
        case Choice():
            right = right_answer(question)
            for i, option in enumerate(question.options):
                if option.right and len(right) > 1:
                    given = [j for j in right if j != i]
                elif not option.right:
                    given = sorted([*right, i])
                else:
                    continue
                shown = [question.options[j].reason for j in given]
                hidden = [o.reason for j, o in enumerate(question.options) if j not in given]
                yield given, shown, hidden
        case Ordering():
            items = [to_plain(item.text) for item in question.items]
            swapped = [items[1], items[0], *items[2:]]
            reasons = [item.reason for item in question.items]
            yield swapped, reasons[2:], reasons[:2]
        case Matching():
            partners = [to_plain(pair.partner) for pair in question.pairs]
            swapped = [partners[1], partners[0], *partners[2:]]
            items = [to_plain(pair.item) for pair in question.pairs]
            reasons = [pair.reason for pair in question.pairs]
            yield dict(zip(items, swapped, strict=True)), reasons[2:], reasons[:2]
        case Short():
            yield "surely not this", [], [miss.reason for miss in question.near_misses]
            for miss in question.near_misses:
                yield miss.answer.upper(), [miss.reason], []


def reasons(question: Question) -> list[str]:
    match question:
        case Choice():
            return [option.reason for option in question.options]
        case Ordering():
            return [item.reason for item in question.items]
        case Matching():
            return [pair.reason for pair in question.pairs]
    return []


# ---- hands ----------------------------------------------------------------------------------


def card(page: Page) -> Locator:
    return page.locator(f".mlq[data-quiz='{NAME}']")


def form_of(page: Page, question: Question) -> Locator:
    return card(page).locator(f"form[data-question='{question.id}']")


def shown_order(form: Locator) -> list[str]:
    return [text.strip() for text in form.locator("li .mlq-text").all_inner_texts()]


def partner_index(form: Locator, partner: str) -> int:
    """Return the place (from 1) of a partner in the list to choose from."""
    texts = form.locator("select").first.locator("option").all_text_contents()
    return texts.index(partner)


def by_mouse(page: Page, question: Question, answer: Answer) -> None:
    form = form_of(page, question)
    match question:
        case Choice():
            for i in range(len(question.options)):
                if form.locator("input").nth(i).is_checked() != (i in answer):
                    if question.kind == "single" and i not in answer:
                        continue  # a radio button goes off when another goes on
                    form.locator("label").nth(i).click()
        case Ordering():
            for to, text in enumerate(answer):
                for _ in range(shown_order(form).index(text) - to):
                    at = shown_order(form).index(text)
                    form.locator("li").nth(at).locator("[data-move='-1']").click()
        case Matching():
            for i, pair in enumerate(question.pairs):
                partner = answer[to_plain(pair.item)]
                form.locator("select").nth(i).select_option(index=partner_index(form, partner))
        case Short():
            form.locator("input").fill(answer)
    form.locator(".mlq-check").click()


def tab_until(page: Page, condition: str, argument: object = None, limit: int = 300) -> None:
    """Press Tab until `condition` (of the focused element and `argument`) holds."""
    for _ in range(limit):
        if page.evaluate(
            f"argument => (({condition})(document.activeElement, argument))", argument
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{limit} times Tab did not lead to {condition} of {argument!r}")


def by_keys(page: Page, question: Question, answer: Answer) -> None:
    """Answer with nothing but the keyboard, going on from where the focus is."""
    inside = "e.closest('form')?.dataset.question === a"
    match question:
        case Choice(kind="single"):
            tab_until(page, f"(e, a) => e.type === 'radio' && {inside}", question.id)
            page.keyboard.press("Space")
            for _ in range(answer[0]):
                page.keyboard.press("ArrowDown")
        case Choice():
            for i in answer:
                tab_until(
                    page,
                    "(e, a) => e.type === 'checkbox' && e.form.dataset.question === a[0]"
                    " && [...e.form.querySelectorAll('input')].indexOf(e) === a[1]",
                    [question.id, i],
                )
                page.keyboard.press("Space")
        case Ordering():
            form = form_of(page, question)
            tab_until(page, f"(e, a) => e.matches('.mlq-move') && {inside}", question.id)
            for to, text in enumerate(answer):
                while (at := shown_order(form).index(text)) > to:
                    row = page.evaluate(
                        "() => [...document.activeElement.closest('ol').children]"
                        ".indexOf(document.activeElement.closest('li'))"
                    )
                    if row != at:
                        page.keyboard.press("Tab" if row < at else "Shift+Tab")
                        continue
                    page.keyboard.press("Alt+ArrowUp")
        case Matching():
            form = form_of(page, question)
            for i, pair in enumerate(question.pairs):
                tab_until(
                    page,
                    "(e, a) => e.matches('select') && e.form.dataset.question === a[0]"
                    " && [...e.form.querySelectorAll('select')].indexOf(e) === a[1]",
                    [question.id, i],
                )
                for _ in range(partner_index(form, answer[to_plain(pair.item)])):
                    page.keyboard.press("ArrowDown")
        case Short():
            tab_until(page, f"(e, a) => e.type === 'text' && {inside}", question.id)
            page.keyboard.type(answer)
            page.keyboard.press("Enter")
            return
    tab_until(page, f"(e, a) => e.matches('.mlq-check') && {inside}", question.id)
    page.keyboard.press("Enter")


def answer_all(page: Page, data: QuizData) -> None:
    for question in data.questions:
        by_mouse(page, question, right_answer(question))


# ---- what a reader sees ---------------------------------------------------------------------


def expect_state(page: Page, question: Question, state: str) -> None:
    expect(form_of(page, question)).to_have_attribute("data-state", state)


def reload(page: Page) -> None:
    """Load the page again as a reader would, not within the same instant.

    Chromium writes localStorage through another process; from file:// the reloaded page gets a new
    process of its own, which on a busy machine has been seen to be faster than that.
    """
    page.wait_for_timeout(1000)
    page.reload()


def expect_score(page: Page, score: int, data: QuizData) -> None:
    total = len(data.questions)
    expect(card(page).locator(".mlq-tally")).to_have_text(re.compile(rf"^(✓ )?{score} / {total}$"))
    expect(card(page).locator("[role=progressbar]")).to_have_attribute("aria-valuenow", str(score))


def expect_reasons(page: Page, question: Question, texts: Sequence[str], seen: bool) -> None:
    visible = " ".join(form_of(page, question).locator(".mlq-reason:visible").all_inner_texts())
    for text in texts:
        assert (" ".join(to_plain(text).split()) in " ".join(visible.split())) is seen, (
            f"{question.id}: {text!r} {'is not' if seen else 'is'} shown in {visible!r}"
        )


# ---- the tests ------------------------------------------------------------------------------


def test_the_chapter_asks_enough_and_in_different_ways(data: QuizData) -> None:
    assert len(data.questions) >= 8
    assert {q.kind for q in data.questions} == {
        "single",
        "several",
        "ordering",
        "matching",
        "short",
    }


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_right_answers_by_mouse(open_page: OpenPage, data: QuizData, scheme: str) -> None:
    page = open_page(NAME, scheme=scheme)
    expect_score(page, 0, data)

    for number, question in enumerate(data.questions, start=1):
        by_mouse(page, question, right_answer(question))
        expect_state(page, question, "right")
        expect(form_of(page, question).locator(".mlq-feedback")).to_contain_text(
            to_plain(question.explanation)
        )
        expect_reasons(page, question, reasons(question), seen=True)
        expect_score(page, number, data)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_right_answers_by_keyboard_only(open_page: OpenPage, data: QuizData, scheme: str) -> None:
    page = open_page(NAME, scheme=scheme)
    expect(card(page)).to_be_visible()

    for number, question in enumerate(data.questions, start=1):
        by_keys(page, question, right_answer(question))
        expect_state(page, question, "right")
        expect_score(page, number, data)


def test_wrong_answers_show_their_own_reason_and_can_be_mended(
    open_page: OpenPage, data: QuizData
) -> None:
    page = open_page(NAME)

    for solved, question in enumerate(data.questions):
        for answer, shown, hidden in wrong_answers(question):
            by_mouse(page, question, answer)
            expect_state(page, question, "wrong")
            expect_reasons(page, question, shown, seen=True)
            expect_reasons(page, question, hidden, seen=False)
            feedback = form_of(page, question).locator(".mlq-feedback")
            expect(feedback).to_contain_text("✗")
            expect(feedback).not_to_contain_text(to_plain(question.explanation))
            expect_score(page, solved, data)
        by_mouse(page, question, right_answer(question))
        expect_state(page, question, "right")
        expect_score(page, solved + 1, data)


def test_every_accepted_short_answer_is_right(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    for question in data.questions:
        if isinstance(question, Short):
            for accepted in question.accepted:
                by_mouse(page, question, f"  {accepted.upper().replace(' ', '   ')} ")
                expect_state(page, question, "right")
            page.evaluate("pattern => new RegExp(`^(?:${pattern})$`, 'u')", question.pattern)


def test_changing_an_answer_opens_the_question_again(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    for question in data.questions:
        by_mouse(page, question, right_answer(question))
        form = form_of(page, question)
        match question:
            case Choice():
                unchosen = [i for i, option in enumerate(question.options) if not option.right]
                form.locator("label").nth(unchosen[0] if unchosen else 0).click()
            case Ordering():
                form.locator("[data-move='1']").first.click()
            case Matching():
                form.locator("select").first.select_option(index=0)
            case Short():
                form.locator("input").press_sequentially("x")
        expect_state(page, question, "open")
        expect(form.locator(".mlq-reason:visible")).to_have_count(0)
        expect(form.locator(".mlq-feedback")).to_be_empty()
        expect_score(page, 0, data)


def test_checking_without_an_answer_asks_for_one(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    for question in data.questions:
        if not isinstance(question, Ordering):  # there is always some order
            form = form_of(page, question)
            form.locator(".mlq-check").click()
            expect(form.locator(".mlq-feedback")).to_contain_text("first.")
            expect_state(page, question, "open")
    expect_score(page, 0, data)


def test_after_two_wrong_answers_the_explanation_can_be_had(
    open_page: OpenPage, data: QuizData
) -> None:
    page = open_page(NAME)
    for question in data.questions:
        answer, _, _ = next(wrong_answers(question))
        form = form_of(page, question)
        explain = form.get_by_role("button", name="Explain")
        by_mouse(page, question, answer)
        expect(explain).to_be_hidden()
        by_mouse(page, question, answer)
        explain.click()
        expect(form.locator(".mlq-feedback")).to_contain_text(to_plain(question.explanation))
        expect(form.locator(".mlq-check")).to_be_focused()
    expect_score(page, 0, data)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_reload_keeps_right_and_wrong_and_unchecked(
    open_page: OpenPage, data: QuizData, scheme: str
) -> None:
    page = open_page(NAME, scheme=scheme)
    wrong, *others = data.questions
    by_mouse(page, wrong, next(wrong_answers(wrong))[0])
    for question in others:
        by_mouse(page, question, right_answer(question))
    expect_score(page, len(others), data)
    before = card(page).locator("form").all_inner_texts()

    reload(page)

    expect_score(page, len(others), data)
    expect_state(page, wrong, "wrong")
    assert card(page).locator("form").all_inner_texts() == before


def test_a_question_that_was_changed_since_is_open_again(
    open_page: OpenPage, data: QuizData
) -> None:
    page = open_page(NAME)
    answer_all(page, data)
    changed = data.questions[0]
    page.evaluate(
        """([slot, id]) => {
            const kept = JSON.parse(localStorage.getItem(slot));
            kept[id].digest = "of another wording";
            localStorage.setItem(slot, JSON.stringify(kept));
        }""",
        [f"mlops-quiz:{NAME}", changed.id],
    )

    reload(page)

    expect_score(page, len(data.questions) - 1, data)
    expect_state(page, changed, "open")


@pytest.mark.parametrize("junk", ["no json", "[]", "null", '{"x": 1}'])
def test_junk_in_the_storage_is_no_answer(open_page: OpenPage, data: QuizData, junk: str) -> None:
    page = open_page(NAME)
    page.evaluate(
        "([slot, junk]) => localStorage.setItem(slot, junk)", [f"mlops-quiz:{NAME}", junk]
    )
    reload(page)
    expect_score(page, 0, data)


def test_answers_that_do_not_fit_are_no_answers(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    answer_all(page, data)
    page.evaluate(
        """slot => {
            const kept = JSON.parse(localStorage.getItem(slot));
            for (const one of Object.values(kept)) one.answer = null;
            localStorage.setItem(slot, JSON.stringify(kept));
        }""",
        f"mlops-quiz:{NAME}",
    )
    reload(page)
    expect_score(page, 0, data)


def test_without_storage_it_works_and_forgets(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"]) {
            const original = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...rest) {
                if (key.startsWith("mlops-quiz")) throw new DOMException("blocked");
                return original.call(this, key, ...rest);
            };
        }"""
    )
    reload(page)
    answer_all(page, data)
    expect_score(page, len(data.questions), data)
    card(page).get_by_role("button", name="Reset").click()
    expect_score(page, 0, data)


def test_reset_clears_everything(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    fresh = card(page).locator("form").all_inner_texts()
    answer_all(page, data)
    expect_score(page, len(data.questions), data)

    card(page).get_by_role("button", name="Reset").click()

    expect_score(page, 0, data)
    assert card(page).locator("form").all_inner_texts() == fresh
    expect(card(page).locator("input:checked")).to_have_count(0)
    reload(page)
    expect_score(page, 0, data)


def test_the_page_hears_the_score(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    page.evaluate("addEventListener('mlops-quiz-score', event => (window.heard = event.detail))")
    first = data.questions[0]
    total = len(data.questions)

    by_mouse(page, first, next(wrong_answers(first))[0])
    assert page.evaluate("heard") == {"quiz": NAME, "score": 0, "answered": 1, "total": total}
    by_mouse(page, first, right_answer(first))
    assert page.evaluate("heard") == {"quiz": NAME, "score": 1, "answered": 1, "total": total}


def test_hints_are_folded_and_open(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    for question in data.questions:
        hint = form_of(page, question).locator(".mlq-hint")
        if question.hint:
            expect(hint.locator("p")).to_be_hidden()
            hint.locator("summary").click()
            expect(hint.locator("p")).to_have_text(to_plain(question.hint))
        else:
            expect(hint).to_have_count(0)


def test_moving_keeps_the_focus_and_is_announced(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    question = next(q for q in data.questions if isinstance(q, Ordering))
    form = form_of(page, question)
    second = shown_order(form)[1]
    live = card(page).locator("> [role=status]")
    button = form.get_by_role("button", name=f"Move up: {second}", exact=True)

    button.click()
    assert shown_order(form)[0] == second
    expect(button).to_be_focused()
    expect(live).to_have_text(f"{second} is now 1 of {len(question.items)}.")

    page.keyboard.press("Enter")
    expect(live).to_have_text(f"{second} is already first.")
    page.keyboard.press("Alt+ArrowDown")
    expect(button).to_be_focused()
    assert shown_order(form)[1] == second


def test_controls_have_names_and_groups(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    for number, question in enumerate(data.questions, start=1):
        group = card(page).get_by_role(
            "group", name=f"Question {number}: {to_plain(question.question)}"
        )
        expect(group).to_have_count(1)
        match question:
            case Choice():
                role = "radio" if question.kind == "single" else "checkbox"
                for option in question.options:
                    expect(group.get_by_role(role, name=to_plain(option.text))).not_to_have_count(0)
            case Matching():
                for pair in question.pairs:
                    name = to_plain(pair.item)
                    expect(group.get_by_role("combobox", name=name, exact=True)).to_have_count(1)
            case Short():
                expect(group.get_by_role("textbox", name="Your answer")).to_have_count(1)
        expect(group.get_by_role("status")).to_have_attribute("aria-live", "polite")


def test_focus_is_visible(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    tab_until(page, "e => e.closest('.mlq')")
    for _ in range(12):
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert style[0] != "none"
        assert style[1] >= 2
        page.keyboard.press("Tab")


@LOOKS
def test_it_fits_and_axe_finds_nothing(
    open_page: OpenPage, axe: Callable[..., list[str]], data: QuizData, width: int, dark: bool
) -> None:
    page = open_page(NAME, width=width, dark=dark, mobile=width < 500)
    expect(card(page)).to_be_visible()

    def look() -> None:
        too_wide = card(page).evaluate(
            """quiz => {
                const edge = Math.min(quiz.getBoundingClientRect().right, innerWidth) + 0.5;
                return [...quiz.querySelectorAll("*")]
                    .filter(e => !e.closest(".mlq-hidden") && e.tagName !== "OPTION")
                    .filter(e => e.getBoundingClientRect().right > edge)
                    .map(e => e.outerHTML.slice(0, 80));
            }"""
        )
        assert too_wide == []
        assert axe(page, ".mlq") == []

    look()
    for question in data.questions:
        by_mouse(page, question, next(wrong_answers(question))[0])
    look()
    answer_all(page, data)
    look()


def test_colours_follow_the_theme_switch(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    card_colour = "e => getComputedStyle(e).backgroundColor"
    light = card(page).evaluate(card_colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert card(page).evaluate(card_colour) != light
    behind = card(page).evaluate("e => getComputedStyle(e.parentElement).backgroundColor")
    assert behind == "rgba(0, 0, 0, 0)"  # the theme's light box is not behind it


def test_nothing_moves_for_who_wants_no_motion(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    page.emulate_media(reduced_motion="reduce")
    moving = card(page).evaluate(
        "quiz => [...quiz.querySelectorAll('*')]"
        ".filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    assert moving == 0


def test_it_is_there_within_a_second(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    page.add_init_script(
        """new MutationObserver((_, observer) => {
            if (!document.querySelector(".mlq-check")) return;
            window.quizDrawn = performance.now();
            observer.disconnect();
        }).observe(document, { childList: true, subtree: true });"""
    )
    reload(page)
    expect(card(page)).to_be_visible()
    waited = page.evaluate(
        "quizDrawn - performance.getEntriesByType('navigation')[0].domInteractive"
    )
    assert waited < 1000


def test_the_file_holds_no_answer_in_clear(open_page: OpenPage, data: QuizData) -> None:
    page = open_page(NAME)
    source = page.request.get(page.url).text()
    index = page.request.get(
        page.evaluate("new URL(document.documentElement.dataset.content_root, location).href")
        + "searchindex.js"
    ).text()
    for question in data.questions:
        for text in (question.explanation, *reasons(question)):
            words = to_plain(text)
            if len(words) > 25:  # shorter ones may stand in the chapter by chance
                assert words not in source
                assert words not in index
