"""The instructor's syllabi: ``book/teaching/syllabi.yml``, judged by what the book holds."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_landscape.catalogue.schema import problem_at, schema_problems, validator_for
from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.path.steps import Course, Step
from mlops_landscape.paths import BOOK

SYLLABI = BOOK / "teaching" / "syllabi.yml"
SCHEMA = Path(__file__).with_name("syllabi.schema.json")

KINDS = ("page", "exercise", "activity")


@dataclass(frozen=True)
class Item:
    """One thing that a class does.

    Attributes
    ----------
    step
        The page or exercise; None for something that only happens in the room.
    what
        What is done with it, or what happens; may be empty beside a step.
    minutes
        How long.
    is_graded
        Whether an exercise's points count.
    leave_out
        Why it is the first to go when time is short; empty if it is not.
    """

    step: Step | None
    what: str
    minutes: int
    is_graded: bool = False
    leave_out: str = ""


@dataclass(frozen=True)
class Session:
    """What happens between two breaks, and what is to be done until the next."""

    when: str
    title: str
    minutes: int
    why: str
    in_class: tuple[Item, ...]
    at_home: tuple[Item, ...]

    @property
    def home_minutes(self) -> int:
        """Of all that is to be done until the next session."""
        return sum(item.minutes for item in self.at_home)


@dataclass(frozen=True)
class Syllabus:
    """One plan.

    Attributes
    ----------
    id, name
        What the page calls it by, and what a reader sees.
    frame
        Minutes in the room, without breaks.
    before
        What is to be done before the first session.
    sessions
        In order.
    """

    id: str
    name: str
    frame: int
    before: tuple[Item, ...]
    sessions: tuple[Session, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything in it, in the order in which it is done."""
        inside = [item for one in self.sessions for item in (*one.in_class, *one.at_home)]
        return (*self.before, *inside)

    @property
    def graded(self) -> tuple[Step, ...]:
        """The exercises whose points count, in the order in which they are done."""
        steps = [item.step for item in self.items if item.is_graded]
        return tuple(step for step in steps if step and step.is_exercise)

    @property
    def points(self) -> int:
        """What all of them are worth together."""
        return sum(step.points for step in self.graded)


def load_syllabi(course: Course, file: Path = SYLLABI) -> dict[str, Syllabus]:
    """Read the syllabi, by id.

    Parameters
    ----------
    course
        The pages and exercises that there are.
    file
        The course's own by default.

    Raises
    ------
    InputError
        If anything is wrong; it lists all mistakes found, with file, line and field.
    """
    document = read_document(file)
    problems = list(document.problems)
    if document.data is not None:
        problems += schema_problems(document, validator_for(SCHEMA, "syllabi-file"))
    # What is not of the right form cannot be judged any further.
    if not problems:
        problems += _Judge(document, course).problems()
    if problems:
        raise InputError(problems)
    found = [_syllabus(entry, course) for entry in document.data["syllabi"]]
    return {syllabus.id: syllabus for syllabus in found}


def _chosen(entry: dict[str, Any], course: Course) -> Step | None:
    """Return the page or exercise that `entry` names: the first of the two that the book has."""
    known = {**course.pages, **course.exercises}
    names = (entry.get("page"), entry.get("exercise"), entry.get("or"))
    return next((known[name] for name in names if name in known), None)


def _item(entry: dict[str, Any], course: Course) -> Item:
    step = _chosen(entry, course)
    minutes = entry.get("minutes", step.minutes if step else 0)
    return Item(
        step,
        entry.get("activity", entry.get("what", "")),
        minutes,
        entry.get("graded", False),
        entry.get("leave_out", ""),
    )


def _syllabus(entry: dict[str, Any], course: Course) -> Syllabus:
    def items(entries: list[dict[str, Any]]) -> tuple[Item, ...]:
        return tuple(_item(each, course) for each in entries)

    sessions = tuple(
        Session(
            each["when"],
            each["title"],
            each["minutes"],
            each["why"],
            items(each["in_class"]),
            items(each.get("at_home", [])),
        )
        for each in entry["sessions"]
    )
    return Syllabus(
        entry["id"], entry["name"], entry["frame"], items(entry.get("before", [])), sessions
    )


