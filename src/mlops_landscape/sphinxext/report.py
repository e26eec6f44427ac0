"""The directive ``build-report``: every executed page, when it ran, how long, with what."""

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from mlops_landscape.book.chapters import docnames
from mlops_landscape.sphinxext.stamp import run_of

_MARK = "<!-- build-report -->"


class BuildReport(SphinxDirective):
    """Stand in for the table until all pages have been read."""

    def run(self) -> list[nodes.Node]:
        """Return a mark that is replaced when the page is written."""
        self.env.metadata[self.env.docname]["build_report"] = True
        return [nodes.raw("", _MARK, format="html")]


def _table(app: Sphinx, pagename: str) -> str:
    rows = []
    for docname in docnames():
        run = run_of(app.env, docname)
        if run is None:
            continue
        link = app.builder.get_relative_uri(pagename, docname)
        title = html.escape(app.env.titles[docname].astext())
        versions = ", ".join(f"{name}&nbsp;{number}" for name, number in run.versions.items())
        rows.append(
            f'<tr><th scope="row"><a href="{link}">{title}</a></th>'
            f"<td>{run.ended:%Y-%m-%d %H:%M}</td><td>{run.seconds:.1f}</td>"
            f"<td>{versions}</td><td>{'ran' if run.succeeded else 'failed'}</td></tr>"
        )
    return (
        '<div class="table-scroll" role="region" aria-label="Build report" tabindex="0">'
        '<table class="table build-report"><thead><tr><th scope="col">Page</th>'
        '<th scope="col">Ran (UTC)</th><th scope="col">Seconds</th><th scope="col">Versions</th>'
        f'<th scope="col">Status</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _put_table(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    if _MARK in context.get("body", ""):
        context["body"] = context["body"].replace(_MARK, _table(app, pagename))


def _rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages with a report: it is about all pages, so it goes with any of them."""
    return [name for name, data in env.metadata.items() if data.get("build_report")]


def setup(app: Sphinx) -> None:
    """Register the directive and the events that fill it."""
    app.add_directive("build-report", BuildReport)
    app.connect("html-page-context", _put_table)
    app.connect("env-updated", _rewrite)
