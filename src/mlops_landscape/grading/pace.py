"""How long a submission may take: as the solution does on this machine, with much room above it."""

from dataclasses import replace

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises import run
from mlops_landscape.grading.tasks import Task
from mlops_landscape.sandbox import Limits

_ROOM = 10
_LEAST_CELL, _LEAST_WALL = 10.0, 30.0  # seconds; a busy machine must not cost marks


def at_the_pace_of_the_solution(task: Task, limits: Limits) -> Limits:
    """Run the solution, and return `limits` with the times that follow from it.

    A cell gets ten times what the solution's slowest cell took, and at least 10 s; all of them get
    ten times what the solution took, and at least 30 s; neither gets more than `limits` allows. A
    loop that never ends then costs seconds and not minutes.

    Raises
    ------
    SetupError
        If the solution does not pass its own checks here: then no submission can be judged.
    """
    run.start()  # or the solution would seem to take as long as the imports
    done = run.attempt(task.solution, task.check_file, task.answers, limits=limits)
    failed = [result for result in done.results if not result.passed]
    if failed:
        reasons = "; ".join([*done.errors, f"{failed[0].title}: {failed[0].message}"])
        raise SetupError(
            f"The solution of {task.slug} does not pass its own checks on this machine, so nothing "
            f"was graded ({reasons}). Mend: run `mlops-landscape exercises check {task.slug}`, "
            "which says more."
        )
    return replace(
        limits,
        cell=min(limits.cell, max(_LEAST_CELL, _ROOM * done.slowest_cell)),
        wall=min(limits.wall, max(_LEAST_WALL, _ROOM * done.seconds)),
    )
