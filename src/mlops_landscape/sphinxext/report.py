"""The directives ``build-report`` (every executed page) and ``what-ran`` (every tool)."""

import html
from collections import Counter
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from mlops_landscape.book.chapters import docnames
from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.environments import Environment, lock_of
from mlops_landscape.runs import HOW, Record, read_record
from mlops_landscape.sphinxext.stamp import run_of

_MARK = "<!-- {} -->"


class _Report(SphinxDirective):
    """Stand in for a table until all pages have been read."""

    def run(self) -> list[nodes.Node]:
        """Return a mark that is replaced when the page is written."""
        self.env.metadata[self.env.docname]["build_report"] = True
        return [nodes.raw("", _MARK.format(self.name), format="html")]


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
    return _framed(
        "Build report", ("Page", "Ran (UTC)", "Seconds", "Versions", "Status"), "".join(rows)
    )


def _framed(name: str, heads: tuple[str, ...], rows: str) -> str:
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="table-scroll" role="region" aria-label="{name}" tabindex="0">'
        f'<table class="table build-report"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _what_ran(app: Sphinx, pagename: str) -> str:
    record = read_record() or Record({}, (), {})
    catalogue = load_catalogue()
    ways = list(HOW)
    tools = sorted(catalogue.tools, key=lambda tool: ways.index(record.of(tool.id).how))
    runs = [record.of(tool.id) for tool in tools]
    counts = Counter(run.how for run in runs)
    parts = Counter(run.how for run in runs if run.in_part)
    directory = app.builder.get_relative_uri(pagename, "book/reference/tools")
    sums = "".join(
        f'<tr><th scope="row">{text}</th><td>{counts[how]}</td><td>{parts[how]}</td></tr>'
        for how, text in HOW.items()
    )
    rows = "".join(
        f'<tr><th scope="row"><a href="{directory}#{tool.id}">{html.escape(tool.name)}</a></th>'
        f"<td>{record.of(tool.id).words}</td>"
        f"<td>{_pages(app, pagename, record.of(tool.id).pages)}</td></tr>"
        for tool in tools
    )
    weights = "".join(
        f'<tr><th scope="row"><code>{html.escape(name)}</code></th>'
        f"<td>{len(Environment(name, lock_of(name)).versions)}</td><td>{megabytes}</td></tr>"
        for name, megabytes in record.megabytes.items()
    )
    left_out = "".join(
        f"<li>{_pages(app, pagename, (each.page,))}: a cell that needs {html.escape(each.needs)}"
        f"{': ' + html.escape(', '.join(each.tools)) if each.tools else ''}</li>"
        for each in record.left_out
    )
    said = f"<p>Not run in this build:</p><ul>{left_out}</ul>" if left_out else ""
    return (
        _framed("How many tools ran", ("How", f"Of {len(tools)} tools", "Of these in part"), sums)
        + said
        + _framed("What ran", ("Tool", "How", "Where"), rows)
        + _framed("Environments", ("Environment of its own", "Packages", "MB"), weights)
    )


def _pages(app: Sphinx, pagename: str, pages: tuple[str, ...]) -> str:
    links = []
    for page in pages:
        docname = page if page in app.env.titles else f"book/{page}"
        link = app.builder.get_relative_uri(pagename, docname)
        title = html.escape(app.env.titles[docname].astext())
        links.append(f'<a href="{link}">{title}</a>')
    return ", ".join(links)


def _put_table(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    body = context.get("body", "")
    for name, table in (("build-report", _table), ("what-ran", _what_ran)):
        if _MARK.format(name) in body:
            body = body.replace(_MARK.format(name), table(app, pagename))
            context["body"] = body


def _rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages with a report: it is about all pages, so it goes with any of them."""
    return [name for name, data in env.metadata.items() if data.get("build_report")]


def setup(app: Sphinx) -> None:
    """Register the directive and the events that fill it."""
    app.add_directive("build-report", _Report)
    app.add_directive("what-ran", _Report)
    app.connect("html-page-context", _put_table)
    app.connect("env-updated", _rewrite)
