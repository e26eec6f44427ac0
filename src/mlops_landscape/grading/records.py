"""Grades kept between runs: what was graded stays graded until something about it changes."""

import hashlib
import json
from pathlib import Path
from typing import Any

from mlops_landscape.grading.files import write_all
from mlops_landscape.grading.model import Submission

_FOLDER = "records"


class Records:
    """What was found about submissions, one file each, below a folder.

    Parameters
    ----------
    out
        The folder that a run of grading writes to.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / _FOLDER

    def outcome(self, submission: Submission, task_digest: str) -> dict[str, Any] | None:
        """Return what running the same work on the same exercise found before, or None."""
        try:
            record = json.loads((self._folder / _name(submission)).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there is none, or a disk that was full has cut it
            return None
        key = [submission.digest, task_digest]
        return record["outcome"] if isinstance(record, dict) and record.get("key") == key else None

    def keep(self, submission: Submission, task_digest: str, outcome: dict[str, Any]) -> None:
        """Keep what was found, in the place of what was found before."""
        record = {
            "learner": submission.learner,
            "exercise": submission.exercise,
            "key": [submission.digest, task_digest],
            "outcome": outcome,
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        write_all(self._folder, {_name(submission): json.dumps(record, indent=1).encode()})


def _name(submission: Submission) -> str:
    whose = json.dumps([submission.learner, submission.exercise])
    return hashlib.sha256(whose.encode()).hexdigest()[:24] + ".json"
