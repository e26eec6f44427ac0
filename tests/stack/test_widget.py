"""What the widget carries into a page, and how it is asked for."""

import json

import pytest

from mlops_landscape.book.chapters import read_chapters
from mlops_landscape.book.inputs import input_files
from mlops_landscape.catalogue import Catalogue, load_catalogue
from mlops_landscape.errors import InputError
from mlops_landscape.paths import REPOSITORY
from mlops_landscape.stack import (
    StackBuilder,
    Stacks,
    jobs_html,
    load_stacks,
    rules_html,
    stack_builder,
    stacks_html,
)
from mlops_landscape.stack.data import builder_data


def test_the_data_holds_each_job_and_tool_and_can_be_json(
    catalogue: Catalogue, stacks: Stacks
) -> None:
    data = builder_data(catalogue, stacks)
    assert json.loads(json.dumps(data)) == data
    jobs = [job["id"] for category in data["categories"] for job in category["jobs"]]
    assert jobs == ["work/track", "work/fit", "work/spread", "run/serve", "run/all"]
    assert list(data["tools"]) == [tool.id for tool in catalogue.tools]
    assert data["pairs"] == [
        {"tools": ["keeper", "fast"], "how": "x", "source": "https://example.org/"}
    ]
    gone, vague = data["tools"]["gone"], data["tools"]["vague"]
    assert (gone["ended"], gone["checkedOn"]) == (True, "25 November 2026")
    assert (vague["licence"], vague["account"]) == ("unconfirmed", "unconfirmed")
    assert data["tools"]["rented"]["licence"] == "proprietary"


def test_the_module_holds_the_rules_before_the_view() -> None:
    code = StackBuilder._esm
    assert code.index("const StackRules") < code.index("export default")


def test_it_starts_empty_or_with_a_worked_stack() -> None:
    assert (stack_builder().address, stack_builder().picks) == ("stack=v1", {})
    for stack in load_stacks(load_catalogue()).stacks:
        builder = stack_builder(stack.id)
        assert builder.address == stack.address
        assert {(job, tool) for job, tools in builder.picks.items() for tool in tools} == {
            (pick.job, pick.tool) for pick in stack.picks
        }
        assert builder.constraints == list(stack.constraints)


def test_an_unknown_stack_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no stack 'laptop'.\n.*one-laptop, small-team"):
        stack_builder("laptop")


def test_the_pages_words_come_from_the_data(catalogue: Catalogue, stacks: Stacks) -> None:
    told = stacks_html(catalogue, stacks).data
    for words in (
        "Small",
        "for one. All of it.",
        "Its 3 tools",
        "<strong>Keeper</strong> for Track",
    ):
        assert words in told
    assert "Else it is a file." in jobs_html(catalogue, stacks).data
    assert "When it grows." not in jobs_html(catalogue, stacks).data, "optional jobs are not listed"
    assert "8 for a team of 2 to 8" in rules_html().data


def test_the_page_runs_again_when_what_it_shows_has_changed() -> None:
    chapter = next(each for each in read_chapters() if each.docname == "book/stack-builder")
    files = {path.relative_to(REPOSITORY).as_posix() for path in input_files(chapter)}
    assert {
        "catalogue/stacks.yml",
        "catalogue/tools.yml",
        "src/mlops_landscape/stack/static/stack-rules.js",
        "src/mlops_landscape/stack/static/stack-builder.js",
    } <= files
