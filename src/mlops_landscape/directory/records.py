"""The catalogue as records for a spreadsheet or a program."""

import csv
import io
import json
from typing import Any

from mlops_landscape.catalogue import Catalogue, Event, Fact, Tool
from mlops_landscape.runs import Record, read_record

LICENCE = "CC BY 4.0, the MLOps Tools Landscape authors"


def records(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return one record a tool, in file order: what the catalogue says, and what follows from it.

    Values are texts, booleans, None (unknown) and lists and dictionaries of them. Dates are
    written ``YYYY-MM-DD``.
    """
    record = read_record()
    return [_record(tool, catalogue, record) for tool in catalogue.tools]


def _record(tool: Tool, catalogue: Catalogue, record: Record | None) -> dict[str, Any]:
    status, package, run = tool.status, tool.package, record.of(tool.id) if record else None
    return {
        "id": tool.id,
        "name": tool.name,
        "homepage": tool.homepage,
        "summary": tool.summary,
        "choose": tool.choose,
        "leave": tool.leave,
        "jobs": list(tool.categories),
        "stages": list(tool.stages),
        "kind": tool.kind,
        "licence": _fact(tool.licence),
        "osi_approved": tool.osi_approved,
        "owner": _fact(tool.owner),
        "account_needed": _fact(tool.account),
        "status": status
        and {
            "value": status.state,
            "checked_on": status.checked_on.isoformat(),
            "source": status.source,
            "note": status.note,
            "successors": list(status.successors),
        },
        "upkeep": tool.upkeep,
        "kubernetes": tool.kubernetes,
        "cloud": tool.cloud,
        "package": package
        and {
            "registry": package.registry,
            "name": package.name,
            "release": package.release,
            "released": package.released,
            "checked_on": package.checked_on.isoformat(),
        },
        "runs": run
        and {
            "how": run.how,
            "in_part": run.in_part,
            "why": tool.runs.why if tool.runs else "",
            "where": list(run.pages),
            "needs": list(run.needs),
        },
        "chapter": tool.chapter,
        "alternatives": [other.id for other in catalogue.alternatives(tool)],
        "works_with": [
            {"tool": pairing.tool, "how": pairing.how, "source": pairing.source}
            for pairing in catalogue.pairings(tool)
        ],
        "events": [_event(event) for event in tool.events],
    }


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {
        "value": fact.value,
        "checked_on": fact.checked_on.isoformat(),
        "source": fact.source,
        "note": fact.note or fact.unconfirmed,
    }


def _event(event: Event) -> dict[str, str]:
    return {
        "date": event.date,
        "what": event.what,
        "text": event.text,
        "source": event.source,
    }


def as_json(catalogue: Catalogue) -> str:
    """Return all records as one JSON document, with the licence under which they may be used."""
    document = {"licence": LICENCE, "tools": records(catalogue)}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_csv(catalogue: Catalogue) -> str:
    """Return a table, one row a tool, for a spreadsheet.

    Of a fact it has the value, the day and the source; lists are joined by semicolons. Events
    are only in the JSON.
    """
    rows = [_flat(record) for record in records(catalogue)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


_PARTS = {
    "licence": ("value", "checked_on", "source"),
    "owner": ("value", "checked_on", "source"),
    "account_needed": ("value", "checked_on", "source"),
    "status": ("value", "checked_on", "source", "note", "successors"),
    "package": ("registry", "name", "release", "released", "checked_on"),
    "runs": ("how", "in_part", "why", "where", "needs"),
}


def _flat(record: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in record.items():
        if name in _PARTS:
            for part in _PARTS[name]:
                column = name if part == "value" else f"{name}_{part}"
                flat[column] = _cell(value.get(part) if value else None)
        elif name == "works_with":
            flat[name] = "; ".join(pairing["tool"] for pairing in value)
        elif name != "events":
            flat[name] = _cell(value)
    return flat


def _cell(value: Any) -> str:  # noqa: ANN401 - any value of a record
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    return str(value)
