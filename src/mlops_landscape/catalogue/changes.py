"""Then and now: old code that tutorials still show, and the chapter in which both were run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.catalogue.load import load_catalogue
from mlops_landscape.catalogue.model import Catalogue
from mlops_landscape.catalogue.schema import problem_at, schema_problems, validator_for
from mlops_landscape.documents import Document, read_document
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import BOOK, CATALOGUE, relative

HOW = {
    "error": "stops with an error",
    "warning": "still runs, and warns",
    "silent": "still runs, and does something else",
}
"""How old code fails, as a reader sees it."""


@dataclass(frozen=True)
class Change:
    """One pair of old and new.

    Parameters
    ----------
    id
        Its name.
    tool
        Id of the tool.
    old, new
        A name, an import or a call.
    since
        The version with which it changed.
    date
        Of that version, as precise as known: ``2026``, ``2026-03`` or ``2026-03-05``.
    how
        A key of `HOW`.
    shows
        What the page's cell printed for the old code; the text stands there word for word.
    chapter, anchor
        The page that runs both, and the id of the section on it.
    source
        URL of the page that says since when; empty if it could not be confirmed.
    unconfirmed
        What was looked for and not found; empty for a confirmed one.
    """

    id: str
    tool: str
    old: str
    since: str
    date: str
    how: str
    shows: str
    new: str
    chapter: str
    anchor: str
    source: str = ""
    unconfirmed: str = ""


def load_changes(
    folder: Path = CATALOGUE, book: Path = BOOK, catalogue: Catalogue | None = None
) -> list[Change]:
    """Read ``changes.yml``, in the order of the file.

    Parameters
    ----------
    folder
        Where the file is.
    book
        Where the chapters are.
    catalogue
        Whose tools the changes are about; the course's own by default.

    Raises
    ------
    InputError
        If anything is wrong; it lists all mistakes found, with file, line, change and field.
    """
    document = read_document(folder / "changes.yml")
    problems = list(document.problems)
    if document.data is not None:
        validator = validator_for(CATALOGUE / "catalogue.schema.json", "changes-file")
        problems += schema_problems(document, validator)
    if not problems:
        known = {tool.id for tool in (catalogue or load_catalogue()).tools}
        problems += _cross_problems(document, known, book)
    if problems:
        raise InputError(problems)
    return [Change(**item) for item in document.data["changes"]]


def _cross_problems(document: Document, tools: set[str], book: Path) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for position, item in enumerate(document.data["changes"]):
        place = ("changes", position)

        def problem(field: str, what: str, mend: str, place: tuple = place) -> Problem:
            return problem_at(document, (*place, field), what, mend)

        if item["id"] in first:
            yield problem("id", f"already used on line {first[item['id']]}", "give it its own id")
        first.setdefault(item["id"], document.line((*place, "id")))
        if item["tool"] not in tools:
            yield problem("tool", f"{item['tool']!r} is not in tools.yml", "name a tool's id")
        if not (book / f"{item['chapter']}.md").is_file():
            missing = relative(book / f"{item['chapter']}.md")
            yield problem("chapter", f"there is no chapter {missing}", "correct the name")
        if ("source" in item) == ("unconfirmed" in item):
            mend = "give the page that says since when, or what was looked for and not found"
            yield problem("since", "it needs either 'source' or 'unconfirmed'", mend)
