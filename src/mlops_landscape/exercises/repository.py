"""A learner's Git repository as the checks see it: what its commits hold, never its workspace."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class Repository:
    """A Git repository that is only read.

    Parameters
    ----------
    folder
        The folder that holds ``.git``.
    name
        What the learner calls it, for messages.

    Raises
    ------
    AssertionError
        If there is no repository of its own in `folder`; one further up does not count.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        assert (folder / ".git").is_dir(), f"`{name}` is not a Git repository yet"

    def _git(self, *arguments: str) -> str | None:
        """Return what git prints, or None if it fails, as it does for what does not exist."""
        # The learner's folder may belong to another user, and its settings may name programs.
        settings = {
            "safe.directory": "*",
            "core.fsmonitor": "false",
            "core.hooksPath": os.devnull,
            "core.pager": "cat",
            "log.showSignature": "false",  # it would run the program that `gpg.program` names
        }
        environment = {
            **{key: text for key, text in os.environ.items() if not key.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for number, (key, value) in enumerate(settings.items()):
            environment[f"GIT_CONFIG_KEY_{number}"] = key
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        done = subprocess.run(
            ["git", "--git-dir", str(self._folder / ".git"), *arguments],
            capture_output=True,
            env=environment,
            timeout=20,
            check=False,
        )
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None

    def tags(self) -> list[str]:
        """Return the names of all tags, sorted."""
        return sorted((self._git("tag", "--list") or "").split())

    def files(self, revision: str = "HEAD") -> list[str]:
        """Return the paths in a commit; none if there is no such commit."""
        return (self._git("ls-tree", "-r", "--name-only", revision) or "").splitlines()

    def text(self, path: str, revision: str = "HEAD") -> str | None:
        """Return a file as it is in a commit, or None if it is not there."""
        return self._git("show", f"{revision}:{path}")

    def mapping(self, path: str, revision: str = "HEAD") -> Mapping[str, Any]:
        """Return a YAML file of a commit.

        Raises
        ------
        AssertionError
            If it is not in the commit, or not a YAML mapping.
        """
        text = self.text(path, revision)
        at = "the last commit" if revision == "HEAD" else f"`{revision}`"
        assert text is not None, f"`{path}` is not in {at}"
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            reason = str(error).splitlines()[0]
            raise AssertionError(f"`{path}` in {at} is not YAML: {reason}") from None
        assert isinstance(content, dict), f"`{path}` in {at} holds no keys"
        return content

    def first_with(self, path: str) -> str | None:
        """Return the first commit that added `path`, or None."""
        commits = self._git(
            "log", "--all", "--reverse", "--diff-filter=A", "--format=%H", "--", path
        )
        return commits.split()[0] if commits else None
