"""The stamp below a page's title: when its cells ran, how long they took, with which versions."""

import html
import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from mlops_landscape.book.chapters import read_chapter

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """How the cells of one page were run.

    Attributes
    ----------
    ended
        When, in UTC.
    seconds
        How long all cells of the page took, start of the kernel included.
    versions
        Version of each tool that the page declares in its front matter.
    succeeded
        Whether all cells ran to their end.
    """

    ended: datetime
    seconds: float
    versions: dict[str, str]
    succeeded: bool


def run_of(env: BuildEnvironment, docname: str) -> Run | None:
    """Return how `docname` was run, or None if it is not a notebook."""
    data = NbMetadataCollector.get_doc_data(env)[docname].get("exec_data")
    if not data:
        return None
    # jupyter-cache keeps UTC without saying so; myst-nb took it for local time. Undo the latter.
    ended = datetime.fromtimestamp(data["mtime"])
    return Run(ended, data["runtime"] or 0.0, _versions(docname), bool(data["succeeded"]))


def _versions(docname: str) -> dict[str, str]:
    found = {}
    for tool in read_chapter(docname).tools:
        try:
            found[tool] = version(tool)
        except PackageNotFoundError:
            logger.warning(
                "front matter, 'tools': %r is not a package of requirements.txt. "
                "Mend: write its name as it stands there",
                tool,
                location=docname,
            )
    return found


def _text(run: Run) -> str:
    tools = "".join(
        f" · <span>{html.escape(name)} {html.escape(number)}</span>"
        for name, number in run.versions.items()
    )
    return (
        '<p class="stamp" role="note">'
        f'<span>Ran <time datetime="{run.ended:%Y-%m-%dT%H:%MZ}">{run.ended:%-d %B %Y, %H:%M} UTC'
        f"</time></span> · <span>{run.seconds:.0f} s</span>"
        f" · <span>Python {platform.python_version()}</span>{tools}</p>"
    )


def _add_stamp(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    if doctree is None or pagename not in app.env.found_docs:
        return
    run = run_of(app.env, pagename)
    if run is not None:
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{_text(run)}", 1)


def setup(app: Sphinx) -> None:
    """Connect to the event at which a page gets its HTML."""
    app.connect("html-page-context", _add_stamp)
