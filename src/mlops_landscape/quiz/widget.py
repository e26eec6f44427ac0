"""The quiz as a widget: grades itself in the browser, tells Python if there is one."""

import base64
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from mlops_landscape.quiz.markup import to_html, to_plain
from mlops_landscape.quiz.questions import (
    Choice,
    Matching,
    Ordering,
    Question,
    QuizData,
    Short,
    load_quiz,
    quiz_path,
)
from mlops_landscape.quiz.validation import normalise

_STATIC = Path(__file__).parent / "static"


def _text(source: str) -> dict[str, str]:
    return {"html": to_html(source), "text": to_plain(source)}


def _shuffled(count: int, seed: str) -> list[int]:
    """Return 0 … count-1 in an order that is always the same for `seed` and never sorted."""
    order = list(range(count))
    rng = random.Random(seed)
    while order == sorted(order):
        rng.shuffle(order)
    return order


def _digest(shown: dict[str, Any], key: dict[str, Any]) -> str:
    """Return a hash of what an answer depends on: not of hints, reasons and explanations."""
    asked = {name: value for name, value in shown.items() if name != "hint"}
    graded = {name: key[name] for name in ("right", "accepted", "pattern") if name in key}
    return hashlib.sha256(json.dumps([asked, graded]).encode()).hexdigest()[:12]


def _shown_and_key(name: str, question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split a question into what a reader may see and what grades it."""
    shown: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "question": to_html(question.question),
        "hint": to_html(question.hint),
    }
    key: dict[str, Any] = {"explanation": to_html(question.explanation)}
    seed = f"{name}/{question.id}"
    match question:
        case Choice():
            shown["options"] = [_text(option.text) for option in question.options]
            key["right"] = [i for i, option in enumerate(question.options) if option.right]
            key["reasons"] = [to_html(option.reason) for option in question.options]
        case Ordering():
            order = _shuffled(len(question.items), seed)
            shown["items"] = [_text(question.items[i].text) for i in order]
            key["right"] = [order.index(i) for i in range(len(order))]
            key["reasons"] = [to_html(question.items[i].reason) for i in order]
        case Matching():
            order = _shuffled(len(question.pairs), seed)
            shown["items"] = [_text(pair.item) for pair in question.pairs]
            shown["partners"] = [_text(question.pairs[i].partner) for i in order]
            key["right"] = [order.index(i) for i in range(len(order))]
            key["reasons"] = [to_html(pair.reason) for pair in question.pairs]
        case Short():
            key["accepted"] = [normalise(answer) for answer in question.accepted]
            key["example"] = question.accepted[0]
            key["pattern"] = question.pattern
            key["nearMisses"] = {
                normalise(miss.answer): to_html(miss.reason) for miss in question.near_misses
            }
    shown["digest"] = _digest(shown, key)
    return shown, key


class Quiz(anywidget.AnyWidget):
    """The questions of one chapter, answered and graded in the browser.

    Parameters
    ----------
    data
        The quiz.

    Attributes
    ----------
    score
        Number of questions that are answered right at this moment.
    answered
        Number of questions that are answered and checked at this moment.
    total
        Number of questions.
    responses
        Checked answers by question id: the option's text (single), a list of texts (several,
        ordering), item to partner (matching), or what was typed (short).
    """

    _esm = _STATIC / "quiz.js"
    _css = _STATIC / "quiz.css"

    name = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List().tag(sync=True)
    answer_key = traitlets.Unicode(
        help="Base64, so that nobody reads the answers by accident; no secret for those who try."
    ).tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    score = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    responses = traitlets.Dict().tag(sync=True)

    def __init__(self, data: QuizData) -> None:
        parts = [_shown_and_key(data.name, question) for question in data.questions]
        key = {shown["id"]: key for shown, key in parts}
        super().__init__(
            name=data.name,
            title=to_html(data.title),
            questions=[shown for shown, _ in parts],
            answer_key=base64.b64encode(json.dumps(key).encode()).decode(),
            total=len(parts),
        )


def quiz(name: str) -> Quiz:
    """Return the quiz of a chapter.

    Parameters
    ----------
    name
        Docname of the chapter, such as ``"tools/mlflow"`` for ``book/tools/mlflow.quiz.yml``.

    Raises
    ------
    InputError
        If there is no such quiz (the known ones are named) or its file holds mistakes.
    """
    return Quiz(load_quiz(quiz_path(name)))
