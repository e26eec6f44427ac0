"""Whose work it is, and of which exercise, as far as the names of files and folders say.

Canvas (``lib/content_zipper.rb``)
    ``<sortable name, letters only, small>[_LATE]_<user id>_<attachment id>_<file>``; for an
    anonymous assignment ``[LATE_]anon_<anonymous id>_<attachment id>_<file>``. A text or a link
    instead of a file is ``..._text.html`` or ``..._link.html``. A file that the learner uploads
    again has ``-1``, ``-2`` before its extension.
Moodle (``mod/assign/classes/downloader.php``)
    ``<full name>_<participant id>_assignsubmission_file/<file>``, until 4.0 with a further ``_`` at
    the folder's end; without folders ``<full name>_<participant id>_assignsubmission_file_<file>``.
    With blind marking the full name is "Participant", in a group it is the group's.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["canvas", "moodle", "gradescope", "plain"]

_CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)??(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)"
    r"_(?P<attachment>\d+)_(?P<file>.+)",
    re.DOTALL,
)
_CANVAS_NO_FILE = re.compile(
    r"(?:(?P<name>\w+?)_)??(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_(?P<file>text|link)\.html"
)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
_COPY = re.compile(r"(?:-(\d{1,2})| ?\((\d{1,3})\))$")
_BROWSER_COPY = re.compile(r" ?\(\d{1,3}\)$")
_PACKED = re.compile(r"\.submission(?:-\d{1,2})?$", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What an LMS wrote into one name.

    Attributes
    ----------
    kind
        Which LMS.
    user
        Its id for the learner.
    name
        The learner's name, as far as the LMS kept it.
    late
        Whether the LMS marks it as late.
    file
        The name that the learner gave the file; empty for a folder.
    order
        The larger, the later it was uploaded.
    """

    kind: Kind
    user: str
    name: str
    late: bool = False
    file: str = ""
    order: int = 0


def canvas(name: str) -> Named | None:
    """Read a name that Canvas gives; None if it is not one."""
    found = _CANVAS.fullmatch(name)
    if found:
        return Named(
            "canvas",
            found["user"],
            found["name"] or found["user"],
            bool(found["late"]),
            found["file"],
            int(found["attachment"]),
        )
    found = _CANVAS_NO_FILE.fullmatch(name)
    if found:
        file = f"{found['file']}.html"
        return Named(
            "canvas", found["user"], found["name"] or found["user"], bool(found["late"]), file
        )
    return None


def moodle(name: str) -> Named | None:
    """Read a name that Moodle gives to a folder or a file; None if it is not one."""
    found = _MOODLE.fullmatch(name)
    if not found:
        return None
    return Named("moodle", found["user"], found["name"].strip(), file=found["file"] or "")


def without_copy(stem: str) -> tuple[str, int]:
    """Take off what browsers and Canvas add to a name that is taken: ``-1``, `` (2)``.

    Returns
    -------
    tuple
        The name before, and the number; 0 if there was none.
    """
    found = _COPY.search(stem)
    if not found or found.start() == 0:
        return stem, 0
    return stem[: found.start()], int(found[1] or found[2])


def learner_and_exercise(stem: str, slugs: Iterable[str]) -> tuple[str, str]:
    """Read ``learner_slug``, ``slug_learner``, ``slug`` or ``learner``.

    Parameters
    ----------
    stem
        Name of a file or folder, without extension.
    slugs
        Names of the exercises.

    Returns
    -------
    tuple
        Learner and slug; what is not said is empty.
    """
    # "student-12" is a learner, so a hyphen and a number are a copy's only behind the exercise.
    stem = _BROWSER_COPY.sub("", unicodedata.normalize("NFC", stem).strip())
    stem = _PACKED.sub("", stem)
    # The longest first: one slug may be the end of another.
    for slug in sorted(slugs, key=len, reverse=True):
        words = r"[-_ ]".join(map(re.escape, slug.split("-")))
        found = re.fullmatch(
            rf"(?:(?P<before>.+?)[-_ .]+)?{words}(?:-\d{{1,2}}|[-_ .]+(?P<after>.+))?",
            stem,
            re.IGNORECASE,
        )
        if found:
            return (found["before"] or found["after"] or "").strip(" _-."), slug
    return stem, ""


def letters(name: str) -> str:
    """Return `name` reduced to what different systems agree on: letters and digits, small."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def folder_for(learner: str, taken: Iterable[str]) -> str:
    """Return a folder's name for a learner that any file system takes, unlike those `taken`.

    Parameters
    ----------
    taken
        Such names of other learners; small and large letters are not told apart.
    """
    plain = unicodedata.normalize("NFC", learner)
    safe = re.sub(r"[^\w.@+-]+", "-", plain).strip("-.")[:40]
    if not safe or safe != plain or safe.casefold() in {name.casefold() for name in taken}:
        safe += "-" + hashlib.sha256(learner.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return safe
