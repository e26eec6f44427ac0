"""Which grades go to another system, and finding their learners in a table that it wrote."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from mlops_landscape.errors import Problem
from mlops_landscape.grading.model import Grade
from mlops_landscape.grading.tables import Table


def final(grade: Grade) -> bool:
    """Whether the points of `grade` are all that it will get."""
    return bool(grade.exercise) and not grade.awaits_a_person


def spelt(text: str) -> str:
    """Return `text` without what two systems write differently: case, spaces, accents' encoding."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def turned(name: str) -> str:
    """Return ``Last, First`` as ``First Last``."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


class Rows:
    """The rows of a table by whatever names a person in them.

    Parameters
    ----------
    rows
        For each row that is a person's: its number, and all names that it has for them, the
        surest first.
    """

    def __init__(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        self._by_rank: list[dict[str, list[int]]] = []
        for row, names in rows:
            for rank, name in enumerate(names):
                while len(self._by_rank) <= rank:
                    self._by_rank.append(defaultdict(list))
                if name.strip():
                    self._by_rank[rank][spelt(name)].append(row)

    def find(self, grade: Grade) -> list[int]:
        """Return the rows of a grade's learner: one, none, or more if the name is not enough."""
        for name in (grade.learner, grade.name):
            for names in self._by_rank:
                if found := names.get(spelt(name)):
                    return found
        return []


def not_placed(table: Table, grade: Grade, rows: list[int], columns: str) -> Problem:
    """Return what to say of a grade that has not exactly one row."""
    who = f"learner {grade.learner!r}, exercise {grade.exercise!r}"
    if rows:
        numbers = " and ".join(str(table.rows[row][0]) for row in rows)
        what = f"the name fits the rows {numbers}"
        mend = "enter these points by hand; an e-mail address or number would tell them apart"
    else:
        what = "no row is this learner's, so the points were not filled in"
        mend = f"compare the name with {columns}, or enter the points by hand"
    return Problem(table.file, who, what, mend)
