"""What grading writes: names that any file system takes, and files that are whole or not there."""

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path

from mlops_landscape.writing import write_whole

_LONGEST = 60
_MARKED = re.compile(r".*-[0-9a-f]{8}")  # as another name may be made to look
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def safe_name(name: str) -> str:
    """Return a name for a file or folder: readable, and another one for each `name`.

    It depends on `name` alone, so that a report keeps its address when the class grows.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    safe = re.sub(r"[^a-z0-9_.-]+", "-", plain).strip(".-")[:_LONGEST].rstrip(".-")
    taken = _RESERVED.fullmatch(safe) or _MARKED.fullmatch(safe)
    if safe and safe == name and not taken:
        return safe
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe or 'learner'}-{mark}"


def encoded(text: str) -> bytes:
    """Return `text` as UTF-8; what no encoding can hold is spelt out."""
    return text.encode("utf-8", "backslashreplace")


def write_all(
    folder: Path, files: Mapping[str, bytes], only_these_in: Collection[str] = ()
) -> None:
    """Write files below `folder`, each whole or not at all.

    Parameters
    ----------
    files
        Content by path below `folder`, with slashes.
    only_these_in
        Folders below `folder` in which no other file may stay: what an earlier run wrote there
        about a learner who is gone would be taken for current.
    """
    for name, content in files.items():
        write_whole(folder / name, content)
    kept = {folder / name for name in files}
    for owned in only_these_in:
        for path in sorted((folder / owned).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):  # there is still a file of this run in it
                    path.rmdir()
            elif path not in kept:
                path.unlink()
