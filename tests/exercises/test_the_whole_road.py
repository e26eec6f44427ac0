"""Checks of the exercise `the-whole-road`, in the order in which to mend.

The learner's models are not loaded. What they must have said is found out by fitting the same.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import CATEGORICAL, FEATURES, SCHEDULE, load_departures, sample

if TYPE_CHECKING:
    from pandas import DataFrame, Series
    from sklearn.pipeline import Pipeline

NAME = "cancelled"
MONTHS = tuple(f"2013-{number:02}" for number in range(1, 12))
COLUMNS = {
    "schedule": CATEGORICAL + SCHEDULE,
    "weather": FEATURES,
    "retrained": CATEGORICAL + SCHEDULE,
}
SPLIT = {
    "schedule": (MONTHS[:5], "2013-06"),
    "weather": (MONTHS[:5], "2013-06"),
    "retrained": (MONTHS[:10], "2013-11"),
}
VERSIONS = {1: "schedule", 2: "weather", 3: "retrained"}
NEAR = 0.00005


@cache
def tables() -> "dict[str, DataFrame]":
    """Return the table of each month, as it was delivered in the end."""
    year = load_departures(range(1, 12))
    return {
        month: sample(year[year["month"] == number], 6000)
        for number, month in enumerate(MONTHS, start=1)
    }


@cache
def fitted(name: str) -> "Pipeline":
    """Return the model of the run `name`, as it has to be."""
    import pandas as pd
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    columns = COLUMNS[name]
    past = pd.concat([tables()[month] for month in SPLIT[name][0]], ignore_index=True)
    words = [column for column in columns if column in CATEGORICAL]
    numbers = [column for column in columns if column not in CATEGORICAL]
    return make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), words),
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        ),
        LogisticRegression(max_iter=500),
    ).fit(past[columns], past["cancelled"])


def chances(name: str, flights: "DataFrame") -> "Series[float]":
    import pandas as pd

    return pd.Series(fitted(name).predict_proba(flights[COLUMNS[name]])[:, 1], flights.index)


def share(flights: "DataFrame") -> float:
    """Return the share that was cancelled."""
    gone = flights["cancelled"]
    return float(gone.mean())


def brier(name: str, month: str) -> float:
    flights = tables()[month]
    return float(((chances(name, flights) - flights["cancelled"]) ** 2).mean())


def notes(work: Work, tag: str) -> dict[str, str]:
    """Return the MD5 of each month's table in a commit."""
    repository = work.repository("road")
    found = {}
    for month in MONTHS[:6]:
        note = f"data/{month}.csv.dvc"
        assert note in repository.files(tag), f"`{note}` is not in `{tag}`"
        outs = repository.mapping(note, tag).get("outs")
        first = outs[0] if isinstance(outs, list) and outs else {}
        assert "md5" in first, f"`{note}` in `{tag}` names no MD5"
        found[month] = str(first["md5"])
    return found


def the_tags(work: Work) -> None:
    tags = work.repository("road").tags()
    names = ", ".join(f"`{tag}`" for tag in tags) or "none"
    for tag in ("first", "corrected"):
        assert tag in tags, f"the tags are: {names}; not `{tag}`"


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


def is_split(work: Work, name: str) -> None:
    """Check what a run says it was fitted and judged on."""
    run, (fit_on, judge_on) = the_run(work, name), SPLIT[name]
    status = run.info.status
    assert status == "FINISHED", f"the status of the run `{name}` is {status}, not FINISHED"
    for key, wanted in (("fit_on", ",".join(fit_on)), ("judge_on", judge_on)):
        given = run.data.params.get(key)
        assert given == wanted, f"`{key}` of `{name}` is {given!r}, not {wanted!r}"


def is_scored(work: Work, name: str) -> None:
    """Check a run's metrics against those of a model that is made as it should be."""
    from sklearn.metrics import roc_auc_score

    month = SPLIT[name][1]
    flights, metrics = tables()[month], the_run(work, name).data.metrics
    chance = chances(name, flights)
    right = {
        "auc": float(roc_auc_score(flights["cancelled"], chance)),
        "brier": brier(name, month),
        "predicted": float(chance.mean()),
        "observed": share(flights),
    }
    for key, wanted in right.items():
        assert key in metrics, f"`{name}` has no metric `{key}`"
        given = metrics[key]
        assert abs(given - wanted) < NEAR * (10 if key == "auc" else 1), (
            f"`{key}` of `{name}` is {given:.5f}, not {wanted:.5f}"
        )


def the_version(work: Work, number: int) -> ModelVersion:
    found = work.mlflow.search_model_versions(f"name = '{NAME}'")
    by_number = {int(version.version): version for version in found}
    numbers = ", ".join(map(str, sorted(by_number))) or "none"
    assert number in by_number, f"the versions of `{NAME}` are: {numbers}; not {number}"
    return by_number[number]


