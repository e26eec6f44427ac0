"""The learner's package: the exercises without what learners may not see, and a proof of that."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import jupytext

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises.hidden import Cut, without_hidden
from mlops_landscape.exercises.leaks import find_leaks, secrets_of
from mlops_landscape.exercises.needed import (
    modules_of_cells,
    modules_of_file,
    package_files,
)
from mlops_landscape.exercises.prove import read
from mlops_landscape.exercises.source import (
    Places,
    Solution,
    WrongAnswer,
    code_cells,
    learner_page,
)
from mlops_landscape.paths import CATALOGUE, EXERCISE_CHECKS, REPOSITORY

NAME = "mlops-landscape-exercises"
CONFTEST = EXERCISE_CHECKS / "conftest.py"

_COPIED = (
    "LICENSE",
    "requirements.txt",
    ".binder/overrides.json",
    ".binder/postBuild",
    ".binder/requirements.txt",
    ".binder/runtime.txt",
)
# The same in each archive, so that the same exercises make the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")
_ROLE = re.compile(r"\{(?:doc|ref)\}`([^`<]+?)\s*(?:<[^`>]*>)?`")

_MAKEFILE = """\
# make lab     set everything up, then open JupyterLab
# make setup   only set everything up: about 2 GB, once

PYTHON ?= $(shell command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)
# Kernels start three times slower without byte code.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: lab setup

lab: setup
\t@.venv/bin/jupyter lab --ServerApp.ip=127.0.0.1

setup:
\t@$(PYTHON) -I src/mlops_landscape/bootstrap.py
"""

_PYPROJECT = """\
[build-system]
requires = ["setuptools>=70"]
build-backend = "setuptools.build_meta"

[project]
name = "mlops-landscape"
version = "{version}"
description = "What the exercises of the MLOps Tools Landscape course use"
requires-python = "{python}"
license = "BSD-3-Clause"

[tool.setuptools.packages.find]
where = ["src"]
"""

_README = """\
# Exercises of the MLOps Tools Landscape

| exercise | minutes | points | open |
|---|---|---|---|
{rows}

## Set up

You need Linux with Python 3.11 or 3.12 and make (macOS should do, but has not been tried). Then one
command, in this folder:

```console
$ make lab     # sets everything up (about 2 GB, once) and opens JupyterLab
```

In VS Code, run `make setup` once, open this folder, open an `.ipynb` in `exercises/`, and choose
the kernel of `.venv`. After set-up no network is needed.

## Work

Each exercise is there twice, as `.ipynb` and as `.md`: open one of them, and stay with it. In
JupyterLab the `.md` opens as a notebook too. Write where it says `# YOUR CODE HERE`.

```python
from mlops_landscape.exercises import check, submit

check("{first}")     # what is right, and what to mend first; changes nothing
submit("{first}")    # makes one file to hand in
```

`check` looks at what your cells left behind, at any time, as often as you like. Whoever grades your
work may look at more than it does. `submit` writes `<exercise>.submission.zip` beside the notebook:
save the notebook first, then hand in this one file.

Code BSD-3-Clause, text CC BY 4.0; see [LICENSE](LICENSE).
"""

# Runs where the released package is the one that Python finds first.
_IMPORTS = """
import importlib, json, sys
from pathlib import Path

root, *modules = sys.argv[1:]
import mlops_landscape
assert Path(mlops_landscape.__file__).is_relative_to(root), mlops_landscape.__file__
from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks

problems = []
for file in sorted(Path(root, "tests/exercises").glob("test_*.py")):
    try:
        checks.collect(file)
    except InputError as error:
        problems += [[str(file.relative_to(root)), one.place, one.what] for one in error.problems]
for module in modules:
    try:
        importlib.import_module(module)
    except Exception as error:
        what = f"{module} cannot be imported: {type(error).__name__}: {error}"
        problems.append(["exercises", "", what])
