"""The pages after grading, opened from disk in a real browser."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.grading.files import safe_name
from mlops_landscape.grading.model import CheckMark, Gradebook
from mlops_landscape.grading.reports import recorded_mistakes, write_reports
from mlops_landscape.grading.reports.mistakes import normalised, recurring
from mlops_landscape.grading.words import late_in_words, moment, number, span

METRIC, DAG, ESSAY = "log-a-dummy-metric", "a-dag-that-can-run-twice", "choose-a-stack"
NewPage = Callable[..., Page]


@pytest.fixture
def out(book: Gradebook, tmp_path: Path) -> Path:
    write_reports(book, tmp_path, recorded=recorded_mistakes([METRIC, DAG, ESSAY]))
    return tmp_path


def report(folder: Path, first_name: str) -> Path:
    return folder / "report" / f"{safe_name(f'{first_name}@example.org')}.html"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_are_usable_on_any_screen_and_by_anyone(
    out: Path, new_page: NewPage, axe: Callable[..., list[str]], width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark)
    for file in (out / "class.html", report(out, "evil"), report(out, "lena")):
        page.goto(file.as_uri())
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), file.name
        assert axe(page) == [], file.name
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", background))) < 200) == dark


def test_what_learners_wrote_stays_text(out: Path, new_page: NewPage) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for file in (out / "class.html", report(out, "evil")):
        asked.clear()
        page.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert "=HYPERLINK(1)<script>alert(1)</script>" in page.locator("main").inner_text()
        assert page.locator("img, iframe, link, main script").count() == 0
        assert "taken" not in page.title()
    page.locator("summary").last.click()
    assert "</script><script>document.title" in page.locator("pre").last.inner_text()
    assert r"\x1b[31mred\x00" in page.locator("pre").last.inner_text()


def test_nobody_reads_about_anybody_else(out: Path, book: Gradebook) -> None:
    for grade in book.grades:
        text = (out / "report" / f"{safe_name(grade.learner)}.html").read_text(encoding="utf-8")
        for other in book.grades:
            if other.learner != grade.learner:
                assert other.learner not in text
                assert other.name.replace("'", "&#39;") not in text
        assert "/srv/handed-in" not in text, "nor about the instructor's folders"
        assert "mara@example.org" not in text, "nor what belongs to no grade"
        assert "namespace" not in text, "nor about the instructor's machine"


def test_a_learner_sees_what_to_mend_first(out: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto(report(out, "finn").as_uri())
    section = page.locator(f"#{METRIC}")
    expect(section.locator(".next")).to_contain_text("Mend this first: The metric is in the run")
    expect(section.locator(".next")).to_contain_text("Indent the call of log_metric")
    expect(section.locator("tbody tr").nth(1)).to_contain_text(
        "Seen: auc is in the run gentle-owl-12, not in dummy"
    )
    expect(section).to_contain_text("Cell 4 ran for 60 seconds and was stopped")
    expect(section.locator(".points")).to_have_text("4 / 10")
    expect(page.locator(f"#{ESSAY}")).to_contain_text("not marked yet")
    expect(page.locator("header")).to_contain_text("so far; a person has not marked all of it")
    expect(page.locator(f"#{DAG} .late")).to_have_text(
        "Handed in 10 minutes after the due date: no points lost."
    )


def test_a_hidden_check_says_its_title_and_result_only(
    out: Path, book: Gradebook, new_page: NewPage, tmp_path: Path
) -> None:
    text = report(out, "hugo").read_text(encoding="utf-8")
    assert "The run is over and ended well (hidden check)" in text
    assert "FAILED, not FINISHED" not in text
    assert "block end the run" not in text, "its hint is for those who may read the message"
    page = new_page()
    page.goto(report(out, "hugo").as_uri())
    expect(page.locator(f"#{METRIC} .next")).to_contain_text(
        "All checks that you can run yourself pass."
    )
    write_reports(book, tmp_path / "open", show_hidden=True)
    text = report(tmp_path / "open", "hugo").read_text(encoding="utf-8")
    assert "FAILED, not FINISHED" in text
    assert "block end the run" in text


def test_lateness_rubric_refusal_and_what_is_missing(out: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto(report(out, "hugo").as_uri())
    expect(page.locator(f"#{METRIC} .late")).to_have_text(
        "Handed in 1 day 3 hours after the due date: 10 % of its points are taken off. "
        "It earned 7; 6.3 count."
    )
    page.goto(report(out, "ada").as_uri())
    expect(page.locator(".rubric tbody tr").first).to_contain_text("You name the two")
    expect(page.locator(".rubric tbody tr").first).to_contain_text("3.5 / 4")
    expect(page.locator(".total")).to_have_text("29.5 of 32 points")
    page.goto(report(out, "lena").as_uri())
    expect(page.locator(f"#{ESSAY} .refused")).to_contain_text("essay.ipynb is cut off")
    page.goto(report(out, "gita").as_uri())
    expect(page.locator("main")).to_contain_text("Not handed in: Choose a stack, and say why.")
    expect(page.locator(".total")).to_contain_text("of 32 points")


def test_the_class_sees_which_wrong_answers_recur(out: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto((out / "class.html").as_uri())
    cards = page.locator(".recurring > li")
    assert cards.count() == 5
    values = cards.filter(has_text="All five values are there")
    expect(values).to_contain_text("4 learners")
    expect(values).to_contain_text("Seen: the number of values is 1, not 5")
    expect(values.locator(".known")).to_have_text(
        "Known mistake last-value-only: Only the final value was logged."
    )
    assert values.locator("a").all_inner_texts() == [
        "Béla Szűcs",
        "Dunja Łukaszewicz",
        "Finn O'Brien",
        "Inés Peña",
    ]
    assert cards.filter(has_text="A second run of the same month").locator(".known").count() == 0


def test_the_class_sees_who_needs_a_word(out: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto((out / "class.html").as_uri())

    def names(heading: str) -> list[str]:
        card = page.locator(".cards .card").filter(
            has=page.get_by_role("heading", name=heading, exact=True)
        )
        return [name.split()[0] for name in card.locator("a").all_inner_texts()]

    assert names("Late") == ["Finn", "Hugo"]
    assert names("Refused") == ["Lena"]
    assert names("Handed in again") == ["Jonas"]
    assert names("Not handed in")[1:] == ["Gita", "Inés", "Kofi"]
    assert len(names("Wait for marks from a person")) == 8
    expect(page.locator("section:has(> #attention)")).to_contain_text("mara@example.org")
    expect(page.locator("section:has(> #protection)")).to_contain_text("2 submissions")
    expect(page.locator("figcaption").nth(1)).to_contain_text("8 of 10 still wait for marks")
    chart = page.locator("svg").last
    assert chart.get_attribute("aria-label") == (
        "Points in Log a dummy metric. 4 points: 1 learner; 6 points: 5 learners; "
        "8 points: 1 learner; 10 points: 4 learners."
    )
    expect(page.locator("table.failing").last.locator("tbody tr").first).to_contain_text("4 of 11")


def test_the_table_sorts_by_keyboard_and_leads_to_each_report(out: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto((out / "class.html").as_uri())
    names = page.locator(".sortable tbody th a")
    page.get_by_role("button", name="All").focus()
    page.keyboard.press("Enter")
    assert names.first.inner_text() == "Ada Okafor"
    assert names.last.inner_text() == "Finn O'Brien"
    heading = page.get_by_role("columnheader", name="All")
    assert heading.get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert names.first.inner_text() == "Finn O'Brien"
    assert heading.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Learner").click()
    assert names.nth(1).inner_text() == "Ada Okafor", "after the one that begins with ="
    links = names.evaluate_all("all => all.map(one => one.href)")
    assert len(links) == 12
    assert {link.rsplit("/", 1)[1] for link in links} == {
        path.name for path in (out / "report").iterdir()
    }
    names.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("=HYPERLINK")


def test_the_same_book_gives_the_same_pages(book: Gradebook, out: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in out.rglob("*.html")}
    write_reports(book, tmp_path, recorded=recorded_mistakes([METRIC, DAG, ESSAY]))
    assert {path.name: path.read_bytes() for path in out.rglob("*.html")} == before


def test_an_empty_class_has_a_page(book: Gradebook, new_page: NewPage, tmp_path: Path) -> None:
    write_reports(book, tmp_path)
    write_reports(replace(book, grades=()), tmp_path)
    assert list((tmp_path / "report").iterdir()) == []
    page = new_page()
    page.goto((tmp_path / "class.html").as_uri())
    expect(page.locator("header")).to_contain_text("0 learners")
    expect(page.locator("main")).to_contain_text("handed-in/notes.txt")


def test_three_hundred_learners_have_a_page(
    book: Gradebook, new_page: NewPage, tmp_path: Path
) -> None:
    many = tuple(
        replace(grade, learner=f"l{number:03}@example.org", name=f"Learner {number}")
        for number in range(300)
        for grade in book.grades[:1]
    )
    write_reports(replace(book, grades=many), tmp_path)
    page = new_page()
    page.goto((tmp_path / "class.html").as_uri())
    assert page.locator(".sortable tbody tr").count() == 300
    assert (tmp_path / "class.html").stat().st_size < 500_000


# ---- recurring mistakes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("`run_id` is '0a1b2c3d4e5f6071'", "`run_id` is 'ffeeddccbbaa0099'", True),
        ("no file /tmp/a1/work/mlflow.db", "no file /tmp/zz9/work/mlflow.db", True),
        ("<Run object at 0x7f00aa>", "<Run object at 0x7f11bb>", True),
        ("the AUC is 0.78123", "the AUC is 0.78999", True),
        ("the AUC is 0.78", "the AUC is 0.65", False),
        ("the number of values is 1", "the number of values is 2", False),
        ("the report is 2013-01", "the report is 2013-02", False),
        ("the address is https://host/a/b", "the address is https://host/c/b", False),
    ],
)
def test_which_messages_are_one_mistake(one: str, other: str, same: bool) -> None:
    assert (normalised(one) == normalised(other)) is same


@pytest.mark.parametrize("part", ["a-", "1", "/x", "0.1", "`", "'"])
def test_a_huge_message_does_not_hold_up_the_class(book: Gradebook, part: str) -> None:
    check = CheckMark("huge", "huge", 1, "", True, False, part * 500_000)
    started = time.monotonic()
    (found,) = recurring([replace(grade, checks=(check,)) for grade in book.grades[:2]], {})
    assert len(found.message) == 1_000
    assert time.monotonic() - started < 5


def test_a_message_that_later_checks_repeat_counts_once(book: Gradebook) -> None:
    def failed(name: str) -> CheckMark:
        return CheckMark(name, name, 1, "", True, False, "there is no file mlflow.db")

    grades = [
        replace(grade, checks=(failed("first"), failed("second"))) for grade in book.grades[:2]
    ]
    (found,) = recurring(grades, {})
    assert (found.check.name, len(found.grades)) == ("first", 2)


def test_each_recorded_mistake_says_what_it_is() -> None:
    found = recorded_mistakes([METRIC, DAG, "no-such-exercise"])
    assert set(found) == {METRIC, DAG}
    for mistakes in found.values():
        assert len(mistakes) >= 4
        for mistake in mistakes:
            assert mistake.fails
            assert mistake.says.endswith((".", "?"))
            assert "```" not in mistake.says


# ---- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "less than a second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3_725, "1 hour 2 minutes"),
        (86_400 + 60, "1 day"),
        (2 * 86_400 + 3_600, "2 days 1 hour"),
    ],
)
def test_lengths_of_time_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_points_and_moments_as_people_read_them() -> None:
    assert [number(value) for value in (10, 10.0, 2.5, 0.125, 100, 0)] == [
        "10",
        "10",
        "2.5",
        "0.12",
        "100",
        "0",
    ]
    assert moment(datetime(2026, 3, 5, 8, 7, tzinfo=UTC)) == "5 March 2026, 08:07 UTC"
    half = timezone(timedelta(hours=5, minutes=30))
    assert moment(datetime(2026, 3, 5, 8, 7, tzinfo=half)) == "5 March 2026, 08:07 UTC+5:30"
    assert moment("yesterday") == "yesterday"
    assert late_in_words(0, 0.5) == ""
