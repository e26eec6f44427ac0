"""Attempts at exercises: each runs in processes of its own, forked from one that is warm.

This is the grader's side. What is forked, and how it is kept from doing harm, is in `warm`,
`attempt` and :mod:`mlops_landscape.sandbox`.
"""

import atexit
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises.checks import Result
from mlops_landscape.sandbox import Contained, Limits, Sandbox, Stage, View

CHECKING = Limits(wall=60, cpu=60, output=5)
"""What the checks of one submission may use: they read files that may be made to trap them."""

_SANDBOX = Sandbox("mlops_landscape.exercises.warm")
atexit.register(_SANDBOX.stop)


@dataclass(frozen=True)
class Attempt:
    """What came of running a notebook and checking what it left behind.

    Attributes
    ----------
    errors
        One a cell that failed: ``code cell 3: NameError: ...``. Later cells run all the same, so
        that half-done work is seen.
    stopped
        Why the notebook was ended before its last cell, as a sentence; empty if it was not. It is
        among the errors too.
    answers
        The answers, as :func:`~mlops_landscape.exercises.work.take_answers` returns them.
    results
        One a check, hidden ones too.
    output
        What it printed; of a long output the begin and the end.
    seconds, cpu_seconds
        Wall and processor time of notebook and checks together.
    slowest_cell
        Wall seconds of the cell that took longest, as the notebook's process tells.
    peak_mb
        Most memory that its processes were seen to use, in MB (10^6 bytes); what several share,
        as much of the tools is, is counted in each.
    """

    errors: list[str]
    stopped: str
    answers: dict[str, dict[str, Any]]
    results: list[Result]
    output: str
    seconds: float
    cpu_seconds: float
    slowest_cell: float
    peak_mb: float


def attempt(
    cells: Sequence[str],
    check_file: Path,
    answers: Sequence[str] = (),
    given: Path | None = None,
    limits: Limits | None = None,
) -> Attempt:
    """Run code cells, then all checks of a file, hidden ones too, on what they left behind.

    Parameters
    ----------
    cells
        Sources of the code cells.
    check_file
        The file of checks.
    answers
        Names of the variables to hand over.
    given
        A folder whose content the notebook finds in its own; it is only read.
    limits
        What the notebook may use.

    Raises
    ------
    SetupError
        If the file of checks is at fault, or the machine.
    """
    limits = limits or Limits()
    begun = time.monotonic()
    with _SANDBOX.stage(limits.disk) as stage:
        task = {"cells": list(cells), "answers": list(answers), "seconds": limits.cell}
        ran = _SANDBOX.contain(task, View(stage, writable=True, given=given), limits)
        handed = _last_answers(ran)
        results, examined = _examine(check_file.resolve(), stage, handed)
    errors = [message["error"] for message in _with(ran, "error", str)]
    if ran.ended:
        cell = max((message["cell"] for message in _with(ran, "cell", int)), default=0)
        errors.append(f"code cell {cell}: {ran.ended}" if cell else ran.ended)
    return Attempt(
        errors=errors,
        stopped=ran.ended,
        answers=handed,
        results=results,
        output=ran.output,
        seconds=time.monotonic() - begun,
        cpu_seconds=sum(one.cpu_seconds for one in [ran, *examined]),
        slowest_cell=max((message["took"] for message in _with(ran, "took", float)), default=0.0),
        peak_mb=max(one.peak_mb for one in [ran, *examined]),
    )


def start() -> None:
    """Start the warm process now, so that the first attempt does not wait for it."""
    _SANDBOX.start()


def _with(ran: Contained, key: str, kind: type) -> list[dict[str, Any]]:
    """Return the messages that carry `key`; foreign code may have sent anything."""
    return [message for message in ran.messages if isinstance(message.get(key), kind)]


def _last_answers(ran: Contained) -> dict[str, dict[str, Any]]:
    """Return the answers as they were handed over last; foreign code may have sent anything."""
    handed = [message["answers"] for message in _with(ran, "answers", dict)][-1:]
    return {
        name: answer
        for answers in handed
        for name, answer in answers.items()
        if isinstance(answer, dict) and answer.keys() & {"value", "problem"}
    }


def _examine(
    check_file: Path, stage: Stage, answers: Mapping[str, Any]
) -> tuple[list[Result], list[Contained]]:
    """Run all checks; one that does not end costs its own points, and the next ones still run."""
    results: list[Result] = []
    examined: list[Contained] = []
    view = View(stage, writable=False, shown=(check_file,))
    place = str(_SANDBOX.place_of(check_file))
    while True:
        task = {"checks": place, "answers": answers, "first": len(results)}
        done = _SANDBOX.contain(task, view, CHECKING)
        examined.append(done)
        found = [Result(**message["result"]) for message in _with(done, "result", dict)]
        results += found
        if not done.ended:
            return results, examined
        begun = [message["begun"] for message in _with(done, "begun", dict)]
        if len(begun) == len(found):  # it ended between two checks
            raise SetupError(f"{check_file.name}: {done.ended}\n{done.output[-2000:]}")
        message = f"the check could not read the work: {done.ended}"
        results.append(Result(**begun[-1], passed=False, message=message, broken=True))
