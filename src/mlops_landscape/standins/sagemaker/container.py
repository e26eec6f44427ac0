"""What a container is to SageMaker: a folder called /opt/ml, some variables, one command.

Where there is no container engine the folder is a private one, and the text ``/opt/ml`` is
replaced by its path in whatever is about to run.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

CONTRACT = "/opt/ml"
"""Where a container finds its input and leaves its output."""

SCRIPTS = {".py", ".sh", ".json", ".cfg", ".toml", ".yaml", ".yml", ".txt", ".env"}
"""Endings of files that may name a path; data and models are never touched."""

# What a program needs of the machine it runs on. Everything else of this process (its
# credentials, its home) stays outside, as it would with a real container.
KEPT = ("PYTHONPATH", "LANG", "LC_ALL", "OMP_NUM_THREADS", "SSL_CERT_FILE")


class Container:
    """One container: its folder, and the process in it.

    Parameters
    ----------
    folder
        An empty folder of its own.
    environment
        Variables that the job or the model asks for.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.root = folder / "ml"
        self._home = folder / "home"
        for needed in ("input/config", "input/data", "model", "output/data", "code"):
            (self.root / needed).mkdir(parents=True)
        self._home.mkdir()
        python = Path(sys.executable).parent
        self._environment = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PATH": f"{python}{os.pathsep}/usr/local/bin{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: self.inside(value) for name, value in environment.items()},
        }
        self._process: subprocess.Popen[str] | None = None

    def inside(self, text: str) -> str:
        """Return `text` with the contract's path replaced by the private one."""
        return text.replace(CONTRACT, str(self.root))

    def outside(self, text: str) -> str:
        """Return `text` as it would read in a real container."""
        return text.replace(str(self.root), CONTRACT)

    def adopt(self, folder: Path) -> None:
        """Replace the contract's path in every script below `folder`."""
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in SCRIPTS:
                text = path.read_text(encoding="utf-8", errors="surrogateescape")
                if CONTRACT in text:
                    path.write_text(self.inside(text), encoding="utf-8", errors="surrogateescape")

    def start(self, command: Sequence[str], heard: Callable[[str], None]) -> None:
        """Start the command; `heard` gets every line that it prints, until it ends."""
        process = subprocess.Popen(
            [self.inside(part) for part in command],
            cwd=self.root / "code",
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._process = process

        def listen() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                heard(self.outside(line.rstrip("\n")))

        self._listener = threading.Thread(target=listen, daemon=True)
        self._listener.start()

    def wait(self, seconds: float | None = None) -> int:
        """Return the exit code, once the command has ended and all it printed was heard.

        Raises
        ------
        subprocess.TimeoutExpired
            If it runs longer than `seconds`; it then still runs.
        """
        assert self._process is not None
        code = self._process.wait(seconds)
        self._listener.join()
        return code

    def ended(self) -> bool:
        """Whether the command is over."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """End the command and everything that it started."""
        if self._process is None or self._process.poll() is not None:
            return
        family = psutil.Process(self._process.pid)
        for member in [*family.children(recursive=True), family]:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
