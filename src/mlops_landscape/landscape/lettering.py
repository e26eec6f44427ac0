"""How wide a text is, and how it fits a box, without a browser or a font file."""

from dataclasses import dataclass

FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts with the same advance widths, so that what fits here fits on every machine."""

# Advance widths of the printable ASCII characters, in thousandths of the font size.
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
_OTHER = 1000  # any other character: an em, so that a guess is never too narrow

LINE_HEIGHT = 1.3
"""Distance of two lines in font sizes, as Plotly sets them."""


@dataclass(frozen=True)
class Lettering:
    """A text set to fit.

    Parameters
    ----------
    lines
        The text, broken.
    size
        Font size in map units.
    """

    lines: tuple[str, ...]
    size: float

    @property
    def html(self) -> str:
        """The text as Plotly takes it."""
        return "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in self.lines)

    @property
    def height(self) -> float:
        """Height of all lines in map units."""
        return len(self.lines) * LINE_HEIGHT * self.size


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of `text` in the unit of `size`."""
    widths = _BOLD if bold else _REGULAR
    total = sum(
        widths[ord(character) - 32] if 32 <= ord(character) < 127 else _OTHER for character in text
    )
    return total * size / 1000


def fit(
    text: str,
    width: float,
    size: float,
    *,
    bold: bool = False,
    lines: int = 2,
    smallest: float = 7,
) -> Lettering:
    """Set `text` in at most `lines` lines of `width`, as large as possible up to `size`.

    One line is preferred to two; where not even the smallest size fits, the text is cut and
    ends in an ellipsis.
    """
    for count in range(1, lines + 1):
        broken = _break(text, count, bold=bold)
        if _widest(broken, size, bold=bold) <= width:
            return Lettering(broken, size)
    broken = _break(text, lines, bold=bold)
    fitting = size * width / _widest(broken, size, bold=bold)
    # Rounded down, so that rounding does not make it too wide.
    fitting = int(fitting * 10) / 10
    if fitting >= smallest:
        return Lettering(broken, fitting)
    return Lettering(tuple(_cut(line, width, smallest, bold=bold) for line in broken), smallest)


def _break(text: str, count: int, *, bold: bool) -> tuple[str, ...]:
    """Break `text` at spaces into at most `count` lines so that the widest is least wide."""
    words = text.split()
    if count == 1 or len(words) == 1:
        return (" ".join(words),)
    candidates = [
        (" ".join(words[:first]), *_break(" ".join(words[first:]), count - 1, bold=bold))
        for first in range(1, len(words))
    ]
    return min(candidates, key=lambda each: _widest(each, 1, bold=bold))


def _widest(lines: tuple[str, ...], size: float, *, bold: bool) -> float:
    return max(text_width(line, size, bold=bold) for line in lines)


def _cut(line: str, width: float, size: float, *, bold: bool) -> str:
    if text_width(line, size, bold=bold) <= width:
        return line
    while line and text_width(f"{line}…", size, bold=bold) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
