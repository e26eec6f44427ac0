"""Images that are commands, and the processes started from them."""

import http.client
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlops_landscape.standins.vertex.web import ApiError


@dataclass
class Container:
    """A process with a working folder of its own, which goes with it."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    log: Path
    port: int = 0

    def last_words(self, lines: int = 12) -> str:
        """Return the last lines that it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End it and remove its folder."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(sign)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self.folder.cleanup()


class Containers:
    """Starts containers, and ends them all.

    Parameters
    ----------
    images
        The command behind each image's URI.
    url
        Address of the stand-in, which is Cloud Storage for what runs in a container.
    """

    def __init__(self, images: Mapping[str, Sequence[str]], url: str) -> None:
        self._images = images
        self._url = url
        self._running: list[Container] = []

    def entrypoint(self, image: str) -> list[str]:
        """Return the command that stands for `image`.

        Raises
        ------
        ApiError
            If nobody has said what it is.
        """
        if image not in self._images:
            known = ", ".join(self._images) or "none"
            raise ApiError(
                404,
                f'Image "{image}" not found. The stand-in pulls no images; it knows those that '
                f"it was started with: {known}",
            )
        return list(self._images[image])

    def start(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        folder: tempfile.TemporaryDirectory[str] | None = None,
    ) -> Container:
        """Start a process, in a folder of its own and in the stand-in's process group.

        Whoever ends the group (``servers.serve`` does) ends the containers too, even if the
        stand-in itself was killed.
        """
        folder = folder or tempfile.TemporaryDirectory(prefix="vertex-")
        log = Path(folder.name) / "container.log"
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("AIP_")
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                list(command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=folder.name,
                env={**inherited, "STORAGE_EMULATOR_HOST": self._url, **env},
            )
        container = Container(process, folder, log)
        self._running.append(container)
        return container

    def serve(
        self, command: Sequence[str], env: Mapping[str, str], health: str, patience: float = 60
    ) -> Container:
        """Start a prediction container and wait until its health route answers 200.

        Raises
        ------
        ApiError
            If it ends, or is not healthy in time. Its last words are part of the message.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        container = self.start(command, {**env, "AIP_HTTP_PORT": str(port)})
        container.port = port
        deadline = time.monotonic() + patience
        while (seen := _health(port, health)) != 200:
            ended = container.process.poll() is not None
            if ended or time.monotonic() > deadline:
                what = (
                    f"it exited with status {container.process.returncode}"
                    if ended
                    else f"after {patience:.0f} s nothing listens on the port AIP_HTTP_PORT"
                    if seen is None
                    else f"after {patience:.0f} s GET {health} answers {seen}, not 200"
                )
                said = container.last_words()
                container.stop()
                raise ApiError(
                    400, f"Model server never became ready: {what}. Its last words:\n{said}"
                )
            time.sleep(0.1)
        return container

    def stop_all(self) -> None:
        """End every container."""
        for container in self._running:
            container.stop()


def expanded(words: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Replace ``$(NAME)`` in a container's command by its variable, as Vertex AI does."""
    return [
        re.sub(r"\$\((\w+)\)", lambda found: env.get(found[1], found[0]), word) for word in words
    ]


def parse_image(text: str) -> tuple[str, list[str]]:
    """Return URI and command of ``URI=COMMAND``.

    Raises
    ------
    ValueError
        If there is no command.
    """
    uri, _, command = text.partition("=")
    words = shlex.split(command)
    if not uri or not words:
        raise ValueError(f"{text!r} is not URI=COMMAND")
    return uri, words


def _health(port: int, route: str) -> int | None:
    """Return the status that the health route answers, None if nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{route}", timeout=2) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return None
