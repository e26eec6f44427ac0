"""What an instructor downloads becomes one submission for each learner and exercise."""

import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.grading.archives import Limits
from mlops_landscape.grading.model import Submission
from mlops_landscape.grading.submissions import Collected, collect

EXERCISES = {"log-a-dummy-metric": "Log a dummy metric", "a-dvc-pipeline": "A DVC pipeline"}
SLUG, OTHER = EXERCISES
Tree = Mapping[str, "str | bytes | Tree"]


def myst(code: str = "run_id = 1", title: str = EXERCISES[SLUG]) -> str:
    about = f"exercise:\n  title: {title}\n" if title else ""
    return f"---\njupytext: {{}}\n{about}---\n\n# Work\n\n```{{code-cell}} ipython3\n{code}\n```\n"


def ipynb(code: str = "run_id = 1", title: str = EXERCISES[SLUG]) -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="one")])
    if title:
        notebook.metadata["exercise"] = {"title": title}
    return nbformat.writes(notebook)


def handed(slug: str = SLUG, code: str = "run_id = 1", **other: object) -> bytes:
    """Return what `submit` makes."""
    made = {"format": 1, "exercise": slug, "notebook": f"{slug}.ipynb", **other}
    return packed(
        {f"{slug}.ipynb": ipynb(code), "submission.json": json.dumps(made), "mlflow.db": "runs"}
    )


def packed(tree: Tree) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in flat(tree):
            archive.writestr(path, content)
    return buffer.getvalue()


def flat(tree: Tree, under: str = "") -> list[tuple[str, bytes]]:
    files: list[tuple[str, bytes]] = []
    for name, content in tree.items():
        if isinstance(content, Mapping):
            files += flat(content, f"{under}{name}/")
        else:
            files.append(
                (under + name, content if isinstance(content, bytes) else content.encode())
            )
    return files


def class_of(tmp_path: Path, tree: Tree, name: str = "handed-in-here") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    for path, content in flat(tree):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def read(handed_in: Path, **options: Any) -> Collected:  # noqa: ANN401
    options.setdefault("exercises", EXERCISES)
    return collect(handed_in, handed_in.parent / "work", **options)


def by_learner(collected: Collected) -> dict[str, Submission]:
    assert len({one.learner for one in collected.submissions}) == len(collected.submissions)
    return {one.learner: one for one in collected.submissions}


def files(submission: Submission) -> set[str]:
    folder = submission.folder
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def only_one(collected: Collected) -> Submission:
    (submission,) = collected.submissions
    return submission


# Shapes ------------------------------------------------------------------------------------


def test_a_folder_of_files(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            f"ada_{SLUG}.ipynb": ipynb(title=""),
            f"{SLUG}_bob.md": myst(title=""),
            "cyd.ipynb": ipynb(),
            "dan.ipynb": ipynb(f"check('{OTHER}')", title=""),
            f"eve_{SLUG}.submission.zip": handed(),
            "notes.txt": "mine",
            "eve.tar.gz": b"\x1f\x8b",
            ".DS_Store": "x",
        },
    )
    collected = read(folder)
    found = by_learner(collected)
    assert {name: one.exercise for name, one in found.items()} == {
        "ada": SLUG,
        "bob": SLUG,
        "cyd": SLUG,
        "dan": OTHER,
        "eve": SLUG,
    }
    assert [(one.exercise, one.learner) for one in collected.submissions] == sorted(
        (one.exercise, one.learner) for one in collected.submissions
    )
    assert not any(one.refusal for one in collected.submissions)
    assert found["ada"].folder == tmp_path / "work" / "ada" / SLUG
    assert found["ada"].notebook == f"ada_{SLUG}.ipynb"
    assert found["ada"].cells == ("run_id = 1",)
    assert found["ada"].source == folder / f"ada_{SLUG}.ipynb"
    assert files(found["eve"]) == {f"{SLUG}.ipynb", "submission.json", "mlflow.db"}
    assert len(collected.problems) == 2
    assert "notes.txt is no notebook" in "".join(collected.problems)
    assert "pack it as a zip" in "".join(collected.problems)