def is_version(work: Work, number: int) -> None:
    """Check which run made a version, and which columns it asks for."""
    version, name = the_version(work, number), VERSIONS[number]
    assert version.run_id, f"the model of version {number} belongs to no run"
    made_by = work.mlflow.get_run(version.run_id).info.run_name
    assert made_by == name, f"version {number} was made by the run `{made_by}`, not `{name}`"
    signature = work.model(version).get("signature")
    assert signature, f"the model of version {number} has no signature"
    asked = {str(column.get("name")) for column in json.loads(signature["inputs"])}
    more, missing = sorted(asked - set(COLUMNS[name])), sorted(set(COLUMNS[name]) - asked)
    assert not more, f"version {number} asks for {', '.join(more)}, which it must not know"
    assert not missing, f"version {number} does not ask for {', '.join(missing)}"


def read_json(file: Path, what: str, who: str) -> dict[str, Any]:
    assert file.is_file(), f"there is no {what}{who}"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise AssertionError(f"{what} is not JSON") from None
    assert isinstance(told, dict), f"{what} holds no object"
    return told


def report(work: Work, call: int, month: str) -> dict[str, Any]:
    """Return the report of a month as it was after a call."""
    folder = work.folder / "road/left" / str(call)
    outcome = folder / "outcome.txt"
    said = outcome.read_text(encoding="utf-8")[:300] if outcome.is_file() else "not made"
    return read_json(folder / f"{month}.json", f"`reports/{month}.json`", f"; call {call}: {said}")


def is_report(work: Work, call: int, month: str) -> None:
    told, table = report(work, call, month), tables()[month]
    right = {
        "month": month,
        "flights": len(table),
        "version": 1,
        "predicted": float(chances("schedule", table).mean()),
        "observed": share(table),
    }
    for key, wanted in right.items():
        given = told.get(key)
        same = given == wanted
        if isinstance(wanted, float) and isinstance(given, float):
            same = abs(given - wanted) < NEAR
        assert same, f"`{key}` of `reports/{month}.json` is {given!r}, not {wanted!r}"


def the_dag(work: Work) -> dict[str, Any]:
    """Return what the drill found in the DAG file."""
    file = work.folder / "road/left/dag.json"
    told = read_json(file, "`road/left/dag.json`", ", which the drill writes")
    if "cancelled_monthly" not in told["dags"]:
        why = told["error"] or "no DAG was made in the file"
        raise AssertionError(f"there is no DAG `cancelled_monthly`: {why}")
    return told


def visits(work: Work) -> dict[str, dict[str, Any]]:
    """Return what the server answered, by label; of several visits the last one."""
    served = work.answer("served")
    assert isinstance(served, list), "`served` is no list; the cell of the server makes it"
    return {str(one.get("label")): one for one in served if isinstance(one, dict)}


def answered(work: Work, label: str, status: int) -> dict[str, Any]:
    found = visits(work)
    assert label in found, f"the visits are: {', '.join(found) or 'none'}; not `{label}`"
    one = found[label]
    assert one.get("status") == status, (
        f"`{label}` was answered with {one.get('status')}, not {status}: {one.get('answer')}"
    )
    answer = one.get("answer")
    assert isinstance(answer, dict), f"the answer to `{label}` is no object"
    return answer


def of_version(work: Work, label: str, number: int) -> float:
    """Return the chance that was answered, if it came from a version."""
    answer = answered(work, label, 200)
    assert answer.get("version") == number, (
        f"`{label}` was answered by version {answer.get('version')!r}, not {number}"
    )
    chance = answer.get("chance")
    assert isinstance(chance, float), f"the chance in the answer to `{label}` is {chance!r}"
    return chance


@worth(
    points=2,
    hint="Run `dvc add data/*.csv` before `git add .`: it writes the ignore rule that keeps the "
    "tables out of Git. To start over, set START_OVER to True in the first cell.",
)
def test_git_has_the_notes_and_not_the_tables(work: Work) -> None:
    """Both tags have a note on each of the six tables, and no table."""
    the_tags(work)
    for tag in ("first", "corrected"):
        notes(work, tag)
        whole = [name for name in work.repository("road").files(tag) if name.endswith(".csv")]
        assert not whole, f"`{tag}` holds `{whole[0]}` itself"


