"""One model, five stages: the project that is carried through, and what each stage leaves behind.

A stage chapter begins with what the earlier ones would have made. It is made anew, in the chapter's
own folder, by the same files that those chapters show and run: so each chapter can be run alone,
and its numbers are those that the others show.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

PROJECT = Path(__file__).parent / "project"
FIT_ON = ("2013-01", "2013-02", "2013-03", "2013-04", "2013-05")
JUDGE_ON = "2013-06"


def start(folder: Path) -> Path:
    """Copy the project's files into `folder`, which may exist, and return it.

    Raises
    ------
    FileExistsError
        If one of the files is there already and says something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(PROJECT.iterdir()):
        if not file.is_file() or file.name.startswith("."):
            continue
        target = folder / file.name
        if target.exists() and target.read_bytes() != file.read_bytes():
            raise FileExistsError(f"{target} is there already and is not the project's")
        shutil.copyfile(file, target)
    return folder


def registry(folder: Path) -> str:
    """Make what the training chapter leaves: months, one run, and its model as ``champion``.

    Parameters
    ----------
    folder
        Gets the project, ``data/`` and ``mlflow.db`` with its ``mlruns/``.

    Returns
    -------
    str
        The address of the store, for ``mlflow.set_tracking_uri``.
    """
    start(folder)
    _run(folder, "collect.py", *FIT_ON, JUDGE_ON)
    _run(folder, "train.py")
    return f"sqlite:///{folder.resolve()}/mlflow.db"


def repository(folder: Path) -> Path:
    """Make what the versioning chapter leaves: the project in Git, months and model in DVC.

    Two reports are tagged. At ``report-1`` February ends with its 25th day, as it was exported
    first; ``report-2`` is the same with the whole February, and is checked out.

    Parameters
    ----------
    folder
        Becomes the repository. Its DVC remote is the folder beside it whose name ends in
        ``-remote``.

    Returns
    -------
    Path
        The folder.
    """
    start(folder)
    _run(folder, "collect.py", *FIT_ON, JUDGE_ON)
    february = folder / "data" / "2013-02.parquet"
    flights = pd.read_parquet(february)
    flights[flights["day"] <= 25].to_parquet(february, index=False)
    with tempfile.TemporaryDirectory(prefix="journey-") as settings:
        _shell(folder, _FIRST_REPORT, Path(settings), day="2013-07-01")
        _run(folder, "collect.py", "2013-02")
        _shell(folder, _SECOND_REPORT, Path(settings), day="2013-07-08")
    return folder


_FIRST_REPORT = """\
git init --quiet
dvc init --quiet
dvc config core.autostage true
dvc remote add --quiet -d drive "$(pwd)-remote"
echo "__pycache__/" > .gitignore
dvc add --quiet data/*.parquet
git add .
git commit --quiet -m "The project and the flights of January to June"
dvc repro --quiet
git add .
git commit --quiet -m "The model of the first report"
git tag report-1
dvc push --quiet
"""

_SECOND_REPORT = """\
dvc add --quiet data/2013-02.parquet
dvc repro --quiet
git commit --quiet --all -m "February complete: re-exported on 8 July"
git tag report-2
dvc push --quiet
"""


def _shell(folder: Path, commands: str, settings: Path, day: str) -> None:
    """Run commands of Git and DVC in a folder, with settings of their own, as if on `day`."""
    (settings / "config").write_text("[core]\n    check_update = false\n", encoding="utf-8")
    (settings / "gitconfig").write_text(
        "[user]\n    name = Ada\n    email = ada@example.org\n[init]\n    defaultBranch = main\n",
        encoding="utf-8",
    )
    _done(
        ["bash", "-e", "-c", commands],
        folder,
        DVC_NO_ANALYTICS="1",
        DVC_GLOBAL_CONFIG_DIR=str(settings),
        DVC_SYSTEM_CONFIG_DIR=str(settings / "of-all"),
        DVC_SITE_CACHE_DIR=str(settings / "site"),
        GIT_CONFIG_GLOBAL=str(settings / "gitconfig"),
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_DATE=f"{day}T09:00:00+0000",
        GIT_COMMITTER_DATE=f"{day}T09:00:00+0000",
        # `python` in the pipeline and `dvc` shall be those of this interpreter.
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )


def _run(folder: Path, *command: str) -> None:
    """Run one of the project's files in its folder, in a process of its own."""
    _done([sys.executable, *command], folder, MLFLOW_DISABLE_TELEMETRY="true")


def _done(command: list[str], folder: Path, **environment: str) -> None:
    """Run a command; what it said is in the error if it fails.

    One thread, because then sums are added up in one order, here as in the chapters.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{said}")
