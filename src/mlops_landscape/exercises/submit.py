"""`submit("...")` in a notebook: one file to hand in, with the notebook and the files it left."""

import difflib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_landscape.exercises import session
from mlops_landscape.exercises.markup import with_code
from mlops_landscape.exercises.notebook import find_exercise
from mlops_landscape.exercises.sentence import Sentence
from mlops_landscape.writing import write_whole

if TYPE_CHECKING:  # importing Jupytext takes a while
    from nbformat import NotebookNode

FORMAT = 1
MANIFEST = "submission.json"
MOST_BYTES = 20_000_000
LONGEST_NAME = 200

# What tools make anew, and what is far too large: never part of an answer.
_LEFT_OUT = {
    "__pycache__",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "node_modules",
    "venv",
}
# SQLite keeps what is not yet in a database in files beside it.
_SQLITE = ("", "-journal", "-shm", "-wal")
# The same in each archive, so that the same work makes the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Receipt:
    """What was put into the file to hand in; displays itself as text or as HTML.

    Attributes
    ----------
    file
        The archive.
    size
        Its size in bytes.
    contents
        A line for the notebook and for each file or folder of the answer.
    notes
        Sentences about what is missing, was left out or may not be saved.
    """

    file: Path
    size: int
    contents: Sequence[str]
    notes: Sequence[str]

    @property
    def _summary(self) -> str:
        return f"Made `{self.file.name}` ({_size(self.size)}) in `{self.file.parent}`. In it:"

    def __repr__(self) -> str:
        lines = [f"  {line}" for line in self.contents]
        return "\n".join([self._summary, *lines, *self.notes, "Hand in this one file."])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{with_code(line)}</li>" for line in self.contents)
        notes = "".join(f"<p>{with_code(note)}</p>" for note in self.notes)
        return (
            f"<p>{with_code(self._summary)}</p><ul>{items}</ul>{notes}"
            f"<p><strong>Hand in this one file:</strong> {escape(self.file.name)}</p>"
        )


class _Refusal(Exception):
    """Why nothing can be handed in, as a sentence with its mend."""


def submit(slug: str, learner: str = "") -> Receipt | Sentence:
    """Make one file to hand in: the notebook as it is saved, and the files of the answer.

    Parameters
    ----------
    slug
        Name of the exercise.
    learner
        Your name, if whoever grades this cannot tell it from where you hand it in.

    Returns
    -------
    Receipt or Sentence
        Put the call last in its cell, and the notebook shows what is in
        ``<slug>.submission.zip``, which lies beside the notebook. If nothing could be made, the
        sentence says why, and a file made before is still there.
    """
    facts = find_exercise(slug)
    if isinstance(facts, Sentence):
        return facts
    try:
        _check_name(learner)
        folder = session.work_folder(facts.files)
        notebook, cells = _find_notebook(slug, facts.title, folder)
        notes = []
        files: dict[str, bytes] = {notebook.name: notebook.read_bytes()}
        contents = [f"`{notebook.name}`, the notebook as saved"]
        executable: set[str] = set()
        for name in facts.files:
            added, left_out = _read(folder, name, executable)
            files |= added
            if left_out:
                notes.append(f"Left out: {', '.join(f'`{one}`' for one in left_out)}.")
            if added:
                count = sum(not path.endswith("/") for path in added)
                size = _size(sum(map(len, added.values())))
                contents.append(
                    f"`{name}`, {f'{count} files, ' if (folder / name).is_dir() else ''}{size}"
                )
            else:
                notes.append(f"Not there yet, so not in it: `{name}`.")
        _check_size(files)
        manifest = {
            "format": FORMAT,
            "exercise": slug,
            "notebook": notebook.name,
            "made": datetime.now().astimezone().isoformat(timespec="seconds"),
            **({"learner": learner.strip()} if learner.strip() else {}),
        }
        files[MANIFEST] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
        archive = notebook.parent / f"{slug}.submission.zip"
        size = _write(archive, files, executable)
    except _Refusal as refusal:
        return Sentence(f"Nothing was made. {refusal}")
    except OSError as error:
        what = f"`{error.filename}`: {error.strerror}" if error.filename else str(error)
        return Sentence(f"Nothing was made. {what}. Mend: check space and permissions there.")
    return Receipt(archive, size, contents, [*notes, _about_saving(cells, session.cells_run())])


def _check_name(learner: str) -> None:
    usable = isinstance(learner, str) and (learner == "" or learner.isprintable())
    if not usable or len(learner) > LONGEST_NAME:
        mend = f"write it as text on one line, at most {LONGEST_NAME} letters"
        raise _Refusal(f"`learner` is not a name. Mend: {mend}.")


