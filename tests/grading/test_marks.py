"""Marks from a person: the form, filled in by keyboard in a browser, and the file it gives."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.errors import InputError
from mlops_landscape.grading.marks import read_marks, write_form
from mlops_landscape.grading.model import Grade, Gradebook, Submission
from mlops_landscape.grading.passages import Passage, passages

METRIC, ESSAY = "log-a-dummy-metric", "choose-a-stack"
HEADING = "learner,exercise,criterion,out_of,points,comment\n"
NewPage = Callable[..., Page]


@pytest.fixture
def form(book: Gradebook, rubrics: Any, texts: Any, tmp_path: Path) -> Path:  # noqa: ANN401
    found = write_form(book, rubrics, texts, tmp_path)
    assert found == tmp_path / "marks.html"
    return found


def marks(book: Gradebook, first_name: str) -> list[tuple[float | None, str]]:
    (grade,) = (
        one
        for one in book.grades
        if one.learner == f"{first_name}@example.org" and one.exercise == ESSAY
    )
    return [(mark.points, mark.comment) for mark in grade.rubric]


# ---- the form -------------------------------------------------------------------------------


def test_filled_in_by_keyboard_and_read_back(
    form: Path, book: Gradebook, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    page.goto(form.as_uri())
    expect(page.get_by_role("heading", level=2)).to_contain_text("陳美玲")
    expect(page.get_by_role("status")).to_have_text(
        "2 of 10 submissions marked; 16 criteria to go."
    )
    page.get_by_role("button", name="Names who would run it, not whether they can").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the level above it
    page.keyboard.press("Tab")  # points
    assert page.evaluate("document.activeElement.value") == "2"
    page.keyboard.press("Tab")
    page.keyboard.type('=SUM(A1), "quoted";\n- and a list, żółw')
    for _ in range(4):  # three levels, then points
        page.keyboard.press("Tab")
    page.keyboard.type("1.25")
    expect(page.get_by_role("status")).to_contain_text("3 of 10 submissions marked")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Dunja")
    page.keyboard.type("4")
    page.get_by_role("button", name="Download marks.csv").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "marks.csv"
    file = tmp_path / "downloaded" / "marks.csv"
    download.value.save_as(file)
    cells = [cell for row in csv.reader(io.StringIO(file.read_text("utf-8-sig"))) for cell in row]
    assert not any(cell.startswith("=") for cell in cells)

    read = read_marks(file, book)
    assert marks(read, "chen") == [(2.0, '=SUM(A1), "quoted";\n- and a list, żółw'), (1.25, "")]
    assert marks(read, "dunja") == [(4.0, ""), (None, "")]
    assert marks(read, "ada") == marks(book, "ada"), "what was marked before stays"
    assert marks(read, "evil") == [(None, ""), (None, "")]


def test_unfinished_marking_is_there_when_the_page_opens_again(
    form: Path, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(form.as_uri())
    page.get_by_label("Points").nth(4).fill("3")  # third submission, the first that is shown
    page.get_by_label("Comment to the learner").nth(4).fill("Half done.")
    page.wait_for_timeout(1000)  # as in test_quiz.reload: Chromium writes the storage of files late
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_contain_text("陳美玲")
    expect(page.locator(".sheet:not([hidden]) .points").first).to_have_value("3")
    expect(page.locator(".sheet:not([hidden]) textarea").first).to_have_value("Half done.")
    expect(page.get_by_role("status")).to_contain_text("15 criteria to go")


def test_a_newer_file_counts_more_than_what_the_browser_kept(
    form: Path,
    book: Gradebook,
    rubrics: Any,  # noqa: ANN401
    texts: Any,  # noqa: ANN401
    new_page: NewPage,
) -> None:
    page = new_page()
    page.goto(form.as_uri())
    page.locator(".sheet:not([hidden]) .points").first.fill("1")
    file = form.with_name("marks.csv")
    old = "chen@example.org,choose-a-stack,Fits the team,4,,"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, old[:-1] + "3,from a colleague"), encoding="utf-8")
    write_form(book, rubrics, texts, form.parent)
    page.reload()
    expect(page.locator(".sheet:not([hidden]) .points").first).to_have_value("3")


def test_impossible_points_are_not_downloaded(form: Path, new_page: NewPage) -> None:
    page = new_page()
    page.goto(form.as_uri())
    points = page.locator(".sheet:not([hidden]) .points").first
    points.fill("7")
    expect(page.locator(".sheet:not([hidden]) .wrong").first).to_have_text(
        "Give 0 to 4 points, or leave it empty."
    )
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Download marks.csv").click()
    expect(page.get_by_role("status")).to_contain_text("nothing downloaded")
    expect(points).to_be_focused()
    assert points.get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_form_is_usable_on_any_screen_and_by_anyone(
    form: Path, new_page: NewPage, axe: Callable[..., list[str]], width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(form.as_uri())
    page.get_by_label("Submission").select_option(index=4)
    expect(page.get_by_role("heading", level=2)).to_contain_text("<script>alert(1)</script>")
    page.locator(".sheet:not([hidden]) .points").first.fill("9")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
    assert asked == [form.as_uri()]
    assert page.locator("img").count() == 0
    expect(page.locator(".sheet:not([hidden]) .reading")).to_contain_text("<img src=http://evil")


# ---- what is written ------------------------------------------------------------------------


def test_marks_that_are_there_stay(
    form: Path,
    book: Gradebook,
    rubrics: Any,  # noqa: ANN401
    new_page: NewPage,
    tmp_path: Path,
) -> None:
    file = form.with_name("marks.csv")
    given = (
        "chen@example.org,choose-a-stack,Fits the team,4,3,'- good\n"
        "gone@example.org,choose-a-stack,Fits the team,4,2,left the course\n"
        "gone@example.org,choose-a-stack,Weighs the costs,4,,\n"
    )
    file.write_text(HEADING + given, encoding="utf-8")
    write_form(book, rubrics, {}, form.parent)
    after = file.read_text(encoding="utf-8-sig")
    assert "chen@example.org,choose-a-stack,Fits the team,4,3,'- good\n" in after
    assert "gone@example.org,choose-a-stack,Fits the team,4,2,left the course\n" in after
    assert "gone@example.org,choose-a-stack,Weighs" not in after, "there is nothing to lose in it"
    again = file.read_bytes(), form.read_bytes()
    write_form(book, rubrics, {}, form.parent)
    assert (file.read_bytes(), form.read_bytes()) == again
    page = new_page()
    page.goto(form.as_uri())
    with page.expect_download() as download:
        page.get_by_role("button", name="Download marks.csv").click()
    download.value.save_as(tmp_path / "downloaded.csv")
    assert (tmp_path / "downloaded.csv").read_bytes() == again[0], "page and command agree"


def test_a_file_that_cannot_be_read_is_left_alone(
    form: Path,
    book: Gradebook,
    rubrics: Any,  # noqa: ANN401
) -> None:
    file = form.with_name("marks.csv")
    form.unlink()
    for content, said in (
        (HEADING + "chen@example.org,choose-a-stack,Fits the team,4,three,\n", "is 'three'"),
        (HEADING + "chen@example.org,choose-a-stack,Fits the team,9,9,\n", "between 0 and 4"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            write_form(book, rubrics, {}, form.parent)
        assert said in str(caught.value)
        assert file.read_text(encoding="utf-8") == content
        assert not form.exists()


def test_without_a_rubric_there_is_nothing_to_mark(book: Gradebook, tmp_path: Path) -> None:
    checked = tuple(grade for grade in book.grades if not grade.rubric)
    assert write_form(replace(book, grades=checked), {}, {}, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


# ---- what is read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("cehn@example.org,choose-a-stack,Fits the team,4,3,", "no learner 'cehn@example.org'"),
        ("cehn@example.org,choose-a-stack,Fits the team,4,3,", "for example 'chen@example.org'"),
        ("chen@example.org,choose-a-stak,Fits the team,4,3,", "no exercise 'choose-a-stak'"),
        ("chen@example.org,choose-a-stack,Fits,4,3,", "has no criterion 'Fits'"),
        ("chen@example.org,choose-a-stack,Fits the team,4,5,", "5 points for 'Fits the team'"),
        ("chen@example.org,choose-a-stack,Fits the team,4,-1,", "are not between 0 and 4"),
        ("chen@example.org,choose-a-stack,Fits the team,4,good,", "points is 'good'"),
        ("chen@example.org,choose-a-stack,Fits the team,4,nan,", "points is 'nan'"),
        ("chen@example.org,choose-a-stack,Fits the team,four,3,", "out_of is 'four'"),
        ("ada@example.org,choose-a-stack,Fits the team,4,3,", "is in row 2 already"),
        ("lena@example.org,choose-a-stack,Fits the team,4,3,", "could not be graded"),
        (f"ada@example.org,{METRIC},Fits the team,4,3,", "has no rubric"),
        ("chen@example.org,choose-a-stack,Fits the team,4,3,a,b", "has 7 cells"),
    ],
)
def test_a_wrong_row_is_named_with_its_mend(
    book: Gradebook, tmp_path: Path, row: str, said: str
) -> None:
    file = tmp_path / "marks.csv"
    comment = '"over two\nlines"'  # rows are counted as a spreadsheet counts them
    good = f"ada@example.org,choose-a-stack,Fits the team,4,3,{comment}\n"
    file.write_text(f"{HEADING}{good}{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_marks(file, book)
    (problem,) = caught.value.problems
    assert said in str(problem)
    assert problem.place == "row 3"
    assert "marks.csv" in str(problem)
    assert problem.mend


def test_all_wrong_rows_are_told_at_once(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(HEADING + "x,y,z,4,1,\nu,v,w,4,1,\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_marks(file, book)
    assert [problem.place for problem in caught.value.problems] == ["row 2", "row 3"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        ("learner,exercise\nè,x\n".encode("latin-1"), "it is not UTF-8 text"),
        (HEADING.encode("utf-16"), "it is not UTF-8 text"),
        (b"learner,exercise,criterion,out_of,comment\n", "no column 'points'"),
        (HEADING.encode() + b'"a,b\n', "it is not valid CSV"),
        (None, "there is no such file"),
    ],
)
def test_a_file_that_is_none_is_named(
    book: Gradebook, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "marks.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_marks(file, book)
    assert said in str(caught.value)
    assert "Mend: " in str(caught.value)


def test_a_file_that_excel_saved_is_read(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    text = (
        HEADING.replace(",", ";")
        + "chen@example.org;choose-a-stack;Fits the team;4;2,5;gut, aber kurz\n"
        + "ada@example.org;choose-a-stack;Fits the team;4;;\n;;;;;\n"
    )
    file.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    read = read_marks(file, book)
    assert marks(read, "chen") == [(2.5, "gut, aber kurz"), (None, "")]
    assert marks(read, "ada")[0] == (None, ""), "an emptied mark is taken back"
    assert marks(read, "ada")[1] == marks(book, "ada")[1], "a row that is not there says nothing"


def test_marks_count_for_the_grade(
    book: Gradebook, tmp_path: Path, grade_of: Callable[[str, str], Grade]
) -> None:
    file = tmp_path / "marks.csv"
    row = "chen@example.org,choose-a-stack,{},4,{},\n"
    rows = row.format("Fits the team", 3) + row.format("Weighs the costs", 1.5)
    file.write_text(HEADING + rows, encoding="utf-8")
    read = read_marks(file, book)
    (chen,) = (
        one for one in read.grades if (one.learner, one.exercise) == ("chen@example.org", ESSAY)
    )
    assert (chen.total, chen.awaits_a_person) == (6.5, False)
    assert grade_of("chen", ESSAY).total == 2
    assert len(read.grades) == len(book.grades)


# ---- what a submission says -----------------------------------------------------------------

EXERCISE = """---
kernelspec:
  display_name: Python 3
  name: python3
