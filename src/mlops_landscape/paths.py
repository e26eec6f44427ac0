"""Where the course's files are: one place that knows the layout of the repository."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
"""Root of the checkout. The package is always installed in editable mode, from here."""

BOOK = REPOSITORY / "book"
CATALOGUE = REPOSITORY / "catalogue"
ENVIRONMENTS = REPOSITORY / "environments"
SOLUTIONS = REPOSITORY / "solutions"
EXERCISES = REPOSITORY / "exercises"
EXERCISE_CHECKS = REPOSITORY / "tests" / "exercises"
NODE_MODULES = REPOSITORY / "node_modules"
BUILD = REPOSITORY / "_build"


def relative(path: Path) -> str:
    """Return `path` as a reader of a message knows it: from the repository's root if inside."""
    try:
        return path.resolve().relative_to(REPOSITORY).as_posix()
    except ValueError:
        return str(path)