def _find_notebook(slug: str, title: str, folder: Path) -> tuple[Path, list[str]]:
    """Return the file of the notebook and the source of its code cells, as they are saved.

    The file that the editor names, unless that is another exercise; else the one in the folder
    that is this exercise, and of several the one that was saved last.
    """
    named = session.notebook_file()
    if named is not None:
        opened = _open(named)
        if opened is None:
            mend = "save the notebook and try again"
            raise _Refusal(f"`{named.name}` cannot be read as a notebook. Mend: {mend}.")
        if _title(opened) in (title, None):
            return named, _code(opened)
    folders = {folder.resolve(), Path.cwd(), *([named.parent] if named else [])}
    found = []
    for path in (path for where in folders for path in where.iterdir()):
        if path.suffix not in {".ipynb", ".md"} or not path.is_file():
            continue
        opened = _open(path)
        if opened is None and path.stem == slug:
            mend = "save the notebook again, or take its file away"
            raise _Refusal(f"`{path.name}` cannot be read as a notebook. Mend: {mend}.")
        own = _title(opened) if opened is not None else ""
        if opened is not None and (own == title or (own is None and path.stem == slug)):
            found.append((path.stat().st_mtime_ns, path, _code(opened)))
    if not found:
        mend = "run this in the notebook of the exercise, saved in the folder where it runs"
        raise _Refusal(f"There is no notebook of `{slug}` in `{folder}`. Mend: {mend}.")
    _, path, cells = max(found)
    return path, cells


def _open(path: Path) -> "NotebookNode | None":
    import jupytext

    try:
        return jupytext.read(path)
    except Exception:  # of many kinds, for a file that may hold anything
        return None


def _title(notebook: "NotebookNode") -> str | None:
    """Return the title of the exercise that a notebook is, or None if it says none."""
    exercise = notebook.metadata.get("exercise")
    return exercise.get("title") if isinstance(exercise, dict) else None


def _code(notebook: "NotebookNode") -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def _read(folder: Path, name: str, executable: set[str]) -> tuple[dict[str, bytes], list[str]]:
    """Return what is at `name`, by path below `folder`, and the paths that were left out.

    A folder that is empty is kept, with a slash at its end: Git needs those of a repository.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    total = 0
    for path in _walk(folder, name):
        inside = path.relative_to(folder).as_posix()
        # A link may lead to somebody else's work, or to a device that never ends.
        true = path.resolve()
        readable = true.is_file() or (true.is_dir() and not path.is_symlink())
        if not readable or not true.is_relative_to(folder.resolve()):
            left_out.append(inside)
        elif true.is_dir():
            files[f"{inside}/"] = b""
        else:
            total += true.stat().st_size
            if total > MOST_BYTES:
                _too_large([(name, total)])
            files[inside] = true.read_bytes()
            if os.access(true, os.X_OK):
                executable.add(inside)
    return files, left_out


def _walk(folder: Path, name: str) -> Iterator[Path]:
    """Yield the file `name`, or all files and all empty folders below it, sorted."""
    start = folder / name
    if start.is_symlink() or not start.is_dir():
        for ending in _SQLITE:
            file = start.with_name(start.name + ending)
            if file.is_symlink() or file.exists():
                yield file
        return
    for parent, folders, files in os.walk(start):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        links = [one for one in folders if Path(parent, one).is_symlink()]
        if not folders and not files:
            yield Path(parent)
        for file in sorted(files + links):
            yield Path(parent, file)


def _check_size(files: dict[str, bytes]) -> None:
    if sum(map(len, files.values())) > MOST_BYTES:
        _too_large([(name, len(content)) for name, content in files.items()])


def _too_large(parts: list[tuple[str, int]]) -> None:
    name, size = max(parts, key=lambda part: part[1])
    at_least = "more than " if size > MOST_BYTES else ""
    raise _Refusal(
        f"The work is larger than {_size(MOST_BYTES)}, which is the most that can be handed in; "
        f"the largest part is `{name}` with {at_least}{_size(min(size, MOST_BYTES))}. Mend: clear "
        "outputs that are long, take away files that are no part of the answer, save, and try "
        "again."
    )


def _write(archive: Path, files: dict[str, bytes], executable: set[str]) -> int:
    """Write the whole archive or nothing; return its size."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            mode = 0o40755 if name.endswith("/") else 0o100644
            entry.external_attr = (mode | (0o111 if name in executable else 0)) << 16
            zipped.writestr(entry, files[name])
    write_whole(archive, content.getvalue())
    return len(content.getvalue())


def _about_saving(saved: list[str], run: list[str] | None) -> str:
    """Say whether what was run is what is saved, as far as that can be told."""
    if run is None:
        return "What counts is the notebook as saved: if you changed it since, save and try again."
    differing = unsaved(saved, run)
    if not differing:
        return "Every cell that you ran is in the saved notebook as you ran it."
    begins = differing[0].splitlines()[0][:60]
    count = len(differing)
    which = "a cell that you ran is" if count == 1 else f"{count} cells that you ran are"
    return (
        f"Perhaps not saved: {which} not in the saved notebook in that form; "
        f"{'it' if count == 1 else 'the first'} begins `{begins}`. If that belongs to your answer, "
        "save the notebook and run `submit` again."
    )


def unsaved(saved: list[str], run: list[str]) -> list[str]:
    """Return the cells that were run and, in that form, are not in the saved notebook.

    Of a cell that was run several times, only the last time counts: what was run before may have
    been corrected since. Which cell it was is told by its text alone.

    Parameters
    ----------
    saved
        The notebook's code cells.
    run
        What was run, the oldest first.
    """
    cells = [source.strip() for source in saved]
    latest: dict[str, str] = {}
    for source in dict.fromkeys(one.strip() for one in reversed(run)):
        alike = [source] if source in cells else difflib.get_close_matches(source, cells, n=1)
        latest.setdefault(alike[0] if alike else source, source)
    return [source for source in reversed(latest.values()) if source and source not in cells]


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 0.1):.1f} kB"
