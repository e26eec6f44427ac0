"""The model: what it is made of, and how good it is."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlops_landscape.flights import CATEGORICAL, FEATURES, TARGET

# What skops does not know and we have looked at: scikit-learn's own
# classes, and the functools.partial by which its boosting calls check_array.
TRUSTED = [
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]


def read(
    folder: Path, months: Iterable[str], rows: int | None = None
) -> pd.DataFrame:
    """Return the flights of some months, or `rows` of them.

    They are drawn the same way each time.
    """
    flights = pd.concat(
        [pd.read_parquet(folder / f"{month}.parquet") for month in months],
        ignore_index=True,
    )
    if rows is None or rows >= len(flights):
        return flights
    return flights.sample(rows, random_state=0).sort_index()


def fit(flights: pd.DataFrame, settings: Mapping[str, Any]) -> Pipeline:
    """Return a gradient boosting, fitted to the flights."""
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan
    )
    model = make_pipeline(
        make_column_transformer((codes, CATEGORICAL), remainder="passthrough"),
        HistGradientBoostingClassifier(
            **settings,
            categorical_features=[0, 1, 2],
            early_stopping=False,
            random_state=0,
        ),
    )
    return model.fit(flights[FEATURES], flights[TARGET])


def chances(model: Pipeline, flights: pd.DataFrame) -> np.ndarray:
    """Return for each flight the chance that it is late."""
    return model.predict_proba(flights[FEATURES])[:, 1]


def judge(
    late: pd.Series, chance: np.ndarray, costs: Mapping[str, float]
) -> dict[str, float]:
    """Return how good some predictions were.

    An alarm is given where waiting would cost more than the alarm: that is a
    threshold, and it is right only if a chance of 30 % means 30 of 100.
    """
    false_alarm, missed = costs["false_alarm"], costs["missed"]
    alarm = chance >= false_alarm / (false_alarm + missed)
    in_vain, not_warned = (alarm & ~late).sum(), (~alarm & late).sum()
    paid = in_vain * false_alarm + not_warned * missed
    return {
        "auc": float(roc_auc_score(late, chance)),
        "brier": float(brier_score_loss(late, chance)),
        "predicted_late": float(chance.mean()),
        "observed_late": float(late.mean()),
        "cost_per_flight": float(paid / len(late)),
    }
