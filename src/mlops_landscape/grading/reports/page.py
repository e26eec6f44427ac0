"""The frame of every page that grading writes: templates, style, and what the page may do."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from mlops_landscape.exercises.markup import STYLE, with_code
from mlops_landscape.grading.files import encoded
from mlops_landscape.grading.tables import printable
from mlops_landscape.grading.words import late_in_words, moment, number, some, span

# What could load something, lead away or upset the page's headings stays as it was typed.
_PROSE = MarkdownIt("commonmark", {"html": False}).disable(
    ["html_block", "html_inline", "image", "link", "autolink", "reference", "heading", "lheading"]
)

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Names and messages come from learners: no control character of theirs reaches a page.
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.filters |= {
        "code": lambda text: Markup(with_code(printable(text))),
        "moment": moment,
        "number": number,
        "prose": lambda text: Markup(_PROSE.render(printable(text))),
        "span": span,
    }
    environment.globals |= {"some": some, "late_in_words": late_in_words}
    return environment


def render(template: str, script: str = "", **values: Any) -> bytes:  # noqa: ANN401
    """Return a page.

    Parameters
    ----------
    template
        Name of the template, which extends ``page.html``.
    script
        Name of the one script in the page; the page's policy lets no other run.
    """
    style = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8") + STYLE)
    code = (TEMPLATES / script).read_text(encoding="utf-8") if script else ""
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src 'sha256-{digest}'"
    page = _environment().get_template(template)
    return encoded(page.render(style=style, script=Markup(code), policy=policy, **values))
