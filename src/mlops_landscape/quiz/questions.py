"""The questions of a quiz, as data: what a quiz file says once it is known to be right."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import BOOK
from mlops_landscape.quiz.validation import read_valid

SUFFIX = ".quiz.yml"


@dataclass(frozen=True)
class Option:
    """One option of a choice, and why it is right or wrong."""

    text: str
    right: bool
    reason: str


@dataclass(frozen=True)
class OrderedItem:
    """One item of an ordering, and why it stands where it stands."""

    text: str
    reason: str


@dataclass(frozen=True)
class Pair:
    """One item of a matching, its partner, and why they belong together."""

    item: str
    partner: str
    reason: str


@dataclass(frozen=True)
class NearMiss:
    """A wrong short answer that readers give, and why it is wrong."""

    answer: str
    reason: str


@dataclass(frozen=True)
class Question:
    """What every question has.

    Attributes
    ----------
    id
        Name of the question in its quiz; readers' answers are kept under it.
    question, explanation
        Texts with inline markup.
    hint
        Text with inline markup, empty if there is none.
    """

    id: str
    question: str
    explanation: str
    hint: str


@dataclass(frozen=True)
class Choice(Question):
    """A question with options: one right one (`single`) or any number (`several`)."""

    kind: Literal["single", "several"]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Ordering(Question):
    """Items to be put in order; `items` is the right order."""

    items: tuple[OrderedItem, ...]
    kind: Literal["ordering"] = "ordering"


@dataclass(frozen=True)
class Matching(Question):
    """Items to be matched with partners."""

    pairs: tuple[Pair, ...]
    kind: Literal["matching"] = "matching"


@dataclass(frozen=True)
class Short(Question):
    """A question with a typed answer.

    Attributes
    ----------
    accepted
        Right answers; case and spaces do not count.
    pattern
        JavaScript regular expression that further right answers match as a whole, or empty.
    near_misses
        Wrong answers with a reason of their own.
    """

    accepted: tuple[str, ...]
    pattern: str
    near_misses: tuple[NearMiss, ...]
    kind: Literal["short"] = "short"


@dataclass(frozen=True)
class QuizData:
    """A quiz file, checked.

    Attributes
    ----------
    name
        Docname of the chapter that the quiz belongs to, such as ``tools/mlflow``.
    title
        Its heading, with inline markup.
    questions
        In the order of the file.
    """

    name: str
    title: str
    questions: tuple[Question, ...]


def load_quiz(path: Path) -> QuizData:
    """Read and check a quiz file.

    Parameters
    ----------
    path
        A ``*.quiz.yml`` file.

    Raises
    ------
    InputError
        Listing every mistake in the file: YAML, schema, repeated ids or options, a question
        without a right answer, a pattern that does not compile.
    """
    data = read_valid(path)
    return QuizData(
        name=_name(path),
        title=data["title"],
        questions=tuple(_question(entry) for entry in data["questions"]),
    )


def _name(path: Path) -> str:
    resolved, book = path.resolve(), BOOK.resolve()
    inside = resolved.relative_to(book) if resolved.is_relative_to(book) else Path(path.name)
    return inside.as_posix().removesuffix(SUFFIX)


def _question(entry: dict[str, Any]) -> Question:
    common = {
        "id": entry["id"],
        "question": entry["question"],
        "explanation": entry["explanation"],
        "hint": entry.get("hint", ""),
    }
    match entry["kind"]:
        case "ordering":
            items = tuple(OrderedItem(i["item"], i["reason"]) for i in entry["items"])
            return Ordering(**common, items=items)
        case "matching":
            pairs = tuple(Pair(p["item"], p["partner"], p["reason"]) for p in entry["pairs"])
            return Matching(**common, pairs=pairs)
        case "short":
            misses = tuple(NearMiss(m["answer"], m["reason"]) for m in entry.get("near_misses", ()))
            return Short(
                **common,
                accepted=tuple(entry["accepted"]),
                pattern=entry.get("pattern", ""),
                near_misses=misses,
            )
        case kind:
            options = tuple(
                Option(o["right"] if "right" in o else o["wrong"], "right" in o, o["reason"])
                for o in entry["options"]
            )
            return Choice(**common, kind=kind, options=options)


def quiz_names(book: Path = BOOK) -> list[str]:
    """Return the names of all quizzes below `book`, sorted."""
    return sorted(
        path.relative_to(book).as_posix().removesuffix(SUFFIX) for path in book.rglob(f"*{SUFFIX}")
    )


def quiz_path(name: str, book: Path = BOOK) -> Path:
    """Return the file of the quiz called `name`.

    Raises
    ------
    InputError
        If there is none; the message names those that there are.
    """
    names = quiz_names(book)
    if name not in names:
        known = ", ".join(names) or f"none yet; write {book.name}/<chapter>{SUFFIX}"
        raise InputError(
            [
                Problem(
                    book,
                    "",
                    f"there is no quiz called {name!r}",
                    f"a quiz has the name of its chapter; known are: {known}",
                )
            ]
        )
    return book / f"{name}{SUFFIX}"
