"""Which jobs a stack cannot do without, and the worked stacks to start from: ``stacks.yml``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_landscape.catalogue import STATES, Catalogue
from mlops_landscape.catalogue.schema import problem_at, schema_problems, validator_for
from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import CATALOGUE
from mlops_landscape.stack.rules import CONSTRAINTS, TOKENS, judge, offers

STACKS = CATALOGUE / "stacks.yml"
SCHEMA = Path(__file__).with_name("stacks.schema.json")


@dataclass(frozen=True)
class JobNeed:
    """Whether a stack can do without a job, and why.

    Parameters
    ----------
    id
        ``category/job``.
    need
        ``essential`` or ``optional``.
    reason
        What goes wrong without it, or when it becomes necessary; a sentence.
    covered_by
        Another job whose tools do this one too, so that it is no gap; may be empty.
    """

    id: str
    need: str
    reason: str
    covered_by: str = ""

    @property
    def is_essential(self) -> bool:
        """Whether every stack has to do it."""
        return self.need == "essential"


@dataclass(frozen=True)
class Pick:
    """A tool for a job, and the reason, a sentence."""

    job: str
    tool: str
    reason: str


@dataclass(frozen=True)
class Stack:
    """A worked stack to start from.

    Parameters
    ----------
    id, name
        What pages link to, and what a reader sees.
    made_for
        For whom it is, as it stands after "for".
    summary
        What holds it together, and where it stops; a few sentences.
    constraints
        What its reader said: tokens as in `TOKENS`.
    picks
        In the order of the catalogue, whatever the order of the file.
    """

    id: str
    name: str
    made_for: str
    summary: str
    constraints: tuple[str, ...]
    picks: tuple[Pick, ...]

    @property
    def tools_by_job(self) -> dict[str, list[str]]:
        """The picked tools as ids, by job."""
        jobs: dict[str, list[str]] = {}
        for pick in self.picks:
            jobs.setdefault(pick.job, []).append(pick.tool)
        return jobs

    @property
    def address(self) -> str:
        """The stack exactly as the builder writes it into an address, after the ``#``."""
        parts = [f"{job}:{'+'.join(tools)}" for job, tools in self.tools_by_job.items()]
        return ";".join(["stack=v1", *parts, *self.constraints])


@dataclass(frozen=True)
class Stacks:
    """All that ``stacks.yml`` says."""

    jobs: tuple[JobNeed, ...]
    stacks: tuple[Stack, ...]

    def job(self, job_id: str) -> JobNeed:
        """Return what is said of a job; each job of the catalogue is there."""
        return next(job for job in self.jobs if job.id == job_id)

    def stack(self, stack_id: str) -> Stack | None:
        """Return the stack with this id, if there is one."""
        return next((stack for stack in self.stacks if stack.id == stack_id), None)


def load_stacks(catalogue: Catalogue, file: Path = STACKS) -> Stacks:
    """Read ``stacks.yml`` and judge it by the catalogue.

    Raises
    ------
    InputError
        If anything is wrong; it lists all mistakes found, with file, line, item and field.
    """
    document = read_document(file)
    problems = list(document.problems)
    if document.data is not None:
        problems += schema_problems(document, validator_for(SCHEMA, "stacks-file"))
    # What is not of the right form cannot be judged any further.
    if not problems:
        problems += _job_problems(document, catalogue)
        for position, item in enumerate(document.data["stacks"]):
            problems += _stack_problems(document, ("stacks", position), item, catalogue)
        problems += _duplicates(document, "stacks")
    if problems:
        raise InputError(problems)
    return Stacks(
        jobs=tuple(JobNeed(**item) for item in document.data["jobs"]),
        stacks=tuple(_stack(item, catalogue) for item in document.data["stacks"]),
    )


def _stack(item: dict[str, Any], catalogue: Catalogue) -> Stack:
    order = [(job, tool) for job, tools in offers(catalogue).items() for tool in tools]
    picks = [Pick(**pick) for pick in item["picks"]]
    return Stack(
        id=item["id"],
        name=item["name"],
        made_for=item["for"],
        summary=item["summary"],
        constraints=tuple(sorted(item["constraints"], key=list(TOKENS).index)),
        picks=tuple(sorted(picks, key=lambda pick: order.index((pick.job, pick.tool)))),
    )


