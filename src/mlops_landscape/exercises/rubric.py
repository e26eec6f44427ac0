"""Rubrics: what a person marks in an exercise, because no program can."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_landscape.errors import Problem

_KEYS = {"criterion", "points", "levels"}
_EXAMPLE = '`{criterion: Reasons, points: 2, levels: {0: "none", 2: "one for each step"}}`'


@dataclass(frozen=True)
class Criterion:
    """One thing that a person looks at.

    Attributes
    ----------
    name
        What is looked at, in the learner's words.
    points
        The most that it can earn.
    levels
        What work looks like that earns so many points, from few to many; the last is `points`.
    """

    name: str
    points: int
    levels: Mapping[int, str]


def read_rubric(path: Path, written: Any, problems: list[Problem]) -> tuple[Criterion, ...]:  # noqa: ANN401
    """Read ``exercise.rubric`` of a front matter.

    Parameters
    ----------
    path
        The file, for messages.
    written
        What stands there; None if nothing does.
    problems
        Every mistake is added to it.

    Returns
    -------
    tuple of Criterion
        Those without mistakes.
    """
    if written is None:
        return ()
    if not isinstance(written, list) or not written:
        mend = f"write a list of criteria, each like {_EXAMPLE}, or leave the key out"
        what = f"`exercise.rubric` is {written!r}"
        problems.append(Problem(path, "front matter", what, mend))
        return ()
    criteria: list[Criterion] = []
    for number, item in enumerate(written, start=1):
        place = f"front matter, criterion {number} of the rubric"
        found = list(_mistakes(item))
        if not found:
            name = item["criterion"].strip()
            if name in [criterion.name for criterion in criteria]:
                found.append((f"there are two criteria {name!r}", "give one of them another name"))
            else:
                levels = {int(points): text.strip() for points, text in item["levels"].items()}
                criteria.append(Criterion(name, item["points"], dict(sorted(levels.items()))))
        problems += [Problem(path, place, what, mend) for what, mend in found]
    return tuple(criteria)


def _mistakes(item: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return what is wrong with one criterion, and the mend of each."""
    if not isinstance(item, dict) or item.keys() != _KEYS:
        keys = ", ".join(map(str, item)) if isinstance(item, dict) else repr(item)
        what = f"it has {keys or 'nothing'}, not criterion, points and levels"
        return [(what, f"write it like {_EXAMPLE}")]
    mistakes = []
    name, points, levels = item["criterion"], item["points"], item["levels"]
    if not isinstance(name, str) or not name.strip():
        mistakes.append((f"`criterion` is {name!r}", "name what is looked at, in a few words"))
    if not _whole(points) or points < 1:
        mistakes.append((f"`points` is {points!r}", "write a whole number from 1"))
        points = None
    if not isinstance(levels, dict) or not levels:
        mend = f"say what earns how many points, like {_EXAMPLE}"
        return [*mistakes, (f"`levels` is {levels!r}", mend)]
    earned = []
    for key, text in levels.items():
        # JSON, in which JupyterLab keeps an open notebook, makes text of the keys.
        number = int(key) if isinstance(key, str) and key.isdecimal() else key
        if not _whole(number) or number < 0 or (points is not None and number > points):
            most = "its points" if points is None else points
            mend = f"write a whole number from 0 to {most}"
            mistakes.append((f"the level {key!r} is no number of points it can earn", mend))
        else:
            earned.append(number)
        if not isinstance(text, str) or not text.strip():
            mend = "say what work looks like that earns it; put a text with ': ' in quotes"
            mistakes.append((f"the level {key!r} says {text!r}", mend))
    if points is not None and not mistakes and points not in earned:
        mistakes.append(("no level earns all its points", f"add the level {points}"))
    return mistakes


def _whole(number: Any) -> bool:  # noqa: ANN401
    return isinstance(number, int) and not isinstance(number, bool)
