"""The table of checks as HTML: one look in the notebook and in a learner's report."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

# The colours are the page's own: those of the book's theme, else JupyterLab's, else none.
STYLE = """
.exercise-check table { width: 100%; border-collapse: collapse; margin: 0.5rem 0; color: inherit; }
.exercise-check caption { caption-side: top; text-align: left; color: inherit; padding: 0.25rem 0; }
.exercise-check :is(th, td) {
  text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; white-space: normal;
  overflow-wrap: anywhere; background: transparent; color: inherit;
  border: 0 solid var(--pst-color-border, var(--jp-border-color1, #8888));
  border-bottom-width: 1px; }
.exercise-check tbody th { font-weight: 600; }
.exercise-check :is(td, th).narrow { white-space: nowrap; width: 1%; }
.exercise-check .seen { display: block; font-weight: 400; }
.exercise-check .narrow.passed {
  border-left: 4px solid var(--pst-color-success, var(--jp-success-color1, #28a745)); }
.exercise-check .narrow.failed {
  border-left: 4px solid var(--pst-color-danger, var(--jp-error-color1, #dc3545)); }
.exercise-check .next { padding: 0.6rem 0.8rem; margin: 0.5rem 0; color: inherit;
  border-left: 4px solid var(--pst-color-info, var(--jp-info-color1, #17a2b8)); }
html[data-theme] .bd-content div.cell_output .text_html:has(.exercise-check) {
  background: transparent !important; color: inherit !important; padding: 0; }
"""


class Checked(Protocol):
    """What one check found; a `Result` in a notebook, a `CheckMark` in grading."""

    @property
    def title(self) -> str:
        """What is checked, in the learner's words."""
        ...

    @property
    def points(self) -> int:
        """What it is worth."""
        ...

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        ...

    @property
    def message(self) -> str:
        """What was seen and what was expected; empty if the check passed."""
        ...


def with_code(text: str) -> str:
    """Escape `text`; what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def said_once(messages: Iterable[str]) -> list[str]:
    """Return each message once, else empty: what one check fails for, later ones often do too."""
    listed = list(messages)
    return [
        message if listed.index(message) == index else "" for index, message in enumerate(listed)
    ]


def check_table(caption: str, results: Sequence[Checked]) -> str:
    """Return the table of `results` as HTML."""
    rows = "".join(map(_row, results, said_once(result.message for result in results)))
    return (
        f'<table role="table"><caption>{escape(caption)}</caption>'
        '<thead><tr><th scope="col" class="narrow">Result</th><th scope="col">Check</th>'
        '<th scope="col" class="narrow">Points</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(result: Checked, message: str) -> str:
    word, kind = ("passed", "passed") if result.passed else ("not yet", "failed")
    seen = f'<span class="seen">Seen: {with_code(message)}</span>' if message else ""
    points = f"{result.points if result.passed else 0} / {result.points}"
    return (
        f'<tr><td class="narrow {kind}">{word}</td>'
        f'<th scope="row">{with_code(result.title)}{seen}</th>'
        f'<td class="narrow">{points}</td></tr>'
    )
