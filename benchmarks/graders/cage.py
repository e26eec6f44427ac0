"""Run a grader, measure it, and let nothing that it runs hurt this machine.

The graders that we compare with do not isolate what they run. Hostile submissions are given to them
only inside namespaces (`unshare` of util-linux): processes, network, mounts and users of their own,
the machine's files read-only, and what they write in a file system in memory of limited size.
"""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from mlops_landscape.errors import SetupError

_SUBREAPER = 36
GB = 1_000_000_000
SIZE = 1_500_000_000
"""Bytes that what is caged may write."""
MOST = 10 * GB
"""Memory at which everything is ended."""
_UNSHARE = ["unshare", "-Urpfmin", "--mount-proc", "--kill-child"]


@dataclass(frozen=True)
class Run:
    """What one call of a grader took.

    Attributes
    ----------
    seconds, cpu
        Wall and processor time of all its processes.
    peak_mb
        Most memory that they held together; pages they share are counted once.
    ended
        Its exit code; None if it had to be ended from outside.
    alive
        How many of its processes were there after it had ended.
    said
        The end of what it printed.
    """

    seconds: float
    cpu: float
    peak_mb: float
    ended: int | None
    alive: int
    said: str

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON would carry it."""
        return asdict(self)


class _Memory(threading.Thread):
    """Watches the memory of everything below this process."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.3):
            total = 0
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    total += process.memory_full_info().pss
            self.peak = max(self.peak, total)
            if total > MOST:
                _end_all()


def become_reaper() -> None:
    """Take over processes that lose their parent, so that none is lost sight of."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def can_cage() -> bool:
    """Return whether this machine lets us make namespaces."""
    if shutil.which("unshare") is None:
        return False
    mount = ["mount", "-t", "tmpfs", "none", "/tmp"]
    return subprocess.run([*_UNSHARE, *mount], capture_output=True, check=False).returncode == 0


def caged(command: Sequence[str], work: Path, shown: Sequence[Path], job: Path) -> list[str]:
    """Return the command that runs `command` in a cage; see `inside.py`.

    Parameters
    ----------
    command
        Runs in a copy of `work`, at ``/tmp/course``.
    shown
        Folders that it reads, besides the system's own.
    job
        An existing folder that gets ``report.json``: what was left alive, and what lies where.
    """
    request = {
        "command": list(command),
        "work": str(work),
        "shown": [str(path) for path in shown],
        "job": str(job),
        "size": SIZE,
    }
    (job / "request.json").write_text(json.dumps(request))
    inside = Path(__file__).with_name("inside.py")
    return [*_UNSHARE, sys.executable, "-I", str(inside), str(job / "request.json")]


def run(
    command: Sequence[str],
    folder: Path,
    timeout: float,
    environment: Mapping[str, str],
    address_space: int | None = None,
) -> Run:
    """Run a grader to its end, or end it after `timeout` seconds, with all that it started."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if address_space is not None:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
            resource.setrlimit(resource.RLIMIT_FSIZE, (GB, GB))

    become_reaper()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = _Memory()
    memory.start()
    begun = time.perf_counter()
    log = folder / "said.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=limit,
        )
        try:
            ended: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            ended = None
    seconds = time.perf_counter() - begun
    time.sleep(0.5)  # what is on its way out is not left alive
    alive = sum(p.status() != psutil.STATUS_ZOMBIE for p in _below()) if ended is not None else 0
    memory.over.set()
    memory.join()
    _end_all()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = log.read_bytes()[-4000:].decode(errors="replace")
    return Run(seconds, cpu, memory.peak / 1e6, ended, alive, said)


def _below() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            process.status()
            found.append(process)
    return found


def _end_all() -> None:
    """End every process below this one, and reap them."""
    while left := _below():
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)


def must_cage() -> None:
    """Refuse to run hostile code without a cage.

    Raises
    ------
    SetupError
        If there are no namespaces for us.
    """
    if not can_cage():
        raise SetupError(
            "Hostile submissions are given to nbgrader and Otter only in namespaces, and this "
            "machine makes none. Mend: install util-linux, allow user namespaces, or leave out "
            "the hostile set with --no-hostile."
        )
