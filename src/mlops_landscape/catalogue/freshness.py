"""Which tools have to be looked at again: facts grow old while nothing in the files changes."""

from datetime import date, timedelta

from mlops_landscape.catalogue.model import STALE_DAYS, Catalogue, Tool


def day(checked_on: date) -> str:
    """Return the day of a check as HTML, so marked that the page can warn when it is long ago."""
    text = f"{checked_on.day} {checked_on:%B %Y}"
    return f'checked on <time datetime="{checked_on}" data-checked>{text}</time>'


def stale_tools(catalogue: Catalogue, today: date) -> list[Tool]:
    """Return the tools with a fact that was checked more than 180 days before `today`.

    They are ordered by their oldest fact, the oldest first. The pages warn by themselves, on the
    day on which they are read (``freshness.js``).
    """
    limit = today - timedelta(days=STALE_DAYS)
    stale = [
        tool for tool in catalogue.tools if tool.checked_days and min(tool.checked_days) < limit
    ]
    return sorted(stale, key=lambda tool: min(tool.checked_days))
