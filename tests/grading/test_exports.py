"""Grades in the formats of other systems: as their importers read them, and harmless to open."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.grading.exports import canvas, export_all, moodle
from mlops_landscape.grading.files import safe_name
from mlops_landscape.grading.model import Grade, Gradebook
from mlops_landscape.grading.tables import guarded, unguarded

METRIC, DAG, ESSAY = "log-a-dummy-metric", "a-dag-that-can-run-twice", "choose-a-stack"
GradeOf = Callable[[str, str], Grade]


def rows(content: bytes | Path) -> list[list[str]]:
    data = content.read_bytes() if isinstance(content, Path) else content
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.fixture
def out(book: Gradebook, tmp_path: Path) -> Path:
    assert export_all(book, tmp_path) == []
    return tmp_path


def test_the_same_book_gives_the_same_bytes(book: Gradebook, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_all(book, tmp_path / name)
    one, two = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert len(one) == 6 + len(book.grades), "no half-written file is left beside them"


def test_a_learner_who_is_gone_leaves_no_results(book: Gradebook, tmp_path: Path) -> None:
    export_all(book, tmp_path)
    kept = tmp_path / "grades" / "record.json"
    kept.parent.mkdir()
    kept.touch()
    export_all(replace(book, grades=book.grades[1:]), tmp_path)
    gone = book.grades[0]
    assert not (tmp_path / "gradescope" / gone.exercise / safe_name(gone.learner)).exists()
    assert kept.exists(), "what belongs to others stays"


def test_grades_as_a_table(out: Path, book: Gradebook) -> None:
    table = pd.read_csv(out / "grades.csv")
    assert list(table["learner"]) == [grade.learner for grade in book.grades]
    found = table.set_index(["learner", "exercise"])
    hugo = found.loc[("hugo@example.org", METRIC)]
    assert (hugo["points"], hugo["by_checks"], hugo["penalty"]) == (6.3, 7, 0.1)
    assert found.loc[("bela@example.org", ESSAY), "name"] == "Béla Szűcs"
    assert found.loc[("dunja@example.org", ESSAY), "awaits_marks"] == "yes"
    assert found.loc[("lena@example.org", ESSAY), "outcome"] == "refused"
    assert ".0," not in (out / "grades.csv").read_text(encoding="utf-8")


def test_checks_as_a_long_table(out: Path, book: Gradebook) -> None:
    table = pd.read_csv(out / "checks.csv")
    assert len(table) == sum(len(grade.checks) for grade in book.grades)
    failed = table[table["passed"] == "no"]
    assert Counter(failed["check"])["all_five_values_are_there"] == 4
    assert (failed["points"] == 0).all()


def test_the_json_can_be_read_as_grades_again(out: Path, book: Gradebook) -> None:
    data = json.loads((out / "grades.json").read_text(encoding="utf-8"))
    extra = {"points", "by_checks", "by_people", "awaits_a_person"}
    read = [
        Grade.from_data({key: value for key, value in one.items() if key not in extra})
        for one in data["grades"]
        if one["name"][0] != "="  # what no encoding holds is spelt out in these
    ]
    assert read == [grade for grade in book.grades if grade.name[0] != "="]
    assert data["problems"] == list(book.problems)
    assert '"points": 12,' in (out / "grades.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@sum", "\tx", "'=x", "''-x", "o'x", "x=1"])
def test_no_spreadsheet_runs_a_name_and_it_comes_back_as_it_was(text: str) -> None:
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t"}
    assert unguarded(guarded(text)) == text


def test_no_cell_of_any_file_begins_like_a_formula(out: Path) -> None:
    for path in out.glob("*.csv"):
        cells = [cell for row in rows(path) for cell in row]
        assert any("HYPERLINK" in cell for cell in cells) or path.name == "checks.csv", path.name
        bad = [cell for cell in cells if cell[:1] in {"=", "+", "@"} or cell[:1] == "-" != cell]
        assert bad == [], path.name


# ---- JUnit ----------------------------------------------------------------------------------

# What the schemas of Jenkins (junit-10.xsd) and Ant allow, and which attributes they require.
ALLOWED = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out"},
    "properties": {"property"},
    "testcase": {"failure", "error"},
}
REQUIRED = {
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "property": {"name", "value"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}


def test_junit_is_what_its_readers_take(out: Path, book: Gradebook) -> None:
    root = ET.parse(out / "junit.xml").getroot()
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= ALLOWED.get(element.tag, set())
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
    assert len(root) == len(book.grades)
    for parent in (root, *root):
        cases = list(parent.iter("testcase"))
        assert parent.get("tests") == str(len(cases))
        for kind, count in (("failure", "failures"), ("error", "errors")):
            assert parent.get(count) == str(len(list(parent.iter(kind))))
    assert {suite.get("timestamp") for suite in root} == {"2026-11-23T09:30:00"}


def test_junit_tells_failed_broken_and_refused_apart(out: Path) -> None:
    suites = {suite.get("name"): suite for suite in ET.parse(out / "junit.xml").getroot()}
    refused = suites[f"{ESSAY}: lena@example.org"].findall("testcase/error")
    assert [one.get("type") for one in refused] == ["refused"]
    assert "cut off in the middle" in str(refused[0].text)
    evil = suites[f"{METRIC}: evil@example.org"]
    assert [one.get("type") for one in evil.findall("testcase/error")] == ["broken"]
    assert len(evil.findall("testcase/failure")) == 1
    said = str(evil.find("testcase/error").get("message"))  # type: ignore[union-attr]
    assert said.startswith(r"\x1b[31mred\x00 <img"), "control characters are spelt out"
    assert r"\ud800" in said


# ---- Gradescope -----------------------------------------------------------------------------

# https://gradescope-autograders.readthedocs.io/en/latest/specs/
RESULT = {"score", "execution_time", "output", "visibility", "stdout_visibility", "extra_data"}
TEST = {"score", "max_score", "status", "name", "output", "visibility"}
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}


def result(folder: Path, learner: str, exercise: str) -> dict:
    path = folder / "gradescope" / exercise / safe_name(f"{learner}@example.org") / "results.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_gradescope_gets_only_what_it_knows(out: Path, book: Gradebook) -> None:
    files = list((out / "gradescope").rglob("results.json"))
    assert len(files) == len(book.grades)
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert set(data) == RESULT | {"tests"}
        assert isinstance(data["score"], int | float)
        for value in (data["visibility"], data["stdout_visibility"]):
            assert value in VISIBLE
        for test in data["tests"]:
            assert set(test) <= TEST
            assert test["visibility"] in VISIBLE - {"hidden"}, "hidden tests must not count there"
            assert test.get("status", "passed") in {"passed", "failed"}
            assert 0 <= test["score"] <= test["max_score"]


def test_gradescope_counts_lateness_and_keeps_hidden_checks_to_itself(
    out: Path, book: Gradebook, tmp_path: Path
) -> None:
    data = result(out, "hugo", METRIC)
    assert data["score"] == 6.3
    assert "1 day 3 hours after the due date: 10 % of its points" in data["output"]
    (hidden,) = (test for test in data["tests"] if test["visibility"] == "after_published")
    assert (hidden["score"], hidden["status"], hidden["output"]) == (0, "failed", "")
    export_all(book, tmp_path / "open", show_hidden=True)
    (shown,) = (
        test
        for test in result(tmp_path / "open", "hugo", METRIC)["tests"]
        if test["visibility"] == "after_published"
    )
    assert "is FAILED, not FINISHED" in shown["output"]


def test_gradescope_says_what_waits_for_a_person(out: Path) -> None:
    data = result(out, "dunja", ESSAY)
    assert "A person has not marked all of it yet." in data["output"]
    assert [test["output"] for test in data["tests"][1:]] == ["not marked yet"] * 2
    assert result(out, "ada", ESSAY)["score"] == 7.5


# ---- Canvas ---------------------------------------------------------------------------------

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Log a dummy metric (901),Project (902),\
Current Score,Final Score
,,,,,,Manual Posting,,,
    Points Possible,,,,,,10.00,40,(read only),(read only)
"Okafor, Ada",1001,S-1,ada@example.org,A,"quiet, good",3,31,80.1,80.1
"Szűcs, Béla",1002,S-2,bs2,A,,,32,,
"Student, Test",1003,,test,A,,5,,,
"""


