"""Rosters as people keep them, and their mistakes."""

from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.grading.roster import Ambiguous, Person, read_roster


def roster(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "roster.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


CLASS = """learner,name,email,canvas,moodle,gradescope
ada,Ada Lovelace,ada@uni.example,4711,31,100
jm,"Müller, Jörg",jm@uni.example,4712,32,101
jm2,Jörg Müller,jm2@uni.example,4713,33,102
"""


@pytest.mark.parametrize(
    ("kind", "ids", "name", "learner"),
    [
        ("canvas", ("4711",), "whoever", "ada"),
        ("moodle", ("31",), "Participant 31", "ada"),
        ("gradescope", ("100", ""), "", "ada"),
        ("gradescope", ("", "ADA@uni.example"), "", "ada"),
        ("plain", ("ADA",), "ADA", "ada"),
        ("plain", ("lovelace ada",), "lovelace ada", "ada"),
        ("canvas", ("999",), "lovelaceada", "ada"),
        ("canvas", ("4713",), "mullerjorg", "jm2"),
        ("canvas", ("31",), "someone", None),
        ("plain", ("",), "", None),
        ("plain", ("ad",), "ad", None),
    ],
)
def test_learners_are_found(
    tmp_path: Path, kind: str, ids: tuple[str, ...], name: str, learner: str | None
) -> None:
    person = read_roster(roster(tmp_path, CLASS)).find(kind, ids, name)
    assert (person and person.learner) == learner


def test_a_name_that_two_people_have(tmp_path: Path) -> None:
    people = read_roster(roster(tmp_path, CLASS))
    with pytest.raises(Ambiguous, match="jm, jm2"):
        people.find("canvas", ("999",), "müllerjörg")


@pytest.mark.parametrize(
    "text",
    [
        "learner;name\nada;Lovelace, Ada\n",
        "learner\tname\nada\tLovelace, Ada\n",
        '\ufeffLearner, Name ,room\r\nada,"Lovelace, Ada",12\r\n\r\n',
    ],
)
def test_how_spreadsheets_write_csv(tmp_path: Path, text: str) -> None:
    assert read_roster(roster(tmp_path, text)).people == (Person("ada", "Lovelace, Ada"),)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", "", "empty"),
        ("\n\n", "", "empty"),
        ("learner,name\n", "", "nobody"),
        ("id,name\nada,Ada\n", "line 1", "no column `learner`"),
        ("learner,name,name\nada,Ada,Ada\n", "line 1", "`name` comes twice"),
        ("learner,name\n,Ada\n", "line 2", "no id"),
        ("learner,name\nada,Lovelace, Ada\n", "line 2", "3 cells"),
        ("learner\nada\n\nADA\n", "line 4", "as in line 2"),
        ("learner,canvas\nada,1\nbob,1\n", "line 3", "`canvas` is '1', as in line 2"),
        ('learner\n"ada\n', "", "not CSV"),
        ("learner,name\nada,Jörg\n".encode("latin-1"), "", "not UTF-8"),
    ],
)
def test_mistakes(tmp_path: Path, text: str | bytes, place: str, what: str) -> None:
    file = roster(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_roster(file)
    (problem,) = caught.value.problems
    assert (problem.file, problem.place) == (file, place)
    assert what in problem.what
    assert problem.mend


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_roster(roster(tmp_path, "learner,email\n,a@x\nada,a@x\nada,b@x\n"))
    assert [problem.place for problem in caught.value.problems] == ["line 2", "line 3", "line 4"]


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
