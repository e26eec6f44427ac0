"""What came of an import or an export, and writing its files without losing any."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import relative


@dataclass(frozen=True)
class Report:
    """What came of it.

    Attributes
    ----------
    written
        The files that were made.
    carried
        What the other format has as well, one sentence each.
    lost
        What it does not have, or what could not be carried, one sentence each.
    to_do
        What a person must do now, one sentence each.
    """

    written: list[Path] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    to_do: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = (
            ("Written:", [relative(path) for path in self.written]),
            ("Carried:", self.carried),
            ("Not carried:", self.lost),
            ("To do:", self.to_do),
        )
        return "\n".join(
            "\n".join([heading, *(f"  - {line}" for line in lines)])
            for heading, lines in parts
            if lines
        )


def must_be_free(paths: list[Path]) -> None:
    """Refuse to go on if one of these exists.

    Raises
    ------
    InputError
        One problem for each that does.
    """
    mend = "choose another name, or move it away if you no longer need it"
    problems = [
        Problem(path, "", "it exists already, and nothing is overwritten", mend)
        for path in paths
        if path.exists()
    ]
    if problems:
        raise InputError(problems)


def write_all(texts: Mapping[Path, str]) -> list[Path]:
    """Write new files: all of them or, if one cannot be written, none."""
    must_be_free(list(texts))
    made: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="interchange-") as aside:
        try:
            for number, (path, text) in enumerate(texts.items()):
                whole = Path(aside) / str(number)
                whole.write_text(text, encoding="utf-8")
                path.parent.mkdir(parents=True, exist_ok=True)
                made.append(path)
                shutil.copyfile(whole, path)
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise
    return made
