"""Grades as MLflow runs: an experiment an exercise, a run a learner, so that a class can be seen.

``mlflow ui --backend-store-uri sqlite:///DIR/mlflow.db`` shows them as a table with a column for
each check.
"""

import hashlib
import json
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_landscape.grading.model import Grade, Gradebook

if TYPE_CHECKING:
    from mlflow import MlflowClient

STORE = "mlflow.db"
_DIGEST = "grade.digest"
_LONGEST_TAG = 4000


def log_to_mlflow(book: Gradebook, folder: Path) -> int:
    """Bring the MLflow store in `folder` to what `book` says.

    A grade that has not changed keeps its run; of one that has, the old run is deleted.

    Returns
    -------
    int
        How many runs were written.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # before the import
    from mlflow import MlflowClient

    # Of a new store MLflow tells each of its tables.
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    client = MlflowClient(tracking_uri=f"sqlite:///{(folder / STORE).resolve()}")
    written = 0
    for exercise in sorted({grade.exercise for grade in book.grades if grade.exercise}):
        experiment = _experiment(client, exercise, folder)
        runs = client.search_runs([experiment], max_results=50_000)
        known = {run.data.tags.get("learner", ""): run for run in runs}
        for grade in (grade for grade in book.grades if grade.exercise == exercise):
            old = known.pop(grade.learner, None)
            digest = _digest(grade)
            if old is not None and old.data.tags.get(_DIGEST) == digest:
                continue
            if old is not None:
                client.delete_run(old.info.run_id)
            _write(client, experiment, grade, digest)
            written += 1
        for gone in known.values():
            client.delete_run(gone.info.run_id)
    return written


def _experiment(client: "MlflowClient", name: str, folder: Path) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    location = (folder / "mlflow-artifacts").resolve().as_uri()
    return str(client.create_experiment(name, artifact_location=location))


def _digest(grade: Grade) -> str:
    return hashlib.sha256(json.dumps(grade.as_data(), sort_keys=True).encode()).hexdigest()


def _write(client: "MlflowClient", experiment: str, grade: Grade, digest: str) -> None:
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    run = client.create_run(experiment, run_name=grade.name or grade.learner)
    numbers = {
        "points": grade.total,
        "share": grade.total / grade.out_of if grade.out_of else 0.0,
        "seconds": grade.seconds,
        "cpu_seconds": grade.cpu_seconds,
        "peak_mb": grade.peak_mb,
        "late_hours": grade.late_seconds / 3600,
        **{f"check/{check.name}": float(check.passed) for check in grade.checks},
    }
    first = grade.first_to_mend
    words = {
        "learner": grade.learner,
        "first_to_mend": first.title if first else "",
        "notes": "\n".join(grade.notes)[:_LONGEST_TAG],
        _DIGEST: digest,
    }
    client.log_batch(
        run.info.run_id,
        metrics=[Metric(key, value, now, 0) for key, value in numbers.items()],
        params=[
            Param("outcome", grade.outcome),
            Param("out_of", str(grade.out_of)),
            Param("attempt", str(grade.attempt)),
        ],
        tags=[RunTag(key, value) for key, value in words.items()],
    )
    client.set_terminated(run.info.run_id, "FINISHED" if grade.outcome == "graded" else "FAILED")
