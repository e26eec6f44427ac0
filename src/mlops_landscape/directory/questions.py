"""Questions made from the catalogue: they cannot contradict it, and change when it changes.

Which tools are asked about is drawn with a fixed seed, so that a catalogue always gives the same
quiz. Every reason is taken from the catalogue too.
"""

import random
from collections.abc import Callable, Iterator

from mlops_landscape.catalogue import EVENTS, STATES, UPKEEP, Catalogue, Event, Tool
from mlops_landscape.quiz.questions import (
    Choice,
    Matching,
    Option,
    OrderedItem,
    Ordering,
    Pair,
    Question,
    QuizData,
)

SEED = "MLOps Tools Landscape"


def catalogue_quiz(catalogue: Catalogue, name: str) -> QuizData:
    """Make a quiz about the tools of the catalogue.

    Parameters
    ----------
    catalogue
        What to ask about. A question for which it holds too few tools is left out.
    name
        Docname of the page that asks, such as ``"reference/tools"``: answers are kept under it.
    """
    makers = (
        _which_ended,
        _which_instead,
        _which_need_an_account,
        _which_are_approved,
        _who_owns_what,
        _what_does_what,
        _what_came_first,
        _which_need_a_cluster,
    )
    questions = [
        question
        for maker in makers
        for question in maker(catalogue, random.Random(f"{SEED} {maker.__name__}"))
    ]
    return QuizData(name, "Check yourself: the tools", tuple(questions))


