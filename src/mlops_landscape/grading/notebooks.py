"""Reading notebooks that strangers wrote: their cells, and a sentence if there are none."""

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from jupytext.myst import MystMetadataParsingError
from nbformat import converter

from mlops_landscape.documents import front_matter
from mlops_landscape.errors import InputError
from mlops_landscape.exercises.source import code_cells

SUFFIXES = frozenset({".ipynb", ".md"})

_NOTEBOOK_FORMAT = 4
_LARGEST_MYST = 2_000_000  # bytes; it holds no outputs, and text can be made slow to read
_HEADS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip or a document of an office program",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a packed file",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "a document of an old office program",
    b"\x7fELF": "a program",
}
# The longer ones first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CHECK_CALL = re.compile(r"""\bcheck\(\s*(["'])([a-z0-9-]+)\1\s*\)""")


class NotANotebook(Exception):
    """The file cannot be run; the message says why, with the mend."""


@dataclass(frozen=True)
class Notebook:
    """A notebook that can be run.

    Attributes
    ----------
    cells
        Source of each code cell, in order.
    title
        Title of the exercise that its metadata name; empty if they name none.
    notes
        Sentences about what had to be done to read it.
    """

    cells: tuple[str, ...]
    title: str = ""
    notes: tuple[str, ...] = ()

    @property
    def checked(self) -> list[str]:
        """Names of the exercises that its cells call `check` with, each once."""
        found = (match[2] for cell in self.cells for match in _CHECK_CALL.finditer(cell))
        return list(dict.fromkeys(found))


def read(path: Path, limit: int) -> Notebook:
    """Read an .ipynb or a MyST file.

    Parameters
    ----------
    limit
        Most bytes that are read.

    Raises
    ------
    NotANotebook
        If there is nothing in it that could be run. A cell that is not Python is no reason: it
        fails when it runs.
    """
    size = path.stat().st_size
    myst = path.suffix.lower() == ".md"
    limit = min(limit, _LARGEST_MYST) if myst else limit
    if size > limit:
        what = f"it has {size / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB that are read"
        raise NotANotebook(
            f"{what}; clear its outputs, or what else is too long, and hand it in again"
        )
    text, notes = _text(path.read_bytes())
    notebook = _from_myst(path, text) if myst else _from_json(text)
    if not any(cell.strip() for cell in notebook.cells):
        raise NotANotebook("it has no code cells; hand in the notebook that you worked in")
    return Notebook(notebook.cells, notebook.title, (*notes, *notebook.notes))


def may_be_notebook(path: Path, name: str) -> bool:
    """Tell whether a file means to be a notebook: any .ipynb, and .md files that have code cells.

    Parameters
    ----------
    name
        The name that it was handed in with.
    """
    suffix = Path(name).suffix.lower()
    if suffix != ".md":
        return suffix == ".ipynb"
    with path.open("rb") as file:
        start = file.read(1 << 20)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.replace(b"\0", b"")
    return b"{code-cell}" in start or b"jupytext:" in start[:2000]


def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    if not data.strip():
        raise NotANotebook("the file is empty; hand in the notebook that you worked in")
    for head, kind in _HEADS.items():
        if data.startswith(head):
            raise NotANotebook(f"it is {kind} and no notebook; hand in the .ipynb or .md file")
    for mark, encoding, name in _MARKS:
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                break
            return text, (f"The file is {name}, not UTF-8; it was read.",) if name else ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        place = error.start
    # Windows-1252 is Latin-1 with letters where Latin-1 has control characters. Text in it has
    # no control characters but tabs and line ends; what has is some other encoding, or no text.
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\0"
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise NotANotebook(
            f"it is no text in an encoding that can be told (byte {place} is not UTF-8); "
            "save it as UTF-8"
        )
    return text, ("The file is not UTF-8; it was read as Windows-1252 (Latin-1).",)


def _from_myst(path: Path, text: str) -> Notebook:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        metadata = front_matter(path, text)
        cells = tuple(source for _, source in code_cells(text))
    except InputError as error:
        problem = error.problems[0]
        what = ", ".join(part for part in (problem.place, problem.what) if part)
        raise NotANotebook(f"{what}; {problem.mend}") from None
    except (MystMetadataParsingError, yaml.YAMLError, ValueError, RecursionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise NotANotebook(f"Jupytext cannot read it: {reason}; correct it there") from None
    return Notebook(cells, _title(metadata))


def _from_json(text: str) -> Notebook:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        start = text.lstrip()[:200].lower()
        if start.startswith(("<!doctype", "<html")):
            what = "it is a web page and no notebook; hand in the .ipynb or .md file"
            raise NotANotebook(what) from None
        if not start.startswith("{"):
            what = "it is text and no notebook; hand in the .ipynb or .md file"
            raise NotANotebook(what) from None
        where = f"line {error.lineno}, column {error.colno}"
        raise NotANotebook(
            f"it is not whole: its JSON ends or breaks at {where}; save and hand it in again"
        ) from None
    except (RecursionError, ValueError):
        raise NotANotebook("its JSON cannot be read; save and hand it in again") from None
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise NotANotebook("it is JSON but no notebook; hand in the .ipynb or .md file")
    try:
        # nbformat.read would also validate, which warns about each small fault and changes
        # nothing: the cells of a notebook with faults can be run.
        was = data["nbformat"]
        if was not in nbformat.versions:
            raise NotANotebook(f"it is of notebook format {was}, which nobody can read yet")
        notebook = converter.convert(
            nbformat.versions[was].to_notebook_json(data, minor=int(data.get("nbformat_minor", 0))),
            _NOTEBOOK_FORMAT,
        )
        cells = tuple(
            _source(cell) for cell in notebook["cells"] if cell.get("cell_type") == "code"
        )
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
        nbformat.ValidationError,
    ):
        what = "it lacks what a notebook needs; open and save it in JupyterLab, and hand it in"
        raise NotANotebook(what) from None
    notes = ()
    if was < _NOTEBOOK_FORMAT:
        notes = (f"The notebook is of the old format {was}; it was upgraded to read it.",)
    return Notebook(cells, _title(notebook.get("metadata", {})), notes)


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    if not isinstance(source, str):
        raise TypeError("the source of a cell is not text")
    return source


def _title(metadata: object) -> str:
    exercise = metadata.get("exercise") if isinstance(metadata, Mapping) else None
    title = exercise.get("title") if isinstance(exercise, Mapping) else None
    return title.strip() if isinstance(title, str) else ""
