"""Side by side with nbgrader and otter-grader, in their released versions, in one run.

The same exercise and the same ten submissions for all three (`benchmarks/graders/exercise.py`,
`submissions.py`): processor and wall seconds a submission, peak memory of the whole process tree,
marks; with one and two workers, with and without the endless loop, ours with 200 submissions too.
Then the hostile set: each attack is graded together with one honest submission that comes after it.
What holds: the attack gets no points beyond its answers, the honest one gets its own, nothing is
left alive, nothing is written outside, nobody outside is reached, nothing is seen that should not
be.

nbgrader and Otter get the hostile set only in a cage (`benchmarks/graders/cage.py`), ours as it is.
nbgrader's limits of time are set as an instructor would set them (30 s a cell); Otter has none.

Usage: ``python benchmarks/graders.py [--only nbgrader otter ours] [--quick] [--no-hostile]``.
It makes its own environment from ``environments/graders.txt`` in ``_build/graders/``, prints tables
in Markdown, and writes ``_build/graders/results.json``. The whole takes about an hour.
"""

import argparse
import contextlib
import csv
import io
import itertools
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from graders import cage
from graders.cage import Run
from graders.environment import PEERS, PLACE, make_environment
from graders.exercise import (
    POINTS,
    SLUG,
    answer,
    nbgrader_source,
    otter_source,
    write_ours,
)
from graders.inside import listen
from graders.submissions import RIGHT, Attack, Learner, attacks, the_class

from mlops_landscape.paths import REPOSITORY

PORT = 65535  # stands for the port of the listener until that is known
LIMIT_AS = 6 * cage.GB
CELL = 30  # seconds that nbgrader gives a cell

Marks = dict[str, float | None]


@dataclass
class Batch:
    """What grading some submissions took, and their marks; None where one got none."""

    run: Run
    marks: Marks
    report: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def scratch(name: str) -> Iterator[Path]:
    """Give an empty folder that is gone afterwards."""
    folder = PLACE / f"run-{name}-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Grader:
    """One grader: makes its assignment once, then grades batches.

    Parameters
    ----------
    mark
        A word that nothing else on the machine contains; hidden tests carry it.
    """

    name = ""
    shown: tuple[Path, ...] = (PEERS, Path(sys.base_prefix))

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def prepare(self) -> None:
        """Make what a learner is given."""
        raise NotImplementedError

    def grade(self, learners: list[Learner], workers: int, hostile: bool) -> Batch:
        """Grade a class."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the variables that it runs with."""
        return {
            "PATH": f"{PEERS / 'bin'}:/usr/bin:/bin",
            "PYTHONPATH": "",
            "JUPYTER_PLATFORM_DIRS": "1",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }

    def _run(
        self, script: str, course: Path, hostile: bool, timeout: float
    ) -> tuple[Run, dict[str, Any]]:
        """Run a script of the shell in `course`, or in a cage with a copy of it."""
        command = ["sh", "-c", script]
        if not hostile:
            return cage.run(command, course, timeout, self.environment()), {}
        job = course.parent / f"{course.name}-job"
        job.mkdir()
        run = cage.run(
            cage.caged(command, course, self.shown, job),
            job,
            timeout,
            self.environment(),
            LIMIT_AS,
        )
        path = job / "report.json"
        return run, json.loads(path.read_text()) if path.is_file() else {}


