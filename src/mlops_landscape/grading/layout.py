"""What an instructor downloaded, taken apart: who handed in which files."""

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading import gradescope_export, names
from mlops_landscape.grading.archives import Limits, is_work, names_in, shown, unpack
from mlops_landscape.grading.handin import MANIFEST, Gatherer, HandIn, restore_names
from mlops_landscape.grading.names import Kind, Named
from mlops_landscape.grading.notebooks import SUFFIXES

Lms = Literal["auto", "canvas", "moodle", "gradescope", "plain"]

_OTHER_ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_WORKS = SUFFIXES | {".zip"}
_WHOLE_CLASS = frozenset({"submissions", "submission", "submitted", "handed-in", "assignments"})


@dataclass(frozen=True)
class _Place:
    """A folder that holds the work of a class.

    Attributes
    ----------
    source
        The zip that it was unpacked from; None if it is as it was handed over.
    label
        What stands before the names in it in a message.
    exercise
        The exercise that all of it is of, if the folder's name says so.
    """

    folder: Path
    source: Path | None
    label: str = ""
    exercise: str = ""
    depth: int = 0

    def of(self, entry: Path) -> Path:
        return self.source or entry

    def say(self, entry: Path) -> str:
        return f"{self.label}{shown(entry.name)}"


class Finder:
    """Finds what was handed in.

    Parameters
    ----------
    staging
        An empty folder for what is unpacked.
    slugs
        Names of the exercises.
    lms
        Which system's names to expect.
    skip
        Files that lie there but are no work.
    """

    def __init__(
        self,
        staging: Path,
        slugs: Collection[str],
        lms: Lms,
        limits: Limits,
        skip: Collection[Path],
    ) -> None:
        self.problems: list[str] = []
        self._gather = Gatherer(staging, limits)
        self._slugs = slugs
        self._lms = lms
        self._limits = limits
        self._skip = {path.resolve() for path in skip}
        self._found: list[HandIn] = []

    def find(self, handed_in: Path) -> list[HandIn]:
        """Return what is in `handed_in`; what is no submission gets a line in `problems`.

        Raises
        ------
        InputError
            If there is nothing that could be looked through.
        """
        if handed_in.is_dir():
            self._class(_Place(handed_in, None))
        elif handed_in.suffix.lower() == ".zip" and handed_in.is_file():
            if self._of_one(handed_in):
                self._file(handed_in, _Place(handed_in.parent, None))
            else:
                self._class_zip(handed_in, _Place(handed_in.parent, None))
        elif handed_in.suffix.lower() in SUFFIXES and handed_in.is_file():
            self._file(handed_in, _Place(handed_in.parent, None))
        else:
            what = "it is neither a folder nor a zip nor a notebook"
            if not handed_in.exists():
                what = "there is no such file or folder"
            mend = "name the folder or zip that you downloaded"
            raise InputError([Problem(handed_in, "", what, mend)])
        if self._lms == "gradescope" and not any(one.kind == "gradescope" for one in self._found):
            what = f"there is no {gradescope_export.METADATA} with submissions in it"
            mend = "hand over the whole export, or leave out the choice of Gradescope"
            raise InputError([Problem(handed_in, "", what, mend)])
        return self._found

    # A class -------------------------------------------------------------------------------

    def _class(self, place: _Place) -> None:
        place = self._unwrap(place)
        entries = self._entries(place)
        kind = self._kind(entries) if self._lms == "auto" else self._lms
        if kind == "gradescope" and any(one.name == gradescope_export.METADATA for one in entries):
            self._gradescope(place, entries)
            return
        if self._are_classes(entries) and place.depth < self._limits.depth:
            for entry in entries:
                self._one_of_several(entry, place)
            return
        named: dict[str, list[tuple[Named, Path]]] = {}
        for entry in entries:
            if found := _read_name(kind, entry):
                named.setdefault(found.user, []).append((found, entry))
                continue
            if kind in ("canvas", "moodle"):
                self.problems.append(
                    f"{place.say(entry)} is not named as {kind.capitalize()} names what it "
                    "exports; it was read by its own name."
                )
            self._plain(entry, place)
        for group in named.values():
            self._from_lms(group, place)

    def _are_classes(self, entries: Collection[Path]) -> bool:
        """Tell whether the entries are several downloads, or a folder for each exercise.

        All of them, or none: a learner whose zip looks like a class would else hand in work in the
        name of others.
        """
        works = [one for one in entries if one.is_dir() or one.suffix.lower() in _WORKS]
        return bool(works) and all(map(self._holds_a_class, works))

    def _holds_a_class(self, entry: Path) -> bool:
        learner, exercise = self._name(entry.name if entry.is_dir() else entry.stem)
        for_all = exercise != "" and learner == ""
        if entry.is_dir():
            inside = [one for one in entry.iterdir() if is_work(one.name)]
            return for_all or self._kind(inside) != "plain"
        if entry.suffix.lower() != ".zip":
            return False
        for_all = for_all or entry.stem.casefold() in _WHOLE_CLASS
        return _kind_of_names(names_in(entry)) != "plain" or (for_all and not self._of_one(entry))

    def _one_of_several(self, entry: Path, place: _Place) -> None:
        if entry.is_dir():
            exercise = self._name(entry.name)[1] or place.exercise
            label = f"{place.say(entry)}/"
            self._class(_Place(entry, place.source, label, exercise, place.depth + 1))
        elif entry.suffix.lower() == ".zip":
            self._class_zip(entry, place)
        else:
            self._plain(entry, place)

    def _entries(self, place: _Place) -> list[Path]:
        entries = []
        for entry in sorted(place.folder.iterdir()):
            if not is_work(entry.name) or entry.name.startswith("."):
                continue
            mode = entry.lstat().st_mode
            if stat.S_ISLNK(mode):
                self.problems.append(f"{place.say(entry)} is a link; links are not followed.")
            elif not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                self.problems.append(f"{place.say(entry)} is not an ordinary file.")
            elif entry.resolve() not in self._skip:
                entries.append(entry)
        return entries

    def _kind(self, entries: Collection[Path]) -> Kind:
        if any(entry.name == gradescope_export.METADATA for entry in entries):
            return "gradescope"
        if any(names.moodle(entry.name) for entry in entries):
            return "moodle"
        files = [entry for entry in entries if entry.is_file()]
        works = [entry for entry in files if entry.suffix.lower() in _WORKS] or files
        return "canvas" if works and all(names.canvas(entry.name) for entry in works) else "plain"

    def _unwrap(self, place: _Place) -> _Place:
        """Step into the one folder that some zips have around everything."""
        for _ in range(self._limits.depth):
            entries = [one for one in place.folder.iterdir() if is_work(one.name)]
            if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
                break
            if not self._is_wrapper(entries[0], place):
                break
            label = f"{place.label}{shown(entries[0].name)}/"
            place = replace(place, folder=entries[0], label=label)
        return place

    def _is_wrapper(self, folder: Path, place: _Place) -> bool:
        """Tell whether the only folder of a class is the class, not its only learner."""
        if names.moodle(folder.name):
            return False
        inside = [one for one in folder.iterdir() if is_work(one.name) and not one.is_symlink()]
        if self._kind(inside) != "plain" or folder.name.casefold() in _WHOLE_CLASS:
            return True
        if place.source and folder.name.casefold() == place.source.stem.casefold():
            return True
        if any(one.suffix.lower() in SUFFIXES or self._name(one.name)[1] for one in inside):
            return False
        return sum(_holds_notebooks(one) for one in inside if one.is_dir()) > 1

    def _of_one(self, archive: Path) -> bool:
        """Tell whether a zip that was handed over alone is one learner's work."""
        inside = [PurePosixPath(name) for name in names_in(archive)]
        tops = {path.parts[0] for path in inside}
        # A folder around everything that is named as the zip says nothing.
        around = 1 if tops == {archive.stem} and all(len(one.parts) > 1 for one in inside) else 0
        at_top = [path for path in inside if len(path.parts) == 1 + around]
        if any(path.name == MANIFEST for path in at_top):
            return True
        works = [path for path in inside if path.suffix.lower() in {".ipynb", ".zip"}]
        works = works or [path for path in inside if path.suffix.lower() == ".md"]
        if _kind_of_names([str(path) for path in inside]) != "plain":
            return False
        return len(works) == 1 and works[0] in at_top and works[0].suffix.lower() != ".zip"

    def _class_zip(self, archive: Path, place: _Place) -> None:
        folder = self._gather.new_folder()
        came = unpack(archive, folder, self._limits, self._limits.class_size)
        label = place.say(archive)
        if came.broken:
            self.problems.append(f"{label}: {came.broken}.")
            return
        self.problems += [f"{label}: {line}." for line in came.left_out]
        self.problems += [f"{label}: {line}. It was left out." for line in came.hostile]
        exercise = self._name(archive.stem)[1] or place.exercise
        self._class(_Place(folder, place.of(archive), f"{label}/", exercise, depth=place.depth + 1))

    # One learner ---------------------------------------------------------------------------

    def _name(self, stem: str) -> tuple[str, str]:
        return names.learner_and_exercise(stem, self._slugs)

    def _plain(self, entry: Path, place: _Place) -> None:
        if entry.is_dir():
            learner, exercise = self._name(entry.name)
            hand_in = self._hand_in(entry, place, learner, exercise)
            self._gather.add_folder(hand_in, entry, PurePosixPath())
            if hand_in.files or hand_in.refusal:
                self._done(hand_in)
            else:
                self.problems.append(f"{place.say(entry)}: the folder is empty.")
        elif entry.suffix.lower() in _WORKS:
            self._file(entry, place)
        elif entry.suffix.lower() in _OTHER_ARCHIVES:
            self.problems.append(
                f"{place.say(entry)} is packed in a way that is not read here; pack it as a zip."
            )
        else:
            self.problems.append(f"{place.say(entry)} is no notebook, and belongs to none.")

    def _file(self, entry: Path, place: _Place) -> None:
        """Take one notebook, or one zip of one learner."""
        learner, exercise = self._name(entry.stem)
        hand_in = self._hand_in(entry, place, learner, exercise)
        self._gather.add_file(hand_in, entry, PurePosixPath(entry.name), 0)
        self._done(hand_in)

    def _hand_in(self, entry: Path, place: _Place, learner: str, exercise: str) -> HandIn:
        return HandIn(
            "plain",
            (),
            _text(learner or (entry.name if entry.is_dir() else entry.stem)),
            place.of(entry),
            place.say(entry),
            exercise=exercise or place.exercise,
            anonymous=not learner,
        )

    def _from_lms(self, group: list[tuple[Named, Path]], place: _Place) -> None:
        first, entry = group[0]
        blind = first.kind == "moodle" and first.name == "Participant"
        name = f"Participant {first.user}" if blind else first.name
        hand_in = HandIn(
            first.kind,
            (first.user,),
            name,
            place.of(entry),
            place.say(entry),
            exercise=place.exercise,
        )
        if any(named.late for named, _ in group):
            hand_in.notes.append(
                "Canvas marks it as late; what it exports does not say by how much."
            )
        taken: set[PurePosixPath] = set()
        # Zips last: beside a notebook, one that holds none is a file of the work.
        for named, entry in sorted(group, key=lambda one: one[1].suffix.lower() == ".zip"):
            if entry.is_dir():
                self._gather.add_folder(hand_in, entry, PurePosixPath())
                continue
            path = PurePosixPath(named.file or entry.name)
            if path in taken:
                path = PurePosixPath(str(named.order), named.file)
            taken.add(path)
            self._gather.add_file(hand_in, entry, path, named.order)
        if first.kind == "canvas":
            restore_names(hand_in)
        if not hand_in.files and not hand_in.refusal:
            hand_in.refusal = "nothing was handed in but an empty folder"
        self._done(hand_in)

    def _gradescope(self, place: _Place, entries: Collection[Path]) -> None:
        by_name = {entry.name: entry for entry in entries}
        described, problems = gradescope_export.read_metadata(
            by_name.pop(gradescope_export.METADATA)
        )
        self.problems += [f"{place.label}{line}" for line in problems]
        for key, about in described.items():
            entry = by_name.pop(key, None)
            people = [one.name or one.email or one.sid for one in about.submitters]
            if entry is None:
                self.problems.append(
                    f"{place.label}{shown(key)} of {', '.join(people)} is in the list of "
                    "Gradescope, but not in the export."
                )
                continue
            common = HandIn("gradescope", (), "", place.of(entry), place.say(entry))
            if entry.is_dir():
                self._gather.add_folder(common, entry, PurePosixPath())
            else:
                self._gather.add_file(common, entry, PurePosixPath(entry.name), 0)
            for one, person in zip(about.submitters, people, strict=True):
                others = [other for other in people if other != person]
                together = [f"Handed in together with {', '.join(others)}."] if others else []
                self._done(
                    HandIn(
                        "gradescope",
                        (one.sid, one.email),
                        person,
                        common.source,
                        common.label,
                        common.files,
                        about.submitted,
                        about.attempt,
                        place.exercise,
                        notes=common.notes + together,
                        refusal=common.refusal,
                    )
                )
        for entry in by_name.values():
            self.problems.append(
                f"{place.say(entry)} is not in the list of Gradescope, so nobody knows whose it is."
            )

    def _done(self, hand_in: HandIn) -> None:
        self._gather.check_size(hand_in)
        self._found.append(hand_in)


def _holds_notebooks(folder: Path) -> bool:
    endings = (*SUFFIXES, ".zip")
    return any(name.lower().endswith(endings) for _, _, files in os.walk(folder) for name in files)


def _read_name(kind: Kind | Lms, entry: Path) -> Named | None:
    if kind == "moodle":
        return names.moodle(entry.name)
    return names.canvas(entry.name) if kind == "canvas" and entry.is_file() else None


def _kind_of_names(inside: Collection[str]) -> Kind:
    """Tell by the paths in a zip whether an LMS made it."""
    paths = [PurePosixPath(name) for name in inside]
    if any(path.name == gradescope_export.METADATA and len(path.parts) <= 2 for path in paths):
        return "gradescope"
    if any(names.moodle(part) for path in paths for part in path.parts[:2]):
        return "moodle"
    tops = [path for path in paths if len(path.parts) == 1]
    works = [path for path in tops if path.suffix.lower() in _WORKS]
    return "canvas" if works and all(names.canvas(path.name) for path in works) else "plain"


def _text(name: str) -> str:
    """Return a name as text; Linux allows names that are none."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
