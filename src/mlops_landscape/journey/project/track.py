"""Fit, judge and write down: a run in MLflow, a version in the registry."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import sklearn
from mlflow.entities.model_registry import ModelVersion
from mlflow.models import infer_signature
from model import TRUSTED, chances, fit, judge, read

from mlops_landscape.flights import FEATURES, TARGET

NAME = "late-flights"


def record(
    data: Path,
    fit_on: Sequence[str],
    judge_on: str | None,
    params: Mapping[str, Any],
    **more: str,
) -> ModelVersion:
    """Fit a model on some months, judge it on a later one, and register it.

    The version gets its months as tags, and `more`. Without a later month it
    is not judged.
    """
    flights = read(data, fit_on, params["rows"])
    tags = {"fit_on": ",".join(fit_on), **more}
    if judge_on:
        tags["judge_on"] = judge_on
    mlflow.set_experiment(NAME)
    with mlflow.start_run(run_name=f"{fit_on[0]} to {fit_on[-1]}"):
        mlflow.log_params({**params["model"], "rows": len(flights)})
        mlflow.set_tags(tags)
        model = fit(flights, params["model"])
        if judge_on:
            unseen = read(data, [judge_on])
            chance = chances(model, unseen)
            mlflow.log_metrics(judge(unseen[TARGET], chance, params["costs"]))
        stored = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(flights[FEATURES], np.zeros((2, 2))),
            pyfunc_predict_fn="predict_proba",
            skops_trusted_types=TRUSTED,
            pip_requirements=[
                f"scikit-learn=={sklearn.__version__}",
                "skops",
                "pandas",
            ],
        )
    return mlflow.register_model(stored.model_uri, NAME, tags=tags)
