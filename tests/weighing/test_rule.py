"""The rule of the sliders, which lives in the browser: points, words, what decides, what tips."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from mlops_landscape.weighing import ASPECTS, load_aspects
from mlops_landscape.weighing.widget import Weighing

Call = Callable[..., Any]
SCRIPT = ASPECTS.parent / "static" / "weighing.js"


def rows(*pairs: tuple[int, int]) -> list[dict[str, Any]]:
    """Return rows a, b, c, … with the given weights and leans."""
    return [
        {"id": letter, "name": letter.upper(), "weight": weight, "lean": lean}
        for letter, (weight, lean) in zip("abcdefghij", pairs, strict=False)
    ]


@pytest.fixture
def call(new_page: Callable[..., Page]) -> Call:
    """Give a function that calls one of the script's own functions in a real browser."""
    page = new_page()
    code = base64.b64encode(SCRIPT.read_bytes()).decode()
    page.evaluate(
        "async url => { window.rule = await import(url); }",
        f"data:text/javascript;base64,{code}",
    )
    return lambda name, argument: page.evaluate(
        "([name, argument]) => rule[name](argument)", [name, argument]
    )


def test_points_go_to_the_side_that_is_favoured(call: Call) -> None:
    result = call("weigh", rows((3, -2), (5, 1), (4, 0), (0, 2)))
    assert (result["open"], result["managed"]) == (6, 5)
    assert result["most"] == 24
    assert result["balance"] == pytest.approx(-1 / 24)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(0, 2), (0, -2)], "nothing weighs anything yet"),
        ([(3, 2), (3, -2)], "no clear answer"),
        ([(3, 0), (5, 0)], "no clear answer"),
        ([(5, 2)], "clearly managed"),
        ([(5, -2)], "clearly open source"),
        ([(5, 1), (5, 0)], "leans to managed"),
        ([(5, -1), (5, 0)], "leans to open source"),
        ([(5, 1), (5, 0), (5, 0), (5, 0), (5, 0)], "leans to managed"),  # exactly a tenth
        ([(2, 1), (5, 0), (5, 0)], "no clear answer"),
    ],
)
def test_the_verdict_in_words(call: Call, pairs: list[tuple[int, int]], words: str) -> None:
    assert call("verdict", call("weigh", rows(*pairs))) == words


def test_what_decides_is_on_the_side_of_the_verdict_the_largest_first(call: Call) -> None:
    decisive = call("deciding", rows((5, 1), (4, 2), (1, 2), (5, -1), (2, 1), (5, 0)))
    assert [row["name"] for row in decisive] == ["B", "A", "C"]


def test_without_an_answer_both_sides_are_named(call: Call) -> None:
    decisive = call("deciding", rows((5, 1), (5, -1), (5, 0)))
    assert {row["name"] for row in decisive} == {"A", "B"}


def test_the_smallest_change_that_tips_is_found(call: Call) -> None:
    now = rows((3, 1), (2, -1), (3, 0))  # 1 of 16: no clear answer
    tip = call("tipping", now)
    assert len(tip["changes"]) == 1
    (change,) = tip["changes"]
    assert abs(change["to"] - change["from"]) == 1
    after = [{**row, "weight": change["to"]} if row["id"] == change["id"] else row for row in now]
    assert call("verdict", call("weigh", after)) == tip["verdict"] != "no clear answer"


def test_two_sliders_are_tried_where_one_is_not_enough(call: Call) -> None:
    now = rows((5, 2), (5, 2), (0, -2), (0, -2))
    tip = call("tipping", now)
    assert len(tip["changes"]) == 2


def test_nothing_tips_where_all_aspects_favour_one_side(call: Call) -> None:
    assert call("tipping", rows((5, 2), (5, 2))) is None
    assert call("tipping", rows((0, 2), (0, -2))) is None


def test_more_weight_never_moves_the_result_away_from_the_side_that_gets_it(call: Call) -> None:
    aspects = load_aspects()
    start = [
        {"id": a.id, "name": a.name, "weight": weight % 6, "lean": a.lean}
        for weight, a in enumerate(aspects)
    ]
    before = call("weigh", start)
    for i, aspect in enumerate(aspects):
        if start[i]["weight"] < 5 and abs(aspect.lean) == 2:
            more = [{**row} for row in start]
            more[i]["weight"] += 1
            after = call("weigh", more)
            moved = after["balance"] - before["balance"]
            assert moved * aspect.lean > 0, aspect.id


def test_a_kernel_gets_what_the_sliders_say(new_page: Callable[..., Page]) -> None:
    page = new_page()
    code = base64.b64encode(SCRIPT.read_bytes()).decode()
    aspects = Weighing(load_aspects()).aspects
    page.set_content("<div id=here></div>")
    page.evaluate(
        """async ([url, aspects]) => {
            const state = { aspects };
            window.sent = [];
            const model = {
                get: name => state[name],
                set: (name, value) => (state[name] = value),
                save_changes: () => sent.push({ ...state, aspects: undefined }),
            };
            const { default: widget } = await import(url);
            widget.render({ model, el: document.getElementById("here") });
        }""",
        [f"data:text/javascript;base64,{code}", aspects],
    )
    first = page.evaluate("sent.at(-1)")
    assert set(first["weights"].values()) == {3}
    assert first["leans"] == {aspect.id: aspect.lean for aspect in load_aspects()}

    page.locator("input[data-aspect=lock-in]").fill("5")

    last = page.evaluate("sent.at(-1)")
    assert last["weights"]["lock-in"] == 5
    assert last["balance"] < first["balance"]
    assert last["verdict"]
