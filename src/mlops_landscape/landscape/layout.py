"""Where everything stands on the map: pure geometry, in map units.

x grows to the right and y downwards. At its natural size one map unit is one CSS pixel.
"""

from dataclasses import dataclass, field

from mlops_landscape.catalogue import Catalogue, Category, Job, Tool
from mlops_landscape.landscape.lettering import Lettering, fit

UNIT = 95  # width of a chip in the wide map
CHIP_HEIGHT = 31
CHIP_GAP = 5
CHIP_MARGIN = 4  # between a chip's edge and its text
CARD_PADDING = 6
CARD_GAP = 8
COLUMN_GAP = 8
EDGE = 10  # around the whole map
HEAD_NOTCH = 9  # depth of a chevron's point
ROOMIER = 24  # how much short columns may spread their chips
TITLE_SIZE = 11.5
CHIP_SIZE = 12
CHIP_SIZE_TWO_LINES = 10.5
HEAD_SIZE = 12
SHAPE = 0.7  # the wide map is at most this high for its width
NARROW_WIDTH = 360
NARROW_CHIPS = 2  # chips side by side in the narrow map


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width and height in map units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        """Return whether the two share more than an edge."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True)
class Head:
    """The title of a category."""

    category: Category
    number: int
    box: Box
    text: Lettering


@dataclass(frozen=True)
class Card:
    """The frame around the tools of one job."""

    category: Category
    job: Job
    box: Box
    title: Lettering


@dataclass(frozen=True)
class Chip:
    """A tool in one card."""

    tool: Tool
    category: Category
    job: Job
    box: Box
    text: Lettering


@dataclass(frozen=True)
class Map:
    """The whole map.

    Parameters
    ----------
    width, height
        In map units.
    narrow
        Whether it is the one for phones: categories below each other.
    """

    width: float
    height: float
    narrow: bool
    heads: list[Head] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)


@dataclass(frozen=True)
class _Plan:
    """A card before it has a place."""

    job: Job
    tools: list[Tool]
    title: Lettering

    @property
    def title_height(self) -> float:
        return self.title.height + 9

    def rows(self, abreast: int) -> int:
        return -(-len(self.tools) // abreast)

    def height(self, abreast: int, pitch: float) -> float:
        return self.title_height + self.rows(abreast) * pitch - CHIP_GAP + CARD_PADDING


@dataclass(frozen=True)
class _Column:
    """A category before it has a place; `abreast` chips stand side by side."""

    category: Category
    number: int
    abreast: int
    cards: list[_Plan]

    @property
    def width(self) -> float:
        return self.abreast * UNIT + (self.abreast - 1) * CHIP_GAP + 2 * CARD_PADDING

    @property
    def rows(self) -> int:
        return sum(card.rows(self.abreast) for card in self.cards)

    def height(self, pitch: float) -> float:
        cards = sum(card.height(self.abreast, pitch) for card in self.cards)
        return cards + (len(self.cards) - 1) * CARD_GAP


PITCH = CHIP_HEIGHT + CHIP_GAP


def lay_out(catalogue: Catalogue, *, narrow: bool = False) -> Map:
    """Give every category, job and tool its place.

    The wide map has a column a category; columns with many tools get wider instead of longer,
    until the map is at most `SHAPE` times as high as it is wide. Jobs without tools are left out.
    """
    return _narrow_map(catalogue) if narrow else _wide_map(catalogue)


def _columns(catalogue: Catalogue, abreast: dict[str, int]) -> list[_Column]:
    columns = []
    for number, category in enumerate(catalogue.categories, start=1):
        across = abreast[category.id]
        width = across * UNIT + (across - 1) * CHIP_GAP
        columns.append(_column(catalogue, category, number, across, width))
    return [column for column in columns if column.cards]


def _column(
    catalogue: Catalogue, category: Category, number: int, abreast: int, width: float
) -> _Column:
    cards = [
        _Plan(job, tools, fit(job.name, width - 2, TITLE_SIZE, bold=True))
        for job in category.jobs
        if (tools := catalogue.tools_for(category, job))
    ]
    return _Column(category, number, abreast, cards)


def _wide_map(catalogue: Catalogue) -> Map:
    abreast = {category.id: 1 for category in catalogue.categories}
    while True:
        columns = _columns(catalogue, abreast)
        heads = [_head_text(column, column.width - HEAD_NOTCH - 6) for column in columns]
        head_height = max((text.height for text in heads), default=0) + 14
        body = max((column.height(PITCH) for column in columns), default=0)
        width = 2 * EDGE + sum(column.width + COLUMN_GAP for column in columns) - COLUMN_GAP
        height = 2 * EDGE + head_height + CARD_GAP + body
        if height <= SHAPE * width or not columns:
            break
        longest = max(columns, key=lambda column: column.height(PITCH))
        if longest.rows == len(longest.cards):
            break  # one row a card already: wider would not make it shorter
        abreast[longest.category.id] += 1

    drawn = Map(width, height, narrow=False)
    x = float(EDGE)
    for column, text in zip(columns, heads, strict=True):
        head = Box(x, EDGE, column.width, head_height)
        drawn.heads.append(Head(column.category, column.number, head, text))
        _place_cards(drawn, column, Box(x, head.bottom + CARD_GAP, column.width, body))
        x += column.width + COLUMN_GAP
    return drawn


def _place_cards(drawn: Map, column: _Column, space: Box) -> None:
    """Place a column's cards in `space`, justified to its lower edge."""
    spare = space.height - column.height(PITCH)
    spread = min(spare / column.rows, ROOMIER)
    rest = (spare - spread * column.rows) / len(column.cards)
    y = space.y
    for card in column.cards:
        height = card.height(column.abreast, PITCH + spread) + rest
        box = Box(space.x, y, space.width, height)
        _place_card(drawn, column, card, box, PITCH + spread, spread / 2)
        y = box.bottom + CARD_GAP


