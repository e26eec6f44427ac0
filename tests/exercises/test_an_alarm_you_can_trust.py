"""Checks of the exercise `an-alarm-you-can-trust`, in the order in which to mend."""

import math
from functools import cache

import numpy as np

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import load_flights

LENGTH = 14
CALM = range(1, 6)
OF_MONTH = {"July": 7, "September": 9, "October": 10, "November": 11}
BROKEN = "October, redefined"
STREAMS = ["July", "September", "October", BROKEN, "November"]

Days = np.ndarray


@cache
def of_days() -> dict[str, Days]:
    """Return what is late on each day: of the calm months, and of each stream."""
    flights = load_flights([*CALM, *OF_MONTH.values()])
    found = {}

    def keep(name: str, wanted: range | list[int], from_minute: int, since: int) -> None:
        rows = flights[flights["month"].isin(list(wanted))]
        minutes = np.where(rows["day"] >= since, from_minute, 15)
        late = (rows["arr_delay"] >= minutes).groupby([rows["month"], rows["day"]])
        found[name] = late.mean().to_numpy(float)

    keep("calm", CALM, 15, 1)
    for name, month in OF_MONTH.items():
        keep(name, [month], 15, 1)
    keep(BROKEN, [10], 1, 11)
    return found


def far(days: Days) -> Days:
    """Return how far each window of a month is from the calm days, in standard errors."""
    quiet = of_days()["calm"]
    sums = np.cumsum(np.concatenate([[0.0], days]))
    mean = (sums[LENGTH:] - sums[:-LENGTH]) / LENGTH
    return np.abs(mean - quiet.mean()) / quiet.std(ddof=1) * math.sqrt(LENGTH)


@cache
def of_calm_months() -> Days:
    """Return the farthest window of many calm months, made of weeks."""
    quiet, rng = of_days()["calm"], np.random.default_rng(2013)
    first = rng.integers(0, len(quiet) - 6, size=(4000, 5, 1))
    months = quiet[first + np.arange(7)].reshape(4000, 35)[:, :30]
    return np.array([far(month).max() for month in months])


def number(work: Work, name: str) -> float:
    value = work.answer(name)
    good = isinstance(value, int | float) and not isinstance(value, bool)
    assert good, f"`{name}` is {value!r}, not a number"
    assert math.isfinite(value), f"`{name}` is {value}"
    return float(value)


def by_stream(work: Work, name: str) -> dict[str, object]:
    value = work.answer(name)
    assert isinstance(value, dict), f"`{name}` is not a dict"
    missing = [each for each in STREAMS if each not in value]
    assert not missing, f"missing in `{name}`: {', '.join(missing)}"
    return dict(value)


@worth(
    points=2,
    hint="One share a day, then the mean and the standard deviation of the 151 shares. A busy day "
    "weighs no more than a quiet one.",
)
def test_level_and_spread_are_those_of_days(work: Work) -> None:
    """`level` and `spread` describe days, not flights."""
    quiet = of_days()["calm"]
    level, spread = number(work, "level"), number(work, "spread")
    assert spread < 0.3, f"a spread of {spread:.2f} is that of single flights, late or not"
    assert math.isclose(level, quiet.mean(), abs_tol=2e-4), (
        f"`level` is {level:.4f}, which is not the mean of the shares of 151 days"
    )
    assert math.isclose(spread, quiet.std(ddof=1), abs_tol=6e-4), (
        f"`spread` is {spread:.4f}, which is not the standard deviation of these shares"
    )


@worth(
    points=3,
    hint="Every window of 14 days, and the distance of its mean in units of the standard error "
    "that the text defines. Take the distance without its sign before you take the largest.",
)
def test_the_scores_are_the_farthest_windows(work: Work) -> None:
    """Each stream has the distance of its farthest window, whichever way it is off."""
    scores = by_stream(work, "scores")
    for name in STREAMS:
        score, right = scores[name], float(far(of_days()[name]).max())
        good = isinstance(score, int | float) and not isinstance(score, bool)
        assert good, f"the score of {name} is {score!r}, not a number"
        assert score >= 0, f"the score of {name} is below zero; a distance is not"
        assert math.isclose(score, right, abs_tol=0.02), (
            f"the score of {name} is {score:.2f}; its farthest window is elsewhere"
        )


@worth(
    points=4,
    hint="Make months as part 3 says: runs of seven days as they followed each other, thirty days, "
    "the farthest of all their windows. Then one number above which 5 of 100 months lie.",
)
def test_the_threshold_has_the_rate_that_was_asked_for(work: Work) -> None:
    """About one calm month of twenty is above the threshold."""
    threshold = number(work, "threshold")
    rate = float((of_calm_months() > threshold).mean())
    assert rate <= 0.07, (
        f"with {threshold:.2f} it would ring in {rate * 100:.0f} of 100 calm months, not in 5"
    )
    assert rate >= 0.035, (
        f"with {threshold:.2f} it would ring in {rate * 100:.1f} of 100 calm months: it sleeps"
    )


@worth(
    points=2,
    hint="A window that ends on day 14 is the first. Count the days of the month, not the places "
    "in a list, and use `None` where it stays silent.",
)
def test_the_alarms_follow_from_the_threshold(work: Work) -> None:
    """Each alarm is on the first day on which a window is above your threshold."""
    alarms, threshold = by_stream(work, "alarms"), number(work, "threshold")
    for name in STREAMS:
        above = np.flatnonzero(far(of_days()[name]) > threshold)
        expected = int(above[0]) + LENGTH if len(above) else None
        told = alarms[name]
        assert told == expected, (
            f"{name}: the alarm is {told}, which does not follow from your threshold"
        )


@worth(
    points=1,
    hint="Mend the parts above first. If they hold, two streams ring and three do not.",
    visible=False,
)
def test_it_finds_what_is_there_and_nothing_else(work: Work) -> None:
    """September and the new definition ring; July, October and November do not."""
    alarms = by_stream(work, "alarms")
    rings = {name for name in STREAMS if alarms[name] is not None}
    assert rings == {"September", BROKEN}, f"it rings in: {', '.join(sorted(rings)) or 'none'}"
