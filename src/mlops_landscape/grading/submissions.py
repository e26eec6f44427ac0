"""Collecting what was handed in: one submission for each learner and exercise, ready to run.

When something was handed in is known only where an LMS says so (Gradescope's export does; those of
Canvas and Moodle do not) or where ``submit`` wrote it down, by the learner's own clock. The time of
a file or of a member of a zip is no such time: it is when somebody downloaded or saved it. Those
only tell which of two versions is the newer.
"""

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.grading.archives import Limits, shown
from mlops_landscape.grading.handin import File, HandIn
from mlops_landscape.grading.layout import Finder, Lms
from mlops_landscape.grading.model import Submission
from mlops_landscape.grading.names import folder_for
from mlops_landscape.grading.roster import Ambiguous, Roster, read_roster
from mlops_landscape.grading.works import Work, works

MARK = ".collected-submissions"
"""File by which a folder is known to hold nothing but what this module wrote."""

_UNKNOWN = "_unknown-exercise"
_CHUNK = 1 << 20
_MOST_NOTES = 20


@dataclass(frozen=True)
class Collected:
    """What was handed in.

    Attributes
    ----------
    submissions
        One for each learner and exercise, sorted by exercise, then learner.
    problems
        Lines about what belongs to no submission.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[str, ...]


def collect(
    handed_in: Path,
    into: Path,
    *,
    exercises: Mapping[str, str],
    only: str | None = None,
    lms: Lms = "auto",
    roster: Path | None = None,
    keep: Literal["newest", "first"] = "newest",
    limits: Limits | None = None,
) -> Collected:
    """Find, unpack, name and read what an instructor downloaded; `handed_in` is only read.

    Parameters
    ----------
    handed_in
        A folder, a zip of a whole class, or one learner's notebook or zip.
    into
        Folder that gets the work as ``<learner>/<exercise>/``. What an earlier call left there goes
        when this one is done.
    exercises
        Titles by slug.
    only
        Slug of the one exercise that is graded; None for all.
    lms
        Which system named the files; ``auto`` looks at the names.
    roster
        CSV file of the class; see :mod:`mlops_landscape.grading.roster`.
    keep
        Which of several submissions of one learner counts, among those that can be run.

    Raises
    ------
    InputError
        If `handed_in`, `into`, `only` or the roster is not usable; then nothing has changed.
    """
    _refuse_bad_arguments(handed_in, into, exercises, only)
    people = read_roster(roster) if roster else None
    limits = limits or Limits()
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".collecting-", dir=into.parent) as scratch:
        staging, made = Path(scratch, "unpacked"), Path(scratch, "made")
        staging.mkdir()
        made.mkdir()
        skip = [roster] if roster else []
        finder = Finder(staging, exercises.keys(), lms, limits, skip)
        hand_ins = finder.find(handed_in)
        problems = list(finder.problems)
        versions: dict[tuple[str, str], list[Work]] = defaultdict(list)
        readable: dict[str, str] = {}
        for hand_in in hand_ins:
            for work in works(hand_in, exercises, only, limits):
                learner, name = _who(hand_in, work, people, problems)
                versions[learner, work.exercise].append(work)
                readable.setdefault(learner, name)
        if people:
            problems += [
                f"{person.name or person.learner} ({person.learner}) handed in nothing."
                for person in people.people
                if person.learner not in readable
            ]
        folders: dict[str, str] = {}
        for learner in sorted(readable):
            folders[learner] = folder_for(learner, folders.values())
        submissions = []
        for (learner, exercise), several in sorted(versions.items(), key=lambda one: one[0][::-1]):
            work, attempt, notes = _which_counts(several, keep)
            where = Path(folders[learner], exercise or _UNKNOWN)
            digest, troubles = _write(work.files, made / where)
            submissions.append(
                Submission(
                    learner,
                    readable[learner],
                    exercise,
                    work.hand_in.source,
                    into / where,
                    work.notebook,
                    work.cells,
                    work.submitted,
                    attempt,
                    digest,
                    _brief([*notes, *work.notes, *troubles]),
                    work.refusal,
                )
            )
        (made / MARK).touch()
        _put_in_place(made, into, Path(scratch, "before"))
    return Collected(tuple(submissions), tuple(dict.fromkeys(problems)))


def _refuse_bad_arguments(
    handed_in: Path, into: Path, exercises: Mapping[str, str], only: str | None
) -> None:
    problems: list[Problem] = []
    if only is not None and only not in exercises:
        mend = f"use one of these: {', '.join(sorted(exercises))}"
        problems.append(Problem(handed_in, "", f"there is no exercise {only!r}", mend))
    given, target = handed_in.resolve(), into.resolve()
    if target.is_relative_to(given) or given.is_relative_to(target):
        what = f"the results would lie in one folder with what was handed in, {handed_in}"
        problems.append(Problem(into, "", what, "name a folder elsewhere"))
    elif into.is_symlink() or (into.exists() and not into.is_dir()):
        problems.append(Problem(into, "", "it is not a folder", "name another"))
    elif into.is_dir() and any(into.iterdir()) and not (into / MARK).is_file():
        what = "the folder holds files that no earlier run put there, and would be emptied"
        problems.append(Problem(into, "", what, "name a new or an empty folder"))
    if problems:
        raise InputError(problems)


def _who(
    hand_in: HandIn, work: Work, roster: Roster | None, problems: list[str]
) -> tuple[str, str]:
    """Return a learner's id and name: the roster's, else the LMS's, else the file's."""
    learner, name = hand_in.learner, hand_in.name
    if hand_in.anonymous and work.learner:
        # Only here: what a learner writes into a file must not overrule what an LMS knows.
        learner = name = work.learner
        work.notes.append(
            "Nothing but the learner's own word, given to `submit`, says whose it is."
        )
    elif hand_in.anonymous:
        work.notes.append("Nothing says whose it is; it goes by the name of its file.")
    if roster is None:
        return learner, name
    ids = tuple(one for one in hand_in.ids if one) or (learner,)
    try:
        person = roster.find(hand_in.kind, ids, name)
    except Ambiguous as error:
        problems.append(
            f"{hand_in.label}: {shown(name)} is the name of several people on the roster "
            f"({error}). "
            + (
                "Name the file by the learner's id."
                if hand_in.kind == "plain"
                else f"Give their ids in its column `{hand_in.kind}`."
            )
        )
        return learner, name
    if person is None:
        called = shown(name) if learner == name else f"{shown(name)} ({shown(learner)})"
        problems.append(f"{hand_in.label}: {called} is not on the roster.")
        return learner, name
    return person.learner, person.name or person.learner


def _which_counts(several: list[Work], keep: str) -> tuple[Work, int, list[str]]:
    """Return the version that counts, which attempt it is, and what to say of the others."""
    # With one exercise graded, the notebook of another is no attempt at it, if there is one.
    several = [work for work in several if not work.misplaced] or several
    if all(work.submitted for work in several):
        in_order = sorted(several, key=lambda work: (work.submitted, work.newer))
    else:
        in_order = sorted(several, key=lambda work: work.newer)
    usable = [work for work in in_order if not work.refusal] or in_order
    chosen = usable[-1] if keep == "newest" else usable[0]
    attempt = chosen.hand_in.attempt or in_order.index(chosen) + 1
    others = [work for work in in_order if work is not chosen]
    if not others:
        return chosen, attempt, []
    notes = [f"{chosen.label} counts; passed over: {', '.join(work.label for work in others)}."]
    notes += [f"{work.label} could not be used: {work.refusal}" for work in others if work.refusal]
    return chosen, attempt, notes


def _brief(notes: list[str]) -> tuple[str, ...]:
    """Return notes, each once; a folder with a thousand links in it gives not a thousand."""
    each = list(dict.fromkeys(notes))
    more = len(each) - _MOST_NOTES
    return (*each[:_MOST_NOTES], f"And {more} more such notes.") if more > 0 else tuple(each)


def _write(files: list[File], folder: Path) -> tuple[str, list[str]]:
    """Copy the files of a work into its folder; return their digest, and what could not be kept."""
    folder.mkdir(parents=True)
    total = hashlib.sha256()
    troubles: list[str] = []
    for file in sorted(files, key=lambda file: file.path.as_posix()):
        target = folder / file.path
        content = hashlib.sha256()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.real.open("rb") as source, target.open("xb") as sink:
                while chunk := source.read(_CHUNK):
                    content.update(chunk)
                    sink.write(chunk)
        except (FileExistsError, NotADirectoryError):
            # On a file system that does not tell small from large letters.
            what = "another file has the same name but for small and large letters"
            troubles.append(f"{shown(str(file.path))} was left out: {what}.")
            continue
        state = file.real.stat()
        target.chmod(0o755 if state.st_mode & 0o100 else 0o644)
        os.utime(target, (state.st_mtime, state.st_mtime))
        name = os.fsencode(file.path.as_posix())
        total.update(len(name).to_bytes(4) + name + content.digest())
    return total.hexdigest(), troubles


def _put_in_place(made: Path, into: Path, before: Path) -> None:
    """Exchange an earlier run's folder for this one's; the earlier stays if that fails."""
    if into.exists():
        into.rename(before)
    try:
        made.rename(into)
    except OSError:
        if before.exists():
            before.rename(into)
        raise
