"""Checks of the exercise `mlflow-or-sagemaker`: its form only, in the order in which to mend."""

import re

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.paths import BOOK

SECTIONS = ("Situation", "Costs", "Operations and people", "Lock-in and exit", "Decision")
FEWEST_WORDS, MOST_WORDS = 300, 600
FEWEST_CLAIMS, FEWEST_SOURCES = 3, 2
FEWEST_NUMBERS = 3

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s)\]>]+")
# In square brackets, but not the text of a link.
_CHAPTER = re.compile(r"\[([\w./-]+)\](?!\()")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNIT = r"dollars?|euros?|pounds?|francs?|USD|EUR|GBP|CHF|[$€£]"
_MONEY = re.compile(rf"(?:[$€£]|USD|EUR|GBP|CHF)\s?\d|\d[\d.,]*\s?(?:{_UNIT})", re.IGNORECASE)


def essay(work: Work) -> str:
    """Return the essay."""
    text = work.answer("essay")
    assert isinstance(text, str), f"`essay` is a {type(text).__name__}, not a text"
    return text


def words(text: str) -> int:
    """Return how many words a reader reads: addresses and chapters in brackets are none."""
    return len(re.findall(r"[\w'’-]*\w[\w'’-]*", _CHAPTER.sub(" ", _ADDRESS.sub(" ", text))))


def sections(work: Work) -> dict[str, str]:
    """Return the text below each of the five headings."""
    parts = _HEADING.split(essay(work))
    found = {heading.lower(): text for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
    missing = [name for name in SECTIONS if name.lower() not in found]
    assert not missing, f"no heading for {listed(missing)}"
    empty = [name for name in SECTIONS if not words(found[name.lower()])]
    assert not empty, f"nothing stands below {listed(empty)}"
    return {name: found[name.lower()] for name in SECTIONS}


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@worth(
    points=1,
    hint="Below 300 words a reason is missing somewhere; above 600, strike what would be true of "
    "any team.",
)
def test_the_length_is_right(work: Work) -> None:
    """The essay has 300 to 600 words."""
    count = words(essay(work))
    assert count >= FEWEST_WORDS, f"words: {count}, at least {FEWEST_WORDS} wanted"
    assert count <= MOST_WORDS, f"words: {count}, at most {MOST_WORDS} wanted"


@worth(
    points=1,
    hint="Put each heading on a line of its own, such as `## Lock-in and exit`, spelt as in the "
    "exercise: the person who marks looks for the criterion there.",
)
def test_every_criterion_has_its_section(work: Work) -> None:
    """Each of the five criteria has its section."""
    sections(work)


@worth(
    points=2,
    hint="After a claim, name the chapter in square brackets, such as `[tools/sagemaker]`, or the "
    "address of the page where you read it. Three claims at least, and not all from one source.",
)
def test_claims_have_sources(work: Work) -> None:
    """At least three claims name their source, from at least two sources."""
    text = essay(work)
    named = [*_CHAPTER.findall(text), *_ADDRESS.findall(text)]
    count, different = len(named), len(set(named))
    seen = f"sources named: {count}, different ones: {different}"
    assert count >= FEWEST_CLAIMS, f"{seen}; at least {FEWEST_CLAIMS} claims need one"
    assert different >= FEWEST_SOURCES, f"{seen}; at least {FEWEST_SOURCES} are wanted"


@worth(
    points=2,
    hint="Give a sum for either side and what it is made of: hours of people, machines, prices. A "
    "guess with a number can be corrected, an adjective cannot.",
)
def test_costs_are_numbers(work: Work) -> None:
    """The section on costs has at least three numbers, one of them money."""
    text = _CHAPTER.sub(" ", _ADDRESS.sub(" ", sections(work)["Costs"]))
    count = len(_NUMBER.findall(text))
    assert count >= FEWEST_NUMBERS, f"numbers in `Costs`: {count}, at least {FEWEST_NUMBERS} wanted"
    assert _MONEY.search(text), "none of the numbers in `Costs` is an amount of money"


@worth(
    points=2,
    hint='Write a sentence with "start with" and the name: MLflow, SageMaker, or one for this and '
    "the other for that.",
)
def test_a_decision_is_there(work: Work) -> None:
    """The last section says what the team starts with."""
    text = " ".join(sections(work)["Decision"].split())
    decides = [
        sentence
        for sentence in re.split(r"(?<=[.!?])\s+", text)
        if re.search(r"\b(?:start|begin)s?\s+(?:\w+\s+){0,2}with\b", sentence, re.IGNORECASE)
        and re.search(r"\b(?:mlflow|sagemaker)\b", sentence, re.IGNORECASE)
    ]
    assert decides, 'no sentence in `Decision` says "start with" and MLflow or SageMaker'


@worth(
    points=2,
    visible=False,
    hint="Copy the path from the address of the chapter: what follows `book/`, without `.html`.",
)
def test_the_chapters_exist(work: Work) -> None:
    """Every chapter that is named as a source exists."""
    chapters = list(dict.fromkeys(_CHAPTER.findall(essay(work))))
    pages = {path.relative_to(BOOK).with_suffix("").as_posix() for path in BOOK.rglob("*.md")}
    unknown = [name for name in chapters if name not in pages]
    assert not unknown, f"the book has no chapter {listed(unknown)}"
    assert chapters or _ADDRESS.search(essay(work)), "no source is named"
