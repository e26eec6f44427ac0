'''Checks: plain pytest functions that are worth points, collected and run without pytest.

A file of checks holds functions like this one, in the order in which a learner should mend::

    from mlops_landscape.exercises.checks import worth
    from mlops_landscape.exercises.work import Work


    @worth(points=1, hint="Call `mlflow.set_experiment` before the run starts.")
    def test_the_experiment_exists(work: Work) -> None:
        """The experiment is called flight-delays."""
        names = [experiment.name for experiment in work.mlflow.search_experiments()]
        assert "flight-delays" in names, f"the store holds {names}, not 'flight-delays'"

The first line of the docstring is what the learner reads, the message of the ``assert`` says what
was seen and what was expected.
'''

import ast
import importlib.util
import inspect
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises.work import Work

CheckFunction = Callable[[Work], None]
_WORTH = "worth_of_this_check"


@dataclass(frozen=True)
class Check:
    """One check of an exercise.

    Attributes
    ----------
    name
        The function's name without ``test_``.
    title
        What is checked, in the learner's words.
    points
        What it is worth.
    hint
        What to do next when it fails.
    visible
        Whether ``check()`` in the notebook runs it; hidden ones are for grading.
    """

    name: str
    title: str
    points: int
    hint: str
    visible: bool
    function: CheckFunction


@dataclass(frozen=True)
class Result:
    """What one check found.

    Attributes
    ----------
    message
        What was seen and what was expected; empty if the check passed.
    broken
        Whether the check ended with an error of its own instead of a verdict.
    traceback
        Where that error arose, as Python prints it; empty if there was none.
    """

    name: str
    title: str
    points: int
    hint: str
    passed: bool
    message: str = ""
    broken: bool = False
    traceback: str = ""


def worth(
    *, points: int, hint: str, visible: bool = True
) -> Callable[[CheckFunction], CheckFunction]:
    """Say what a check is worth and what a learner should do when it fails.

    Parameters
    ----------
    points
        At least 1.
    hint
        One or two sentences that say what to do next, not what the answer is. Code in backticks.
    visible
        Whether ``check()`` in the notebook runs it.
    """

    def mark(function: CheckFunction) -> CheckFunction:
        setattr(function, _WORTH, (points, hint, visible))
        return function

    return mark


def collect(path: Path) -> list[Check]:
    """Return the checks in a file, in the order in which they are written there.

    Raises
    ------
    InputError
        If the file does not exist or cannot be imported, and for each check without points, hint,
        docstring or a message in one of its assertions.
    """
    if not path.is_file():
        mend = "write it: plain pytest functions, each with @worth(points=..., hint=...)"
        raise InputError([Problem(path, "", "the file of checks is missing", mend)])
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        specification = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
        assert specification is not None, "it is not a Python file"
        assert specification.loader is not None, "it is not a Python file"
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
    except Exception as error:
        place = f"line {error.lineno}" if isinstance(error, SyntaxError) else ""
        what = f"it cannot be imported: {type(error).__name__}: {error}"
        raise InputError([Problem(path, place, what, "correct it")]) from error
    problems = list(_silent_assertions(path, tree))
    checks = []
    for name, function in vars(module).items():
        if not (name.startswith("test_") and inspect.isfunction(function)):
            continue
        place = f"line {function.__code__.co_firstlineno}, {name}"
        points, hint, visible = getattr(function, _WORTH, (0, "", True))
        title = (inspect.getdoc(function) or "").split("\n")[0].rstrip(".")
        if points < 1 or not hint:
            mend = "put @worth(points=..., hint=...) above it"
            problems.append(Problem(path, place, "it has no points or no hint", mend))
        if not title:
            mend = "say in one line what is right when it passes; learners read it"
            problems.append(Problem(path, place, "it has no docstring", mend))
        checks.append(Check(name.removeprefix("test_"), title, points, hint, visible, function))
    if not checks:
        problems.append(Problem(path, "", "there is no check in it", "write functions test_..."))
    if problems:
        raise InputError(problems)
    return checks


def _silent_assertions(path: Path, tree: ast.Module) -> Iterable[Problem]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg is None:
            what = "the assertion says nothing to the learner"
            mend = "add a message: what was seen, and what was expected"
            yield Problem(path, f"line {node.lineno}", what, mend)


def run(checks: Iterable[Check], work: Work) -> list[Result]:
    """Run `checks` on `work`; none of them can stop the others.

    Returns
    -------
    list of Result
        One a check, in the same order.
    """
    results = []
    for check in checks:
        facts: dict[str, Any] = {
            "name": check.name,
            "title": check.title,
            "points": check.points,
            "hint": check.hint,
        }
        try:
            check.function(work)
        except AssertionError as error:
            results.append(Result(**facts, passed=False, message=str(error)))
        except Exception as error:  # whatever a learner leaves behind, the other checks still run
            message = f"the check could not read the work: {type(error).__name__}: {error}"
            # From the check on: the frame of this loop tells nobody anything.
            trace = error.__traceback__.tb_next if error.__traceback__ else None
            lines = traceback.format_exception(type(error), error, trace)
            results.append(
                Result(
                    **facts, passed=False, message=message, broken=True, traceback="".join(lines)
                )
            )
        else:
            results.append(Result(**facts, passed=True))
    return results
