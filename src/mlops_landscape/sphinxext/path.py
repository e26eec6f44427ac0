"""The way through the course: every page knows its place, and its script knows all steps.

``_static/course-path.js`` sets one variable with the steps. A page ends in an empty place that
says which page it is; ``path.js`` fills it. Without a script it stays empty.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from mlops_landscape.path import load_course
from mlops_landscape.path.data import course_script
from mlops_landscape.writing import write_whole

_PLACE = (
    '\n<div class="mlp-end d-print-none" data-page="{page}" '
    'data-page-assets="path.css course-path.js path.js"></div>\n'
)


def _add_place(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    if doctree is not None and "body" in context:
        context["body"] += _PLACE.format(page=pagename)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    write_whole(static / "course-path.js", course_script(load_course()).encode())


def setup(app: Sphinx) -> None:
    """Connect before ``assets`` looks for what a page needs (400), and to the end of the build."""
    app.connect("html-page-context", _add_place, priority=390)
    app.connect("build-finished", _write, priority=400)
