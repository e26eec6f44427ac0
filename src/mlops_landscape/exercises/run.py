"""Run notebooks and their checks, each in a process forked from one that has imported the tools.

A fresh kernel costs 8 to 10 seconds of CPU for each notebook that uses MLflow, nearly all of it
imports. Here one process, the standard library's fork server, imports them once.
"""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.work import Work, take_answers

_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(["mlops_landscape.exercises.warm"])


@dataclass(frozen=True)
class Execution:
    """What came of running a notebook.

    Attributes
    ----------
    errors
        One a cell that failed: ``code cell 3: NameError: ...``. Later cells run all the same, so
        that half-done work is seen.
    answers
        The answers, as :func:`~mlops_landscape.exercises.work.take_answers` returns them.
    output
        Everything it printed.
    seconds
        Wall time.
    """

    errors: list[str]
    answers: dict[str, dict[str, Any]]
    output: str
    seconds: float


def execute(
    sources: Sequence[str], folder: Path, answers: Sequence[str] = (), timeout: float = 120
) -> Execution:
    """Run code cells in `folder` as IPython would, magics and shell lines included.

    Parameters
    ----------
    sources
        The code cells.
    folder
        Where they run; it keeps what they leave behind.
    answers
        Names of the variables to hand over.
    timeout
        Seconds of wall time for all of them together.
    """
    with tempfile.TemporaryDirectory(prefix="notebook-") as aside:
        log = Path(aside) / "output.txt"
        begun = time.monotonic()
        outcome = _in_child(
            _run_cells, (list(sources), str(folder), list(answers), aside), log, timeout
        )
        return Execution(
            errors=outcome.get("errors", [outcome["lost"]] if "lost" in outcome else []),
            answers=outcome.get("answers", {}),
            output=log.read_text(errors="replace"),
            seconds=time.monotonic() - begun,
        )


def examine(
    check_file: Path,
    folder: Path,
    answers: Mapping[str, Mapping[str, Any]],
    timeout: float = 60,
) -> list[Result]:
    """Run all checks of a file, hidden ones too, on what was left in `folder`.

    Raises
    ------
    SetupError
        If they take longer than `timeout` seconds or their process ends early.
    """
    with tempfile.TemporaryDirectory(prefix="checks-") as aside:
        log = Path(aside) / "output.txt"
        outcome = _in_child(
            _run_checks, (str(check_file), str(folder), dict(answers)), log, timeout
        )
        if "lost" in outcome:
            raise SetupError(f"{check_file.name}: {outcome['lost']}\n{log.read_text()[-2000:]}")
    return [Result(**result) for result in outcome["results"]]


def _in_child(
    task: Callable[..., dict[str, Any]], arguments: tuple[Any, ...], log: Path, timeout: float
) -> dict[str, Any]:
    """Return what `task` returns, or ``{"lost": sentence}`` if it did not end by itself."""
    ours, theirs = _WARM.Pipe(duplex=False)
    child = _WARM.Process(target=_child, args=(theirs, task, arguments, str(log)))
    child.start()
    theirs.close()
    try:
        if not ours.poll(timeout):
            return {"lost": f"it did not end within {timeout:.0f} s"}
        # JSON, not objects: what comes from a process that ran foreign code is not unpickled.
        outcome = json.loads(ours.recv_bytes())
        assert isinstance(outcome, dict)
        return outcome
    except EOFError:
        child.join(5)
        return {"lost": f"its process ended early, with code {child.exitcode}"}
    finally:
        ours.close()
        # The child leads a process group: what it started goes with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
        child.join()
        child.close()


def _child(
    connection: Connection, task: Callable[..., dict[str, Any]], arguments: tuple[Any], log: str
) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    outcome = task(*arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send_bytes(json.dumps(outcome).encode())
    # Not a normal end: MLflow would then close a run that the notebook left open, and the checks
    # should see it as the learner does while the notebook is open.
    os._exit(0)


def _run_cells(sources: list[str], folder: str, answers: list[str], aside: str) -> dict[str, Any]:
    os.environ["IPYTHONDIR"] = aside
    os.chdir(folder)
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    configuration = Config()
    configuration.HistoryManager.enabled = False
    configuration.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=configuration)
    errors = []
    for number, source in enumerate(sources, start=1):
        result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            errors.append(f"code cell {number}: {type(error).__name__}: {error}")
    return {"errors": errors, "answers": take_answers(answers, shell.user_ns)}


def _run_checks(check_file: str, folder: str, answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    with Work(Path(folder), answers) as work:
        results = checks.run(checks.collect(Path(check_file)), work)
    return {"results": [asdict(result) for result in results]}
