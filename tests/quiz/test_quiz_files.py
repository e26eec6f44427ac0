"""A quiz file with mistakes is refused, and the message says where, what and how to mend it."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlops_landscape.errors import InputError
from mlops_landscape.quiz import (
    Choice,
    Matching,
    NearMiss,
    Option,
    Ordering,
    Short,
    load_quiz,
    quiz,
    quiz_names,
    quiz_path,
)
from mlops_landscape.quiz.__main__ import main

SEVERAL = 1

GOOD = """
title: "Check yourself: `runs`"
questions:
  - id: one
    kind: single
    question: "Which **one**?"
    hint: "Not the first."
    options:
      - wrong: "A"
        reason: "A is wrong."
      - right: "B"
        reason: "B is right."
    explanation: "B it is."
  - id: more
    kind: several
    question: "Which ones?"
    options:
      - right: "A"
        reason: "A is right."
      - right: "B"
        reason: "B is right."
      - wrong: "C"
        reason: "C is wrong."
    explanation: "A and B."
  - id: order
    kind: ordering
    question: "In which order?"
    items:
      - {item: "first", reason: "It starts."}
      - {item: "second", reason: "It follows."}
      - {item: "third", reason: "It ends."}
    explanation: "As they are counted."
  - id: pairs
    kind: matching
    question: "What belongs together?"
    pairs:
      - {item: "cat", partner: "miaows", reason: "It does."}
      - {item: "dog", partner: "barks", reason: "It does."}
    explanation: "By sound."
  - id: word
    kind: short
    question: "Which command?"
    accepted: ["mlflow server"]
    pattern: "mlflow (server|ui)( .*)?"
    near_misses:
      - {answer: "mlflow start", reason: "No such command."}
    explanation: "`mlflow server`."
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], Path]:
    """Return a function that writes a quiz file: from text, or from data."""

    def write_quiz(content: Any) -> Path:  # noqa: ANN401
        path = tmp_path / "chapter.quiz.yml"
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return write_quiz


