"""Checks of the exercise `a-dag-that-can-run-twice`, in the order in which to mend."""

import csv
import json
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

DAG, TASK = "late_share", "report"


def found(work: Work) -> dict[str, Any]:
    """Return what the drill found in the DAG file."""
    file = work.folder / "left" / "found.json"
    assert file.is_file(), "there is no `left/found.json` yet; the cell of the drill writes it"
    told = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(told, dict), "`left/found.json` is not what the drill writes"
    return told


def the_dag(work: Work) -> dict[str, Any]:
    """Return what the drill found, if there is a DAG to speak about."""
    told = found(work)
    if DAG not in told["dags"]:
        errors = "; ".join(told["errors"])
        what = f"the file cannot be loaded: {errors}" if errors else "no DAG was made in the file"
        raise AssertionError(f"there is no DAG `{DAG}`: {what}")
    return told


def expected(work: Work, delivery: str, month: str) -> str:
    """Return the report that a delivery asks for."""
    with (work.folder / "delivered" / delivery / f"{month}.csv").open(encoding="utf-8") as file:
        late = [row["late"] == "True" for row in csv.DictReader(file)]
    return f"month,flights,late\n{month},{len(late)},{sum(late)}"


def report(work: Work, call: int, month: str) -> str:
    """Return the report of a month as it was after a call of the drill."""
    told = the_dag(work)
    folder = work.folder / "left" / str(call)
    file = folder / f"{month}.csv"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    errors = [error for error in told["errors"] if error.startswith(f"call {call}:")]
    why = f" ({errors[0]})" if errors else ""
    assert file.is_file(), (
        f"after call {call} there is no `reports/{month}.csv`{why}; the reports are: "
        f"{', '.join(names) or 'none'}"
    )
    return file.read_text(encoding="utf-8").strip()


def shown(text: str) -> str:
    return " / ".join(text.splitlines()[:4])


@worth(
    points=1,
    hint="A function below `@dag` makes a DAG only when it is called, at the end of the file. If "
    "an error is named, mend that first.",
)
def test_the_dag_is_found(work: Work) -> None:
    """Airflow finds the DAG `late_share` with its task `report`."""
    told = the_dag(work)
    assert TASK in told["tasks"], f"the tasks are {sorted(told['tasks'])}; asked for is `{TASK}`"


@worth(
    points=2,
    hint="Give `schedule` a timetable whose runs cover an interval, not the plain cron string, and "
    "set `start_date` to the first day of 2013.",
)
def test_a_run_is_for_a_month(work: Work) -> None:
    """The first run is for January 2013 and starts when January is over."""
    runs = the_dag(work)["runs"]
    assert runs, "the DAG has no schedule, or no `start_date`, so that it never runs by itself"
    seen = "from {from} to {to}, started on {starts}".format(**runs[0])
    wanted = {"from": "2013-01-01", "to": "2013-02-01", "starts": "2013-02-01"}
    assert runs[0] == wanted, f"the first run is {seen}; asked for is January, when it is over"


@worth(
    points=1,
    hint="Put `retries` into `default_args`, or into the parentheses of `@task`.",
)
def test_a_failed_task_is_tried_again(work: Work) -> None:
    """A task that fails is tried again, at least twice."""
    retries = the_dag(work)["tasks"].get(TASK, 0)
    assert retries >= 2, f"`{TASK}` has {retries} retries, asked for are at least 2"


@worth(
    points=2,
    hint="Make the month from `data_interval_start`, which Airflow hands to your function, read "
    "the delivery of that month and count its rows.",
)
def test_the_report_is_right(work: Work) -> None:
    """After the first run there is the report of January, and it is right."""
    seen, wanted = report(work, 1, "2013-01"), expected(work, "first", "2013-01")
    assert seen == wanted, f"the report is: {shown(seen)}; asked for is: {shown(wanted)}"


@worth(
    points=2,
    hint="Write the whole file anew at each run instead of adding to it.",
)
def test_a_second_run_changes_nothing(work: Work) -> None:
    """January, run twice, is the same as January, run once."""
    once, twice = report(work, 1, "2013-01"), report(work, 2, "2013-01")
    assert once == twice, f"after the second run the report is: {shown(twice)}"
    assert twice == expected(work, "first", "2013-01"), f"both times it is wrong: {shown(twice)}"


@worth(
    points=1,
    hint="Give each month a file of its own and touch no other.",
)
def test_february_leaves_january_alone(work: Work) -> None:
    """February has a report of its own, and January's is still there."""
    seen, wanted = report(work, 3, "2013-02"), expected(work, "first", "2013-02")
    assert seen == wanted, f"February's report is: {shown(seen)}; asked for is: {shown(wanted)}"
    january = report(work, 3, "2013-01")
    assert january == expected(work, "first", "2013-01"), (
        f"after February, January's report is: {shown(january)}"
    )


@worth(
    points=1,
    hint="Do not skip the work because a report exists: it may have been made from a delivery "
    "that has been corrected since.",
)
def test_a_corrected_delivery_is_seen(work: Work) -> None:
    """When January is delivered again, running it again corrects its report."""
    seen, wanted = report(work, 4, "2013-01"), expected(work, "again", "2013-01")
    assert seen == wanted, (
        f"after the correction the report is: {shown(seen)}; asked for is: {shown(wanted)}"
    )
