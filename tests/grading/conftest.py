"""A class of twelve with three exercises: right, wrong, late, refused, missing, hostile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_landscape.grading.model import CheckMark, Grade, Gradebook, RubricMark
from mlops_landscape.grading.passages import Passage

DUE = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MADE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

LEARNERS = {
    "ada@example.org": "Ada Okafor",
    "bela@example.org": "Béla Szűcs",
    "chen@example.org": "陳美玲",
    "dunja@example.org": "Dunja Łukaszewicz",
    "evil@example.org": "=HYPERLINK(1)<script>alert(1)</script>",
    "finn@example.org": "Finn O'Brien",
    "gita@example.org": "Gita Rao",
    "hugo@example.org": "Hugo Müller",
    "ines@example.org": "Inés Peña",
    "jonas@example.org": "Jonas Berg",
    "kofi@example.org": "Kofi Mensah",
    "lena@example.org": "Lena Petrova",
}

METRIC, DAG, ESSAY = "log-a-dummy-metric", "a-dag-that-can-run-twice", "choose-a-stack"
TITLES = {
    METRIC: "Log a dummy metric",
    DAG: "A DAG that can run twice",
    ESSAY: "Choose a stack, and say why",
}

# Name, title, points, visible, hint.
CHECKS: dict[str, list[tuple[str, str, int, bool, str]]] = {
    METRIC: [
        (
            "the_store_is_here",
            "The store `mlflow.db` is in this folder",
            1,
            True,
            "Pass `sqlite:///mlflow.db` to `mlflow.set_tracking_uri` before anything is logged.",
        ),
        (
            "the_metric_is_in_the_run",
            "The metric is in the run `dummy`, not in another one",
            2,
            True,
            "Indent the call of `log_metric` so that it is inside the `with` block.",
        ),
        (
            "all_five_values_are_there",
            "All five values are there, at the steps 0 to 4",
            4,
            True,
            "Call `log_metric` once for each value and say `step=`.",
        ),
        (
            "the_run_is_finished",
            "The run is over and ended well",
            3,
            False,
            "Let a `with mlflow.start_run(...)` block end the run.",
        ),
    ],
    DAG: [
        (
            "there_is_a_dag",
            "The file makes a DAG `late_share`",
            2,
            True,
            "A function below `@dag` makes a DAG only when it is called.",
        ),
        (
            "the_report_is_right",
            "The report of January counts its flights",
            4,
            True,
            "Take the month from `data_interval_start`, not from the clock.",
        ),
        (
            "a_second_run_changes_nothing",
            "A second run of the same month leaves the same report",
            6,
            False,
            "Write the report with mode `w`.",
        ),
    ],
    ESSAY: [
        (
            "the_essay_is_there",
            "The file `stack.md` has at least 200 words",
            2,
            True,
            "Write the answer into `stack.md`, not only into the notebook.",
        ),
    ],
}

# What each failing check saw; the first is the message of a recorded wrong answer.
FAILED = {
    "the_store_is_here": "there is no file mlflow.db",
    "the_metric_is_in_the_run": "`auc` is in the run `gentle-owl-12`, not in `dummy`",
    "all_five_values_are_there": "the number of values is 1, not 5",
    "the_run_is_finished": "the status of the newest run `dummy` is FAILED, not FINISHED",
    "there_is_a_dag": "there is no DAG `late_share`: no DAG was made in the file",
    "the_report_is_right": "after call 1 the report is month,flights,late / 2026-11,0,0",
    "a_second_run_changes_nothing": "after call 2 the report has 4 lines, not 2",
    "the_essay_is_there": "`stack.md` has 41 words",
}

# Which checks each learner fails, by exercise; None: nothing was handed in.
PLAN: dict[str, dict[str, tuple[str, ...] | None]] = {
    "ada@example.org": {METRIC: (), DAG: (), ESSAY: ()},
    "bela@example.org": {
        METRIC: ("all_five_values_are_there",),
        DAG: ("a_second_run_changes_nothing",),
        ESSAY: (),
    },
    "chen@example.org": {METRIC: (), DAG: ("a_second_run_changes_nothing",), ESSAY: ()},
    "dunja@example.org": {METRIC: ("all_five_values_are_there",), DAG: (), ESSAY: ()},
    "evil@example.org": {
        METRIC: ("the_store_is_here", "the_run_is_finished"),
        DAG: None,
        ESSAY: (),
    },
    "finn@example.org": {
        METRIC: ("the_metric_is_in_the_run", "all_five_values_are_there"),
        DAG: ("the_report_is_right", "a_second_run_changes_nothing"),
        ESSAY: ("the_essay_is_there",),
    },
    "gita@example.org": {METRIC: (), DAG: ("a_second_run_changes_nothing",), ESSAY: None},
    "hugo@example.org": {METRIC: ("the_run_is_finished",), DAG: ("there_is_a_dag",), ESSAY: ()},
    "ines@example.org": {METRIC: ("all_five_values_are_there",), DAG: None, ESSAY: ()},
    "jonas@example.org": {METRIC: (), DAG: ("the_report_is_right",), ESSAY: ()},
    "kofi@example.org": {METRIC: None, DAG: (), ESSAY: ()},
    "lena@example.org": {METRIC: ("the_metric_is_in_the_run",), DAG: (), ESSAY: ()},
}

HOSTILE = "\x1b[31mred\x00 <img src=http://evil.example/x onerror=alert(1)> ]]> \ud800 -->"
ESSAY_TEXT = """
Nobody of us has kept a cluster alive, and nobody wants to begin at night. So the question is not
what could run our model, but what two of us can mend on a Sunday.

