"""The roster: who is in the class, and what each system calls them.

A CSV file with a header; one line a learner. Only the first column is needed.

========== =========================================================================
Column     Holds
========== =========================================================================
learner    The id that grades are kept under.
name       For people to read; also finds work that a system names by it.
email      As Gradescope has it.
canvas     Canvas's user id: the first number in its file names.
moodle     Moodle's participant id: the number in its folder names.
gradescope The student id that Gradescope shows (``:sid:``), if it is not the learner's id.
========== =========================================================================
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.names import letters

COLUMNS = ("learner", "name", "email", "canvas", "moodle", "gradescope")
_UNIQUE = tuple(column for column in COLUMNS if column != "name")


@dataclass(frozen=True)
class Person:
    """One line of the roster; columns that it lacks are empty."""

    learner: str
    name: str = ""
    email: str = ""
    canvas: str = ""
    moodle: str = ""
    gradescope: str = ""


class Ambiguous(Exception):
    """Several people on the roster have this name."""


@dataclass(frozen=True)
class Roster:
    """Everybody in the class."""

    people: tuple[Person, ...]

    def find(self, kind: str, ids: Iterable[str], name: str) -> Person | None:
        """Return who is meant; None if nobody on the roster is.

        Parameters
        ----------
        kind
            The system that gave the ids: a name of a column, or anything else.
        ids
            What the system calls the learner, the surest first.
        name
            The learner's name, in any order and with or without spaces; used last.

        Raises
        ------
        Ambiguous
            If only the name fits, and it fits several people.
        """
        for one in ids:
            for column in (kind, "learner", "email"):
                if one and (person := self._by_id.get((column, one.casefold()))):
                    return person
        found = self._by_name.get(letters(name), [])
        if len(found) > 1:
            raise Ambiguous(", ".join(person.learner for person in found))
        return found[0] if found else None

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], Person]:
        return {
            (column, getattr(person, column).casefold()): person
            for person in self.people
            for column in _UNIQUE
        }

    @cached_property
    def _by_name(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            for spelling in _spellings(person.name):
                found[spelling].append(person)
        return found


def _spellings(name: str) -> set[str]:
    """Return "Ada Lovelace" and "Lovelace, Ada" as different systems would write them."""
    words = name.replace(",", " ").split()
    turns = (words[turn:] + words[:turn] for turn in range(len(words)))
    return {letters("".join(turn)) for turn in turns}


def read_roster(path: Path) -> Roster:
    """Read a roster; `;` and tabs between the columns are understood as well.

    Raises
    ------
    InputError
        With every mistake found in the file.
    """
    lines = _lines(path)
    header = [cell.strip().casefold() for cell in lines[0]]
    problems: list[Problem] = []
    if "learner" not in header:
        what = f"there is no column `learner`; the first line is {', '.join(lines[0])!r}"
        mend = f"name the columns in the first line: {', '.join(COLUMNS)}; only the first is needed"
        raise InputError([Problem(path, "line 1", what, mend)])
    for column in COLUMNS:
        if header.count(column) > 1:
            mend = "keep one of them"
            problems.append(Problem(path, "line 1", f"the column `{column}` comes twice", mend))
    people: list[Person] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        place = f"line {number}"
        if len(cells) > len(header):
            what = f"the line has {len(cells)} cells, the first line {len(header)}"
            problems.append(Problem(path, place, what, 'put a cell that holds a comma in "quotes"'))
            continue
        given = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        person = Person(**{column: given.get(column, "") for column in COLUMNS})
        if not person.learner:
            problems.append(Problem(path, place, "the learner has no id", "fill in `learner`"))
        for column in _UNIQUE:
            value = getattr(person, column)
            earlier = seen.setdefault((column, value.casefold()), number)
            if value and earlier != number:
                what = f"`{column}` is {value!r}, as in line {earlier}"
                problems.append(
                    Problem(path, place, what, "give each learner a line and id of own")
                )
        people.append(person)
    if not people and not problems:
        mend = "add a line for each learner"
        problems.append(Problem(path, "", "there is nobody on the roster", mend))
    if problems:
        raise InputError(problems)
    return Roster(tuple(people))


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        what = f"the roster cannot be read: {error.strerror}"
        raise InputError([Problem(path, "", what, "name a CSV file")]) from None
    except UnicodeDecodeError:
        mend = "save it as CSV in UTF-8"
        raise InputError([Problem(path, "", "the roster is not UTF-8 text", mend)]) from None
    first = text.split("\n", 1)[0]
    try:
        lines = list(
            csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
        )
    except csv.Error as error:
        what, mend = f"it is not CSV: {error}", "export it again as CSV"
        raise InputError([Problem(path, "", what, mend)]) from None
    if not lines or not any(cell.strip() for line in lines for cell in line):
        mend = f"write a first line with the columns: {', '.join(COLUMNS)}"
        raise InputError([Problem(path, "", "the roster is empty", mend)])
    return lines
