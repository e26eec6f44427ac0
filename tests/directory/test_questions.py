"""Questions from the catalogue agree with it, whatever it says, and each answer has its reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mlops_landscape.catalogue import Catalogue, Tool, load_catalogue
from mlops_landscape.directory.questions import catalogue_quiz
from mlops_landscape.quiz import Choice, Matching, Ordering, Question, Quiz

CATALOGUE = load_catalogue()
QUIZ = catalogue_quiz(CATALOGUE, "reference/tools")
BY_NAME = {tool.name: tool for tool in CATALOGUE.tools}


def question(kind: type, name: str) -> Question:
    (found,) = [each for each in QUIZ.questions if each.id == name]
    assert isinstance(found, kind)
    return found


def test_there_are_enough_and_each_gives_its_reasons() -> None:
    assert len(QUIZ.questions) >= 7
    assert len({each.id for each in QUIZ.questions}) == len(QUIZ.questions)
    for each in QUIZ.questions:
        assert each.explanation.strip()
        parts = (
            getattr(each, "options", ()) or getattr(each, "pairs", ()) or getattr(each, "items", ())
        )
        assert len(parts) >= 3
        assert all(part.reason.strip().endswith((".", "!", "?")) for part in parts)
    assert Quiz(QUIZ).total == len(QUIZ.questions)


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("which-ended", lambda tool: tool.is_ended),
        ("which-need-an-account", lambda tool: tool.account.value),
        ("which-are-approved", lambda tool: tool.osi_approved),
    ],
)
def test_right_and_wrong_are_what_the_catalogue_says(
    name: str, is_right: Callable[[Tool], bool]
) -> None:
    choice = question(Choice, name)
    assert any(option.right for option in choice.options)
    for option in choice.options:
        assert option.right is bool(is_right(BY_NAME[option.text])), option.text


def test_the_successors_are_the_right_ones() -> None:
    choice = question(Choice, "which-instead")
    (ended,) = [tool for tool in CATALOGUE.tools if f"**{tool.name}** is" in choice.question]
    right = {BY_NAME[option.text].id for option in choice.options if option.right}
    assert right == set(ended.status.successors)


def test_owners_and_order_are_the_catalogues() -> None:
    for pair in question(Matching, "who-owns-what").pairs:
        assert BY_NAME[pair.item].owner.value == pair.partner
    ordering = question(Ordering, "what-came-first")
    dates = [item.reason for item in ordering.items]
    assert dates == sorted(dates)


def test_a_changed_fact_changes_the_answer() -> None:
    choice = question(Choice, "which-need-an-account")
    name = next(option.text for option in choice.options if option.right)
    tools = tuple(
        replace(tool, account=replace(tool.account, value=False)) if tool.name == name else tool
        for tool in CATALOGUE.tools
    )
    changed = catalogue_quiz(replace(CATALOGUE, tools=tools), "reference/tools")
    (again,) = [each for each in changed.questions if each.id == choice.id]
    assert name not in {option.text for option in again.options if option.right}


def test_too_few_tools_give_no_question_and_no_error() -> None:
    empty = Catalogue(CATALOGUE.categories, CATALOGUE.stages, CATALOGUE.tools[:1])
    assert catalogue_quiz(empty, "reference/tools").questions == ()
