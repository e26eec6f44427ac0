"""Lets plain pytest run the checks on a folder.

pytest tests/exercises/test_log_a_dummy_metric.py --work FOLDER [--answers FILE]
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_landscape.exercises.work import Work


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options that say what to check."""
    parser.addoption("--work", type=Path, help="folder that a learner left behind")
    parser.addoption("--answers", type=Path, help="JSON file with the answers, {name: value}")


@pytest.fixture
def work(request: pytest.FixtureRequest) -> Iterator[Work]:
    """Open the work named on the command line."""
    folder: Path | None = request.config.getoption("--work")
    if folder is None:
        raise pytest.UsageError("say which work to check: --work FOLDER")
    file: Path | None = request.config.getoption("--answers")
    values = json.loads(file.read_text(encoding="utf-8")) if file else {}
    answers = {name: {"value": value} for name, value in values.items()}
    with Work(folder.resolve(), answers) as opened:
        yield opened