We track with MLflow on one machine, because a file that we can copy is a backup that we understand.
We start with cron. It fails quietly, which is why each job writes a line that a second job looks
for. When two jobs have to wait for each other we move to Airflow, and not before.

A managed service would take that Sunday off our hands for about 400 euros a month. At our hourly
cost that is five hours, and in the last quarter we lost three.
"""
NO_NETWORK = "The machine offers no network namespace: submissions could reach the network."


def _checks(exercise: str, failed: tuple[str, ...]) -> tuple[CheckMark, ...]:
    return tuple(
        CheckMark(
            name,
            title,
            points,
            hint,
            visible,
            name not in failed,
            FAILED[name] if name in failed else "",
        )
        for name, title, points, visible, hint in CHECKS[exercise]
    )


def _grade(learner: str, exercise: str, failed: tuple[str, ...]) -> Grade:
    number = list(LEARNERS).index(learner)
    rubric = ()
    if exercise == ESSAY:
        rubric = (RubricMark("Fits the team", 4), RubricMark("Weighs the costs", 4))
        if number < 2:
            rubric = (
                RubricMark(
                    "Fits the team", 4, 3.5, "You name the two who will keep it alive. Good."
                ),
                RubricMark("Weighs the costs", 4, 2, "The bill is there;\nthe hours are not."),
            )
    checks = _checks(exercise, failed)
    return Grade(
        learner=learner,
        name=LEARNERS[learner],
        exercise=exercise,
        title=TITLES[exercise],
        source=f"/srv/handed-in/{exercise}/{learner}.zip",
        attempt=1,
        digest=f"{number:064x}",
        outcome="graded",
        submitted=(DUE - timedelta(hours=5 + number)).isoformat(),
        checks=checks,
        rubric=rubric,
        out_of=sum(check.points for check in checks) + sum(mark.out_of for mark in rubric),
        output=f"AUC: 0.78 on {30_000 + number} flights\n",
        seconds=1.25 + number / 100,
        cpu_seconds=0.3,
        peak_mb=180.5,
    )


@pytest.fixture
def book() -> Gradebook:
    """Give the grades of a class, with most of what can happen to one in it."""
    grades = {
        (learner, exercise): _grade(learner, exercise, failed)
        for learner, plan in PLAN.items()
        for exercise, failed in plan.items()
        if failed is not None
    }

    def change(learner: str, exercise: str, **fields: Any) -> None:  # noqa: ANN401
        grades[learner, exercise] = replace(grades[learner, exercise], **fields)

    change(
        "hugo@example.org",
        METRIC,
        late_seconds=27 * 3600.0,
        penalty=0.1,
        submitted=(DUE + timedelta(hours=27)).isoformat(),
    )
    change("finn@example.org", DAG, late_seconds=600.0)
    change(
        "lena@example.org",
        ESSAY,
        outcome="refused",
        checks=(),
        rubric=(),
        notes=("`essay.ipynb` is cut off in the middle. Save it again and hand it in again.",),
        output="",
    )
    change(
        "jonas@example.org",
        METRIC,
        attempt=2,
        notes=("This submission replaces the one of 18 November, 09:12.",),
    )
    change(
        "finn@example.org",
        METRIC,
        notes=("Cell 4 ran for 60 seconds and was stopped; the cells after it did not run.",),
        unprotected=(NO_NETWORK,),
    )
    evil = grades["evil@example.org", METRIC]
    broken = replace(evil.checks[0], message=HOSTILE, broken=True)
    change(
        "evil@example.org",
        METRIC,
        output=HOSTILE + "\n</script><script>document.title = 'taken'</script>" * 3,
        notes=(HOSTILE,),
        checks=(broken, *evil.checks[1:]),
        unprotected=(NO_NETWORK,),
    )
    return Gradebook(
        grades=tuple(sorted(grades.values(), key=lambda one: (one.exercise, one.learner))),
        made=MADE,
        due=DUE,
        problems=(
            "handed-in/notes.txt: it is no submission.\n    Mend: remove it.",
            "roster.csv, mara@example.org: nothing was handed in.\n    Mend: ask.",
        ),
    )


@pytest.fixture
def grade_of(book: Gradebook) -> Callable[[str, str], Grade]:
    """Give a function that returns the grade of a learner, by their first name, and exercise."""

    def find(first_name: str, exercise: str) -> Grade:
        learner = f"{first_name}@example.org"
        (found,) = (
            one for one in book.grades if (one.learner, one.exercise) == (learner, exercise)
        )
        return found

    return find


@dataclass(frozen=True)
class Criterion:
    """A criterion as the course's own are: a name, and what its points mean."""

    name: str
    points: int
    levels: Mapping[int, str]


