"""Checks of the exercise `a-break-even-point`, in the order in which to mend."""

import math
from itertools import pairwise
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

MONTH = 730
GIVEN = {
    "hour_of_work": 80.0,
    "own_upkeep": 120.0,
    "managed_upkeep": 24.0,
    "own_servers": 2.0,
    "own_machine": 0.19,
    "subscription": 90.0,
    "own_request": 2.0,
    "request_price": 25.0,
}
SIZES = 8
BEYOND = 1.5
FACTORS = {"20 % less": 0.8, "20 % more": 1.2}

Numbers = dict[str, float]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def close(one: Any, other: float) -> bool:  # noqa: ANN401
    """Whether two amounts are the same, as far as rounding for a table goes."""
    return is_number(one) and math.isclose(one, other, rel_tol=2e-3, abs_tol=0.01)


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def shown(size: float | None) -> str:
    return "`None`" if size is None else f"{size:,.2f}"


def yours(work: Work) -> Numbers:
    """Return the learner's assumptions: all there, and all above zero."""
    given = work.answer("assumptions")
    assert isinstance(given, dict), "`assumptions` is no longer a dict"
    missing = [name for name in GIVEN if name not in given]
    assert not missing, f"missing in `assumptions`: {listed(missing)}"
    bad = [name for name in GIVEN if not is_number(given[name]) or given[name] <= 0]
    assert not bad, f"{listed(bad)} must be a number above zero"
    return {name: float(given[name]) for name in GIVEN}


def people(a: Numbers, side: str) -> float:
    return a[f"{side}_upkeep"] / 12 * a["hour_of_work"]


def machines(a: Numbers) -> float:
    return a["own_servers"] * a["own_machine"] * MONTH


def fixed(a: Numbers) -> Numbers:
    """Return what either side costs in a month without one request."""
    return {
        "own": people(a, "own") + machines(a),
        "managed": people(a, "managed") + a["subscription"],
    }


def use(a: Numbers) -> Numbers:
    """Return what a million requests costs on either side."""
    return {"own": a["own_request"], "managed": a["request_price"]}


def meeting(a: Numbers) -> float | None:
    """Return the size at which both sides cost the same, if there is one above zero."""
    more = fixed(a)["own"] - fixed(a)["managed"]
    less = use(a)["managed"] - use(a)["own"]
    return more / less if more * less > 0 else None


def table(work: Work) -> list[Numbers]:
    """Return the rows of `costs`, each with its three numbers, sizes rising from 0."""
    rows = work.answer("costs")
    assert isinstance(rows, list), "`costs` is not a list"
    assert rows, "`costs` is empty"
    for number, row in enumerate(rows, start=1):
        keys = ("requests", "own", "managed")
        good = isinstance(row, dict) and all(is_number(row.get(key)) for key in keys)
        assert good, f"row {number} of `costs` is {row!r}; it needs {listed(list(keys))} as numbers"
    sizes = [row["requests"] for row in rows]
    assert sizes[0] == 0, f"the first size is {sizes[0]:g}, not 0"
    rising = all(one < other for one, other in pairwise(sizes))
    assert rising, "the sizes in `costs` do not rise from row to row"
    return rows


def moved(work: Work) -> dict[str, list[float | None]]:
    """Return `sensitivity`: for each assumption two sizes, or None."""
    given = work.answer("sensitivity")
    assert isinstance(given, dict), "`sensitivity` is not a dict"
    missing = [name for name in GIVEN if name not in given]
    assert not missing, f"missing in `sensitivity`: {listed(missing)}"
    for name in GIVEN:
        pair = given[name]
        good = isinstance(pair, list) and len(pair) == len(FACTORS)
        good = good and all(point is None or is_number(point) for point in pair)
        assert good, f"`sensitivity` has {pair!r} for `{name}`, not two sizes, each may be `None`"
    return {name: given[name] for name in GIVEN}


def assert_moved(a: Numbers, name: str, pair: list[float | None]) -> None:
    """Fail unless `pair` is the break-even with 20 % less and more of one assumption."""
    for (words, factor), point in zip(FACTORS.items(), pair, strict=True):
        wanted = meeting({**a, name: factor * a[name]})
        right = point is None if wanted is None else close(point, wanted)
        assert right, (
            f"with {words} of `{name}` alone the break-even is {shown(wanted)}, "
            f"`sensitivity` says {shown(point)}"
        )


@worth(
    points=1,
    hint="Assign at least two of them, such as `assumptions['hour_of_work'] = 65.0`, in the first "
    "cell that is yours, and run it.",
)
def test_the_assumptions_are_yours(work: Work) -> None:
    """At least two assumptions are your own, and all are there."""
    a = yours(work)
    changed = [name for name, value in a.items() if value != GIVEN[name]]
    count = len(changed)
    assert count >= 2, f"assumptions that differ from the given ones: {count}, at least 2 wanted"