def test_a_folder_of_folders(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            "ada": {
                "work.ipynb": ipynb(),
                "mlflow.db": "runs",
                ".git": {"HEAD": "ref"},
                ".dvc": {"config": ""},
                ".ipynb_checkpoints": {"work.ipynb": ipynb("old")},
                "README.md": "# About",
                "data": {"more.zip": packed({"flights.csv": "1"})},
            },
            "bob": {"deep": {"er": {"work.md": myst(), "dvc.yaml": "stages"}}},
            "cyd": {},
        },
    )
    (folder / "cyd").mkdir()
    collected = read(folder)
    found = by_learner(collected)
    assert files(found["ada"]) == {
        "work.ipynb",
        "mlflow.db",
        ".git/HEAD",
        ".dvc/config",
        "README.md",
        "data/more.zip",
    }
    # A folder around everything is not part of the work.
    assert (found["bob"].notebook, files(found["bob"])) == ("work.md", {"work.md", "dvc.yaml"})
    assert collected.problems == ("cyd: the folder is empty.",)


def test_several_exercises_in_a_folder(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            "ada": {
                SLUG: {"work.ipynb": ipynb(title=""), "mlflow.db": "runs"},
                "two": {"x.ipynb": ipynb(title=EXERCISES[OTHER]), "dvc.yaml": "stages"},
                "letter.txt": "Dear teacher",
            }
        },
    )
    one, two = sorted(read(folder).submissions, key=lambda one: one.exercise, reverse=True)
    assert (one.exercise, files(one)) == (SLUG, {"work.ipynb", "mlflow.db"})
    assert (two.exercise, files(two)) == (OTHER, {"x.ipynb", "dvc.yaml"})
    assert "letter.txt" in "".join(one.notes)


def test_several_exercises_side_by_side_share_their_files(tmp_path: Path) -> None:
    tree = {
        f"{SLUG}.ipynb": ipynb(),
        f"{OTHER}.md": myst(title=EXERCISES[OTHER]),
        "data": {"a.csv": "1"},
    }
    two, one = read(class_of(tmp_path, {"ada": tree})).submissions
    assert files(one) == {f"{SLUG}.ipynb", "data/a.csv"}
    assert files(two) == {f"{OTHER}.md", "data/a.csv"}


def test_a_folder_for_each_exercise(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            SLUG: {"ada.ipynb": ipynb(title=""), "bob": {"work.ipynb": ipynb(title="")}},
            f"{OTHER}.zip": packed({"ada.md": myst(title=""), "bob.md": myst(title="")}),
        },
    )
    assert {(one.learner, one.exercise) for one in read(folder).submissions} == {
        (learner, exercise) for learner in ("ada", "bob") for exercise in EXERCISES
    }


@pytest.mark.parametrize("around", ["", "submissions/", "class/", "anything/"])
def test_one_zip_of_everything(tmp_path: Path, around: str) -> None:
    archive = tmp_path / "class.zip"
    tree = {
        f"{around}ada/work.ipynb": ipynb(),
        f"{around}ada/mlflow.db": "runs",
        f"{around}bob/work.zip": packed({"bobs work": {"work.md": myst(), "data.csv": "1"}}),
        "__MACOSX/._class": "x",
    }
    archive.write_bytes(packed(tree))
    collected = read(archive)
    found = by_learner(collected)
    assert files(found["ada"]) == {"work.ipynb", "mlflow.db"}
    assert files(found["bob"]) == {"work.md", "data.csv"}
    assert found["ada"].source == archive
    assert collected.problems == ()


def test_what_submit_makes_handed_over_alone(tmp_path: Path) -> None:
    archive = tmp_path / f"{SLUG}.submission (1).zip"
    archive.write_bytes(handed(made="2026-05-01T10:00:00+02:00", learner="Ada Lovelace"))
    one = only_one(read(archive))
    assert (one.learner, one.name, one.exercise) == ("Ada Lovelace", "Ada Lovelace", SLUG)
    assert one.submitted == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert "learner's own clock" in "".join(one.notes)
    assert one.folder.parent.name.startswith("Ada-Lovelace-")


