"""Whether exported exercises work in the real nbgrader and Otter, in their released versions.

Exports exercises, lets the graders make their assignments of them, hands in the solution and the
notebook as it is given, and says what they get: all points and none. Uses the environment of
``benchmarks/graders.py``.

Usage: ``python benchmarks/interchange.py [slug …]``.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from graders.environment import PEERS, make_environment

from mlops_landscape.exercises.interchange.nbgrader import export_nbgrader
from mlops_landscape.exercises.interchange.otter import export_otter
from mlops_landscape.paths import REPOSITORY


def call(folder: Path, *command: str) -> None:
    """Run one of the graders' programs with this course at hand."""
    environment = {
        **os.environ,
        "PATH": f"{PEERS / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY / "src"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: code {done.returncode}\n{done.stderr[-2000:]}")


def with_nbgrader(slug: str, root: Path) -> dict[str, str]:
    """Return the points of the solution and of the notebook as given, as nbgrader has them."""
    export_nbgrader(slug, root)
    call(root, "nbgrader", "generate_assignment", slug)
    for learner, folder in (("solved", "source"), ("given", "release")):
        place = root / "submitted" / learner / slug
        place.mkdir(parents=True)
        shutil.copy(root / folder / slug / f"{slug}.ipynb", place)
    slow = ["--ExecutePreprocessor.timeout=300", "--ExecutePreprocessor.iopub_timeout=120"]
    call(root, "nbgrader", "autograde", slug, *slow)
    call(root, "nbgrader", "export")
    with (root / "grades.csv").open() as file:
        return {
            row["student_id"]: f"{float(row['score']):g} of {float(row['max_score']):g}"
            for row in csv.DictReader(file)
        }


def with_otter(slug: str, root: Path) -> dict[str, str]:
    """Return the points of the solution and of the notebook as given, as Otter has them."""
    export_otter(slug, root)
    call(root, "otter", "assign", f"{slug}.ipynb", "dist")
    (archive,) = (root / "dist/autograder").glob("*.zip")
    points = {}
    for learner, folder in (("solved", "autograder"), ("given", "student")):
        place = root / learner
        place.mkdir()
        shutil.copy(root / "dist" / folder / f"{slug}.ipynb", place)
        call(place, "otter", "run", "--no-logo", "-a", str(archive), "-o", ".", f"{slug}.ipynb")
        tests = json.loads((place / "results.json").read_text())["tests"]
        scored = [test for test in tests if test.get("max_score")]
        score, most = (sum(float(test[key]) for test in scored) for key in ("score", "max_score"))
        points[learner] = f"{score:g} of {most:g}"
    return points


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("slugs", nargs="*", default=["log-a-dummy-metric"])
    slugs = parser.parse_args().slugs
    make_environment()
    print("| exercise | grader | solution | as given |\n|---|---|---|---|")
    for slug in slugs:
        for name, grade in (("nbgrader", with_nbgrader), ("otter", with_otter)):
            with tempfile.TemporaryDirectory(prefix="interchange-") as folder:
                points = grade(slug, Path(folder))
            print(f"| {slug} | {name} | {points['solved']} | {points['given']} |", flush=True)


if __name__ == "__main__":
    main()
