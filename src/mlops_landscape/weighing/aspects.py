"""The ten aspects as data: what the course claims of each, and what this book found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem

ASPECTS = Path(__file__).with_name("aspects.yml")

SIDES = {
    "open-source-strongly": -2,
    "open-source": -1,
    "depends": 0,
    "managed": 1,
    "managed-strongly": 2,
}
"""Which side an aspect favours, as written in the file, and its points for each unit of weight.

Below zero for open source, above for managed.
"""

FIELDS = ("id", "name", "open_source", "managed", "favours", "why", "section")


@dataclass(frozen=True)
class Aspect:
    """One aspect of the choice.

    Parameters
    ----------
    id
        Lower case, words joined by hyphens; weights are kept under it.
    name
        As the course calls it.
    open_source, managed
        What the course claims of either side.
    favours
        A key of `SIDES`: what was found when it was examined.
    why
        The finding in one or two sentences.
    section
        Id of the section on the page that examines it.
    """

    id: str
    name: str
    open_source: str
    managed: str
    favours: str
    why: str
    section: str

    @property
    def lean(self) -> int:
        """Points for each unit of weight: -2 (open source, strongly) to 2 (managed, strongly)."""
        return SIDES[self.favours]


def load_aspects(path: Path = ASPECTS) -> tuple[Aspect, ...]:
    """Read the aspects, in the order in which the page examines them.

    Raises
    ------
    InputError
        With every mistake in the file, in its order.
    """
    document = read_document(path)
    problems = list(document.problems)
    if document.data is not None:
        problems += [
            Problem(path, f"line {document.line(where)}", what, mend)
            for where, what, mend in _mistakes(document)
        ]
    if problems:
        raise InputError(problems)
    return tuple(Aspect(**entry) for entry in document.data["aspects"])


def _mistakes(document: Document) -> Iterator[tuple[Place, str, str]]:
    data = document.data
    entries = data.get("aspects") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        yield (), "there is no list `aspects`", "write `aspects:` and a list below it"
        return
    seen: dict[str, set[str]] = {"id": set(), "section": set()}
    for number, entry in enumerate(entries):
        where: Place = ("aspects", number)
        if not isinstance(entry, dict):
            yield where, "it is not an aspect", f"write the fields {', '.join(FIELDS)}"
            continue
        for key in entry:
            if key not in FIELDS:
                yield (*where, key), f"`{key}` is not known here", f"use: {', '.join(FIELDS)}"
        for key in FIELDS:
            if key not in entry:
                yield where, f"`{key}` is missing", f"add `{key}:`"
            elif not isinstance(entry[key], str) or not entry[key].strip():
                yield (*where, key), f"`{key}` is not a text", "write a text, in quotes if need be"
        favours = entry.get("favours")
        if isinstance(favours, str) and favours not in SIDES:
            yield (
                (*where, "favours"),
                f"{favours!r} is not a side",
                f"use one of: {', '.join(SIDES)}",
            )
        for key, known in seen.items():
            value = entry.get(key)
            if not isinstance(value, str):
                continue
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
                mend = "use small letters, digits and single hyphens"
                yield (*where, key), f"{value!r} cannot be an id", mend
            if value in known:
                yield (*where, key), f"{value!r} is used twice", "give each aspect its own"
            known.add(value)