print(json.dumps(problems))
"""


@dataclass(frozen=True)
class Released:
    """What was made.

    Attributes
    ----------
    folder
        The learner's package.
    archive
        The same as one file.
    files
        How many files are in it.
    """

    folder: Path
    archive: Path
    files: int


@dataclass(frozen=True)
class _Part:
    """One exercise: what it is made of, and what learners get of it."""

    solution: Solution
    wrong_answers: list[WrongAnswer]
    page: str
    cut: Cut

    @property
    def slug(self) -> str:
        return self.solution.slug


def release(out: Path, slugs: Sequence[str] = (), places: Places | None = None) -> Released:
    """Make the learner's package, as a folder and as an archive, and prove that nothing leaks.

    Parameters
    ----------
    out
        Folder in which the two are made.
    slugs
        The exercises; all by default.

    Raises
    ------
    InputError
        If `out` holds a package already, if an exercise has mistakes, and for each thing in the
        package that learners may not see, or that does not work there. Nothing is left then.
    """
    places = places or Places()
    folder, archive = out / NAME, out / f"{NAME}.zip"
    existing = [path for path in (folder, archive) if path.exists()]
    if existing:
        mend = "take it away, or name another folder: someone may have worked in it"
        raise InputError([Problem(path, "", "it exists already", mend) for path in existing])
    if out.exists() and not out.is_dir():
        raise InputError([Problem(out, "", "it is no folder", "name one, or a new one")])
    parts = _read(list(dict.fromkeys(slugs)) or places.slugs(), places)
    modules = _modules(parts, places)
    contents = _contents(parts, modules)
    made = [path for path in (out, *out.parents) if not path.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=f".{NAME}-") as aside:
            staged, zipped = Path(aside).resolve() / NAME, Path(aside) / archive.name
            _write(staged, contents)
            zipped.write_bytes(_zip(contents))
            _prove(staged, zipped, parts, modules)
            staged.rename(folder)
            zipped.rename(archive)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
    return Released(folder, archive, len(contents))


def _read(slugs: Sequence[str], places: Places) -> list[_Part]:
    problems: list[Problem] = []
    parts = []
    for slug in slugs:
        try:
            solution, wrong_answers = read(slug, places)
            cut = without_hidden(places.check_file(slug))
        except InputError as error:
            problems += error.problems
        else:
            page = _without_links(learner_page(solution), slugs)
            parts.append(_Part(solution, wrong_answers, page, cut))
    if problems:
        raise InputError(problems)
    return parts


def _without_links(page: str, slugs: Sequence[str]) -> str:
    """Make plain words of the links that lead out of the package; code stays as it is."""

    def words(link: re.Match[str]) -> str:
        target = link[2].partition("#")[0]
        outside = re.match(r"[a-z][a-z0-9+.-]*:", target) or not target
        inside = {f"{slug}.md" for slug in slugs} | {f"../exercises/{slug}.md" for slug in slugs}
        return link[0] if outside or target in inside else link[1]

    # Fenced code and code within a line stand between backticks, and are no links.
    pieces = re.split(
        r"(^```.*?^```[ \t]*$|(?<!\})`[^`\n]+`)", page, flags=re.DOTALL | re.MULTILINE
    )
    for index in range(0, len(pieces), 2):
        pieces[index] = _ROLE.sub(r"\1", _LINK.sub(words, pieces[index]))
    return "".join(pieces)


def _modules(parts: Sequence[_Part], places: Places) -> list[str]:
    """Return the modules of the package that the exercises and their checks name, sorted."""
    found = {"mlops_landscape.bootstrap", "mlops_landscape.exercises"}
    found |= modules_of_file(CONFTEST)
    for part in parts:
        found |= modules_of_cells([source for _, source in code_cells(part.page)])
        found |= modules_of_file(places.check_file(part.slug))
    return sorted(found)


def _contents(parts: Sequence[_Part], modules: Sequence[str]) -> dict[str, bytes]:
    """Return every file of the package by its path."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = [
        f"| {part.solution.about.title} | {part.solution.about.minutes} "
        f"| {part.solution.about.points} | `exercises/{part.slug}.ipynb` |"
        for part in parts
    ]
    texts = {
        "Makefile": _MAKEFILE,
        "README.md": _README.format(rows="\n".join(rows), first=parts[0].slug),
        "pyproject.toml": _PYPROJECT.format(
            version=project["version"], python=project["requires-python"]
        ),
    }
    for part in parts:
        texts[f"exercises/{part.slug}.md"] = part.page
        texts[f"exercises/{part.slug}.ipynb"] = _as_ipynb(part.page)
        texts[f"tests/exercises/test_{part.slug.replace('-', '_')}.py"] = part.cut.text
    contents = {name: text.encode() for name, text in texts.items()}
    files = [REPOSITORY / name for name in _COPIED]
    files += [CONFTEST, *package_files(modules)]
    if any("catalogue" in path.relative_to(REPOSITORY).parts for path in files):
        files += [path for path in CATALOGUE.rglob("*") if path.is_file()]
    for path in files:
        contents[path.relative_to(REPOSITORY).as_posix()] = path.read_bytes()
    return contents


