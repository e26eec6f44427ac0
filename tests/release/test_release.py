"""The learner's package of the whole course works by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_landscape.cli import main
from mlops_landscape.exercises.release import NAME
from mlops_landscape.exercises.source import Places

SLUG = "log-a-dummy-metric"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Release the whole course, as an instructor would."""
    out = tmp_path_factory.mktemp("released")
    assert main(["release", "--out", str(out)]) == 0
    return out / NAME


def python(package: Path, folder: Path, code: str) -> str:
    """Run Python in a learner's folder, with nothing of the course but the package."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package / "src"), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_exercise_is_there_and_no_solution(package: Path) -> None:
    slugs = Places().slugs()
    names = {path.name for path in (package / "exercises").iterdir()}
    assert names == {f"{slug}{ending}" for slug in slugs for ending in (".md", ".ipynb")}
    assert sorted(path.name for path in package.iterdir()) == [
        ".binder",
        "LICENSE",
        "Makefile",
        "README.md",
        "catalogue",
        "exercises",
        "pyproject.toml",
        "requirements.txt",
        "src",
        "tests",
    ]
    readme = (package / "README.md").read_text()
    assert all(f"exercises/{slug}.ipynb" in readme for slug in slugs)


def test_check_and_submit_work_in_it(package: Path, tmp_path: Path) -> None:
    learner = tmp_path / "learner"
    learner.mkdir()
    (learner / f"{SLUG}.ipynb").write_bytes((package / f"exercises/{SLUG}.ipynb").read_bytes())
    printed = python(
        package,
        learner,
        "import mlops_landscape\n"
        "from mlops_landscape.exercises import check, submit\n"
        f"print(mlops_landscape.__file__)\nprint(check({SLUG!r}))\nprint(submit({SLUG!r}))\n",
    )
    assert printed.startswith(f"{package.resolve()}/src/")
    assert f"{SLUG}: 0 of 10 checks pass, 0 of 10 points" in printed
    assert "Mend this first: The store `mlflow.db` is in this folder." in printed
    assert f"Made `{SLUG}.submission.zip`" in printed
    assert (learner / f"{SLUG}.submission.zip").is_file()


def test_set_up_needs_nothing_that_the_package_lacks(package: Path) -> None:
    plan = subprocess.run(
        ["make", "-n", "lab"], cwd=package, capture_output=True, text=True, check=True
    ).stdout
    assert "src/mlops_landscape/bootstrap.py" in plan
    code = (
        "from mlops_landscape import bootstrap\n"
        "bootstrap.check_python()\n"
        "bootstrap.install_browser_files()\n"
        "print(bootstrap.ROOT, bootstrap.LOCK.is_file())\n"
    )
    assert python(package, package, code) == f"{package.resolve()} True\n"
    assert not (package / "node_modules").exists()
