"""Set-up on a bare machine: what is missing is named with its mend, what is done is not redone."""

import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from mlops_landscape import bootstrap
from mlops_landscape.paths import REPOSITORY

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout in which nothing is installed; commands are noted, not run."""
    for name in ("package-lock.json", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(REPOSITORY / name, tmp_path / name)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "requirements.txt")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect the commands that set-up would run."""
    noted: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "_run", lambda command, *args, **kwargs: noted.append(command))
    return noted


def test_a_second_set_up_does_nothing_and_is_quick() -> None:
    result = subprocess.run(
        [sys.executable, "-I", str(REPOSITORY / "src/mlops_landscape/bootstrap.py")],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""


def test_a_python_without_a_lock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    version = namedtuple("V", "major minor")(3, 13)
    monkeypatch.setattr(bootstrap.sys, "version_info", version)
    with pytest.raises(bootstrap.SetupFailure, match=r"3\.13.*Mend: .*PYTHON=python3\.12"):
        bootstrap.check_python()


def test_a_full_disk_is_said_before_anything_is_begun(
    bare: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda path: Usage(9e9, 8e9, 1e9))
    with pytest.raises(bootstrap.SetupFailure, match=r"1\.0 GB are free .* needs 12\. Mend:"):
        bootstrap.install_packages()
    assert commands == []


def test_packages_are_the_lock_and_then_the_course_itself(
    bare: Path, commands: list[list[str]]
) -> None:
    bootstrap.install_packages()
    bring_uv, sync, course = commands
    assert bring_uv[1:4] == ["-m", "pip", "install"]
    assert bring_uv[-1].startswith("uv==")
    assert sync[1:] == ["pip", "sync", "--compile-bytecode", str(bare / "requirements.txt")]
    assert "--no-deps" in course
    bootstrap.install_packages()
    assert len(commands) == 3, "what is done is not done again"
    (bare / "requirements.txt").write_text("uv==1.0\n")
    bootstrap.install_packages()
    assert len(commands) == 6, "a changed lock is installed"


def test_an_interrupted_set_up_is_not_taken_for_a_finished_one(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.install_packages()
    assert not (bare / ".venv" / "installed.txt").exists()


def test_without_npm_it_comes_from_pypi(
    bare: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        bootstrap.shutil, "which", lambda name, path=None: f"/somewhere/{name}" if path else None
    )
    bootstrap.install_browser_files()
    wheel, npm = commands
    assert wheel[-1] == bootstrap.NODE_WHEEL
    assert npm[:3] == ["/somewhere/npm", "ci", "--ignore-scripts"]


def test_without_a_browser_and_without_apt_the_mend_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path=None: None)
    with pytest.raises(bootstrap.SetupFailure, match=r"Chromium.*Mend: install Chromium"):
        bootstrap.install_browser()


def test_a_failing_step_names_its_mend(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(bootstrap.SetupFailure, match=r"`python\S* -c` failed .*Mend: try again"):
        bootstrap._run([sys.executable, "-c", "raise SystemExit(3)"], "try again")


def test_locks_name_no_registry() -> None:
    for name in ("requirements.txt", "package-lock.json", "package.json", ".npmrc"):
        text = (REPOSITORY / name).read_text()
        assert '"resolved"' not in text
        assert "--index-url" not in text
