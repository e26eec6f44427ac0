"""What the builder's page part gets: the catalogue as far as it needs it, judged beforehand."""

from datetime import date
from typing import Any

from mlops_landscape.catalogue import KINDS, STATES, Catalogue, Fact, Tool
from mlops_landscape.stack.rules import (
    CLOUDS,
    CONSTRAINTS,
    KUBERNETES_COUNT,
    TEAMS,
    UPKEEP,
    judge,
    offers,
)
from mlops_landscape.stack.stacks import Stacks


def builder_data(catalogue: Catalogue, stacks: Stacks) -> dict[str, Any]:
    """Return all that the script needs to know, as plain values that JSON can keep."""
    offered = offers(catalogue)
    categories = []
    for category in catalogue.categories:
        jobs = []
        for job in category.jobs:
            need = stacks.job(f"{category.id}/{job.id}")
            jobs.append(
                {
                    "id": need.id,
                    "name": job.name,
                    "essential": need.is_essential,
                    "reason": need.reason,
                    "stages": [s.name for s in catalogue.stages if need.id in s.jobs],
                    "coveredBy": need.covered_by,
                    "offers": list(offered[need.id]),
                }
            )
        categories.append({"id": category.id, "name": category.name, "jobs": jobs})
    return {
        "categories": categories,
        "tools": {tool.id: _tool(tool, catalogue) for tool in catalogue.tools},
        "pairs": [
            {"tools": [tool.id, pair.tool], "how": pair.how, "source": pair.source}
            for tool in catalogue.tools
            for pair in tool.works_with
        ],
        "constraints": [
            {
                "id": each.id,
                "label": each.label,
                # A list, because a page's JSON sorts the keys of mappings.
                "options": [list(pair) for pair in each.options.items()],
                "meaning": each.meaning,
            }
            for each in CONSTRAINTS.values()
        ],
        "upkeep": {
            name: {"words": each.words, "count": each.count, "rank": each.rank}
            for name, each in UPKEEP.items()
        },
        "kubernetesCount": KUBERNETES_COUNT,
        "teams": {name: {"who": team.who, "most": team.most} for name, team in TEAMS.items()},
        "clouds": CLOUDS,
        "stacks": [
            {
                "id": stack.id,
                "name": stack.name,
                "for": stack.made_for,
                "address": stack.address,
                "picks": [
                    {"job": pick.job, "tool": pick.tool, "reason": pick.reason}
                    for pick in stack.picks
                ],
            }
            for stack in stacks.stacks
        ],
    }


def _tool(tool: Tool, catalogue: Catalogue) -> dict[str, Any]:
    judgement = judge(tool, catalogue)
    status = tool.status
    state = status.state if status else "unconfirmed"
    return {
        "name": tool.name,
        "summary": tool.summary,
        "homepage": tool.homepage,
        "choose": tool.choose,
        "leave": tool.leave,
        "jobs": list(tool.categories),
        "kind": tool.kind,
        "kindName": KINDS[tool.kind].name,
        "licence": licence_text(tool.licence),
        "account": _account(tool.account),
        "upkeep": tool.upkeep,
        "kubernetes": tool.kubernetes,
        "cloud": tool.cloud,
        "state": state,
        "stateWords": STATES[state],
        "ended": bool(status and status.is_ended),
        "note": status.note if status else "nobody has checked it yet",
        "checkedOn": day_text(status.checked_on) if status else "",
        "source": status.source if status else "",
        "successors": list(status.successors) if status else [],
        "against": judgement.against,
        "doubts": judgement.doubts,
    }


def licence_text(fact: Fact | None) -> str:
    """Return the licence as a reader sees it; ``unconfirmed`` if nobody knows it for sure."""
    if fact is None or fact.value is None:
        return "unconfirmed"
    return str(fact.value).replace("LicenseRef-", "")


def _account(fact: Fact | None) -> str:
    if fact is None or fact.value is None:
        return "unconfirmed"
    return "needed" if fact.value else "not needed"


def day_text(day: date) -> str:
    """Return a day as it stands in a sentence: 25 November 2026."""
    return f"{day.day} {day:%B %Y}"