def test_a_new_gradebook_for_canvas(out: Path) -> None:
    table = rows(out / "canvas.csv")
    assert table[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert table[0][5:] == [
        "A DAG that can run twice",
        "Choose a stack, and say why",
        "Log a dummy metric",
    ]
    assert "Points Possible" in table[1][0]
    assert table[1][5:] == ["12", "10", "10"]
    by_login = {row[3]: row[5:] for row in table[2:]}
    assert len(by_login) == 12
    assert by_login["hugo@example.org"] == ["10", "", "6.3"], "the essay waits for a person"
    assert by_login["kofi@example.org"] == ["12", "", ""], "not handed in is no zero"
    assert not (out / "canvas.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_exported_gradebook_is_filled_in(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "2026-11-23T1000_Grades-MLOPS.csv"
    file.write_text(GRADEBOOK, encoding="utf-8")
    content, missed = canvas.fill(book, file)
    table, before = rows(content), rows(file)
    assert table[0] == [*before[0], "A DAG that can run twice", "Choose a stack, and say why"]
    assert table[2][-2:] == ["12", "10"], "possible points of the new assignments"
    ada, bela, test = table[3:]
    assert ada == [*before[3][:6], "10", *before[3][7:], "12", "7.5"]
    assert bela[6] == "6", "found by name, with accents, first and last name turned"
    assert test == [*before[5], "", ""], "no grade of ours: nothing of theirs is changed"
    learners = {problem.place.split("'")[1] for problem in missed}
    assert len(learners) == 10
    assert "ada@example.org" not in learners
    assert "enter the points by hand" in str(missed[0])


def test_a_semicolon_gradebook_stays_one(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "grades.csv"
    file.write_text(
        "\ufeffStudent;ID;SIS Login ID;Section;Log a dummy metric (9)\n"
        "    Points Possible;;;;10,00\n=Evil;7;ada@example.org;A;\n",
        encoding="utf-8",
    )
    content, _ = canvas.fill(book, file)
    assert content.decode().startswith("\ufeffStudent;ID;SIS Login ID;Section;Log a dummy metric")
    assert "\r\n'=Evil;7;ada@example.org;A;10;" in content.decode()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Student,ID", "Name,Number", "row 1: it is not a gradebook of Canvas"),
        ("10.00,40", "100,40", "the assignment is worth 100 points in Canvas, here 10"),
        ('"quiet, good"', '"quiet, good', "it is not valid CSV"),
        (",31,80.1,80.1", ",31,80,1,80,1", "row 4: it has 12 cells, the heading has 10"),
        (GRADEBOOK, "\n\n", "it is empty"),
    ],
)
def test_a_wrong_gradebook_is_refused_and_nothing_is_written(
    book: Gradebook, tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GRADEBOOK
    file = tmp_path / "from-canvas.csv"
    file.write_text(GRADEBOOK.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        export_all(book, tmp_path / "out", canvas_gradebook=file)
    assert said in str(caught.value)
    assert "from-canvas.csv" in str(caught.value)
    assert "Mend: " in str(caught.value)
    assert not (tmp_path / "out").exists()


# ---- Moodle ---------------------------------------------------------------------------------

WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 11,Ada Okafor,ada@example.org,Submitted for grading,,10.00,Yes,\
"Friday, 20 November 2026, 1:00 PM",-,
Participant 12,Finn O'Brien,finn@other.example,Submitted for grading,,10.00,Yes,-,-,old
Participant 13,Kofi Mensah,kofi@example.org,No submission,,10.00,Yes,-,-,
"""


def test_moodle_can_import_the_class(out: Path) -> None:
    table = rows(out / "moodle.csv")
    assert table[0][:3] == ["Email address", "Full name", "A DAG that can run twice"]
    by_learner = {row[0]: row[2::2] for row in table[1:]}
    assert by_learner["hugo@example.org"] == ["10", "-", "6.3"], "a hyphen is no grade there"
    feedback = {row[0]: row[7] for row in table[1:]}
    assert "Mend this first: All five values are there" in feedback["bela@example.org"]
    assert "after the due date" in feedback["hugo@example.org"]


def test_learners_without_addresses_are_user_names_for_moodle(book: Gradebook) -> None:
    named = [replace(grade, learner=grade.learner.split("@")[0]) for grade in book.grades]
    assert rows(moodle.grades(replace(book, grades=tuple(named))))[0][0] == "Username"


def test_a_worksheet_is_filled_in(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "worksheet.csv"
    file.write_text(WORKSHEET, encoding="utf-8")
    missed = export_all(book, tmp_path / "out", moodle_worksheets={METRIC: file})
    table, before = rows(tmp_path / "out" / f"moodle-{METRIC}.csv"), rows(file)
    assert [row[4] for row in table] == ["Grade", "10", "4", ""]
    assert table[3] == before[3], "who handed in nothing keeps what is there"
    for new, old in zip(table, before, strict=True):
        assert new[:4] + new[5:9] == old[:4] + old[5:9]
    assert table[2][9].startswith("2 of 4 checks pass.")
    assert len(missed) == 9
    numbered = replace(book, grades=(replace(book.grades[-1], learner="12", name="?"),))
    content, missed = moodle.fill(numbered, file, METRIC)
    assert (rows(content)[2][4], missed) == ("8", []), "the number in a file name is enough"


def test_two_people_of_one_name_are_not_guessed(book: Gradebook, tmp_path: Path) -> None:
    file = tmp_path / "worksheet.csv"
    twin = "Participant 14,Ada Okafor,other@example.org,-,,10,Yes,-,-,\n"
    text = WORKSHEET.replace("ada@example.org", "a@x.example") + twin
    file.write_text(text, encoding="utf-8")
    content, missed = moodle.fill(book, file, METRIC)
    assert rows(content)[1][4] == rows(content)[4][4] == ""
    assert any("the name fits the rows 2 and 5" in str(problem) for problem in missed)


@pytest.mark.parametrize(
    ("exercise", "old", "new", "said"),
    [
        (METRIC, "Grade,Maximum", "Bewertung,Maximum", "no column 'Grade'"),
        (METRIC, "10.00", "100.00", "maximum grade is 100.00, here 10 points can be earned"),
        ("no-such", "", "", "there is no grade for the exercise 'no-such'"),
    ],
)
def test_a_wrong_worksheet_is_refused(
    book: Gradebook, tmp_path: Path, exercise: str, old: str, new: str, said: str
) -> None:
    file = tmp_path / "worksheet.csv"
    file.write_text(WORKSHEET.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        export_all(book, tmp_path / "out", moodle_worksheets={exercise: file})
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


# ---- names of files -------------------------------------------------------------------------


def test_every_name_gives_another_file_that_every_system_takes() -> None:
    names = ["ann", "Ann", "ANN", "a/b", "a-b", "../../etc", "con", "陳", "李", "", ".", "x" * 300]
    names += ["é", "e\u0301", "a\x00", "a b", "a\ud800"]
    names.append(safe_name("Ann"))
    made = [safe_name(name) for name in names]
    assert len({one.lower() for one in made}) == len(names)
    for one in made:
        assert set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
        assert one[0] not in ".-"
        assert len(one) < 80
        assert one != "con"
    assert made[0] == "ann"
