"""Checks of the exercise `a-champion-and-a-way-back`, in the order in which to mend.

The learner's models are not loaded. What they must have scored is found out by fitting the same.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import SCHEDULE, WEATHER, load_flights, sample

if TYPE_CHECKING:
    from pandas import DataFrame
    from sklearn.pipeline import Pipeline

NAME = "late-flights"
COLUMNS = {"schedule": SCHEDULE, "weather": SCHEDULE + WEATHER}
VERSIONS = {1: "schedule", 2: "weather"}


@cache
def split() -> "tuple[DataFrame, DataFrame]":
    """Return the flights of January and February, and those of March."""
    flights = sample(load_flights([1, 2, 3]).dropna(), 6000)
    return flights[flights["month"] < 3], flights[flights["month"] == 3]


@cache
def fitted(name: str) -> "Pipeline":
    """Return the model of the run `name`, as it has to be."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    past, _ = split()
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(
        past[COLUMNS[name]], past["late"]
    )


def auc(name: str, months: "DataFrame") -> float:
    from sklearn.metrics import roc_auc_score

    chances = fitted(name).predict_proba(months[COLUMNS[name]])
    return float(roc_auc_score(months["late"], chances[:, 1]))


def the_run(work: Work, name: str) -> Run:
    """Return the newest run called `name`."""
    experiment = work.mlflow.get_experiment_by_name(NAME)
    assert experiment is not None, f"there is no experiment `{NAME}`"
    runs = work.mlflow.search_runs(
        [experiment.experiment_id], order_by=["attributes.start_time DESC"]
    )
    named = [run for run in runs if run.info.run_name == name]
    names = ", ".join(f"`{run.info.run_name}`" for run in runs) or "none"
    assert named, f"the runs are: {names}; not `{name}`"
    return named[0]


def versions(work: Work) -> dict[int, ModelVersion]:
    found = work.mlflow.search_model_versions(f"name = '{NAME}'")
    return {int(version.version): version for version in found}


def the_version(work: Work, number: int) -> ModelVersion:
    found = versions(work)
    assert number in found, f"`{NAME}` has no version {number}"
    return found[number]


def champion(work: Work) -> int:
    """Return the version that the alias stands on."""
    found = versions(work)
    assert found, f"no version of `{NAME}` is registered"
    aliases: dict[str, Any] = dict(work.mlflow.get_registered_model(NAME).aliases)
    staged = any(version.current_stage not in ("None", None) for version in found.values())
    names = ", ".join(f"`{name}`" for name in aliases) or "none"
    also = ", and stages are no aliases" if staged else ""
    assert "champion" in aliases, f"the aliases are: {names}; not `champion`{also}"
    return int(aliases["champion"])


@worth(
    points=1,
    hint="Call `mlflow.start_run(run_name=name)` in a `with` block inside `tracked`.",
)
def test_both_runs_are_there(work: Work) -> None:
    """The runs `schedule` and `weather` are over and ended well."""
    for name in COLUMNS:
        status = the_run(work, name).info.status
        assert status == "FINISHED", f"the status of the run `{name}` is {status}, not FINISHED"


@worth(
    points=1,
    hint="Split by the month, and record each table once: `past` with the context `training`, "
    "`march` with `evaluation`.",
)
def test_the_split_is_by_time(work: Work) -> None:
    """Both runs were fitted on January and February, and judged on March."""
    past, march = split()
    for name in COLUMNS:
        seen = {}
        for given in the_run(work, name).inputs.dataset_inputs:
            context = {tag.key: tag.value for tag in given.tags}.get("mlflow.data.context", "none")
            seen[context] = json.loads(given.dataset.profile or "{}").get("num_rows")
        for context, table in [("training", past), ("evaluation", march)]:
            contexts = ", ".join(f"`{one}`" for one in seen) or "none"
            assert context in seen, (
                f"the contexts of the tables that `{name}` recorded are: {contexts}; not "
                f"`{context}`"
            )
            assert seen[context] == len(table), (
                f"the {context} table of `{name}` has {seen[context]} rows, not the {len(table)} "
                "of a split by month"
            )


@worth(
    points=1,
    hint="Fit on `past` and nothing else; take the second column of `predict_proba` for `march`, "
    "and hand it to `roc_auc_score` with the column `late` of `march`.",
)
def test_the_metric_is_that_of_march(work: Work) -> None:
    """The metric `auc` of both runs is what such a model scores in March."""
    past, march = split()
    for name in COLUMNS:
        metrics = the_run(work, name).data.metrics
        names = ", ".join(f"`{one}`" for one in metrics) or "none"
        assert "auc" in metrics, f"the metrics of `{name}` are: {names}; not `auc`"
        given, right = metrics["auc"], auc(name, march)
        known = abs(given - auc(name, past)) < 0.002
        assert not known, f"the `auc` of `{name}`, {given:.3f}, is that of the flights it has seen"
        assert abs(given - right) < 0.002, f"the `auc` of `{name}` is {given:.3f}, not {right:.3f}"


