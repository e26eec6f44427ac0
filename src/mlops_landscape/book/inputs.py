"""What a chapter's outputs depend on beside its own cells, as one key.

jupyter-cache knows the code cells only. A chapter also depends on the package's modules it
imports, on the data these read, on its quiz or the checks of its exercise, on the lock and on
Python itself. Change one of them and exactly the chapters that depend on it run again.
"""

import hashlib
import platform
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mlops_landscape import environments
from mlops_landscape.book.chapters import TOC, Chapter
from mlops_landscape.bootstrap import PROGRAMS, find_browser, has_program
from mlops_landscape.paths import (
    BOOK,
    CATALOGUE,
    ENVIRONMENTS,
    EXERCISE_CHECKS,
    EXERCISES,
    REPOSITORY,
    SOLUTIONS,
)
from mlops_landscape.runs import RECORD

PACKAGE = REPOSITORY / "src" / "mlops_landscape"
LOCK = REPOSITORY / "requirements.txt"

BROWSER = "browser"
"""The part of the package that photographs pages."""

MISSING = "programs"
"""The part of the package that finds programs which set-up cannot bring to every machine."""

RUNS = "runs"
"""The part of the package that knows what the chapters ran; pages that use it run after them."""

_DATA = {"catalogue": [CATALOGUE]}
"""Folders of data that a part of the package reads whenever it is used."""


def inputs_key(chapter: Chapter) -> str:
    """Return a short key (12 hexadecimal digits) of everything that `input_files` lists.

    Two runs with the same cells and the same key give the same page.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    parts = _parts_used("\n".join(chapter.code))
    if BROWSER in parts:
        # A picture is taken where there is a browser, and left out, in words, where there is none.
        digest.update(f"browser: {find_browser() is not None}".encode())
    if MISSING in parts:  # likewise: cells that need a missing program are left out, in words
        for name in _needs(chapter):
            is_there = has_program(name) if name in PROGRAMS else environments.is_ready(name)
            digest.update(f"{name}: {is_there}".encode())
    if RUNS in parts and RECORD.is_file():
        digest.update(RECORD.read_bytes())
    for path in input_files(chapter):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0")
        digest.update(_content_hash(path, path.stat().st_mtime_ns))
    return digest.hexdigest()[:12]


def shows_what_ran(chapter: Chapter) -> bool:
    """Return whether the chapter has to be run after those that it tells about."""
    return RUNS in _parts_used("\n".join(chapter.code))


def _needs(chapter: Chapter) -> list[str]:
    """Return the programs and environments that the chapter names, sorted."""
    words = set(re.findall(r"[\w-]+", "\n".join(chapter.code)))
    commands = {command: name for name, each in PROGRAMS.items() for command in each.commands}
    programs = {commands.get(word, word) for word in words}
    return sorted(programs & ({*PROGRAMS} | {*environments.names()}))


def input_files(chapter: Chapter) -> list[Path]:
    """Return the files, beside its own, that the outputs of `chapter` depend on, sorted."""
    code = "\n".join(chapter.code)
    files = {LOCK}
    for part in _parts_used(code):
        files.update(_files_of(part))
        for folder in _DATA.get(part, []):
            files.update(path for path in folder.rglob("*") if path.is_file())
    if "mlops_landscape.path" in code:  # it shows how long each page takes: it reads all their text
        files.add(TOC)
        for folder in (BOOK, EXERCISES):
            files.update(path for path in folder.rglob("*") if path.suffix in {".md", ".yml"})
    for name in re.findall(r"""["']([\w/-]+)["']""", code):
        files.update(_named_data(name))
    return sorted(files)


def _parts_used(code: str) -> set[str]:
    """Return the modules and folders of the package that `code` uses, directly or not."""
    if "mlops-landscape" in code:  # the command line can reach every part
        # But what a command shows is not what the chapters ran.
        return {path.name.removesuffix(".py") for path in PACKAGE.iterdir()} - {RUNS}
    found: set[str] = set()
    waiting = _parts_imported(code)
    while waiting:
        part = waiting.pop()
        found.add(part)
        for path in _files_of(part):
            if path.suffix == ".py":
                waiting |= _parts_imported(path.read_text(encoding="utf-8")) - found
    return found


def _parts_imported(code: str) -> set[str]:
    """Return the first names below the package in the imports of `code`.

    By pattern, not by parsing: a cell may hold magics, shell lines, or an old snippet that no
    longer parses. A name in a comment makes a chapter run once too often, which is harmless.
    """
    parts = set(re.findall(r"\bmlops_landscape\.(\w+)", code))
    for names in re.findall(r"from mlops_landscape import \(?([\w, \n]+)", code):
        parts.update(re.findall(r"\w+", names))
    return {part for part in parts if _files_of(part)}


def _files_of(part: str) -> list[Path]:
    module = PACKAGE / f"{part}.py"
    if module.is_file():
        return [module]
    return [
        path
        for path in (PACKAGE / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _named_data(name: str) -> Iterator[Path]:
    """Yield the quiz, or the exercise's source and checks, that a cell calls by `name`."""
    candidates = (
        BOOK / f"{name}.quiz.yml",
        SOLUTIONS / f"{name}.md",
        EXERCISE_CHECKS / f"test_{name.replace('-', '_')}.py",
        ENVIRONMENTS / f"{name}.txt",
    )
    yield from (path for path in candidates if path.is_file())


@cache
def _content_hash(path: Path, mtime: int) -> bytes:
    """Hash one file; `mtime` (ns) is only there so that a changed file is read again."""
    return hashlib.sha256(path.read_bytes()).digest()
