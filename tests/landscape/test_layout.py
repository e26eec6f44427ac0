"""The geometry of the map: complete, without collisions, and readable."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest

from mlops_landscape.catalogue import Catalogue
from mlops_landscape.landscape.layout import SHAPE, Box, Map, lay_out
from mlops_landscape.landscape.lettering import fit, text_width

Invented = Callable[[int], Catalogue]


def assert_sound(map_: Map, catalogue: Catalogue) -> None:
    """Assert that each tool is once in each of its cards, and nothing touches anything else."""
    placed = Counter((chip.tool.id, f"{chip.category.id}/{chip.job.id}") for chip in map_.chips)
    assert placed == Counter(
        (tool.id, place) for tool in catalogue.tools for place in tool.categories
    )
    whole = Box(0, 0, map_.width, map_.height)
    cards = {(card.category.id, card.job.id): card.box for card in map_.cards}
    for chip in map_.chips:
        card = cards[chip.category.id, chip.job.id]
        assert contains(card, chip.box), chip
        assert contains(whole, chip.box), chip
        widest = max(text_width(line, chip.text.size) for line in chip.text.lines)
        assert widest <= chip.box.width, chip
        assert chip.text.height <= chip.box.height, chip
    for title in map_.cards:
        assert contains(whole, title.box)
        assert max(text_width(line, title.title.size, bold=True) for line in title.title.lines) <= (
            title.box.width
        )
        first = min(
            chip.box.y
            for chip in map_.chips
            if (chip.category.id, chip.job.id) == (title.category.id, title.job.id)
        )
        assert title.box.y + 5 + title.title.height <= first, title
    for head in map_.heads:
        assert head.text.height <= head.box.height
    assert_apart([head.box for head in map_.heads] + list(cards.values()))
    for place in cards:
        assert_apart([c.box for c in map_.chips if (c.category.id, c.job.id) == place])


def contains(outer: Box, inner: Box) -> bool:
    slack = 1e-6
    return (
        outer.x - slack <= inner.x
        and outer.y - slack <= inner.y
        and inner.right <= outer.right + slack
        and inner.bottom <= outer.bottom + slack
    )


def assert_apart(boxes: list[Box]) -> None:
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other), (one, other)


@pytest.mark.parametrize("narrow", [False, True])
def test_the_courses_map_is_sound(catalogue: Catalogue, narrow: bool) -> None:
    map_ = lay_out(catalogue, narrow=narrow)
    assert_sound(map_, catalogue)
    assert not [chip.text for chip in map_.chips if "…" in "".join(chip.text.lines)]
    # At a page's 936 px the smallest letters of the wide map still have 9 px.
    scale = 1 if narrow else 936 / map_.width
    assert min(chip.text.size for chip in map_.chips) * scale >= 9


@pytest.mark.parametrize("narrow", [False, True])
def test_a_thousand_tools_are_sound(invented: Invented, narrow: bool) -> None:
    thousand = invented(1000)
    assert_sound(lay_out(thousand, narrow=narrow), thousand)


def test_the_wide_map_keeps_its_shape(catalogue: Catalogue, invented: Invented) -> None:
    for each in (catalogue, invented(200), invented(1000)):
        map_ = lay_out(each)
        assert map_.height <= SHAPE * map_.width
        # Short columns are justified: every column ends on the same line.
        ends = {
            category.id: max(card.box.bottom for card in map_.cards if card.category == category)
            for category in each.categories
        }
        assert max(ends.values()) - min(ends.values()) < 1e-6


def test_few_tools_and_none(invented: Invented) -> None:
    for number in (1, 2, 5):
        few = invented(number)
        assert_sound(lay_out(few), few)
        assert_sound(lay_out(few, narrow=True), few)
    none = invented(0)
    assert lay_out(none).chips == lay_out(none, narrow=True).chips == []


def test_text_is_broken_then_shrunk_then_cut() -> None:
    assert fit("Git", 80, 12).lines == ("Git",)
    broken = fit("SageMaker Model Monitor", 87, 11)
    assert broken.lines == ("SageMaker", "Model Monitor")
    assert broken.size == 11
    shrunk = fit("Hyperparameters", 60, 11)
    assert shrunk.lines == ("Hyperparameters",)
    assert shrunk.size < 11
    cut = fit("Donaudampfschifffahrtsgesellschaft", 60, 11)
    assert cut.lines[0].endswith("…")
    assert text_width(cut.lines[0], cut.size) <= 60


def test_markup_in_a_name_stays_text() -> None:
    assert fit("R & <b>D", 200, 11).html == "R &amp; &lt;b>D"