---

# Exercise

+++

Your answer:

```{code-cell} ipython3
print("given")
```
"""


def submission(folder: Path, notebook: str) -> Submission:
    return Submission(
        "ada",
        "Ada",
        ESSAY,
        folder,
        folder,
        notebook,
        cells=(),
        submitted=None,
        attempt=1,
        digest="",
    )


@pytest.mark.parametrize("kind", ["ipynb", "md"])
def test_the_text_of_a_notebook_apart_from_what_was_given(tmp_path: Path, kind: str) -> None:
    if kind == "ipynb":
        cells = [
            nbformat.v4.new_markdown_cell("# Exercise\n"),
            nbformat.v4.new_markdown_cell("My answer: cron."),
            nbformat.v4.new_code_cell('print("given")'),
            nbformat.v4.new_code_cell(""),
        ]
        text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    else:
        text = EXERCISE.replace("Your answer:", "My answer: cron.")
    (tmp_path / f"work.{kind}").write_text(text, encoding="utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "stack.md").write_bytes(b"caf\xe9")
    (tmp_path / "data.csv").write_text("1,2")
    (tmp_path / "secret.txt").symlink_to("/etc/hostname")
    assert passages(submission(tmp_path, f"work.{kind}"), EXERCISE) == [
        Passage("text", "# Exercise", given=True),
        Passage("text", "My answer: cron."),
        Passage("code", 'print("given")', given=True),
        Passage("file", "caf\\xe9", "notes/stack.md"),
    ]


def test_a_heap_of_files_is_not_all_shown(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text("x" * 70_000)
    found = passages(submission(tmp_path, ""))
    assert len(found) == 21
    assert found[0].text.endswith("… the rest is left out")
    assert found[-1].text == "There are 10 more files."


@pytest.mark.parametrize(
    "text", ['{"cells": [{"cell_type": "mark', json.dumps({"cells": 3}), "[" * 5000, "x" * 100_000]
)
def test_what_is_no_notebook_is_shown_as_it_lies_there(tmp_path: Path, text: str) -> None:
    (tmp_path / "work.ipynb").write_text(text)
    (found,) = passages(submission(tmp_path, "work.ipynb"))
    assert found.text[:1000] == text[:1000]
    assert len(found.text) < 61_000
