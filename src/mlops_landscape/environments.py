"""Environments of their own, for tools that do not fit into the one that the course shares.

``environments/<name>.in`` says what is asked for and why, ``<name>.txt`` is its lock. The
environment itself lies below ``.venv/own``, made by uv on first use and shared by all chapters. The
build makes what its chapters name before it runs them: a cell in a build never downloads.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from mlops_landscape.bootstrap import ENVIRONMENT
from mlops_landscape.errors import SetupError
from mlops_landscape.paths import ENVIRONMENTS

OWN = ENVIRONMENT / "own"
IN_BUILD = "MLOPS_LANDSCAPE_BUILD"
"""Environment variable that the build sets for its kernels."""

_CALL = re.compile(r"""\benvironment\(\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Environment:
    """An environment that is there.

    Attributes
    ----------
    name
        As in ``environments/<name>.in``.
    folder
        Where it lies.
    """

    name: str
    folder: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin/python"

    def program(self, command: str) -> Path:
        """Return the path of a command that one of its packages brings.

        Raises
        ------
        SetupError
            If none of them does.
        """
        path = self.folder / "bin" / command
        if not path.is_file():
            raise SetupError(
                f"The environment {self.name!r} has no command {command!r}. Mend: look into "
                f"environments/{self.name}.in, or into {self.folder / 'bin'}."
            )
        return path

    @property
    def versions(self) -> dict[str, str]:
        """Version of each package of its lock, by name."""
        return dict(
            re.findall(r"^([\w.-]+)==([^\s;]+)", lock_of(self.name).read_text(), re.MULTILINE)
        )

    @property
    def megabytes(self) -> float:
        """What its files weigh, in 10⁶ bytes."""
        files = (path for path in self.folder.rglob("*") if not path.is_symlink())
        return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def names() -> list[str]:
    """Return the environments that there are lists for, in alphabetical order."""
    return sorted(path.stem for path in ENVIRONMENTS.glob("*.in"))


def named_in(code: str) -> set[str]:
    """Return the environments that cells call by name, ``environment("ray")``."""
    return set(_CALL.findall(code))


def lock_of(name: str) -> Path:
    """Return the lock of an environment.

    Raises
    ------
    SetupError
        If there is none of that name.
    """
    path = ENVIRONMENTS / f"{name}.txt"
    if not path.is_file():
        raise SetupError(
            f"There is no environment {name!r}: environments/{name}.txt is missing. There are: "
            f"{', '.join(names())}. Mend: correct the name, or write environments/{name}.in and "
            "run `make lock`."
        )
    return path


def is_ready(name: str) -> bool:
    """Return whether the environment is there, whole, and as its lock says now."""
    folder = OWN / name
    mark = folder / "made-from.txt"
    return (
        mark.is_file()
        and mark.read_text() == _digest(name)
        and os.access(folder / "bin/python", os.X_OK)
    )


def environment(name: str) -> Environment:
    """Return the environment `name`, making it first where it is not there yet.

    Parameters
    ----------
    name
        As in ``environments/<name>.in``.

    Raises
    ------
    SetupError
        If there is no such environment, if it cannot be made, or if it is missing in a build,
        which makes environments before it runs any cell.
    """
    ready = Environment(name, OWN / name)
    if is_ready(name):
        return ready
    lock_of(name)
    if os.environ.get(IN_BUILD):
        raise SetupError(
            f"The environment {name!r} could not be made before the chapters ran. Mend: "
            f"`.venv/bin/mlops-landscape environments {name}` makes it and says what is wrong."
        )
    OWN.mkdir(parents=True, exist_ok=True)
    with FileLock(OWN / f".{name}.lock"):
        if not is_ready(name):  # another process may have made it meanwhile
            _make(ready)
    return ready


def _make(wanted: Environment) -> None:
    start = time.perf_counter()
    name, lock = wanted.name, lock_of(wanted.name)
    count = len(wanted.versions)
    print(f"Making the environment {name!r} with {count} packages (once)", flush=True)
    shutil.rmtree(wanted.folder, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    python = str(wanted.python)
    try:
        _uv([uv, "venv", "--quiet", "--clear", "--python", sys.executable, wanted.folder])
        # Not compiled: only a part of it is ever imported, and that is compiled then.
        _uv([uv, "pip", "install", "--quiet", "--no-deps", "--python", python, "-r", lock])
    except BaseException as error:
        # Half an environment must not pass for a whole one.
        shutil.rmtree(wanted.folder, ignore_errors=True)
        if isinstance(error, subprocess.CalledProcessError):
            last = "\n".join((error.stderr or "").strip().splitlines()[-8:])
            raise SetupError(
                f"The environment {name!r} could not be made from environments/{name}.txt. uv "
                f"said:\n{last}\nMend: check the network and free space, and run the same "
                "command again."
            ) from None
        raise
    (wanted.folder / "made-from.txt").write_text(_digest(name))
    seconds = time.perf_counter() - start
    print(f"Made {name!r}: {wanted.megabytes:.0f} MB in {seconds:.0f} s", flush=True)


def _uv(command: list[str | Path]) -> None:
    variables = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    words = [str(part) for part in command]
    if sys.stderr.isatty():  # somebody is watching: uv draws its progress
        subprocess.run([each for each in words if each != "--quiet"], check=True, env=variables)
    else:
        subprocess.run(words, check=True, capture_output=True, text=True, env=variables)


def _digest(name: str) -> str:
    text = f"{platform.python_version()} {ENVIRONMENT.resolve()}\n{lock_of(name).read_text()}"
    return hashlib.sha256(text.encode()).hexdigest()
