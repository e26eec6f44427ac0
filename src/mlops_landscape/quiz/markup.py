"""The inline markup of quiz texts: `code`, **bold** and *em*, everything else is plain text."""

import html
import re

_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
_EM = re.compile(r"(?<![*\w])\*([^\s*](?:[^*]*[^\s*])?)\*(?![*\w])")


def to_html(text: str) -> str:
    """Return `text` as HTML in which only the three kinds of markup are elements.

    Parameters
    ----------
    text
        A text of a quiz file. HTML in it is shown, not obeyed.
    """
    parts = _CODE.split(" ".join(text.split()))
    # split() with one group alternates: outside, inside, outside, ...
    for index, part in enumerate(parts):
        escaped = html.escape(part)
        if index % 2:
            parts[index] = f"<code>{escaped}</code>"
        else:
            bold = _BOLD.sub(r"<strong>\1</strong>", escaped)
            parts[index] = _EM.sub(r"<em>\1</em>", bold)
    return "".join(parts)


def to_plain(text: str) -> str:
    """Return what a reader of ``to_html(text)`` reads: the same letters without the markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", to_html(text)))
