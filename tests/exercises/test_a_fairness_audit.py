"""Checks of the exercise `a-fairness-audit`, in the order in which to mend."""

import math
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import load_flights

SMALLEST = 100
MISSED = 3
LIMIT = 1 / 4

Group = dict[str, float]


@cache
def audited() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the flights for tuning and for judging, with the chances of the exercise's model."""
    flights = load_flights(range(1, 7))
    flights = flights.assign(hour=flights["departure"].astype(int), part=flights["day"] % 3)
    known = flights[flights["part"] == 0]
    mean = known["late"].mean()
    counted = known.groupby(["carrier", "hour"])["late"].agg(["sum", "size"])
    rates = ((counted["sum"] + 20 * mean) / (counted["size"] + 20)).round(4)
    keys = pd.MultiIndex.from_frame(flights[["carrier", "hour"]])
    flights["chance"] = rates.reindex(keys).fillna(round(mean, 4)).to_numpy()
    flights["warned"] = flights["chance"] >= LIMIT
    tuning, judging = (flights[flights["part"] == part].reset_index(drop=True) for part in (1, 2))
    return tuning, judging


@cache
def facts() -> dict[str, Group]:
    """Return what is to be said of each carrier."""
    found = {}
    for name, part in audited()[1].groupby("carrier"):
        punctual = part[~part["late"]]
        found[str(name)] = {
            "flights": float(len(part)),
            "punctual": float(len(punctual)),
            "late": float(part["late"].mean()),
            "false alarms": float(punctual["warned"].mean()),
        }
    return found


def large() -> list[str]:
    return [name for name, row in facts().items() if row["punctual"] >= SMALLEST]


@cache
def spans(*, by_day: bool) -> dict[str, tuple[float, float]]:
    """Return intervals of the false alarms, drawn by whole days or by single flights."""
    judging = audited()[1]
    number_of = pd.Series(pd.factorize(judging["month"] * 100 + judging["day"])[0])
    generator = np.random.default_rng(1)
    days = int(number_of.nunique())
    draws = generator.multinomial(days, np.full(days, 1 / days), size=2000)
    found = {}
    for name in large():
        punctual = judging.query("carrier == @name and not late")
        if by_day:
            at = number_of[punctual.index].to_numpy()
            alarms = np.bincount(at, weights=punctual["warned"], minlength=days)
            drawn = draws @ np.column_stack([alarms, np.bincount(at, minlength=days)])
            rates = drawn[:, 0] / drawn[:, 1]
        else:
            share = punctual["warned"].mean()
            rates = generator.binomial(len(punctual), share, size=2000) / len(punctual)
        low, high = np.quantile(rates, [0.025, 0.975])
        found[name] = (float(low), float(high))
    return found


@cache
def own_limits() -> dict[str, float]:
    """Return the limit of each carrier, as it is to be chosen."""
    tuning = audited()[0]
    punctual = tuning[~tuning["late"]]
    most = punctual["warned"].mean()
    found = {}
    for name in large():
        mine = punctual.loc[punctual["carrier"] == name, "chance"].to_numpy()
        steps = sorted(tuning.loc[tuning["carrier"] == name, "chance"].unique())
        found[name] = float(next(step for step in steps if np.mean(mine >= step) <= most))
    return found


def paid(limits: dict[str, float] | None) -> tuple[float, float]:
    """Return the spread of the false alarms and the cost of a flight on the judging days."""
    judging = audited()[1]
    flights = judging[judging["carrier"].isin(large())]
    bars = flights["carrier"].map(limits) if limits else LIMIT
    warned, late = flights["chance"] >= bars, flights["late"]
    alarms = warned[~late].groupby(flights.loc[~late, "carrier"]).mean()
    cost = (warned & ~late).mean() + MISSED * (~warned & late).mean()
    return float(alarms.max() - alarms.min()), float(cost)


def close(one: Any, other: float, by: float = 5e-4) -> bool:  # noqa: ANN401
    return (
        isinstance(one, int | float)
        and not isinstance(one, bool)
        and math.isfinite(one)
        and abs(one - other) <= by
    )


def mapping(work: Work, name: str) -> dict[str, Any]:
    """Return an answer that has to be a dict with something in it."""
    given = work.answer(name)
    assert isinstance(given, dict), f"`{name}` must be a dict"
    assert given, f"`{name}` is still empty"
    return given


def assert_names(given: dict[str, Any], wanted: list[str], name: str) -> None:
    missing = sorted(set(wanted) - set(given))
    assert not missing, f"missing in `{name}`: {', '.join(missing)}"
    extra = sorted(set(given) - set(wanted))
    assert not extra, f"`{name}` has {', '.join(extra)}, which do not belong there"


