"""Checks of the exercise `mend-an-old-script`, in the order in which to mend.

They look at what the mended script left. What the old one would have said is computed here.
"""

import csv
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from mlflow.entities import Run

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import load_flights, sample

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from pandas import DataFrame

NAME = "delays"
MONTHS = (4, 5, 6)
OLD = ("artifact_path", "transition_model_version_stage", "get_latest_versions")


@cache
def flights() -> "DataFrame":
    return sample(load_flights(range(1, 7)), 4000)


@cache
def right() -> dict[int, float]:
    """Return what the old script says: the RMSE of each month."""
    import pandas as pd
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.metrics import root_mean_squared_error

    table = pd.get_dummies(flights()[["month", "departure", "distance", "carrier", "origin"]])
    past = table["month"] <= 3
    delay = flights()["arr_delay"]
    known = table.drop(columns="month")
    # A column for an airline that is new in April is constant before: no tree looks at it.
    model = GradientBoostingRegressor(n_estimators=30, random_state=0)
    model.fit(known[past], delay[past])
    said = {}
    for month in MONTHS:
        part = table["month"] == month
        said[month] = float(root_mean_squared_error(delay[part], model.predict(known[part])))
    return said


def note(work: Work) -> dict[str, Any]:
    """Return how `train.py` ran, as the notebook noted it."""
    file = work.folder / "ran.json"
    assert file.is_file(), "there is no `ran.json`: run the cell below `train.py`"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(content, dict), "`ran.json` holds no note"
    return content


def the_run(work: Work) -> Run:
    """Return the newest run of the script."""
    experiment = work.mlflow.get_experiment_by_name(NAME)
    assert experiment is not None, f"`mlflow.db` has no experiment `{NAME}`"
    runs = work.mlflow.search_runs(
        [experiment.experiment_id],
        f"attributes.run_name = '{NAME}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    assert runs, f"the experiment `{NAME}` has no run `{NAME}`"
    return runs[0]


def results(work: Work) -> dict[int, float]:
    """Return the RMSE of each month, from the table."""
    file = work.folder / "results.csv"
    assert file.is_file(), "there is no `results.csv`"
    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        rows = list(reader)
        names = [name for name in reader.fieldnames or [] if name]
    missing = {"month", "flights", "rmse"} - set(names)
    assert not missing, f"`results.csv` has no column {', '.join(sorted(missing))}"
    return {int(float(row["month"])): float(row["rmse"]) for row in rows}


def versions(work: Work) -> "dict[int, ModelVersion]":
    found = work.mlflow.search_model_versions(f"name = '{NAME}'")
    return {int(version.version): version for version in found}


@worth(
    points=1,
    hint="Pass `sqlite:///mlflow.db` to `mlflow.set_tracking_uri`. The folder can be allowed once "
    "more, and then it is the same problem next year.",
)
def test_the_store_is_a_database(work: Work) -> None:
    """The store `mlflow.db` has the experiment `delays`."""
    names = [experiment.name for experiment in work.mlflow.search_experiments()]
    assert NAME in names, f"the experiments are: {', '.join(names)}; not `{NAME}`"


@worth(
    points=1,
    hint="Read the last line of the error first. Most say what the name is today; the others "
    "stand on the page What changed, or in the release notes.",
)
def test_the_script_runs_to_its_end(work: Work) -> None:
    """`train.py` ran to its end without an error."""
    error = note(work).get("error")
    assert not error, f"`train.py` stopped in {error}"
    status = the_run(work).info.status
    assert status == "FINISHED", f"the status of the newest run `{NAME}` is {status}"


@worth(
    points=1,
    hint="Log it as the old script did: once for each month, with `step=month`.",
)
def test_the_metric_is_logged(work: Work) -> None:
    """The run has the metric `rmse`, at the steps 4, 5 and 6."""
    history = work.mlflow.get_metric_history(the_run(work).info.run_id, "rmse")
    steps = sorted({metric.step for metric in history})
    assert tuple(steps) == MONTHS, f"the metric `rmse` has the steps {steps}, not {list(MONTHS)}"


@worth(
    points=1,
    hint="`DataFrame.append` gave back the old rows and the new one. Collect the rows in a list, "
    "and make one table of it after the loop.",
)
def test_every_month_has_its_row(work: Work) -> None:
    """`results.csv` has one row for each month."""
    months = tuple(results(work))
    assert months == MONTHS, f"the months in `results.csv` are {list(months)}, not {list(MONTHS)}"


@worth(
    points=1,
    hint="`squared=False` asked for the root. scikit-learn has a function for it: "
    "`root_mean_squared_error`.",
)
def test_the_metric_is_the_root(work: Work) -> None:
    """The column `rmse` is in minutes, not in their square."""
    given = results(work)
    for month in MONTHS:
        assert month in given, f"`results.csv` has no month {month}"
        squared = abs(given[month] ** 0.5 - right()[month]) < 5
        assert not squared, f"the `rmse` of month {month}, {given[month]:.0f}, is not a root yet"


@worth(
    points=2,
    hint="`log_model` says which types it does not know. Hand those to `skops_trusted_types`, and "
    "the model to `log_model` with `name=` and `registered_model_name=`.",
)
def test_the_model_is_registered(work: Work) -> None:
    """The newest run has logged its model, and the model is registered as `delays`."""
    run_id = the_run(work).info.run_id
    mine = [version for version in versions(work).values() if version.run_id == run_id]
    assert mine, f"no version of `{NAME}` was made by the newest run"
    flavours = work.model(mine[0]).get("flavors", {})
    assert "sklearn" in flavours, "the model is not one of scikit-learn"


@worth(
    points=1,
    hint="`client.set_registered_model_alias(name, alias, version)`.",
)
def test_the_champion_has_its_alias(work: Work) -> None:
    """A version of `delays` has the alias `champion`."""
    found = versions(work)
    assert found, f"no version of `{NAME}` is registered"
    aliases = dict(work.mlflow.get_registered_model(NAME).aliases)
    names = ", ".join(f"`{name}`" for name in aliases) or "none"
    assert "champion" in aliases, f"the aliases of `{NAME}` are: {names}; not `champion`"


@worth(
    points=1,
    hint="What MLflow warns of works today and stops on some later day: `name=` for "
    "`artifact_path`, an alias for a stage.",
)
def test_nothing_old_is_left(work: Work) -> None:
    """Nothing is used that MLflow calls deprecated."""
    the_run(work)
    used = [name for name in OLD for said in note(work).get("warnings", []) if name in said]
    assert not used, f"`train.py` was warned of `{used[0]}`"
    for number, version in versions(work).items():
        stage = version.current_stage
        assert stage in ("None", None), f"version {number} has the stage {stage}"


@worth(
    points=1,
    hint="Look at the mend of `loss`: least squares have another name today, and they are still "
    "least squares.",
    visible=False,
)
def test_the_numbers_are_the_old_ones(work: Work) -> None:
    """The numbers are those of the old script, in the table and in the run."""
    given = results(work)
    history = work.mlflow.get_metric_history(the_run(work).info.run_id, "rmse")
    logged = {metric.step: metric.value for metric in history}
    for where, numbers in (("`results.csv`", given), ("the run", logged)):
        for month, old in right().items():
            value = numbers.get(month)
            assert value is not None, f"{where} has no month {month}"
            close = abs(value - old) < 0.05
            assert close, f"month {month} in {where} is {value:.2f}; the old script says {old:.2f}"
