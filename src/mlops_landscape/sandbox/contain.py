"""Run tasks in contained processes, watch them, and leave nothing of them behind."""

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from mlops_landscape.errors import SetupError
from mlops_landscape.sandbox.host import DONE, FORK, MOUNT, READY, STARTED, UNMOUNT
from mlops_landscape.sandbox.limits import MB, Limits
from mlops_landscape.sandbox.protection import namespaces_work
from mlops_landscape.sandbox.view import SHOWN, Stage, View

_EVERY = 0.2  # seconds between two looks at memory, processes and disk
_KEPT = 10_000  # bytes of output that are kept from its begin, and as many from its end


@dataclass(frozen=True)
class Contained:
    """What came of a contained task.

    Attributes
    ----------
    messages
        What it handed over, in order. The task may be foreign code: these are claims.
    output
        What it printed; of a long output the begin and the end.
    ended
        Why it did not end by itself, as a sentence without its full stop; empty if it did.
    cpu_seconds
        Processor time of all its processes.
    peak_mb
        Most memory that they were seen to use, in MB; what several share is counted in each.
    """

    messages: list[dict[str, Any]]
    output: str
    ended: str
    cpu_seconds: float
    peak_mb: float


class Sandbox:
    """A host process and the way to it; started when it is first needed, and again if it is lost.

    Parameters
    ----------
    module
        The module that is run as the host: it calls :func:`~mlops_landscape.sandbox.host.serve`
        with the socket whose descriptor is its first argument; the second one is ``yes`` or ``no``,
        for namespaces.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._alone = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the host now, so that the first task does not wait for it."""
        with self._lock:
            self._ensure()

    def stop(self) -> None:
        """End the host, and with it every task that is still running."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ensure(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self.stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Variables that change what notebooks do, or hold secrets, stay with the grader.
        kept = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "TMPDIR", "TZ")
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    self._module,
                    str(number),
                    "yes" if namespaces_work() else "no",
                ],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                env={name: os.environ[name] for name in kept if name in os.environ},
                start_new_session=True,
            )
        self._control = ours
        if ours.recv(1) != READY:
            raise SetupError(
                "The process that runs submissions did not start; above is what it printed. "
                "Mend: run `make book` to renew the installation."
            )
        return ours

    def _order(self, order: bytes, *descriptors: int) -> list[int]:
        """Give the host an order; return the descriptors that it answers with."""
        with self._lock:
            control = self._ensure()
            try:
                socket.send_fds(control, [order], descriptors)
                answer, answered, _, _ = socket.recv_fds(control, 4096, 1)
            except OSError as error:
                answer, answered = str(error).encode(), []
        if answer != READY:
            reason = os.fsdecode(answer) or "it has ended"
            raise SetupError(f"The process that runs submissions cannot go on: {reason}.")
        return answered

    @contextlib.contextmanager
    def stage(self, size: int) -> Iterator[Stage]:
        """Make a place of `size` MB for one submission, gone when left."""
        top = Path(tempfile.mkdtemp(prefix="stage-", suffix=f"-{size}"))
        # Without process namespaces, a process that outlives its submission can only be told from
        # those of another one if there is no other one.
        alone = contextlib.nullcontext() if namespaces_work() else self._alone
        try:
            with alone:
                self._order(MOUNT + os.fsencode(top))
                try:
                    yield Stage(top)
                finally:
                    with contextlib.suppress(SetupError):  # a host that ended has no mounts left
                        self._order(UNMOUNT + os.fsencode(top))
        finally:
            shutil.rmtree(top, ignore_errors=True)

    def place_of(self, shown: Path) -> Path:
        """Return where a contained process finds a file that its view shows."""
        return SHOWN / shown.name if namespaces_work() else shown

    def contain(self, task: Mapping[str, Any], view: View, limits: Limits) -> Contained:
        """Run `task` in a process of its own, and return when nothing of it is left.

        Raises
        ------
        SetupError
            If the machine refuses something that it was said to offer.
        """
        request = os.memfd_create("request")
        output, prints = os.pipe()
        messages, sends = os.pipe()
        end, ends = os.pipe()
        try:
            asked = {"task": task, "view": view.as_data(), "limits": limits.as_data()}
            with os.fdopen(os.dup(request), "wb") as file:
                file.write(json.dumps(asked).encode())
            (process,) = self._order(FORK, request, prints, sends, ends)
        except BaseException:
            for descriptor in (output, messages, end):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (request, prints, sends, ends):
                os.close(descriptor)
        try:
            assert self._process is not None
            watch = _Watch(process, output, messages, view.stage, limits, self._process.pid)
            try:
                watch.run()
            finally:
                watch.kill()
            ended = b"".join(iter(lambda: os.read(end, 4096), b""))
            watch.drain()
        finally:
            for descriptor in (process, output, messages, end):
                os.close(descriptor)
        if not ended:
            raise SetupError("The process that runs submissions has ended. Mend: run it again.")
        return watch.outcome(**json.loads(ended))


class _Watch:
    """What is done while one contained process runs."""

    def __init__(
        self, process: int, output: int, messages: int, stage: Stage, limits: Limits, host: int
    ) -> None:
        self._process, self._output, self._from = process, output, messages
        self._stage, self._limits, self._host = stage, limits, host
        self._pid = _number(process)
        self._messages = bytearray()
        self._begin, self._end, self._printed = b"", b"", 0
        self._ended = ""
        self._peak = 0.0

    def run(self) -> None:
        """Read what the process sends, until it ends or has to be ended."""
        deadline = time.monotonic() + self._limits.wall
        look = 0.0
        with selectors.DefaultSelector() as selector:
            for descriptor in (self._process, self._output, self._from):
                if descriptor != self._process:
                    os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while not self._ended:
                now = time.monotonic()
                if now >= deadline:
                    self._ended = f"it ran for more than {self._limits.wall:g} s"
                    return
                if now >= look:
                    self._look()
                    look = time.monotonic() + _EVERY
                ready = selector.select(max(0.0, min(look, deadline) - time.monotonic()))
                for key, _ in ready:
                    if key.fd == self._process:
                        return
                    take = self._take_output if key.fd == self._output else self._take_message
                    if not take(_read(key.fd)):
                        selector.unregister(key.fd)

    def kill(self) -> None:
        """End the process and everything that it has started."""
        # The first process of a namespace takes all others with it, for certain and at once.
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        if namespaces_work():
            return
        # Without one: what it started has it, or else the host, as its parent.
        while left := _tree(self._host)[1:]:
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            time.sleep(0.01)

    def drain(self) -> None:
        """Read what was still on its way when the process ended."""
        for descriptor, take in (
            (self._from, self._take_message),
            (self._output, self._take_output),
        ):
            while take(_read(descriptor)):
                pass

    def outcome(self, status: int, cpu: float) -> Contained:
        """Return what came of it, given how the process ended and what time it used."""
        lines = [_message(line) for line in bytes(self._messages).splitlines()]
        messages = [message for message in lines if message is not None]
        if not messages or messages[0] != STARTED:
            reason = messages[0].get("setup") if messages else "its process did not start"
            raise SetupError(f"A submission could not be contained: {reason}.")
        ended = self._ended
        sign = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        # The first process of a namespace does not feel the signal that comes before the end.
        if not ended and sign in (signal.SIGXCPU, signal.SIGKILL) and cpu >= self._limits.cpu:
            ended = f"it used more than {self._limits.cpu:g} s of processor time"
        elif not ended and sign:
            ended = f"its process was ended by {signal.Signals(sign).name}"
        elif not ended and messages[-1] != DONE:
            ended = f"its process ended early, with code {os.WEXITSTATUS(status)}"
        left_out = self._printed - len(self._begin) - len(self._end)
        between = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out else b""
        return Contained(
            messages=[message for message in messages[1:] if message != DONE],
            output=(self._begin + between + self._end).decode(errors="replace"),
            ended=ended,
            cpu_seconds=cpu,
            peak_mb=self._peak,
        )

    def _take_output(self, piece: bytes) -> bool:
        self._printed += len(piece)
        room = _KEPT - len(self._begin)
        self._begin += piece[:room]
        self._end = (self._end + piece[max(0, room) :])[-_KEPT:]
        if self._printed > self._limits.output * MB:
            self._ended = self._ended or f"it printed more than {self._limits.output} MB"
        return bool(piece)

    def _take_message(self, piece: bytes) -> bool:
        self._messages += piece
        if len(self._messages) > self._limits.answers * MB:
            del self._messages[self._limits.answers * MB :]
            self._ended = self._ended or f"it handed over more than {self._limits.answers} MB"
        return bool(piece)

    def _look(self) -> None:
        """See how much the processes hold, and say so if it is too much."""
        processes = _tree(self._pid)
        if len(processes) > self._limits.processes:
            self._ended = f"it had more than {self._limits.processes} processes at a time"
            return
        resident = sum(map(_resident, processes)) / MB
        self._peak = max(self._peak, resident)
        # What several share is counted in each, and finding out takes time: only if it may matter.
        if resident > self._limits.memory and sum(map(_held, processes)) / MB > self._limits.memory:
            self._ended = f"its processes held more than {self._limits.memory} MB of memory"
        elif not namespaces_work() and _size(self._stage.top) > self._limits.disk * MB:
            self._ended = f"its files were larger than {self._limits.disk} MB"


def _number(process: int) -> int:
    """Return the number, in this process's namespace, of the process that a descriptor is of."""
    lines = Path(f"/proc/self/fdinfo/{process}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return b""


def _message(line: bytes) -> dict[str, Any] | None:
    """Return a line as the message it is; foreign code may have written anything."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _tree(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except (psutil.NoSuchProcess, ValueError):
        return []


def _resident(process: psutil.Process) -> int:
    """Return the bytes of memory that a process uses, alone or with others."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _held(process: psutil.Process) -> int:
    """Return the bytes that a process holds; what several share is counted once in all."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def _size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    for place, _, names in os.walk(folder, onerror=lambda _: None):
        for name in names:
            with contextlib.suppress(OSError):
                yield (Path(place) / name).lstat().st_size
