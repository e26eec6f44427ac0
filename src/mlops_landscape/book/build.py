"""``make book``: check the inputs, run the chapters, render the pages; stop at any warning."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from mlops_landscape.book.run import run_chapters
from mlops_landscape.book.validate import validate
from mlops_landscape.errors import BuildError
from mlops_landscape.paths import (
    BOOK,
    BUILD,
    CATALOGUE,
    ENVIRONMENTS,
    EXERCISE_CHECKS,
    EXERCISES,
    REPOSITORY,
    SOLUTIONS,
)
from mlops_landscape.sphinxext import REPOSITORY_VARIABLE

HTML = BUILD / "html"
LOG = BUILD / "sphinx.log"
_STATE = BUILD / "built-from.txt"

_PAGES = (BOOK, EXERCISES, SOLUTIONS)
_SURROUNDINGS = (
    REPOSITORY / "src",
    CATALOGUE,
    ENVIRONMENTS,
    EXERCISE_CHECKS,
    REPOSITORY / "_config.yml",
    REPOSITORY / "_toc.yml",
    REPOSITORY / "requirements.txt",
    REPOSITORY / "package-lock.json",
)


class RenderError(BuildError):
    """Sphinx reported warnings or failed; the message holds what it said."""


def build() -> Path:
    """Build the book into ``_build/html`` and return that folder.

    Nothing is done where nothing has changed. Two builds at a time wait for each other.

    Raises
    ------
    InputError
        If something written by hand is wrong.
    ChapterError
        If a cell fails.
    RenderError
        If the pages cannot be rendered without a warning.
    """
    BUILD.mkdir(exist_ok=True)
    with FileLock(BUILD / "build.lock"):
        start = time.perf_counter()
        state = _state()
        if state == _last_state():
            print("The book is up to date.")
            return HTML
        chapters = validate()
        # A half-built book must not pass for a finished one.
        _STATE.unlink(missing_ok=True)
        summary = run_chapters(chapters)
        if summary.ran:
            print(f"Ran {len(summary.ran)} chapters in {summary.seconds:.0f} s")
        _render(state)
        _STATE.write_text("\n".join(state))
        seconds = time.perf_counter() - start
        print(f"Built {len(chapters)} pages without a warning in {seconds:.0f} s")
    return HTML


def _files(roots: tuple[Path, ...]) -> Iterator[Path]:
    for root in roots:
        if root.is_file():
            yield root
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path):
                yield path


def _digest(roots: tuple[Path, ...], extra: str = "") -> str:
    digest = hashlib.sha256(extra.encode())
    for path in _files(roots):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _state() -> list[str]:
    """Return two digests: of the pages, and of everything else that every page depends on."""
    surroundings = f"{platform.python_version()} {os.environ.get(REPOSITORY_VARIABLE, '')}"
    static = (BOOK / "_static",)
    return [_digest(_PAGES), _digest(_SURROUNDINGS + static, surroundings)]


def _last_state() -> list[str]:
    if not _STATE.is_file() or not (HTML / "index.html").is_file():
        return []
    return _STATE.read_text().split("\n")


def _render(state: list[str]) -> None:
    # Sphinx by itself copies no changed static file and does not know the package: all pages
    # are written again if anything but a page has changed. It costs seconds.
    last = _STATE.with_suffix(".rendered")
    surroundings_changed = not last.is_file() or last.read_text() != state[1]
    if surroundings_changed:
        shutil.rmtree(HTML, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(REPOSITORY)]
    command += ["-W", "-n", "--keep-going"]
    print("Rendering the pages", flush=True)
    run = subprocess.run(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    LOG.write_text(run.stdout)
    if run.returncode or not (HTML / "index.html").is_file():
        last.unlink(missing_ok=True)
        raise RenderError(_complaints(run.stdout))
    # Nothing is left to be run here, and run here its output would be put together otherwise.
    late = re.findall(r"(\S+\.md): Executing notebook", run.stdout)
    if late:
        last.unlink(missing_ok=True)
        names = ", ".join(name.replace(f"{REPOSITORY}{os.sep}", "") for name in late)
        raise RenderError(
            f"{names} or something that it depends on changed while the book was being built. "
            "Mend: build again, and change nothing meanwhile."
        )
    (HTML / "index.html").write_text(_FRONT)
    last.write_text(state[1])


# Jupyter Book's own has no language, no title, and no icon, for which browsers then ask in vain.
_FRONT = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>MLOps Tools Landscape</title>
<link rel="icon" href="_static/favicon.svg">
<meta http-equiv="refresh" content="0; url=book/index.html">
<p><a href="book/index.html">MLOps Tools Landscape</a></p>
</html>
"""


def _complaints(output: str) -> str:
    """Return the warnings and errors in what Sphinx printed, or all of it if there are none."""
    words = ("WARNING", "ERROR", "Exception occurred", "Error:")
    lines = [
        line.replace(f"{REPOSITORY}{os.sep}", "")
        for line in output.splitlines()
        if any(word in line for word in words) and "IPKernelApp" not in line
    ]
    shown = "\n".join(lines) if lines else output
    return f"{shown}\nEverything that Sphinx printed is in {LOG.relative_to(REPOSITORY)}"
