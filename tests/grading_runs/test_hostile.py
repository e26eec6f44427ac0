"""A class with every kind of hostile submission: each gets its mark, the rest is untouched.

All are graded in one run. Each answers the first question rightly, for 3 points, before or after it
does its harm, unless what it does is a way to get marks without an answer.
"""

import csv
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest

from mlops_landscape.grading.grade import Handling
from mlops_landscape.grading.model import Grade
from mlops_landscape.sandbox import Limits, missing

ANSWER = "late = 2"
SLEEP = "97531"  # seconds; by it the children of one submission are found

HOSTILE: dict[str, tuple[str, ...]] = {
    "endless-loop": ("while True: pass", ANSWER),
    "deaf-loop": (
        ANSWER,
        "import signal\n"
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "while True: pass",
    ),
    "os-exit": (ANSWER, "import os; os._exit(0)", "late = 3"),
    "deletes-its-folder": (ANSWER, "import os, shutil\nshutil.rmtree(os.getcwd())"),
    "reads-checks": (
        "import re\nfrom pathlib import Path\nfound = []\n"
        "for name in ('{checks}', '{solution}', '{other}', '/shown'):\n"
        "    for path in [Path(name), *Path(name).parent.glob('**/*')]:\n"
        "        if path.is_file() and 'late' in path.read_text(errors='replace'):\n"
        "            found.append(str(path))\n"
        "late = 2 if found else 'nothing to be found'",
    ),
    "patches-checks": (
        "from pathlib import Path\n"
        "import mlops_landscape.exercises.checks as checks, pytest\n"
        "checks.run = lambda given, work: [c(passed=True) for c in given]\n"
        "checks.CheckFunction = pytest.fail = lambda *a, **k: None\n"
        "evil = 'import mlops_landscape.exercises.checks as c, builtins\\n'\n"
        "evil += 'builtins.AssertionError = ValueError\\n'\n"
        "home = Path.home()\n"
        "for name in ('sitecustomize.py', 'usercustomize.py', 'conftest.py', 'json.py',\n"
        "             'mlops_landscape/__init__.py', 'mlops_landscape/exercises/checks.py'):\n"
        "    for folder in (Path.cwd(), home, home / '.local/lib/python3.11/site-packages'):\n"
        "        (folder / name).parent.mkdir(parents=True, exist_ok=True)\n"
        "        (folder / name).write_text(evil)\n",
        "import mlops_landscape, os\n"
        "os.environ['PYTHONPATH'] = os.getcwd()\n"
        "open(mlops_landscape.__file__, 'a').write('evil')",
    ),
    "forges-results": (
        "import json, os\n"
        "right = {{'name': 'late_is_right', 'title': 'x', 'points': 3, 'hint': '', 'passed': True}}"
        "\n"
        "for message in ({{'result': right}}, {{'results': [right]}}, {{'begun': right}},\n"
        "                {{'done': True}}, {{'answers': {{'late': 2}}}}, {{'setup': 'x'}}):\n"
        "    for number in os.listdir('/proc/self/fd'):\n"
        "        try: os.write(int(number), json.dumps(message).encode() + b'\\n')\n"
        "        except OSError: pass\n"
        "for name in ('results.json', 'grades.json', 'grades.csv', 'records/a.json', 'outcome'):\n"
        "    os.makedirs(os.path.dirname(name) or '.', exist_ok=True)\n"
        "    open(name, 'w').write(json.dumps([right]))",
    ),
    "prints-a-score": ("print('late_is_right PASSED\\nscore: 10/10\\n{{\"points\": 10}}')",),
    "children-that-outlive": (
        ANSWER,
        "import os\n"
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        f"            os.execvp('sleep', ['sleep', '{SLEEP}'])\n"
        "        os._exit(0)",
    ),
    "fork-bomb": (ANSWER, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    "eight-gigabytes": (ANSWER, "hog = bytearray(8_000_000_000)"),
    "grows": (
        ANSWER,
        "hogs = []\nwhile True:\n    hogs.append(b'x' * 100_000_000)",
    ),
    "fills-the-disk": (
        ANSWER,
        "for n in range(1000):\n    open(f'/tmp/{{n}}', 'wb').write(b'x' * 50_000_000)",
    ),
    "writes-outside": (
        ANSWER,
        "import os\n"
        "for place in ('{outside}', '/tmp', '/var/tmp', '/etc', '/usr/bin', '{course}',\n"
        "              os.path.dirname(os.__file__), '/dev/shm'):\n"
        "    try: open(place + '/hostile-marker', 'w').write('x')\n"
        "    except OSError: pass",
    ),
    "opens-a-connection": (
        "import socket\nlate = 2\n"
        "for host, port in (('127.0.0.1', {port}), ('192.0.2.1', 80), ('1.1.1.1', 53)):\n"
        "    try:\n"
        "        socket.create_connection((host, port), timeout=1).send(b'hello')\n"
        "        late = 'connected'\n"
        "    except OSError: pass",
    ),
    "floods-the-output": (ANSWER, "while True:\n    print('x' * 100_000)"),
    "pickle-with-code": (
        "import pickle\n"
        "class Evil:\n"
        "    def __reduce__(self):\n"
        "        return (open, ('{outside}/unpickled', 'w'))\n"
        "for name in ('late.txt', 'late.pkl', 'model.pkl'):\n"
        "    pickle.dump(Evil(), open(name, 'wb'))\n"
        "late = Evil()",
    ),
    "warnings": (
        ANSWER,
        "import warnings, sys\n"
        "text = '\\x00\\x1b[31m]]>&<script>\\udcff\\n{{}},\"\\u2028' * 10\n"
        "warnings.warn(text.encode('utf-8', 'replace').decode())\n"
        "import os\nos.write(1, b'\\xff\\xfe\\x00<![CDATA[')\n"
        "raise ValueError(text)",
    ),
    "kills-its-parent": (
        ANSWER,
        "import os, signal\n"
        "for pid in (os.getppid(), 1, -1):\n"
        "    try: os.kill(pid, signal.SIGKILL)\n"
        "    except OSError: pass",
    ),
    "an-answer-that-is-no-data": (
        "class Two(int):\n"
        "    def __eq__(self, other): return True\n"
        "    def __repr__(self): raise SystemExit\n"
        "    __hash__ = None\n"
        "late = [Two(5)]",
    ),
    "a-link-as-answer": (
        ANSWER,
        "import os\nos.symlink('/shown/test_count_late_flights.py', 'late.txt')",
    ),
}

RIGHT_ANSWER_ONLY = {
    "endless-loop", "deaf-loop", "os-exit", "deletes-its-folder", "children-that-outlive",
    "fork-bomb", "eight-gigabytes", "grows", "fills-the-disk", "writes-outside",
    "opens-a-connection", "floods-the-output", "warnings", "kills-its-parent", "a-link-as-answer",
}  # fmt: skip
NOTHING = {
    "reads-checks", "patches-checks", "forges-results", "prints-a-score", "pickle-with-code",
    "an-answer-that-is-no-data",
}  # fmt: skip
SAYS = {
    "endless-loop": "Code cell 1: it ran for more than 4 s.",
    "deaf-loop": "Code cell 2: it ran for more than 12 s.",
    "os-exit": "Code cell 2: its process ended early, with code 0.",
    "eight-gigabytes": "Code cell 2: MemoryError.",
    "grows": "Code cell 2: its processes held more than 1000 MB of memory.",
    "fills-the-disk": "Code cell 2: OSError: [Errno 28] No space left on device.",
    "floods-the-output": "Code cell 2: it printed more than 10 MB.",
}
LIMITS = Limits(wall=12, cell=4, memory=1000, disk=100, processes=40)


@dataclass
class Aftermath:
    """What was there after the run."""

    grades: dict[str, Grade]
    out: Path
    outside: Path
    course: Path
    connections: list[bytes]
    before: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def after(
    make_class: Callable, right: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Aftermath]:
    """Grade the hostile class once."""
    from mlops_landscape.paths import REPOSITORY

    class_ = make_class()
    outside = tmp_path_factory.mktemp("outside")
    connections: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_listen, args=(server, connections), daemon=True).start()
        other = class_.hand_in("well-behaved", *right)
        class_.hand_in("zealous", *right)
        for name, cells in HOSTILE.items():
            facts = {
                "checks": class_.places.check_file("count-late-flights"),
                "solution": class_.places.solution("count-late-flights"),
                "other": other / "count-late-flights.md",
                "outside": outside,
                "course": REPOSITORY / "src" / "mlops_landscape",
                "port": server.getsockname()[1],
            }
            class_.hand_in(name, *(cell.format(**facts) for cell in cells))
        free = psutil.disk_usage(str(outside)).free
        book = class_.grade(Handling(limits=LIMITS, workers=2, track=False))
        lost = free - psutil.disk_usage(str(outside)).free
        yield Aftermath(
            {grade.learner: grade for grade in book.grades},
            class_.out,
            outside,
            REPOSITORY / "src" / "mlops_landscape",
            connections,
            {"lost": lost},
        )


