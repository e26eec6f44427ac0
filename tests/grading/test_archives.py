"""Zips that try to do harm, and zips that are only odd."""

import io
import os
import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from mlops_landscape.grading.archives import Limits, Unpacked, names_in, shown, unpack

SMALL = Limits(files=50, size=200_000, ratio=100, free=20_000)


def zip_of(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpacked(archive: Path, limits: Limits = SMALL, works: int = 1) -> tuple[Unpacked, set[str]]:
    """Unpack, and return what is there; nothing may lie outside."""
    around = archive.parent / "around"
    into = around / "a" / "b" / "into"
    into.mkdir(parents=True)
    before = set(archive.parent.iterdir())
    came = unpack(archive, into, limits, works)
    assert set(archive.parent.iterdir()) == before
    there = {path for path in around.rglob("*") if not path.is_dir()}
    assert all(path.is_relative_to(into) and not path.is_symlink() for path in there)
    return came, {path.relative_to(into).as_posix() for path in there}


def test_an_ordinary_zip(tmp_path: Path) -> None:
    archive = tmp_path / "work.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr(zipfile.ZipInfo("a/work.ipynb", (2024, 5, 1, 12, 0, 0)), b"{}")
        script = zipfile.ZipInfo(".git/hooks/pre-commit")
        script.external_attr = (stat.S_IFREG | 0o755) << 16
        writing.writestr(script, b"#!/bin/sh")
        writing.mkdir("empty")
    came, files = unpacked(archive)
    assert came.left_out == came.hostile == ()
    assert came.broken == ""
    assert files == {"a/work.ipynb", ".git/hooks/pre-commit"}
    into = tmp_path / "around/a/b/into"
    assert os.access(into / ".git/hooks/pre-commit", os.X_OK)
    assert not os.access(into / "a/work.ipynb", os.X_OK) or os.geteuid() == 0
    assert (into / "a/work.ipynb").stat().st_mtime < 1_715_000_000


def test_what_systems_leave_behind_is_skipped(tmp_path: Path) -> None:
    members = {
        "__MACOSX/._work.ipynb": b"x",
        "._work.ipynb": b"x",
        "a/.DS_Store": b"x",
        ".ipynb_checkpoints/work.ipynb": b"x",
        ".dvc/config": b"kept",
        "work.ipynb": b"{}",
    }
    came, files = unpacked(zip_of(tmp_path / "x.zip", members))
    assert files == {".dvc/config", "work.ipynb"}
    assert came.left_out == ()
    assert sorted(names_in(tmp_path / "x.zip")) == [".dvc/config", "work.ipynb"]


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "a/../../outside.txt",
        "a/b/../../../outside.txt",
        "/tmp/outside.txt",
        "//host/outside.txt",
        "C:/outside.txt",
        "c:outside.txt",
        "..\\..\\outside.txt",
        "\\outside.txt",
        "C:\\outside.txt",
    ],
)
def test_a_path_that_climbs_out(tmp_path: Path, name: str) -> None:
    came, files = unpacked(zip_of(tmp_path / "x.zip", {name: b"x", "work.ipynb": b"{}"}))
    assert len(came.hostile) == 1
    assert files == {"work.ipynb"}


def test_backslashes_of_old_windows_tools_are_folders(tmp_path: Path) -> None:
    came, files = unpacked(zip_of(tmp_path / "x.zip", {"work\\": b"", "work\\data\\a.csv": b"1"}))
    assert files == {"work/data/a.csv"}
    assert came.hostile == ()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_special_files_are_left_out(tmp_path: Path, kind: int) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        member = zipfile.ZipInfo("odd")
        member.external_attr = (kind | 0o777) << 16
        writing.writestr(member, b"/etc/passwd")
        writing.writestr("work.ipynb", b"{}")
    came, files = unpacked(archive)
    assert files == {"work.ipynb"}
    assert came.left_out[0].startswith("odd was left out")