@pytest.mark.parametrize("made", [None, 5, "yesterday", "2026-05-01T10:00:00"])
def test_a_time_of_submit_that_says_nothing(tmp_path: Path, made: object) -> None:
    archive = tmp_path / f"ada_{SLUG}.zip"
    archive.write_bytes(handed(made=made))
    assert only_one(read(archive)).submitted is None


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "null",
        '{"format": 2, "exercise": "a-dvc-pipeline", "notebook": "w.ipynb"}',
        '{"format": 1, "exercise": "a-dvc-pipeline", "notebook": "../../w.ipynb"}',
        '{"format": 1, "exercise": ["a-dvc-pipeline"], "notebook": "w.ipynb"}',
        '{"format": 1, "exercise": "a-dvc-pipeline", "notebook": 3}',
        '{"format": 1, "exercise": "a-dvc-pipeline", "notebook": "other.ipynb"}',
        '{"format": 1, "exercise": "a-dvc-pipeline", "notebook": "submission.json"}',
        "[" * 90_000,
    ],
)
def test_a_submission_json_that_submit_never_wrote(tmp_path: Path, content: str) -> None:
    tree = {"ada": {"w.ipynb": ipynb(), "submission.json": content}}
    one = only_one(read(class_of(tmp_path, tree)))
    assert (one.exercise, one.refusal) == (SLUG, "")
    assert "not as `submit` writes it" in "".join(one.notes)


def test_a_learners_word_does_not_overrule_the_name(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {f"ada_{SLUG}.zip": handed(learner="bob")})
    assert only_one(read(folder)).learner == "ada"


def test_one_notebook_handed_over_alone(tmp_path: Path) -> None:
    file = tmp_path / "ada.md"
    file.write_text(myst())
    assert only_one(read(file)).learner == "ada"
    file = file.rename(tmp_path / f"{SLUG}.md")
    assert "goes by the name of its file" in "".join(only_one(read(file)).notes)


# Learning management systems ---------------------------------------------------------------

CANVAS = {
    f"lovelaceada_4711_99001_{SLUG}.ipynb": ipynb(),
    "lovelaceada_4711_99002_mlflow-1.db": "runs",
    f"bobson_LATE_4712_99003_{SLUG}-1.submission.zip": handed(code="run_id = 2"),
    f"bobson_LATE_4712_98003_{SLUG}.submission.zip": handed(code="run_id = 1"),
    "cyd_4713_99004_report.pdf": b"%PDF-1.7",
    "dan_4714_text.html": "<p>my work</p>",
}


@pytest.mark.parametrize("form", ["folder", "zip", "zip in a folder"])
def test_canvas(tmp_path: Path, form: str) -> None:
    if form == "folder":
        given = class_of(tmp_path, CANVAS)
    elif form == "zip":
        given = tmp_path / "submissions.zip"
        given.write_bytes(packed(CANVAS))
    else:
        given = class_of(tmp_path, {"submissions.zip": packed(CANVAS)})
    collected = read(given, only=SLUG)
    found = by_learner(collected)
    ada, bob = found["4711"], found["4712"]
    assert (ada.name, ada.notebook) == ("lovelaceada", f"{SLUG}.ipynb")
    assert files(ada) == {f"{SLUG}.ipynb", "mlflow-1.db", "mlflow.db"}
    assert "Canvas numbers" in "".join(ada.notes)
    assert (bob.cells, bob.attempt) == (("run_id = 2",), 2)
    assert "marks it as late" in "".join(bob.notes)
    assert "passed over" in "".join(bob.notes)
    assert bob.submitted is None
    assert "no notebook in it, only: report.pdf" in found["4713"].refusal
    assert "text or a link" in found["4714"].refusal
    assert collected.problems == ()


