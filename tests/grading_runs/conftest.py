"""A small exercise and a way to hand in work, for tests that really grade."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_landscape.exercises.source import Places, make_exercise, read_solution
from mlops_landscape.grading.grade import Handling, grade_class
from mlops_landscape.grading.model import Gradebook

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
  points: 10
  minutes: 5
  chapter: tools/counting
  answers: [late]
  files: [late.txt]
  rubric:
    - criterion: Reasons
      points: 4
      levels: {0: none, 2: one, 4: "two, with numbers"}
---

# Solution: Count late flights

```{code-cell} ipython3
delays = [3, 20, 15, -4]
late = None
### BEGIN SOLUTION
late = sum(delay >= 15 for delay in delays)
### END SOLUTION
```

```{code-cell} ipython3
from pathlib import Path

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


@worth(points=3, hint="Write the file.", visible=False)
def test_the_file_is_there(work):
    """The file holds the number."""
    file = work.folder / "late.txt"
    assert file.is_file(), "there is no file late.txt"
    assert file.read_text() == "2", f"late.txt holds {file.read_text()[:20]!r}, not '2'"
'''

RIGHT = ("late = 2", "from pathlib import Path\nPath('late.txt').write_text(str(late))")


def notebook(*cells: str) -> str:
    """Return a learner's notebook with these code cells."""
    head = SOLUTION.split("# Solution", 1)[0] + "# Exercise: Count late flights\n"
    return head + "".join(f"\n```{{code-cell}} ipython3\n{cell}\n```\n" for cell in cells)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Make a course that holds the small exercise, complete."""
    top = tmp_path_factory.mktemp("course")
    places = Places(top / "solutions", top / "exercises", top / "checks", top / "book")
    for path in (places.solutions, places.exercises, places.checks, places.book / "tools"):
        path.mkdir(parents=True)
    (places.book / "tools" / "counting.md").write_text("# Counting\n")
    places.solution(SLUG).write_text(SOLUTION)
    places.check_file(SLUG).write_text(CHECKS)
    places.exercise(SLUG).write_text(make_exercise(read_solution(SLUG, places)))
    return places


class Class:
    """A class that hands in work and is graded."""

    def __init__(self, top: Path, places: Places) -> None:
        self.handed_in, self.out, self.places = top / "handed-in", top / "grades", places
        self.handed_in.mkdir(parents=True)
        self.said: list[str] = []

    def hand_in(self, learner: str, *cells: str) -> Path:
        """Hand in a notebook; return its folder."""
        folder = self.handed_in / learner
        folder.mkdir(exist_ok=True)
        (folder / f"{SLUG}.md").write_text(notebook(*cells), encoding="utf-8")
        return folder

    def grade(self, handling: Handling | None = None) -> Gradebook:
        """Grade what was handed in; what is said meanwhile is kept in `said`."""
        self.said = []
        handling = handling or Handling(track=False)
        return grade_class(self.handed_in, self.out, handling, self.places, self.said.append)


@pytest.fixture
def class_(tmp_path: Path, places: Places) -> Class:
    """Give a class that has handed in nothing yet."""
    return Class(tmp_path, places)


@pytest.fixture(scope="module")
def make_class(tmp_path_factory: pytest.TempPathFactory, places: Places) -> Callable[[], Class]:
    """Return a function that makes a class for all tests of a file."""
    return lambda: Class(tmp_path_factory.mktemp("class"), places)


@pytest.fixture(scope="module")
def right() -> tuple[str, ...]:
    """Give the cells of a right answer."""
    return RIGHT
