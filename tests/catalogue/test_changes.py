"""The file of then-and-now pairs: read, and every mistake named with its place."""

from pathlib import Path

import pytest

from mlops_landscape.catalogue.changes import load_changes
from mlops_landscape.errors import InputError

GOOD = """\
changes:
  - id: old-call
    tool: mlflow
    old: mlflow.old()
    since: MLflow 3.0
    date: "2025"
    how: error
    shows: "AttributeError: no old"
    new: mlflow.new()
    chapter: tools/mlflow
    anchor: then-and-now
    source: https://example.org/
"""


def problems(folder: Path, text: str) -> str:
    (folder / "changes.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_changes(folder)
    return str(caught.value)


def test_a_right_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "changes.yml").write_text(GOOD, encoding="utf-8")
    (change,) = load_changes(tmp_path)
    assert (change.tool, change.how, change.unconfirmed) == ("mlflow", "error", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tool: mlflow", "tool: mlflo", "line 3, change 'old-call', field 'tool': 'mlflo' is not"),
        ("how: error", "how: badly", "line 7, change 'old-call', field 'how': 'badly' is not one"),
        ("tools/mlflow", "tools/nowhere", "there is no chapter book/tools/nowhere.md"),
        ("    source: https://example.org/\n", "", "needs either 'source' or 'unconfirmed'"),
        ("    shows", "    show", "there is no field 'show'"),
        ('"2025"', '"soon"', "field 'date': 'soon' has the wrong form"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in problems(tmp_path, GOOD.replace(old, new))


def test_an_id_is_used_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD.removeprefix("changes:\n")
    assert "already used on line 2" in problems(tmp_path, twice)
