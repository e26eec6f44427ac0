"""What exports to other graders have in common."""

from jupytext.myst import myst_to_notebook
from nbformat import NotebookNode

from mlops_landscape.exercises.rubric import Criterion
from mlops_landscape.exercises.source import Solution

FOREIGN = "mlops_landscape.exercises.interchange.foreign"
PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def cells_without_remarks(solution: Solution) -> list[NotebookNode]:
    """Return the solution's cells without the text that only its reader sees."""
    lines = solution.text.splitlines()
    for block in reversed(solution.blocks):
        if not block.code:
            del lines[block.begin : block.end + 1]
    title = solution.about.title
    text = "\n".join(lines).replace(f"# Solution: {title}\n", f"# {title}\n", 1)
    return [one for one in myst_to_notebook(text).cells if one.source.strip()]


def rubric_text(criterion: Criterion) -> str:
    """Return a criterion as text for a cell."""
    levels = "\n".join(f"- {points}: {text}" for points, text in criterion.levels.items())
    return f"**{criterion.name}**, marked by a person:\n\n{levels}"


def what_no_peer_has(solution: Solution) -> list[str]:
    """Return what neither nbgrader nor Otter can carry of an exercise."""
    lost = [
        "The second process: these graders run the checks in the notebook's own process, where a "
        "submission can change them or their result.",
        "The sandbox: limits on time, memory, files and network are theirs, or none.",
        "The recorded wrong answers, and the proof that each is noticed.",
        "Hints as such: they stand in the message of a check that fails.",
    ]
    if any(not block.code for block in solution.blocks):
        lost.append("The remarks on the solution: their text is left out.")
    return lost
