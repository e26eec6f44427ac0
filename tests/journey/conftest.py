"""A small copy of the project: two months, few trees, and what its own code makes of them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlops_landscape import journey
from mlops_landscape.flights import load_flights, sample

ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}

Script = Callable[[str], Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the project's files, January to March with 2,000 flights each, small settings."""
    folder = journey.start(tmp_path_factory.mktemp("project"))
    file = folder / "params.yaml"
    params = yaml.safe_load(file.read_text())
    params["rows"] = 3_000
    params["model"]["max_iter"] = 20
    file.write_text(yaml.safe_dump(params))
    (folder / "data").mkdir()
    flights = load_flights([1, 2, 3])
    for month in (1, 2, 3):
        # Every day is there: the flights are drawn from all of them.
        part = sample(flights[flights["month"] == month], 2_000)
        part.to_parquet(folder / "data" / f"2013-{month:02}.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def script(project: Path) -> Script:
    """Run Python code in the project's folder and return what its last line printed, as JSON."""

    def run(code: str) -> Any:  # noqa: ANN401 - whatever the code prints
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=project,
            env={**os.environ, **ENVIRONMENT, "MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run
