"""Grading on a Dask cluster: the same marks as here, also if a worker dies meanwhile."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from distributed import LocalCluster

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises.source import Places
from mlops_landscape.grading.grade import Handling, grade_class
from mlops_landscape.grading.model import Grade, Gradebook
from mlops_landscape.servers import free_port


class Class(Protocol):
    """What the fixture `class_` gives."""

    handed_in: Path
    out: Path
    places: Places
    said: list[str]

    def hand_in(self, learner: str, *cells: str) -> Path: ...
    def grade(self, handling: Handling | None = None) -> Gradebook: ...


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Start two workers on this machine, each in a process of its own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster


def judged(book: Gradebook) -> list[Grade]:
    """Return the grades without what depends on the machine."""
    measured = {"seconds": 0, "cpu_seconds": 0, "peak_mb": 0, "output": ""}
    return [replace(grade, **measured) for grade in book.grades]


def hand_in_all(class_: Class, right: tuple[str, ...]) -> None:
    folder = class_.hand_in("ada", *right)
    (folder / "extra.txt").write_text("x")
    class_.hand_in("bob", "late = 3", right[1])
    class_.hand_in("cyd", "while True: pass", "from pathlib import Path\nlate = 2")
    class_.hand_in("dan", "import os; os._exit(1)")
    class_.hand_in("eve", "late = open('extra.txt').read()")
    class_.hand_in("fay", *right)


def test_a_cluster_gives_the_same_marks(
    class_: Class, right: tuple[str, ...], cluster: LocalCluster
) -> None:
    hand_in_all(class_, right)
    limits = replace(Handling().limits, cell=3)
    here = class_.grade(Handling(track=False, limits=limits))
    there = class_.grade(
        Handling(track=False, limits=limits, again=True, scheduler=cluster.scheduler_address)
    )
    assert len([line for line in class_.said if line.startswith("[")]) == 6
    assert judged(there) == judged(here)
    assert [grade.by_checks for grade in here.grades] == [6, 0, 3, 0, 0, 6]


def test_a_worker_that_is_killed_loses_nothing(
    class_: Class, right: tuple[str, ...], cluster: LocalCluster
) -> None:
    for number in range(6):
        class_.hand_in(f"learner-{number}", f"import time; time.sleep(2)\n{right[0]}", right[1])
    killed: list[int] = []

    def kill_one(line: str) -> None:
        if line.startswith("[1/"):
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.pid)
            os.kill(worker.process.pid, signal.SIGKILL)

    handling = Handling(track=False, scheduler=cluster.scheduler_address)
    book = grade_class(class_.handed_in, class_.out, handling, class_.places, kill_one)
    assert killed
    assert [grade.by_checks for grade in book.grades] == [6] * 6


def test_no_cluster_is_said_with_its_mend(class_: Class, right: tuple[str, ...]) -> None:
    class_.hand_in("ada", *right)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(SetupError, match=r"No Dask scheduler answers at tcp://.*Mend: start one"):
        class_.grade(Handling(track=False, scheduler=address))
