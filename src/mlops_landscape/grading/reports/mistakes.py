"""Which wrong answers recur in a class, and which of them are known."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlops_landscape.documents import front_matter
from mlops_landscape.exercises.markup import said_once
from mlops_landscape.exercises.source import Places
from mlops_landscape.grading.model import CheckMark, Grade

# A message may hold what a learner made, of any length; patterns below take long for some texts.
_COMPARED = 1_000
_ABSOLUTE = re.compile(r"(?<![\w.:/])/(?:[^\s/'\"`:,;()]+/)+([^\s/'\"`:,;()]+)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
_ID = re.compile(r"\b(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{8}[0-9a-f-]*\b")
_LONG_DECIMAL = re.compile(r"(\d+\.\d{2})\d+")


@dataclass(frozen=True)
class RecordedMistake:
    """A wrong answer that the exercise's author recorded.

    Attributes
    ----------
    name
        Of its file.
    says
        What the mistake is, in the author's words.
    fails
        Name of the check that it fails.
    because
        Part of the message with which it fails.
    """

    name: str
    says: str
    fails: str
    because: str


@dataclass(frozen=True)
class Recurring:
    """One wrong answer that several learners gave.

    Attributes
    ----------
    message
        As one of them read it; its beginning, if it is long.
    grades
        Those who gave it, in the order of the book.
    recorded
        The recorded mistake that it is, if it is a known one.
    """

    exercise: str
    title: str
    check: CheckMark
    message: str
    grades: tuple[Grade, ...]
    recorded: RecordedMistake | None


def recorded_mistakes(
    exercises: Iterable[str], places: Places | None = None
) -> dict[str, list[RecordedMistake]]:
    """Read the recorded wrong answers of exercises; an exercise that has none has no entry.

    Raises
    ------
    InputError
        If the front matter of one cannot be read.
    """
    places = places or Places()
    found: dict[str, list[RecordedMistake]] = defaultdict(list)
    for exercise in exercises:
        for path in sorted(places.wrong_answers(exercise).glob("*.md")):
            text = path.read_text(encoding="utf-8")
            content = front_matter(path, text)
            body = text.split("\n---", 1)[-1].lstrip("-").strip()
            says = " ".join(body.split("\n\n", 1)[0].split())
            if says.startswith("```") or not says:
                says = f"{path.stem.replace('-', ' ').capitalize()}."
            mistake = RecordedMistake(
                path.stem, says, str(content.get("fails", "")), str(content.get("because", ""))
            )
            if mistake.because.strip():
                found[exercise].append(mistake)
    return dict(found)


def normalised(message: str) -> str:
    """Return the beginning of `message` without what differs from run to run.

    That is addresses, ids, folders, and digits after the second decimal.
    """
    text = _ABSOLUTE.sub(r"…/\1", message[:_COMPARED])
    text = _ADDRESS.sub("…", text)
    text = _ID.sub("…", text)
    text = _LONG_DECIMAL.sub(r"\1", text)
    return " ".join(text.split())


def recurring(
    grades: Iterable[Grade], recorded: Mapping[str, Sequence[RecordedMistake]]
) -> list[Recurring]:
    """Return the wrong answers that at least two learners gave, the most frequent first.

    A message that several checks of one submission repeat counts for the first of them only.
    """
    groups: dict[tuple[str, str, str], list[tuple[Grade, CheckMark]]] = defaultdict(list)
    for grade in grades:
        failed = [check for check in grade.checks if not check.passed and check.message]
        said = said_once(normalised(check.message) for check in failed)
        for check, message in zip(failed, said, strict=True):
            if message:
                groups[grade.exercise, check.name, message].append((grade, check))
    result = []
    for (exercise, name, _), given in groups.items():
        if len(given) < 2:
            continue
        grade, check = given[0]
        known = next(
            (
                mistake
                for mistake in recorded.get(exercise, ())
                if mistake.fails == name and mistake.because.strip() in check.message
            ),
            None,
        )
        result.append(
            Recurring(
                exercise=exercise,
                title=grade.title or exercise,
                check=check,
                message=check.message[:_COMPARED],
                grades=tuple(one for one, _ in given),
                recorded=known,
            )
        )
    return sorted(result, key=lambda one: (-len(one.grades), one.exercise, one.message))
