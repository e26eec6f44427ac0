"""`check()` shows what is right and what to mend, and changes nothing."""

import json
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.notebook import Table, check

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