@pytest.fixture
def rubrics() -> dict[str, list[Criterion]]:
    """Give the rubric of the essay."""
    return {
        ESSAY: [
            Criterion(
                "Fits the team",
                4,
                {
                    0: "Nobody is named who would run it.",
                    2: "Names who would run it, not whether they can.",
                    4: "Names who runs it, what they know, and what they would have to learn.",
                },
            ),
            Criterion(
                "Weighs the costs",
                4,
                {
                    0: "No cost is named.",
                    2: "Names the bill or the hours.",
                    4: "Names both, and when one outgrows the other.",
                },
            ),
        ]
    }


@pytest.fixture
def texts(book: Gradebook) -> dict[tuple[str, str], list[Passage]]:
    """Give what each essay says."""
    given = Passage("text", "# Exercise: Choose a stack, and say why\n\nYou are four.", given=True)
    return {
        (one.learner, ESSAY): [
            given,
            Passage(
                "text", f"We are four people at an airline, and I am {one.name}.\n" + ESSAY_TEXT
            ),
            Passage("code", "stack = {'track': 'mlflow', 'orchestrate': 'cron'}\nprint(stack)"),
            Passage(
                "file", HOSTILE + "\nNotes: cron first, Airflow when two jobs wait.", "stack.md"
            ),
        ]
        for one in book.grades
        if one.rubric
    }
