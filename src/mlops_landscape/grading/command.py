"""What `mlops-landscape grade` takes and says."""

import argparse
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from mlops_landscape.errors import InputError, Problem


def add_arguments(grade: argparse.ArgumentParser) -> None:
    """Tell the command line what it may be given."""
    grade.add_argument("submissions", type=Path, help="a folder or zip, as an LMS exports it")
    grade.add_argument("--out", type=Path, required=True, help="folder for grades and reports")
    grade.add_argument("--exercise", metavar="SLUG", help="only this one; all by default")
    grade.add_argument(
        "--lms",
        choices=["auto", "canvas", "moodle", "gradescope", "plain"],
        default="auto",
        help="who named the files; seen from the names by default",
    )
    grade.add_argument("--roster", type=Path, metavar="FILE", help="CSV file of the class")
    grade.add_argument(
        "--keep",
        choices=["newest", "first"],
        default="newest",
        help="which of several submissions of one learner counts",
    )
    grade.add_argument(
        "--due",
        type=datetime.fromisoformat,
        metavar="YYYY-MM-DDTHH:MM",
        help="when work was due, in this machine's time zone unless it names one",
    )
    grade.add_argument(
        "--grace", type=float, default=0, metavar="MINUTES", help="how late work may be for free"
    )
    grade.add_argument(
        "--per-day",
        type=float,
        default=0,
        metavar="PERCENT",
        help="share of the points that each day late costs",
    )
    grade.add_argument(
        "--at-most", type=float, default=100, metavar="PERCENT", help="the most that it costs"
    )
    grade.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="submissions at a time"
    )
    grade.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="spread over this Dask cluster instead"
    )
    grade.add_argument(
        "--timeout", type=float, default=180, metavar="SECONDS", help="the most for one submission"
    )
    grade.add_argument("--marks", type=Path, metavar="FILE", help="marks.csv filled in by a person")
    grade.add_argument(
        "--canvas-gradebook", type=Path, metavar="FILE", help="Canvas's own export, to fill in"
    )
    grade.add_argument(
        "--moodle-worksheet",
        type=_worksheet,
        action="append",
        default=[],
        metavar="EXERCISE=FILE",
        help="Moodle's own grading worksheet of an exercise, to fill in",
    )
    grade.add_argument(
        "--show-hidden", action="store_true", help="let reports say what hidden checks saw"
    )
    grade.add_argument("--again", action="store_true", help="grade what has not changed, too")
    grade.add_argument("--no-mlflow", action="store_true", help="log nothing to MLflow")


def grade(options: argparse.Namespace) -> int:
    """Grade a class as the command line says; return the exit code."""
    from mlops_landscape.grading.grade import Handling, Lateness, grade_class
    from mlops_landscape.sandbox import Limits

    _refuse_bad_numbers(options)
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None, "an aware time has a zone"
    lateness = Lateness(
        due=options.due,
        zone=zone,
        grace=timedelta(minutes=options.grace),
        per_day=options.per_day / 100,
        at_most=options.at_most / 100,
    )
    handling = Handling(
        only=options.exercise,
        lms=options.lms,
        roster=options.roster,
        keep=options.keep,
        lateness=lateness,
        limits=Limits(wall=options.timeout, cell=min(options.timeout, Limits().cell)),
        workers=options.workers,
        scheduler=options.scheduler,
        marks=options.marks,
        canvas_gradebook=options.canvas_gradebook,
        moodle_worksheets=dict(options.moodle_worksheet),
        show_hidden=options.show_hidden,
        again=options.again,
        track=not options.no_mlflow,
    )
    book = grade_class(options.submissions, options.out, handling, say=_say)
    for problem in book.problems:
        print(problem, file=sys.stderr)
    refused = sum(one.outcome == "refused" for one in book.grades)
    print(
        f"{len(book.grades)} submissions: {len(book.grades) - refused} graded, {refused} refused."
    )
    if unprotected := {line for one in book.grades for line in one.unprotected}:
        print("\n  ".join(["Not everything was contained:", *sorted(unprotected)]))
    if waiting := sum(one.awaits_a_person for one in book.grades):
        form = options.out / "marks.html"
        print(f"Waiting for a person: {waiting}. Open {form}, save marks.csv there, grade again.")
    print(f"Open {options.out / 'class.html'}; grades.csv and the other files lie beside it.")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _worksheet(text: str) -> tuple[str, Path]:
    exercise, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not EXERCISE=FILE")
    return exercise, Path(path)


def _refuse_bad_numbers(options: argparse.Namespace) -> None:
    bounds = {
        "--grace": (options.grace, 0, float("inf"), "minutes, 0 or more"),
        "--per-day": (options.per_day, 0, 100, "a percentage, 0 to 100"),
        "--at-most": (options.at_most, 0, 100, "a percentage, 0 to 100"),
        "--workers": (options.workers, 1, 256, "a number of workers, 1 to 256"),
        "--timeout": (options.timeout, 1, 86_400, "seconds, 1 to 86400"),
    }
    problems = [
        Problem(Path("mlops-landscape grade"), name, f"{value:g} is out of range", f"give {kind}")
        for name, (value, least, most, kind) in bounds.items()
        if not least <= value <= most
    ]
    if problems:
        raise InputError(problems)
