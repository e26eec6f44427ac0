"""The entries of the directory: all that is known of a tool, in words, under its own anchor."""

from dataclasses import dataclass
from html import escape

from mlops_landscape.catalogue import (
    KINDS,
    STATES,
    UPKEEP,
    Catalogue,
    Fact,
    Package,
    Tool,
)
from mlops_landscape.catalogue.freshness import day
from mlops_landscape.landscape.table import events_html, fact_text
from mlops_landscape.runs import Record, read_record

ASSETS = "directory.css freshness.js freshness.css"
REGISTRIES = {"pypi": "Python Package Index", "npm": "npm", "debian": "Debian 12"}
CLOUDS = {"aws": "AWS", "google": "Google Cloud", "azure": "Azure"}


@dataclass(frozen=True)
class Html:
    """A piece of a page."""

    text: str

    def _repr_html_(self) -> str:
        return self.text


def show_entries(catalogue: Catalogue, category_id: str) -> Html:
    """Return the entries of a category's tools, each under the anchor of its id.

    A tool with jobs in several categories has its entry in the first of them.

    Raises
    ------
    KeyError
        If there is no such category.
    """
    if category_id not in {category.id for category in catalogue.categories}:
        raise KeyError(category_id)
    tools = [tool for tool in catalogue.tools if tool.categories[0].startswith(f"{category_id}/")]
    record = read_record()
    entries = "\n".join(_entry(tool, catalogue, record) for tool in tools)
    return Html(f'<div class="directory" data-page-assets="{ASSETS}">{entries}</div>')


def page_link(page: str) -> str:
    """Return a link to a page of the book from a page in ``reference/``."""
    name = page.split("/")[-1].replace("-", " ")
    return f'<a href="../{escape(page)}.html">{escape(name)}</a>'


def _entry(tool: Tool, catalogue: Catalogue, record: Record | None) -> str:
    lines = [
        ("Choose it", escape(tool.choose)),
        ("Leave it", escape(tool.leave)),
        ("Jobs", _jobs(tool, catalogue)),
        ("Status", _status(tool, catalogue)),
        ("Licence", _licence(tool)),
        ("Owner", _fact(tool.owner)),
        ("Account", _fact(tool.account)),
        ("To keep alive", _upkeep(tool)),
        ("Package", _package(tool.package)),
        ("Runs here", _runs(tool, record)),
        ("Explained in", _explained(tool)),
        ("Works with", _pairings(tool, catalogue)),
        ("Alternatives", _links(catalogue.alternatives(tool))),
        ("What happened", events_html(tool)),
    ]
    rows = "".join(f"<dt>{title}</dt><dd>{text}</dd>" for title, text in lines if text)
    ended = " is-ended" if tool.is_ended else ""
    name = escape(tool.name)
    return (
        f'<section class="directory-entry{ended}" id="{tool.id}" aria-labelledby="{tool.id}-name">'
        f'<h3 id="{tool.id}-name"><a class="directory-home" href="{escape(tool.homepage)}">{name}'
        f'</a> <a class="directory-anchor" href="#{tool.id}" aria-label="Link to {name}">#</a></h3>'
        f"<p>{escape(tool.summary)}</p><dl>{rows}</dl></section>"
    )


def _jobs(tool: Tool, catalogue: Catalogue) -> str:
    places = [catalogue.place(name) for name in tool.categories]
    jobs = "; ".join(f"{category.name} › {job.name}" for category, job in places)
    stages = [stage.name for stage in catalogue.stages if stage.id in tool.stages]
    stage = f". Stage: {', '.join(stages)}" if stages else ""
    return escape(jobs + stage)


def _status(tool: Tool, catalogue: Catalogue) -> str:
    status = tool.status
    if status is None:
        return "not checked yet"
    text = f"<strong>{escape(STATES[status.state])}</strong>"
    if status.source:
        text = f'<a href="{escape(status.source)}">{text}</a>'
    text += f", {day(status.checked_on)}"
    if status.note:
        text += f". {escape(status.note)}"
    if status.successors:
        text += f". Look at {_links([catalogue.tool(each) for each in status.successors])}"
    return text


def _licence(tool: Tool) -> str:
    kind = escape(KINDS[tool.kind].name)
    if tool.osi_approved is None or tool.kind == "managed":
        return f"{kind}: {_fact(tool.licence)}"
    if tool.osi_approved:
        approved = "approved by the OSI"
    elif " AND " in str(tool.licence.value if tool.licence else ""):
        approved = "not all of it approved by the OSI"
    else:
        approved = "not approved by the OSI"
    return f"{kind}, {approved}: {_fact(tool.licence)}"


def _fact(fact: Fact | None) -> str:
    text = fact_text(fact)
    if fact is None:
        return text
    if fact.unconfirmed:
        return f"{text}: {escape(fact.unconfirmed)} ({day(fact.checked_on)})"
    note = f". {escape(fact.note)}" if fact.note else ""
    return f'<a href="{escape(fact.source)}">{escape(text)}</a>, {day(fact.checked_on)}{note}'


def _upkeep(tool: Tool) -> str:
    if not tool.upkeep:
        return ""
    needs = []
    if tool.kubernetes:
        needs.append("needs Kubernetes")
    if tool.cloud:
        needs.append(f"only in {CLOUDS[tool.cloud]}")
    return escape("; ".join([UPKEEP[tool.upkeep], *needs]))


def _package(package: Package | None) -> str:
    if package is None:
        return ""
    return (
        f"<code>{escape(package.name)}</code> {escape(package.release)} of {package.released} "
        f"({REGISTRIES[package.registry]}), {day(package.checked_on)}"
    )


def _explained(tool: Tool) -> str:
    if tool.chapter is None:
        return ""
    name = tool.chapter.split("/")[-1].replace("-", " ")
    return f'<a href="../{escape(tool.explained_at)}">{escape(name)}</a>'


def _runs(tool: Tool, record: Record | None) -> str:
    why = escape(tool.runs.why) if tool.runs else ""
    if record is None:  # nothing was built here: a learner has opened the page as a notebook
        return f"not built on this machine. {why}"
    run = record.of(tool.id)
    text = escape(run.words)
    if run.needs:
        text += f" ({escape(', '.join(run.needs))})"
    if run.pages:
        text += f": {', '.join(page_link(page) for page in run.pages)}"
    return f"{text}. {why}"


def _links(tools: list[Tool]) -> str:
    return ", ".join(f'<a href="#{tool.id}">{escape(tool.name)}</a>' for tool in tools)


def _pairings(tool: Tool, catalogue: Catalogue) -> str:
    items = "".join(
        f"<li>{_links([catalogue.tool(pairing.tool)])}: {escape(pairing.how)} "
        f'(<a href="{escape(pairing.source)}">source</a>)</li>'
        for pairing in catalogue.pairings(tool)
    )
    return f"<ul>{items}</ul>" if items else ""
