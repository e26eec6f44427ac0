"""The directory as a table that a reader sorts and searches."""

from html import escape

from mlops_landscape.catalogue import KINDS, STATES, Catalogue, Tool
from mlops_landscape.directory.entries import Html
from mlops_landscape.runs import Record, Run, read_record

ASSETS = "directory.js directory.css freshness.js freshness.css"
COLUMNS = ("Tool", "Job", "Kind", "Licence", "Account", "Status", "Keep alive", "Release", "Runs")
UPKEEP = {"library": "nothing", "server": "a server", "cluster": "a cluster", "service": "vendor's"}
RUNS = {
    "shared": "here",
    "own": "here, own environment",
    "debian": "here, from Debian",
    "npm": "here, from npm",
    "emulated": "emulated",
    "not-here": "no",
}


def show_table(catalogue: Catalogue) -> Html:
    """Return the table, with search, sorting, three filters and the downloads."""
    record = read_record()
    rows = "\n".join(_row(tool, catalogue, record) for tool in catalogue.tools)
    # Without the script the headings are plain, and nothing promises to sort.
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    total = len(catalogue.tools)
    return Html(_PAGE.format(assets=ASSETS, heads=heads, rows=rows, total=total))


def _row(tool: Tool, catalogue: Catalogue, record: Record | None) -> str:
    jobs = [catalogue.place(place)[1].name for place in tool.categories]
    account = "unknown"
    if tool.account is not None and isinstance(tool.account.value, bool):
        account = "needed" if tool.account.value else "no"
    licence = tool.licence.value if tool.licence and tool.licence.value else "unconfirmed"
    state = tool.status.state if tool.status else "unconfirmed"
    cells = [
        ", ".join(jobs),
        KINDS[tool.kind].name,
        "proprietary" if licence == "LicenseRef-proprietary" else str(licence),
        account,
        STATES[state],
        UPKEEP.get(tool.upkeep, ""),
        f"{tool.package.release} ({tool.package.released})" if tool.package else "",
        _runs(record.of(tool.id)) if record else "not built here",
    ]
    data = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    # What is searched beside the cells.
    words = f"{tool.id} {tool.summary} {tool.package.name if tool.package else ''}"
    return (
        f'<tr data-words="{escape(words)}" data-open="{tool.osi_approved is True}" '
        f'data-account="{account}" data-alive="{not tool.is_ended}" '
        f'data-released="{tool.package.released if tool.package else ""}">'
        f'<th scope="row"><a href="#{tool.id}">{escape(tool.name)}</a></th>{data}</tr>'
    )


def _runs(run: Run) -> str:
    return f"in part, {RUNS[run.how]}" if run.in_part else RUNS[run.how]


_PAGE = """\
<div class="directory-tools" data-page-assets="{assets}">
<div class="directory-bar" hidden>
<input type="search" class="directory-search" placeholder="Find a tool, a job, a licence"
 aria-label="Find a tool, a job, a licence" autocomplete="off" spellcheck="false">
<label><input type="checkbox" data-only="open"> licence approved by the OSI</label>
<label><input type="checkbox" data-only="account"> works without an account</label>
<label><input type="checkbox" data-only="alive"> still alive</label>
<p class="directory-count" role="status" aria-live="polite">{total} tools</p>
</div>
<div class="directory-scroll" tabindex="0" role="region" aria-label="Table of all tools">
<table class="directory-table"><thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table></div>
<p class="directory-downloads">Take all of it with you: <a href="../../_static/tools.csv"
 download>tools.csv</a> for a spreadsheet, <a href="../../_static/tools.json"
 download>tools.json</a> for a program. CC BY 4.0.</p>
</div>
"""
