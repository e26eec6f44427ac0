"""Otter: exercises of ours as notebooks for `otter assign`."""

from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode, v4

from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Check
from mlops_landscape.exercises.interchange.export import (
    FOREIGN,
    PYTHON,
    cells_without_remarks,
    rubric_text,
    what_no_peer_has,
)
from mlops_landscape.exercises.interchange.report import Report, must_be_free, write_all
from mlops_landscape.exercises.source import Places, read_solution
from mlops_landscape.paths import relative


def export_otter(slug: str, out: Path, places: Places | None = None) -> Report:
    """Write an exercise as the master notebook of an Otter assignment: ``out/<slug>.ipynb``.

    Checks look at what the whole notebook leaves behind, so all of them are the tests of one last
    question. Each calls our check: the environment in which Otter runs must hold this course.

    Raises
    ------
    InputError
        If the exercise has mistakes, or the file exists.
    """
    places = places or Places()
    solution = read_solution(slug, places)
    found = checks.collect(places.check_file(slug))
    path = out / f"{slug}.ipynb"
    must_be_free([path])
    settings = {
        "name": slug,
        "tests": {"ok_format": False},
        "export_cell": {"pdf": False},
        "generate": {"pdf": False, "show_hidden": False},
    }
    cells = [_raw("ASSIGNMENT CONFIG", settings)]
    parts = 0
    for one in cells_without_remarks(solution):
        if one.cell_type != "code":
            cells.append(v4.new_markdown_cell(one.source))
        elif "### BEGIN SOLUTION" not in one.source:
            cells.append(v4.new_code_cell(one.source))
        else:
            parts += 1
            source = one.source.replace("### BEGIN SOL", "# BEGIN SOL")
            source = source.replace("### END SOL", "# END SOL")
            cells += [
                _raw("BEGIN QUESTION", {"name": f"part_{parts}", "points": 0}),
                _raw("BEGIN SOLUTION"),
                v4.new_code_cell(source),
                _raw("END SOLUTION"),
                _raw("END QUESTION"),
            ]
    for number, criterion in enumerate(solution.about.rubric, start=1):
        question = {"name": f"rubric_{number}", "manual": True, "points": criterion.points}
        cells += [
            _raw("BEGIN QUESTION", question),
            v4.new_markdown_cell(rubric_text(criterion)),
            _raw("BEGIN SOLUTION"),
            v4.new_markdown_cell("What earns full marks stands above."),
            _raw("END SOLUTION"),
            _raw("END QUESTION"),
        ]
    cells += [
        _raw("BEGIN QUESTION", {"name": "checks"}),
        v4.new_markdown_cell("## Marks\n\nRun the cell below when all cells above have run."),
        _raw("BEGIN TESTS"),
        *(v4.new_code_cell(_test(slug, check)) for check in found),
        _raw("END TESTS"),
        _raw("END QUESTION"),
    ]
    notebook = v4.new_notebook(cells=cells, metadata=PYTHON)
    hidden = sum(not check.visible for check in found)
    lost = [
        "The order in which to mend: Otter lists all tests of one question, without hints for the "
        "first.",
        *what_no_peer_has(solution),
    ]
    if solution.about.rubric:
        lost.append("The levels of the rubric as data: they stand in the text of its questions.")
    return Report(
        write_all({path: nbformat.writes(notebook) + "\n"}),
        [
            f"{parts} cells with a solution, {len(found)} checks as tests of the question `checks` "
            f"({hidden} hidden), {sum(check.points for check in found)} points."
        ],
        lost,
        [
            "Install this course in the environment in which Otter runs notebooks.",
            f"Then: `otter assign {relative(path)} {relative(out / 'dist')}`.",
        ],
    )


def _raw(mark: str, content: dict[str, object] | None = None) -> NotebookNode:
    text = yaml.safe_dump(content, sort_keys=False).rstrip() if content else ""
    return v4.new_raw_cell(f"# {mark}\n{text}".rstrip())


def _test(slug: str, check: Check) -> str:
    config: dict[str, object] = {"points": check.points}
    if not check.visible:
        config["hidden"] = True
    return (
        f'""" # BEGIN TEST CONFIG\n{yaml.safe_dump(config)}""" # END TEST CONFIG\n'
        f"def test_{check.name}(env):\n"
        f"    from {FOREIGN} import must_pass\n\n"
        f'    must_pass("{slug}", "{check.name}", env)'
    )
