"""Programs of Debian: unpacked by set-up, found, and said to be missing elsewhere."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from mlops_landscape import bootstrap, programs
from mlops_landscape.errors import SetupError
from mlops_landscape.paths import REPOSITORY

APT = """#!{python}
import sys
from pathlib import Path

notes, arguments = Path({notes!r}), sys.argv[1:]
with notes.open("a") as file:
    print("apt-get", *arguments, file=file)
if arguments[0] == "update":
    Path({lists!r}).touch()
elif not Path({lists!r}).exists():
    sys.exit(100)
elif arguments[0] == "install":
    for name in ("libneeded", "prometheus"):
        print(f"'http://debian.example/{{name}}_2.42.0.deb' {{name}}_2.42.0_amd64.deb 17 SHA256:0")
else:
    for name in arguments[2:]:
        Path(f"{{name}}_2.42.0_amd64.deb").write_text(name)
"""

DPKG = """#!{python}
import sys
from pathlib import Path

assert sys.argv[1] == "-x"
root = Path(sys.argv[3]) / "usr"
if Path(sys.argv[2]).read_text() == "libneeded":
    (root / "lib/x86_64-linux-gnu").mkdir(parents=True)
    (root / "lib/x86_64-linux-gnu/libneeded.so").write_text("a library")
    (root / "lib/needed").symlink_to("/usr/lib/x86_64-linux-gnu/libneeded.so")
    sys.exit()
(root / "bin").mkdir(parents=True, exist_ok=True)
for name in ("prometheus", "promtool"):
    (root / "bin" / name).write_text("a program")
    (root / "bin" / name).chmod(0o755)
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout on a machine that has no programs at all."""
    (tmp_path / "package-lock.json").touch()
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PROGRAMS", {"prometheus": bootstrap.PROGRAMS["prometheus"]})
    monkeypatch.setattr(programs, "PROGRAMS", bootstrap.PROGRAMS)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


@pytest.fixture
def debian(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make the machine a Debian with package lists; the result gives the calls of apt-get."""
    notes, lists = machine / "notes.txt", machine / "lists"
    notes.touch()
    lists.touch()
    for name, script in (("apt-get", APT), ("dpkg-deb", DPKG)):
        path = machine / "bin" / name
        path.write_text(script.format(python=sys.executable, notes=str(notes), lists=str(lists)))
        path.chmod(0o755)
    return lambda: notes.read_text().splitlines()


def test_the_package_is_unpacked_and_nothing_is_installed(
    machine: Path, debian: Callable[..., list[str]]
) -> None:
    bootstrap.unpack_programs()
    assert [line.split()[1] for line in debian()] == ["install", "download"]
    assert "--print-uris" in debian()[0]
    assert debian()[1] == "apt-get download -qq libneeded prometheus"
    found = programs.find("promtool")
    assert found == machine / ".venv/debian/prometheus/usr/bin/promtool"
    assert os.access(found, os.X_OK)
    needed = machine / ".venv/debian/prometheus/usr/lib"
    assert (needed / "needed").read_text() == "a library"
    around = programs.surroundings("promtool")
    assert around["PATH"].startswith(f"{found.parent}{os.pathsep}")
    libraries = f"{needed / 'x86_64-linux-gnu'}{os.pathsep}{needed}"
    assert around["LD_LIBRARY_PATH"] == libraries
    assert [path.name for path in (machine / ".venv/debian").iterdir()] == ["prometheus"]


def test_what_is_unpacked_is_not_fetched_again_and_nothing_is_said(
    machine: Path, debian: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.unpack_programs()
    capsys.readouterr()
    bootstrap.unpack_programs()
    assert len(debian()) == 2
    assert capsys.readouterr() == ("", "")


def test_the_machines_own_programs_are_enough(
    machine: Path, debian: Callable[..., list[str]]
) -> None:
    for name in ("prometheus", "promtool"):
        (machine / "bin" / name).write_text("its own")
        (machine / "bin" / name).chmod(0o755)
    bootstrap.unpack_programs()
    assert debian() == []
    assert programs.find("prometheus") == machine / "bin/prometheus"


def test_root_fetches_the_lists_where_there_are_none(
    machine: Path, debian: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (machine / "lists").unlink()
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    bootstrap.unpack_programs()
    assert [line.split()[1] for line in debian()] == [
        "install",
        "download",
        "update",
        "install",
        "download",
    ]
    assert programs.find("prometheus").is_file()


def test_who_may_not_fetch_the_lists_is_told_what_will_be_missing(
    machine: Path,
    debian: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (machine / "lists").unlink()
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    bootstrap.unpack_programs()
    said = capsys.readouterr().err
    assert "cells that need prometheus will say that they were not run" in said
    assert "Mend: install prometheus and promtool" in said
    assert list((machine / ".venv/debian").iterdir()) == []


def test_a_machine_that_is_no_debian_is_set_up_all_the_same(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.unpack_programs()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "no apt-get to take it from" in said.err
    with pytest.raises(SetupError, match=r"There is no prometheus on this machine.*make book"):
        programs.find("prometheus")


def test_a_learners_package_has_no_pages_and_needs_none(
    machine: Path, debian: Callable[..., list[str]]
) -> None:
    (machine / "package-lock.json").unlink()
    bootstrap.unpack_programs()
    assert debian() == []


def test_binder_installs_what_is_light_and_needs_no_rights() -> None:
    """The others would double the image, or need a kernel's rights that Binder does not give."""
    wanted = (REPOSITORY / ".binder/apt.txt").read_text().split()
    assert "prometheus" in wanted
    assert set(wanted) <= {name for each in bootstrap.PROGRAMS.values() for name in each.debian}
    assert not {"docker.io", "podman", "python3-torch"} & set(wanted)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """Give a shell as a notebook has it."""
    made = InteractiveShell()
    monkeypatch.setattr(programs, "get_ipython", lambda: made)
    return made


def test_marked_cells_are_left_out_in_words(
    machine: Path, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not programs.leave_out_what_is_missing("prometheus")
    shell.run_cell("# needs prometheus\n1 / 0").raise_error()
    assert "Not run in this build. There is no prometheus" in capsys.readouterr().out
    shell.run_cell("print(6 * 7)").raise_error()
    assert capsys.readouterr().out == "42\n"


def test_with_the_program_marked_cells_run(
    machine: Path,
    debian: Callable[..., list[str]],
    shell: InteractiveShell,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bootstrap.unpack_programs()
    assert programs.leave_out_what_is_missing("prometheus", "promtool")
    capsys.readouterr()
    shell.run_cell("# needs prometheus\nprint('ran')").raise_error()
    assert capsys.readouterr().out == "ran\n"


def test_ci_leaves_nothing_out(
    machine: Path, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SetupError, match="no prometheus on this machine"):
        programs.leave_out_what_is_missing("prometheus")
