"""Unpacking zips that strangers made: nothing leaves its folder, and nothing grows without end."""

import contextlib
import errno
import lzma
import os
import stat
import struct
import time
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MB = 10**6

_CHUNK = 1 << 20
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_LONGEST_NAME = 255  # bytes: what ext4, APFS and NTFS have in common
_LONGEST_PATH = 1000
_NOT_WORK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints"}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)


class _Bomb(Exception):
    """A member unpacks to far more than the zip holds."""


@dataclass(frozen=True)
class Limits:
    """How much may be handed in.

    Attributes
    ----------
    files
        Most files of one piece of work.
    size
        Most bytes of one piece of work, unpacked.
    ratio
        How many times larger than in its zip a file may be, once it is past `free`. DEFLATE can
        reach 1032; data and databases stay far below 200.
    free
        Bytes below which no file is a bomb, however well it packs.
    depth
        How many zips may lie in one another.
    notebook
        Most bytes of a notebook.
    class_size
        How many pieces of work a download of a whole class may hold, at most.
    """

    files: int = 10_000
    size: int = 500 * MB
    ratio: int = 200
    free: int = 10 * MB
    depth: int = 3
    notebook: int = 50 * MB
    class_size: int = 2_000


@dataclass(frozen=True)
class Unpacked:
    """What came of unpacking one zip.

    Attributes
    ----------
    left_out
        Sentences about members that are harmless but cannot be kept: links, names that are too
        long.
    hostile
        Sentences about members that no ordinary zip has: a path that climbs out, a bomb.
    broken
        Why the zip as a whole cannot be read, as a sentence with its mend; empty if it can.
    used
        Files and bytes that this and earlier zips of the same work took.
    """

    left_out: tuple[str, ...] = ()
    hostile: tuple[str, ...] = ()
    broken: str = ""
    used: tuple[int, int] = (0, 0)


def is_work(name: str) -> bool:
    """Tell a learner's file from what operating systems and Jupyter leave in every folder."""
    return name not in _NOT_WORK and not name.startswith("._")


def shown(name: str) -> str:
    """Return `name` as a message can carry it: on one line, not too long, nothing invisible."""
    clean = "".join(
        "?" if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in name
    )
    return clean if len(clean) <= 80 else f"{clean[:60]}...{clean[-15:]}"


def unpack(
    archive: Path, into: Path, limits: Limits, works: int = 1, used: tuple[int, int] = (0, 0)
) -> Unpacked:
    """Unpack a zip into a folder that is empty.

    What a header says of a size is not believed: bytes are counted as they come.

    Parameters
    ----------
    works
        How many pieces of work the zip may hold; the limits on files and bytes are for each.
    used
        Files and bytes that other zips of the same work have taken already.
    """
    left_out: list[str] = []
    hostile: list[str] = []
    files, size = used

    def result(broken: str = "") -> Unpacked:
        return Unpacked(tuple(left_out), tuple(hostile), broken, (files, size))

    try:
        with zipfile.ZipFile(archive) as opened:
            members = [one for one in opened.infolist() if not _name(one).endswith("/")]
            files += len(members)
            if files > limits.files * works:
                return result(
                    f"the zip holds more than the {limits.files * works} files that are unpacked; "
                    "hand in only the files of the exercise"
                )
            for member in members:
                name = _name(member)
                path = PurePosixPath(name)
                if not all(is_work(part) for part in path.parts):
                    continue
                if reason := _climbs_out(name):
                    hostile.append(f"{shown(name)} {reason}")
                    continue
                if reason := _not_kept(member, path):
                    left_out.append(f"{shown(name)} was left out: {reason}")
                    continue
                try:
                    size += _write(opened, member, into / path, limits)
                except FileExistsError:
                    left_out.append(f"{shown(name)} was left out: it is in the zip twice")
                except NotADirectoryError:
                    what = "the zip has a file where this needs a folder"
                    left_out.append(f"{shown(name)} was left out: {what}")
                except _Bomb:
                    hostile.append(f"{shown(name)} unpacks to far more than the zip holds")
                    if works == 1:  # each further one would cost as much; one is enough to know
                        return result()
                except _BROKEN as error:
                    # In a download of a whole class it is one learner's file, not the class's.
                    if works == 1:
                        return result(_say(error))
                    hostile.append(f"{shown(name)} cannot be unpacked: {_say(error)}")
                if size > limits.size * works:
                    return result(
                        f"the zip unpacks to more than {limits.size * works // MB} MB; hand in "
                        "only the files of the exercise"
                    )
    except _BROKEN as error:
        return result(_say(error))
    return result()


def _say(error: Exception) -> str:
    """Say why a zip cannot be read; what is no fault of the zip is raised again."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EACCES}:
        raise error
    if isinstance(error, NotImplementedError):
        return "the zip is packed in a way that Python cannot read; pack it again"
    if isinstance(error, RuntimeError):  # zipfile's own way to ask for a password
        return "the zip has a password; hand it in without one"
    return "the zip is broken or not whole; pack and hand it in again"


def names_in(archive: Path) -> list[str]:
    """Return the paths of the files in a zip; nothing if it cannot be read."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [_name(member) for member in opened.infolist()]
    except _BROKEN:
        return []
    names = [name for name in names if not name.endswith("/")]
    return [name for name in names if all(is_work(part) for part in PurePosixPath(name).parts)]


def _name(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        # The Finder and Moodle write UTF-8 without saying so; zipfile takes it for code page 437.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    # Old .NET packs with backslashes; and a backslash must not hide a path that climbs out.
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _climbs_out(name: str) -> str:
    parts = PurePosixPath(name).parts
    if ".." in parts:
        return "climbs out of its folder"
    if name.startswith("/") or (name[1:2] == ":" and name[0].isalpha()):
        return "is an absolute path"
    return ""


def _not_kept(member: zipfile.ZipInfo, path: PurePosixPath) -> str:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link, and links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is not an ordinary file"
    return name_trouble(path)


def name_trouble(path: PurePosixPath) -> str:
    """Say why a file cannot be kept under this path; nothing if it can."""
    try:
        parts = [part.encode() for part in path.parts]
    except UnicodeEncodeError:
        return "its name is not text"
    if not parts or b"\0" in b"".join(parts):
        return "its name is not one that a file can have"
    if max(map(len, parts)) > _LONGEST_NAME or sum(map(len, parts)) > _LONGEST_PATH:
        return "its name is too long"
    return ""


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, limits: Limits) -> int:
    """Write one member whole or not at all; return its bytes."""
    if member.flag_bits & _ENCRYPTED:
        raise RuntimeError("encrypted")
    written = 0
    most = max(limits.free, min(limits.ratio * member.compress_size, limits.size))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # a file stands where the folder should
        raise NotADirectoryError from None
    with opened.open(member) as source, target.open("xb") as sink:
        try:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > most:
                    raise _Bomb
                sink.write(chunk)
        except BaseException:
            target.unlink()
            raise
    if member.external_attr >> 16 & stat.S_IXUSR:
        target.chmod(0o755)
    _set_time(target, member)
    return written


def _set_time(target: Path, member: zipfile.ZipInfo) -> None:
    """Give a file the time that the zip says; it tells the older of two versions."""
    # A date such as month 0 cannot be told; the file then has the time of unpacking.
    with contextlib.suppress(ValueError, OverflowError, OSError):
        when = time.mktime((*member.date_time, 0, 0, -1))
        os.utime(target, (when, when))
