"""Grade a class: what `mlops-landscape grade` does, from what was handed in to the reports."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises.source import Places
from mlops_landscape.grading import spread
from mlops_landscape.grading.exports import export_all
from mlops_landscape.grading.job import Outcome, as_grade, make_job, refused
from mlops_landscape.grading.layout import Lms
from mlops_landscape.grading.marks import FILE as MARKS
from mlops_landscape.grading.marks import read_marks, write_form
from mlops_landscape.grading.model import Grade, Gradebook, Submission
from mlops_landscape.grading.pace import at_the_pace_of_the_solution
from mlops_landscape.grading.passages import passages
from mlops_landscape.grading.records import Records
from mlops_landscape.grading.reports import recorded_mistakes, write_reports
from mlops_landscape.grading.submissions import Collected, collect
from mlops_landscape.grading.tasks import Task, read_tasks
from mlops_landscape.grading.timing import late
from mlops_landscape.grading.tracking import log_to_mlflow
from mlops_landscape.sandbox import Limits

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lateness:
    """What late work costs.

    Attributes
    ----------
    due
        When work had to be handed in; None if nothing is late.
    zone
        Time zone of dates that name none.
    grace
        How late work may be without a cost.
    per_day
        Share of the points that each day begun costs, 0 to 1.
    at_most
        The largest such share.
    """

    due: datetime | None = None
    zone: tzinfo = UTC
    grace: timedelta = timedelta(0)
    per_day: float = 0.0
    at_most: float = 1.0


@dataclass(frozen=True)
class Handling:
    """How a class is graded.

    Attributes
    ----------
    only
        Slug of the one exercise that is graded; None for all.
    lms
        Which system named the files; ``auto`` looks at the names.
    roster
        CSV file of the class, if there is one.
    keep
        Which of several submissions counts.
    lateness
        What late work costs.
    limits
        What a submission may use at most; how long it may take follows from its solution.
    workers
        How many submissions run at a time on this machine.
    scheduler
        Address of a Dask scheduler whose workers do it instead; empty for this machine.
    marks
        A ``marks.csv`` that a person has filled in; by default the one in the folder of the run.
    canvas_gradebook, moodle_worksheets
        Files of those systems that are to be filled in; the latter by exercise.
    show_hidden
        Whether learners may read what hidden checks saw.
    again
        Whether everything is graded anew.
    track
        Whether grades are logged to MLflow.
    """

    only: str | None = None
    lms: Lms = "auto"
    roster: Path | None = None
    keep: Literal["newest", "first"] = "newest"
    lateness: Lateness = field(default_factory=Lateness)
    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    scheduler: str = ""
    marks: Path | None = None
    canvas_gradebook: Path | None = None
    moodle_worksheets: Mapping[str, Path] | None = None
    show_hidden: bool = False
    again: bool = False
    track: bool = True


def grade_class(
    handed_in: Path,
    out: Path,
    handling: Handling | None = None,
    places: Places | None = None,
    say: Say = print,
) -> Gradebook:
    """Grade everything in `handed_in`, and write grades and reports to `out`.

    What an earlier run on the same `out` has found is taken over where neither the work nor the
    exercise has changed; so an interrupted run goes on where it was.

    Parameters
    ----------
    handed_in
        What was downloaded: a folder or a zip. It is only read.
    say
        Is told, line by line, how it goes.

    Raises
    ------
    InputError
        If an argument, an exercise, the roster or a file of marks is wrong. Grades that were found
        until then are kept.
    SetupError
        If another run is writing to `out`, or no worker can be reached.
    """
    handling = handling or Handling()
    tasks = read_tasks(handling.only, places)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / ".lock", timeout=0):
            return _grade(handed_in, out, handling, tasks, places, say)
    except Timeout as error:
        raise SetupError(
            f"Another run is grading into {out}. Mend: wait for it, or name another folder."
        ) from error


def _grade(
    handed_in: Path,
    out: Path,
    handling: Handling,
    tasks: Mapping[str, Task],
    places: Places | None,
    say: Say,
) -> Gradebook:
    collected = collect(
        handed_in,
        out / "work",
        exercises={slug: task.title for slug, task in read_tasks(None, places).items()},
        only=handling.only,
        lms=handling.lms,
        roster=handling.roster,
        keep=handling.keep,
    )
    grades = _judge(collected.submissions, out, handling, tasks, say)
    book = Gradebook(
        tuple(_with_lateness(grade, handling.lateness) for grade in grades),
        datetime.now(handling.lateness.zone).replace(microsecond=0),
        handling.lateness.due,
        collected.problems,
    )
    book = _with_marks(book, collected, tasks, out, handling)
    left_over = export_all(
        book,
        out,
        canvas_gradebook=handling.canvas_gradebook,
        moodle_worksheets=handling.moodle_worksheets,
        show_hidden=handling.show_hidden,
    )
    if left_over:
        book = replace(book, problems=(*book.problems, *map(str, left_over)))
    write_reports(
        book, out, recorded=recorded_mistakes(tasks, places), show_hidden=handling.show_hidden
    )
    if handling.track:
        log_to_mlflow(book, out)
    return book


def _judge(
    submissions: Sequence[Submission],
    out: Path,
    handling: Handling,
    tasks: Mapping[str, Task],
    say: Say,
) -> list[Grade]:
    """Return a grade for each submission, from the records or by running it."""
    records = Records(out)
    digests = {slug: task.digest(handling.limits) for slug, task in tasks.items()}
    grades: dict[int, Grade] = {}
    waiting: list[int] = []
    for number, submission in enumerate(submissions):
        task = tasks.get(submission.exercise)
        if submission.refusal or task is None:
            reason = submission.refusal or "it belongs to no exercise that is graded"
            grades[number] = refused(submission, task, reason)
        elif handling.again or not (
            outcome := records.outcome(submission, digests[submission.exercise])
        ):
            waiting.append(number)
        else:
            grades[number] = as_grade(submission, task, outcome)
    known = len(grades) - sum(grade.outcome == "refused" for grade in grades.values())
    if known:
        say(f"{known} of {len(submissions)} submissions have not changed since they were graded")
    outcomes = _outcomes(submissions, waiting, handling, tasks, say)
    begun = time.monotonic()
    for done, (number, outcome) in enumerate(outcomes, 1):
        submission = submissions[number]
        task = tasks[submission.exercise]
        if isinstance(outcome, SetupError):
            # Not kept: it is no fault of the work, and the next run may fare better.
            grades[number] = refused(submission, task, f"it could not be graded here: {outcome}")
        else:
            records.keep(submission, digests[submission.exercise], outcome)
            grades[number] = as_grade(submission, task, outcome)
        left = (time.monotonic() - begun) / done * (len(waiting) - done)
        say(f"[{done}/{len(waiting)}] {_line(grades[number])}{_left(left)}")
    return [
        _noted(grades[number], submission.notes) for number, submission in enumerate(submissions)
    ]


def _outcomes(
    submissions: Sequence[Submission],
    waiting: Sequence[int],
    handling: Handling,
    tasks: Mapping[str, Task],
    say: Say,
) -> Iterator[tuple[int, Outcome | SetupError]]:
    if not waiting:
        return iter(())
    elsewhere = bool(handling.scheduler)
    limits: dict[str, Limits] = {}
    for slug in sorted({submissions[number].exercise for number in waiting}):
        limits[slug] = at_the_pace_of_the_solution(tasks[slug], handling.limits)
        say(
            f"{slug}: the solution passes here; a cell gets {limits[slug].cell:.0f} s, "
            f"a notebook {limits[slug].wall:.0f} s"
        )
    jobs = {
        number: make_job(
            submission, tasks[submission.exercise], limits[submission.exercise], elsewhere
        )
        for number, submission in ((number, submissions[number]) for number in waiting)
    }
    if elsewhere:
        return spread.do_elsewhere(jobs, handling.scheduler)
    return spread.do_here(jobs, handling.workers)


def _noted(grade: Grade, notes: Sequence[str]) -> Grade:
    return replace(grade, notes=(*notes, *grade.notes)) if notes else grade


def _line(grade: Grade) -> str:
    mark = "refused" if grade.outcome == "refused" else f"{grade.by_checks} of {grade.out_of}"
    return f"{grade.name or grade.learner}, {grade.exercise}: {mark} ({grade.seconds:.1f} s)"


def _left(seconds: float) -> str:
    if seconds >= 90:
        return f"; {seconds / 60:.0f} min left"
    return f"; {seconds:.0f} s left" if seconds >= 1 else ""


def _with_lateness(grade: Grade, lateness: Lateness) -> Grade:
    submitted = datetime.fromisoformat(grade.submitted) if grade.submitted else None
    seconds, share = late(
        submitted,
        lateness.due,
        zone=lateness.zone,
        grace=lateness.grace,
        per_day=lateness.per_day,
        at_most=lateness.at_most,
    )
    return replace(grade, late_seconds=seconds, penalty=share)


def _with_marks(
    book: Gradebook,
    collected: Collected,
    tasks: Mapping[str, Task],
    out: Path,
    handling: Handling,
) -> Gradebook:
    """Take in what a person has marked, and write the form for the rest."""
    marked = handling.marks or out / MARKS
    if handling.marks is not None or marked.exists():
        book = read_marks(marked, book)
    texts = {
        (one.learner, one.exercise): passages(one, tasks[one.exercise].given)
        for one in collected.submissions
        if one.exercise in tasks and tasks[one.exercise].rubric and not one.refusal
    }
    write_form(book, {slug: task.rubric for slug, task in tasks.items()}, texts, out)
    return book