def test_a_link_and_a_file_beneath_it(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        member = zipfile.ZipInfo("way")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        writing.writestr(member, str(tmp_path))
        writing.writestr("way/evil.txt", b"x")
    _, files = unpacked(archive)
    assert files == {"way/evil.txt"}


def test_a_bomb_of_one_file(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", {"zeros": bytes(150_000)})
    came, files = unpacked(archive)
    assert "far more than the zip holds" in came.hostile[0]
    assert files == set()


def test_data_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    data = "\n".join(f"{number},{number % 7},true" for number in range(6_000)).encode()
    came, files = unpacked(zip_of(tmp_path / "x.zip", {"flights.csv": data}))
    assert (came.hostile, came.broken, files) == ((), "", {"flights.csv"})


def test_a_bomb_of_many_files(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(15_000)
    came, files = unpacked(zip_of(tmp_path / "x.zip", {f"{n}.bin": noise for n in range(40)}))
    assert "more than 0 MB" in came.broken
    assert len(files) < 16
    tiny = zip_of(tmp_path / "y.zip", {f"{n}.txt": b"" for n in range(51)})
    came = unpack(tiny, tmp_path, SMALL)
    assert "more than the 50 files" in came.broken


def test_a_header_that_lies_about_a_size(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", {"zeros": bytes(150_000)})
    data = archive.read_bytes()
    # Local header and central directory both say 10 bytes.
    archive.write_bytes(data.replace(struct.pack("<L", 150_000), struct.pack("<L", 10)))
    came, files = unpacked(archive)
    assert came.broken
    assert files == set()


def test_members_that_share_their_bytes_are_counted_each(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", {"a": random.Random(2).randbytes(19_000)})
    with zipfile.ZipFile(archive, "a") as writing:
        info = writing.infolist()[0]
        writing.filelist.extend([info] * 40)
        writing._didModify = True
    came, files = unpacked(archive)
    assert files == {"a"}
    assert came.broken or len(came.left_out) == 40


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", {"work.ipynb": b"{}"}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the central directory
    archive.write_bytes(data)
    came, files = unpacked(archive)
    assert "password" in came.broken
    assert files == set()


@pytest.mark.parametrize("what", ["cut", "text", "empty", "checksum"])
def test_a_broken_zip(tmp_path: Path, what: str) -> None:
    archive = zip_of(tmp_path / "x.zip", {"a": random.Random(3).randbytes(5_000)})
    data = bytearray(archive.read_bytes())
    if what == "checksum":
        data[2_000] ^= 0xFF
    archive.write_bytes(
        {"cut": data[:2_000], "text": b"no zip", "empty": b"", "checksum": data}[what]
    )
    came, files = unpacked(archive)
    assert "broken or not whole" in came.broken
    assert files == set()


def test_a_packing_that_python_lacks(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "x.zip", {"a": b"abc"}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 97
    archive.write_bytes(data)
    came, _ = unpacked(archive)
    assert "packed in a way" in came.broken


def test_odd_names(tmp_path: Path) -> None:
    members = {
        "e\u0301té/李雷 📈.csv": b"1",
        "Data.csv": b"1",
        "data.csv": b"2",
        "x" * 300: b"long",
        "/".join(["deep"] * 300): b"long",
        "file": b"1",
        "file/below": b"2",
    }
    came, files = unpacked(zip_of(tmp_path / "x.zip", members))
    assert files == {"été/李雷 📈.csv", "Data.csv", "data.csv", "file"}
    assert len(came.left_out) == 3


def test_a_file_without_a_name(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        member = zipfile.ZipInfo("x")
        member.filename = member.orig_filename = ""
        with writing.open(member, "w") as nameless:
            nameless.write(b"x")
        writing.writestr("a.txt", b"1")
    assert names_in(archive) == ["", "a.txt"]
    came, files = unpacked(archive)
    assert files == {"a.txt"}
    assert "not one that a file can have" in came.left_out[0]


def test_a_name_that_comes_twice(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("a.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            writing.writestr("a.txt", b"2")
    came, files = unpacked(archive)
    assert files == {"a.txt"}
    assert came.left_out == ("a.txt was left out: it is in the zip twice",)


def test_utf8_names_without_the_flag_are_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as writing:
        writing.writestr("Jörg.csv", b"1")
    data = buffer.getvalue()
    archive = tmp_path / "x.zip"
    # The flag is the only 0x0800 in so small a zip.
    archive.write_bytes(data.replace(b"\x00\x08", b"\x00\x00"))
    with zipfile.ZipFile(archive) as reading:
        assert reading.namelist() == ["J├╢rg.csv"]
    _, files = unpacked(archive)
    assert files == {"Jörg.csv"}


def test_one_bad_member_does_not_spoil_a_class(tmp_path: Path) -> None:
    members = {f"{n}.ipynb": random.Random(n).randbytes(3_000) for n in range(5)}
    archive = zip_of(tmp_path / "x.zip", {**members, "../out": b"", "bomb": bytes(150_000)})
    data = bytearray(archive.read_bytes())
    data[1_000] ^= 0xFF
    archive.write_bytes(data)
    came, files = unpacked(archive, works=10)
    assert came.broken == ""
    assert files == {"1.ipynb", "2.ipynb", "3.ipynb", "4.ipynb"}
    assert len(came.hostile) == 3


def test_messages_carry_no_tricks() -> None:
    assert shown("a\u202eb\nc\x1b[31m") == "a?b?c?[31m"
    assert len(shown("x" * 5_000 + ".ipynb")) < 81