def _place_card(
    drawn: Map, column: _Column, card: _Plan, box: Box, pitch: float, above: float
) -> None:
    drawn.cards.append(Card(column.category, card.job, box, card.title))
    across = column.abreast
    width = (box.width - 2 * CARD_PADDING - (across - 1) * CHIP_GAP) / across
    for position, tool in enumerate(card.tools):
        row, place = divmod(position, across)
        chip = Box(
            box.x + CARD_PADDING + place * (width + CHIP_GAP),
            box.y + card.title_height + above + row * pitch,
            width,
            CHIP_HEIGHT,
        )
        text = _chip_text(tool, width)
        drawn.chips.append(Chip(tool, column.category, card.job, chip, text))


def _chip_text(tool: Tool, width: float) -> Lettering:
    room = width - 2 * CHIP_MARGIN
    one_line = fit(tool.name, room, CHIP_SIZE, lines=1, smallest=CHIP_SIZE - 1)
    if one_line.lines == (tool.name,):
        return one_line
    return fit(tool.name, room, CHIP_SIZE_TWO_LINES, lines=2)


def _head_text(column: _Column, width: float) -> Lettering:
    return fit(f"{column.number}  {column.category.name}", width, HEAD_SIZE, bold=True, lines=3)


def _narrow_map(catalogue: Catalogue) -> Map:
    width = NARROW_WIDTH - 2 * EDGE
    columns = [
        _column(catalogue, category, number, NARROW_CHIPS, width - 2 * CARD_PADDING)
        for number, category in enumerate(catalogue.categories, start=1)
    ]
    placed = Map(NARROW_WIDTH, 0, narrow=True)
    y = float(EDGE)
    for column in columns:
        if not column.cards:
            continue
        text = fit(f"{column.number}  {column.category.name}", width - 24, 13, bold=True, lines=2)
        head = Box(EDGE, y, width, text.height + 14)
        placed.heads.append(Head(column.category, column.number, head, text))
        y = head.bottom + CARD_GAP
        for card in column.cards:
            box = Box(EDGE, y, width, card.height(NARROW_CHIPS, PITCH))
            _place_card(placed, column, card, box, PITCH, 0)
            y = box.bottom + CARD_GAP
        y += CARD_GAP
    height = y - 2 * CARD_GAP + EDGE
    return Map(NARROW_WIDTH, height, True, placed.heads, placed.cards, placed.chips)
