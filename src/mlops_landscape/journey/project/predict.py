"""Predict a month in one go, without a server: a file in, a file out.

python predict.py 2013-07
"""

import sys
import time
from pathlib import Path

import mlflow
import pandas as pd
from load import identified
from model import chances
from track import NAME


def predict(month: str, folder: Path) -> Path:
    """Write the champion's predictions of a month; return the file."""
    found = mlflow.MlflowClient().get_model_version_by_alias(NAME, "champion")
    model = mlflow.sklearn.load_model(f"models:/{NAME}/{found.version}")
    flights = identified(pd.read_parquet(f"data/{month}.parquet"))
    began = time.perf_counter()
    chance = chances(model, flights)
    seconds = time.perf_counter() - began
    print(f"{len(flights):,} flights, {seconds:.2f} s for the model alone")
    told = flights[["id"]].assign(chance=chance, version=str(found.version))
    folder.mkdir(exist_ok=True)
    file = folder / f"{month}.parquet"
    told.to_parquet(file.with_suffix(".unfinished"), index=False)
    return file.with_suffix(".unfinished").replace(file)


if __name__ == "__main__":
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    for each in sys.argv[1:]:
        print(predict(each, Path("predictions")))
