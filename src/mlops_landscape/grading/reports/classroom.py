"""The page for the class: how it did, what went wrong most, who needs a word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from mlops_landscape.grading.model import CheckMark, Grade, Gradebook
from mlops_landscape.grading.reports.learner import report_path
from mlops_landscape.grading.reports.mistakes import RecordedMistake, recurring
from mlops_landscape.grading.reports.page import render
from mlops_landscape.grading.words import number, some

_MOST_BARS = 15
_PARTS = 10


@dataclass(frozen=True)
class Bar:
    """How many grades fall into one part of the range of points."""

    label: str
    count: int
    height: float


@dataclass(frozen=True)
class Failing:
    """How often one check fails."""

    check: CheckMark
    count: int
    share: float
    broken: int


@dataclass(frozen=True)
class Exercise:
    """How the class did on one exercise."""

    slug: str
    title: str
    out_of: int
    graded: int
    waiting: int
    mean: float
    median: float
    bars: tuple[Bar, ...]
    in_words: str
    failing: tuple[Failing, ...]


@dataclass(frozen=True)
class Row:
    """One learner in the table: a grade, or none, for each exercise."""

    learner: str
    name: str
    link: str
    grades: tuple[Grade | None, ...]
    points: float
    late: int


def class_page(book: Gradebook, recorded: Mapping[str, Sequence[RecordedMistake]]) -> bytes:
    """Return the page for the class."""
    by_exercise: dict[str, list[Grade]] = {}
    for grade in book.grades:
        by_exercise.setdefault(grade.exercise, []).append(grade)
    known = {slug: grades for slug, grades in by_exercise.items() if slug}
    rows = _rows(book, list(known))
    unprotected = Counter(line for grade in book.grades for line in grade.unprotected)
    return render(
        "class.html",
        script="class.js",
        made=book.made,
        due=book.due,
        problems=book.problems,
        exercises=[_exercise(slug, grades) for slug, grades in known.items()],
        rows=rows,
        link=report_path,
        recurring=recurring(book.grades, recorded),
        refused=[grade for grade in book.grades if grade.outcome == "refused"],
        late=[grade for grade in book.grades if grade.late_seconds > 0],
        resubmitted=[grade for grade in book.grades if grade.attempt > 1],
        waiting=[grade for grade in book.grades if grade.awaits_a_person],
        missing=[
            (row, known[slug][0].title or slug)
            for row in rows
            for slug, grade in zip(known, row.grades, strict=True)
            if grade is None
        ],
        unprotected=sorted(unprotected.items()),
        count=len(book.grades),
        cpu_seconds=sum(grade.cpu_seconds for grade in book.grades),
    )


def _rows(book: Gradebook, exercises: list[str]) -> list[Row]:
    by_both = {(grade.learner, grade.exercise): grade for grade in book.grades}
    rows = []
    for learner in sorted({grade.learner for grade in book.grades}):
        own = [grade for grade in book.grades if grade.learner == learner]
        rows.append(
            Row(
                learner=learner,
                name=own[0].name or learner,
                link=report_path(learner),
                grades=tuple(by_both.get((learner, exercise)) for exercise in exercises),
                points=sum(grade.total for grade in own),
                late=sum(grade.late_seconds > 0 for grade in own),
            )
        )
    return rows


def _exercise(slug: str, grades: Sequence[Grade]) -> Exercise:
    graded = [grade for grade in grades if grade.outcome == "graded"]
    out_of = max(grade.out_of for grade in grades)
    points = [grade.total for grade in graded]
    bars = _bars(points, out_of)
    words = "; ".join(
        f"{bar.label} points: {some(bar.count, 'learner')}" for bar in bars if bar.count
    )
    return Exercise(
        slug=slug,
        title=grades[0].title or slug,
        out_of=out_of,
        graded=len(graded),
        waiting=sum(grade.awaits_a_person for grade in graded),
        mean=mean(points) if points else 0.0,
        median=median(points) if points else 0.0,
        bars=bars,
        in_words=words or "nothing was graded",
        failing=_failing(graded),
    )


def _bars(points: Sequence[float], out_of: int) -> tuple[Bar, ...]:
    """Count points one by one, or by tenths of what can be earned if that would be too many bars.

    Full marks stand apart.
    """
    parts = max(out_of, 1) if out_of <= _MOST_BARS else _PARTS
    width = max(out_of, 1) / parts
    counts = Counter(min(int(point / width), parts) for point in points)
    most = max(counts.values(), default=0) or 1
    labels = [number(part * width) for part in range(parts + 1)]
    if width > 1:
        ends = [number((part + 1) * width) for part in range(parts)]
        labels = [f"{labels[part]} to {ends[part]}" for part in range(parts)] + [labels[-1]]
    return tuple(Bar(label, counts[part], counts[part] / most) for part, label in enumerate(labels))


def _failing(graded: Sequence[Grade]) -> tuple[Failing, ...]:
    checks: dict[str, CheckMark] = {}
    failed: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for grade in graded:
        for check in grade.checks:
            checks.setdefault(check.name, check)
            failed[check.name] += not check.passed
            broken[check.name] += check.broken
    order = list(checks)
    found = [
        Failing(check, failed[name], failed[name] / len(graded), broken[name])
        for name, check in checks.items()
        if failed[name]
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, order.index(one.check.name))))