def _as_ipynb(page: str) -> str:
    notebook = jupytext.reads(page, fmt="md:myst")
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # Jupytext draws them by lot
    return str(jupytext.writes(notebook, fmt="ipynb")).rstrip() + "\n"


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(_mode(name))


def _mode(name: str) -> int:
    return 0o755 if PurePosixPath(name).name == "postBuild" else 0o644


def _zip(contents: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | _mode(name)) << 16
            zipped.writestr(entry, contents[name])
    return archive.getvalue()


def _prove(folder: Path, archive: Path, parts: Sequence[_Part], modules: Sequence[str]) -> None:
    """Look for what may not be in the package as it lies there, and import what must work."""
    secrets = secrets_of(
        (part.solution, learner_page(part.solution), part.wrong_answers, part.cut) for part in parts
    )
    in_folder = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    problems = find_leaks(in_folder, secrets)
    with zipfile.ZipFile(archive) as zipped:
        in_archive = {
            entry.filename.removeprefix(f"{NAME}/"): zipped.read(entry)
            for entry in zipped.infolist()
            if not entry.is_dir()
        }
    # What is the same in both is told once.
    more = {name: data for name, data in in_archive.items() if in_folder.get(name) != data}
    for problem in find_leaks(more, secrets):
        place = ", ".join(filter(None, (str(problem.file), problem.place)))
        problems.append(Problem(Path(archive.name), place, problem.what, problem.mend))
    problems += _links_that_lead_nowhere(in_folder)
    if not problems:
        problems += _imports(folder, modules)
    if problems:
        raise InputError(problems)


def _links_that_lead_nowhere(contents: dict[str, bytes]) -> list[Problem]:
    problems = []
    for name in sorted(contents):
        if PurePosixPath(name).suffix not in {".md", ".ipynb"}:
            continue
        for number, line in enumerate(contents[name].decode().splitlines(), start=1):
            for target in re.findall(r"\.\./(?:book|solutions)/[\w./-]*", line):
                what = f"`{target}` is not in the learner's package"
                mend = "write it in the solution as a link, [words](address), which becomes words"
                problems.append(Problem(Path(name), f"line {number}", what, mend))
    return problems


def _imports(folder: Path, modules: Sequence[str]) -> list[Problem]:
    """Import the checks and what the exercises import, with nothing but the package there."""
    with tempfile.TemporaryDirectory(prefix="imports-") as elsewhere:
        done = subprocess.run(
            # Without byte code, which would be left in the package.
            [sys.executable, "-B", "-c", _IMPORTS, str(folder), *modules],
            cwd=elsewhere,
            env={
                **os.environ,
                "PYTHONPATH": str(folder / "src"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "MLFLOW_DISABLE_TELEMETRY": "true",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        what, mend = f"it does not work as it is: {last}", "correct what it is made from"
        return [Problem(Path("src/mlops_landscape"), "", what, mend)]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    mend = "let what it needs be imported, so that the package brings it"
    return [Problem(Path(file), place, what, mend) for file, place, what in found]