def _listen(server: socket.socket, connections: list[bytes]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connections.append(connection.recv(100))


def test_every_submission_of_the_set_is_judged_here() -> None:
    assert HOSTILE.keys() == RIGHT_ANSWER_ONLY | NOTHING


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_each_gets_the_mark_it_deserves(name: str, after: Aftermath) -> None:
    grade = after.grades[name]
    assert grade.outcome == "graded"
    passed = [check.name for check in grade.checks if check.passed]
    assert passed == (["late_is_right"] if name in RIGHT_ANSWER_ONLY else []), grade
    assert len(grade.checks) == 2


@pytest.mark.parametrize("name", sorted(SAYS))
def test_the_report_says_what_happened(name: str, after: Aftermath) -> None:
    assert SAYS[name] in after.grades[name].notes


def test_a_fork_bomb_is_ended(after: Aftermath) -> None:
    # By number, or by time if the machine has hardly got round to counting.
    (note,) = after.grades["fork-bomb"].notes
    assert note.startswith(("Code cell 2: it had more than 40", "Code cell 2: it ran for more"))


@pytest.mark.parametrize("name", ["well-behaved", "zealous"])
def test_the_rest_of_the_class_is_untouched(name: str, after: Aftermath) -> None:
    assert after.grades[name].by_checks == 6
    assert after.grades[name].notes == ()


def test_nothing_that_was_started_is_left(after: Aftermath) -> None:
    left = [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", SLEEP]]
    assert left == []


def test_nothing_was_written_outside(after: Aftermath) -> None:
    assert list(after.outside.iterdir()) == []
    places = (after.course, Path("/tmp"), Path("/var/tmp"), Path("/etc"), Path(os.__file__).parent)
    assert [place for place in places if (place / "hostile-marker").exists()] == []
    assert not (after.course / "__init__.py").read_text().endswith("evil")
    assert after.before["lost"] < 100_000_000, "bytes of disk that the run has used up"


def test_no_connection_was_made(after: Aftermath) -> None:
    assert after.connections == []


def test_files_for_other_systems_can_be_read(after: Aftermath) -> None:
    ElementTree.parse(after.out / "junit.xml")
    json.loads((after.out / "grades.json").read_text(encoding="utf-8"))
    with (after.out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert rows["warnings"]["points"] == "3"
    assert len(rows) == len(HOSTILE) + 2


def test_the_report_says_which_protection_was_missing(after: Aftermath) -> None:
    page = (after.out / "class.html").read_text(encoding="utf-8")
    assert {grade.unprotected for grade in after.grades.values()} == {missing()}
    assert ("namespaces" in page) == bool(missing())
