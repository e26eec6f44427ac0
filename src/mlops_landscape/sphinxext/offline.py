"""No page asks another host for anything: what stock settings add is taken out, and it is checked.

Links that a reader follows may lead anywhere; what a browser loads by itself may not.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

_UNUSED = re.compile(
    # Thebe runs cells on a page by way of unpkg.com; its constants are on every page, twice.
    r"thebe"
    # Formulas would need MathJax from a CDN. No page has one yet; problems_of says what then.
    r"|mathjax"
)
_UNUSED_TAGS = re.compile(
    # Font Awesome as a script is 1.5 MB on every page; its web fonts draw the same icons.
    r'\s*<script defer src="[^"]*fontawesome\.js[^"]*"></script>'
    r'|\s*<script type="text/x-thebe-config">.*?</script>'
    r"|\s*<script>kernelName = [^<]*</script>",
    re.DOTALL,
)
_SEARCH_TAGS = re.compile(
    # The theme lets every page load the search index of the whole book, before it is shown.
    # Only the page with the results uses it.
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>'
)


def _take_out(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    for kind in ("script_files", "css_files"):
        context[kind] = [
            entry for entry in context.get(kind, []) if not _UNUSED.search(_source(entry).lower())
        ]


def _source(entry: object) -> str:
    """Return what identifies a script or style: its file name and, if inline, its body."""
    attributes = getattr(entry, "attributes", {}) or {}
    return f"{getattr(entry, 'filename', None) or entry} {attributes.get('body', '')}"


class _Loads(HTMLParser):
    """Collects what a browser would load by itself from another host."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.has_math = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "math" in (values.get("class") or "").split():
            self.has_math = True
        candidates = [values.get("src"), values.get("srcset"), values.get("poster")]
        rel = (values.get("rel") or "").lower()
        if tag == "link" and not {"canonical", "next", "prev", "license"} & set(rel.split()):
            candidates.append(values.get("href"))
        if tag == "object":
            candidates.append(values.get("data"))
        for value in candidates:
            if value and re.match(r"(https?:)?//", value.strip()):
                self.foreign.append(value)


def problems_of(page: str) -> list[str]:
    """Return what is wrong with the HTML of one page, each with its mend."""
    loads = _Loads()
    loads.feed(page)
    problems = [
        f"the page loads {url} from another host. Mend: put the file into the book, "
        "or link to it instead of loading it"
        for url in loads.foreign
    ]
    if loads.has_math:
        problems.append(
            "the page has a formula, and MathJax is not part of the book yet. Mend: add mathjax "
            "to package.json and to sphinxext/assets.py, and set mathjax_path in _config.yml"
        )
    return problems


def _lighten(app: Sphinx, error: Exception | None) -> None:
    """Take out what the theme's own templates write into every page and no page uses."""
    if error is not None or app.builder.format != "html":
        return
    for path in _pages(app):
        page = path.read_text(encoding="utf-8")
        lighter = _UNUSED_TAGS.sub("", page)
        if path.name != "search.html":
            lighter = _SEARCH_TAGS.sub("", lighter)
        if lighter != page:
            path.write_text(lighter, encoding="utf-8")


def _pages(app: Sphinx) -> list[Path]:
    outdir = Path(app.outdir)
    pages = sorted(outdir.rglob("*.html"))
    return [path for path in pages if "_static" not in path.relative_to(outdir).parts]


def _check(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    for path in _pages(app):
        for problem in problems_of(path.read_text(encoding="utf-8")):
            logger.warning(problem, location=path.relative_to(app.outdir).as_posix())


def setup(app: Sphinx) -> None:
    """Connect late: the theme's and other extensions' own additions come first."""
    app.connect("html-page-context", _take_out, priority=900)
    app.connect("build-finished", _lighten, priority=800)
    app.connect("build-finished", _check, priority=900)