@worth(
    points=2,
    hint="Look at what each share is divided by. The carrier asks about its punctual flights, so "
    "late ones belong neither above nor below the line; how many warnings were wrong is another "
    "question, the passenger's.",
)
def test_the_facts_are_by_carrier(work: Work) -> None:
    """`by_carrier` has the four numbers of each carrier."""
    given = mapping(work, "by_carrier")
    assert_names(given, list(facts()), "by_carrier")
    for name, expected in facts().items():
        for key, number in expected.items():
            assert isinstance(given[name], dict), f"`by_carrier['{name}']` must be a dict"
            assert key in given[name], f"`by_carrier['{name}']` has no `{key}`"
            assert close(given[name][key], number), f"`{key}` of {name} is {given[name][key]!r}"


@worth(
    points=1,
    hint="What does the rate rest on? A carrier can have many flights and few that count for it.",
)
def test_the_small_ones_are_left_out(work: Work) -> None:
    """`too_small` names the carriers of which nothing can be said."""
    given = work.answer("too_small")
    assert isinstance(given, list), "`too_small` must be a list of codes"
    wanted = set(facts()) - set(large())
    missing, extra = sorted(wanted - set(given)), sorted(set(given) - wanted)
    assert not missing, f"{', '.join(missing)} should be in `too_small`"
    assert not extra, f"{', '.join(extra)} should not be in `too_small`"


@worth(
    points=3,
    hint="If they are too narrow, single flights were drawn: one bad day then counts as hundreds "
    "of independent events. Group by month and day; a day of the month alone mixes six days.",
)
def test_the_intervals_draw_days(work: Work) -> None:
    """`intervals` come from whole days, drawn with replacement."""
    given = mapping(work, "intervals")
    assert_names(given, large(), "intervals")
    days, flights = spans(by_day=True), spans(by_day=False)
    widths: list[tuple[float, float, float]] = []
    for name, expected in days.items():
        pair = given[name]
        fine = isinstance(pair, list) and len(pair) == 2 and all(close(x, 0.5, 0.5) for x in pair)
        assert fine, f"`intervals['{name}']` must be two shares, [low, high]"
        low, high = pair
        assert low < high, f"`intervals['{name}']` is the wrong way round"
        rate = facts()[name]["false alarms"]
        assert low <= rate <= high, f"the interval of {name} does not hold its own rate"
        single = flights[name]
        widths.append((high - low, expected[1] - expected[0], single[1] - single[0]))
    mine, by_day, by_flight = (sum(column) for column in zip(*widths, strict=True))
    near_flights = abs(mine - by_flight) < abs(mine - by_day)
    assert not near_flights, f"together they are {mine:.2f} wide, as if flights were independent"
    assert abs(mine / by_day - 1) < 0.15, f"together they are {mine:.2f} wide, not {by_day:.2f}"


@worth(
    points=2,
    hint="Both carriers get the same share of right warnings and the same share of caught flights, "
    "those of all flights of `judging`. Only their shares of late flights differ.",
)
def test_the_inevitable_is_worked_out(work: Work) -> None:
    """`inevitable` follows from the first two promises."""
    given = mapping(work, "inevitable")
    assert_names(given, ["EV", "DL"], "inevitable")
    judging = audited()[1]
    hits = int((judging["warned"] & judging["late"]).sum())
    right, caught = hits / judging["warned"].sum(), hits / judging["late"].sum()
    for name in ("EV", "DL"):
        late = facts()[name]["late"]
        expected = late / (1 - late) * (1 - right) / right * caught
        fine = close(given[name], expected)
        assert fine, f"the false alarms of {name} would not be {given[name]!r}"


@worth(
    points=2,
    hint="Choose on `tuning` and look at nothing of `judging`: neither for the target nor for the "
    "limits. Count punctual flights only, and warn *from* the limit on.",
)
def test_the_limits_are_tuned_where_they_may_be(work: Work) -> None:
    """`limits` are chosen on the tuning days."""
    given = mapping(work, "limits")
    assert_names(given, large(), "limits")
    wrong = [name for name, limit in own_limits().items() if not close(given[name], limit, 1e-6)]
    assert not wrong, f"{len(wrong)} of {len(given)} limits differ, among them that of {wrong[0]}"


@worth(
    points=2,
    hint="Judge on `judging`, without the small carriers, before and after. The cost is a mean "
    "over flights, and the two mistakes have different prices.",
)
def test_the_price_is_stated(work: Work) -> None:
    """`price` says what the remedy brings and what it costs."""
    given = mapping(work, "price")
    expected: dict[str, float] = {}
    for when, limits in (("before", None), ("after", own_limits())):
        expected[f"spread {when}"], expected[f"cost {when}"] = paid(limits)
    assert_names(given, list(expected), "price")
    for name, number in expected.items():
        assert close(given[name], number, 2e-3), f"`{name}` is {given[name]!r}"