@worth(
    points=2,
    hint="After the first commit and its tag, copy the delivered May over the old one, and run "
    "`dvc add` for it again: the note changes only then.",
)
def test_may_was_corrected(work: Work) -> None:
    """From `first` to `corrected` May has changed, into what was delivered, and nothing else."""
    the_tags(work)
    first, corrected = notes(work, "first"), notes(work, "corrected")
    changed = [month for month in first if first[month] != corrected[month]]
    names = ", ".join(changed) or "nothing"
    assert changed == ["2013-05"], f"what has changed between the two tags is: {names}"
    columns = ["time_hour", "month"]
    table = tables()["2013-05"].drop(columns=columns).to_csv(index=False).encode()
    right = hashlib.md5(table, usedforsecurity=False).hexdigest()
    assert corrected["2013-05"] == right, "May in `corrected` is not the table that was delivered"


@worth(
    points=1,
    hint="`dvc push` sends what the workspace uses. `dvc push --all-tags` sends what any tag uses.",
)
def test_the_store_has_both_versions(work: Work) -> None:
    """The store holds the tables of both tags, byte for byte."""
    the_tags(work)
    for tag in ("first", "corrected"):
        for month, named in notes(work, tag).items():
            kept = work.folder / "store/files/md5" / named[:2] / named[2:]
            assert kept.is_file(), f"the table of {month} in `{tag}` is not in the store"
            found = hashlib.md5(kept.read_bytes(), usedforsecurity=False).hexdigest()
            assert found == named, f"the table of {month} in the store has been changed"


@worth(
    points=2,
    hint="Both are fitted on `months[:5]`, January to May, and judged on June. Log the months "
    "joined by commas, and nothing else, as `fit_on`.",
)
def test_the_split_is_by_time(work: Work) -> None:
    """The runs `schedule` and `weather` ended well, fitted on January to May, judged on June."""
    for name in ("schedule", "weather"):
        is_split(work, name)


@worth(
    points=2,
    hint="Fit on the columns and months that you were given, with May as it is in `corrected`; "
    "hand `judge` the second column of `predict_proba` for June.",
)
def test_the_metrics_are_those_of_june(work: Work) -> None:
    """Their four metrics are what such models score in June."""
    for name in ("schedule", "weather"):
        is_scored(work, name)


@worth(
    points=2,
    hint="`infer_signature` takes the columns that the model is fitted on, not the whole table. "
    "Register what `log_model` gave back, `schedule` first. To start over: "
    '`client.delete_registered_model("cancelled")`.',
)
def test_the_versions_say_what_they_take(work: Work) -> None:
    """Version 1 is the model of `schedule`, version 2 that of `weather`, with their columns."""
    for number in (1, 2):
        is_version(work, number)


@worth(
    points=2,
    hint="Look the champion up by its alias inside `report`, load that version, and give the mean "
    "of its second column. The champion is the version with the *lower* Brier score.",
)
def test_the_reports_are_right(work: Work) -> None:
    """The reports of July to November say what the champion expected, and what was there."""
    for call, month in ((1, "2013-07"), *enumerate(MONTHS[7:], start=3)):
        is_report(work, call, month)


@worth(
    points=1,
    hint="Write the whole file anew, under the name of its month, and leave the others alone.",
)
def test_a_month_can_be_reported_twice(work: Work) -> None:
    """July, reported twice, is the same, and is still there in November."""
    once = report(work, 1, "2013-07")
    for call in (2, 6):
        again = report(work, call, "2013-07")
        assert again == once, f"after call {call} the report of July is {again}, not {once}"


@worth(
    points=1,
    hint="Read the table first and write last. Do not catch the error: whoever orchestrates has to "
    "see it.",
)
def test_a_month_that_is_missing_fails(work: Work) -> None:
    """December, which was not delivered, ends with an error and leaves no report."""
    folder = work.folder / "road/left/7"
    assert (folder / "outcome.txt").is_file(), "December has not been asked for; run that cell"
    left = (folder / "2013-12.json").exists()
    assert not left, "there is a report of December, which nobody has delivered"
    outcome = (folder / "outcome.txt").read_text(encoding="utf-8")
    assert outcome != "done", "the report of December ended without an error"


@worth(
    points=2,
    hint="Give `schedule` a timetable whose runs cover an interval, `start_date` the first of July "
    "2013, and `default_args` at least two `retries`.",
)
def test_a_run_is_for_a_month(work: Work) -> None:
    """The first run is for July, starts when July is over, and is tried again when it fails."""
    told = the_dag(work)
    assert told["run"], "the DAG has no schedule, or no `start_date`, so that it never runs"
    seen = "from {from} to {to}, started on {starts}".format(**told["run"])
    wanted = {"from": "2013-07-01", "to": "2013-08-01", "starts": "2013-08-01"}
    assert told["run"] == wanted, f"the first run is {seen}; asked for is July, when it is over"
    retries = told["tasks"].get("report", 0)
    assert retries >= 2, f"`report` has {retries} retries, asked for are at least 2"


