"""Plain words that a notebook shows, as text and as HTML."""

import re
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Sentence:
    """Something that a notebook shows as plain words."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{as_html(self.text)}</p>"


def as_html(text: str) -> str:
    """Escape `text`; what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