class Nbgrader(Grader):
    """`nbgrader autograde` of a folder of submissions; it has no workers."""

    name = "nbgrader"

    def prepare(self) -> None:
        """Make what a learner is given."""
        self._course = PLACE / "nbgrader-course"
        shutil.rmtree(self._course, ignore_errors=True)
        source = self._course / "source" / SLUG
        source.mkdir(parents=True)
        nbformat.write(nbgrader_source(f"{self.mark}-hidden"), source / f"{SLUG}.ipynb")
        done = cage.run(
            ["nbgrader", "generate_assignment", SLUG], self._course, 120, self.environment()
        )
        released = self._course / "release" / SLUG / f"{SLUG}.ipynb"
        assert released.is_file(), done.said
        self._given = nbformat.read(released, as_version=4)

    def grade(self, learners: list[Learner], workers: int, hostile: bool) -> Batch:
        """Grade a class."""
        with scratch("nbgrader") as folder:
            course = folder / "course"
            shutil.copytree(self._course, course)
            for one in learners:
                place = course / "submitted" / one.name / SLUG
                place.mkdir(parents=True)
                (place / f"{SLUG}.ipynb").write_text(answer(self._given, one.answers))
            times = f"--ExecutePreprocessor.timeout={CELL} --ExecutePreprocessor.iopub_timeout=60"
            script = f"nbgrader autograde {SLUG} {times}; nbgrader export"
            run, report = self._run(script, course, hostile, 120 + 120 * len(learners))
            text = _result(report, "grades.csv") if hostile else _read(course / "grades.csv")
            marks: Marks = {one.name: None for one in learners}
            for row in csv.DictReader(io.StringIO(text)):
                if row["score"] and row["timestamp"] is not None:
                    marks[row["student_id"]] = float(row["score"])
            return Batch(run, marks, report)


class Otter(Grader):
    """`otter run` of each submission, in as many processes at a time as there are workers."""

    name = "otter"

    def prepare(self) -> None:
        """Make what a learner is given."""
        self._course = PLACE / "otter-course"
        shutil.rmtree(self._course, ignore_errors=True)
        self._course.mkdir(parents=True)
        master = self._course / f"{SLUG}.ipynb"
        nbformat.write(otter_source(f"{self.mark}-hidden"), master)
        done = cage.run(
            ["otter", "assign", "--no-run-tests", master.name, "dist"],
            self._course,
            240,
            self.environment(),
        )
        released = self._course / "dist/student" / f"{SLUG}.ipynb"
        assert released.is_file(), done.said
        self._given = nbformat.read(released, as_version=4)

    def grade(self, learners: list[Learner], workers: int, hostile: bool) -> Batch:
        """Grade a class."""
        with scratch("otter") as folder:
            course = folder / "course"
            shutil.copytree(self._course / "dist", course / "dist")
            for one in learners:
                place = course / one.name
                place.mkdir()
                (place / f"{SLUG}.ipynb").write_text(answer(self._given, one.answers))
            # `timeout` stands for the teacher who ends what does not end: Otter never does.
            each = (
                "cd {} && timeout -k 1 100 otter run --no-logo "
                f"-a ../dist/autograder/*.zip -o . {SLUG}.ipynb"
            )
            names = " ".join(one.name for one in learners)
            script = f"echo {names} | tr ' ' '\\n' | xargs -P {workers} -I{{}} sh -c '{each}'"
            run, report = self._run(script, course, hostile, 120 + 120 * len(learners))
            marks: Marks = {}
            for one in learners:
                name = f"{one.name}/results.json"
                text = _result(report, name) if hostile else _read(course / name)
                marks[one.name] = _otter_score(text)
            return Batch(run, marks, report)


