"""The three ways through the course, and their steps: all of it read from ``_toc.yml``.

A part whose caption is *Teaching* is the way of who teaches; one that is called *Reference* is
looked up and not read through. Of every other part the chapters are to be read, and the exercises
to be done. A solution is no step: it belongs to its exercise.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sphinx_external_toc.parsing import parse_toc_yaml

from mlops_landscape.documents import front_matter, read_document
from mlops_landscape.path.measure import minutes_of
from mlops_landscape.paths import REPOSITORY

DOORS = {"read": "Read", "do": "Do", "teach": "Teach"}
"""The ways by id, as a reader sees them."""

TEACHING, REFERENCE = "Teaching", "Reference"


@dataclass(frozen=True)
class Step:
    """One page of the course that is read, or one exercise that is done.

    Attributes
    ----------
    docname
        Path from the repository's root without suffix.
    title
        Heading of the page; of an exercise the title in its front matter.
    minutes
        How long it takes: an exercise as its author says, a page as measured.
    questions
        How many the quiz on it asks; 0 if there is none.
    points
        What an exercise is worth; 0 for a page.
    marked_by_hand
        How many of these points a person gives, by a rubric.
    """

    docname: str
    title: str
    minutes: int
    questions: int = 0
    points: int = 0
    marked_by_hand: int = 0

    @property
    def is_exercise(self) -> bool:
        """Whether it is done, not read."""
        return self.docname.startswith("exercises/")

    @property
    def slug(self) -> str:
        """Name of an exercise; of a page its docname below ``book/``, which names its quiz too."""
        return self.docname.split("/", 1)[-1]


@dataclass(frozen=True)
class Part:
    """What one part of the table of contents adds to one way."""

    caption: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """Of all its steps."""
        return sum(step.minutes for step in self.steps)


@dataclass(frozen=True)
class Door:
    """One way through the course."""

    id: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """As a reader sees it."""
        return DOORS[self.id]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All its steps, in order."""
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def minutes(self) -> int:
        """Of all its steps."""
        return sum(step.minutes for step in self.steps)


@dataclass(frozen=True)
class Course:
    """The three ways, and where they begin.

    Attributes
    ----------
    root
        Docname of the landing page.
    doors
        In the order of `DOORS`.
    others
        The pages that are no steps and may be given to read all the same, such as the directory
        of tools.
    """

    root: str
    doors: tuple[Door, ...]
    others: tuple[Step, ...] = field(default=())

    def door(self, door_id: str) -> Door:
        """Return one way by its id."""
        return next(door for door in self.doors if door.id == door_id)

    @cached_property
    def pages(self) -> dict[str, Step]:
        """All pages that can be read, by docname: steps, and what is there to be looked up."""
        steps = [step for door in self.doors for step in door.steps] + list(self.others)
        return {step.docname: step for step in steps if not step.is_exercise}

    @cached_property
    def exercises(self) -> dict[str, Step]:
        """All exercises, by name."""
        return {step.slug: step for step in self.door("do").steps}


def load_course(root: Path = REPOSITORY) -> Course:
    """Read the ways from ``_toc.yml`` and the pages that it lists.

    Parameters
    ----------
    root
        Folder of the table of contents and of the pages. Both have to be in order, as
        ``mlops-landscape validate`` says them to be.
    """
    site = parse_toc_yaml(root / "_toc.yml")
    documents = site.as_json()["documents"]
    parts: dict[str, list[Part]] = {door: [] for door in DOORS}
    others: list[Step] = []
    for tree in documents.get(site.root.docname, {}).get("subtrees", []):
        caption = tree.get("caption") or ""
        steps = [_step(root, name) for name in _names(documents, tree)]
        read = tuple(step for step in steps if step.docname.startswith("book/"))
        done = tuple(step for step in steps if step.is_exercise)
        if caption == REFERENCE:
            others += read
        elif read:
            parts["teach" if caption == TEACHING else "read"].append(Part(caption, read))
        if done:
            parts["do"].append(Part(caption, done))
    doors = tuple(Door(door, tuple(found)) for door, found in parts.items())
    return Course(site.root.docname, doors, (_step(root, site.root.docname), *others))


def _names(documents: dict[str, Any], tree: dict[str, Any]) -> list[str]:
    names = []
    for item in tree["items"]:
        if isinstance(item, str):  # else a link to somewhere else
            names.append(item)
            for below in documents.get(item, {}).get("subtrees", []):
                names += _names(documents, below)
    return names


def _step(root: Path, docname: str) -> Step:
    path = root / f"{docname}.md"
    text = path.read_text(encoding="utf-8")
    about = front_matter(path, text).get("exercise")
    if docname.startswith("exercises/") and isinstance(about, dict):
        rubric = sum(criterion["points"] for criterion in about.get("rubric", []))
        return Step(docname, about["title"], about["minutes"], 0, about["points"], rubric)
    questions = _questions(path.with_name(f"{path.stem}.quiz.yml"))
    return Step(docname, _heading(text) or docname, minutes_of(text, questions), questions)


def _heading(text: str) -> str:
    found = re.search(r"^# +(.+?)\s*$", text, re.MULTILINE)
    return re.sub(r"[`*]", "", found[1]) if found else ""


def _questions(path: Path) -> int:
    if not path.is_file():
        return 0
    data = read_document(path).data
    return len(data["questions"])
