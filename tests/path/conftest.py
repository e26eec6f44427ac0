"""A small course in a temporary folder, as a table of contents and a few pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

TOC = """\
format: jb-book
root: book/index
parts:
  - caption: Tools
    chapters:
      - file: book/first
        sections:
          - file: book/inside
      - file: exercises/small
      - file: solutions/small
      - url: https://example.org/
        title: elsewhere
  - caption: Practice
    chapters:
      - file: exercises/essay
      - file: solutions/essay
  - caption: Teaching
    chapters:
      - file: book/grading
  - caption: Reference
    chapters:
      - file: book/words
"""

EXERCISE = """\
---
exercise:
  title: {title}
  points: {points}
  minutes: {minutes}
{more}---

# Exercise: {title}
"""

RUBRIC = """\
  rubric:
    - {criterion: Reasons, points: 4, levels: {0: none, 4: good}}
    - {criterion: Costs, points: 3, levels: {0: none, 3: good}}
"""


@pytest.fixture
def small_course(tmp_path: Path) -> Callable[[str], Path]:
    """Give a function that writes the course with a table of contents; it returns the folder."""

    def write(toc: str = TOC) -> Path:
        for folder in ("book", "exercises", "solutions"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "_toc.yml").write_text(toc)
        for name in ("index", "inside", "grading", "words"):
            (tmp_path / f"book/{name}.md").write_text(f"# Page {name}\n\nText.\n")
        (tmp_path / "book/first.md").write_text("# The `first` page\n\n" + "word " * 1300)
        (tmp_path / "book/first.quiz.yml").write_text(
            "title: Quiz\nquestions:\n" + "".join(f"  - id: q{n}\n" for n in range(4))
        )
        for slug, points, minutes, more in (("small", 10, 20, ""), ("essay", 12, 60, RUBRIC)):
            text = EXERCISE.format(title=slug.title(), points=points, minutes=minutes, more=more)
            for folder in ("exercises", "solutions"):
                (tmp_path / folder / f"{slug}.md").write_text(text)
        return tmp_path

    return write
