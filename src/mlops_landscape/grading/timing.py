"""How late work is, and what that costs."""

import math
from datetime import datetime, timedelta, tzinfo

_DAY = timedelta(days=1)


def late(
    submitted: datetime | None,
    due: datetime | None,
    *,
    zone: tzinfo,
    grace: timedelta = timedelta(0),
    per_day: float = 0.0,
    at_most: float = 1.0,
) -> tuple[float, float]:
    """Return by how much work is late, and the share of its points that this costs.

    Parameters
    ----------
    submitted
        When it was handed in; None if that is unknown, and then it is not late.
    due
        When it had to be; None if there is no such date.
    zone
        Time zone of those of the two that name none.
    grace
        How late work may be without a cost. Past it, days count from `due`, not from its end.
    per_day
        Share that each day costs, 0 to 1; a day that has begun counts whole. A day is 24 hours,
        also when the clocks change.
    at_most
        The largest share, 0 to 1.

    Returns
    -------
    tuple
        Seconds after `due`, 0 if in time; and the share, 0 to 1.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or `grace` is negative.
    """
    for name, share in (("per_day", per_day), ("at_most", at_most)):
        if not 0 <= share <= 1:
            raise ValueError(f"`{name}` is {share}; it is a share, from 0 to 1")
    if grace < timedelta(0):
        raise ValueError(f"`grace` is {grace}; it cannot be negative")
    if submitted is None or due is None:
        return 0.0, 0.0
    after = timedelta(seconds=_seconds(submitted, zone) - _seconds(due, zone))
    if after <= timedelta(0):
        return 0.0, 0.0
    days = math.ceil(after / _DAY) if after > grace else 0
    return after.total_seconds(), round(min(days * per_day, at_most), 10)


def _seconds(when: datetime, zone: tzinfo) -> float:
    # Two times in one zone would be subtracted as the clock on the wall shows them.
    return (when if when.tzinfo else when.replace(tzinfo=zone)).timestamp()
