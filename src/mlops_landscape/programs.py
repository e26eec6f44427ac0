"""What not every machine has: programs of Debian and npm, and environments that had to be made.

A chapter that needs one of them marks the cells that do. Where it is missing, the page says in
their place that they were not run, and why. Where the variable ``CI`` is set, nothing may be left
out: there it is an error of the build.
"""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

from IPython import get_ipython

from mlops_landscape import environments
from mlops_landscape.bootstrap import BIN, PROGRAMS, find_program, has_program, unpacked_folder
from mlops_landscape.errors import SetupError

MARK = "# needs "
"""A cell whose first line is this and a name needs that program, command or environment."""

NOT_RUN = "Not run in this build."
"""With this begins what a page says in place of what was left out."""


def find(command: str) -> Path:
    """Return the path of a command: the machine's own, or the one that set-up brought.

    Parameters
    ----------
    command
        One of the commands in `PROGRAMS`, such as ``promtool``.

    Raises
    ------
    SetupError
        If it is on this machine nowhere.
    """
    found = find_program(command)
    if found:
        return Path(found)
    raise _missing(command, _name_of(command))


def surroundings(name: str) -> dict[str, str]:
    """Return the environment variables with which a program of `PROGRAMS` finds what it needs.

    Parameters
    ----------
    name
        As in `PROGRAMS`, or one of its commands.

    Returns
    -------
    dict
        All variables of this process, and those that lead into its unpacked packages: ``PATH``,
        ``LD_LIBRARY_PATH``, for Java ``JAVA_HOME`` and for Python packages ``PYTHONPATH``.

    Raises
    ------
    SetupError
        If the program is on this machine nowhere.
    """
    name = _name_of(name)
    if not has_program(name):
        raise _missing(name, name)
    variables, root = dict(os.environ), unpacked_folder(name)
    if PROGRAMS[name].npm:
        # npm's commands start `node`, which set-up may have taken from PyPI.
        _append(variables, "PATH", [BIN])
    if not root.is_dir():
        return variables
    _prepend(variables, "PATH", [root / each for each in ("usr/bin", "usr/sbin", "bin", "sbin")])
    libraries = [*root.glob("usr/lib/*-linux-gnu"), *root.glob("lib/*-linux-gnu")]
    # Debian chooses one of several BLAS by links that only an installation makes.
    libraries += [path for each in libraries for path in (each / "blas", each / "lapack")]
    libraries.append(root / "usr/lib")  # a few packages put theirs there
    _prepend(variables, "LD_LIBRARY_PATH", libraries)
    _prepend(variables, "PYTHONPATH", [root / "usr/lib/python3/dist-packages"])
    for home in sorted(root.glob("usr/lib/jvm/java-*-openjdk-*")):
        variables["JAVA_HOME"] = str(home)
    return variables


def _prepend(variables: dict[str, str], name: str, folders: list[Path]) -> None:
    parts = [str(folder) for folder in folders if folder.is_dir()]
    if parts:
        variables[name] = os.pathsep.join([*parts, *filter(None, [variables.get(name)])])


def _append(variables: dict[str, str], name: str, folders: list[Path]) -> None:
    parts = [str(folder) for folder in folders if folder.is_dir()]
    variables[name] = os.pathsep.join([*filter(None, [variables.get(name)]), *parts])


def leave_out_what_is_missing(*names: str) -> bool:
    """From here on, let cells that are marked with something missing say so instead of failing.

    Parameters
    ----------
    names
        What cells of this notebook are marked with, ``# needs prometheus``: programs or their
        commands, and environments, which are made here if they are not there yet.

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
            _require(name)
        except SetupError as error:
            if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
                raise
            missing[name] = textwrap.fill(f"{NOT_RUN} {error}", 74)
    shell = get_ipython()
    if missing and shell is not None:
        # Before anything else sees the lines: what stands below the mark may be no Python.
        shell.input_transformers_cleanup.insert(0, _instead(missing))
    return not missing


def needed_by(cell: str) -> list[str]:
    """Return what a cell is marked with, in the order of its first lines; most need nothing."""
    found = []
    for line in cell.splitlines():
        if not line.startswith(MARK):
            break
        found.append(line.removeprefix(MARK).strip())
    return found


def _require(name: str) -> None:
    if name in environments.names():
        environments.environment(name)
    elif name in PROGRAMS:
        if not has_program(name):
            raise _missing(name, name)
    else:
        find(name)


def _name_of(command: str) -> str:
    if command in PROGRAMS:
        return command
    return next((name for name, each in PROGRAMS.items() if command in each.commands), command)


def _missing(what: str, name: str) -> SetupError:
    program = PROGRAMS.get(name)
    if program is None:
        return SetupError(
            f"Nothing is known of {what!r}: it is no environment of environments/ and no program "
            "of PROGRAMS in src/mlops_landscape/bootstrap.py. Mend: correct the name."
        )
    if program.npm:
        return SetupError(
            f"There is no {what} on this machine. `make book` installs it from npm into "
            "node_modules."
        )
    packages = " ".join(program.debian)
    return SetupError(
        f"There is no {what} on this machine. On Debian and Ubuntu `make book` unpacks it into "
        f".venv; elsewhere install {packages} so that it is on the PATH, and run `make book` again."
    )


def _instead(missing: dict[str, str]) -> Callable[[list[str]], list[str]]:
    """Return what IPython applies to the lines of every cell before it runs them."""

    def transform(lines: list[str]) -> list[str]:
        said = [missing[name] for name in needed_by("".join(lines)) if name in missing]
        return [f"print({said[0]!r})\n"] if said else lines

    return transform