@worth(
    points=1,
    hint="Append one dict a size to `costs`: requests in millions, and what the month costs in "
    "dollars on either side. The first size is 0.",
)
def test_the_table_has_its_rows(work: Work) -> None:
    """`costs` has at least eight sizes, rising from 0."""
    rows = table(work)
    assert len(rows) >= SIZES, f"`costs` has {len(rows)} rows, at least {SIZES} are wanted"


@worth(
    points=2,
    hint="Without one request somebody still updates, backs up and reads bills, and the servers "
    "are on. The upkeep is in hours a year, a server costs by the hour, and a month has 730 of "
    "them.",
)
def test_the_fixed_costs_are_whole(work: Work) -> None:
    """The row of 0 requests has all that a month costs anyway."""
    a, first = yours(work), table(work)[0]
    for side, wanted in fixed(a).items():
        seen = first[side]
        rest = wanted - people(a, side)
        slips = {
            "that is nothing at all": 0.0,
            "the hours of people are not in it": rest,
            "the hours of a whole year are in this one month": rest + 12 * people(a, side),
            "only the hours of people are in it": people(a, side),
        }
        if side == "own":
            slips["the servers are in it for one hour"] = people(a, side) + machines(a) / MONTH
        why = "".join(f"; {words}" for words, amount in slips.items() if close(seen, amount))
        assert close(seen, wanted), (
            f"`{side}` at 0 requests is {seen:,.2f}, expected is {wanted:,.2f}{why}"
        )


@worth(
    points=1,
    hint="Add the price of a million times the number of millions to the fixed part, on both "
    "sides.",
)
def test_the_costs_grow_with_use(work: Work) -> None:
    """In every row, use is added at the right price."""
    a = yours(work)
    for row in table(work):
        for side, start in fixed(a).items():
            wanted = start + use(a)[side] * row["requests"]
            assert close(row[side], wanted), (
                f"`{side}` at {row['requests']:g} million requests is {row[side]:,.2f}, "
                f"expected is {wanted:,.2f}"
            )


@worth(
    points=2,
    hint="Divide what own costs more at the start by what it saves on each million. If the result "
    "is not above zero, the lines never meet at a real size: hand over `None`.",
)
def test_the_break_even_is_right(work: Work) -> None:
    """`break_even` is where both sides cost the same, or None."""
    wanted, given = meeting(yours(work)), work.answer("break_even")
    assert given is None or is_number(given), f"`break_even` is {given!r}, no number and not `None`"
    if wanted is None:
        assert given is None, (
            f"`break_even` is {given:,.2f}, but with your assumptions one side is cheaper at any "
            "size; expected is `None`"
        )
    else:
        assert given is not None, f"`break_even` is `None`, expected is {wanted:,.2f}"
        assert close(given, wanted), f"`break_even` is {given:,.2f}, expected is {wanted:,.2f}"


@worth(
    points=1,
    hint="Choose larger sizes, or larger steps: the last row should lie at one and a half times "
    "the break-even, or beyond.",
)
def test_the_table_shows_both_sides(work: Work) -> None:
    """`costs` reaches well beyond the break-even."""
    last, point = table(work)[-1]["requests"], meeting(yours(work))
    assert point is None or last >= BEYOND * point, (
        f"the largest size is {last:g} million; the break-even is at {shown(point)}, "
        f"so the table should reach {BEYOND * (point or 0):,.0f}"
    )


@worth(
    points=1,
    hint="Multiply the assumption by 0.8 and by 1.2, not the result, and compute the break-even "
    "from the beginning each time.",
)
def test_the_assumptions_were_moved(work: Work) -> None:
    """`sensitivity` has every assumption, and `hour_of_work` is right."""
    assert_moved(yours(work), "hour_of_work", moved(work)["hour_of_work"])


@worth(
    points=1,
    hint="For each assumption, take the larger of the two distances from `break_even`. The name "
    "with the largest of these is the answer; `None` is further than any number.",
)
def test_the_most_sensitive_follows(work: Work) -> None:
    """`most_sensitive` is what your own `sensitivity` says."""
    base, given = work.answer("break_even"), work.answer("most_sensitive")
    assert base is None or is_number(base), "`break_even` comes first"

    def distance(point: float | None) -> float:
        if point is None or base is None:
            return 0.0 if point is base else math.inf
        return abs(point - base)

    reach = {name: max(map(distance, pair)) for name, pair in moved(work).items()}
    assert given in reach, f"`most_sensitive` is {given!r}, which is no assumption"
    furthest = max(reach, key=lambda name: reach[name])
    # Two that move it equally far are both right.
    assert reach[given] == reach[furthest] or close(reach[given], reach[furthest]), (
        f"`{given}` moves the break-even by {reach[given]:,.2f} at most, "
        f"`{furthest}` by {reach[furthest]:,.2f}"
    )


@worth(
    points=2,
    visible=False,
    hint="Change one assumption at a time and put it back before the next: "
    "`{**assumptions, name: factor * value}` is a copy with one change.",
)
def test_every_move_is_right(work: Work) -> None:
    """Every number in `sensitivity` follows from your assumptions."""
    a = yours(work)
    for name, pair in moved(work).items():
        assert_moved(a, name, pair)
