"""What the test cells of exported notebooks call: one check of ours, inside another grader."""

import contextlib
import io
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from IPython import get_ipython

from mlops_landscape.exercises import checks
from mlops_landscape.exercises.source import Places, about
from mlops_landscape.exercises.work import Work, take_answers


def must_pass(slug: str, name: str, variables: Mapping[str, Any] | None = None) -> None:
    """Run one check on the notebook's folder and variables as they are now.

    Nothing is printed and no warning escapes: nbgrader takes the points of a test cell that writes
    to stderr, whatever it says.

    Parameters
    ----------
    slug
        Name of the exercise.
    name
        Name of the check, without ``test_``.
    variables
        Where the answers are; the notebook's variables by default.

    Raises
    ------
    AssertionError
        If the check fails, with its message.
    """
    places = Places()
    if variables is None:
        shell = get_ipython()
        assert shell is not None, "this cell is run in a notebook"
        variables = shell.user_ns
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            solution = places.solution(slug)
            path = solution if solution.is_file() else places.exercise(slug)
            answers = about(path, path.read_text(encoding="utf-8")).answers
            found = {check.name: check for check in checks.collect(places.check_file(slug))}
            assert name in found, f"this copy of the course has no check {name!r} of {slug!r}"
            with Work(Path.cwd(), take_answers(answers, variables)) as work:
                result = checks.run([found[name]], work)[0]
    finally:
        logging.disable(before)
    assert result.passed, f"{result.title}. Seen: {result.message}. {result.hint}"
