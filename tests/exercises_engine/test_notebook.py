"""`check()` shows what is right and what to mend, and changes nothing."""

import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from mlops_landscape.exercises import session
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.notebook import Table, check
from mlops_landscape.exercises.sentence import Sentence
from mlops_landscape.exercises.source import Places, about

REAL = "log-a-dummy-metric"

HALF_DONE = """
import os
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("flight-delays")
run = mlflow.start_run(run_name="dummy")
mlflow.log_metric("auc", 0.5)
run_id = run
"""

LOOK = """
import hashlib, json
from pathlib import Path

def tree():
    return {
        str(path): [
            path.stat().st_mtime_ns,
            path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest(),
        ]
        for path in sorted(Path().rglob("*"))
    }

print(json.dumps([
    tree(), mlflow.active_run().info.run_id, mlflow.get_tracking_uri(), mlflow.get_registry_uri(),
    run_id is run, sorted(name for name in dir() if not name.startswith("_")),
]))
"""


def run_in_kernel(folder: Path, *cells: str) -> list[list[nbformat.NotebookNode]]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell.outputs for cell in notebook.cells]


def printed(outputs: list[nbformat.NotebookNode]) -> str:
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def test_checking_half_done_work_in_a_kernel_changes_nothing(tmp_path: Path) -> None:
    outputs = run_in_kernel(
        tmp_path,
        HALF_DONE,
        "from mlops_landscape.exercises import check",
        LOOK,
        f"check('{REAL}')",
        LOOK,
        f"check('{REAL}')",
        LOOK,
    )
    before, after, again = (json.loads(printed(outputs[cell])) for cell in (2, 4, 6))
    assert before[0], "the folder holds the store"
    assert after == before
    assert again == before
    for cell in (3, 5):
        (shown,) = outputs[cell]
        assert shown.output_type == "execute_result"
        assert "6 of 10 points" in shown.data["text/plain"]
        assert "Mend this first: The run has the parameter" in shown.data["text/plain"]
        assert "status of the newest run `dummy` is RUNNING" in shown.data["text/plain"]
        assert "variable `run_id` cannot be handed over" in shown.data["text/plain"]
        assert 'scope="row"' in shown.data["text/html"]


def test_in_an_empty_folder_everything_is_still_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = check(REAL)
    assert isinstance(table, Table)
    assert table.points == 0
    assert table.first_to_mend is not None
    assert table.first_to_mend.name == "the_store_is_here"
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    answer = check("log-a-dumy-metric")
    assert repr(answer).startswith("There is no exercise 'log-a-dumy-metric'. The exercises are:")
    assert f"`{REAL}`" in repr(answer)
    assert f"<code>{REAL}</code>" in answer._repr_html_()


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_what_a_learner_wrote_cannot_become_markup() -> None:
    attack = "<script>alert(1)</script> `<b>`"
    table = Table("x", [Result("a", "Title & co", 2, attack, False, attack)])
    html = table._repr_html_()
    assert "<script" not in html
    assert "<code>&lt;b&gt;</code>" in html
    parser = _Balanced()
    parser.feed(html)
    assert parser.open == []
    assert attack.split(" `")[0] in "".join(parser.text)


def test_the_table_says_when_all_is_done() -> None:
    table = Table("x", [Result("a", "A", 2, "-", True), Result("b", "B", 1, "-", True)])
    assert "x: 2 of 2 checks pass, 3 of 3 points" in repr(table)
    assert "All done." in repr(table)
    assert "All done." in table._repr_html_()
    assert "Mend this first" not in table._repr_html_()


def test_one_reason_for_many_failures_is_told_once() -> None:
    results = [Result(name, name.upper(), 1, "-", False, "there is no file") for name in "abc"]
    table = Table("x", [*results, Result("d", "D", 1, "-", False, "it is empty")])
    assert repr(table).count("there is no file") == 1
    assert table._repr_html_().count("there is no file") == 1
    assert "it is empty" in repr(table)