@pytest.mark.parametrize("ending", ["_", ""])
@pytest.mark.parametrize("form", ["folders", "flat"])
def test_moodle(tmp_path: Path, ending: str, form: str) -> None:
    ada = f"Ada Lovelace_31_assignsubmission_file{ending}"
    work = {f"{SLUG}.ipynb": ipynb(), "mlflow.db": "runs"}
    if form == "flat":
        tree: Tree = {f"Ada Lovelace_31_assignsubmission_file_{n}": c for n, c in work.items()}
    else:
        tree = {ada: work, f"Ada Lovelace_31_assignsubmission_onlinetext{ending}": {"a.html": "hi"}}
    tree = {**tree, f"Participant_32_assignsubmission_file{ending}": {"x.zip": handed()}}
    archive = tmp_path / "Course-Assignment-12.zip"
    archive.write_bytes(packed(tree))
    found = by_learner(read(archive))
    assert found["31"].name == "Ada Lovelace"
    assert files(found["31"]) >= {f"{SLUG}.ipynb", "mlflow.db"}
    assert found["32"].name == "Participant 32"
    assert files(found["32"]) == {f"{SLUG}.ipynb", "mlflow.db", "submission.json"}


GRADESCOPE = """---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0100'
    :email: ada@uni.example
  :created_at: 2026-05-01 10:00:00.418735000 Z
  :score: 3.0
  :history:
  - :id: 99
    :created_at: 2026-04-30 10:00:00.000000000 Z
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: []
submission_102:
  :submitters:
  - :name: Bob
    :sid:
    :email: bob@uni.example
  - :name: Cyd
    :email: cyd@uni.example
  :created_at: 2026-05-02 12:00:00 +02:00
submission_103:
  :submitters: []
submission_104:
  :submitters:
  - :name: Eve
"""


@pytest.mark.parametrize("lms", ["auto", "gradescope"])
def test_gradescope(tmp_path: Path, lms: str) -> None:
    export = {
        "submission_metadata.yml": GRADESCOPE,
        "submission_101": {f"{SLUG}.ipynb": ipynb(), "mlflow.db": "runs"},
        "submission_102": {f"{SLUG}.ipynb": ipynb()},
        "submission_103": {f"{SLUG}.ipynb": ipynb()},
        "submission_105": {f"{SLUG}.ipynb": ipynb()},
    }
    archive = tmp_path / "assignment_12_export.zip"
    archive.write_bytes(packed({"assignment_12_export": export}))
    collected = read(archive, lms=lms)
    found = by_learner(collected)
    ada, bob, cyd = found["0100"], found["bob@uni.example"], found["cyd@uni.example"]
    assert (ada.name, ada.attempt) == ("Ada Lovelace", 2)
    assert ada.submitted == datetime(2026, 5, 1, 10, 0, 0, 418735, tzinfo=UTC)
    assert bob.submitted == datetime(2026, 5, 2, 10, tzinfo=UTC)
    assert bob.digest == cyd.digest
    assert bob.notes == ("Handed in together with Cyd.",)
    assert len(found) == 3
    for said in ("who handed in submission_103", "Eve is in the list", "submission_105 is not in"):
        assert said in "".join(collected.problems)


@pytest.mark.parametrize("content", ["a: [", "- 1", "", b"\xff\xfe"])
def test_gradescope_metadata_that_cannot_be_read(tmp_path: Path, content: str | bytes) -> None:
    folder = class_of(
        tmp_path, {"submission_metadata.yml": content, "submission_1": {"w.ipynb": ipynb()}}
    )
    collected = read(folder)
    assert collected.submissions == ()
    assert "download the export again" in collected.problems[0]


def test_the_system_can_be_forced(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada_1_2_x.ipynb": ipynb(), "notes.ipynb": ipynb()})
    assert set(by_learner(read(folder))) == {"ada_1_2_x", "notes"}
    collected = read(folder, lms="canvas")
    assert set(by_learner(collected)) == {"1", "notes"}
    assert "not named as Canvas names" in collected.problems[0]
    (folder / "notes.ipynb").unlink()
    assert set(by_learner(read(folder, lms="plain"))) == {"ada_1_2_x"}
    with pytest.raises(InputError, match=r"submission_metadata\.yml"):
        read(folder, lms="gradescope")


# Roster ------------------------------------------------------------------------------------


def test_a_roster_names_learners_and_those_who_are_missing(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {**CANVAS, "zed_9_99_x.ipynb": ipynb()})
    roster = folder / "roster.csv"  # kept beside the work
    roster.write_text(
        "learner,name,canvas\nada,Ada Lovelace,\nbob,Bob,4712\ncyd,Cyd,4713\ndan,Dan,4714\n"
        "eve,Eve Moneypenny,4715\n"
    )
    collected = read(folder, roster=roster, only=SLUG)
    found = by_learner(collected)
    assert set(found) == {"ada", "bob", "cyd", "dan", "9"}
    assert found["ada"].name == "Ada Lovelace"
    assert collected.problems == (
        "zed_9_99_x.ipynb: zed (9) is not on the roster.",
        "Eve Moneypenny (eve) handed in nothing.",
    )


def test_a_name_that_two_people_have(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"kim.ipynb": ipynb()})
    roster = tmp_path / "roster.csv"
    roster.write_text("learner,name\nk1,Kim\nk2,kim\n")
    collected = read(folder, roster=roster)
    assert only_one(collected).learner == "kim"
    assert "several people on the roster (k1, k2)" in collected.problems[0]


