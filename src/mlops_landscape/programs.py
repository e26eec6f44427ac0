"""Programs that no Python package brings: Prometheus, which set-up unpacks from Debian's package.

Not every machine has Debian's packages. A chapter that needs such a program marks the cells that
do, and where it is missing the page says in their place that they were not run, and why. Where the
variable ``CI`` is set, nothing may be left out: there it is an error of the build.
"""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

from IPython import get_ipython

from mlops_landscape.bootstrap import DEBIAN_PACKAGES, find_program
from mlops_landscape.errors import SetupError

MARK = "# needs "
"""A cell whose first line is this and the name of a program needs that program."""


def find(name: str) -> Path:
    """Return the path of a program: the machine's own, or the one that set-up unpacked.

    Parameters
    ----------
    name
        One of the programs in `DEBIAN_PACKAGES`, such as ``promtool``.

    Raises
    ------
    SetupError
        If it is on this machine nowhere.
    """
    found = find_program(name)
    if found:
        return Path(found)
    package = next((each for each, names in DEBIAN_PACKAGES.items() if name in names), name)
    raise SetupError(
        f"There is no {name} on this machine. On Debian and Ubuntu `make book` unpacks it into "
        f".venv; elsewhere install {package} so that it is on the PATH, and run `make book` again."
    )


def leave_out_what_is_missing(*names: str) -> bool:
    """From here on, let cells that are marked with a missing program say so instead of failing.

    Parameters
    ----------
    names
        Programs that cells of this notebook are marked with: ``# needs prometheus``.

    Returns
    -------
    bool
        Whether all are there.

    Raises
    ------
    SetupError
        If one is missing and the environment says ``CI``.
    """
    missing = {}
    for name in names:
        try:
            find(name)
        except SetupError as error:
            if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
                raise
            missing[name] = textwrap.fill(f"Not run in this build. {error}", 74)
    shell = get_ipython()
    if missing and shell is not None:
        # Before anything else sees the lines: what stands below the mark may be no Python.
        shell.input_transformers_cleanup.insert(0, _instead(missing))
    return not missing


def _instead(missing: dict[str, str]) -> Callable[[list[str]], list[str]]:
    """Return what IPython applies to the lines of every cell before it runs them."""

    def transform(lines: list[str]) -> list[str]:
        first = lines[0].strip() if lines else ""
        name = first.removeprefix(MARK)
        if first.startswith(MARK) and name in missing:
            return [f"print({missing[name]!r})\n"]
        return lines

    return transform
