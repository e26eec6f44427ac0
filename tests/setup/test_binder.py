"""What Binder would install is the lock, and chapters open there as notebooks."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_landscape.paths import REPOSITORY

BINDER = REPOSITORY / ".binder"


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the Dockerfile that repo2docker would build for this repository."""
    checkout = tmp_path_factory.mktemp("binder")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", ".binder"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in [*listed.stdout.split(), "requirements.txt", "pyproject.toml"]:
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((REPOSITORY / name).read_bytes())
        target.chmod((REPOSITORY / name).stat().st_mode)
    command = Path(sys.executable).with_name("jupyter-repo2docker")
    result = subprocess.run(
        [str(command), "--no-build", "--debug", "."], cwd=checkout, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_binder_installs_the_lock_and_nothing_else(dockerfile: str) -> None:
    installs = re.findall(r"pip install[^\n]*", dockerfile)
    assert len(installs) == 1
    assert '-r ".binder/requirements.txt"' in installs[0]
    wanted = [
        line
        for line in (BINDER / "requirements.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert wanted == ["-r ../requirements.txt"]
    lock = (REPOSITORY / "requirements.txt").read_text().splitlines()
    pins = [line for line in lock if line.strip() and not line.lstrip().startswith("#")]
    assert all(re.match(r"^[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ; .*)?$", pin) for pin in pins)


def test_the_lock_is_copied_before_it_is_installed(dockerfile: str) -> None:
    assert dockerfile.index("COPY --chown") < dockerfile.index("pip install")


def test_post_build_adds_only_this_package(dockerfile: str) -> None:
    assert "./.binder/postBuild" in dockerfile
    script = (BINDER / "postBuild").read_text()
    installs = re.findall(r"^.*pip install.*$", script, re.MULTILINE)
    assert len(installs) == 1
    assert "--no-deps" in installs[0]
    assert installs[0].endswith("--editable .")


def test_binder_runs_a_python_of_the_lock(dockerfile: str) -> None:
    version = (BINDER / "runtime.txt").read_text().strip()
    assert version in {"python-3.11", "python-3.12"}


def test_chapters_open_as_notebooks() -> None:
    overrides = json.loads((BINDER / "overrides.json").read_text())
    viewers = overrides["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers == {"markdown": "Jupytext Notebook"}
    assert ".binder/overrides.json" in (BINDER / "postBuild").read_text()