def test_a_bad_roster_changes_nothing(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada.ipynb": ipynb()})
    read(folder)
    (tmp_path / "roster.csv").write_text("who\n")
    with pytest.raises(InputError, match="no column `learner`"):
        read(folder, roster=tmp_path / "roster.csv")
    assert (tmp_path / "work" / "ada" / SLUG / "ada.ipynb").is_file()


# Which exercise ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "notebook", "exercise"),
    [
        # Each sign is surer than the next.
        (f"ada_{OTHER}.ipynb", ipynb("check('a-dvc-pipeline')"), SLUG),
        (f"ada_{SLUG}.ipynb", ipynb("check('a-dvc-pipeline')", title=""), SLUG),
        (f"ada_{SLUG}.ipynb", ipynb("check('a-dvc-pipeline')", title="My notes"), SLUG),
        ("ada.ipynb", ipynb("check('a-dvc-pipeline')", title=""), OTHER),
        ("ada.ipynb", ipynb(title="log a DUMMY metric"), SLUG),
    ],
)
def test_which_exercise_it_is_of(tmp_path: Path, name: str, notebook: str, exercise: str) -> None:
    assert only_one(read(class_of(tmp_path, {name: notebook}))).exercise == exercise


def test_an_exercise_of_submit_that_the_course_does_not_have(tmp_path: Path) -> None:
    one = only_one(read(class_of(tmp_path, {"ada.zip": handed("deep-learning")})))
    assert (one.exercise, one.notebook) == ("", "")
    assert "deep-learning, which this course does not have" in one.refusal


def test_submission_json_is_the_surest_sign(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {f"ada_{SLUG}.zip": handed(OTHER)})
    assert only_one(read(folder)).exercise == OTHER


@pytest.mark.parametrize(
    ("notebook", "says"),
    [
        (ipynb(title=""), "says which exercise it is of"),
        (ipynb("check('log-a-dummy-metric')\ncheck('a-dvc-pipeline')", title=""), "which exercise"),
        (ipynb(title="Deep learning"), '"Deep learning", which this course does not have'),
    ],
)
def test_an_exercise_that_cannot_be_told(tmp_path: Path, notebook: str, says: str) -> None:
    one = only_one(read(class_of(tmp_path, {"ada.ipynb": notebook})))
    assert (one.exercise, one.notebook) == ("", "")
    assert says in one.refusal
    assert files(one) == {"ada.ipynb"}


def test_one_graded_exercise_needs_no_sign(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            "ada.ipynb": ipynb(title=""),
            "bob.ipynb": ipynb(title=EXERCISES[OTHER]),
            "cyd": {"a.ipynb": ipynb(title=""), "b.ipynb": ipynb(title="")},
            "dan.ipynb": ipynb(title="Deep learning"),
            "eve": {f"{SLUG}.ipynb": ipynb(), f"{OTHER}.ipynb": ipynb(title=EXERCISES[OTHER])},
            f"fay_{SLUG}.ipynb": ipynb(),
            f"fay_{OTHER}.ipynb": ipynb(title=EXERCISES[OTHER]),
            f"gil_{SLUG}.ipynb": ipynb(),
            f"gil_{OTHER}.zip": b"broken",
        },
    )
    found = by_learner(read(folder, only=SLUG))
    assert {one.exercise for one in found.values()} == {SLUG}
    assert found["ada"].refusal == ""
    assert "taken as log-a-dummy-metric" in "".join(found["ada"].notes)
    assert found["bob"].refusal.startswith(
        'This is the notebook of "A DVC pipeline", graded is "Log a dummy metric"'
    )
    assert "several notebooks (a.ipynb, b.ipynb)" in found["cyd"].refusal
    assert "does not have" in found["dan"].refusal
    assert found["eve"].refusal == found["fay"].refusal == ""
    assert (found["fay"].attempt, found["fay"].notes) == (1, ())
    assert (found["gil"].attempt, found["gil"].notes) == (1, ())


