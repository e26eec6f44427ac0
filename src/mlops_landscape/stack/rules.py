"""What speaks against a tool, and under which constraint: the only place that decides it.

The browser only looks up what is worked out here, so that it cannot judge otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mlops_landscape.catalogue import KINDS, STATES, Catalogue, Tool


@dataclass(frozen=True)
class Constraint:
    """Something that limits which tools a reader can use.

    Parameters
    ----------
    id
        As it stands in addresses and in ``stacks.yml``.
    label
        As a reader sees it.
    options
        What can be chosen, value to label; empty for what either holds or does not.
    meaning
        What it does, as a sentence.
    """

    id: str
    label: str
    options: dict[str, str]
    meaning: str

    @property
    def tokens(self) -> dict[str, str]:
        """What an address can say of it, each with its words."""
        if not self.options:
            return {self.id: self.label}
        return {
            f"{self.id}:{value}": f"{self.label}: {name}" for value, name in self.options.items()
        }


@dataclass(frozen=True)
class Upkeep:
    """What a team has to keep alive to have a tool.

    Parameters
    ----------
    words
        As a reader sees it.
    count
        How many things to keep alive it counts as.
    rank
        The suggestion takes the lower one first.
    """

    words: str
    count: int
    rank: int


@dataclass(frozen=True)
class Team:
    """How much a team can keep alive beside its work: a rule of thumb of this course.

    Parameters
    ----------
    who
        As it stands in a sentence: "… is what `who` can look after".
    most
        The largest number of things to keep alive before the builder warns.
    """

    who: str
    most: int


UPKEEP = {
    "library": Upkeep("a library or command with nothing to keep alive", 0, 0),
    "service": Upkeep("a service that its vendor keeps alive", 0, 1),
    "server": Upkeep("a server to keep alive", 1, 2),
    "cluster": Upkeep("a cluster to keep alive", 3, 3),
}
"""The kinds of upkeep by id, as in ``tools.yml``."""

KUBERNETES_COUNT = 3
"""What a Kubernetes cluster counts as, once, however many tools run on it; each adds one."""

TEAMS = {
    "alone": Team("one person", 3),
    "small": Team("a team of 2 to 8", 8),
    "platform": Team("a platform team", 25),
}

CLOUDS = {"aws": "AWS", "google": "Google Cloud", "azure": "Azure"}

CONSTRAINTS = {
    constraint.id: constraint
    for constraint in (
        Constraint(
            "open-source",
            "Open source only",
            {},
            "A tool fits if all of it is under a licence that the Open Source Initiative approves.",
        ),
        Constraint(
            "no-account",
            "No account with a vendor",
            {},
            "A tool fits if something useful works without an account with its vendor.",
        ),
        Constraint(
            "kubernetes",
            "Kubernetes",
            {"no": "not available", "yes": "we have a cluster"},
            "Without a cluster, tools that need one do not fit. With one, the cluster itself "
            "does not count as yours to keep alive.",
        ),
        Constraint(
            "team",
            "Team",
            {"alone": "one person", "small": "2 to 8 people", "platform": "with a platform team"},
            "One person should not keep a cluster alive; a small team should think twice.",
        ),
        Constraint(
            "cloud",
            "Cloud",
            {"none": "none", **CLOUDS},
            "A tool that exists in one vendor's cloud alone fits only there.",
        ),
    )
}
"""The constraints by id, in the order of the form."""

TOKENS = {
    token: words
    for constraint in CONSTRAINTS.values()
    for token, words in constraint.tokens.items()
}
"""All that can be said in an address or in ``stacks.yml``, with its words."""

ALWAYS = ""
"""Stands in a `Judgement` for what holds whatever the constraints are."""


@dataclass(frozen=True)
class Judgement:
    """What the constraints say of one tool.

    Parameters
    ----------
    against
        Why it does not fit, by the token of the constraint, or `ALWAYS`.
    doubts
        What has to be looked into although it fits, likewise.
    """

    against: dict[str, str]
    doubts: dict[str, str]


def judge(tool: Tool, catalogue: Catalogue) -> Judgement:
    """Return what speaks against `tool`, and what is in doubt, under each constraint."""
    return Judgement(dict(_against(tool, catalogue)), dict(_doubts(tool, catalogue)))


def _against(tool: Tool, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    if tool.status is not None and tool.status.is_ended:
        yield ALWAYS, STATES[tool.status.state] + _look_at(tool, catalogue)
    if tool.kind == "mixed":
        yield "open-source", "only some of its parts are open source"
    elif tool.kind != "open-source":
        yield "open-source", f"{KINDS[tool.kind].name.lower()}, not open source"
    if tool.account is not None and tool.account.value is True:
        yield "no-account", "needs an account with its vendor"
    if tool.kubernetes:
        yield "kubernetes:no", "needs Kubernetes"
    if tool.upkeep == "cluster":
        yield "team:alone", "a cluster to keep alive is too much for one person"
    for cloud in ("none", *CLOUDS):
        if tool.cloud and cloud != tool.cloud:
            yield f"cloud:{cloud}", f"exists only in {CLOUDS[tool.cloud]}"


def _doubts(tool: Tool, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    if tool.status is None:
        yield ALWAYS, "nobody has checked yet whether it is maintained"
    elif tool.status.state == "unconfirmed":
        yield ALWAYS, "that it is still maintained is unconfirmed" + _look_at(tool, catalogue)
    elif tool.status.state == "maintenance":
        yield ALWAYS, STATES["maintenance"] + _look_at(tool, catalogue)
    elif tool.status.successors and not tool.status.is_ended:
        yield ALWAYS, f"for new work{_look_at(tool, catalogue).replace(';', '')}"
    if tool.kind == "open-source" and (tool.licence is None or tool.licence.value is None):
        yield "open-source", "its licence is unconfirmed"
    if tool.account is None or tool.account.value is None:
        yield "no-account", "that it works without an account is unconfirmed"
    if not tool.upkeep:
        for team in TEAMS:
            yield f"team:{team}", "what there is to keep alive is not recorded"
    elif tool.upkeep == "cluster":
        yield "team:small", "a cluster takes a good part of a small team's time"


def _look_at(tool: Tool, catalogue: Catalogue) -> str:
    successors = tool.status.successors if tool.status else ()
    names = [catalogue.tool(each).name for each in successors]
    return f"; look at {' or '.join(names)}" if names else ""


def offers(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return for each job, as ``category/job``, the ids of the tools that can be picked for it.

    They are the tools that do it, in the order of the catalogue, and after them the successors of
    those that have ended or are only maintained: where the catalogue sends its users, they can go.
    """
    found: dict[str, tuple[str, ...]] = {}
    for category in catalogue.categories:
        for job in category.jobs:
            doing = catalogue.tools_for(category, job)
            ids = [tool.id for tool in doing]
            for tool in doing:
                if tool.status and (tool.status.is_ended or tool.status.state == "maintenance"):
                    ids += tool.status.successors
            found[f"{category.id}/{job.id}"] = tuple(dict.fromkeys(ids))
    return found
