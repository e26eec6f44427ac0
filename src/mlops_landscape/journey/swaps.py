"""What changes if the tool that a stage uses is swapped for another: ``swaps.yml`` as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from mlops_landscape.catalogue import STATES, Catalogue, Tool, load_catalogue
from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem

SWAPS = Path(__file__).with_name("swaps.yml")

COURSE = {
    "versioning": ("git", "dvc", "mlflow", "weights-and-biases"),
    "training": (
        "tensorflow",
        "pytorch",
        "scikit-learn",
        "mlflow",
        "weights-and-biases",
        "keras-tuner",
        "optuna",
    ),
    "orchestration": (
        "airflow",
        "kubeflow-pipelines",
        "argo-workflows",
        "mlflow-projects",
        "metaflow",
    ),
    "deployment": (
        "seldon-core",
        "kserve",
        "tensorflow-serving",
        "mlflow-models",
        "bentoml",
        "sagemaker",
    ),
    "monitoring": (
        "prometheus",
        "grafana",
        "evidently",
        "whylabs",
        "arize",
        "sagemaker-model-monitor",
    ),
}
"""The tools that the course names for each stage: none may be missing from its table."""

FIELDS = ("tool", "used", "change")


@dataclass(frozen=True)
class Swap:
    """What would change in this project with one tool.

    Parameters
    ----------
    tool
        Id in the catalogue.
    change
        What would change, in whole sentences; for a tool that is used, what it does here.
    used
        Whether the chapter of the stage uses it.
    """

    tool: str
    change: str
    used: bool = False


def swaps(stage: str, catalogue: Catalogue | None = None, file: Path = SWAPS) -> pd.DataFrame:
    """Return the table of a stage: tool, what would change here, licence and state.

    Parameters
    ----------
    stage
        Id in the catalogue, such as ``versioning``.
    catalogue
        Where licence and state come from; by default the course's.
    file
        What would change.

    Raises
    ------
    InputError
        If anything is wrong in the file, or nothing is said there of the stage.
    """
    catalogue = catalogue or load_catalogue()
    found = load_swaps(catalogue, file)
    if stage not in found:
        mend = f"write `{stage}:` and below it an entry for each of: "
        what = f"nothing is said of the stage {stage!r}"
        raise InputError([Problem(file, "", what, mend + ", ".join(COURSE.get(stage, ())))])
    tools = [catalogue.tool(swap.tool) for swap in found[stage]]
    return pd.DataFrame(
        {
            "Tool": [tool.name for tool in tools],
            "What would change here": [
                f"Used here. {swap.change}" if swap.used else swap.change for swap in found[stage]
            ],
            "Licence": [_licence(tool) for tool in tools],
            "State": [_state(tool) for tool in tools],
        }
    )


def show_swaps(stage: str, catalogue: Catalogue | None = None, file: Path = SWAPS) -> HTML:
    """Return the same table for a page of ``book/stages``, each tool a link to its entry.

    Raises
    ------
    InputError
        As `swaps` does.
    """
    catalogue = catalogue or load_catalogue()
    frame = swaps(stage, catalogue, file)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in frame.columns)
    rows = []
    for swap, cells in zip(
        load_swaps(catalogue, file)[stage], frame.itertuples(index=False), strict=True
    ):
        name, *rest = (escape(cell) for cell in cells)
        link = f'<a href="../reference/tools.html#{escape(swap.tool)}">{name}</a>'
        data = "".join(f"<td>{cell}</td>" for cell in rest)
        rows.append(f'<tr><th scope="row">{link}</th>{data}</tr>')
    return HTML(
        f'<div class="table-scroll" role="region" aria-label="The tools of {escape(stage)}" '
        f'tabindex="0"><table class="table swaps"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def load_swaps(catalogue: Catalogue, file: Path = SWAPS) -> dict[str, tuple[Swap, ...]]:
    """Read ``swaps.yml`` and judge it by the catalogue.

    Returns
    -------
    dict
        The entries of each stage that the file speaks of, in its order.

    Raises
    ------
    InputError
        With every mistake found, each with file, line, what is wrong and the mend.
    """
    document = read_document(file)
    problems = list(document.problems)
    if document.data is not None:
        problems += [
            Problem(file, f"line {document.line(where)}", what, mend)
            for where, what, mend in _mistakes(document, catalogue)
        ]
    if problems:
        raise InputError(problems)
    return {
        stage: tuple(Swap(**entry) for entry in entries) for stage, entries in document.data.items()
    }


def _mistakes(document: Document, catalogue: Catalogue) -> Iterator[tuple[Place, str, str]]:
    if not isinstance(document.data, dict):
        yield (), "it is not a mapping of stages", "write the id of a stage and a list below it"
        return
    stages = {stage.id for stage in catalogue.stages}
    for stage, entries in document.data.items():
        if stage not in stages:
            yield (
                (stage,),
                f"there is no stage {stage!r}",
                f"use one of: {', '.join(sorted(stages))}",
            )
        elif not isinstance(entries, list) or not entries:
            mend = "write a list of entries below it, each with `tool` and `change`"
            yield (stage,), f"the stage {stage!r} has no entries", mend
        else:
            yield from _stage_mistakes(document, stage, entries, catalogue)


def _stage_mistakes(
    document: Document, stage: str, entries: list[object], catalogue: Catalogue
) -> Iterator[tuple[Place, str, str]]:
    offered = [tool.id for tool in catalogue.tools if stage in tool.stages]
    first: dict[str, int] = {}
    for number, entry in enumerate(entries):
        where: Place = (stage, number)
        if not isinstance(entry, dict):
            yield where, "it is not an entry", "write the fields `tool` and `change`"
            continue
        for key in entry:
            if key not in FIELDS:
                mend = f"use: {', '.join(FIELDS)}; licence and state come from the catalogue"
                yield (*where, key), f"`{key}` is not known here", mend
        for key in ("tool", "change"):
            if key not in entry:
                yield where, f"`{key}` is missing", f"add `{key}:`"
            elif not isinstance(entry[key], str) or not entry[key].strip():
                yield (*where, key), f"`{key}` is not a text", "write a text, in quotes if need be"
        change = entry.get("change")
        if isinstance(change, str) and change.strip() and not change.endswith("."):
            yield (*where, "change"), "`change` does not end with a full stop", "end it with one"
        if not isinstance(entry.get("used", True), bool):
            yield (
                (*where, "used"),
                "`used` is neither true nor false",
                "write true, or leave it out",
            )
        tool = entry.get("tool")
        if not isinstance(tool, str) or not tool.strip():
            continue
        if tool not in offered:
            mend = f"use the id of a tool that tools.yml has in this stage: {', '.join(offered)}"
            yield (*where, "tool"), f"{tool!r} is no tool of the stage {stage!r}", mend
        if tool in first:
            what = f"{tool!r} already has an entry on line {first[tool]}"
            yield (*where, "tool"), what, "keep one of the two"
        first.setdefault(tool, document.line((*where, "tool")))
    for tool in COURSE.get(stage, ()):
        if tool not in first:
            mend = f"add an entry with `tool: {tool}` and what it would change"
            yield (stage,), f"the stage {stage!r} says nothing of {tool!r}", mend


def _licence(tool: Tool) -> str:
    value = tool.licence.value if tool.licence else None
    if value is None:
        return "unconfirmed"
    return str(value).replace("LicenseRef-proprietary", "proprietary")


def _state(tool: Tool) -> str:
    if tool.status is None:
        return "not checked yet"
    state, day = tool.status.state, tool.status.checked_on
    return f"{STATES[state]}, checked on {day.day} {day:%B %Y}"