def _job_problems(document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    offered = offers(catalogue)
    yield from _duplicates(document, "jobs")
    for position, item in enumerate(document.data["jobs"]):
        place: Place = ("jobs", position)
        if item["id"] not in offered:
            yield _unknown_job(document, (*place, "id"), item["id"], offered)
            continue
        covering = item.get("covered_by")
        if covering is not None and covering not in offered:
            yield _unknown_job(document, (*place, "covered_by"), covering, offered)
    said = {item["id"] for item in document.data["jobs"]}
    for job in offered:
        if job not in said:
            mend = f"add an item with 'id: {job}', its need and the reason"
            yield problem_at(document, ("jobs",), f"the job {job!r} is missing", mend)


def _stack_problems(
    document: Document, place: Place, item: dict[str, Any], catalogue: Catalogue
) -> Iterator[Problem]:
    yield from _constraint_problems(document, place, item)
    offered = offers(catalogue)
    known = {tool.id for tool in catalogue.tools}
    seen: set[tuple[str, str]] = set()
    for position, pick in enumerate(item["picks"]):
        at = (*place, "picks", position)
        job, name = pick["job"], pick["tool"]
        if job not in offered:
            yield _unknown_job(document, (*at, "job"), job, offered)
            continue
        if name not in known:
            mend = f"use the id of a tool in tools.yml; for this job: {', '.join(offered[job])}"
            yield problem_at(document, (*at, "tool"), f"there is no tool {name!r}", mend)
            continue
        if (job, name) in seen:
            yield problem_at(document, at, f"{name!r} is already picked for {job!r}", "keep one")
        seen.add((job, name))
        tool = catalogue.tool(name)
        if name not in offered[job]:
            mend = f"pick one that does: {', '.join(offered[job])}; or correct tools.yml"
            yield problem_at(document, (*at, "tool"), f"{tool.name} does not do {job!r}", mend)
        if tool.status is not None and (tool.status.is_ended or tool.status.state == "maintenance"):
            mend = f"pick another: {', '.join(tool.status.successors) or ', '.join(offered[job])}"
            what = f"{tool.name} is {STATES[tool.status.state]}"
            yield problem_at(document, (*at, "tool"), what, mend)
        against = judge(tool, catalogue).against
        for token in item["constraints"]:
            if token in against:
                what = f"{tool.name} contradicts {token!r} of this stack: {against[token]}"
                mend = "pick another tool, or take the constraint out"
                yield problem_at(document, (*at, "tool"), what, mend)
    picked = {pick["job"] for pick in item["picks"]}
    for need in document.data["jobs"]:
        done = {need["id"], need.get("covered_by")} & picked
        if need["need"] == "essential" and need["id"] in offered and not done:
            what = f"nobody does {need['id']!r}, which is essential"
            yield problem_at(document, (*place, "picks"), what, "pick a tool for it")


def _constraint_problems(
    document: Document, place: Place, item: dict[str, Any]
) -> Iterator[Problem]:
    said: dict[str, str] = {}
    for position, token in enumerate(item["constraints"]):
        at = (*place, "constraints", position)
        name = token.split(":")[0]
        if token not in TOKENS:
            tokens = CONSTRAINTS[name].tokens if name in CONSTRAINTS else TOKENS
            mend = f"use one of: {', '.join(tokens)}"
            yield problem_at(document, at, f"there is no constraint {token!r}", mend)
        elif name in said:
            what = f"{token!r} contradicts {said[name]!r}"
            yield problem_at(document, at, what, "keep one of the two")
        said.setdefault(name, token)


def _duplicates(document: Document, key: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for position, item in enumerate(document.data[key]):
        place = (key, position, "id")
        if item["id"] in first:
            what = f"the id {item['id']!r} is already used on line {first[item['id']]}"
            yield problem_at(document, place, what, f"say it once in {key!r}")
        first.setdefault(item["id"], document.line(place))


def _unknown_job(document: Document, place: Place, job: str, offered: dict[str, Any]) -> Problem:
    parts = set(job.split("/"))
    near = [each for each in offered if parts & set(each.split("/"))] or list(offered)
    mend = f"use one that categories.yml defines: {', '.join(near)}"
    return problem_at(document, place, f"there is no job {job!r}", mend)
