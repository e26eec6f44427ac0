"""The colours and shapes of the map, in light and in dark.

Light and dark have the same names; the page's script turns one into the other by replacing
each light colour by its dark partner, so every light colour occurs for one purpose only.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class KindStyle:
    """How the boxes of one kind look.

    Parameters
    ----------
    fill, edge, text
        Colours.
    radius
        Of the corners, in map units: the shape tells the kind to those who do not see colours.
    stripe
        Whether a bar along the left edge marks the box.
    """

    fill: str
    edge: str
    text: str
    radius: float
    stripe: bool = False


@dataclass(frozen=True)
class Palette:
    """All colours of the map in one theme."""

    ground: str
    card: str
    card_edge: str
    card_title: str
    head_text: str
    heads: tuple[str, ...]
    kinds: dict[str, KindStyle]
    mark_edge: str
    marks: dict[str, str]


MARK_SYMBOLS = {
    "maintenance": "diamond",
    "archived": "square",
    "discontinued": "x",
    "renamed": "circle",
}
"""The mark in the corner of a box whose tool is not simply active, by state."""

LIGHT = Palette(
    ground="#f3f5f8",
    card="#fdfdfe",
    card_edge="#dbe0e7",
    card_title="#3d4858",
    head_text="#fffffd",
    heads=("#0f6674", "#14639b", "#2f5bb7", "#4a50b3", "#6546a8", "#7d3c98", "#8f3477"),
    kinds={
        "open-source": KindStyle("#dcf3e7", "#2f8f68", "#0d4430", 4),
        "source-available": KindStyle("#fdf1c7", "#a9801a", "#574006", 4, stripe=True),
        "mixed": KindStyle("#dfe9fc", "#3d6fd0", "#17366f", 9),
        "managed": KindStyle("#fde7d8", "#cc6a26", "#6f310a", 15),
    },
    mark_edge="#fefefe",
    marks={
        "maintenance": "#9a6b00",
        "archived": "#b3261f",
        "discontinued": "#b3261e",
        "renamed": "#2a62c9",
    },
)

DARK = Palette(
    ground="#171b22",
    card="#1f252e",
    card_edge="#343d4a",
    card_title="#c6cfdb",
    head_text="#f8fafc",
    heads=("#0c5360", "#115384", "#284e9c", "#41479c", "#583d93", "#6c3484", "#7c2d67"),
    kinds={
        "open-source": KindStyle("#12372b", "#43a981", "#c4f0dd", 4),
        "source-available": KindStyle("#3b3006", "#c79f36", "#f7e6b1", 4, stripe=True),
        "mixed": KindStyle("#182d54", "#6b97ea", "#d3e2fe", 9),
        "managed": KindStyle("#45230d", "#e08a4b", "#fddcc6", 15),
    },
    mark_edge="#1f252d",
    marks={
        "maintenance": "#f0c14b",
        "archived": "#ff8d84",
        "discontinued": "#ff8d85",
        "renamed": "#8db4ff",
    },
)


def partners(light: Palette = LIGHT, dark: Palette = DARK) -> dict[str, str]:
    """Return the dark partner of every light colour."""
    pairs = dict(zip(_colours(light), _colours(dark), strict=True))
    return pairs


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours ``#rrggbb`` as WCAG 2 defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colours(palette: Palette) -> list[str]:
    styles = palette.kinds.values()
    return [
        palette.ground,
        palette.card,
        palette.card_edge,
        palette.card_title,
        palette.head_text,
        *palette.heads,
        *(colour for style in styles for colour in (style.fill, style.edge, style.text)),
        palette.mark_edge,
        *palette.marks.values(),
    ]
