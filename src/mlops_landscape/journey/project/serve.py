"""Serve the champion, and the challenger to a share of the flights.

python serve.py --port 8000 --canary 0.1

The aliases of the registry decide which versions serve: move one, and
about a second later another version answers.
"""

import argparse
import hashlib
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import numpy as np
import pandas as pd
import prometheus_client as prometheus
import uvicorn
import yaml
from contract import Flight, Flights, Outcome, Outcomes
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from model import chances
from prometheus_client import Counter, Gauge, Histogram
from sklearn.pipeline import Pipeline
from starlette.middleware.base import RequestResponseEndpoint
from track import NAME

from mlops_landscape.flights import FEATURES, NUMERIC

ROLES = ("champion", "challenger")
KEPT = 3  # versions that stay loaded: the way back needs no loading
REMEMBERED = 200_000  # predictions whose truth is still to come

# What is counted ------------------------------------------------------------

FAST = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
TENTHS = [0.05, *(tenth / 10 for tenth in range(1, 10))]

prometheus.disable_created_metrics()  # half as many lines to read
REQUESTS = Counter("requests", "Requests.", ["path", "status"])
SECONDS = Histogram("prediction_seconds", "One request.", buckets=FAST)
FLIGHTS = Counter("predictions", "Flights predicted.", ["version"])
CHANCE = Histogram("predicted_chance", "Late?", ["version"], buckets=TENTHS)
LANDED = Counter("outcomes", "Flights landed.", ["version", "late"])
ALARMS = Counter("alarms", "How they ended.", ["version", "kind"])
SERVING = Gauge("served_version", "Version behind an alias.", ["alias"])
RELOADS = Counter("reloads", "Looks that found a move.", ["result"])

# Which model serves ---------------------------------------------------------


class Served(NamedTuple):
    """A version and its model."""

    version: str
    model: Pipeline


def as_frame(flights: list[Flight]) -> pd.DataFrame:
    """Return the columns of a model; missing weather becomes NaN."""
    columns = {}
    for name in FEATURES:
        values = [getattr(flight, name) for flight in flights]
        columns[name] = np.array(values, float if name in NUMERIC else object)
    return pd.DataFrame(columns)


class Service:
    """The versions behind the aliases, and what they have predicted."""

    def __init__(self, canary: float, threshold: float) -> None:
        self.canary = canary
        self.threshold = threshold
        self.registry = mlflow.MlflowClient()
        self.serving: dict[str, Served] = {}
        self.loaded: OrderedDict[str, Served] = OrderedDict()
        self.promised: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        self.lock = threading.Lock()

    def versions(self) -> dict[str, str]:
        """Return which version answers as which alias."""
        serving = self.serving
        return {alias: served.version for alias, served in serving.items()}

    def refresh(self) -> None:
        """Load what the aliases point to, then swap.

        A new model is loaded beside the old one, which goes on serving, also
        if the new one cannot be loaded at all.
        """
        found = self.registry.get_registered_model(NAME).aliases
        wanted = {role: str(found[role]) for role in ROLES if role in found}
        if wanted == self.versions():
            return
        if "champion" not in wanted:
            raise LookupError(f"{NAME} has no champion")
        serving = {}
        for alias, version in wanted.items():
            if version not in self.loaded:
                model = mlflow.sklearn.load_model(f"models:/{NAME}/{version}")
                self.loaded[version] = Served(version, model)
            self.loaded.move_to_end(version)
            serving[alias] = self.loaded[version]
        # One assignment: every request sees all of the old or all of the new.
        self.serving = serving
        while len(self.loaded) > KEPT:
            self.loaded.popitem(last=False)
        SERVING.clear()
        for alias, version in wanted.items():
            SERVING.labels(alias).set(int(version))
        RELOADS.labels("done").inc()

    def watch(self, seconds: float) -> None:
        """Look at the registry again and again."""
        while True:
            time.sleep(seconds)
            try:
                self.refresh()
            except Exception as error:  # go on with what is loaded
                RELOADS.labels("failed").inc()
                print(f"not reloaded: {error}", flush=True)

    def alias(self, flight: str) -> str:
        """Return who answers for a flight: by its id, so always the same."""
        digest = hashlib.blake2b(flight.encode(), digest_size=4).digest()
        place = int.from_bytes(digest, "big") / 2**32  # from 0 to below 1
        return "challenger" if place < self.canary else "champion"

    def predict(self, flights: list[Flight]) -> list[dict[str, Any]]:
        """Return the chance of each flight, and which version says so."""
        serving = self.serving  # the same to the end of this request
        frame = as_frame(flights)
        who = [self.alias(flight.id) for flight in flights]
        who = [alias if alias in serving else "champion" for alias in who]
        chance = np.empty(len(flights))
        for alias in set(who):
            version, model = serving[alias]
            its = np.array(who) == alias
            chance[its] = chances(model, frame[its])
            FLIGHTS.labels(version).inc(its.sum())
            for each in chance[its]:
                CHANCE.labels(version).observe(each)
        told = [
            {
                "id": flight.id,
                "chance": float(each),
                "alarm": bool(each >= self.threshold),
                "alias": alias,
                "version": serving[alias].version,
            }
            for flight, each, alias in zip(flights, chance, who, strict=True)
        ]
        self.promise(told)
        return told

    def promise(self, told: list[dict[str, Any]]) -> None:
        """Remember predictions until their truth is reported."""
        with self.lock:
            for flight in told:
                kept = flight["version"], flight["alarm"]
                self.promised[flight["id"]] = kept
            while len(self.promised) > REMEMBERED:
                self.promised.popitem(last=False)

    def learn(self, outcomes: list[Outcome]) -> int:
        """Count what became of flights, each once; return how many."""
        kinds = {
            (True, True): "right",
            (True, False): "false",
            (False, True): "missed",
            (False, False): "none",
        }
        counted = 0
        for outcome in outcomes:
            with self.lock:
                promise = self.promised.pop(outcome.id, None)
            if promise is not None:
                version, alarm = promise
                kind = kinds[alarm, outcome.late]
                LANDED.labels(version, str(outcome.late).lower()).inc()
                ALARMS.labels(version, kind).inc()
                counted += 1
        return counted


