"""The three ways come from the table of contents, whatever it lists."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from mlops_landscape.book.chapters import docnames
from mlops_landscape.path import Course, door_html, load_course, steps_html
from mlops_landscape.path.data import course_script
from mlops_landscape.quiz import load_quiz, quiz_path

from .conftest import TOC

SmallCourse = Callable[..., Path]


def names(course: Course, door: str) -> list[str]:
    return [step.docname for step in course.door(door).steps]


def test_chapters_are_read_exercises_done_and_teaching_is_for_teachers(
    small_course: SmallCourse,
) -> None:
    course = load_course(small_course())
    assert names(course, "read") == ["book/first", "book/inside"]
    assert names(course, "do") == ["exercises/small", "exercises/essay"]
    assert names(course, "teach") == ["book/grading"]
    assert [part.caption for part in course.door("do").parts] == ["Tools", "Practice"]
    assert "book/words" in course.pages, "it may be given to read, and is no step"


def test_order_is_that_of_the_table_of_contents(small_course: SmallCourse) -> None:
    first, practice = TOC.index("  - caption: Tools"), TOC.index("  - caption: Practice")
    teaching = TOC.index("  - caption: Teaching")
    turned = TOC[:first] + TOC[practice:teaching] + TOC[first:practice] + TOC[teaching:]
    course = load_course(small_course(turned))
    assert names(course, "do") == ["exercises/essay", "exercises/small"]


def test_a_table_of_contents_without_parts(small_course: SmallCourse) -> None:
    toc = "format: jb-book\nroot: book/index\nchapters:\n  - file: book/first\n"
    course = load_course(small_course(toc))
    assert names(course, "read") == ["book/first"]
    assert names(course, "do") == names(course, "teach") == []
    assert door_html(course, "do").data == ""
    assert "Pages" in steps_html(course).data


def test_times_titles_and_points(small_course: SmallCourse) -> None:
    course = load_course(small_course())
    first = course.pages["book/first"]
    assert (first.title, first.minutes, first.questions) == ("The first page", 15, 4)
    assert course.exercises["small"].minutes == 20
    essay = course.exercises["essay"]
    assert (essay.title, essay.points, essay.marked_by_hand) == ("Essay", 12, 7)
    assert course.door("do").minutes == 80


def test_a_door_says_how_much_it_is_and_where_it_begins(small_course: SmallCourse) -> None:
    course = load_course(small_course())
    html = door_html(course, "do").data
    assert "2 exercises, 1 h 20 min" in html
    assert '<a href="../exercises/small.html">Begin: Small</a>' in html
    assert "1 page, 5 min" in door_html(course, "teach").data


def test_the_course_itself_every_page_is_a_step_or_is_none_for_a_reason() -> None:
    course = load_course()
    steps = [step.docname for door in course.doors for step in door.steps]
    assert len(steps) == len(set(steps))
    left = set(docnames()) - set(steps)
    known = r"book/index|book/reference/.*|solutions/.*"
    assert not [name for name in left if not re.fullmatch(known, name)]


def test_what_the_script_gets_knows_every_question_as_the_quiz_itself_does() -> None:
    course = load_course()
    script = course_script(course)
    assert script.startswith("window.mlopsCourse = ")
    data = json.loads(script.removeprefix("window.mlopsCourse = ").rstrip(";\n"))
    assert [door["id"] for door in data["doors"]] == ["read", "do", "teach"]
    quizzes = [step["quiz"] for door in data["doors"] for step in door["steps"] if "quiz" in step]
    assert quizzes
    for quiz in quizzes:
        questions = load_quiz(quiz_path(quiz["name"])).questions
        assert list(quiz["digests"]) == [question.id for question in questions]
        assert all(re.fullmatch("[0-9a-f]{12}", digest) for digest in quiz["digests"].values())
