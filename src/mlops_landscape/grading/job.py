"""One submission, run and checked: here or on another machine, with the same result.

A job and its outcome are plain data, so that they can be sent. The work travels as an archive, the
file of checks as text; what must be the same on both sides, the grader's own code, is compared.
"""

import base64
import io
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises import run
from mlops_landscape.grading.model import CheckMark, Grade, RubricMark, Submission
from mlops_landscape.grading.tasks import Task, code_digest
from mlops_landscape.sandbox import Limits, missing

Job = Mapping[str, Any]
Outcome = dict[str, Any]


def make_job(submission: Submission, task: Task, limits: Limits, elsewhere: bool) -> Job:
    """Return what it takes to grade a submission.

    Parameters
    ----------
    elsewhere
        Whether another machine will do it, which does not see this one's files.
    """
    checks = task.check_file
    # What was handed in above the notebook is no part of the folder that it runs in.
    folder = (submission.folder / submission.notebook).parent
    return {
        "code": code_digest(),
        "cells": list(submission.cells),
        "answers": list(task.answers),
        "limits": limits.as_data(),
        "checks": checks.read_text(encoding="utf-8") if elsewhere else str(checks),
        "check_name": checks.name,
        "given": _packed(folder) if elsewhere else str(folder),
        "elsewhere": elsewhere,
    }


def do(job: Job) -> Outcome:
    """Run and check the submission that a job is about.

    Raises
    ------
    SetupError
        If the machine cannot do it, or if its grader is not the one that made the job.
    """
    if job["code"] != code_digest():
        raise SetupError(
            "A worker has another version of the course than the machine that hands out the work. "
            "Mend: install the same commit on all of them and start the workers again."
        )
    if not job["elsewhere"]:
        return _attempt(job, Path(job["checks"]), Path(job["given"]))
    with tempfile.TemporaryDirectory(prefix="job-") as scratch:
        folder = Path(scratch) / "work"
        folder.mkdir()
        _unpack(job["given"], folder)
        checks = Path(scratch) / job["check_name"]
        checks.write_text(job["checks"], encoding="utf-8")
        return _attempt(job, checks, folder)


def _attempt(job: Job, checks: Path, given: Path) -> Outcome:
    limits = Limits(**job["limits"])
    done = run.attempt(job["cells"], checks, job["answers"], given, limits)
    return {
        "errors": done.errors,
        "results": [asdict(result) for result in done.results],
        "output": done.output,
        "seconds": done.seconds,
        "cpu_seconds": done.cpu_seconds,
        "peak_mb": done.peak_mb,
        "unprotected": list(missing()),
    }


def as_grade(submission: Submission, task: Task, outcome: Mapping[str, Any]) -> Grade:
    """Return what came of a submission as a grade, without what time and people add."""
    visible = {check.name: check.visible for check in task.checks}
    kept = ("name", "title", "points", "hint", "passed", "message", "broken")
    return Grade(
        **_who(submission, task),
        outcome="graded",
        notes=tuple(_sentence(error) for error in outcome["errors"]),
        checks=tuple(
            CheckMark(visible=visible[result["name"]], **{key: result[key] for key in kept})
            for result in outcome["results"]
        ),
        rubric=tuple(RubricMark(one.name, one.points) for one in task.rubric),
        out_of=task.out_of,
        output=outcome["output"][-4000:],
        seconds=round(outcome["seconds"], 3),
        cpu_seconds=round(outcome["cpu_seconds"], 3),
        peak_mb=round(outcome["peak_mb"], 1),
        unprotected=tuple(outcome["unprotected"]),
    )


def refused(submission: Submission, task: Task | None, reason: str) -> Grade:
    """Return the grade of a submission that could not be run."""
    return Grade(
        **_who(submission, task),
        outcome="refused",
        notes=(_sentence(reason),),
        out_of=task.out_of if task else 0,
    )


def _who(submission: Submission, task: Task | None) -> dict[str, Any]:
    return {
        "learner": submission.learner,
        "name": submission.name,
        "exercise": submission.exercise,
        "title": task.title if task else "",
        "source": str(submission.source),
        "attempt": submission.attempt,
        "digest": submission.digest,
        "submitted": submission.submitted.isoformat() if submission.submitted else "",
    }


def _sentence(text: str) -> str:
    text = text.strip()
    if text.split(" ")[0].isalpha():  # and not the name of a file
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def _packed(folder: Path) -> str:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        archive.add(folder, arcname=".")
    return base64.b64encode(buffer.getvalue()).decode()


def _unpack(packed: str, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(packed))) as archive:
        archive.extractall(folder, filter="data")