# The doors ------------------------------------------------------------------

app = FastAPI(title=NAME)


@app.post("/predict")
def predict(asked: Flights) -> dict[str, Any]:
    """Predict some flights."""
    with SECONDS.time():
        return {"predictions": app.state.service.predict(asked.flights)}


@app.post("/outcomes")
def outcomes(told: Outcomes) -> dict[str, int]:
    """Take in what became of flights that were predicted."""
    counted = app.state.service.learn(told.outcomes)
    return {"counted": counted, "unknown": len(told.outcomes) - counted}


@app.get("/health")
def health() -> dict[str, str]:
    """Say which versions serve."""
    return app.state.service.versions()


@app.get("/metrics")
def metrics() -> Response:
    """Give Prometheus what was counted."""
    kind = prometheus.CONTENT_TYPE_LATEST
    return Response(prometheus.generate_latest(), media_type=kind)


@app.exception_handler(RequestValidationError)
async def refuse(_: Request, error: RequestValidationError) -> Response:
    """Say what is wrong and where, without sending the request back."""
    wrong = [
        {"where": ".".join(map(str, each["loc"][1:])), "what": each["msg"]}
        for each in error.errors()
    ]
    return JSONResponse({"wrong": wrong[:5]}, status_code=422)


@app.middleware("http")
async def count(request: Request, answer: RequestResponseEndpoint) -> Response:
    """Count every request, also those that were refused."""
    response = await answer(request)
    route = request.scope.get("route")  # a stranger's path is no new label
    path = route.path if route else "other"
    REQUESTS.labels(path, response.status_code).inc()
    return response


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--store", default="sqlite:///mlflow.db")
    parser.add_argument("--canary", type=float, default=0.0)
    parser.add_argument("--every", type=float, default=1.0, help="seconds")
    given = parser.parse_args()
    mlflow.set_tracking_uri(given.store)
    costs = yaml.safe_load(Path("params.yaml").read_text())["costs"]
    alarm_from = costs["false_alarm"] / sum(costs.values())
    app.state.service = Service(given.canary, alarm_from)
    app.state.service.refresh()  # no model, no server
    watch = app.state.service.watch
    threading.Thread(target=watch, args=[given.every], daemon=True).start()
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")
