"""A month of the model's life: fit, judge beside the champion, decide.

Each step may be repeated. It looks in the registry for what it has done, and
what it knows of the month comes from its argument, never from the clock.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import yaml
from mlflow.entities.model_registry import ModelVersion
from model import chances, judge, read
from track import NAME, record

from mlops_landscape.flights import TARGET

DATA = Path("data")


def before(month: str) -> list[str]:
    """Return the months of the year before `month`, January first."""
    return [f"2013-{number:02}" for number in range(1, int(month[-2:]))]


def parameters() -> dict[str, Any]:
    """Return what the training stage decided."""
    return yaml.safe_load(Path("params.yaml").read_text())


def check(month: str) -> int:
    """Return how many flights a month has; fail if a day is missing."""
    seen = pd.read_parquet(DATA / f"{month}.parquet", columns=["day"])["day"]
    days = pd.Period(month).days_in_month
    if seen.nunique() < days:
        raise ValueError(f"{month}: {seen.nunique()} of {days} days")
    return len(seen)


def inputs(month: str) -> str:
    """Return a digest of all that the model of a month is made from."""
    digest = hashlib.sha256(json.dumps(parameters()).encode())
    for name in [*before(month), month]:
        digest.update((DATA / f"{name}.parquet").read_bytes())
    return digest.hexdigest()[:16]


def find(month: str, made_from: str) -> ModelVersion | None:
    """Return the version of a month that was made from these inputs."""
    for version in versions():
        tags = version.tags
        if (tags.get("judge_on"), tags.get("inputs")) == (month, made_from):
            return version
    return None


def versions() -> list[ModelVersion]:
    """Return all versions of the model."""
    return mlflow.MlflowClient().search_model_versions(f"name = '{NAME}'")


def train(month: str) -> str:
    """Fit on all months before; return the number of the version."""
    made_from = inputs(month)
    version = find(month, made_from)
    if version is None:
        params = parameters()
        version = record(DATA, before(month), month, params, inputs=made_from)
    return str(version.version)


def decide(month: str, number: str) -> dict[str, str]:
    """Judge a version beside the champion, once; return what was decided."""
    client = mlflow.MlflowClient()
    version = client.get_model_version(NAME, number)
    if "decision" not in version.tags:
        champion = client.get_model_version_by_alias(NAME, "champion")
        costs = parameters()["costs"]
        unseen = read(DATA, [month])
        tags = {"compared_with": str(champion.version)}
        for who, judged in (("own", version), ("champion", champion)):
            address = f"models:/{NAME}/{judged.version}"
            chance = chances(mlflow.sklearn.load_model(address), unseen)
            cost = judge(unseen[TARGET], chance, costs)["cost_per_flight"]
            tags[f"{who}_cost"] = f"{cost:.4f}"
        better = float(tags["own_cost"]) < float(tags["champion_cost"])
        # Last, and so that all others are there when this one is.
        tags["decision"] = "champion" if better else "challenger"
        for key, value in tags.items():
            client.set_model_version_tag(NAME, number, key, value)
        version = client.get_model_version(NAME, number)
    if is_newest(version):
        alias = version.tags["decision"]
        client.set_registered_model_alias(NAME, alias, number)
    return version.tags


def is_newest(version: ModelVersion) -> bool:
    """Whether no version was judged on a later month, or again on this."""
    newest = max(versions(), key=age)
    return age(version) == age(newest)


def age(version: ModelVersion) -> tuple[str, int]:
    """Return what orders versions: their month, then their number."""
    return version.tags.get("judge_on", ""), int(version.version)
