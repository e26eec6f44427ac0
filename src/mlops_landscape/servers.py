"""Servers that a cell or a test starts: on 127.0.0.1, ready when entered, gone when left."""

import atexit
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mlops_landscape.errors import SetupError

HOST = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes
    ----------
    url
        ``http://127.0.0.1:<port>``, without a slash at the end.
    process
        The process that was started, leader of its own process group.
    log
        File that receives everything the server prints.
    """

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 15) -> str:
        """Return the last `lines` lines that the server printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes], patience: float = 10) -> None:
    """End `process` and everything in its process group.

    Parameters
    ----------
    process
        A process that was started with ``start_new_session=True``.
    patience
        Seconds between asking (SIGTERM) and forcing (SIGKILL).
    """
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


@contextmanager
def serve(
    command: Sequence[str],
    *,
    ready: str = "/",
    port: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    timeout: float = 90,
) -> Iterator[Server]:
    """Run a server process for the length of a ``with`` block.

    Parameters
    ----------
    command
        Program and arguments; ``{port}`` in any of them is replaced by the port.
    ready
        Path that answers with a status below 500 once the server can be used.
    port
        Port to use; a free one by default.
    env
        Variables added to the environment of this process.
    cwd
        Folder to run in.
    timeout
        Seconds to wait for `ready`.

    Yields
    ------
    Server

    Raises
    ------
    SetupError
        If the program is missing, ends early, or is not ready in time. Its last output is part
        of the message.
    """
    port = free_port() if port is None else port
    arguments = [part.replace("{port}", str(port)) for part in command]
    with tempfile.TemporaryDirectory(prefix="server-") as folder:
        log = Path(folder) / "log.txt"
        with log.open("wb") as output:
            try:
                process = subprocess.Popen(
                    arguments,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, **(env or {})},
                    cwd=cwd,
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise SetupError(
                    f"{arguments[0]!r} is not installed here. Run `make book` once: it installs "
                    "everything the course needs into .venv."
                ) from None
        # A kernel that is shut down in the middle of a cell never leaves the block.
        guard = partial(stop, process)
        atexit.register(guard)
        server = Server(f"http://{HOST}:{port}", process, log)
        try:
            deadline = time.monotonic() + timeout
            while not _answers(server.url + ready):
                if process.poll() is not None:
                    raise SetupError(
                        f"{arguments[0]} ended with code {process.returncode} before it was "
                        f"ready. Its last words:\n{server.last_words()}"
                    )
                if time.monotonic() > deadline:
                    raise SetupError(
                        f"{arguments[0]} was not ready after {timeout:.0f} s. "
                        f"Its last words:\n{server.last_words()}"
                    )
                time.sleep(0.2)
            yield server
        finally:
            guard()
            atexit.unregister(guard)
