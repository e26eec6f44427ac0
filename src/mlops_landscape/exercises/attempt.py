"""What runs contained: a notebook's cells, and after them, elsewhere, the checks.

Both get a request and answer with messages; `run` asks for them and reads these.
"""

import signal
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

from mlops_landscape.exercises import checks
from mlops_landscape.exercises.work import Work, take_answers
from mlops_landscape.sandbox.host import Send

_LONGEST = 2000  # characters of an error that are kept


class _OutOfTime(BaseException):
    """A cell ran too long. Not an Exception: cells that catch everything would go on."""


def run_task(request: dict[str, Any], folder: Path, send: Send) -> None:
    """Run cells, or else checks, whichever the request is about."""
    if "cells" in request:
        _run_cells(request, send)
    else:
        _run_checks(request, folder, send)


def make_shell() -> None:
    """Make the one shell of this process; its children run their cells in a copy of it."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    configuration = Config()
    configuration.HistoryManager.enabled = False
    configuration.InteractiveShell.colors = "nocolor"
    with tempfile.TemporaryDirectory(prefix="ipython-") as folder:
        # Not the settings of whoever grades.
        configuration.InteractiveShell.ipython_dir = folder
        InteractiveShell.instance(config=configuration)


def _run_cells(request: dict[str, Any], send: Send) -> None:
    """Run code cells as IPython would, magics and shell lines included."""
    from IPython.core.interactiveshell import InteractiveShell

    seconds = request["seconds"]

    def out_of_time(_number: int, _frame: FrameType | None) -> None:
        raise _OutOfTime(f"it ran for more than {seconds:g} s")

    shell = InteractiveShell.instance()
    handed: dict[str, Any] = {}
    for number, source in enumerate(request["cells"], start=1):
        send({"cell": number})
        begun = time.monotonic()
        signal.signal(signal.SIGALRM, out_of_time)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            result = shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
        except _OutOfTime as late:
            error = late
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        send({"took": time.monotonic() - begun})
        if isinstance(error, _OutOfTime):
            send({"error": f"code cell {number}: {error}"})
        elif error is not None:
            kind, said = type(error).__name__, str(error)[:_LONGEST]
            send({"error": f"code cell {number}: {kind}" + (f": {said}" if said else "")})
        # After each cell: what one cell has found is not lost if a later one never ends.
        answers = take_answers(request["answers"], shell.user_ns)
        if answers != handed:
            send({"answers": answers})
            handed = answers


def _run_checks(request: dict[str, Any], folder: Path, send: Send) -> None:
    """Run the checks of a file from number `first` on, and tell each before and after it runs."""
    with Work(folder, request["answers"]) as work:
        for check in checks.collect(Path(request["checks"]))[request["first"] :]:
            about = {"name": check.name, "title": check.title, "points": check.points}
            send({"begun": {**about, "hint": check.hint}})
            (result,) = checks.run([check], work)
            send({"result": asdict(result)})