def _which_ended(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    ended = [tool for tool in catalogue.tools if tool.is_ended]
    alive = [tool for tool in catalogue.tools if _state(tool) == "active"]
    if ended and len(alive) >= 3:
        tool = draw.choice(ended)
        others = draw.sample(alive, 3)
        yield Choice(
            id="which-ended",
            kind="single",
            question="Which of these should nobody start with any more?",
            hint="Its name is struck through on the map.",
            explanation=f"**{tool.name}** is {STATES[_state(tool)]}. {_sentence(_note(tool))}",
            options=_mixed(draw, [tool], others, _why_state),
        )


def _which_instead(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    replaced = [
        tool for tool in catalogue.tools if tool.is_ended and tool.status and tool.status.successors
    ]
    if not replaced:
        return
    tool = draw.choice(replaced)
    successors = [catalogue.tool(each) for each in (tool.status.successors if tool.status else ())]
    near = {_category(place) for each in (tool, *successors) for place in each.categories}
    strangers = [
        other
        for other in catalogue.tools
        if not other.is_ended and not near.intersection(map(_category, other.categories))
    ]
    names = " and ".join(f"**{each.name}**" for each in successors)
    yield Choice(
        id="which-instead",
        kind="several",
        question=f"**{tool.name}** is {STATES[_state(tool)]}. What does this course name to look "
        "at instead?",
        hint=f"What did it do? {tool.summary}",
        explanation=f"{_sentence(_note(tool))} Look at {names}.",
        options=_mixed(
            draw, successors, draw.sample(strangers, 3), lambda other: _why_job(other, catalogue)
        ),
    )


def _which_need_an_account(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    def needs(wanted: bool) -> list[Tool]:
        return [
            tool
            for tool in catalogue.tools
            if tool.account and tool.account.value is wanted and not tool.is_ended
        ]

    yes, no = needs(True), needs(False)
    if len(yes) >= 2 and len(no) >= 3:
        yield Choice(
            id="which-need-an-account",
            kind="several",
            question="With which of these can you do nothing useful without an account?",
            hint="Where does it run: on your machine, or only at its vendor's?",
            explanation="An account is more than a password: it is a contract, a bill, and a "
            "vendor who can close it. For the others a page was found that says it works without.",
            options=_mixed(draw, draw.sample(yes, 2), draw.sample(no, 3), _why_account),
        )


def _which_are_approved(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    def with_source(approved: bool) -> list[Tool]:
        return [
            tool
            for tool in catalogue.tools
            if tool.osi_approved is approved and tool.kind in ("open-source", "source-available")
        ]

    yes, no = with_source(True), with_source(False)
    if len(yes) >= 3 and len(no) >= 2:
        yield Choice(
            id="which-are-approved",
            kind="several",
            question="You can read the source of all of these. Which are **open source**, under a "
            "licence that the Open Source Initiative approves?",
            hint="A licence that forbids a use, such as offering it as a service, is not approved.",
            explanation="Reading the source is not the same as being free to use it. The licences "
            "that forbid something were mostly open ones once: see what changed.",
            options=_mixed(draw, draw.sample(yes, 3), draw.sample(no, 2), _why_licence),
        )


def _who_owns_what(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    bought = [
        tool
        for tool in catalogue.tools
        if tool.owner and tool.owner.value and any(e.what == "acquired" for e in tool.events)
    ]
    draw.shuffle(bought)
    chosen: list[Tool] = []
    for tool in bought:
        if all(tool.owner.value != other.owner.value for other in chosen):  # type: ignore[union-attr]
            chosen.append(tool)
    if len(chosen) >= 3:
        yield Matching(
            id="who-owns-what",
            question="Each of these was bought. Who decides about it now?",
            hint="The newest purchases are at the top of the page on what changed.",
            explanation="Who owns a tool decides its licence, its price and its end.",
            pairs=tuple(
                Pair(
                    tool.name,
                    str(tool.owner.value if tool.owner else ""),
                    _sentence(_last(tool, "acquired").text),
                )
                for tool in chosen[:4]
            ),
        )


def _what_does_what(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    places = [f"{c.id}/{job.id}" for c in catalogue.categories for job in c.jobs]
    draw.shuffle(places)
    pairs: list[Pair] = []
    for place in places:
        category, job = catalogue.place(place)
        only = [
            tool
            for tool in catalogue.tools_for(category, job)
            if len(tool.categories) == 1 and not tool.is_ended
        ]
        if only and len(pairs) < 5:
            tool = draw.choice(only)
            pairs.append(Pair(tool.name, job.name, tool.summary))
    if len(pairs) >= 3:
        yield Matching(
            id="what-does-what",
            question="Which tool does which job?",
            hint="Find them on the map: each card is a job.",
            explanation="Begin with the job, not with the tool.",
            pairs=tuple(pairs),
        )


def _what_came_first(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    dated = [
        (event, tool)
        for tool in catalogue.tools
        for event in tool.events
        if len(event.date) >= len("2026-03")
    ]
    draw.shuffle(dated)
    chosen: list[tuple[Event, Tool]] = []
    for event, tool in dated:
        # Half a year apart and of different tools, so that nobody has to know a day.
        if all(
            abs(_months(event) - _months(other)) >= 6 and tool is not its for other, its in chosen
        ):
            chosen.append((event, tool))
    chosen = sorted(chosen[:4], key=lambda pair: pair[0].date)
    if len(chosen) >= 3:
        yield Ordering(
            id="what-came-first",
            question="Put these in order, the oldest first.",
            hint="The timeline on the page about what changed has them all.",
            explanation="A tutorial that is older than the event does not know of it.",
            items=tuple(
                OrderedItem(
                    f"{tool.name}, {EVENTS[event.what]}: {event.text}", f"It was {event.date}."
                )
                for event, tool in chosen
            ),
        )


def _which_need_a_cluster(catalogue: Catalogue, draw: random.Random) -> Iterator[Question]:
    yes = [tool for tool in catalogue.tools if tool.kubernetes and not tool.is_ended]
    no = [tool for tool in catalogue.tools if tool.upkeep == "library" and not tool.is_ended]
    if len(yes) >= 2 and len(no) >= 2:
        yield Choice(
            id="which-need-kubernetes",
            kind="several",
            question="Nobody in your team can run Kubernetes. Which of these are out?",
            hint="It is not in the name.",
            explanation="A cluster is a second job. A library asks for nothing but a version.",
            options=_mixed(draw, draw.sample(yes, 2), draw.sample(no, 2), _why_upkeep),
        )


def _mixed(
    draw: random.Random, right: list[Tool], wrong: list[Tool], reason: Callable[[Tool], str]
) -> tuple[Option, ...]:
    options = [
        Option(tool.name, is_right, reason(tool))
        for is_right, tools in ((True, right), (False, wrong))
        for tool in tools
    ]
    draw.shuffle(options)
    return tuple(options)


def _why_state(tool: Tool) -> str:
    day = f", checked on {tool.status.checked_on.isoformat()}" if tool.status else ""
    return _sentence(f"{tool.name} is {STATES[_state(tool)]}{day}") + _also(_note(tool))


def _why_job(tool: Tool, catalogue: Catalogue) -> str:
    jobs = ", ".join(catalogue.place(place)[1].name for place in tool.categories)
    return f"{tool.name} is for: {jobs}. {tool.summary}"


def _why_account(tool: Tool) -> str:
    needed = bool(tool.account and tool.account.value)
    text = "Nothing useful works without one" if needed else "It works without one"
    return _sentence(text) + _also(tool.account.note if tool.account else "")


def _why_licence(tool: Tool) -> str:
    licence = tool.licence.value if tool.licence else ""
    verb = "approves" if tool.osi_approved else "does not approve"
    text = f"{tool.name} is under {licence}, which the OSI {verb}"
    return _sentence(text) + _also(tool.licence.note if tool.licence else "")


def _why_upkeep(tool: Tool) -> str:
    return _sentence("It needs Kubernetes" if tool.kubernetes else UPKEEP[tool.upkeep].capitalize())


def _category(place: str) -> str:
    return place.split("/")[0]


def _state(tool: Tool) -> str:
    return tool.status.state if tool.status else "unconfirmed"


def _note(tool: Tool) -> str:
    return tool.status.note if tool.status else ""


def _last(tool: Tool, what: str) -> Event:
    return max((e for e in tool.events if e.what == what), key=lambda event: event.date)


def _months(event: Event) -> int:
    return int(event.date[:4]) * 12 + int(event.date[5:7])


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _also(text: str) -> str:
    return f" {_sentence(text)}" if text else ""