@worth(
    points=1,
    hint="Log the model inside the run, and register what `log_model` gave back: first the one of "
    "the schedule, then the other. A way back registers and deletes nothing. To start over, "
    "restart the kernel and delete `mlflow.db`.",
)
def test_there_are_two_versions(work: Work) -> None:
    """The registry has version 1 of the run `schedule` and version 2 of the run `weather`."""
    found = versions(work)
    numbers = ", ".join(str(number) for number in sorted(found)) or "none"
    assert set(found) == set(VERSIONS), f"the versions of `{NAME}` are: {numbers}; not 1, 2"
    for number, name in VERSIONS.items():
        run_id = found[number].run_id
        assert run_id, f"the model of version {number} belongs to no run"
        made_by = work.mlflow.get_run(run_id).info.run_name
        assert made_by == name, f"version {number} was made by the run `{made_by}`, not `{name}`"


@worth(
    points=1,
    hint="`infer_signature` takes what goes in and what comes out. Give it the columns that the "
    "model is fitted on, and hand the result to `log_model`.",
)
def test_the_signatures_name_the_columns(work: Work) -> None:
    """The signature of each version asks for exactly the columns that its model takes."""
    for number, name in VERSIONS.items():
        signature = work.model(the_version(work, number)).get("signature")
        assert signature, f"the model of version {number} has no signature"
        asked = [column.get("name") for column in json.loads(signature["inputs"])]
        more = [str(column) for column in asked if column not in COLUMNS[name]]
        missing = [column for column in COLUMNS[name] if column not in asked]
        assert not more, f"version {number} asks for {', '.join(more)}, which it must not know"
        assert not missing, f"version {number} does not ask for {', '.join(missing)}"


@worth(
    points=1,
    hint="`client.set_registered_model_alias(name, alias, version)`. Stages such as `Production` "
    "are another thing, from before there were aliases.",
)
def test_there_is_a_champion(work: Work) -> None:
    """A version has the alias `champion`."""
    champion(work)


@worth(
    points=1,
    hint="`promoted` is the number of the version whose run has the highest `auc`: take it from "
    "the list of versions, before you roll back.",
)
def test_the_rule_chose(work: Work) -> None:
    """The variable `promoted` names the version with the highest `auc`."""
    scores = {
        number: work.mlflow.get_run(one.run_id).data.metrics.get("auc", 0)
        for number, one in versions(work).items()
        if one.run_id
    }
    assert scores, f"no version of `{NAME}` was made by a run"
    best = max(scores, key=lambda number: scores[number])
    given = work.answer("promoted")
    assert str(given) == str(best), f"`promoted` is {given!r}, and version {best} has the best auc"


@worth(
    points=1,
    hint="Set the alias once more, to version 1. Setting it moves it.",
)
def test_the_champion_is_back(work: Work) -> None:
    """The alias `champion` stands on version 1 again."""
    number = champion(work)
    assert number == 1, f"`champion` is version {number}, not version 1 again"


@worth(
    points=1,
    hint="`client.set_model_version_tag` writes to one version. The service was harmed by version "
    "2, so whoever looks at version 2 in the morning has to find the reason there.",
)
def test_the_reason_is_written_down(work: Work) -> None:
    """Version 2 has a tag `withdrawn` that says why."""
    reason = dict(the_version(work, 2).tags).get("withdrawn")
    elsewhere = "withdrawn" in dict(the_version(work, 1).tags)
    everywhere = "withdrawn" in dict(work.mlflow.get_registered_model(NAME).tags)
    assert reason or not everywhere, f"`withdrawn` is a tag of `{NAME}`, so of all its versions"
    assert reason or not elsewhere, "`withdrawn` is a tag of version 1, which is in service"
    assert reason, "version 2 has no tag `withdrawn`"
    assert len(reason.split()) >= 3, f"`withdrawn` says {reason!r}, which is no sentence"


@worth(
    points=1,
    hint="Roll back first, then ask `service()`, and put what it returns into `after`.",
    visible=False,
)
def test_the_service_answers_with_version_one(work: Work) -> None:
    """The service answered again, and with version 1."""
    given = work.answer("after")
    _, march = split()
    right = float(fitted("schedule").predict_proba(march[SCHEDULE].head(1))[0, 1])
    number = isinstance(given, float)
    assert number, f"`after` is {given!r}, not a chance"
    assert abs(given - right) < 0.002, f"`after` is {given:.3f}, and version 1 says {right:.3f}"
