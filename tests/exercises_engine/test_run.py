"""Notebooks run as in IPython, each in a process of its own that leaves nothing."""

import time
from pathlib import Path

from mlops_landscape.exercises.run import execute


def test_cells_run_as_in_ipython_and_leave_their_files(tmp_path: Path) -> None:
    cells = ["%env DAY=monday", "import os\nday = os.environ['DAY']", "!echo $DAY > day.txt"]
    done = execute(cells, tmp_path, ["day"])
    assert done.errors == []
    assert done.answers == {"day": {"value": "monday"}}
    assert (tmp_path / "day.txt").read_text() == "monday\n"


def test_the_process_that_is_forked_stays_as_it_was(tmp_path: Path) -> None:
    execute(["import os, mlflow\nos.environ['LEFT'] = '1'\nmlflow.left = 1"], tmp_path)
    done = execute(
        ["import os, mlflow\nfound = ['LEFT' in os.environ, hasattr(mlflow, 'left')]"],
        tmp_path,
        ["found"],
    )
    assert done.answers["found"]["value"] == [False, False]


def test_an_error_is_reported_with_its_cell_and_later_cells_still_run(tmp_path: Path) -> None:
    done = execute(["1 / 0", "a = 2", "a b"], tmp_path, ["a"])
    assert [error.split(":")[0] for error in done.errors] == ["code cell 1", "code cell 3"]
    assert "ZeroDivisionError: division by zero" in done.errors[0]
    assert done.answers == {"a": {"value": 2}}
    assert "ZeroDivisionError" in done.output


def test_an_endless_cell_is_ended(tmp_path: Path) -> None:
    execute(["1"], tmp_path)  # the warm process is up
    begun = time.monotonic()
    done = execute(["while True:\n    pass"], tmp_path, timeout=2)
    assert done.errors == ["it did not end within 2 s"]
    assert time.monotonic() - begun < 10


def test_a_process_that_ends_itself_is_reported(tmp_path: Path) -> None:
    done = execute(["import os\nos._exit(3)"], tmp_path)
    assert done.errors == ["its process ended early, with code 3"]


def test_what_a_notebook_started_is_gone_with_it(tmp_path: Path) -> None:
    done = execute(
        ["import subprocess\npid = subprocess.Popen(['sleep', '300']).pid"], tmp_path, ["pid"]
    )
    pid = done.answers["pid"]["value"]
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
