"""What grading passes from part to part: submissions that go in, grades that come out.

Everything here is data that JSON carries, because grades outlive the process: they are kept between
runs, compared, and sent to other machines.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

Outcome = Literal["graded", "refused"]


@dataclass(frozen=True)
class Submission:
    """One learner's work on one exercise, unpacked and ready to run.

    Attributes
    ----------
    learner
        What the roster, the learning management system or the file's name calls them; grades are
        kept under it, together with the exercise.
    name
        The learner's name for people to read; as `learner` if nothing better is known.
    exercise
        Slug of the exercise; empty if it could not be told, which `refusal` then says.
    source
        The file or folder that the instructor handed over, for messages.
    folder
        Folder that holds the work and nothing else; it is only read.
    notebook
        Path of the notebook below `folder`; empty if there is none that can be read.
    cells
        Source of each code cell, in order.
    submitted
        When it was handed in, if that is known, with its time zone.
    attempt
        1 for the first submission of this learner to this exercise, 2 for the next.
    digest
        SHA-256, in hexadecimal, of the names and contents of all files in `folder`.
    notes
        Sentences for the report: a resubmission that replaces another, files that were left out.
    refusal
        Why it cannot be run, as a sentence with the mend; empty if it can.
    """

    learner: str
    name: str
    exercise: str
    source: Path
    folder: Path
    notebook: str
    cells: tuple[str, ...]
    submitted: datetime | None
    attempt: int
    digest: str
    notes: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class CheckMark:
    """What one check said of one submission.

    Attributes
    ----------
    message
        What was seen and what was expected; empty if the check passed.
    broken
        Whether the check ended with an error of its own instead of a verdict.
    """

    name: str
    title: str
    points: int
    hint: str
    visible: bool
    passed: bool
    message: str = ""
    broken: bool = False


@dataclass(frozen=True)
class RubricMark:
    """What a person gives for one criterion of a rubric.

    Attributes
    ----------
    criterion
        Its name, as in the exercise's rubric.
    out_of
        The most points it can earn.
    points
        What it earned; None as long as nobody has marked it.
    comment
        What the marker wrote to the learner.
    """

    criterion: str
    out_of: int
    points: float | None = None
    comment: str = ""


@dataclass(frozen=True)
class Grade:
    """What came of one submission.

    Attributes
    ----------
    learner, name, exercise, source, attempt, digest
        As in `Submission`; `source` as text.
    title
        The exercise's title; empty if the exercise is unknown.
    outcome
        ``graded``, or ``refused`` if it could not be run; then `notes` say why.
    submitted
        When it was handed in, ISO 8601 with time zone; empty if that is unknown.
    late_seconds
        How long after the due date; 0 if in time, or if either date is unknown.
    notes
        Sentences, in the order in which things happened: cells that failed, limits that were
        reached, what the grader was told about the submission.
    checks
        One a check, in the order of the exercise; empty if refused.
    rubric
        One a criterion, in the order of the exercise; empty if it has no rubric.
    penalty
        Share of the points that lateness costs, 0 to 1.
    out_of
        Points that can be earned, by checks and by people together.
    output
        The end of what the notebook printed.
    seconds, cpu_seconds
        Wall and processor time that running and checking took.
    peak_mb
        Most memory that its processes were seen to use, in MB (10^6 bytes); what several share is
        counted in each.
    unprotected
        Protections that this machine did not offer, one sentence each.
    """

    learner: str
    name: str
    exercise: str
    title: str
    source: str
    attempt: int
    digest: str
    outcome: Outcome
    submitted: str = ""
    late_seconds: float = 0.0
    notes: tuple[str, ...] = ()
    checks: tuple[CheckMark, ...] = ()
    rubric: tuple[RubricMark, ...] = ()
    penalty: float = 0.0
    out_of: int = 0
    output: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    unprotected: tuple[str, ...] = ()

    @property
    def by_checks(self) -> int:
        """Points of the checks that passed."""
        return sum(check.points for check in self.checks if check.passed)

    @property
    def by_people(self) -> float:
        """Points that a person gave so far."""
        return sum(mark.points or 0 for mark in self.rubric)

    @property
    def awaits_a_person(self) -> bool:
        """Whether a criterion of the rubric has not been marked yet."""
        return self.outcome == "graded" and any(mark.points is None for mark in self.rubric)

    @property
    def total(self) -> float:
        """Points after the penalty for lateness, rounded to hundredths."""
        return round((self.by_checks + self.by_people) * (1 - self.penalty), 2)

    @property
    def first_to_mend(self) -> CheckMark | None:
        """The first check that failed."""
        return next((check for check in self.checks if not check.passed), None)

    def as_data(self) -> dict[str, Any]:
        """Return what `from_data` reads, as JSON would carry it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Make a grade from what `as_data` returned, possibly by way of JSON.

        Raises
        ------
        TypeError
            If a field is missing or unknown.
        """
        fields = dict(data)
        fields["checks"] = tuple(CheckMark(**check) for check in fields.get("checks", ()))
        fields["rubric"] = tuple(RubricMark(**mark) for mark in fields.get("rubric", ()))
        fields["notes"] = tuple(fields.get("notes", ()))
        fields["unprotected"] = tuple(fields.get("unprotected", ()))
        return cls(**fields)


@dataclass(frozen=True)
class Gradebook:
    """All grades of one run, for reports and exports.

    Attributes
    ----------
    grades
        Sorted by exercise, then learner; one for each pair.
    made
        When the run ended.
    due
        The due date that lateness was counted from, if there was one.
    problems
        Clear lines about what was handed over but belongs to no grade: a file that is no
        submission, a learner who is not on the roster, a learner on the roster who handed in
        nothing.
    """

    grades: tuple[Grade, ...]
    made: datetime
    due: datetime | None = None
    problems: tuple[str, ...] = field(default=())
