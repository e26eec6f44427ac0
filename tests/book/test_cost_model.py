"""The cost model of the page on open source and managed, as the page itself shows it."""

import re
import sys
import types
from collections.abc import Iterator

import pytest

from mlops_landscape.paths import BOOK

PAGE = BOOK / "open-source-or-managed.md"
NOTHING = {
    "own_upkeep": 0.0,
    "own_upkeep_each": 0.0,
    "managed_upkeep": 0.0,
    "own_servers": 0.0,
    "storage": 0.0,
    "training": 0.0,
    "endpoint": 730.0,
    "requests": 0.0,
    "busy": 1.0,
}
"""One machine day and night, and nothing that costs anything beside it."""


@pytest.fixture(scope="module")
def month() -> Iterator[type]:
    """Return the class `Month` of the cell that a reader sees."""
    cells = re.findall(r"```\{code-cell\}[^\n]*\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    (model,) = [cell for cell in cells if "class Month" in cell]
    module = types.ModuleType("cost_model")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(model, module.__dict__)
    yield module.Month
    del sys.modules[module.__name__]


def test_each_part_of_the_bill_by_hand(month: type) -> None:
    one = month(
        hour_of_work=100,
        own_upkeep=10,
        own_upkeep_each=2,
        managed_upkeep=1,
        own_servers=2,
        storage=1000,
        storage_price=0.01,
        training=730,
        endpoint=730,
        requests=3,
        own_machine=0.5,
        busy=0.5,
        managed_training=2,
        managed_endpoint=1,
        request_price=7,
    )
    assert one.machines == pytest.approx(2)
    fixed, use = one.own()
    assert fixed == pytest.approx(10 * 100 + 2 * 0.5 * 730 + 10)
    assert use == pytest.approx(2 * 730 * 0.5 / 0.5 + 2 * 2 * 100)
    fixed, use = one.managed()
    assert fixed == pytest.approx(100 + 10)
    assert use == pytest.approx(730 * 2 + 730 * 1 + 21)
    assert one.own(3) == pytest.approx((one.own()[0], 3 * one.own()[1]))
    assert one.managed(3) == pytest.approx((one.managed()[0], 3 * one.managed()[1]))


def test_the_break_even_point_can_be_computed_in_the_head(month: type) -> None:
    # 1000 dollars of work against one more dollar an hour: 1000 hours.
    one = month(
        **NOTHING | {"own_upkeep": 10.0}, hour_of_work=100, own_machine=1, managed_endpoint=2
    )
    assert one.break_even() * 730 == pytest.approx(1000)
    assert one.in_words() == "managed below 1 machines, own above"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"own_upkeep": 40.0},
        {"hour_of_work": 30.0},
        {"busy": 1.0},
        {"request_price": 5.0},
        {"own_machine": 0.25, "managed_upkeep": 30.0},  # own first, managed later
    ],
)
def test_both_cost_the_same_there_and_the_words_are_right_on_either_side(
    month: type, changes: dict[str, float]
) -> None:
    one = month(**changes)
    times = one.break_even()
    assert times > 0
    assert sum(one.own(times)) == pytest.approx(sum(one.managed(times)))
    below = "managed" if sum(one.managed(times / 2)) < sum(one.own(times / 2)) else "own"
    above = "managed" if sum(one.managed(times * 2)) < sum(one.own(times * 2)) else "own"
    assert below != above
    assert one.in_words().startswith(f"{below} below ")
    assert one.in_words().endswith(f"machines, {above} above")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"busy": 0.5}, "no break-even: managed at any size"),
        ({"own_upkeep": 0.0, "own_servers": 0.0}, "no break-even: your own machines at any size"),
    ],
)
def test_where_the_lines_never_meet_it_says_so(
    month: type, changes: dict[str, float], words: str
) -> None:
    one = month(**changes)
    assert one.break_even() is None
    assert one.in_words() == words
    for times in (0.1, 1, 100, 100_000):
        own, managed = sum(one.own(times)), sum(one.managed(times))
        assert (managed < own) is ("managed" in words)


def test_where_both_are_the_same_it_says_so(month: type) -> None:
    one = month(**NOTHING, own_machine=1, managed_endpoint=1)
    assert one.break_even() is None
    assert one.in_words() == "the same on both sides at this size"


def test_every_assumption_has_its_source_or_is_the_readers(month: type) -> None:
    text = PAGE.read_text()
    table = text[text.index("| Assumption | Source |") :].split("\n\n")[0]
    for name in month.__dataclass_fields__:
        (row,) = [row for row in table.splitlines() if f"`{name}`" in row.split("|")[1]]
        source = row.split("|")[2]
        assert "](https://" in source or "yours" in source or "section on set-up" in source