class _Judge:
    """Finds what a schema cannot say, in a file of the right form."""

    def __init__(self, document: Document, course: Course) -> None:
        self.document = document
        self.course = course

    def problems(self) -> Iterator[Problem]:
        """Yield every mistake, syllabus by syllabus."""
        ids: set[str] = set()
        for number, entry in enumerate(self.document.data["syllabi"]):
            place: Place = ("syllabi", number)
            if entry["id"] in ids:
                what = f"there are two syllabi {entry['id']!r}"
                yield self._at((*place, "id"), what, "give one of them another id")
            ids.add(entry["id"])
            yield from self._syllabus(place, entry)

    def _at(self, place: Place, what: str, mend: str) -> Problem:
        return problem_at(self.document, place, what, mend)

    def _syllabus(self, place: Place, entry: dict[str, Any]) -> Iterator[Problem]:
        items = list(self._entries(place, entry))
        found = [problem for at, item in items for problem in self._item(at, item)]
        yield from found
        yield from self._twice(items)
        sessions = entry["sessions"]
        total = sum(session["minutes"] for session in sessions)
        if total != entry["frame"]:
            what = f"its sessions take {total} minutes, and the frame has {entry['frame']}"
            yield self._at((*place, "frame"), what, "change a session, or the frame")
        if found:
            return  # minutes of what is not there cannot be added
        for number, session in enumerate(sessions):
            yield from self._minutes((*place, "sessions", number), session, entry["home"])
        yield from self._home((*place, "before"), entry.get("before", []), entry["home"])

    def _entries(
        self, place: Place, entry: dict[str, Any]
    ) -> Iterator[tuple[Place, dict[str, Any]]]:
        for number, item in enumerate(entry.get("before", [])):
            yield (*place, "before", number), item
        for at, session in enumerate(entry["sessions"]):
            for key in ("in_class", "at_home"):
                for number, item in enumerate(session.get(key, [])):
                    yield (*place, "sessions", at, key, number), item

    def _item(self, place: Place, item: dict[str, Any]) -> Iterator[Problem]:
        kinds = [kind for kind in KINDS if kind in item]
        if len(kinds) != 1:
            said = " and ".join(f"`{kind}`" for kind in kinds) or "none of them"
            what = f"an item is one of `page`, `exercise` and `activity`, and here is {said}"
            yield self._at(place, what, "keep one; make two items of two")
            return
        kind = kinds[0]
        if kind != "activity":
            known = self.course.pages if kind == "page" else self.course.exercises
            if item[kind] not in known and _chosen(item, self.course) is None:
                yield self._unknown(place, kind, item)
        # A page is taught in class, and read at home.
        is_measured = kind == "exercise" or (kind == "page" and "in_class" not in place)
        if is_measured and "minutes" in item:
            says = "its front matter says" if kind == "exercise" else "reading was measured to take"
            what = f"the minutes of this {kind} are those that {says}"
            yield self._at((*place, "minutes"), what, "take `minutes` out")
        if not is_measured and "minutes" not in item:
            what = f"this {kind} needs its `minutes`"
            yield self._at(place, what, "say how long you take for it")
        if kind != "exercise" and item.get("graded"):
            yield self._at((*place, "graded"), f"this {kind} has no points", "take `graded` out")
        if kind == "activity" and ("or" in item or "what" in item):
            key = "or" if "or" in item else "what"
            yield self._at((*place, key), f"an activity has no `{key}`", "say it in `activity`")

    def _unknown(self, place: Place, kind: str, item: dict[str, Any]) -> Problem:
        known = list(self.course.pages if kind == "page" else self.course.exercises)
        name = item[kind]
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known
        neither = f", nor {item['or']!r}" if "or" in item else ""
        what = f"_toc.yml has no {kind} {name!r}{neither}"
        return self._at((*place, kind), what, f"use one that is there: {', '.join(near)}")

    def _twice(self, items: list[tuple[Place, dict[str, Any]]]) -> Iterator[Problem]:
        first: dict[str, Place] = {}
        for place, item in items:
            step = _chosen(item, self.course)
            if step is None or not step.is_exercise:
                continue
            if step.slug in first:
                line = self.document.line(first[step.slug])
                what = f"the exercise {step.slug!r} is already done on line {line}"
                yield self._at(place, what, "do it once, so its points count once")
            first.setdefault(step.slug, place)

    def _minutes(self, place: Place, session: dict[str, Any], home: int) -> Iterator[Problem]:
        items = [_item(each, self.course) for each in session["in_class"]]
        total, frame = sum(item.minutes for item in items), session["minutes"]
        if total != frame:
            parts = " + ".join(str(item.minutes) for item in items)
            side = f"{total - frame} too many" if total > frame else f"{frame - total} too few"
            what = f"{parts} = {total} minutes in class, and the session has {frame}: {side}"
            yield self._at((*place, "in_class"), what, "change what is done, or for how long")
        yield from self._home((*place, "at_home"), session.get("at_home", []), home)

    def _home(self, place: Place, entries: list[dict[str, Any]], most: int) -> Iterator[Problem]:
        total = sum(_item(each, self.course).minutes for each in entries)
        if total > most:
            what = f"{total} minutes at home, and nobody is asked for more than {most}"
            yield self._at(place, what, "take something out, or raise `home`")
