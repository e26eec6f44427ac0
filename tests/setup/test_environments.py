"""Environments of their own: made from scratch by uv, kept, made anew; each failure is said."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from mlops_landscape import environments
from mlops_landscape.errors import SetupError

METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def release(folder: Path, version: str) -> None:
    """Put a release of the package ``tiny``, which knows its version and has a command, there."""
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", f"VERSION = {version!r}\ndef main():\n    print(VERSION)\n")
        wheel.writestr(f"{info}/METADATA", METADATA.format(version=version))
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\ntiny = tiny:main\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of lists with one environment, ``tiny``, whose packages lie on this disk."""
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "tiny.in").write_text("tiny  # for this test\n")
    (folder / "tiny.txt").write_text("tiny==1.0\n")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for version in ("1.0", "2.0"):
        release(wheels, version)
    monkeypatch.setattr(environments, "ENVIRONMENTS", folder)
    monkeypatch.setattr(environments, "OWN", tmp_path / "own")
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv(environments.IN_BUILD, raising=False)
    return folder


def version_in(made: environments.Environment) -> str:
    """Return what the environment's own Python finds."""
    code = "import json, sys, tiny; print(json.dumps([tiny.VERSION, sys.prefix]))"
    said = subprocess.run([made.python, "-c", code], capture_output=True, text=True, check=True)
    version, prefix = json.loads(said.stdout)
    assert Path(prefix).resolve() == made.folder.resolve()
    return str(version)


def test_it_is_made_on_first_use_and_kept(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = environments.environment("tiny")
    assert version_in(made) == "1.0"
    said = capsys.readouterr().out
    assert "Making the environment 'tiny' with 1 packages (once)" in said
    assert "MB in" in said
    assert made.versions == {"tiny": "1.0"}
    assert made.megabytes > 0
    command = subprocess.run([made.program("tiny")], capture_output=True, text=True, check=True)
    assert command.stdout == "1.0\n"
    assert environments.environment("tiny") == made
    assert capsys.readouterr().out == ""


def test_a_new_lock_makes_it_anew(lists: Path) -> None:
    environments.environment("tiny")
    (lists / "tiny.txt").write_text("tiny==2.0\n")
    assert not environments.is_ready("tiny")
    assert version_in(environments.environment("tiny")) == "2.0"


def test_a_broken_one_is_made_anew(lists: Path) -> None:
    made = environments.environment("tiny")
    made.python.unlink()
    assert not environments.is_ready("tiny")
    assert version_in(environments.environment("tiny")) == "1.0"


def test_what_cannot_be_made_is_said_and_nothing_is_left(lists: Path, tmp_path: Path) -> None:
    (lists / "tiny.txt").write_text("tiny==3.0\n")
    with pytest.raises(SetupError) as caught:
        environments.environment("tiny")
    said = str(caught.value)
    assert "The environment 'tiny' could not be made from environments/tiny.txt" in said
    assert "tiny==3.0" in said  # uv's own words
    assert "Mend:" in said
    assert not (tmp_path / "own/tiny").exists()


def test_an_unknown_name_lists_those_that_there_are(lists: Path) -> None:
    with pytest.raises(SetupError, match=r"no environment 'tyni'.*There are: tiny.*make lock"):
        environments.environment("tyni")


def test_a_command_that_no_package_brings(lists: Path) -> None:
    with pytest.raises(SetupError, match=r"'tiny' has no command 'large'.*environments/tiny\.in"):
        environments.environment("tiny").program("large")


def test_a_cell_of_a_build_downloads_nothing(
    lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(environments.IN_BUILD, "1")
    with pytest.raises(SetupError, match="mlops-landscape environments tiny"):
        environments.environment("tiny")
    assert not (tmp_path / "own/tiny").exists()


def test_names_are_found_in_cells() -> None:
    code = 'a = environment("tiny")\nb=environment( \'other-one\' )\nthe_environment = {"x": 1}'
    assert environments.named_in(code) == {"tiny", "other-one"}


@pytest.mark.parametrize("name", environments.names())
def test_every_list_has_a_lock_and_a_reason_for_each_line(name: str) -> None:
    """The lock pins each package that is asked for."""
    asked = (environments.ENVIRONMENTS / f"{name}.in").read_text().splitlines()
    assert any(line.startswith("#") or " # " in line for line in asked)
    pinned = {
        key.lower().replace("_", "-") for key in environments.Environment(name, Path()).versions
    }
    for line in asked:
        wanted = line.split("#")[0].split(";")[0].strip()
        if wanted:
            package = wanted.split("[")[0]
            for mark in "<>=!~ ":
                package = package.split(mark)[0]
            assert package.lower().replace("_", "-") in pinned, wanted
