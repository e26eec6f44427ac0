"""Tables as CSV: written so that no spreadsheet runs what a learner wrote, and read back."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.files import encoded

BOM = "\ufeff"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
# All but line feed and tabulator: they change nothing for a reader and break readers of files.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    r"""Return `text` with control characters spelt out: ``\x1b`` for the escape character."""
    one_kind = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], one_kind)


def guarded(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula.

    A spreadsheet runs what begins with ``=``, ``+``, ``-``, ``@``, and shows as text what begins
    with an apostrophe. `unguarded` takes the apostrophe off again.
    """
    clean = printable(text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def written(rows: Iterable[Sequence[str]], *, separator: str = ",", bom: bool = False) -> bytes:
    """Return rows as CSV.

    Parameters
    ----------
    bom
        Whether it begins with the mark without which Excel takes UTF-8 for another encoding.
    """
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return encoded((BOM if bom else "") + text.getvalue())


@dataclass(frozen=True)
class Table:
    """A CSV file as it was found.

    Attributes
    ----------
    rows
        All rows that are not empty, the heading first, with the numbers that a spreadsheet gives
        them.
    separator, bom
        How it was written, so that it can be written so again.
    """

    file: Path
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    separator: str
    bom: bool

    @property
    def heading(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.rows[0][1]


def read_table(file: Path) -> Table:
    """Read a CSV file with commas or, as Excel writes in many countries, semicolons.

    Raises
    ------
    InputError
        If it is not there, not UTF-8, empty, or a row has more cells than the heading.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError([Problem(file, "", "there is no such file", "check its name")]) from None
    except UnicodeDecodeError:
        mend = "save it as 'CSV UTF-8' (in Excel: File, Save As)"
        raise InputError([Problem(file, "", "it is not UTF-8 text", mend)]) from None
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, tuple(cells)))
    except csv.Error as error:
        what = f"it is not valid CSV: {error}"
        mend = "look there for a quotation mark that is not closed"
        raise InputError([Problem(file, f"line {reader.line_num}", what, mend)]) from None
    if not rows:
        mend = "write it again with `mlops-landscape grade`, or export it again"
        raise InputError([Problem(file, "", "it is empty", mend)])
    width = len(rows[0][1])
    problems = [
        Problem(
            file,
            f"row {number}",
            f"it has {len(cells)} cells, the heading has {width}",
            "put a text that holds the separator in quotation marks",
        )
        for number, cells in rows
        if len(cells) > width
    ]
    if problems:
        raise InputError(problems)
    padded = tuple((number, cells + ("",) * (width - len(cells))) for number, cells in rows)
    return Table(file, padded, separator, file.read_bytes().startswith(encoded(BOM)))