@worth(
    points=1,
    hint="The month that a run is for begins with `data_interval_start`.",
)
def test_the_task_asks_for_its_month(work: Work) -> None:
    """The task of that run asks for the report of July, once."""
    told = the_dag(work)
    asked, error = told["asked"], told["error"]
    assert asked == ["2013-07"], f"it asks for {asked}, not for ['2013-07'] {error}".strip()


@worth(
    points=2,
    hint="Return `200` with `version`, an `int`, and `chance`, a `float`, of the model that has "
    "the alias `champion` when the request comes.",
)
def test_the_server_answers(work: Work) -> None:
    """The first flight was answered by version 1."""
    chance = of_version(work, "first", 1)
    assert 0 < chance < 1, f"the chance is {chance}"


@worth(
    points=2,
    hint="Catch the error of `json.loads` and return 400; then compare the keys with `FEATURES` "
    "and return 422, with the names that are missing. Run the cell of the server again.",
)
def test_the_server_refuses(work: Work) -> None:
    """What is not JSON gets a 400; a flight without `dest` gets a 422 that names it."""
    assert answered(work, "broken", 400).get("error"), "the 400 does not say why"
    error = answered(work, "incomplete", 422).get("error")
    assert "dest" in str(error), f"the 422 does not name `dest`: {error!r}"


@worth(
    points=2,
    hint="Move the alias to version 2, visit, move it back to version 1, visit. `respond` has to "
    "look the alias up at each request.",
)
def test_there_is_a_way_back(work: Work) -> None:
    """`promoted` was answered by version 2, `back` by version 1, with the number of the first."""
    first = of_version(work, "first", 1)
    of_version(work, "promoted", 2)
    back = of_version(work, "back", 1)
    assert back == first, f"version 1 said {first}, and then {back}"


@worth(
    points=2,
    hint="Take `predicted` minus `observed` of each report. More than 0.01 in *either* direction "
    "is drift.",
)
def test_the_drift_is_found(work: Work) -> None:
    """`drifting` names the months in which more than one of a hundred flights is amiss."""
    right = []
    for month in MONTHS[6:]:
        flights = tables()[month]
        gap = float(chances("schedule", flights).mean()) - share(flights)
        if abs(gap) > 0.01:
            right.append(month)
    given = work.answer("drifting")
    assert isinstance(given, list), f"`drifting` is {given!r}, not a list of months"
    missing = ", ".join(month for month in right if month not in given)
    more = ", ".join(str(month) for month in given if month not in right)
    assert not missing, f"`drifting` does not name {missing}"
    assert not more, f"`drifting` names {more}, where the gap is smaller"
    assert given == right, f"`drifting` is not in the order of the year: {given}"


@worth(
    points=2,
    hint="`tracked` once more, with the columns of version 1, `months[:10]` and November. November "
    "must not be among the months it is fitted on.",
)
def test_the_answer_is_a_new_version(work: Work) -> None:
    """Version 3 is the model of the run `retrained`, fitted until October, judged on November."""
    is_split(work, "retrained")
    is_version(work, 3)
    is_scored(work, "retrained")


@worth(
    points=1,
    hint="Both scores are of November: one of version 1, one of version 3. Give the alias to the "
    "version with the lower one.",
)
def test_november_decides(work: Work) -> None:
    """`november` has both Brier scores, and the better version is the champion."""
    given = work.answer("november")
    right = {"stale": brier("schedule", "2013-11"), "retrained": brier("retrained", "2013-11")}
    assert isinstance(given, dict), f"`november` is {given!r}, not a dict"
    for key, wanted in right.items():
        value = given.get(key)
        near = isinstance(value, float) and abs(value - wanted) < NEAR
        assert near, f"`{key}` in `november` is {value!r}, not {wanted:.5f}"
    champion = dict(work.mlflow.get_registered_model(NAME).aliases).get("champion")
    best = 3 if right["retrained"] < right["stale"] else 1
    assert str(champion) == str(best), f"the champion is version {champion}, not {best}"


@worth(
    points=1,
    hint="`chance` is the second column of `predict_proba`, for the flight that was sent, without "
    "rounding.",
    visible=False,
)
def test_the_answers_are_those_of_the_models(work: Work) -> None:
    """What the server answered is what versions 1 and 2 say of that flight."""
    flight = tables()["2013-06"].dropna().head(1)
    for label, number in (("first", 1), ("promoted", 2), ("back", 1)):
        given = of_version(work, label, number)
        right = float(chances(VERSIONS[number], flight).iloc[0])
        assert abs(given - right) < NEAR, f"`{label}` says {given:.5f}, not {right:.5f}"
