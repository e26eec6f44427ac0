"""From the executed cells to the record of what ran: which tool, how, on which pages."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import nbformat
from jupyter_cache.base import JupyterCacheAbstract

from mlops_landscape import environments
from mlops_landscape.book.chapters import Chapter
from mlops_landscape.book.inputs import inputs_key
from mlops_landscape.bootstrap import PROGRAMS
from mlops_landscape.errors import Problem
from mlops_landscape.programs import NOT_RUN, needed_by
from mlops_landscape.runs import HOW, RECORD, LeftOut, Record, Run
from mlops_landscape.writing import write_whole

OPTIONS = ("runs", "parts", "emulates")


def problems(chapters: Iterable[Chapter], known: set[str]) -> Iterator[Problem]:
    """Yield what is wrong with the options in `OPTIONS` and with ``# needs``.

    Parameters
    ----------
    chapters
        Pages of the book.
    known
        Ids of the catalogue's tools.
    """
    for chapter in chapters:
        cells = chapter.notebook().cells if chapter.is_executed else []
        code = [cell for cell in cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            place = f"code cell {number}"
            for option in OPTIONS:
                listed = cell.metadata.get(option, [])
                if not isinstance(listed, list) or not all(isinstance(t, str) for t in listed):
                    what = f"'{option}' is no list of tools"
                    yield Problem(chapter.path, place, what, f"write ':{option}: [an-id]'")
                    continue
                for tool in listed:
                    if tool not in known:
                        what = f"'{option}' names {tool!r}, which is not in the catalogue"
                        mend = "write the id as it stands in catalogue/tools.yml"
                        yield Problem(chapter.path, place, what, mend)
            for name in needed_by(cell.source):
                if not _is_known(name):
                    yield Problem(
                        chapter.path,
                        place,
                        f"it needs {name!r}, which is no environment and no program",
                        f"write environments/{name}.in, or add it to PROGRAMS in "
                        "src/mlops_landscape/bootstrap.py",
                    )


def _is_known(name: str) -> bool:
    commands = {command for program in PROGRAMS.values() for command in program.commands}
    return name in PROGRAMS or name in commands or name in environments.names()


def record_runs(chapters: Iterable[Chapter], cache: JupyterCacheAbstract) -> Record:
    """Write down what the cells of `chapters` ran, from their outputs in `cache`.

    Returns
    -------
    Record
        As it was written to `RECORD`.
    """
    tools: dict[str, list[Run]] = {}
    left_out, used = [], set()
    for chapter in chapters:
        if not chapter.is_executed:
            continue
        page = chapter.docname.removeprefix("book/")
        bundle = cache.get_cache_bundle(
            cache.match_cache_notebook(chapter.notebook(inputs_key(chapter))).pk
        )
        used |= environments.named_in("\n".join(chapter.code))
        for cell in (each for each in bundle.nb.cells if each.cell_type == "code"):
            needs = needed_by(cell.source)
            marked = [tool for option in OPTIONS for tool in cell.metadata.get(option, [])]
            if needs and _was_left_out(cell):
                left_out.append(LeftOut(page, " and ".join(needs), tuple(marked)))
                continue
            for option in OPTIONS:
                how = "emulated" if option == "emulates" else _how(needs)
                for tool in cell.metadata.get(option, []):
                    ran = Run(how, (page,), tuple(needs), option == "parts")
                    tools.setdefault(tool, []).append(ran)
    record = Record(
        {tool: _summary(tools[tool]) for tool in sorted(tools)},
        tuple(left_out),
        {
            name: round(environments.environment(name).megabytes)
            for name in sorted(used)
            if environments.is_ready(name)
        },
    )
    write_whole(RECORD, (json.dumps(asdict(record), indent=1) + "\n").encode())
    return record


def _was_left_out(cell: nbformat.NotebookNode) -> bool:
    return any(
        output.output_type == "stream" and output.text.startswith(NOT_RUN)
        for output in cell.outputs
    )


def _how(needs: list[str]) -> str:
    if any(name in environments.names() for name in needs):
        return "own"
    for program_name, program in PROGRAMS.items():
        if any(name == program_name or name in program.commands for name in needs):
            return "npm" if program.npm else "debian"
    return "shared"


def _summary(runs: list[Run]) -> Run:
    """Return the best of a tool's runs: the whole of it before a part, and the order of `HOW`."""
    ways = list(HOW)

    def rank(run: Run) -> tuple[bool, bool, int]:
        return run.how == "emulated", run.in_part, ways.index(run.how)

    best = min(runs, key=rank)
    alike = [run for run in runs if rank(run) == rank(best)]
    pages = dict.fromkeys(page for run in runs for page in run.pages)
    needs = dict.fromkeys(name for run in alike for name in run.needs)
    return Run(best.how, tuple(pages), tuple(needs), best.in_part)