def test_a_course_with_one_exercise_needs_no_sign_either(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada.ipynb": ipynb(title="")})
    assert only_one(read(folder, exercises={SLUG: "Title"})).exercise == SLUG


# Which of several --------------------------------------------------------------------------


def test_the_newest_counts(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            f"ada_{SLUG}.ipynb": ipynb("v = 0"),
            f"ada_{SLUG} (1).ipynb": ipynb("v = 1"),
            f"ada_{SLUG} (2).ipynb": ipynb("v = 2"),
        },
    )
    one = only_one(read(folder))
    assert (one.cells, one.attempt) == (("v = 2",), 3)
    assert one.notes == (
        f"ada_{SLUG} (2).ipynb counts; passed over: ada_{SLUG}.ipynb, ada_{SLUG} (1).ipynb.",
    )
    assert files(one) == {f"ada_{SLUG} (2).ipynb"}
    first = only_one(read(folder, keep="first"))
    assert (first.cells, first.attempt) == (("v = 0",), 1)


def test_the_time_of_submit_tells_the_newer(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path,
        {
            f"ada_{SLUG} (1).zip": handed(code="v = 1", made="2026-05-01T10:00:00+02:00"),
            f"ada_{SLUG}.zip": handed(code="v = 2", made="2026-05-01T09:00:00+00:00"),
        },
    )
    assert only_one(read(folder)).cells == ("v = 2",)


def test_the_time_of_the_file_tells_the_newer(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path, {"ada": {"b.ipynb": ipynb("v = 1"), "a.ipynb": ipynb("v = 2"), "x.csv": "1"}}
    )
    os.utime(folder / "ada/b.ipynb", (1_000_000_000, 1_000_000_000))
    one = only_one(read(folder))
    assert (one.cells, one.attempt) == (("v = 2",), 2)
    assert files(one) == {"a.ipynb", "x.csv"}
    assert one.submitted is None  # when a file was saved is not when it was handed in


def test_a_version_that_can_be_run_goes_before_one_that_cannot(tmp_path: Path) -> None:
    folder = class_of(
        tmp_path, {f"ada_{SLUG}.ipynb": ipynb("v = 1"), f"ada_{SLUG} (1).ipynb": "{ broken"}
    )
    one = only_one(read(folder))
    assert (one.cells, one.attempt, one.refusal) == (("v = 1",), 1, "")
    assert "could not be used" in "".join(one.notes)


