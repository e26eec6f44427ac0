"""`submit()` makes one file that holds the work, and nothing else."""

import json
import sqlite3
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from mlops_landscape.exercises import session, submit
from mlops_landscape.exercises.sentence import Sentence
from mlops_landscape.exercises.source import Places
from mlops_landscape.exercises.submit import MOST_BYTES, Receipt, unsaved

REAL = "log-a-dummy-metric"
CONTRACT = "train-under-a-contract"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a learner's folder with the notebooks of two exercises in it, and work there."""
    for slug in (REAL, CONTRACT):
        (tmp_path / f"{slug}.md").write_text(Places().exercise(slug).read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inside(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


def made(slug: str, learner: str = "") -> dict[str, bytes]:
    receipt = submit(slug, learner=learner)
    assert isinstance(receipt, Receipt), receipt
    assert receipt.size == receipt.file.stat().st_size
    return inside(receipt.file)


def test_the_notebook_the_answer_and_who_handed_it_in(folder: Path) -> None:
    (folder / "mlflow.db").write_bytes(b"a store")
    (folder / "mlflow.db-wal").write_bytes(b"what is not yet in it")
    (folder / "anna.ipynb").write_text("{}")
    (folder / "notes.txt").write_text("private")
    files = made(REAL, learner="Ada Lovelace ")
    assert set(files) == {f"{REAL}.md", "mlflow.db", "mlflow.db-wal", "submission.json"}
    assert files["mlflow.db"] == b"a store"
    assert files[f"{REAL}.md"] == (folder / f"{REAL}.md").read_bytes()
    told = json.loads(files["submission.json"])
    when = datetime.fromisoformat(told.pop("made"))
    assert when.tzinfo is not None
    assert told == {
        "format": 1,
        "exercise": REAL,
        "notebook": f"{REAL}.md",
        "learner": "Ada Lovelace",
    }


def test_a_real_store_and_repository_arrive_whole(folder: Path, tmp_path: Path) -> None:
    slug = "a-dvc-pipeline"
    (folder / f"{slug}.md").write_text(Places().exercise(slug).read_text())
    repository = folder / "dvc-work/delays"
    repository.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    with sqlite3.connect(repository / "flights.db") as database:
        database.execute("create table flights (late integer)")
    database.close()
    submit(slug)
    with zipfile.ZipFile(folder / f"{slug}.submission.zip") as zipped:
        zipped.extractall(tmp_path / "unpacked")
    copy = tmp_path / "unpacked/dvc-work/delays"
    status = ["git", "-C", str(copy), "status", "--porcelain"]
    done = subprocess.run(status, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "?? flights.db"


def test_what_is_no_part_of_the_answer_stays_out_and_links_are_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("somebody-else")
    (elsewhere / "secret.txt").write_text("secret")
    jobs = folder / "jobs"
    for name in ("light", "__pycache__", ".ipynb_checkpoints", ".venv", "empty"):
        (jobs / name).mkdir(parents=True)
        if name != "empty":
            (jobs / name / "x.txt").write_text(name)
    (jobs / "file.txt").symlink_to(elsewhere / "secret.txt")
    (jobs / "folder").symlink_to(elsewhere)
    (jobs / "endless").symlink_to(jobs)
    (jobs / "own.txt").symlink_to(jobs / "light/x.txt")
    (folder / "train.py").symlink_to(elsewhere / "secret.txt")
    receipt = submit(CONTRACT)
    assert isinstance(receipt, Receipt)
    files = inside(receipt.file)
    assert set(files) == {
        f"{CONTRACT}.md",
        "jobs/empty/",
        "jobs/light/x.txt",
        "jobs/own.txt",
        "submission.json",
    }
    assert files["jobs/own.txt"] == b"light"
    for shown in (repr(receipt), receipt._repr_html_()):
        assert "jobs/file.txt" in shown
        assert "Not there yet, so not in it:" in shown
        assert "inference.py" in shown


def test_the_same_work_makes_the_same_bytes_and_replaces_the_file(folder: Path) -> None:
    (folder / "mlflow.db").write_bytes(b"a store")
    archive = folder / f"{REAL}.submission.zip"
    archive.write_bytes(b"handed in before")
    first, second = made(REAL), made(REAL)
    for files in (first, second):
        files.pop("submission.json")
    assert first == second
    with zipfile.ZipFile(archive) as zipped:
        assert {entry.date_time[0] for entry in zipped.infolist()} == {1980}
        assert zipped.namelist() == sorted(zipped.namelist())
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [f"{REAL}.md", f"{CONTRACT}.md", "mlflow.db", archive.name]
    )


@pytest.mark.parametrize("kind", ["one file", "together", "notebook"])
def test_work_that_is_too_large_is_refused_and_the_file_made_before_kept(
    folder: Path, kind: str
) -> None:
    archive = folder / f"{CONTRACT}.submission.zip"
    archive.write_bytes(b"handed in before")
    half = bytes(MOST_BYTES // 2)
    largest = {"one file": "jobs", "together": "calls/b", "notebook": f"{CONTRACT}.ipynb"}[kind]
    if kind == "one file":
        (folder / "jobs").mkdir()
        (folder / "jobs/model").write_bytes(bytes(MOST_BYTES + 1))
    elif kind == "together":
        for name in ("jobs", "calls"):
            (folder / name).mkdir()
            (folder / name / name[:1]).write_bytes(half)
        (folder / "calls/b").write_bytes(bytes(MOST_BYTES // 2 - 9))
        (folder / "calls/c").unlink()
        (folder / "jobs/j").write_bytes(bytes(MOST_BYTES // 2 - 10))
    else:
        notebook = jupytext.read(folder / f"{CONTRACT}.md")
        stream = nbformat.v4.new_output("stream", text="x" * MOST_BYTES)
        notebook.cells[1].outputs = [stream]
        nbformat.write(notebook, folder / f"{CONTRACT}.ipynb")
    refusal = repr(submit(CONTRACT))
    assert refusal.startswith("Nothing was made. The work is larger than 20.0 MB")
    assert f"`{largest}`" in refusal
    assert "Mend:" in refusal
    assert archive.read_bytes() == b"handed in before"
    assert not list(folder.glob(".*"))


def test_a_disk_that_is_full_leaves_the_file_made_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = folder / f"{REAL}.submission.zip"
    archive.write_bytes(b"handed in before")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        refusal = submit(REAL)
    assert isinstance(refusal, Sentence)
    assert "No space left on device" in repr(refusal)
    assert archive.read_bytes() == b"handed in before"
    assert not list(folder.glob(".*"))


def test_a_renamed_notebook_is_known_by_what_it_says_and_the_last_saved_wins(folder: Path) -> None:
    notebook = jupytext.read(folder / f"{REAL}.md")
    nbformat.write(notebook, folder / "mine (2).ipynb")
    assert "mine (2).ipynb" in made(REAL)
    (folder / f"{REAL}.md").touch()
    assert f"{REAL}.md" in made(REAL)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.unlink(), "There is no notebook of `log-a-dummy-metric` in"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "cannot be read as a notebook"),
    ],
)
def test_without_a_readable_notebook_nothing_is_made(
    folder: Path, change: object, said: str
) -> None:
    change(folder / f"{REAL}.md")  # type: ignore[operator]
    refusal = submit(REAL)
    assert said in repr(refusal)
    assert "Mend:" in repr(refusal)
    assert not list(folder.glob("*.zip"))


@pytest.mark.parametrize("learner", ["Ada\nAdmin", "x" * 300, 7])
def test_a_name_that_is_none_is_refused(folder: Path, learner: str) -> None:
    assert "`learner` is not a name" in repr(submit(REAL, learner=learner))


def test_an_unknown_exercise_and_a_grader_are_answered_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There is no exercise 'typo'" in repr(submit("typo"))
    monkeypatch.setenv("MLOPS_LANDSCAPE_GRADING", "1")
    assert repr(submit(REAL)) == "The grader checks this after the notebook has run."
    assert not list(folder.glob("*.zip"))


def test_what_a_file_is_called_cannot_become_markup(folder: Path) -> None:
    (folder / f"{REAL}.md").rename(folder / "<script>.md")
    html = submit(REAL)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;.md" in html


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (["a = 1", "b = 2"], []),
        (["a = 3", "a = 1"], []),
        (["a = 1", "a = 3"], ["a = 3"]),
        (["print('something quite different')", "b = 2"], ["print('something quite different')"]),
        ([], []),
    ],
)
def test_of_a_cell_only_what_was_run_last_counts(run: list[str], said: list[str]) -> None:
    assert unsaved(["a = 1\n", "b = 2"], run) == said


LEARNER = "run_id = 'something'"
HAND_IN = f"from mlops_landscape.exercises import submit\nsubmit('{REAL}')"


@pytest.mark.parametrize(("named_by", "saved"), [("VS Code", False), ("nobody", True)])
def test_in_a_kernel_it_finds_its_notebook_and_tells_what_is_not_saved(
    tmp_path: Path, named_by: str, saved: bool
) -> None:
    path = tmp_path / "exercises" / f"{REAL}.ipynb"
    path.parent.mkdir()
    notebook = jupytext.read(Places().exercise(REAL))
    name_it = f"__vsc_ipynb_file__ = {str(path)!r}" if named_by == "VS Code" else "pass"
    sources = [name_it, LEARNER, "%%bash\ntrue", HAND_IN]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    written = [cell for cell in cells if saved or cell.source != LEARNER]
    nbformat.write(
        nbformat.v4.new_notebook(metadata={"exercise": notebook.metadata.exercise}, cells=written),
        path,
    )
    opened = nbformat.v4.new_notebook(cells=cells)
    start = path.parent if named_by == "nobody" else tmp_path
    NotebookClient(opened, timeout=60, resources={"metadata": {"path": str(start)}}).execute()
    (shown,) = opened.cells[-1].outputs
    text, html = shown.data["text/plain"], shown.data["text/html"]
    assert f"{REAL}.submission.zip" in inside_names(text)
    assert f"<code>{REAL}.ipynb</code>" in html
    if saved:
        assert "Every cell that you ran is in the saved notebook" in text
    else:
        assert "Perhaps not saved: a cell that you ran is not" in text
        assert LEARNER in text
    files = inside(path.parent / f"{REAL}.submission.zip")
    assert set(files) == {f"{REAL}.ipynb", "submission.json"}


def inside_names(text: str) -> list[str]:
    return text.split("`")[1::2]


def test_outside_a_notebook_it_says_to_save(folder: Path) -> None:
    assert session.cells_run() is None
    assert "What counts is the notebook as saved" in repr(submit(REAL))


def test_another_exercise_is_not_handed_in_for_this_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / f"{CONTRACT}.md"))
    assert f"{REAL}.md" in made(REAL)


def test_the_notebook_that_the_server_names_is_taken_wherever_the_cells_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mine").mkdir()
    (folder / f"{REAL}.md").rename(folder / "mine/anna.md")
    (folder / "mlflow.db").write_bytes(b"a store")
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "mine/anna.md"))
    receipt = submit(REAL)
    assert isinstance(receipt, Receipt)
    assert receipt.file == folder / "mine" / f"{REAL}.submission.zip"
    assert set(inside(receipt.file)) == {"anna.md", "mlflow.db", "submission.json"}
