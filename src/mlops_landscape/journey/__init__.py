"""One model, five stages: the project that is carried through, and what each stage leaves behind.

A stage chapter begins with what the earlier ones would have made. It is made anew, in the chapter's
own folder, by the same files that those chapters show and run: so each chapter can be run alone,
and its numbers are those that the others show.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def _run(folder: Path, *command: str) -> None:
    """Run one of the project's files in its folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-2000:]}")