def test_paired_notebooks_are_one(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada": {"w.ipynb": ipynb("v = 1"), "w.md": myst("v = 2")}})
    os.utime(folder / "ada/w.ipynb", (1_000_000_000, 1_000_000_000))
    one = only_one(read(folder))
    assert (one.cells, one.attempt) == (("v = 2",), 1)
    assert "the newer of the two counts" in "".join(one.notes)


# Bad and hostile input ---------------------------------------------------------------------


BAD = [
    ("w.ipynb", b"%PDF-1.7", "a PDF"),
    ("w.ipynb", b"", "empty"),
    ("w.ipynb", ipynb().encode()[:90], "not whole"),
    ("w.ipynb", nbformat.writes(nbformat.v4.new_notebook()).encode(), "no code cells"),
    ("w.docx", b"PK\x03\x04", "no notebook in it, only: w.docx"),
    ("w.zip", b"PK\x03\x04", "broken or not whole"),
    ("w.zip", packed({"../evil.ipynb": ipynb(), "w.ipynb": ipynb()}), "climbs out"),
    ("w.zip", packed({"/evil.ipynb": ipynb()}), "absolute path"),
    ("w.zip", packed({"w.ipynb": ipynb(), "zeros": bytes(12_000_000)}), "far more than"),
    ("w.zip", packed({"a.zip": packed({"b.zip": packed({"c.zip": handed()})})}), "zips in one"),
    ("w.zip", packed({"notes.txt": "x"}), "no notebook in it, only: notes.txt"),
]


@pytest.mark.parametrize(("name", "content", "says"), BAD, ids=[says for *_, says in BAD])
def test_bad_work_is_refused_and_the_rest_untouched(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    folder = class_of(tmp_path, {"ada": {name: content}, "bob": {"w.ipynb": ipynb()}})
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = by_learner(read(folder, only=SLUG))
    assert says in found["ada"].refusal
    assert found["ada"].refusal[-1] == "."
    assert (found["ada"].exercise, found["ada"].notebook, found["ada"].cells) == (SLUG, "", ())
    assert found["ada"].folder.is_dir()
    assert found["bob"].refusal == ""
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"handed-in-here", "work"}


def test_a_cell_that_is_no_python_is_not_refused(tmp_path: Path) -> None:
    one = only_one(read(class_of(tmp_path, {"ada.ipynb": ipynb("def f(:")})))
    assert (one.refusal, one.cells) == ("", ("def f(:",))


def test_links_and_special_files_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "keys.txt").write_text("secret")
    folder = class_of(tmp_path, {"ada": {"w.ipynb": ipynb()}, "bob": {"w.ipynb": ipynb()}})
    (folder / "ada/keys.txt").symlink_to(secret / "keys.txt")
    (folder / "ada/more").symlink_to(secret)
    os.mkfifo(folder / "ada/pipe")
    (folder / "eve").symlink_to(secret)
    (folder / "zed.ipynb").symlink_to(folder / "ada/w.ipynb")
    collected = read(folder)
    found = by_learner(collected)
    assert files(found["ada"]) == {"w.ipynb"}
    assert len(found["ada"].notes) == 3
    assert set(found) == {"ada", "bob"}
    assert [line.split()[0] for line in collected.problems] == ["eve", "zed.ipynb"]


