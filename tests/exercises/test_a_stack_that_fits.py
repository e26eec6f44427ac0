"""Checks of the exercise `a-stack-that-fits`, in the order in which to mend."""

import difflib
import re
from functools import cache
from itertools import combinations

from mlops_landscape.catalogue import STATES, Catalogue, Tool, load_catalogue
from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.stack import UPKEEP, judge, load_stacks, offers

CI = "deployment/ci-cd"
JOBS = (
    "data-engineering/storage",
    "experimentation/tracking",
    "experimentation/code-versioning",
    "experimentation/data-versioning",
    "training/frameworks",
    "deployment/serving",
    CI,
    "monitoring/metrics",
    "monitoring/drift",
    "orchestration/engines",
)
MOST_ALIVE = 4
FEWEST_PAIRS = 5
FEWEST_WORDS = 6


@cache
def catalogue() -> Catalogue:
    """Return the catalogue; reading it takes a second, and most checks need it."""
    return load_catalogue()


def by_job(work: Work, name: str) -> dict[str, object]:
    """Return one of the answers: a dict with a value for each of the ten jobs."""
    given = work.answer(name)
    assert isinstance(given, dict), f"`{name}` is not a dict"
    missing = [job for job in JOBS if job not in given]
    assert not missing, f"`{name}` has nothing for {listed(missing)}"
    unknown = [job for job in given if job not in JOBS]
    assert not unknown, f"`{name}` has {listed(unknown)}, which is none of the ten jobs"
    return given


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def tool_called(name: object) -> Tool:
    """Return the tool with this id."""
    known = {tool.id: tool for tool in catalogue().tools}
    if name in known:
        return known[str(name)]
    word = str(name).lower()
    ids = [tool.id for tool in known.values() if tool.name.lower() == word or word in tool.id]
    ids += difflib.get_close_matches(word, known, n=1)
    near = f"; ids that come close: {listed(list(dict.fromkeys(ids)))}" if ids else ""
    raise AssertionError(f"the catalogue has no tool with the id {name!r}{near}")


def picks(work: Work) -> dict[str, Tool]:
    """Return the picked tool of each job."""
    return {job: tool_called(name) for job, name in by_job(work, "stack").items()}


def ended(tool: Tool) -> str:
    """Return what is wrong with its health, in words; empty if nothing is."""
    state = tool.status.state if tool.status else "unconfirmed"
    gone = state in ("archived", "discontinued", "maintenance")
    return f"{tool.name} is {STATES[state]}" if gone else ""


def on_kubernetes(tool: Tool) -> str:
    return f"{tool.name} needs Kubernetes" if tool.kubernetes else ""


def leaves_the_house(tool: Tool, job: str) -> str:
    """Return why data would leave the house with it; empty if they stay."""
    if job == CI:
        return ""
    if tool.upkeep == "service":
        return f"{tool.name} is run by its vendor, and in `{job}` data pass"
    if tool.account is not None and tool.account.value is True:
        return f"{tool.name} needs an account, which is allowed for `{CI}` alone"
    return ""


def not_open(tool: Tool, job: str) -> str:
    """Return why the lawyer refuses it; empty if not."""
    if job == CI and tool.upkeep == "service":  # they do not run it themselves
        return ""
    why = judge(tool, catalogue()).against.get("open-source")
    return f"{tool.name}: {why}" if why else ""


def misfit(tool: Tool, job: str) -> str:
    """Return the first thing that speaks against a tool by itself; empty if it fits."""
    return ended(tool) or on_kubernetes(tool) or leaves_the_house(tool, job) or not_open(tool, job)


@worth(
    points=1,
    hint="Give `stack` a tool for each of the ten names in `JOBS`, spelt as they are there.",
)
def test_every_job_is_done(work: Work) -> None:
    """`stack` has a tool for each of the ten jobs."""
    empty = [job for job, name in by_job(work, "stack").items() if not isinstance(name, str)]
    assert not empty, f"the tool for {listed(empty)} is no text"


@worth(
    points=1,
    hint="Write the id from the table's second column: small letters, words joined by hyphens. "
    "Names change, ids do not.",
)
def test_every_tool_exists(work: Work) -> None:
    """Each tool is named by its id."""
    picks(work)


@worth(
    points=1,
    hint="Look the job up in the first table: only the tools below it do this job. What sounds "
    "like one tool can be several, each with an id of its own.",
)
def test_every_tool_does_its_job(work: Work) -> None:
    """Each tool is one that does this job."""
    offered = offers(catalogue())
    for job, tool in picks(work).items():
        assert tool.id in offered[job], (
            f"{tool.name} does not do `{job}`; these do: {listed(list(offered[job]))}"
        )


@worth(
    points=1,
    hint="Read the column of the status. A tool that ended can still be installed, and nothing in "
    "its name tells you.",
)
def test_nothing_has_ended(work: Work) -> None:
    """No tool has ended or only gets repairs."""
    for tool in picks(work).values():
        assert not ended(tool), ended(tool)


@worth(points=1, hint="Read the column of Kubernetes, and take a tool that runs without it.")
def test_no_kubernetes_is_needed(work: Work) -> None:
    """No tool needs Kubernetes."""
    for tool in picks(work).values():
        assert not on_kubernetes(tool), on_kubernetes(tool)


