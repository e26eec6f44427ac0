"""Everything that people write by hand, checked before anything runs: all mistakes in one list."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from mlops_landscape.book import ran
from mlops_landscape.book.chapters import Chapter, read_chapters
from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.catalogue.changes import load_changes
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises.commands import build_exercises
from mlops_landscape.journey.swaps import load_swaps
from mlops_landscape.path import load_course
from mlops_landscape.path.syllabi import SYLLABI, load_syllabi
from mlops_landscape.paths import BOOK
from mlops_landscape.quiz import load_quiz
from mlops_landscape.stack.stacks import load_stacks
from mlops_landscape.weighing import load_aspects

_Result = TypeVar("_Result")


def validate() -> list[Chapter]:
    """Check everything that is written by hand: contents, chapters, data, exercises, syllabi.

    Returns
    -------
    list of Chapter
        Every page of the book, in reading order.

    Raises
    ------
    InputError
        With every mistake found in any of them.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], _Result]) -> _Result | None:
        try:
            return read()
        except InputError as error:
            problems.extend(error.problems)
            return None

    catalogue = attempt(load_catalogue)
    if catalogue is not None:
        attempt(lambda: load_stacks(catalogue))
        attempt(lambda: load_changes(catalogue=catalogue))
        attempt(lambda: load_swaps(catalogue))
    attempt(load_aspects)
    attempt(lambda: build_exercises(check_only=True))
    for path in sorted(BOOK.rglob("*.quiz.yml")):
        attempt(lambda path=path: load_quiz(path))  # type: ignore[misc]
    chapters = attempt(read_chapters) or []
    problems += _quizzes_without_a_page(chapters)
    if catalogue is not None:
        problems += ran.problems(chapters, {tool.id for tool in catalogue.tools})
    # Their minutes and points are those of the pages and exercises, which have to be in order.
    if not problems and SYLLABI.is_file():
        attempt(lambda: load_syllabi(load_course()))
    if problems:
        raise InputError(problems)
    return chapters


def _quizzes_without_a_page(chapters: list[Chapter]) -> Iterator[Problem]:
    if not chapters:
        return
    pages = {chapter.path: chapter for chapter in chapters}
    for path in sorted(BOOK.rglob("*.quiz.yml")):
        page = path.with_name(path.name.replace(".quiz.yml", ".md"))
        name = page.relative_to(BOOK).with_suffix("").as_posix()
        if page not in pages or f'quiz("{name}")' not in "\n".join(pages[page].code):
            yield Problem(
                path,
                "",
                "no page asks these questions",
                f'add a code cell with quiz("{name}") to book/{name}.md',
            )