class Ours(Grader):
    """`mlops-landscape grade`, of a course that is a copy of this package with one exercise."""

    name = "ours"

    def prepare(self) -> None:
        """Make what a learner is given."""
        self._course = PLACE / "our-course"
        shutil.rmtree(self._course, ignore_errors=True)
        shutil.copytree(
            REPOSITORY / "src", self._course / "src", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copytree(REPOSITORY / "catalogue", self._course / "catalogue")
        write_ours(self._course, f"{self.mark}-hidden")
        done = cage.run(self._command("exercises build"), self._course, 120, self.environment())
        given = self._course / f"exercises/{SLUG}.md"
        assert given.is_file(), done.said
        self._given = jupytext.read(given)

    def environment(self) -> dict[str, str]:
        """Return the variables that it runs with."""
        return {"PYTHONPATH": str(self._course / "src")}

    def _command(self, arguments: str) -> list[str]:
        return [sys.executable, "-m", "mlops_landscape.cli", *arguments.split()]

    def grade(self, learners: list[Learner], workers: int, hostile: bool) -> Batch:
        """Grade a class."""
        with scratch("ours") as folder:
            for one in learners:
                place = folder / "submissions" / one.name
                place.mkdir(parents=True)
                (place / f"{SLUG}.ipynb").write_text(answer(self._given, one.answers))
            arguments = f"grade submissions --out grades --workers {workers} --no-mlflow"
            run = cage.run(
                self._command(arguments), folder, 300 + 20 * len(learners), self.environment()
            )
            text = _read(folder / "grades/grades.json")
            grades = json.loads(text)["grades"] if text else []
            marks: Marks = {one.name: None for one in learners}
            marks |= {grade["learner"]: grade["by_checks"] for grade in grades}
            report = {"alive": [""] * run.alive, "grades": text}
            report["files"] = _outside(self.mark) if hostile else {}
            return Batch(run, marks, report)


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""


def _result(report: dict[str, Any], name: str) -> str:
    """Return a result file as it lay in the cage at the end."""
    found = [text for path, text in report.get("results", {}).items() if path.endswith(f"/{name}")]
    return str(found[0]) if found else ""


def _otter_score(text: str) -> float | None:
    """Return the points in Otter's results, whose tests are named by question."""
    try:
        tests = json.loads(text)["tests"]
        return sum(float(test.get("score", 0)) for test in tests if test["name"] != "Public Tests")
    except (ValueError, KeyError, TypeError):
        return None


# --- speed


def measure(graders: list[Grader], quick: bool) -> list[dict[str, Any]]:
    """Grade the class with each grader, and print a line of a table for each."""
    ten = the_class()
    rows = []
    print(
        "| grader | submissions | workers | CPU s each | wall s each | wall s | peak MB | right |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for grader in graders:
        times = (1, 20) if grader.name == "ours" and not quick else (1,)
        for number, loops in itertools.product(times, (True, False)):
            learners = [
                Learner(f"{one.name}-{n:02d}", one.answers, one.least, one.most)
                for n in range(number)
                for one in ten
                # An endless loop costs what the grader lets it run, and the rest what it is worth.
                if loops or one.name != "loop"
            ]
            chosen = [learners[0], learners[-1]] if quick else learners
            for workers in (1, 2) if loops and grader.name != "nbgrader" else (1,):
                batch = grader.grade(chosen, workers, hostile=False)
                right = sum(_deserved(one, batch.marks) for one in chosen)
                run, many = batch.run, len(chosen)
                print(
                    f"| {grader.name} | {many}{'' if loops else ', no loop'} | {workers} "
                    f"| {run.cpu / many:.2f} | {run.seconds / many:.2f} | {run.seconds:.0f} "
                    f"| {run.peak_mb:.0f} | {right} of {many} |",
                    flush=True,
                )
                row = {"grader": grader.name, "submissions": many, "workers": workers}
                row["with_loop"] = loops
                rows.append({**row, **run.as_data(), "right": right, "marks": batch.marks})
    return rows


def _deserved(one: Learner, marks: Marks) -> bool:
    mark = marks.get(one.name)
    return mark is not None and one.least <= mark <= one.most


# --- the hostile set


def attack(grader: Grader, one: Attack, mark: str, listener: Callable[[], list[str]]) -> list[str]:
    """Let a grader grade an attack and then an honest submission; return what did not hold."""
    bad = Learner("a-hostile", {1: one.code}, 0, one.most)
    good = Learner(
        "b-honest", {**RIGHT, 1: f"{RIGHT[1]}\nnote = {f'{mark}-other'!r}"}, POINTS, POINTS
    )
    batch = grader.grade([bad, good], 1, hostile=True)
    report, failed = batch.report, []
    if batch.run.ended is None:
        failed.append("had to be ended from outside")
    if (earned := batch.marks[bad.name] or 0) > bad.most:
        failed.append(f"earned {earned:g} of {POINTS}")
    if not _deserved(good, batch.marks):
        got = batch.marks[good.name]
        failed.append(f"the honest one got {'no mark' if got is None else f'{got:g}'}")
    if report.get("alive"):
        failed.append(f"{len(report['alive'])} processes left alive")
    if batch.run.peak_mb > 4000:
        failed.append(f"took {batch.run.peak_mb / 1000:.1f} GB")
    files = report.get("files", {})
    work = "a-hostile/"
    if any(f"{mark}-escaped" in name for name in files if work not in name):
        failed.append("wrote outside its folder")
    if sum(size for name, size in files.items() if f"{mark}-big" in name) > cage.GB / 2:
        failed.append("filled the disk")
    if any(f"{mark}-unpickled" in name for name in files):
        failed.append("its pickle was opened")
    if any(mark in sent for sent in [*report.get("connections", []), *listener()]):
        failed.append("reached a listener")
    seen = " ".join([*report.get("results", {}).values(), report.get("grades", "")])
    for what in ("other", "hidden"):
        if f"{mark}-{what}"[::-1] in seen:
            failed.append({"other": "read another submission", "hidden": "read hidden tests"}[what])
    return failed


def _outside(mark: str) -> dict[str, int]:
    """Return the files with the mark in the places of this machine that ours could have reached."""
    places = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.home(), REPOSITORY]
    found = [path for place in places for path in place.glob(f"*{mark}*")]
    found += [path for path in PLACE.rglob(f"*{mark}*") if path.is_file()]
    sizes = {str(path): path.stat().st_size for path in found}
    for path in found:
        path.unlink()
    return sizes


def hostile(graders: list[Grader], only: list[str], mark: str) -> dict[str, dict[str, list[str]]]:
    """Give each grader each attack; print which held, as a table."""
    outcome: dict[str, dict[str, list[str]]] = {}
    connections: list[str] = []
    port = listen(connections)
    names = [grader.name for grader in graders]
    print(f"\n| attack | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for one in attacks(mark, PORT):
        if only and one.name not in only:
            continue
        cells = []
        for grader in graders:
            chosen = one
            if grader.name == "ours":
                chosen = replace(one, code=one.code.replace(str(PORT), str(port)))
            failed = attack(grader, chosen, mark, lambda: list(connections))
            connections.clear()
            outcome.setdefault(one.name, {})[grader.name] = failed
            cells.append("; ".join(failed) or "held")
        print(f"| {one.name} | {' | '.join(cells)} |", flush=True)
    totals = [
        f"{sum(not found[name] for found in outcome.values())} of {len(outcome)}" for name in names
    ]
    print(f"| **held** | {' | '.join(totals)} |", flush=True)
    return outcome


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    every: dict[str, type[Grader]] = {"nbgrader": Nbgrader, "otter": Otter, "ours": Ours}
    parser.add_argument("--only", nargs="+", choices=list(every), default=list(every))
    parser.add_argument("--quick", action="store_true", help="two submissions, for a try")
    parser.add_argument("--no-hostile", action="store_true", help="leave the hostile set out")
    parser.add_argument("--no-speed", action="store_true", help="only the hostile set")
    parser.add_argument("--attacks", nargs="+", default=[], help="only these, by name")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not options.no_hostile and set(options.only) - {"ours"}:
        cage.must_cage()
    make_environment()
    mark = f"mark{uuid.uuid4().hex[:10]}"
    graders = [every[name](mark) for name in options.only]
    for grader in graders:
        grader.prepare()
    results: dict[str, Any] = {}
    if not options.no_speed:
        results["speed"] = measure(graders, options.quick)
    if not options.no_hostile:
        results["hostile"] = hostile(graders, options.attacks, mark)
    (PLACE / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
