"""A class is graded: begun again where it was, marked by a person, shown in MLflow."""

import csv
import json
import shutil
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from mlops_landscape.cli import main
from mlops_landscape.errors import InputError, SetupError
from mlops_landscape.exercises.source import Places
from mlops_landscape.grading.grade import Handling, Lateness, grade_class
from mlops_landscape.grading.model import Grade, Gradebook
from mlops_landscape.servers import serve

SLUG = "count-late-flights"
NAMES = ("ada", "bob", "cyd", "dan")
QUIET = Handling(track=False)


class Class(Protocol):
    """What the fixture `class_` gives."""

    handed_in: Path
    out: Path
    places: Places
    said: list[str]

    def hand_in(self, learner: str, *cells: str) -> Path: ...
    def grade(self, handling: Handling | None = None) -> Gradebook: ...


def by_learner(book: Gradebook) -> dict[str, Grade]:
    return {grade.learner: grade for grade in book.grades}


def run_now(said: list[str]) -> list[str]:
    """Return who was really run, from what was said."""
    return sorted(line.split("] ")[1].split(",")[0] for line in said if line.startswith("["))


def test_a_run_goes_on_where_it_was_stopped(class_: Class, right: tuple[str, ...]) -> None:
    for name in NAMES:
        class_.hand_in(name, *right)
    said: list[str] = []

    def stop_after_two(line: str) -> None:
        said.append(line)
        if len(run_now(said)) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_class(class_.handed_in, class_.out, QUIET, class_.places, stop_after_two)
    assert not (class_.out / "grades.csv").exists()
    book = class_.grade()
    assert [one.by_checks for one in book.grades] == [6] * 4
    assert not set(run_now(said)) & set(run_now(class_.said))
    assert class_.said[0].endswith("of 4 submissions have not changed since they were graded")


def test_only_what_has_changed_is_graded_anew(class_: Class, right: tuple[str, ...]) -> None:
    for name in NAMES:
        class_.hand_in(name, *right)
    first = by_learner(class_.grade())
    class_.hand_in("bob", "late = 3")
    second = by_learner(class_.grade())
    assert run_now(class_.said) == ["bob"]
    assert (second["bob"].by_checks, second["ada"]) == (0, first["ada"])
    class_.grade(Handling(track=False, again=True))
    assert run_now(class_.said) == sorted(NAMES)


def test_other_checks_are_asked_anew(class_: Class, right: tuple[str, ...], tmp_path: Path) -> None:
    class_.hand_in("ada", *right)
    class_.grade()
    other = Places(*(tmp_path / name for name in ("solutions", "exercises", "checks", "book")))
    for name in ("solutions", "exercises", "checks", "book"):
        shutil.copytree(getattr(class_.places, name), getattr(other, name))
    file = other.check_file(SLUG)
    right_check = file.read_text()
    file.write_text(
        right_check.replace('@worth(points=3, hint="Count', '@worth(points=4, hint="Count')
    )
    (grade,) = grade_class(class_.handed_in, class_.out, QUIET, other, class_.said.append).grades
    assert grade.by_checks == 7
    # A check that the solution itself does not pass can judge nobody.
    file.write_text(right_check.replace("late == 2", "late == 3"))
    with pytest.raises(SetupError, match=r"solution of .* does not pass .*`late` is 2.*Mend: "):
        grade_class(class_.handed_in, class_.out, QUIET, other, class_.said.append)


def test_bad_input_costs_only_its_own_mark(class_: Class, right: tuple[str, ...]) -> None:
    class_.hand_in("right", *right)
    class_.hand_in("syntax-error", "late = = 2", right[1])
    class_.hand_in("no-variable", "print('nothing')")
    class_.hand_in("late-is-missing", "del nothing", *right)
    (class_.handed_in / f"empty_{SLUG}.ipynb").write_text("")
    (class_.handed_in / f"cut_{SLUG}.ipynb").write_text('{"cells": [{"cell_type": "co')
    (class_.handed_in / f"wide_{SLUG}.ipynb").write_text("é", encoding="utf-16")
    (class_.handed_in / f"pdf_{SLUG}.pdf").write_bytes(b"%PDF-1.7")
    grades = by_learner(class_.grade())
    assert {name: grade.by_checks for name, grade in grades.items() if grade.by_checks} == {
        "right": 6,
        "late-is-missing": 6,
    }
    refused = {name for name, grade in grades.items() if grade.outcome == "refused"}
    assert {"empty", "cut", "wide"} <= refused
    assert grades["syntax-error"].notes[0].startswith("Code cell 1: SyntaxError: invalid syntax")
    assert grades["no-variable"].checks[0].message == "the notebook has no variable `late`"
    assert grades["late-is-missing"].notes[0].startswith("Code cell 1: NameError")