def complaints(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_quiz(path)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_read_as_written(write: Callable[[Any], Path]) -> None:
    data = load_quiz(write(GOOD))

    assert data.name == "chapter"
    assert data.title == "Check yourself: `runs`"
    assert [q.kind for q in data.questions] == [
        "single",
        "several",
        "ordering",
        "matching",
        "short",
    ]
    single, several, ordering, matching, short = data.questions
    assert isinstance(single, Choice)
    assert single.options[1] == Option("B", True, "B is right.")
    assert (single.hint, several.hint) == ("Not the first.", "")
    assert isinstance(ordering, Ordering)
    assert [item.text for item in ordering.items] == ["first", "second", "third"]
    assert isinstance(matching, Matching)
    assert matching.pairs[1].partner == "barks"
    assert isinstance(short, Short)
    assert short.near_misses == (NearMiss("mlflow start", "No such command."),)


Change = Callable[[dict[str, Any]], None]


def question(number: int, **changes: object) -> Change:
    """Return a change of one question: fields set, or removed where the value is None."""

    def change(data: dict[str, Any]) -> None:
        for field, value in changes.items():
            if value is None:
                del data["questions"][number][field]
            else:
                data["questions"][number][field] = value

    return change


def entry(
    number: int, field: str, index: int, **changes: object
) -> Callable[[dict[str, Any]], None]:
    """Return a change of one option, item, pair or near miss."""

    def change(data: dict[str, Any]) -> None:
        for key, value in changes.items():
            if value is None:
                del data["questions"][number][field][index][key]
            else:
                data["questions"][number][field][index][key] = value

    return change


def fewer(number: int, field: str, left: int) -> Change:
    return lambda data: data["questions"][number].update(
        {field: data["questions"][number][field][:left]}
    )


MISTAKES = {
    "no title": (lambda d: d.pop("title"), ["`title` is missing", "add `title:`"]),
    "no questions": (lambda d: d.update(questions=[]), ["'questions'", "has 0 of at least 1"]),
    "unknown field": (question(0, hnt="x"), ["question 1 ('one')", "`hnt` is not known", "hint"]),
    "unknown kind": (question(0, kind="multi"), ["'kind'", "'multi' is not a kind", "several"]),
    "no kind": (question(0, kind=None), ["question 1 ('one')", "`kind` is missing"]),
    "no id": (question(1, id=None), ["question 2", "`id` is missing"]),
    "id with spaces": (question(0, id="My one"), ["'My one' cannot be an id", "small letters"]),
    "same id twice": (question(1, id="one"), ["question 2 ('one')", "'id'", "used by question 1"]),
    "no question": (question(0, question=None), ["`question` is missing"]),
    "empty question": (question(0, question=" "), ["field 'question'", "is empty"]),
    "no explanation": (question(3, explanation=None), ["'pairs'", "`explanation` is missing"]),
    "text is a number": (question(0, hint=5), ["'hint'", "YAML reads 5 here", "double quotes"]),
    "text is a list": (question(0, hint=["x"]), ["'hint'", "must be a text"]),
    "options are a text": (question(0, options="A"), ["'options'", "must be a list"]),
    "lone backtick": (question(0, hint="`x"), ["'hint'", "backtick has no partner"]),
    "nothing right": (
        fewer(0, "options", 1),
        ["'options'", "no option is right"],
    ),
    "two right of one": (
        lambda d: d["questions"][0]["options"].append({"right": "C", "reason": "r"}),
        ["question 1 ('one')", "2 options are right in a single choice", "kind: several"],
    ),
    "option without reason": (
        entry(0, "options", 1, reason=None),
        ["question 1 ('one')", "options 2", "`reason` is missing"],
    ),
    "option right and wrong": (
        entry(0, "options", 0, right="A"),
        ["options 1", "both `right` and `wrong`"],
    ),
    "option neither": (entry(0, "options", 0, wrong=None), ["options 1", "is neither"]),
    "same option twice": (
        entry(1, "options", 2, wrong="**a**"),
        ["options 3", "the same as number 1"],
    ),
    "two items to order": (
        fewer(2, "items", 2),
        ["question 3 ('order')", "'items'", "has 2 of at least 3"],
    ),
    "item without reason": (
        entry(2, "items", 0, reason=None),
        ["items 1", "`reason` is missing"],
    ),
    "same item twice": (entry(2, "items", 2, item="first"), ["items 3", "same as number 1"]),
    "same partner twice": (
        entry(3, "pairs", 1, partner="miaows"),
        ["question 4 ('pairs')", "pairs 2", "'miaows' is the same as number 1", "fits one item"],
    ),
    "same item in two pairs": (entry(3, "pairs", 1, item="cat"), ["pairs 2", "same as number 1"]),
    "one pair": (fewer(3, "pairs", 1), ["'pairs'", "has 1 of at least 2"]),
    "nothing accepted": (question(4, accepted=[]), ["'accepted'", "has 0 of at least 1"]),
    "pattern is broken": (
        question(4, pattern="mlflow (server"),
        ["question 5 ('word')", "'pattern'", "does not compile", "character 8"],
    ),
    "pattern of Python only": (
        question(4, pattern="(?P<verb>mlflow) server"),
        ["'pattern'", "browsers do not"],
    ),
    "pattern with an anchor of Python": (
        question(4, pattern=r"\Amlflow"),
        ["'pattern'", "browsers do not"],
    ),
    "near miss is accepted": (
        entry(4, "near_misses", 0, answer="MLflow  server"),
        ["near_misses 1 answer", "is accepted as right"],
    ),
    "near miss matches the pattern": (
        entry(4, "near_misses", 0, answer="mlflow ui --port 80"),
        ["near_misses 1 answer", "is accepted as right"],
    ),
    "not fields at all": (lambda d: d.clear(), ["`title` is missing"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_mend(
    name: str, write: Callable[[Any], Path]
) -> None:
    spoil, fragments = MISTAKES[name]
    data = copy.deepcopy(yaml.safe_load(GOOD))
    spoil(data)

    found = complaints(write(data))

    assert any(all(fragment in text for fragment in fragments) for text in found), found
    assert all("chapter.quiz.yml, line " in text and "Mend: " in text for text in found)


def test_a_question_without_a_right_answer_is_refused(write: Callable[[Any], Path]) -> None:
    data = yaml.safe_load(GOOD)
    for option in data["questions"][SEVERAL]["options"]:
        option["wrong"] = option.pop("right", option.get("wrong"))

    (found,) = complaints(write(data))

    assert "question 2 ('more'), field 'options': no option is right" in found
    assert "`right:`" in found


@pytest.mark.parametrize(
    ("old", "new", "fragments"),
    [
        ('- right: "B"', '- yes: "B"', ["line 11", "'yes' as true", "right or wrong"]),
        ('- wrong: "A"', '- no: "A"', ["line 9", "'no' as false", "right or wrong"]),
        ('- right: "B"', "- right: yes", ["line 11", "options 2 right", "reads True", "quotes"]),
        ('hint: "Not the first."', 'id: "two"', ["line 7", "'id' is already written on line 4"]),
        ("kind: single", "kind: [single", ["line 6", "not valid YAML"]),
        ('"Which **one**?"', "Which: one: now", ["line 6, column 20", "not valid YAML", "quotes"]),
    ],
)
def test_what_yaml_makes_of_it_is_explained(
    old: str, new: str, fragments: list[str], write: Callable[[Any], Path]
) -> None:
    found = complaints(write(GOOD.replace(old, new, 1)))

    assert any(all(fragment in text for fragment in fragments) for text in found), found


def test_a_day_is_a_text_as_it_was_written(write: Callable[[Any], Path]) -> None:
    quiz = load_quiz(write(GOOD.replace('hint: "Not the first."', "hint: 2026-02-31", 1)))
    assert any(question.hint == "2026-02-31" for question in quiz.questions)


def test_an_empty_file_and_a_missing_file(write: Callable[[Any], Path], tmp_path: Path) -> None:
    assert "it is empty" in complaints(write(""))[0]
    assert "there is no such file" in complaints(tmp_path / "none.quiz.yml")[0]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "chapter.quiz.yml"
    path.write_bytes(b"title: \xff\xfe")

    assert "is not UTF-8 text" in complaints(path)[0]


def test_all_mistakes_are_listed_at_once_in_the_order_of_the_file(
    write: Callable[[Any], Path],
) -> None:
    data = yaml.safe_load(GOOD)
    question(0, hint=5)(data)
    entry(1, "options", 0, reason=None)(data)
    question(2, id="one")(data)
    question(3, explanation=None)(data)
    question(4, pattern="(")(data)

    found = complaints(write(data))

    expected = [
        "YAML reads 5",
        "`reason` is missing",
        "already used",
        "`explanation` is missing",
        "does not compile",
    ]
    assert len(found) == len(expected), found
    for text, fragment in zip(found, expected, strict=True):
        assert fragment in text


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    for name in ("tools/mlflow", "landscape"):
        (tmp_path / f"{name}.quiz.yml").write_text(GOOD)

    assert quiz_names(tmp_path) == ["landscape", "tools/mlflow"]
    assert quiz_path("tools/mlflow", tmp_path) == tmp_path / "tools/mlflow.quiz.yml"
    with pytest.raises(InputError, match=r"no quiz called 'mlflow'") as caught:
        quiz_path("mlflow", tmp_path)
    assert "landscape, tools/mlflow" in str(caught.value)


def test_quiz_refuses_an_unknown_name() -> None:
    with pytest.raises(InputError, match=r"no quiz called '\.\./secrets'"):
        quiz("../secrets")


def test_the_command_says_what_it_read_and_what_is_wrong(
    write: Callable[[Any], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(GOOD)
    assert main([str(path)]) == 0
    assert "5 questions (1 single, 1 several, 1 ordering, 1 matching, 1 short)" in (
        capsys.readouterr().out
    )

    write("title: 5")
    assert main([str(path)]) == 1
    assert "YAML reads 5" in capsys.readouterr().out
