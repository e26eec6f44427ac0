"""What the widget carries into a page: escaped texts, no answers in clear, steady shuffles."""

import base64
import json
import re
from pathlib import Path

import pytest

import mlops_landscape.quiz as package
from mlops_landscape.quiz import (
    Choice,
    Matching,
    NearMiss,
    Option,
    OrderedItem,
    Ordering,
    Pair,
    Quiz,
    QuizData,
    Short,
)
from mlops_landscape.quiz.markup import to_html, to_plain

COMMON = {"question": "Which?", "explanation": "Because of `x`.", "hint": ""}
ORDER = Ordering(
    id="order",
    items=tuple(OrderedItem(f"step {i}", f"reason {i}") for i in range(4)),
    **COMMON,
)
MATCH = Matching(
    id="match",
    pairs=tuple(Pair(f"item {i}", f"partner {i}", f"reason {i}") for i in range(3)),
    **COMMON,
)
SHORT = Short(
    id="short",
    accepted=("Mlflow  Server",),
    pattern="mlflow ui",
    near_misses=(NearMiss("MLflow start", "No <such> command."),),
    **COMMON,
)
CHOICE = Choice(
    id="choice",
    kind="several",
    options=(
        Option("<b>A</b> & **bold**", True, "A reason."),
        Option("B", False, "Another."),
        Option("C", True, "Third."),
    ),
    **COMMON,
)


def widget(*questions: Choice | Ordering | Matching | Short) -> Quiz:
    return Quiz(QuizData("tools/sample", "A *title*", questions))


def key_of(quiz: Quiz) -> dict[str, dict]:
    return json.loads(base64.b64decode(quiz.answer_key))


@pytest.mark.parametrize(
    ("source", "html", "plain"),
    [
        ("plain text", "plain text", "plain text"),
        ("`a_b` **c** *d*", "<code>a_b</code> <strong>c</strong> <em>d</em>", "a_b c d"),
        ("`**not bold**`", "<code>**not bold**</code>", "**not bold**"),
        ("**all *of* it**", "<strong>all <em>of</em> it</strong>", "all of it"),
        ("2 * 3 * 4", "2 * 3 * 4", "2 * 3 * 4"),
        ("a*b*c", "a*b*c", "a*b*c"),
        ("two\n  lines", "two lines", "two lines"),
        ("a < b & c", "a &lt; b &amp; c", "a < b & c"),
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<script>alert(1)</script>",
        ),
        (
            '`<img src=x onerror="go()">`',
            "<code>&lt;img src=x onerror=&quot;go()&quot;&gt;</code>",
            '<img src=x onerror="go()">',
        ),
        ("**<i>**", "<strong>&lt;i&gt;</strong>", "<i>"),
        ("&lt;", "&amp;lt;", "&lt;"),
    ],
)
def test_only_three_kinds_of_markup_become_elements(source: str, html: str, plain: str) -> None:
    assert to_html(source) == html
    assert to_plain(source) == plain


def test_what_is_right_and_why_is_not_in_clear() -> None:
    quiz = widget(CHOICE, ORDER, MATCH, SHORT)
    state = quiz.get_state()
    clear = json.dumps(
        {name: value for name, value in state.items() if not name.startswith("_")}, default=str
    )

    for secret in ("reason", "Because", "Server", "start", "No &lt;such"):
        assert secret not in clear
    assert "step 0" in clear
    assert key_of(quiz)["choice"] == {
        "explanation": "Because of <code>x</code>.",
        "right": [0, 2],
        "reasons": ["A reason.", "Another.", "Third."],
    }


def test_texts_reach_the_page_escaped_and_in_plain() -> None:
    (shown,) = widget(CHOICE).questions

    assert shown["options"][0] == {
        "html": "&lt;b&gt;A&lt;/b&gt; &amp; <strong>bold</strong>",
        "text": "<b>A</b> & bold",
    }


def test_an_ordering_is_shuffled_and_its_key_restores_it() -> None:
    quiz = widget(ORDER)
    shown = [item["text"] for item in quiz.questions[0]["items"]]
    key = key_of(quiz)["order"]

    assert shown != ["step 0", "step 1", "step 2", "step 3"]
    assert [shown[i] for i in key["right"]] == ["step 0", "step 1", "step 2", "step 3"]
    assert [key["reasons"][i] for i in key["right"]] == [f"reason {i}" for i in range(4)]


def test_partners_are_shuffled_and_the_key_finds_them() -> None:
    quiz = widget(MATCH)
    partners = [partner["text"] for partner in quiz.questions[0]["partners"]]

    assert partners != ["partner 0", "partner 1", "partner 2"]
    assert [partners[j] for j in key_of(quiz)["match"]["right"]] == [
        f"partner {i}" for i in range(3)
    ]


def test_a_shuffle_is_the_same_in_every_build() -> None:
    assert widget(ORDER, MATCH).questions == widget(ORDER, MATCH).questions


def test_short_answers_are_compared_without_case_and_spaces() -> None:
    key = key_of(widget(SHORT))["short"]

    assert key["accepted"] == ["mlflow server"]
    assert key["nearMisses"] == {"mlflow start": "No &lt;such&gt; command."}
    assert key["pattern"] == "mlflow ui"


def test_the_digest_changes_with_what_is_asked_and_not_with_its_explanation() -> None:
    def digest(question: Choice) -> str:
        return widget(question).questions[0]["digest"]

    reworded = Choice(**{**vars(CHOICE), "question": "Which ones?"})
    regraded = Choice(
        **{**vars(CHOICE), "options": (*CHOICE.options[:2], Option("C", False, "Third."))}
    )
    explained = Choice(**{**vars(CHOICE), "explanation": "Better said.", "hint": "Think."})

    assert digest(reworded) != digest(CHOICE) != digest(regraded)
    assert digest(explained) == digest(CHOICE)


def test_a_new_widget_has_nothing_answered() -> None:
    quiz = widget(CHOICE, ORDER)

    assert (quiz.score, quiz.answered, quiz.total, quiz.responses) == (0, 0, 2, {})
    assert quiz.title == "A <em>title</em>"


def test_its_code_asks_no_other_host() -> None:
    for path in Path(package.__file__).parent.glob("static/*"):
        assert not re.search(r"https?:|//[a-z]", path.read_text()), path.name
