"""What a submission says, for the person who marks it: its text, its code, its written files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jupytext

from mlops_landscape.grading.model import Submission

_LONGEST = 60_000
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
        found += _cells(_read(path), kind)
    for path in sorted(submission.folder.rglob("*")):
        name = path.relative_to(submission.folder).as_posix()
        if path.suffix in _WRITTEN and path.is_file() and name != submission.notebook:
            found.append(Passage("file", _read(path), name))
    return [
        Passage(one.kind, _shortened(one.text), one.name, one.text in given)
        for one in found
        if one.text
    ]


def _cells(text: str, kind: str) -> list[Passage]:
    try:
        notebook = jupytext.reads(text, fmt=kind)
        return [
            Passage("code" if cell.cell_type == "code" else "text", cell.source.strip())
            for cell in notebook.cells
        ]
    except (
        Exception
    ):  # whatever a learner handed in, the marker sees it, if need be as it lies there
        return [Passage("text", text.strip())]


def _read(path: Path) -> str:
    if path.is_symlink():
        return ""  # it may lead out of the submission
    return path.read_text(encoding="utf-8", errors="backslashreplace")


def _shortened(text: str) -> str:
    left_out = len(text) - _LONGEST
    return text if left_out <= 0 else f"{text[:_LONGEST]}\n… {left_out} more characters left out"
