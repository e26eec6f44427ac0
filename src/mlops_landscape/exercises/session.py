"""What a running notebook can tell of itself: its variables, its file, its folder, what was run."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from IPython import get_ipython

GRADING = "MLOPS_LANDSCAPE_GRADING"
"""Environment variable that is 1 where a grader runs the notebook."""


def being_graded() -> bool:
    """Return whether a grader runs the notebook."""
    return os.environ.get(GRADING) == "1"


def namespace() -> Mapping[str, Any]:
    """Return the variables of the notebook, or of the script where there is no notebook."""
    shell = get_ipython()
    if shell is not None:
        return shell.user_ns
    import __main__

    return vars(__main__)


def notebook_file() -> Path | None:
    """Return the notebook's file if the editor names one that exists.

    VS Code names it in a variable, Jupyter's server in the environment of the kernel; other
    programs do not.
    """
    for named in (namespace().get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if isinstance(named, str) and named and Path(named).is_file():
            return Path(named).resolve()
    return None


def work_folder(files: Iterable[str]) -> Path:
    """Return the folder that holds the learner's work.

    Cells leave their files in the current folder. In VS Code that may be the folder that was
    opened and not the notebook's, and a cell may have moved on to another one.

    Parameters
    ----------
    files
        The files and folders that are part of the answer.
    """
    here, notebook = Path.cwd(), notebook_file()
    if notebook is None or any((here / name).exists() for name in files):
        return here
    beside = notebook.parent
    return beside if any((beside / name).exists() for name in files) else here


def cells_run() -> list[str] | None:
    """Return the source of every cell run since the kernel started; None outside a notebook."""
    shell = get_ipython()
    if shell is None:
        return None
    # The first entry stands for no cell: execution counts begin at 1.
    return list(shell.history_manager.input_hist_raw[1:])
