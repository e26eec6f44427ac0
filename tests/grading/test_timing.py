"""How late work is, and what that costs."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mlops_landscape.grading.timing import late

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 3, 28, 23, 59)  # the clocks in Berlin change that night
HOUR = 3600


@pytest.mark.parametrize(
    ("after", "grace", "per_day", "at_most", "seconds", "share"),
    [
        (-1, 0, 0.1, 1, 0, 0),
        (0, 0, 0.1, 1, 0, 0),
        (1, 0, 0.1, 1, 1, 0.1),
        (24 * HOUR, 0, 0.1, 1, 24 * HOUR, 0.1),
        (24 * HOUR + 1, 0, 0.1, 1, 24 * HOUR + 1, 0.2),
        (30 * 24 * HOUR, 0, 0.1, 0.5, 30 * 24 * HOUR, 0.5),
        (30 * 24 * HOUR, 0, 0.1, 1, 30 * 24 * HOUR, 1),
        (600, 600, 0.1, 1, 600, 0),
        (601, 600, 0.1, 1, 601, 0.1),
        (25 * HOUR, 2 * HOUR, 0.1, 1, 25 * HOUR, 0.2),
        (HOUR, 0, 0, 1, HOUR, 0),
    ],
)
def test_what_lateness_costs(
    after: int, grace: int, per_day: float, at_most: float, seconds: float, share: float
) -> None:
    due = DUE.replace(tzinfo=UTC)
    assert late(
        due + timedelta(seconds=after),
        due,
        zone=BERLIN,
        grace=timedelta(seconds=grace),
        per_day=per_day,
        at_most=at_most,
    ) == (seconds, pytest.approx(share))


def test_a_due_date_without_a_zone_is_local() -> None:
    submitted = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight in Berlin
    assert late(submitted, DUE, zone=BERLIN)[0] == 60
    assert late(submitted, DUE, zone=UTC)[0] == 0
    new_york = timezone(timedelta(hours=-4))
    assert late(submitted.astimezone(new_york), DUE, zone=BERLIN)[0] == 60


def test_a_day_has_24_hours_when_the_clocks_change() -> None:
    submitted = datetime(2026, 3, 29, 23, 59)
    seconds, share = late(submitted, DUE, zone=BERLIN, per_day=0.1)
    assert seconds == 23 * HOUR
    assert share == pytest.approx(0.1)


def test_unknown_dates_are_not_late() -> None:
    assert late(None, DUE, zone=BERLIN, per_day=1) == (0, 0)
    assert late(DUE, None, zone=BERLIN, per_day=1) == (0, 0)


@pytest.mark.parametrize(
    "wrong", [{"per_day": 10}, {"per_day": -0.1}, {"at_most": 2}, {"grace": timedelta(-1)}]
)
def test_arguments_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"`{next(iter(wrong))}`"):
        late(DUE, DUE, zone=BERLIN, **wrong)
