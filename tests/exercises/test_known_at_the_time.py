"""Checks of the exercise `known-at-the-time`, in the order in which to mend.

They compute what was known from the tables that the notebook wrote, with a search of their own.
"""

import csv
import math
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

OLDEST = timedelta(hours=12)
NOW = datetime(2013, 6, 20, 16)

Row = dict[str, str]
Landing = tuple[datetime, float]


def read(work: Work, name: str, *columns: str) -> list[Row]:
    path = work.folder / name
    assert path.is_file(), f"there is no `{name}`: the cell that writes it was not run"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows, f"`{name}` has no rows"
    for column in columns:
        assert column in rows[0], f"`{name}` has no column `{column}`"
    return rows


def known(work: Work) -> dict[str, Row]:
    return {row["id"]: row for row in read(work, "known.csv", "id", "landed", "delay")}


def asked(work: Work) -> list[Row]:
    return read(work, "asked.csv", "id", "tailnum", "asked", "late")


def at(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise AssertionError(f"`landed` is {text!r}, which is no time") from None


def by_aircraft(work: Work) -> dict[str, list[Landing]]:
    """Return the landings of each aircraft in the order of the clock."""
    found: dict[str, list[Landing]] = defaultdict(list)
    for row in read(work, "landings.csv", "tailnum", "landed", "delay"):
        found[row["tailnum"]].append((at(row["landed"]), float(row["delay"])))
    return {name: sorted(landings) for name, landings in found.items()}


def last(landings: list[Landing], moment: datetime) -> Landing | None:
    """Return the last landing before `moment`, unless it is too old."""
    place = bisect_left(landings, (moment, -math.inf))
    if not place or moment - landings[place - 1][0] > OLDEST:
        return None
    return landings[place - 1]


def expected(work: Work) -> dict[str, Landing | None]:
    landings = by_aircraft(work)
    return {
        row["id"]: last(landings.get(row["tailnum"], []), at(row["asked"])) for row in asked(work)
    }


def auc(scores: list[float], late: list[bool]) -> float:
    """Return the share of pairs, one late and one not, that the scores put into order."""
    ranks: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for score, is_late in zip(scores, late, strict=True):
        ranks[score][is_late] += 1
    below = ordered = 0.0
    for score in sorted(ranks):
        punctual, number = ranks[score]
        ordered += number * (below + punctual / 2)
        below += punctual
    return ordered / (below * sum(late))


@worth(
    points=2,
    hint="Flights without a known landing stay, with empty fields. A plain merge by aircraft gives "
    "a row for each landing that it ever had; `merge_asof` gives one.",
)
def test_every_flight_is_there_once(work: Work) -> None:
    """`known.csv` has each flight of `asked.csv` once."""
    rows = read(work, "known.csv", "id", "landed", "delay")
    wanted = {row["id"] for row in asked(work)}
    there = {row["id"] for row in rows}
    assert not wanted - there, f"{len(wanted - there)} flights of {len(wanted)} are not there"
    assert len(rows) == len(wanted), f"there are {len(rows)} rows for {len(wanted)} flights"


@worth(
    points=3,
    hint="Look at one of these rows: which column did you compare with `asked`, and in which "
    "direction? A landing is known when it has happened, and not in the same moment.",
)
def test_nothing_comes_from_the_future(work: Work) -> None:
    """No flight was given a landing that had not happened when somebody asked."""
    rows = known(work)
    late = [
        row
        for row in asked(work)
        if (found := rows.get(row["id"], {}).get("landed")) and at(found) >= at(row["asked"])
    ]
    assert not late, (
        f"{len(late)} flights have a landing that was not over, such as flight {late[0]['id']}: "
        f"asked at {late[0]['asked']}, landed at {rows[late[0]['id']]['landed']}"
    )


@worth(
    points=1,
    hint="`merge_asof` looks back as far as it must, unless you give it a limit.",
)
def test_nothing_is_too_old(work: Work) -> None:
    """No landing is older than 12 hours."""
    rows = known(work)
    old = [
        row["id"]
        for row in asked(work)
        if (found := rows.get(row["id"], {}).get("landed"))
        and at(row["asked"]) - at(found) > OLDEST
    ]
    assert not old, f"{len(old)} flights have a landing older than 12 hours, such as {old[0]}"


@worth(
    points=1,
    hint="A delay of 0 says that an aircraft landed on time. Where nothing was known, leave the "
    "field empty; what to do about it is the model's business.",
)
def test_not_known_is_empty(work: Work) -> None:
    """Where nothing was known, both fields are empty."""
    rows = known(work)
    filled = [
        name
        for name, landing in expected(work).items()
        if landing is None and any(rows.get(name, {}).get(each) for each in ("landed", "delay"))
    ]
    assert not filled, f"{len(filled)} flights have a value though nothing was known: {filled[0]}"


@worth(
    points=2,
    hint="Sort both tables by their time, and see that only landings of the same aircraft are "
    "looked at.",
)
def test_it_is_the_last_landing(work: Work) -> None:
    """Where something was known, it is the aircraft's last landing."""
    rows = known(work)
    for name, landing in expected(work).items():
        if landing is None:
            continue
        row = rows.get(name, {})
        assert row.get("landed"), f"flight {name} has none; its aircraft landed at {landing[0]}"
        same = at(row["landed"]) == landing[0]
        assert same, f"flight {name} has the landing of {row['landed']}, not of {landing[0]}"
        delay = row.get("delay") or "nan"
        assert math.isclose(float(delay), landing[1]), f"flight {name} has the delay {delay}"


@worth(
    points=1,
    hint="Count rows, not differences: a value can differ without being from the future. Compare "
    "two columns of `naive`.",
)
def test_the_leak_is_counted(work: Work) -> None:
    """`leaked` is the number of flights whose naive value was not known."""
    used = {row["id"]: row["landed"] for row in read(work, "naive.csv", "id", "landed")}
    wanted = sum(at(used[row["id"]]) >= at(row["asked"]) for row in asked(work))
    given = work.answer("leaked")
    assert given == wanted, f"`leaked` is {given}, which is not the number of such flights"


@worth(
    points=1,
    hint="Both on the same flights: keep those that have a known delay, then score twice.",
)
def test_both_are_judged_on_the_same_flights(work: Work) -> None:
    """`aucs` has both values, on flights for which something was known."""
    given: Any = work.answer("aucs")
    assert isinstance(given, dict), "`aucs` is no dictionary"
    naive = {row["id"]: float(row["delay"]) for row in read(work, "naive.csv", "id", "delay")}
    right = {name: landing for name, landing in expected(work).items() if landing}
    late = {row["id"]: row["late"] == "True" for row in asked(work)}
    truth = [late[name] for name in right]
    wanted = {
        "naive": auc([naive[name] for name in right], truth),
        "known": auc([landing[1] for landing in right.values()], truth),
    }
    for name, value in wanted.items():
        told = given.get(name)
        assert isinstance(told, int | float), f"`aucs` has no number for {name!r}"
        assert math.isclose(told, value, abs_tol=1e-4), f"the AUC of {name!r} is {told:.4f}"


@worth(
    points=1,
    hint="It is the join of the first part, for one moment and every aircraft: before `now`, not "
    "older than 12 hours, and the last of them.",
)
def test_the_store_has_the_last_values(work: Work) -> None:
    """`online` has the last known delay of each aircraft."""
    given: Any = work.answer("online")
    assert isinstance(given, dict), "`online` is no dictionary"
    wanted = {
        name: landing[1]
        for name, landings in by_aircraft(work).items()
        if (landing := last(landings, NOW))
    }
    strangers, missing = sorted(set(given) - set(wanted)), sorted(set(wanted) - set(given))
    assert not strangers, f"{len(strangers)} aircraft should not be in it, such as {strangers[0]}"
    assert not missing, f"{len(missing)} aircraft are not in it, such as {missing[0]}"
    for name, delay in wanted.items():
        same = isinstance(given[name], int | float) and math.isclose(given[name], delay)
        assert same, f"the last delay of {name} is not {given[name]}"