def broken(title: str) -> Result:
    trace = "Traceback (most recent call last):\n  <module>\nKeyError: 'x'\n"
    return Result("a", title, 2, "-", False, "could not read", broken=True, traceback=trace)


def test_a_traceback_is_shown_only_when_asked_for() -> None:
    table = Table("x", [broken("A")])
    for shown in (repr(table), table._repr_html_()):
        assert "Traceback" not in shown
        assert "traceback=True)" in shown
    asked = Table("x", [broken("A")], traceback=True)
    assert "KeyError: 'x'" in repr(asked)
    assert "<pre>Traceback (most recent call last):\n  &lt;module&gt;" in asked._repr_html_()
    fine = Table("x", [Result("b", "B", 1, "-", True)])
    assert "traceback" not in repr(fine)
    assert "No check broke" in repr(Table("x", fine.results, traceback=True))


def test_the_traceback_is_the_check_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "left").mkdir()
    (tmp_path / "left/found.json").write_bytes(b"\xff\xfe")
    quiet = check("a-dag-that-can-run-twice")
    assert "UnicodeDecodeError" in repr(quiet)
    assert "Traceback" not in repr(quiet) + quiet._repr_html_()
    loud = repr(check("a-dag-that-can-run-twice", traceback=True))
    frames = [line for line in loud.splitlines() if line.startswith('  File "')]
    assert "test_a_dag_that_can_run_twice.py" in frames[0]


def test_under_a_grader_it_says_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_LANDSCAPE_GRADING", "1")
    answer = check(REAL)
    assert isinstance(answer, Sentence)
    assert repr(answer) == "The grader checks this after the notebook has run."


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted([folder, *folder.rglob("*")])
    }


@pytest.mark.parametrize("slug", Places().slugs())
@pytest.mark.parametrize("content", [b"", b"\xff half", b"{}\n"])
def test_no_check_of_any_exercise_changes_what_it_looks_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slug: str, content: bytes
) -> None:
    path = Places().exercise(slug)
    for name in about(path, path.read_text()).files:
        file = tmp_path / name if "." in name else tmp_path / name / "found.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    table = check(slug)
    assert tree(tmp_path) == before
    assert isinstance(table, Table)
    assert table.first_to_mend is not None


NAME_IT = "__vsc_ipynb_file__ = {!r}"
SERVER = "from pathlib import Path\nPath('server.py').write_text('AIP_STORAGE_URI')"
LOOK_AGAIN = "from mlops_landscape.exercises import check\ncheck('a-prediction-container')"
FOUND = "passed   The file `server.py` is there"


def test_in_vs_code_the_work_is_found_in_the_workspace(tmp_path: Path) -> None:
    notebook = tmp_path / "exercises" / "a-prediction-container.ipynb"
    notebook.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), notebook)
    outputs = run_in_kernel(tmp_path, NAME_IT.format(str(notebook)), SERVER, LOOK_AGAIN)
    (shown,) = outputs[-1]
    assert FOUND in shown.data["text/plain"]
    assert "<table" in shown.data["text/html"]
    for kind in ("text/plain", "text/html"):
        assert f"{tmp_path}" in shown.data[kind]
        assert "Looked at the files in" in shown.data[kind]


def test_the_work_is_found_after_a_cell_moved_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = tmp_path / "exercises" / "a-prediction-container.ipynb"
    notebook.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), notebook)
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    monkeypatch.chdir(tmp_path)
    assert session.work_folder(["server.py"]) == tmp_path
    (notebook.parent / "server.py").write_text("")
    assert session.work_folder(["server.py"]) == notebook.parent
    (tmp_path / "server.py").write_text("")
    assert session.work_folder(["server.py"]) == tmp_path


def test_a_notebook_that_is_gone_is_not_believed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "renamed.ipynb"))
    assert session.notebook_file() is None
    assert session.work_folder(["x.txt"]) == tmp_path
