"""Points and times as people read them."""

from datetime import datetime


def number(value: float) -> str:
    """Return a number of points: at most two decimals, and no ``.0``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def tidy(value: float) -> int | float:
    """Return a number of points for JSON: an integer where it is one."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def some(count: int, thing: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 day``, ``2 days``."""
    return f"{count} {thing if count == 1 else plural or thing + 's'}"


def span(seconds: float) -> str:
    """Return a length of time in its two largest units: ``1 day 3 hours``."""
    left = max(int(seconds), 0)
    parts = []
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(some(count, unit))
        elif parts:
            break  # no "1 day 4 minutes": that precision means nothing to anyone
    return " ".join(parts[:2]) or "less than a second"


def moment(when: str | datetime) -> str:
    """Return a date and time with its offset, to the minute; as it is if it is neither."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return when
    zone = when.strftime("%z")
    offset = "" if when.tzinfo is None else " UTC" + ("" if zone == "+0000" else _offset(zone))
    return f"{when.day} {when:%B %Y, %H:%M}{offset}"


def _offset(zone: str) -> str:
    sign, hours, minutes = zone[0], int(zone[1:3]), zone[3:5]
    return f"{sign}{hours}" + ("" if minutes == "00" else f":{minutes}")


def late_in_words(late_seconds: float, penalty: float) -> str:
    """Say how late a submission is and what that costs; empty if it was in time."""
    if late_seconds <= 0:
        return ""
    cost = f"{number(penalty * 100)} % of its points are taken off" if penalty else "no points lost"
    return f"Handed in {span(late_seconds)} after the due date: {cost}."
