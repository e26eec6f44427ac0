"""How the course says that something it was given is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.paths import relative


@dataclass(frozen=True)
class Problem:
    """One mistake in one file.

    Parameters
    ----------
    file
        The file that holds the mistake.
    place
        Where in it, in the words of its author: ``line 12``, ``tool 'mlflow', field 'kind'``,
        ``question 3``. May be empty where the whole file is meant.
    what
        What is wrong, as a sentence without its full stop.
    mend
        What to do about it, as a sentence without its full stop.
    """

    file: Path
    place: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (relative(self.file), self.place) if part)
        return f"{where}: {self.what}.\n    Mend: {self.mend}."


class InputError(Exception):
    """The course's own files, or a caller's arguments, are wrong; all mistakes found are listed.

    Parameters
    ----------
    problems
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SetupError(Exception):
    """The machine lacks something (a port, a browser, npm, disk); the message says the mend."""


class BuildError(Exception):
    """The book cannot be built from inputs that look right; the message says what failed."""
