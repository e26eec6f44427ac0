"""What a submission says, for the person who marks it: its text, its code, its written files."""

import warnings
from dataclasses import dataclass
from typing import Literal

import jupytext

from mlops_landscape.grading.model import Submission

_LONGEST = 60_000
_MOST_FILES = 20
_WRITTEN = {".md", ".txt", ".rst"}


@dataclass(frozen=True)
class Passage:
    """A cell of the notebook, or a file beside it.

    Attributes
    ----------
    name
        Path below the submission's folder; empty for a cell.
    given
        Whether it is as the learner was given it.
    """

    kind: Literal["text", "code", "file"]
    text: str
    name: str = ""
    given: bool = False


def passages(submission: Submission, exercise: str = "") -> list[Passage]:
    """Return what a submission says, in its order; files that people write come last.

    Parameters
    ----------
    exercise
        The exercise's notebook as learners got it, in MyST: its cells are told apart from theirs.
    """
    given = {cell.text for cell in _cells(exercise, "md:myst")} if exercise else set()
    found = []
    if submission.notebook:
        path = submission.folder / submission.notebook
        kind = "ipynb" if path.suffix == ".ipynb" else "md:myst"
        text = "" if path.is_symlink() else path.read_text("utf-8", "backslashreplace")
        found += _cells(text, kind)
    files = [
        path
        for path in sorted(submission.folder.rglob("*"))
        if path.suffix in _WRITTEN
        and path.is_file()
        and not path.is_symlink()  # it may lead out of the submission
        and path != submission.folder / submission.notebook
    ]
    for path in files[:_MOST_FILES]:
        name = path.relative_to(submission.folder).as_posix()
        with path.open(encoding="utf-8", errors="backslashreplace") as file:
            found.append(Passage("file", file.read(_LONGEST + 1), name))
    if more := len(files[_MOST_FILES:]):
        found.append(Passage("file", f"There are {more} more files.", "…"))
    return [
        Passage(one.kind, _shortened(one.text), one.name, one.text in given)
        for one in found
        if one.text
    ]


def _cells(text: str, kind: str) -> list[Passage]:
    try:
        with warnings.catch_warnings(action="ignore"):  # an old notebook is no news to a marker
            notebook = jupytext.reads(text, fmt=kind)
        return [
            Passage("code" if cell.cell_type == "code" else "text", cell.source.strip())
            for cell in notebook.cells
        ]
    except (
        Exception
    ):  # whatever a learner handed in, the marker sees it, if need be as it lies there
        return [Passage("text", text.strip())]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… the rest is left out"
