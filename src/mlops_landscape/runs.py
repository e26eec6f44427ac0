"""What the last build really ran, for the pages that say how a tool runs in this book.

Nobody types it. A cell's option ``:runs: [dvc]`` says whose real software does its real job there,
``:parts: [kserve]`` of what a part does (the server, and not the operator), ``:emulates: [s3]``
whose real client talks to a stand-in; a cell that failed stops the build, and one that was left
out does not count. The build writes what came of it (`book.ran`).
"""

import json
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.paths import BUILD

RECORD = BUILD / "runs.json"

HOW = {
    "shared": "runs in this book",
    "own": "runs in this book, in an environment of its own",
    "debian": "runs in this book, from Debian's package",
    "npm": "runs in this book, from npm",
    "emulated": "is only emulated in this book",
    "not-here": "does not run in this book",
}
"""How a tool can run, as a reader sees it; where it runs in several ways, the first counts."""


@dataclass(frozen=True)
class Run:
    """How a tool ran in the last build.

    Attributes
    ----------
    how
        A key of `HOW`.
    pages
        The pages that ran it, without suffix and without ``book/``, in reading order.
    needs
        Environments and programs that its cells needed beside the shared environment.
    in_part
        Whether only a part of the tool ran.
    """

    how: str
    pages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    in_part: bool = False

    @property
    def words(self) -> str:
        """How it ran, as the end of a sentence that begins with the tool."""
        text = HOW[self.how]
        return text.replace("runs", "runs in part", 1) if self.in_part else text


@dataclass(frozen=True)
class LeftOut:
    """A cell that was not run because what it needs is missing on this machine."""

    page: str
    needs: str
    tools: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """All that a build knows of what ran.

    Attributes
    ----------
    tools
        By id; what is not in it did not run.
    left_out
        Cells that were not run.
    megabytes
        What each environment of its own weighs (10⁶ bytes), by name.
    """

    tools: dict[str, Run]
    left_out: tuple[LeftOut, ...]
    megabytes: dict[str, int]

    def of(self, tool: str) -> Run:
        """Return how the tool with this id ran; one that no cell ran is ``not-here``."""
        return self.tools.get(tool, Run("not-here"))


def read_record(path: Path = RECORD) -> Record | None:
    """Return what the last build ran, or None where no build has been made yet."""
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Record(
        {
            name: Run(run["how"], tuple(run["pages"]), tuple(run["needs"]), run["in_part"])
            for name, run in data["tools"].items()
        },
        tuple(
            LeftOut(each["page"], each["needs"], tuple(each["tools"])) for each in data["left_out"]
        ),
        data["megabytes"],
    )
