"""What the HTML of MyST-NB and pandas gets wrong for a screen reader, put right on every page."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

_MENDS = (
    # MyST-NB labels every fold so, whatever is written on it: the latter should be read.
    (re.compile(r' aria-label="Toggle hidden content"'), ""),
    # The corner of a table of pandas is the header of nothing.
    (re.compile(r"<th([^>]*)>(\s|&nbsp;)*</th>"), r"<td\1></td>"),
)


def accessible(body: str) -> str:
    """Return the HTML of a page's `body` with the known mistakes put right."""
    for mistake, right in _MENDS:
        body = mistake.sub(right, body)
    return body


def _mend(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    if "body" in context:
        context["body"] = accessible(context["body"])


def setup(app: Sphinx) -> None:
    """Connect to the event at which a page gets its HTML."""
    app.connect("html-page-context", _mend)
