"""``stacks.yml``: the course's own is right, and every mistake is named with its place and mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_landscape.book import validate as validation
from mlops_landscape.catalogue import Catalogue
from mlops_landscape.catalogue import load_catalogue as load_own_catalogue
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.stack import load_stacks, offers
from mlops_landscape.stack.stacks import STACKS

FILE = """\
jobs:
  - id: work/track
    need: essential
    reason: Without it nobody knows.
  - id: work/fit
    need: essential
    reason: Something has to.
  - id: work/spread
    need: optional
    reason: When it grows.
  - id: run/serve
    need: essential
    covered_by: run/all
    reason: Else it is a file.
  - id: run/all
    need: optional
    reason: One contract.
stacks:
  - id: small
    name: Small
    for: one person
    summary: All of it on one machine.
    constraints: [open-source, "team:alone", "kubernetes:no"]
    picks:
      - {job: work/track, tool: keeper, reason: It keeps.}
      - {job: work/fit, tool: fast, reason: It is fast.}
      - {job: run/serve, tool: plain, reason: It is plain.}
"""


@pytest.fixture
def problems(tmp_path: Path, catalogue: Catalogue) -> Callable[[str, str], list[Problem]]:
    """Give a function that replaces a text in the file and returns what is then wrong."""

    def find(old: str, new: str) -> list[Problem]:
        assert old in FILE
        path = tmp_path / "stacks.yml"
        path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_stacks(catalogue, path)
        assert all(problem.file == path for problem in caught.value.problems)
        return caught.value.problems

    return find


def test_a_right_file_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "stacks.yml"
    path.write_text(FILE, encoding="utf-8")
    stacks = load_stacks(catalogue, path)
    assert stacks.job("run/serve").covered_by == "run/all"
    assert [job.id for job in stacks.jobs if job.is_essential] == [
        "work/track",
        "work/fit",
        "run/serve",
    ]
    small = stacks.stack("small")
    assert small is not None
    assert small.address == (
        "stack=v1;work/track:keeper;work/fit:fast;run/serve:plain;"
        "open-source;kubernetes:no;team:alone"
    )
    assert stacks.stack("large") is None


MISTAKES = {
    "unknown tool": (
        "tool: keeper",
        "tool: keepr",
        "line 25, stack 'small', field 'picks[1].tool'",
        "there is no tool 'keepr'",
        "gone, keeper, rented",
    ),
    "unknown job": (
        "- {job: work/fit",
        "- {job: work/fitt",
        "line 26, stack 'small', field 'picks[2].job'",
        "there is no job 'work/fitt'",
        "work/track, work/fit",
    ),
    "a job that the tool does not do": (
        "tool: fast",
        "tool: plain",
        "line 26, stack 'small', field 'picks[2].tool'",
        "Plain does not do 'work/fit'",
        "slow, fast, first, vague",
    ),
    "a tool that has ended": (
        "tool: keeper",
        "tool: gone",
        "line 25, stack 'small', field 'picks[1].tool'",
        "Gone is discontinued",
        "keeper, rented",
    ),
    "a tool that only gets repairs": (
        "tool: plain",
        "tool: old",
        "line 27, stack 'small', field 'picks[3].tool'",
        "Old is in maintenance only",
        "pick another: plain",
    ),
    "a contradiction with open source": (
        "tool: keeper",
        "tool: rented",
        "line 25, stack 'small', field 'picks[1].tool'",
        "Rented contradicts 'open-source' of this stack: managed or proprietary, not open source",
        "take the constraint out",
    ),
    "unknown constraint": (
        '"team:alone"',
        '"team:two"',
        "line 23, stack 'small', field 'constraints[2]'",
        "there is no constraint 'team:two'",
        "team:alone, team:small, team:platform",
    ),
    "two constraints of a kind": (
        '"team:alone"',
        '"team:alone", "team:small"',
        "line 23, stack 'small', field 'constraints[3]'",
        "'team:small' contradicts 'team:alone'",
        "keep one",
    ),
    "the same pick twice": (
        "      - {job: work/fit",
        "      - {job: work/fit, tool: fast, reason: Twice.}\n      - {job: work/fit",
        "line 27, stack 'small', field 'picks[3]'",
        "'fast' is already picked for 'work/fit'",
        "keep one",
    ),
    "an essential job that nobody does": (
        "      - {job: work/fit, tool: fast, reason: It is fast.}\n",
        "",
        "line 24, stack 'small', field 'picks'",
        "nobody does 'work/fit', which is essential",
        "pick a tool for it",
    ),
    "a job that is not listed": (
        "  - id: run/all\n    need: optional\n    reason: One contract.\n",
        "",
        "line 1",
        "the job 'run/all' is missing",
        "add an item with 'id: run/all'",
    ),
    "a job that there is not": (
        "id: work/spread",
        "id: work/spreadd",
        "line 8, job 'work/spreadd', field 'id'",
        "there is no job 'work/spreadd'",
        "work/spread",
    ),
    "a job twice": (
        "id: work/spread",
        "id: work/fit",
        "line 8, job 'work/fit', field 'id'",
        "already used on line 5",
        "say it once",
    ),
    "unknown cover": (
        "covered_by: run/all",
        "covered_by: run/al",
        "line 13, job 'run/serve', field 'covered_by'",
        "there is no job 'run/al'",
        "run/all",
    ),
    "no reason": (
        "    reason: Something has to.\n",
        "",
        "line 5, job 'work/fit'",
        "the field 'reason' is missing",
        "add 'reason'",
    ),
    "neither essential nor optional": (
        "need: optional",
        "need: maybe",
        "line 9, job 'work/spread', field 'need'",
        "'maybe' is not one of the values",
        "essential, optional",
    ),
    "no YAML": (
        "for: one person",
        "for: [one person",
        "line 22",
        "not valid YAML",
        "bracket",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_mend(
    problems: Callable[[str, str], list[Problem]], mistake: str
) -> None:
    old, new, place, what, mend = MISTAKES[mistake]
    found = problems(old, new)
    # One mistake may lead to others, such as a job that then is missing.
    matching = [problem for problem in found if what in problem.what]
    assert matching, found
    assert matching[0].place.startswith(place), found
    assert mend in matching[0].mend, found


def test_all_mistakes_are_found_at_once(problems: Callable[[str, str], list[Problem]]) -> None:
    found = problems("tool: keeper", "tool: gone, reason: Ended.}\n      - {job: x/y, tool: fast")
    assert [problem.what for problem in found] == [
        "Gone is discontinued",
        "there is no job 'x/y'",
    ]


def test_a_file_that_is_missing_is_said(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_stacks(catalogue, tmp_path / "stacks.yml")


def test_the_courses_own_file_is_in_order() -> None:
    catalogue = load_own_catalogue()
    stacks = load_stacks(catalogue)
    assert {job.id for job in stacks.jobs} == set(offers(catalogue))
    assert [stack.name for stack in stacks.stacks] == [
        "One laptop",
        "Small team, open source",
        "Kubernetes platform",
        "AWS",
        "Google Cloud",
    ]
    essential = {job.id for job in stacks.jobs if job.is_essential}
    assert all(essential.intersection(stage.jobs) for stage in catalogue.stages), "each stage"


def test_validate_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``mlops-landscape validate`` reports what is wrong with the stacks."""
    path = tmp_path / "stacks.yml"
    text = STACKS.read_text(encoding="utf-8").replace("tool: git,", "tool: gitt,", 1)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(validation, "load_stacks", lambda catalogue: load_stacks(catalogue, path))
    with pytest.raises(InputError, match="there is no tool 'gitt'"):
        validation.validate()
