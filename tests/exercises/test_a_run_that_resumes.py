"""Checks of the exercise `a-run-that-resumes`, in the order in which to mend."""

import json
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

STEPS = ["collect", "fit", "judge"]
POINTS = {
    "collect half-way": STEPS,
    "fit half-way": ["fit", "judge"],
    "judge half-way": ["judge"],
    "before the ledger": [],
}
FIRST = "1,0.173567\n"
CORRECTED = "1,0.216505"
SETTING = "1,0.176434"


def told(work: Work, name: str) -> dict[str, Any]:
    """Return what the drill kept of a run."""
    path = work.folder / "left/story.json"
    assert path.is_file(), "there is no `left/story.json`: the drill was not run, or did not end"
    return dict(json.loads(path.read_text())[name])


def ran(work: Work, name: str) -> list[str]:
    """Return the steps that began in a run that was not killed."""
    run = told(work, name)
    assert run["ended"] == 0, f"the run `{name}` failed: {run['error']}"
    return [line.split()[0] for line in run["diary"] if line.endswith("begins")]


def months(ledger: str) -> list[str]:
    return [line.split(",")[0] for line in ledger.splitlines()]


@worth(
    points=1,
    hint="Read the error under the drill's first line. `once` must return the path of the result, "
    "and `record` must leave a line `month,score` in the ledger.",
)
def test_it_runs(work: Work) -> None:
    """The first run does all three steps and fills the ledger."""
    assert ran(work, "first") == STEPS, f"the first run did {ran(work, 'first')}"
    ledger = told(work, "first")["ledger"]
    assert ledger == FIRST, f"the ledger is {ledger!r}, expected is {FIRST!r}"


@worth(
    points=2,
    hint="Print the key in two processes: is it the same? Then look before you call `function`.",
)
def test_the_second_run_repeats_nothing(work: Work) -> None:
    """A run with nothing to do does nothing."""
    again = ran(work, "again")
    assert not again, f"nothing had changed, and the second run did {again} again"


@worth(
    points=3,
    hint="When a step is killed, `target` holds half a file. Under which name may it lie, so that "
    "the next run does not believe it? And when does it get its real name?",
)
def test_killed_anywhere_it_ends_the_same(work: Work) -> None:
    """After a kill at any point, the next run ends with the same ledger."""
    for point in POINTS:
        killed = told(work, f"killed: {point}")
        assert killed["ended"] != 0, f"the run did not come as far as: {point}"
        after = told(work, f"after: {point}")
        assert after["ended"] == 0, f"killed: {point}; the run after it failed: {after['error']}"
        assert after["ledger"] == FIRST, f"killed: {point}; the ledger is now {after['ledger']!r}"


@worth(
    points=1,
    hint="Each step looks for its own result. A kill in `fit` must not cost the result of "
    "`collect`.",
)
def test_what_was_done_is_kept(work: Work) -> None:
    """After a kill, only what was not finished runs."""
    for point, wanted in POINTS.items():
        done = ran(work, f"after: {point}")
        assert done == wanted, f"killed: {point}; the run after it did {done}, not {wanted}"


@worth(
    points=2,
    hint="January was sent again under the same name, with the same size and date. What else of "
    "a file could go into the key?",
)
def test_a_correction_is_seen(work: Work) -> None:
    """Corrected flights are collected, fitted and judged anew."""
    done = ran(work, "corrected")
    assert done == STEPS, f"the flights were corrected, and the run did only {done}"
    lines = told(work, "corrected")["ledger"].splitlines()
    assert CORRECTED in lines, f"the corrected score {CORRECTED!r} is not in the ledger: {lines}"


@worth(
    points=1,
    hint="The key has three parts: the step, its version, and its inputs, numbers as well as "
    "files.",
)
def test_only_what_depends_on_a_change_runs(work: Work) -> None:
    """A setting of fit runs fit and judge; a new version of judge runs judge."""
    for name, wanted in {"setting": ["fit", "judge"], "version": ["judge"]}.items():
        done = ran(work, name)
        assert done == wanted, f"after a change of the {name} the run did {done}, not {wanted}"
    lines = told(work, "setting")["ledger"].splitlines()
    assert SETTING in lines, f"with the new setting the ledger must have {SETTING!r}: {lines}"


@worth(
    points=1,
    hint="Read the lines that are there, put in the one of this month, write them all.",
)
def test_a_month_has_one_line(work: Work) -> None:
    """The ledger has one line a month, sorted, whatever was repeated."""
    for name in ("february", "setting", "version", "corrected"):
        found = months(told(work, name)["ledger"])
        assert found == ["1", "2"], f"after `{name}` the ledger has lines for the months {found}"
    before, after = (told(work, name)["ledger"].splitlines() for name in ("february", "corrected"))
    assert before[1] == after[1], "the line of February changed when January was corrected"


@worth(
    points=1,
    hint="Opening a file for writing empties it first. Write beside it, then `os.replace`.",
)
def test_the_ledger_is_replaced_whole(work: Work) -> None:
    """Who had the old ledger open still reads the old ledger, whole."""
    run = told(work, "corrected")
    assert run["reader"], "there was no ledger before the correction"
    assert run["reader"] == told(work, "version")["ledger"], (
        "somebody had the old ledger open, and it was overwritten under their eyes"
    )
