"""What one learner handed in, with the zips in it unpacked."""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from mlops_landscape.grading.archives import (
    MB,
    Limits,
    is_work,
    name_trouble,
    names_in,
    shown,
    unpack,
)
from mlops_landscape.grading.names import Kind, without_copy
from mlops_landscape.grading.notebooks import SUFFIXES

MANIFEST = "submission.json"
"""File in which `submit` says what it packed."""


@dataclass(frozen=True)
class File:
    """One file that was handed in.

    Attributes
    ----------
    path
        Where the learner had it.
    real
        Where it can be read.
    order
        The LMS's own order of uploads: the larger, the later; 0 if it has none.
    """

    path: PurePosixPath
    real: Path
    order: int = 0


@dataclass
class HandIn:
    """What one learner handed in at one time, or in one place.

    Attributes
    ----------
    kind
        The system that named the learner.
    ids
        What that system calls the learner, the surest first; empty if the name of a file or folder
        is all there is.
    name
        The learner's name.
    source
        The file or folder that the instructor handed over.
    label
        How a message calls it.
    files
        What is in it; nothing if it is refused.
    submitted, attempt
        As the LMS says; None if it does not.
    exercise
        What the place says of the exercise; empty if nothing.
    anonymous
        Whether nothing outside the work says whose it is.
    refusal
        Why it cannot be read.
    used
        Files and bytes that its zips took; all of them together have one limit.
    """

    kind: Kind
    ids: tuple[str, ...]
    name: str
    source: Path
    label: str
    files: list[File] = field(default_factory=list)
    submitted: datetime | None = None
    attempt: int | None = None
    exercise: str = ""
    anonymous: bool = False
    notes: list[str] = field(default_factory=list)
    refusal: str = ""
    used: tuple[int, int] = (0, 0)

    @property
    def learner(self) -> str:
        """What grades are kept under, unless a roster knows better."""
        return next((one for one in self.ids if one), self.name)


class Gatherer:
    """Adds files to hand-ins; unpacks what is packed.

    Parameters
    ----------
    staging
        An empty folder for what is unpacked.
    limits
        Of one hand-in.
    """

    def __init__(self, staging: Path, limits: Limits) -> None:
        self._staging = staging
        self._unpacked = 0
        self._limits = limits

    def new_folder(self) -> Path:
        """Make an empty folder to unpack into."""
        self._unpacked += 1
        folder = self._staging / str(self._unpacked)
        folder.mkdir()
        return folder

    def add_folder(self, hand_in: HandIn, folder: Path, under: PurePosixPath) -> None:
        """Add what is in a folder; links and special files are left out, zips are unpacked."""
        zips: list[tuple[Path, PurePosixPath]] = []
        waiting = [(folder, under)]
        while waiting:
            current, base = waiting.pop()
            try:
                entries = sorted(os.scandir(current), key=lambda entry: entry.name)
            except OSError as error:
                hand_in.notes.append(f"{shown(str(base))} was left out: {error.strerror}.")
                continue
            for entry in entries:
                path = base / entry.name
                if not is_work(entry.name):
                    continue
                reason = name_trouble(path)
                if entry.is_symlink():
                    reason = "it is a link, and links are not followed"
                elif not (entry.is_file() or entry.is_dir()):
                    reason = "it is not an ordinary file"
                elif not os.access(entry.path, os.R_OK):
                    reason = "it cannot be read"
                if reason:
                    hand_in.notes.append(f"{shown(str(path))} was left out: {reason}.")
                elif entry.is_dir():
                    waiting.append((Path(entry.path), path))
                elif path.suffix.lower() == ".zip" and not _hidden(path):
                    zips.append((Path(entry.path), path))
                else:
                    hand_in.files.append(File(path, Path(entry.path)))
        # After the rest: a zip of data stays one where there is a notebook beside it.
        for file, path in zips:
            self.add_file(hand_in, file, path, 0)

    def add_file(self, hand_in: HandIn, file: Path, path: PurePosixPath, order: int) -> None:
        """Add one file, or what is in it if it is a zip that holds the work."""
        if hand_in.refusal:
            return
        depth = sum(part.lower().endswith(".zip") for part in path.parts)
        has_notebook = any(one.path.suffix.lower() in SUFFIXES for one in hand_in.files)
        if path.suffix.lower() != ".zip" or (has_notebook and not _holds_work(names_in(file))):
            hand_in.files.append(File(path, file, order))
            return
        if depth > self._limits.depth:
            hand_in.refusal = (
                f"there are more than {self._limits.depth} zips in one another; "
                "hand in one zip with the files in it"
            )
            return
        folder = self.new_folder()
        came = unpack(file, folder, self._limits, used=hand_in.used)
        hand_in.used = came.used
        hand_in.notes += [f"{line}." for line in came.left_out]
        trouble = came.broken or next(iter(came.hostile), "")
        if came.hostile:
            trouble = f"{trouble}; nothing of the zip is used, pack and hand it in again"
        if trouble:
            hand_in.refusal = f"{shown(path.name)}: {trouble}"
            hand_in.files.append(File(path, file, order))
            return
        before = len(hand_in.files)
        self.add_folder(hand_in, folder, path)
        hand_in.files[before:] = [
            File(one.path, one.real, order or one.order) for one in hand_in.files[before:]
        ]

    def check_size(self, hand_in: HandIn) -> None:
        """Refuse a hand-in that is too large; its files are then let go."""
        size = sum(file.real.stat().st_size for file in hand_in.files)
        if len(hand_in.files) > self._limits.files:
            hand_in.refusal = hand_in.refusal or (
                f"it has {len(hand_in.files)} files, more than the {self._limits.files} that are "
                "taken; hand in only the files of the exercise"
            )
        elif size > self._limits.size:
            hand_in.refusal = hand_in.refusal or (
                f"it has {size // MB} MB, more than the {self._limits.size // MB} MB that are "
                "taken; hand in only the files of the exercise"
            )
        if len(hand_in.files) > self._limits.files or size > self._limits.size:
            hand_in.files = []


def _holds_work(inside: Collection[str]) -> bool:
    return any(
        PurePosixPath(name).name == MANIFEST or name.lower().endswith(".ipynb") for name in inside
    )


def _hidden(path: PurePosixPath) -> bool:
    return any(part.startswith(".") for part in path.parts)


def restore_names(hand_in: HandIn) -> None:
    """Give files that Canvas renamed their own name as well: the notebook looks for that.

    ``mlflow-1.db`` may be Canvas's name for the second upload of ``mlflow.db``, or the learner's.
    """
    taken = {file.path for file in hand_in.files}
    for file in list(hand_in.files):
        stem, copy = without_copy(file.path.stem)
        path = file.path.with_name(stem + file.path.suffix)
        if len(file.path.parts) > 1 or not copy or path in taken:
            continue
        if path.suffix.lower() in SUFFIXES:
            continue
        taken.add(path)
        hand_in.files.append(File(path, file.real, file.order))
        hand_in.notes.append(
            f"{shown(file.path.name)} is also there as {shown(path.name)}: Canvas numbers what is "
            "uploaded again."
        )
