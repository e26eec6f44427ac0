"""Checks of the exercise `each-departure-once`, in the order in which to mend."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

WHOLE = ("once.db", "again.db", "backwards.db")
RUNS = {"lost.db": (1, 2, 4)}
COLUMNS = ("id", "carrier", "dest", "distance", "arr_delay", "version")


def delivered(work: Work, numbers: tuple[int, ...] = (1, 2, 3, 4)) -> list[dict[str, Any]]:
    """Return the messages of some batches."""
    found = []
    for number in numbers:
        path = work.folder / f"batches/{number}.jsonl"
        assert path.is_file(), "there is no folder `batches`: run the first cell"
        found += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def fault(message: dict[str, Any]) -> str:
    """Return the field that breaks the contract, or nothing."""
    if message["distance"] <= 0:
        return "distance"
    if len(message["dest"]) != len("JFK"):
        return "dest"
    return "arr_delay" if message["arr_delay"] is None else ""


def newest(messages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the good message of the highest version, by flight."""
    best: dict[str, dict[str, Any]] = {}
    for message in sorted(messages, key=lambda each: int(each["version"])):
        if not fault(message):
            best[message["id"]] = message
    return best


def rows(work: Work, name: str, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return a table of one of the databases."""
    path = work.folder / name
    assert path.is_file(), f"there is no `{name}`: the cell that runs `store` did not get that far"
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        try:
            return list(database.execute(f"select {', '.join(columns)} from {table}"))
        except sqlite3.Error as error:
            raise AssertionError(f"table `{table}` in `{name}`: {error}") from None


@worth(
    points=1,
    hint="All six columns of `flights` and all three of `rejected` are named in the text. The "
    "tables must be made by `store` itself: each database begins empty.",
)
def test_both_tables_are_there(work: Work) -> None:
    """Each database has both tables with their columns."""
    for name in WHOLE:
        assert rows(work, name, "flights", COLUMNS), f"`flights` in `{name}` is empty"
        rows(work, name, "rejected", ("message", "id", "reason"))


@worth(
    points=2,
    hint="A batch knows nothing of those before it; only the table does. Give the table a key, so "
    "that a second row about the same flight cannot exist.",
)
def test_each_flight_is_there_once(work: Work) -> None:
    """No flight is in a table twice."""
    for name in WHOLE:
        seen = Counter(row[0] for row in rows(work, name, "flights", ("id",)))
        doubled = [each for each, times in seen.items() if times > 1]
        assert not doubled, f"`{name}` has {len(doubled)} flights more than once, like {doubled[0]}"


@worth(
    points=2,
    hint="Compare `once.db` and `backwards.db`. A batch must add to what is there. Good messages "
    "alone belong into `flights`, and all of them.",
)
def test_the_flights_are_complete(work: Work) -> None:
    """Each flight with a good message is stored, and no other."""
    wanted = set(newest(delivered(work)))
    for name in WHOLE:
        stored = {row[0] for row in rows(work, name, "flights", ("id",))}
        assert not wanted - stored, f"`{name}` lacks {len(wanted - stored)} flights"
        assert not stored - wanted, (
            f"`{name}` has {len(stored - wanted)} flights that broke the contract"
        )


@worth(
    points=3,
    hint="Later is not newer. When a flight is there already, look at both versions before you "
    "overwrite anything, and before you keep anything.",
)
def test_the_newest_version_counts(work: Work) -> None:
    """Each flight has all values of its highest version, in any order of delivery."""
    wanted = newest(delivered(work))
    for name in WHOLE:
        wrong = []
        for row in rows(work, name, "flights", COLUMNS):
            kept, message = dict(zip(COLUMNS, row, strict=True)), wanted.get(row[0])
            if message and any(kept[column] != message[column] for column in COLUMNS):
                wrong.append((kept, message))
        if wrong:
            kept, message = wrong[0]
            raise AssertionError(
                f"`{name}`: {len(wrong)} flights are not as in their newest message. "
                f"{kept['id']} has version {kept['version']} with a delay of "
                f"{kept['arr_delay']}; expected is version {message['version']} with "
                f"{message['arr_delay']}"
            )


@worth(
    points=2,
    hint="A broken message is evidence: keep its number, its flight and the field. It can be "
    "delivered twice like any other, so it needs a key, too.",
)
def test_each_broken_message_is_on_record_once(work: Work) -> None:
    """`rejected` has each broken message once, with the field that is wrong."""
    wanted = {(m["message"], m["id"], fault(m)) for m in delivered(work) if fault(m)}
    for name in WHOLE:
        noted = rows(work, name, "rejected", ("message", "id", "reason"))
        assert len(set(noted)) == len(noted), (
            f"`rejected` in `{name}` has {len(noted) - len(set(noted))} rows too many"
        )
        assert set(noted) == wanted, (
            f"`rejected` in `{name}`: {len(wanted - set(noted))} of {len(wanted)} broken messages "
            f"are not there as they should be, {len(set(noted) - wanted)} are there that should not"
        )


@worth(
    points=2,
    hint="Ask both tables of `lost.db`: what was rejected has arrived. Then compare with "
    "`published`, the list of the first cell.",
)
def test_what_never_came_is_named(work: Work) -> None:
    """`missing` names the flights of which nothing has come."""
    path = work.folder / "missing.json"
    assert path.is_file(), "there is no `missing.json`: run the last cell"
    named = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(named, list), "`missing` is not a list of ids"
    came = {message["id"] for message in delivered(work, RUNS["lost.db"])}
    wanted = sorted({message["id"] for message in delivered(work)} - came)
    assert len(named) == len(wanted), f"`missing` names {len(named)} flights, not {len(wanted)}"
    assert named == wanted, "`missing` has the right length and other flights, or is not sorted"
