"""The environment of the graders that ours is compared with, made from its lock."""

import os
import subprocess
import sys
from pathlib import Path

from mlops_landscape.errors import SetupError
from mlops_landscape.paths import BUILD, REPOSITORY

PLACE = BUILD / "graders"
PEERS = PLACE / "environment"


def make_environment() -> None:
    """Make the environment, if it is not there or not what the lock says."""
    lock = REPOSITORY / "environments/graders.txt"
    made = PEERS / "made-from.txt"
    if made.is_file() and made.read_text() == lock.read_text():
        return
    uv = Path(sys.executable).parent / "uv"
    if not uv.is_file():
        raise SetupError("uv is missing. Mend: run `make book`, which installs it.")
    PLACE.mkdir(parents=True, exist_ok=True)
    make = [uv, "venv", "--clear", "--quiet", "--python", sys.executable, PEERS]
    subprocess.run(make, check=True)
    install = [uv, "pip", "sync", "--quiet", "--compile-bytecode", lock]
    subprocess.run(install, check=True, env={**os.environ, "VIRTUAL_ENV": str(PEERS)})
    made.write_text(lock.read_text())
