"""Checks of the exercise `back-in-time`, in the order in which to mend.

They read what Git, the store and the workspace hold. DVC itself is not started.
"""

import csv
import hashlib
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.repository import Repository
from mlops_landscape.exercises.work import Work

HOME = "time-work/flights"
STORE = "time-work/store"
TABLE = "data/flights.csv"
NOTE = f"{TABLE}.dvc"
MONTHS = ("january", "february", "march")


def repository(work: Work) -> Repository:
    return work.repository(HOME)


def noted(work: Work, revision: str) -> str:
    """Return the MD5 that the table's note has in a commit."""
    outs = repository(work).mapping(NOTE, revision).get("outs")
    first = outs[0] if isinstance(outs, list) and outs else {}
    assert "md5" in first, f"`{NOTE}` names no MD5"
    return str(first["md5"])


def md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()


def stored(work: Work, tag: str) -> Path:
    """Return the table of a tag as it lies in the store."""
    named = noted(work, tag)
    kept = work.folder / STORE / "files/md5" / named[:2] / named[2:]
    assert kept.is_file(), f"the table of `{tag}` is not in the store"
    assert md5(kept) == named, f"the table of `{tag}` in the store has been changed"
    return kept


def rows(work: Work, tag: str) -> list[dict[str, str]]:
    with stored(work, tag).open(newline="") as file:
        return list(csv.DictReader(file))


def lost(work: Work) -> Counter[str]:
    """Return, by airport, how many flights of February's table are not in March's."""
    before, after = (
        Counter((row["origin"], tuple(sorted(row.items()))) for row in rows(work, tag))
        for tag in ("february", "march")
    )
    gone: Counter[str] = Counter()
    for (airport, _), number in (before - after).items():
        gone[airport] += number
    assert gone, "every flight of `february` is in `march` too: run all cells from the first"
    return gone


@worth(
    points=1,
    hint="Run `dvc add data/flights.csv` before `git add .`: it writes the ignore rule that keeps "
    "the table out of Git. Run all cells from the first: it starts over.",
)
def test_git_has_the_note_and_not_the_table(work: Work) -> None:
    """Git has the note on the table, and not the table."""
    tags = repository(work).tags()
    for revision in ("HEAD", *tags):
        files = repository(work).files(revision)
        at = "the last commit" if revision == "HEAD" else f"the commit `{revision}`"
        assert TABLE not in files, f"{at} holds `{TABLE}` itself"
        assert NOTE in files, f"`{NOTE}` is not in {at}"


@worth(
    points=1,
    hint="`git tag` names the commit that is there at that moment: commit first, then tag, "
    "inside the loop.",
)
def test_each_month_has_its_tag(work: Work) -> None:
    """The tags `january`, `february` and `march` name three different tables."""
    tags = repository(work).tags()
    names = ", ".join(f"`{tag}`" for tag in tags) or "none"
    for month in MONTHS:
        assert month in tags, f"the tags are: {names}; not `{month}`"
    for one, other in pairwise(MONTHS):
        same = noted(work, one) == noted(work, other)
        assert not same, f"the notes of `{one}` and `{other}` name the same table"


@worth(
    points=2,
    hint="`dvc push` sends what the workspace uses. `dvc push --all-tags` sends what any tag uses. "
    "What is lost cannot be sent: run all cells from the first.",
)
def test_the_store_has_all_three(work: Work) -> None:
    """The store holds the tables of all three months, byte for byte."""
    for month in MONTHS:
        stored(work, month)


@worth(
    points=1,
    hint="If you have gone to a tag, come back: `git checkout main`, then `dvc checkout`. "
    "`dvc pull` fetches what is in no cache any more.",
)
def test_the_workspace_is_restored(work: Work) -> None:
    """The workspace is on `main`, with the table of March."""
    newest = noted(work, "march")
    here = noted(work, "HEAD")
    assert here == newest, "the workspace is in another month: its note is not that of `march`"
    table = work.folder / HOME / TABLE
    assert table.is_file(), f"there is no `{TABLE}` in the workspace"
    assert md5(table) == newest, f"`{TABLE}` in the workspace is not the table of `march`"


@worth(
    points=1,
    hint="Let DVC write the file: `dvc get . data/flights.csv --rev february --out "
    "../february.csv`. A program that reads and writes a table changes bytes.",
)
def test_february_is_back(work: Work) -> None:
    """`february.csv` is the table of February, byte for byte."""
    file = work.folder / "time-work/february.csv"
    assert file.is_file(), "there is no `time-work/february.csv`"
    found = md5(file)
    newer = found == noted(work, "march")
    assert not newer, "`february.csv` is the table of March"
    assert found == noted(work, "february"), "`february.csv` has other bytes than `february` names"


@worth(
    points=1,
    hint="Count the flights by month and airport in both tables, and look where the newer one "
    "has fewer.",
)
def test_the_airport_is_found(work: Work) -> None:
    """`lost_airport` names the airport whose flights are gone."""
    [(right, _)] = lost(work).most_common(1)
    given = work.answer("lost_airport")
    assert given == right, f"of {given!r} no flight of January or February is gone"


@worth(
    points=2,
    hint="Leave March out of the comparison: those flights are new, and they hide what is gone. "
    "Count the rows of January and February that only the older table has.",
)
def test_the_rows_are_counted(work: Work) -> None:
    """`lost_rows` says how many flights are gone."""
    right = lost(work).total()
    given = work.answer("lost_rows")
    more = len(rows(work, "march")) - len(rows(work, "february"))
    difference = given in (more, -more)
    assert not difference, f"`lost_rows` is {given}, which is the difference of the two lengths"
    assert given == right, f"`lost_rows` is {given}, which is not the number of rows that are gone"


@worth(
    points=1,
    hint="Copy the table first, then run `fit.py`, then commit both.",
    visible=False,
)
def test_each_model_is_of_its_month(work: Work) -> None:
    """At each tag, the model was made from the table of that tag."""
    for month in MONTHS:
        text = repository(work).text("model.json", month)
        assert text is not None, f"`model.json` is not in the commit `{month}`"
        seen = {airport: about["flights"] for airport, about in json.loads(text).items()}
        right = Counter(row["origin"] for row in rows(work, month))
        assert seen == right, (
            f"the model of `{month}` has seen {sum(seen.values())} flights, and the table of that "
            f"month has {right.total()}"
        )
