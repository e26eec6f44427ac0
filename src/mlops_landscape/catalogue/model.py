"""What the catalogue is made of."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from mlops_landscape.catalogue.licences import is_osi_approved


@dataclass(frozen=True)
class Kind:
    """How one gets a tool: under which sort of licence, or as whose service.

    Parameters
    ----------
    id
        As in ``tools.yml``.
    name
        As a reader sees it.
    meaning
        What it says about a tool, as a sentence without its full stop.
    """

    id: str
    name: str
    meaning: str


KINDS = {
    kind.id: kind
    for kind in (
        Kind(
            "open-source",
            "Open source",
            "its licence is one that the Open Source Initiative approves",
        ),
        Kind(
            "source-available",
            "Source available",
            "you can read the source, but the licence forbids some uses",
        ),
        Kind("mixed", "Mixed", "some of its parts are open source and others are not"),
        Kind(
            "managed",
            "Managed or proprietary",
            "its vendor runs it for you, or hands it out without its source",
        ),
    )
}
"""The kinds of tools by id, from the freest to the most bound."""

STATES = {
    "active": "active",
    "maintenance": "in maintenance only",
    "archived": "archived",
    "discontinued": "discontinued",
    "renamed": "renamed",
    "unconfirmed": "unconfirmed",
}
"""The states of a tool, as a reader sees them."""


EVENTS = {
    "acquired": "acquired",
    "relicensed": "relicensed",
    "renamed": "renamed",
    "shut-down": "shut down",
    "archived": "archived",
    "major-break": "major break",
    "revived": "revived",
    "forked": "forked",
    "moved": "moved",
}
"""What can happen to a tool, as a reader sees it."""

UPKEEP = {
    "library": "a library or a command: nothing to keep alive",
    "server": "one process and its storage, which somebody keeps alive",
    "cluster": "several machines or Kubernetes, which a team keeps alive",
    "service": "its vendor keeps it alive",
}
"""What somebody has to keep alive for a tool, as a team usually has it."""

STALE_DAYS = 180
"""A fact that was checked longer ago than this many days has to be checked again."""


@dataclass(frozen=True)
class Fact:
    """A value, who says so, and when it was checked; or why it could not be confirmed.

    Parameters
    ----------
    value
        The licence as an SPDX expression, the owner's name, or whether an account is needed;
        None if it could not be confirmed.
    checked_on
        The day of the check.
    source
        URL of the page that says so; empty if it could not be confirmed.
    note
        What else to know, without a full stop; may be empty.
    unconfirmed
        What was looked for and not found; empty for a confirmed fact.
    """

    value: str | bool | None
    checked_on: date
    source: str = ""
    note: str = ""
    unconfirmed: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened to a tool.

    Parameters
    ----------
    date
        As precise as its source: ``2026``, ``2026-03`` or ``2026-03-05``.
    what
        A key of `EVENTS`.
    text
        What happened, without a full stop.
    source
        URL of the page that says so.
    """

    date: str
    what: str
    text: str
    source: str


@dataclass(frozen=True)
class Package:
    """What one installs to use a tool.

    Parameters
    ----------
    registry
        ``pypi``, ``npm`` or ``debian``.
    name
        As its installer takes it.
    release
        The newest release there on the day of the check.
    released
        Its month, ``2026-03``.
    checked_on
        The day of the check.
    """

    registry: str
    name: str
    release: str
    released: str
    checked_on: date


@dataclass(frozen=True)
class Runs:
    """What a tool does in this book; whether and how it ran there, the build finds out (`runs`).

    Parameters
    ----------
    why
        What it does, or why it cannot run and what comes nearest; without a full stop.
    """

    why: str


@dataclass(frozen=True)
class Pairing:
    """A tool with which another is known to work; each pair is kept once, at either of the two.

    Parameters
    ----------
    tool
        Id of the other tool.
    how
        What of the one uses what of the other, without a full stop.
    source
        URL of the page that says so.
    """

    tool: str
    how: str
    source: str


@dataclass(frozen=True)
class Job:
    """One thing that has to be done within a category."""

    id: str
    name: str


@dataclass(frozen=True)
class Category:
    """One of the parts of the ML lifecycle, with its jobs."""

    id: str
    name: str
    summary: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Stage:
    """One of the stages on the road of a model.

    Parameters
    ----------
    id, name, summary
        See ``stages.yml``.
    jobs
        What is done in it, as ``category/job``; a tool of the stage does one of them there.
    """

    id: str
    name: str
    summary: str
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """Whether a tool lives: a fact with its source and the day on which it was checked.

    Parameters
    ----------
    state
        A key of `STATES`.
    checked_on
        The day of the check.
    source
        URL of the page that says so; empty if the state is unconfirmed.
    note
        What a person has to know about it, without a full stop; may be empty.
    successors
        Ids of the tools to look at instead.
    """

    state: str
    checked_on: date
    source: str = ""
    note: str = ""
    successors: tuple[str, ...] = ()

    @property
    def is_ended(self) -> bool:
        """Whether nobody should start with the tool any more."""
        return self.state in ("archived", "discontinued")

    @property
    def is_warning(self) -> bool:
        """Whether a user has to know it: anything but a living tool, or one of unknown state."""
        return self.state not in ("active", "unconfirmed")