def test_a_thousand_links_do_not_fill_the_report(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada": {"w.ipynb": ipynb()}})
    for number in range(100):
        (folder / f"ada/{number}").symlink_to("/")
    notes = only_one(read(folder)).notes
    assert len(notes) == 21
    assert notes[-1] == "And 80 more such notes."


def test_limits_of_one_work(tmp_path: Path) -> None:
    several = {f"{n}.zip": packed({"w.ipynb": ipynb(), "x": os.urandom(40_000)}) for n in range(9)}
    folder = class_of(
        tmp_path,
        {
            "ada": {"w.ipynb": ipynb(), "data.bin": os.urandom(200_000)},
            "bob": {"w.ipynb": ipynb(), **{f"{n}.txt": "" for n in range(30)}},
            "cyd": several,
            "dan": {"w.ipynb": ipynb()},
        },
    )
    found = by_learner(read(folder, only=SLUG, limits=Limits(files=20, size=150_000)))
    assert "MB that are taken" in found["ada"].refusal
    assert "more than the 20 that are taken" in found["bob"].refusal
    assert "unpacks to more than" in found["cyd"].refusal
    assert files(found["ada"]) == files(found["bob"]) == set()
    assert found["dan"].refusal == ""


def test_a_bad_member_of_a_class_is_a_line_and_the_rest_untouched(tmp_path: Path) -> None:
    archive = tmp_path / "submissions.zip"
    tree = {f"ada_1_2_{SLUG}.ipynb": ipynb(), "../evil_3_4_w.ipynb": ipynb()}
    archive.write_bytes(packed(tree))
    collected = read(archive)
    assert only_one(collected).learner == "1"
    assert "climbs out of its folder. It was left out." in collected.problems[0]


def test_nobody_hands_in_for_others(tmp_path: Path) -> None:
    forged = packed({"Ada Lovelace_31_assignsubmission_file_": {"w.ipynb": ipynb("v = 0")}})
    moodle = {"Ada Lovelace_31_assignsubmission_file_": {"w.ipynb": ipynb("v = 1")}}
    folder = class_of(tmp_path, {**moodle, "Eve_32_assignsubmission_file_": {"w.zip": forged}})
    found = by_learner(read(folder))
    assert {name: one.cells for name, one in found.items()} == {"31": ("v = 1",), "32": ("v = 0",)}
    plain = class_of(tmp_path, {"ada.ipynb": ipynb("v = 1"), "eve.zip": forged}, "plain")
    found = by_learner(read(plain))
    assert {name: one.cells for name, one in found.items()} == {
        "ada": ("v = 1",),
        "eve": ("v = 0",),
    }


def test_a_broken_zip_beside_a_notebook_is_a_file(tmp_path: Path) -> None:
    one = only_one(read(class_of(tmp_path, {"ada": {"a.zip": b"PK", "w.ipynb": ipynb()}})))
    assert (one.refusal, files(one)) == ("", {"a.zip", "w.ipynb"})


def test_odd_names_of_learners(tmp_path: Path) -> None:
    names = [
        "Ada Lovelace",
        "ada lovelace",
        "李雷",
        "O'Neil; rm -rf ~",
        "x" * 200,
        "...",
        "a\u202eb",
    ]
    folder = class_of(tmp_path, {name: {"w.ipynb": ipynb()} for name in names if name != "..."})
    (folder / os.fsdecode(b"J\xf6rg.ipynb")).write_text(ipynb())
    collected = read(folder)
    assert {one.name for one in collected.submissions} == {*names, "J\ufffdrg"} - {"..."}
    assert len({one.folder for one in collected.submissions}) == len(names)
    json.dumps([one.learner for one in collected.submissions], ensure_ascii=False).encode()


# Results -----------------------------------------------------------------------------------


def test_old_files_are_not_mixed_in(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {"ada": {"w.ipynb": ipynb(), "old.txt": "x"}, "bob.md": myst()})
    read(folder)
    (folder / "ada/old.txt").unlink()
    (folder / "bob.md").unlink()
    read(folder)
    there = {path.name for path in (tmp_path / "work").rglob("*")}
    assert there == {"ada", SLUG, "w.ipynb", ".collected-submissions"}


def test_the_digest_follows_names_and_contents_only(tmp_path: Path) -> None:
    tree = {"ada": {"w.ipynb": "", "a": {"b.txt": "1"}}}
    tree["ada"]["w.ipynb"] = ipynb()
    folder = class_of(tmp_path, tree)
    digest = only_one(read(folder)).digest
    assert len(digest) == len(hashlib.sha256().hexdigest())
    os.utime(folder / "ada/a/b.txt", (1, 1))
    assert only_one(read(folder)).digest == digest
    (folder / "ada/a/b.txt").write_text("2")
    changed = only_one(read(folder)).digest
    (folder / "ada/a/b.txt").rename(folder / "ada/a/c.txt")
    assert len({digest, changed, only_one(read(folder)).digest}) == 3


@pytest.mark.parametrize(
    ("given", "into", "says"),
    [
        ("handed", "handed/work", "would lie in one folder"),
        ("handed", "handed", "would lie in one folder"),
        ("handed", ".", "would lie in one folder"),
        ("handed", "mine", "would be emptied"),
        ("handed", "file", "not a folder"),
        ("none", "work", "no such file"),
        ("handed/notes.txt", "work", "neither a folder nor a zip nor a notebook"),
    ],
)
def test_arguments_that_would_do_harm(tmp_path: Path, given: str, into: str, says: str) -> None:
    class_of(tmp_path, {"ada.ipynb": ipynb(), "notes.txt": "x"}, "handed")
    class_of(tmp_path, {"thesis.tex": "years of work"}, "mine")
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=says):
        collect(tmp_path / given, tmp_path / into, exercises=EXERCISES)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_exercise_that_the_course_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="use one of these: a-dvc-pipeline, log-a-dummy-metric"):
        read(class_of(tmp_path, {}), only="none")


def test_a_class_of_200_takes_seconds(tmp_path: Path) -> None:
    folder = class_of(tmp_path, {f"learner{n}_{SLUG}.ipynb": ipynb(f"v = {n}") for n in range(200)})
    started = time.process_time()
    collected = read(folder)
    assert time.process_time() - started < 3
    assert len(collected.submissions) == 200
