"""Reads the catalogue and finds every mistake in it."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from mlops_landscape.catalogue.licences import is_osi_approved
from mlops_landscape.catalogue.model import (
    Catalogue,
    Category,
    Event,
    Fact,
    Job,
    Package,
    Pairing,
    Runs,
    Stage,
    Status,
    Tool,
)
from mlops_landscape.catalogue.schema import problem_at, schema_problems, validator_for
from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import BOOK, CATALOGUE, relative

SCHEMA = "catalogue.schema.json"
FACTS = {"licence": "spdx", "owner": "name", "account": "needed"}
"""The dated facts of a tool, and the field of each that holds its value."""


def load_catalogue(folder: Path = CATALOGUE, book: Path = BOOK) -> Catalogue:
    """Read ``categories.yml``, ``stages.yml`` and ``tools.yml``.

    Parameters
    ----------
    folder
        Where the three files are. A folder without a schema of its own is judged by the
        course's schema.
    book
        Where the chapters are that tools name. Where there is none, as in a learner's package,
        nothing is said of them.

    Raises
    ------
    InputError
        If anything is wrong; it lists all mistakes found, with file, line, tool and field.
    """
    schema = folder / SCHEMA
    if not schema.exists():
        schema = CATALOGUE / SCHEMA
    documents = {
        name: read_document(folder / f"{name}.yml") for name in ("categories", "stages", "tools")
    }
    problems: list[Problem] = []
    for name, document in documents.items():
        problems.extend(document.problems)
        if document.data is not None:
            problems.extend(schema_problems(document, validator_for(schema, f"{name}-file")))
    # A file whose form is wrong cannot be read further; the others still can.
    problems.extend(_cross_problems(documents, book))
    if problems:
        raise InputError(problems)
    return Catalogue(
        categories=tuple(_category(item) for item in documents["categories"].data["categories"]),
        stages=tuple(
            Stage(**{**item, "jobs": tuple(item["jobs"])})
            for item in documents["stages"].data["stages"]
        ),
        tools=tuple(_tool(item) for item in documents["tools"].data["tools"]),
    )


def _category(item: dict[str, Any]) -> Category:
    return Category(**{**item, "jobs": tuple(Job(**job) for job in item["jobs"])})


def _tool(item: dict[str, Any]) -> Tool:
    fields = {**item, "categories": tuple(item["categories"]), "stages": tuple(item["stages"])}
    if "status" in item:
        status = item["status"]
        fields["status"] = Status(
            **{
                **status,
                "checked_on": date.fromisoformat(status["checked_on"]),
                "successors": tuple(status.get("successors", ())),
            }
        )
    for name, key in FACTS.items():
        if name in item:
            fields[name] = _fact(item[name], key)
    fields["events"] = tuple(Event(**event) for event in item.get("events", ()))
    fields["works_with"] = tuple(Pairing(**pairing) for pairing in item.get("works_with", ()))
    if "runs" in item:
        fields["runs"] = Runs(**item["runs"])
    if "package" in item:
        package = item["package"]
        fields["package"] = Package(
            **{**package, "checked_on": date.fromisoformat(package["checked_on"])}
        )
    return Tool(**fields)


def _fact(item: dict[str, Any], key: str) -> Fact:
    rest = {name: value for name, value in item.items() if name not in (key, "checked_on")}
    return Fact(value=item.get(key), checked_on=date.fromisoformat(item["checked_on"]), **rest)


def _cross_problems(documents: dict[str, Document], book: Path) -> Iterator[Problem]:
    """Yield what a schema cannot see: duplicates, and names of what does not exist."""
    categories, stages, tools = (documents[name] for name in ("categories", "stages", "tools"))
    for document, key in ((categories, "categories"), (stages, "stages"), (tools, "tools")):
        yield from _duplicates(document, key, _items(document, key))
    jobs: set[str] = set()
    for place, category in _items(categories, "categories"):
        listed = category.get("jobs")
        own = [
            ((*place, "jobs", position), job)
            for position, job in enumerate(listed if isinstance(listed, list) else [])
            if isinstance(job, dict)
        ]
        yield from _duplicates(categories, "jobs", own)
        jobs.update(f"{category.get('id')}/{job.get('id')}" for _, job in own)
    stage_jobs: dict[str, list[str]] = {}
    for place, stage in _items(stages, "stages"):
        stage_jobs[str(stage.get("id"))] = [name for _, name in _texts(stage, place, "jobs")]
        for at, name in _texts(stage, place, "jobs"):
            if jobs and name not in jobs:
                mend = f"use one that categories.yml defines: {_like(name, jobs)}"
                yield problem_at(stages, at, f"there is no category and job {name!r}", mend)
    known_stages = set(stage_jobs)
    known_tools = {item.get("id") for _, item in _items(tools, "tools")}

    pairs: dict[frozenset[str], int] = {}
    for place, tool in _items(tools, "tools"):
        # With an unreadable list of jobs or stages every tool would seem wrong.
        if jobs:
            mend = "use one that categories.yml defines, or define it there; it has: "
            for at, name in _texts(tool, place, "categories"):
                if name not in jobs:
                    near = _like(name, jobs)
                    yield problem_at(
                        tools, at, f"there is no category and job {name!r}", mend + near
                    )
        own = {name for _, name in _texts(tool, place, "categories")}
        if known_stages:
            for at, name in _texts(tool, place, "stages"):
                if name not in known_stages:
                    names = ", ".join(sorted(map(str, known_stages)))
                    yield problem_at(
                        tools, at, f"there is no stage {name!r}", f"use one of: {names}"
                    )
                elif jobs.issuperset(own) and not own.intersection(stage_jobs[name]):
                    yield problem_at(
                        tools,
                        at,
                        f"the tool does none of the jobs of the stage {name!r}",
                        "take the stage out, or add the tool's job to it in stages.yml",
                    )
        status = tool.get("status")
        if isinstance(status, dict):
            for at, name in _texts(status, (*place, "status"), "successors"):
                if name == tool.get("id"):
                    yield problem_at(tools, at, "a tool cannot succeed itself", "name another tool")
                elif name not in known_tools:
                    yield problem_at(
                        tools,
                        at,
                        f"the successor {name!r} is not in the catalogue",
                        "add that tool to tools.yml, or name the successor in 'note'",
                    )
            yield from _date_problems(tools, (*place, "status", "checked_on"), status)
            yield from _state_problems(tools, (*place, "status"), status)
        for name, key in FACTS.items():
            if isinstance(tool.get(name), dict):
                yield from _fact_problems(tools, (*place, name), tool[name], key)
        yield from _licence_problems(tools, place, tool)
        yield from _pairing_problems(tools, place, tool, known_tools, pairs)
        if isinstance(tool.get("package"), dict):
            yield from _date_problems(tools, (*place, "package", "checked_on"), tool["package"])
        chapter = tool.get("chapter")
        if isinstance(chapter, str) and book.is_dir() and not (book / f"{chapter}.md").is_file():
            yield problem_at(
                tools,
                (*place, "chapter"),
                f"there is no chapter {relative(book / chapter)}.md",
                "write the chapter, correct the name, or leave 'chapter' out",
            )


def _state_problems(document: Document, place: Place, status: dict[str, Any]) -> Iterator[Problem]:
    state = status.get("state")
    if state == "unconfirmed" and not status.get("note"):
        yield problem_at(document, place, "nothing says why it is unconfirmed", "say it in 'note'")
    elif state != "unconfirmed" and not status.get("source"):
        mend = "add 'source', the page that says so, or write 'state: unconfirmed' with a 'note'"
        yield problem_at(document, place, f"the state {state!r} has no source", mend)
    if state in ("archived", "discontinued") and not (
        status.get("successors") or status.get("note")
    ):
        mend = "add 'successors', or say in 'note' why there is none"
        yield problem_at(document, place, f"the tool is {state}, and then?", mend)
    if state == "renamed" and not status.get("note"):
        mend = "say both names in 'note'"
        yield problem_at(document, place, "the tool is renamed, but not from what to what", mend)


def _licence_problems(document: Document, place: Place, tool: dict[str, Any]) -> Iterator[Problem]:
    """Yield where kind and licence contradict each other."""
    licence = tool.get("licence")
    spdx = licence.get("spdx") if isinstance(licence, dict) else None
    if not isinstance(spdx, str):
        return
    at = (*place, "licence", "spdx")
    try:
        approved = is_osi_approved(spdx)
    except ValueError as error:
        mend = "write it as SPDX does, or LicenseRef-… for one that SPDX does not list"
        yield problem_at(document, at, str(error), mend)
        return
    kind = tool.get("kind")
    if (kind == "open-source" and not approved) or (kind == "source-available" and approved):
        verb = "approves" if approved else "does not approve"
        what = f"the kind is {kind!r}, and the Open Source Initiative {verb} {spdx}"
        yield problem_at(document, at, what, "correct the licence, or the kind")


def _pairing_problems(
    document: Document,
    place: Place,
    tool: dict[str, Any],
    known: set[Any],
    pairs: dict[frozenset[str], int],
) -> Iterator[Problem]:
    """Yield what is wrong with `works_with`; `pairs` collects the line of each pair."""
    listed = tool.get("works_with")
    for position, pairing in enumerate(listed if isinstance(listed, list) else []):
        name = pairing.get("tool") if isinstance(pairing, dict) else None
        if not isinstance(name, str):
            continue
        at = (*place, "works_with", position, "tool")
        if name == tool.get("id"):
            yield problem_at(document, at, "a tool works with itself", "name another tool")
        elif name not in known:
            mend = "add that tool to tools.yml, or take the pair out"
            yield problem_at(document, at, f"{name!r} is not in the catalogue", mend)
        pair = frozenset((name, str(tool.get("id"))))
        if pair in pairs:
            mend = "keep one of the two: a pair holds in both directions"
            what = f"this pair is already given on line {pairs[pair]}"
            yield problem_at(document, at, what, mend)
        pairs.setdefault(pair, document.line(at))


def _fact_problems(
    document: Document, place: Place, fact: dict[str, Any], key: str
) -> Iterator[Problem]:
    yield from _date_problems(document, (*place, "checked_on"), fact)
    if "unconfirmed" in fact:
        for extra in {key, "source"} & set(fact):
            mend = f"take out {extra!r}, or 'unconfirmed'"
            yield problem_at(document, place, f"it is unconfirmed and has a {extra!r}", mend)
        return
    for missing in (key, "source"):
        if missing not in fact:
            mend = f"add {missing!r}, or 'unconfirmed' with what was looked for and not found"
            yield problem_at(document, place, f"the field {missing!r} is missing", mend)


def _date_problems(document: Document, place: Place, status: dict[str, Any]) -> Iterator[Problem]:
    text = status.get("checked_on")
    if isinstance(text, str) and len(text) == len("2026-11-24"):
        try:
            date.fromisoformat(text)
        except ValueError as error:
            # What is no date at all has been reported by the schema.
            if "day is out of range" in str(error) or "day must be" in str(error):
                yield problem_at(document, place, f"{text} is no day of the calendar", "correct it")


def _duplicates(
    document: Document, key: str, items: Iterable[tuple[Place, dict[str, Any]]]
) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, item in items:
        name = item.get("id")
        if not isinstance(name, str):
            continue
        line = document.line((*place, "id"))
        if name in first:
            yield problem_at(
                document,
                (*place, "id"),
                f"the id {name!r} is already used on line {first[name]}",
                f"give each of the {key} an id of its own, or remove one of the two",
            )
        else:
            first[name] = line


def _items(document: Document, key: str) -> list[tuple[Place, dict[str, Any]]]:
    listed = document.data.get(key) if isinstance(document.data, dict) else None
    if not isinstance(listed, list):
        return []
    return [((key, n), item) for n, item in enumerate(listed) if isinstance(item, dict)]


def _texts(item: dict[str, Any], place: Place, key: str) -> list[tuple[Place, str]]:
    listed = item.get(key)
    if not isinstance(listed, list):
        return []
    return [((*place, key, n), text) for n, text in enumerate(listed) if isinstance(text, str)]


def _like(name: str, known: set[str]) -> str:
    """Return the names that share a half with `name`, or all if none does."""
    halves = set(name.split("/"))
    near = sorted(each for each in known if halves.intersection(each.split("/")))
    return ", ".join(near or sorted(known))