@dataclass(frozen=True)
class Tool:
    """One tool.

    Parameters
    ----------
    id, name, homepage, summary
        See ``tools.yml``.
    categories
        The jobs it does, each as ``category/job``.
    stages
        Ids of the stages in which it is used; may be empty.
    kind
        A key of `KINDS`.
    licence, owner, account
        Dated facts; None as long as nobody has checked them. The value of `account` is whether
        nothing useful works without an account with the vendor.
    status
        None as long as nobody has checked it.
    events
        What happened to it that its users must know, as in ``tools.yml``.
    choose, leave
        When it is the right pick, and when it is not: whole sentences.
    upkeep
        A key of `UPKEEP`.
    kubernetes
        Whether it needs a Kubernetes cluster to do its job.
    cloud
        ``aws``, ``google`` or ``azure`` if it exists in that cloud alone, else empty.
    package
        What one installs, if there is a package.
    runs
        What it does in this book, or why it does not run there.
    works_with
        With which tools it is known to work; see `Catalogue.pairings` for both directions.
    chapter
        The page of the book that explains it, without suffix, if there is one.
    """

    id: str
    name: str
    homepage: str
    summary: str
    categories: tuple[str, ...]
    stages: tuple[str, ...]
    kind: str
    licence: Fact | None = None
    owner: Fact | None = None
    account: Fact | None = None
    status: Status | None = None
    events: tuple[Event, ...] = ()
    choose: str = ""
    leave: str = ""
    upkeep: str = ""
    kubernetes: bool = False
    cloud: str = ""
    package: Package | None = None
    runs: Runs | None = None
    works_with: tuple[Pairing, ...] = ()
    chapter: str | None = None

    @property
    def osi_approved(self) -> bool | None:
        """Whether the Open Source Initiative approves its licence; None if that is unknown."""
        if self.licence is None or not isinstance(self.licence.value, str):
            return None
        return is_osi_approved(self.licence.value)

    @property
    def is_ended(self) -> bool:
        """Whether nobody should start with it any more."""
        return self.status is not None and self.status.is_ended

    @property
    def explained_at(self) -> str:
        """Where in the book it is explained, from the book's folder; empty if nowhere.

        A chapter about a whole category has an anchor for each of its tools.
        """
        if self.chapter is None:
            return ""
        anchor = f"#choice-{self.id}" if self.chapter.startswith("lifecycle/") else ""
        return f"{self.chapter}.html{anchor}"

    @property
    def checked_days(self) -> list[date]:
        """The days on which its facts were checked."""
        found = (self.licence, self.owner, self.account, self.status, self.package)
        return [each.checked_on for each in found if each is not None]


@dataclass(frozen=True)
class Catalogue:
    """All tools, and the two ways in which the course orders them."""

    categories: tuple[Category, ...]
    stages: tuple[Stage, ...]
    tools: tuple[Tool, ...]

    @cached_property
    def _tools_by_id(self) -> dict[str, Tool]:
        return {tool.id: tool for tool in self.tools}

    @cached_property
    def _places(self) -> dict[str, tuple[Category, Job]]:
        return {
            f"{category.id}/{job.id}": (category, job)
            for category in self.categories
            for job in category.jobs
        }

    def tool(self, tool_id: str) -> Tool:
        """Return the tool with this id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._tools_by_id[tool_id]

    def place(self, category_and_job: str) -> tuple[Category, Job]:
        """Return the category and the job that ``category/job`` names.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._places[category_and_job]

    def tools_for(self, category: Category, job: Job | None = None) -> list[Tool]:
        """Return the tools of a category, or of one of its jobs, each once, in file order."""
        if job is not None:
            wanted = {f"{category.id}/{job.id}"}
        else:
            wanted = {f"{category.id}/{each.id}" for each in category.jobs}
        return [tool for tool in self.tools if wanted.intersection(tool.categories)]

    def alternatives(self, tool: Tool) -> list[Tool]:
        """Return the living tools that do one of the jobs of `tool`, in file order."""
        return [
            other
            for other in self.tools
            if other is not tool
            and not other.is_ended
            and set(other.categories).intersection(tool.categories)
        ]

    @cached_property
    def _pairings(self) -> dict[str, list[Pairing]]:
        found: dict[str, list[Pairing]] = {tool.id: [] for tool in self.tools}
        for tool in self.tools:
            for pairing in tool.works_with:
                found[tool.id].append(pairing)
                found[pairing.tool].append(replace(pairing, tool=tool.id))
        return found

    def pairings(self, tool: Tool) -> list[Pairing]:
        """Return with which tools `tool` is known to work, whichever of the two says so."""
        return self._pairings[tool.id]
