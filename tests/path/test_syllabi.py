"""``syllabi.yml``: the course's own is right, and every mistake is named with place and mend."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.path import Course, load_course
from mlops_landscape.path.plans import grading_html, leave_out_html, plan_html
from mlops_landscape.path.syllabi import SYLLABI, load_syllabi

FILE = """\
syllabi:
  - id: evening
    name: One evening
    frame: 60
    home: 90
    before:
      - {page: book/words}
    sessions:
      - when: First
        title: Begin
        minutes: 35
        why: It comes first.
        in_class:
          - {page: book/first, what: live, minutes: 15}
          - {exercise: small, graded: true}
      - when: Second
        title: End
        minutes: 25
        why: It comes last.
        in_class:
          - {activity: What was it for?, minutes: 25, leave_out: it can wait}
        at_home:
          - {exercise: essay, graded: true}
          - {page: book/inside}
"""


@pytest.fixture
def course(small_course: Callable[[], Path]) -> Course:
    """Read the small course."""
    return load_course(small_course())


def problems(course: Course, folder: Path, text: str) -> list[Problem]:
    file = folder / "syllabi.yml"
    file.write_text(text)
    with pytest.raises(InputError) as raised:
        load_syllabi(course, file)
    return raised.value.problems


def test_minutes_and_points_come_from_the_book(course: Course, tmp_path: Path) -> None:
    (tmp_path / "syllabi.yml").write_text(FILE)
    evening = load_syllabi(course, tmp_path / "syllabi.yml")["evening"]
    assert [item.minutes for item in evening.sessions[0].in_class] == [15, 20]
    assert evening.sessions[1].home_minutes == 65
    assert [step.slug for step in evening.graded] == ["small", "essay"]
    assert evening.points == 22


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "mend"),
    [
        ("page: book/words", "page: book/worlds", "line 7", "no page 'book/worlds'", "book/words"),
        ("exercise: small", "exercise: smal", "line 15", "no exercise 'smal'", "small"),
        ("exercise: small", "exercise: book/first", "line 15", "has the wrong form", "Lower case"),
        ("live, minutes: 15", "live, minutes: 20", "line 13", "20 + 20 = 40 minutes", "change"),
        ("live, minutes: 15", "live, minutes: 10", "line 13", "5 too few", "change"),
        ("what: live, minutes: 15", "what: live", "line 14", "needs its `minutes`", "how long"),
        ("inside}", "inside, minutes: 9}", "line 24", "reading was measured", "out"),
        ("frame: 60", "frame: 90", "line 4", "take 60 minutes, and the frame has 90", "change"),
        ("home: 90", "home: 60", "line 22", "65 minutes at home", "raise `home`"),
        ("exercise: essay", "exercise: small", "line 23", "already done on line 15", "once"),
        (
            "graded: true}\n      - when",
            "minutes: 5}\n      - when",
            "line 15",
            "front matter",
            "out",
        ),
        ("page: book/inside", "page: book/inside, graded: true", "line 24", "no points", "out"),
        (
            "activity: What",
            "page: book/first, activity: What",
            "line 21",
            "`page` and `activity`",
            "keep one",
        ),
        ("{page: book/words}", "{what: nothing}", "line 7", "none of them", "keep one"),
        (
            "minutes: 25, leave",
            "or: book/first, minutes: 25, leave",
            "line 21",
            "`or`",
            "in `activity`",
        ),
        ("why: It comes last.", "wy: It comes last.", "line 16", "'why' is missing", "add 'why'"),
    ],
)
def test_a_mistake_is_named_with_place_and_mend(
    course: Course, tmp_path: Path, old: str, new: str, place: str, what: str, mend: str
) -> None:
    assert FILE.count(old) == 1
    found = problems(course, tmp_path, FILE.replace(old, new))
    said = [
        problem
        for problem in found
        if problem.place.startswith(place) and what in problem.what and mend in problem.mend
    ]
    assert said, "\n".join(map(str, found))


def test_all_mistakes_are_listed_in_one_run(course: Course, tmp_path: Path) -> None:
    text = FILE.replace("book/words", "book/worlds").replace("frame: 60", "frame: 61")
    text = text.replace("exercise: essay", "exercise: small")
    text += FILE.removeprefix("syllabi:\n")
    found = problems(course, tmp_path, text)
    for what in ("book/worlds", "frame has 61", "already done", "two syllabi 'evening'"):
        assert any(what in problem.what for problem in found), what


def test_what_the_book_does_not_have_yet_is_replaced(course: Course, tmp_path: Path) -> None:
    text = FILE.replace("page: book/first,", "page: book/later, or: book/first,")
    text = text.replace("exercise: essay,", "exercise: later, or: book/first,")
    (tmp_path / "syllabi.yml").write_text(text)
    evening = load_syllabi(course, tmp_path / "syllabi.yml")["evening"]
    assert evening.sessions[0].in_class[0].step == course.pages["book/first"]
    assert evening.points == 10, "a page has no points"


def test_a_plan_as_tables(course: Course, tmp_path: Path) -> None:
    (tmp_path / "syllabi.yml").write_text(FILE)
    evening = load_syllabi(course, tmp_path / "syllabi.yml")["evening"]

    def rows(html: str) -> list[list[str]]:
        found = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
        return [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]

    plan = rows(plan_html(evening).data)
    assert ["First: BeginIt comes first.", "35", "", "10"] in plan
    assert ["Essay", "", "60", "12"] in plan
    assert plan[-1] == ["In all", "60", "65", "22"]
    assert rows(grading_html(evening).data)[-2:] == [
        ["Essay", "12", "5 its checks, 7 you, by its rubric"],
        ["Together", "22", "15 the checks, 7 you"],
    ]
    assert rows(leave_out_html(evening).data)[1:] == [["What was it for?", "25", "it can wait"]]


def test_the_course_has_a_day_a_week_and_a_term() -> None:
    syllabi = load_syllabi(load_course())
    assert list(syllabi) == ["one-day", "one-week", "one-term"]
    assert len(syllabi["one-week"].sessions) == 5
    assert len(syllabi["one-term"].sessions) == 12
    for syllabus in syllabi.values():
        assert syllabus.points == sum(step.points for step in syllabus.graded) > 0
        assert any(item.leave_out for item in syllabus.items)


def test_the_stages_are_in_every_plan_as_soon_as_the_book_has_them() -> None:
    text = SYLLABI.read_text()
    for stage in ("versioning", "training", "deployment", "monitoring"):
        assert text.count(f"page: book/stages/{stage},") == 3
    assert text.count("page: book/stages/orchestration,") == 2, "a day is too short for it"