@worth(
    points=2,
    hint="In every job but CI/CD, take a tool that runs on the team's own servers: no service, no "
    "account.",
)
def test_the_data_stay_in_the_house(work: Work) -> None:
    """Only CI/CD is with a vendor."""
    for job, tool in picks(work).items():
        assert not leaves_the_house(tool, job), leaves_the_house(tool, job)


@worth(
    points=1,
    hint="The kind must be `open-source` for what they run themselves. `source-available` means "
    "that you can read the code, and that something is forbidden.",
)
def test_the_licences_are_open(work: Work) -> None:
    """What they run themselves has an approved licence."""
    for job, tool in picks(work).items():
        assert not not_open(tool, job), not_open(tool, job)


@worth(
    points=1,
    hint="Count the tools that are a server. Is there a library for one of these jobs, can one "
    "tool do two of them, or does a vendor run one that you may give away?",
)
def test_few_things_to_keep_alive(work: Work) -> None:
    """There are at most four things to keep alive."""
    tools = {tool.id: tool for tool in picks(work).values()}.values()
    alive = {tool.name: UPKEEP[tool.upkeep].count for tool in tools if UPKEEP[tool.upkeep].count}
    count = sum(alive.values())
    assert count <= MOST_ALIVE, (
        f"things to keep alive: {count}, at most {MOST_ALIVE} wanted ({', '.join(alive)})"
    )


@worth(
    points=1,
    hint="Ask `catalogue.pairings(catalogue.tool(...))` for the tools you are sure of, and choose "
    "the others among their partners.",
)
def test_the_pieces_fit_together(work: Work) -> None:
    """At least five pairs of the stack are confirmed."""
    tools = {tool.id: tool for tool in picks(work).values()}
    confirmed = [
        f"{tools[one].name} and {tools[other].name}"
        for one, other in combinations(tools, 2)
        if other in {pair.tool for pair in catalogue().pairings(tools[one])}
    ]
    assert len(confirmed) >= FEWEST_PAIRS, (
        f"confirmed pairs: {len(confirmed)}, at least {FEWEST_PAIRS} wanted "
        f"({'; '.join(confirmed) or 'none'})"
    )


def sentences(work: Work) -> dict[str, str]:
    """Return the reason of each job, all of them text."""
    given = by_job(work, "because")
    wrong = [job for job, reason in given.items() if not isinstance(reason, str)]
    assert not wrong, f"the reason for {listed(wrong)} is no text"
    return {job: str(reason) for job, reason in given.items()}


@worth(
    points=1,
    hint='Finish the sentence "We take it because…" with something that is true for this team and '
    "not for every other. At least six words, for each job another one.",
)
def test_every_pick_has_a_reason(work: Work) -> None:
    """Each job has a sentence that says why."""
    given = sentences(work)
    for job, reason in given.items():
        words = len(reason.split())
        assert words >= FEWEST_WORDS, (
            f"words in the reason for `{job}`: {words}, at least {FEWEST_WORDS} wanted"
        )
    seen: dict[str, str] = {}
    for job, reason in given.items():
        assert reason not in seen, f"`{seen.get(reason)}` and `{job}` have the same reason"
        seen[reason] = job


@worth(
    points=1,
    hint="Give `exits` one other tool for each of the ten jobs, or `None` where there is none.",
)
def test_every_job_has_an_exit(work: Work) -> None:
    """`exits` names another tool for each job, or None."""
    chosen = picks(work)
    for job, name in by_job(work, "exits").items():
        if name is not None:
            other = tool_called(name)
            assert other is not chosen[job], f"the exit of `{job}` is {other.name} itself"


@worth(
    points=2,
    visible=False,
    hint="Go through the other tools of the job and hold each against the rules 1, 2, 3, 5 and 6. "
    "`None` is right only if all of them fail.",
)
def test_the_exits_hold(work: Work) -> None:
    """Each exit fits the team, and None stands where nothing does."""
    chosen, offered = picks(work), offers(catalogue())
    for job, name in by_job(work, "exits").items():
        others = [catalogue().tool(each) for each in offered[job] if each != chosen[job].id]
        fitting = [tool.id for tool in others if not misfit(tool, job)]
        if name is None:
            assert not fitting, f"the exit of `{job}` is None, but {listed(fitting)} would fit"
            continue
        tool = tool_called(name)
        assert tool in others, f"{tool.name} is no other tool for `{job}`"
        assert not misfit(tool, job), f"the exit of `{job}` does not fit: {misfit(tool, job)}"


def plain(text: str) -> str:
    """Return only the words of a text."""
    return " ".join(re.findall(r"\w+", text.lower()))


@worth(
    points=1,
    visible=False,
    hint="Put the catalogue's sentence aside and write what you would say to this team.",
)
def test_the_reasons_are_your_own(work: Work) -> None:
    """No reason is a sentence of the catalogue."""
    written = [text for tool in catalogue().tools for text in (tool.summary, tool.choose)]
    written += [pick.reason for stack in load_stacks(catalogue()).stacks for pick in stack.picks]
    sources = [plain(text) for text in written]
    for job, reason in sentences(work).items():
        copied = any(plain(reason) in source for source in sources)
        assert not copied, f"copied from the catalogue, word for word: `{job}`"
