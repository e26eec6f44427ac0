"""Checks are collected and run; mistakes in a file of checks are named."""

from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.source import Places
from mlops_landscape.exercises.work import Work

SLUG = "count-late-flights"


def test_checks_are_collected_in_the_order_of_the_file(places: Places) -> None:
    found = checks.collect(places.check_file(SLUG))
    assert [(one.name, one.title, one.points, one.visible) for one in found] == [
        ("late_is_right", "The number is right", 3, True),
        ("the_file_is_there", "The file holds the number", 1, False),
    ]


def test_results_say_what_was_seen_and_one_failure_stops_no_other(
    places: Places, tmp_path: Path
) -> None:
    (tmp_path / "late.txt").write_text("2")
    found = checks.collect(places.check_file(SLUG))
    with Work(tmp_path, {"late": {"value": 1}}) as work:
        first, second = checks.run(found, work)
    assert (first.passed, first.message) == (False, "`late` is 1, not 2")
    assert first.hint == "Count with `>=`."
    assert (second.passed, second.message) == (True, "")


def test_a_check_that_stumbles_is_a_failure_that_says_so(places: Places, tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_bytes(b"\xff\xfe\xff")
    found = checks.collect(places.check_file(SLUG))
    with Work(tmp_path, {"late": {"value": 2}}) as work:
        first, second = checks.run(found, work)
    assert first.passed
    assert not second.passed
    assert second.broken
    assert "the check could not read the work: UnicodeDecodeError" in second.message


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('@worth(points=3, hint="Count with `>=`.")\n', "", "it has no points or no hint"),
        ('hint="Write the file."', 'hint=""', "it has no points or no hint"),
        ("points=3", "points=0", "it has no points or no hint"),
        ('    """The number is right."""\n', "", "it has no docstring"),
        (', "there is no file late.txt"', "", "the assertion says nothing"),
        ("def test_late_is_right(work):", "def test_late_is_right(work)", "cannot be imported"),
        ("def test_", "def check_", "there is no check in it"),
    ],
)
def test_a_mistake_in_a_file_of_checks_is_named(
    places: Places, old: str, new: str, what: str
) -> None:
    path = places.check_file(SLUG)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        checks.collect(path)
    assert {problem.file for problem in caught.value.problems} == {path}
    assert any(what in problem.what for problem in caught.value.problems), str(caught.value)
