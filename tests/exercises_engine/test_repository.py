"""A learner's repository is read from its commits, not from its folder."""

import subprocess
from pathlib import Path

import pytest

from mlops_landscape.exercises.work import Work


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a repository `mine` of two commits, the first tagged."""
    mine = tmp_path / "mine"
    mine.mkdir()
    git(mine, "init", "-q")
    for number, text in enumerate(["a: 1", "a: 2"], start=1):
        (mine / "settings.yaml").write_text(text)
        git(mine, "add", ".")
        git(mine, "commit", "-qm", "x")
        git(mine, "tag", f"v{number}")
    (mine / "settings.yaml").write_text("a: 3")
    (mine / "stray.txt").write_text("never committed")
    return tmp_path


def test_commits_are_read_and_the_workspace_is_not(folder: Path) -> None:
    with Work(folder, {}) as work:
        mine = work.repository("mine")
        assert mine.tags() == ["v1", "v2"]
        assert mine.files() == ["settings.yaml"]
        assert mine.mapping("settings.yaml") == {"a": 2}
        assert mine.mapping("settings.yaml", "v1") == {"a": 1}
        assert mine.text("stray.txt") is None
        first = mine.first_with("settings.yaml")
        assert first is not None
        assert mine.text("settings.yaml", first) == "a: 1"
        assert mine.first_with("stray.txt") is None


def test_what_is_missing_or_unreadable_gives_a_sentence(folder: Path) -> None:
    mine = folder / "mine"
    (mine / "broken.yaml").write_text("a: [")
    (mine / "list.yaml").write_text("- a")
    git(mine, "add", ".")
    git(mine, "commit", "-qm", "x")
    with Work(folder, {}) as work:
        repository = work.repository("mine")
        for path, sentence in {
            "nowhere.yaml": "is not in the last commit",
            "broken.yaml": "is not YAML",
            "list.yaml": "holds no keys",
        }.items():
            with pytest.raises(AssertionError, match=sentence):
                repository.mapping(path)
        with pytest.raises(AssertionError, match="is not in `v9`"):
            repository.mapping("settings.yaml", "v9")


def test_a_repository_further_up_does_not_count(folder: Path) -> None:
    below = folder / "mine" / "below"
    below.mkdir()
    with (
        Work(folder, {}) as work,
        pytest.raises(AssertionError, match="`mine/below` is not a Git repository yet"),
    ):
        work.repository("mine/below")


def test_settings_of_the_repository_start_no_program(folder: Path) -> None:
    mine = folder / "mine"
    (mine / "spy").write_text(f"#!/bin/sh\ntouch {folder}/ran\n")
    (mine / "spy").chmod(0o755)
    git(mine, "config", "core.fsmonitor", str(mine / "spy"))
    git(mine, "config", "core.pager", str(mine / "spy"))
    with Work(folder, {}) as work:
        assert work.repository("mine").text("settings.yaml") == "a: 2"
    assert not (folder / "ran").exists()
