"""Notebooks run as in IPython, contained; the checks run elsewhere, on what they left behind."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mlops_landscape.errors import SetupError
from mlops_landscape.exercises import run
from mlops_landscape.exercises.run import Attempt, attempt
from mlops_landscape.sandbox import Limits, Sandbox, contain, protection

CHECKS = '''
import os, time
from mlops_landscape.exercises.checks import worth

@worth(points=1, hint="Write it.")
def test_the_file(work):
    """The file holds the day."""
    file = work.folder / "day.txt"
    assert file.is_file(), f"the folder holds {sorted(p.name for p in work.folder.iterdir())}"
    assert file.read_text() == "monday\\n", f"it holds {file.read_text()!r}"

@worth(points=1, hint="Say it.")
def test_the_answer(work):
    """The day is said."""
    assert work.answer("day") == "monday", f"the day is {work.answer('day')}"
'''

Try = Callable[..., Attempt]


@pytest.fixture
def try_(tmp_path: Path) -> Try:
    """Return a function that runs cells and checks them."""
    checks = tmp_path / "test_checks.py"

    def try_it(*cells: str, checked: str = CHECKS, **limits: float) -> Attempt:
        checks.write_text(checked)
        return attempt(cells, checks, ["day"], limits=Limits(**{"wall": 60, **limits}))

    return try_it


def passed(done: Attempt) -> list[str]:
    return [result.name for result in done.results if result.passed]


def test_cells_run_as_in_ipython_and_leave_files_and_answers(try_: Try) -> None:
    done = try_("%env DAY=monday", "import os\nday = os.environ['DAY']", "!echo $DAY > day.txt")
    assert done.errors == []
    assert done.answers == {"day": {"value": "monday"}}
    assert passed(done) == ["the_file", "the_answer"]


def test_what_was_handed_in_lies_there_and_stays_as_it_was(tmp_path: Path) -> None:
    given, checks = tmp_path / "given", tmp_path / "test_checks.py"
    given.mkdir()
    (given / "day.txt").write_text("monday\n")
    checks.write_text(CHECKS)
    done = attempt(["day = open('day.txt').read().strip()\n!rm day.txt"], checks, ["day"], given)
    assert passed(done) == ["the_answer"]
    assert (given / "day.txt").read_text() == "monday\n"


def test_the_process_that_is_forked_stays_as_it_was(try_: Try) -> None:
    try_("import os, mlflow\nos.environ['LEFT'] = '1'\nmlflow.left = 1")
    done = try_("import os, mlflow\nday = ['LEFT' in os.environ, hasattr(mlflow, 'left')]")
    assert done.answers["day"]["value"] == [False, False]


def test_an_error_is_reported_with_its_cell_and_later_cells_still_run(try_: Try) -> None:
    done = try_("1 / 0", "day = 'monday'", "a b")
    assert [error.split(":")[0] for error in done.errors] == ["code cell 1", "code cell 3"]
    assert "ZeroDivisionError: division by zero" in done.errors[0]
    assert passed(done) == ["the_answer"]
    assert "ZeroDivisionError" in done.output


def test_an_endless_cell_is_ended_and_the_next_ones_run(try_: Try) -> None:
    done = try_("while True:\n    try: pass\n    except Exception: pass", "day = 'monday'", cell=1)
    assert done.errors == ["code cell 1: it ran for more than 1 s"]
    assert passed(done) == ["the_answer"]


def test_a_cell_that_cannot_be_ended_ends_the_notebook_but_not_what_went_before(try_: Try) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    begun = time.monotonic()
    done = try_("day = 'monday'", deaf, "day = 'tuesday'", cell=1, wall=4)
    assert done.errors == ["code cell 2: it ran for more than 4 s"]
    assert passed(done) == ["the_answer"]
    assert time.monotonic() - begun < 30


def test_a_process_that_ends_itself_is_reported(try_: Try) -> None:
    done = try_("day = 'monday'", "import os\nos._exit(3)")
    assert done.errors == ["code cell 2: its process ended early, with code 3"]
    assert passed(done) == ["the_answer"]


def test_too_much_processor_time_is_named(try_: Try) -> None:
    done = try_("import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass", cpu=1)
    assert done.stopped == "it used more than 1 s of processor time"


HANGING = '''
import os, time
from mlops_landscape.exercises.checks import worth

@worth(points=1, hint="-")
def test_first(work):
    """First."""

@worth(points=1, hint="-")
def test_hangs(work):
    """It reads what never comes."""
    (work.folder / "pipe").read_text()

@worth(points=1, hint="-")
def test_last(work):
    """Last."""
'''


def test_a_check_that_the_work_stops_costs_its_own_points_only(
    try_: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHECKING", Limits(wall=2))
    done = try_("import os\nos.mkfifo('pipe')", checked=HANGING)
    assert passed(done) == ["first", "last"]
    assert done.results[1].broken
    assert done.results[1].message == (
        "the check could not read the work: it ran for more than 2 s"
    )


def test_a_broken_file_of_checks_is_not_the_learners_fault(try_: Try) -> None:
    with pytest.raises(SetupError, match=r"test_checks\.py: .*ended early"):
        try_("1", checked="import os\nos._exit(1)")


@pytest.fixture
def without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the grader work as on a machine that offers no namespaces."""
    nothing = protection.WITHOUT_NAMESPACES
    monkeypatch.setattr(contain, "missing", lambda: nothing)
    sandbox = Sandbox("mlops_landscape.exercises.warm")
    monkeypatch.setattr(run, "_SANDBOX", sandbox)
    yield
    sandbox.stop()


ORPHAN = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "{seconds}"])
        os._exit(0)
day = 'monday'
"""


def sleeping(seconds: str) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == ["sleep", seconds]
    ]


def test_what_a_notebook_started_is_gone_with_it(try_: Try) -> None:
    done = try_(ORPHAN.format(seconds="98761"))
    assert passed(done) == ["the_answer"]
    assert sleeping("98761") == []


@pytest.mark.usefixtures("without_namespaces")
def test_without_namespaces_the_limits_hold_and_nothing_stays(try_: Try) -> None:
    done = try_(ORPHAN.format(seconds="98762"), "!echo monday > day.txt")
    assert passed(done) == ["the_file", "the_answer"]
    assert sleeping("98762") == []
    fills = "for n in range(100):\n    open(f'{n}', 'wb').write(bytes(10_000_000))\nday = n"
    done = try_(fills, "import time; time.sleep(30)", disk=50)
    assert done.stopped == "its files were larger than 50 MB"
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob("stage-*-50"))
