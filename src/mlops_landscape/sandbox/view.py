"""What contained code sees of the machine: programs and libraries to read, one folder to write."""

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mlops_landscape import paths
from mlops_landscape.sandbox import kernel

HOME = Path("/home/learner")
FOLDER = HOME / "work"
"""Where the work lies, for whoever is contained."""
SHOWN = Path("/shown")
"""Where further files lie."""

# Of the machine's settings those that programs need to start; none holds a secret.
_SETTINGS = (
    "alternatives", "fonts", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
    "localtime", "mime.types", "nsswitch.conf", "passwd", "protocols", "services", "ssl",
    "timezone",
)  # fmt: skip
_MOST_PROCESSES = 301  # the smallest number that the kernel takes
_DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True)
class Stage:
    """A file system of limited size that holds one submission while it is graded.

    Attributes
    ----------
    top
        An empty folder; in namespaces, a file system in memory is mounted on it.
    """

    top: Path

    def mount(self, size: int) -> None:
        """Mount the file system, of `size` MB, in this process's own mount namespace."""
        kernel.mount("tmpfs", self.top, f"size={size}m,mode=700", kernel.NO_SET_UID)

    def make_folders(self) -> None:
        """Make what every submission finds: its folder, a place for temporary files, a home."""
        for path in (self.work, self.temporary, self.memory, self.root):
            path.mkdir()

    @property
    def work(self) -> Path:
        """The folder with the work."""
        return self.top / "work"

    @property
    def temporary(self) -> Path:
        """What the notebook sees as the folder for temporary files."""
        return self.top / "tmp"

    @property
    def memory(self) -> Path:
        """What the notebook sees as shared memory."""
        return self.top / "shm"

    @property
    def root(self) -> Path:
        """Where the root of the contained process is put together."""
        return self.top / "root"


@dataclass(frozen=True)
class View:
    """What one contained process sees.

    Attributes
    ----------
    stage
        Where the submission lies.
    writable
        Whether the work may be changed. The temporary files of a process that may not are its own.
    shown
        Further files that are shown, read-only, in the folder `SHOWN`.
    given
        A folder whose content is copied into the work before.
    """

    stage: Stage
    writable: bool
    shown: tuple[Path, ...] = ()
    given: Path | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what `from_data` reads, as JSON would carry it."""
        return {
            "top": str(self.stage.top),
            "writable": self.writable,
            "shown": [str(path) for path in self.shown],
            "given": str(self.given) if self.given else "",
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Make a view from what `as_data` returned."""
        given = Path(data["given"]) if data["given"] else None
        shown = tuple(map(Path, data["shown"]))
        return cls(Stage(Path(data["top"])), data["writable"], shown, given)

    def fill(self) -> None:
        """Copy what was given into the work."""
        if self.given is not None:
            shutil.copytree(self.given, self.stage.work, symlinks=True, dirs_exist_ok=True)

    def enter(self) -> Path:
        """Put the root together and change into it; return the folder with the work.

        The process must be the first one in new process, network and IPC namespaces, and be
        allowed to mount.
        """
        kernel.unshare(kernel.NEW_MOUNTS)
        root = self.stage.root
        kernel.mount("tmpfs", root, "size=64m,mode=755", kernel.NO_SET_UID)
        self._add_devices(root)
        # First what may be written: the course itself may be installed below /tmp.
        for name in ("tmp", "var/tmp"):
            self._add_temporary(root / name)
        inside = root / FOLDER.relative_to("/")
        inside.mkdir(parents=True)
        kernel.bind(self.stage.work, inside, self.writable)
        for name in ("bin", "sbin", "lib", "lib32", "lib64"):
            _same(Path("/") / name, root)
        for path in (Path("/usr"), *(Path("/etc") / name for name in _SETTINGS), *_installed()):
            _show(path, path, root)
        for path in self.shown:
            _show(path, SHOWN / path.name, root)
        (root / "proc").mkdir()
        kernel.mount("proc", root / "proc", "", kernel.NO_SET_UID | kernel.NO_DEVICES)
        kernel.change_root(root)
        with contextlib.suppress(OSError):  # `protection` tells the instructor
            limit_processes()
        return FOLDER

    def _add_temporary(self, target: Path) -> None:
        target.mkdir(parents=True)
        if self.writable:
            kernel.bind(self.stage.temporary, target, writable=True)
        else:
            kernel.mount("tmpfs", target, "size=200m", kernel.NO_SET_UID | kernel.NO_DEVICES)

    def _add_devices(self, root: Path) -> None:
        devices = root / "dev"
        devices.mkdir()
        for name in _DEVICES:
            (devices / name).touch()
            kernel.bind(Path("/dev") / name, devices / name, writable=True)
        for name in ("shm", "pts"):
            (devices / name).mkdir()
        kernel.bind(self.stage.memory, devices / "shm", writable=True)
        # IPython runs shell lines in a terminal.
        kernel.mount("devpts", devices / "pts", "newinstance,ptmxmode=0666,mode=620")
        (devices / "ptmx").symlink_to("pts/ptmx")
        (devices / "fd").symlink_to("/proc/self/fd")
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            (devices / name).symlink_to(f"/proc/self/fd/{number}")


def limit_processes() -> None:
    """Let the kernel refuse more processes than a watcher could count and end.

    Raises
    ------
    OSError
        If the kernel is older than 6.14, which counts the processes of all namespaces together.
    """
    Path("/proc/sys/kernel/pid_max").write_text(str(_MOST_PROCESSES))


def _installed() -> list[Path]:
    """Return the folders that Python, the libraries and the course's own code are read from.

    Of the course only the package, the catalogue and the chapters that it names: neither
    solutions nor checks.
    """
    folders = [
        Path(sys.prefix),
        Path(sys.prefix).resolve(),
        Path(sys.base_prefix),
        Path(sys.base_prefix).resolve(),
        Path(sys.executable).resolve().parent.parent,
        Path(__file__).parents[1],
        paths.CATALOGUE,
        paths.BOOK,
    ]
    unique = sorted({path for path in folders if path not in (Path("/usr"), Path("/"))})
    return [
        path
        for path in unique
        if not any(other in path.parents for other in [*unique, Path("/usr")])
    ]


def _same(path: Path, root: Path) -> None:
    """Show `path`, as the link that it is on most systems or as a folder."""
    if path.is_symlink():
        (root / path.relative_to("/")).symlink_to(path.readlink())
    else:
        _show(path, path, root)


def _show(path: Path, place: Path, root: Path) -> None:
    """Show `path`, if it is there, read-only at `place`."""
    if not path.exists():
        return
    target = root / place.relative_to("/")
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.bind(path, target)


def environment(folder: Path, home: Path) -> dict[str, str]:
    """Return the environment of a contained process: nothing of the instructor's own.

    Parameters
    ----------
    folder
        The folder with the work.
    home
        A folder that may be written.
    """
    kept = ("LANG", "LC_ALL", "TZ", "PYTHONPATH")
    variables = {name: os.environ[name] for name in kept if name in os.environ}
    return {
        **variables,
        "PATH": f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": "/tmp" if home == HOME else str(home),
        "PWD": str(folder),
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "MPLBACKEND": "agg",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLOPS_LANDSCAPE_GRADING": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