def test_late_work_costs_what_was_said(class_: Class, right: tuple[str, ...]) -> None:
    folder = class_.hand_in("ada", *right)
    packed = folder / f"{SLUG}.submission.zip"
    about = {
        "format": 1,
        "exercise": SLUG,
        "notebook": f"{SLUG}.md",
        "made": "2026-11-21T12:00:00+00:00",
    }
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(folder / f"{SLUG}.md", f"{SLUG}.md")
        archive.writestr("submission.json", json.dumps(about))
    (folder / f"{SLUG}.md").unlink()
    due = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    (grade,) = class_.grade(Handling(track=False, lateness=Lateness(due=due, per_day=0.25))).grades
    assert (grade.late_seconds, grade.penalty) == (25 * 3600, 0.5)
    assert (grade.by_checks, grade.total) == (6, 3)
    # Another date is no reason to run anything again.
    (grade,) = class_.grade(Handling(track=False)).grades
    assert (grade.total, run_now(class_.said)) == (6, [])


def test_a_person_marks_what_checks_cannot(class_: Class, right: tuple[str, ...]) -> None:
    class_.hand_in("ada", *right)
    class_.hand_in("bob", *right)
    book = class_.grade()
    assert all(grade.awaits_a_person for grade in book.grades)
    assert "two, with numbers" in (class_.out / "marks.html").read_text(encoding="utf-8")
    marks = class_.out / "marks.csv"
    rows = list(csv.reader(marks.read_text(encoding="utf-8-sig").splitlines()))
    points = rows[0].index("points")
    for row in rows[1:]:
        row[points] = "4" if row[0] == "ada" else ""
    marks.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    grades = by_learner(class_.grade())
    assert run_now(class_.said) == []
    assert (grades["ada"].total, grades["ada"].awaits_a_person) == (10, False)
    assert (grades["bob"].total, grades["bob"].awaits_a_person) == (6, True)
    marks.write_text(marks.read_text().replace(",4,4", ",4,5"), encoding="utf-8")
    before = (class_.out / "grades.csv").read_bytes()
    with pytest.raises(InputError, match=r"marks\.csv, row 2.*\n +Mend: "):
        class_.grade()
    assert (class_.out / "grades.csv").read_bytes() == before


def test_two_runs_do_not_share_a_folder(class_: Class, right: tuple[str, ...]) -> None:
    class_.hand_in("ada", *right)

    def grade_meanwhile(_line: str) -> None:
        with pytest.raises(SetupError, match=r"Another run is grading into .*Mend: "):
            class_.grade()

    grade_class(class_.handed_in, class_.out, QUIET, class_.places, grade_meanwhile)


def test_the_class_is_visible_in_mlflow(
    class_: Class, right: tuple[str, ...], browser: Browser
) -> None:
    for name in NAMES:
        class_.hand_in(name, *right)
    class_.hand_in("dan", "late = 3")
    class_.grade(Handling())
    from mlflow import MlflowClient

    store = class_.out / "mlflow.db"
    client = MlflowClient(tracking_uri=f"sqlite:///{store}")
    experiment = client.get_experiment_by_name(SLUG)
    assert experiment is not None
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", f"sqlite:///{store}"]
    command += ["--host", "127.0.0.1", "--workers", "1", "--port", "{port}"]
    with serve(command, ready="/health") as server:
        page = browser.new_page()
        page.goto(f"{server.url}/#/experiments/{experiment.experiment_id}/runs")
        for name in NAMES:
            page.get_by_text(name, exact=True).first.wait_for(timeout=60_000)
        page.close()
    # One run a learner: the second time only the one that has changed is written.
    before = {run.info.run_id for run in client.search_runs([experiment.experiment_id])}
    class_.hand_in("dan", *right)
    class_.grade(Handling())
    after = client.search_runs([experiment.experiment_id])
    assert len(after) == 4
    assert len(before & {run.info.run_id for run in after}) == 3
    assert {run.data.metrics["points"] for run in after} == {6}
    assert after[0].data.metrics["check/late_is_right"] == 1


def test_the_command_grades_the_courses_own_exercise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = "log-a-dummy-metric"
    for name, folder in (("ada", "solutions"), ("bob", "exercises")):
        (tmp_path / "class" / name).mkdir(parents=True)
        source = getattr(Places(), folder) / f"{slug}.md"
        shutil.copyfile(source, tmp_path / "class" / name / f"{slug}.md")
    arguments = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--no-mlflow"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "ada, log-a-dummy-metric: 10 of 10" in said
    assert "bob, log-a-dummy-metric: 0 of 10" in said
    assert "2 submissions: 2 graded, 0 refused." in said
    assert main([*arguments, "--per-day", "120"]) == 1
    assert "--per-day: 120 is out of range" in capsys.readouterr().err
    assert main([*arguments, "--exercise", "no-such"]) == 1
    assert "there is no exercise 'no-such'" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "none"), "--out", str(tmp_path / "o")]) == 1
    assert "Mend: " in capsys.readouterr().err
