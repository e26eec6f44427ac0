"""A small exercise that needs no tool, as a fixture: what is tested is the machinery."""

from pathlib import Path

import pytest

from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"

SOLUTION = """---
jupytext:
  notebook_metadata_filter: exercise,tools
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  name: python3
tools: [pandas]
exercise:
  title: Count late flights
  points: 4
  minutes: 5
  chapter: tools/counting
  answers: [late]
---

# Solution: Count late flights

<!-- BEGIN SOLUTION -->
Only here: the solution's own words.

<!-- END SOLUTION -->
Count the delays of 15 minutes or more.

```{code-cell} ipython3
delays = [3, 20, 15, -4]
late = None
### BEGIN SOLUTION
late = sum(delay >= 15 for delay in delays)
### END SOLUTION
```

Write the number into a file.

```{code-cell} ipython3
from pathlib import Path

if delays:
    ### BEGIN SOLUTION
    Path("late.txt").write_text(str(late))
    ### END SOLUTION
```
"""

CHECKS = '''"""Checks of the small exercise."""

from mlops_landscape.exercises.checks import worth


@worth(points=3, hint="Count with `>=`.")
def test_late_is_right(work):
    """The number is right."""
    late = work.answer("late")
    assert late == 2, f"`late` is {late}, not 2"


@worth(points=1, hint="Write the file.", visible=False)
def test_the_file_is_there(work):
    """The file holds the number."""
    file = work.folder / "late.txt"
    assert file.is_file(), "there is no file late.txt"
    assert file.read_text() == "2", f"late.txt holds {file.read_text()!r}, not '2'"
'''


def wrong_answer(fails: str, because: str, block: int, code: str) -> str:
    """Return the text of a recorded wrong answer."""
    return (
        f'---\nfails: {fails}\nbecause: "{because}"\n---\n\nA mistake.\n\n'
        f"```{{code-cell}} ipython3\n:block: {block}\n\n{code}\n```\n"
    )


WRONG = {
    "later-only": ("late_is_right", "`late` is 1", 1, "late = sum(d > 15 for d in delays)"),
    "list": ("late_is_right", "`late` is [20, 15]", 1, "late = [d for d in delays if d >= 15]"),
    "no-file": ("the_file_is_there", "there is no file", 2, "print(late)"),
    "repr": ("the_file_is_there", "holds 'late'", 2, 'Path("late.txt").write_text("late")'),
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Make a course that holds the small exercise, complete but for the generated file."""
    places = Places(
        tmp_path / "solutions", tmp_path / "exercises", tmp_path / "checks", tmp_path / "book"
    )
    for path in (places.solutions, places.exercises, places.wrong_answers(SLUG)):
        path.mkdir(parents=True)
    (places.book / "tools").mkdir(parents=True)
    (places.book / "tools" / "counting.md").write_text("# Counting\n")
    places.solution(SLUG).write_text(SOLUTION)
    places.check_file(SLUG).write_text(CHECKS)
    for name, parts in WRONG.items():
        (places.wrong_answers(SLUG) / f"{name}.md").write_text(wrong_answer(*parts))
    return places
