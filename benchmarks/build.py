"""What the README says about building: the two commands in a fresh clone with empty caches.

Clones this repository's last commit into a temporary folder and times, with caches of its own for
packages: ``make book`` from nothing, after no change, after one changed chapter (a short one and
the longest), and ``make test``. Takes about half an hour on two cores and needs the network, for
packages.

Usage: ``.venv/bin/python benchmarks/build.py [--python python3.12] [--without-test]``
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mlops_landscape.paths import REPOSITORY

SHORT, LONG = "book/landscape.md", "book/tools/mlflow.md"


def timed(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run `command` in `folder`; print its wall time as a row, or its output if it fails."""
    start = time.perf_counter()
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if result.returncode:
        print(result.stdout)
        sys.exit(f"{name}: `{' '.join(command)}` failed after {seconds:.0f} s")
    print(f"| {name} | {seconds:.0f} |", flush=True)
    (folder / "_build").mkdir(exist_ok=True)
    log = folder / "_build" / "benchmark.log"
    with log.open("a") as file:
        file.write(f"=== {name}\n{result.stdout}\n")


def change(chapter: Path) -> None:
    """Change the first code cell of `chapter`, so that its cells have to run again."""
    lines = chapter.read_text().split("\n")
    fence = next(number for number, line in enumerate(lines) if line.startswith("```{code-cell}"))
    end = lines.index("```", fence)
    lines.insert(end, "# changed")
    chapter.write_text("\n".join(lines))


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="the Python to build with; make's choice by default")
    parser.add_argument("--without-test", action="store_true", help="leave `make test` out")
    parser.add_argument("--keep", type=Path, help="clone into this new folder, and keep it")
    options = parser.parse_args()
    python = [f"PYTHON={options.python}"] if options.python else []
    with tempfile.TemporaryDirectory(prefix="fresh-") as temporary:
        caches = Path(temporary) / "caches"
        clone = options.keep or Path(temporary) / "course"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
        environment = {
            **os.environ,
            "UV_CACHE_DIR": str(caches / "uv"),
            "PIP_CACHE_DIR": str(caches / "pip"),
            "npm_config_cache": str(caches / "npm"),
        }
        # The clone's own environment, not the one that runs this.
        environment.pop("VIRTUAL_ENV", None)
        book = ["make", "book", *python]
        print("| command | s |\n|---|---|", flush=True)
        timed("`make book`, fresh clone, empty caches", book, clone, environment)
        timed("`make book`, nothing changed", book, clone, environment)
        for chapter in (SHORT, LONG):
            change(clone / chapter)
            timed(f"`make book`, `{chapter}` changed", book, clone, environment)
        subprocess.run(["git", "checkout", "--quiet", "."], cwd=clone, check=True)
        if not options.without_test:
            timed("`make test`", ["make", "test", *python], clone, environment)


if __name__ == "__main__":
    main()
