"""From what a learner handed in to pieces of work: one notebook of one exercise, and its files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from mlops_landscape.grading.archives import Limits, shown
from mlops_landscape.grading.handin import MANIFEST, File, HandIn
from mlops_landscape.grading.names import learner_and_exercise, without_copy
from mlops_landscape.grading.notebooks import (
    SUFFIXES,
    NotANotebook,
    Notebook,
    may_be_notebook,
    read,
)

_MANIFEST_LIMIT = 100_000  # bytes


@dataclass
class Work:
    """One learner's notebook of one exercise, with the files that belong to it.

    Attributes
    ----------
    exercise
        Slug; empty if it cannot be told.
    notebook
        Where it is among `files`; empty if there is none that can be read.
    files
        By the path that they get.
    submitted
        When it was handed in, if the LMS or the file made by ``submit`` says so.
    newer
        Sorts the versions of one learner's work where `submitted` cannot: order of upload, number
        in the name, time of the file.
    learner
        What the file made by ``submit`` says.
    misplaced
        Whether it is refused because it is of an exercise that is not graded.
    """

    hand_in: HandIn
    exercise: str = ""
    notebook: str = ""
    label: str = ""
    cells: tuple[str, ...] = ()
    files: list[File] = field(default_factory=list)
    submitted: datetime | None = None
    newer: tuple[int, int, float] = (0, 0, 0.0)
    learner: str = ""
    notes: list[str] = field(default_factory=list)
    refusal: str = ""
    misplaced: bool = False


@dataclass
class _Candidate:
    """A file that may be the notebook of an exercise."""

    file: File
    notebook: Notebook | None
    trouble: str
    slug: str = ""
    manifest: "_Manifest | None" = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Manifest:
    """What ``submit`` wrote beside the notebook."""

    folder: PurePosixPath
    exercise: str
    notebook: PurePosixPath
    made: datetime | None
    learner: str


def works(
    hand_in: HandIn, exercises: Mapping[str, str], only: str | None, limits: Limits
) -> list[Work]:
    """Return the pieces of work in a hand-in: at least one, possibly refused.

    Parameters
    ----------
    exercises
        Titles by slug.
    only
        Slug of the one exercise that is graded; None for all.
    """
    sole = only or (next(iter(exercises)) if len(exercises) == 1 else "")
    manifests = [] if hand_in.refusal else _manifests(hand_in)
    candidates = _candidates(hand_in, exercises, manifests, limits) if not hand_in.refusal else []
    if not candidates:
        known = only or hand_in.exercise or sole
        unsaid = "" if known else "; and nothing says which exercise it is of"
        refused = _refused(hand_in, known, (hand_in.refusal or _no_notebook(hand_in)) + unsaid)
        refused.misplaced = hand_in.exercise not in ("", known)
        return [refused]
    named = [one for one in candidates if one.slug]
    if not named:
        pool = [one for one in candidates if one.notebook] or candidates
        foreign = pool[0].notebook is not None and pool[0].notebook.title != ""
        if not sole or len(pool) > 1 or foreign:
            return [_refused(hand_in, sole, _which(pool, exercises))]
        pool[0].slug = sole
        if pool[0].notebook:
            pool[0].notes.append(f"Nothing in the notebook names its exercise; taken as {sole}.")
        named = pool
    unknown = sorted({one.slug for one in named} - exercises.keys())
    wanted = [one for one in named if one.slug in exercises and (not only or one.slug == only)]
    if not wanted:
        if unknown:
            what = f"it is of the exercise {shown(unknown[0])}, which this course does not have"
            return [_refused(hand_in, sole, f"{what}; hand in the notebook of an exercise")]
        other = exercises[named[0].slug]
        what = f'this is the notebook of "{other}", graded is "{exercises[only or ""]}"'
        refused = _refused(hand_in, only or "", f"{what}; hand in the notebook of that exercise")
        refused.misplaced = True
        return [refused]
    several = len({one.slug for one in named}) > 1
    made = [_work(hand_in, one, named, several) for one in wanted]
    if several:
        _say_what_is_left_out(hand_in, made, named)
    return made


def _refused(hand_in: HandIn, exercise: str, refusal: str) -> Work:
    sentence = refusal[0].upper() + refusal[1:] + "."
    return Work(
        hand_in,
        exercise,
        label=hand_in.label,
        files=hand_in.files,
        submitted=hand_in.submitted,
        newer=max((_newer(file) for file in hand_in.files), default=(0, 0, 0.0)),
        notes=list(hand_in.notes),
        refusal=sentence,
    )


def _no_notebook(hand_in: HandIn) -> str:
    held = [file.path for file in hand_in.files]
    if hand_in.kind == "canvas" and any(path.name in ("text.html", "link.html") for path in held):
        return "a text or a link was handed in instead of a file; hand in the notebook"
    some = ", ".join(shown(path.name) for path in held[:5])
    return (
        f"there is no notebook in it, only: {some}; hand in the .ipynb or .md file"
        if some
        else "there is nothing in it; hand in the notebook"
    )


def _which(pool: list[_Candidate], exercises: Mapping[str, str]) -> str:
    titles = [one.notebook.title for one in pool if one.notebook and one.notebook.title]
    if titles and titles[0].casefold() not in {title.casefold() for title in exercises.values()}:
        what = f'it is of the exercise "{shown(titles[0])}", which this course does not have'
        return f"{what}; hand in the notebook of an exercise"
    if len(pool) > 1:
        some = ", ".join(shown(str(one.file.path)) for one in pool[:5])
        what = f"there are several notebooks ({some}), and none says which exercise it is of"
        return f"{what}; name one as the exercise is named"
    trouble = f"{pool[0].trouble}; and " if pool[0].trouble else ""
    return f"{trouble}nothing says which exercise it is of; name the file as the exercise is named"


def _manifests(hand_in: HandIn) -> list[_Manifest]:
    found = []
    there = {file.path for file in hand_in.files}
    for file in hand_in.files:
        if file.path.name != MANIFEST or any(part.startswith(".") for part in file.path.parts):
            continue
        what = f"{MANIFEST} is not as `submit` writes it; it was not used."
        try:
            if file.real.stat().st_size > _MANIFEST_LIMIT:
                raise ValueError
            data = json.loads(file.real.read_bytes())
            exercise, notebook = data["exercise"], data["notebook"]
            if data["format"] != 1 or not isinstance(exercise, str) or not exercise:
                raise ValueError
            folder = file.path.parent
            path = folder / notebook
            if path not in there or path.suffix.lower() not in SUFFIXES:
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            hand_in.notes.append(what)
            continue
        learner = data.get("learner")
        found.append(
            _Manifest(
                folder,
                exercise,
                path,
                _made(data, hand_in),
                learner.strip() if isinstance(learner, str) else "",
            )
        )
    return found


def _made(data: Mapping[str, Any], hand_in: HandIn) -> datetime | None:
    try:
        made = datetime.fromisoformat(data["made"])
    except (KeyError, TypeError, ValueError):
        return None
    if made.tzinfo is None:
        hand_in.notes.append(f"The time in {MANIFEST} names no time zone; it was not used.")
        return None
    return made


def _candidates(
    hand_in: HandIn, exercises: Mapping[str, str], manifests: list[_Manifest], limits: Limits
) -> list[_Candidate]:
    found: list[_Candidate] = []
    for file in hand_in.files:
        path = file.path
        if path.suffix.lower() not in SUFFIXES or any(part.startswith(".") for part in path.parts):
            continue
        manifest = next((one for one in manifests if path.is_relative_to(one.folder)), None)
        if manifest and manifest.notebook != path:
            continue  # the learner said which one counts
        if not may_be_notebook(file.real, path.name):
            continue
        try:
            candidate = _Candidate(file, read(file.real, limits.notebook), "", manifest=manifest)
        except NotANotebook as error:
            candidate = _Candidate(file, None, str(error), manifest=manifest)
        candidate.slug = _slug(hand_in, candidate, exercises)
        found.append(candidate)
    return _without_pairs(found)


def _slug(hand_in: HandIn, candidate: _Candidate, exercises: Mapping[str, str]) -> str:
    """Tell which exercise it is of, by the surest sign there is."""
    if candidate.manifest:
        return candidate.manifest.exercise
    notebook, path = candidate.notebook, candidate.file.path
    if notebook and notebook.title:
        title = notebook.title.casefold()
        for slug, known in exercises.items():
            if known.casefold() == title:
                return slug
    for name in (path.stem, *reversed(path.parent.parts)):
        stem = name[: -len(".zip")] if name.lower().endswith(".zip") else name
        _, slug = learner_and_exercise(stem, exercises)
        if slug:
            return slug
    called = [slug for slug in notebook.checked if slug in exercises] if notebook else []
    return called[0] if len(called) == 1 else hand_in.exercise


def _without_pairs(found: list[_Candidate]) -> list[_Candidate]:
    """Keep one of the two files that Jupytext writes for a paired notebook: the newer."""
    kept: dict[PurePosixPath, _Candidate] = {}
    for one in sorted(found, key=lambda one: one.file.path.suffix.lower() == ".ipynb"):
        pair = one.file.path.with_suffix("")
        other = kept.get(pair)
        if other is None:
            kept[pair] = one
            continue
        usable = [each for each in (other, one) if each.notebook] or [other, one]
        best = max(reversed(usable), key=lambda each: each.file.real.stat().st_mtime)
        rest = other if best is one else one
        best.notes.append(
            f"{shown(rest.file.path.name)} has the same name; the newer of the two counts."
        )
        kept[pair] = best
    return sorted(kept.values(), key=lambda one: one.file.path)


def _newer(file: File) -> tuple[int, int, float]:
    copies = (without_copy(PurePosixPath(part).stem)[1] for part in reversed(file.path.parts))
    return (
        file.order,
        next((copy for copy in copies if copy), 0),
        file.real.stat().st_mtime,
    )


def _work(hand_in: HandIn, chosen: _Candidate, named: list[_Candidate], several: bool) -> Work:
    path = chosen.file.path
    files = _files(hand_in, chosen, named, several)
    above = _common_folder([file.path for file in files])
    notes = [*hand_in.notes, *chosen.notes, *(chosen.notebook.notes if chosen.notebook else ())]
    submitted = hand_in.submitted
    if submitted is None and chosen.manifest and chosen.manifest.made:
        submitted = chosen.manifest.made
        notes.append("The time of handing in is that of the learner's own clock, from `submit`.")
    refusal = chosen.trouble and f"{shown(path.name)}: {chosen.trouble}."
    return Work(
        hand_in,
        chosen.slug,
        "" if refusal else path.relative_to(above).as_posix(),
        f"{hand_in.label}" if len(hand_in.files) == 1 else f"{hand_in.label}: {shown(str(path))}",
        chosen.notebook.cells if chosen.notebook else (),
        [File(file.path.relative_to(above), file.real, file.order) for file in files],
        submitted,
        _newer(chosen.file),
        chosen.manifest.learner if chosen.manifest else "",
        notes,
        refusal,
    )


def _files(
    hand_in: HandIn, chosen: _Candidate, named: list[_Candidate], several: bool
) -> list[File]:
    others = [one for one in named if one is not chosen]
    if chosen.manifest:
        base = chosen.manifest.folder
    else:
        base = chosen.file.path.parent if several else PurePosixPath()
    # What lies with another notebook, deeper, is that one's.
    deeper = [
        folder
        for one in others
        for folder in [one.manifest.folder if one.manifest else one.file.path.parent]
        if folder != base and folder.is_relative_to(base) and (several or one.manifest)
    ]
    notebooks = {one.file.path for one in others}
    return [
        file
        for file in hand_in.files
        if file.path.is_relative_to(base)
        and file.path not in notebooks
        and not any(file.path.is_relative_to(folder) for folder in deeper)
    ]


def _common_folder(paths: list[PurePosixPath]) -> PurePosixPath:
    """Return the innermost folder that holds all of them."""
    parts = [path.parent.parts for path in paths]
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return PurePosixPath(*shared)


def _say_what_is_left_out(hand_in: HandIn, made: list[Work], named: list[_Candidate]) -> None:
    used = {file.real for work in made for file in work.files}
    used |= {one.file.real for one in named}
    left = [shown(str(file.path)) for file in hand_in.files if file.real not in used]
    if left:
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        for work in made:
            work.notes.append(
                f"Left out, because it lies in no notebook's folder: {', '.join(left[:3])}{more}."
            )
