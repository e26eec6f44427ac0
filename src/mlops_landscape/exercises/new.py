"""What `mlops-landscape exercises new` does: a small exercise that already holds, to write over."""

import contextlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

import yaml

from mlops_landscape.documents import front_matter
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises.source import SLUG, Places
from mlops_landscape.paths import relative

_SOLUTION = Template("""\
---
jupytext:
  notebook_metadata_filter: exercise,tools
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
tools: [$tools]
exercise:
  title: $written_title
  points: $points
  minutes: $minutes
  chapter: $chapter
  answers: [late]
  files: [late.txt]
---

# Solution: $title

<!-- BEGIN SOLUTION -->
This is [the exercise](../exercises/$slug.md), solved. Try it before you read on.

<!-- END SOLUTION -->
Say in two or three sentences what the learner will be able to do afterwards. [The
chapter](../book/$chapter.md) has the rest.

You leave two things behind, and the checks at the end look at those, not at your code:

- the variable `late`, the number of late flights,
- the file `late.txt` in the folder of this notebook, with that number in it.

## 1. Count

A flight is late from 15 minutes on. How many of these are late?

```{code-cell} ipython3
delays = [3, 20, 15, -4]  # minutes
late = None  # becomes a number

### BEGIN SOLUTION
late = sum(delay >= 15 for delay in delays)
### END SOLUTION
```

<!-- BEGIN SOLUTION -->
Explain here what is worth knowing about the solution: this text is for those who have tried.

<!-- END SOLUTION -->
## 2. Write it down

```{code-cell} ipython3
from pathlib import Path

### BEGIN SOLUTION
Path("late.txt").write_text(str(late))
### END SOLUTION
```

## Check your work

The next cell looks at `late` and at `late.txt` and changes neither. Mend what it names first, run
your cells again, then check again.

```{code-cell} ipython3
from mlops_landscape.exercises import check

check("$slug")
```
""")

_CHECKS = Template('''\
"""Checks of the exercise `$slug`, in the order in which to mend."""

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

LATE = 2


def written(work: Work) -> str:
    """Return what the file holds."""
    file = work.folder / "late.txt"
    assert file.is_file(), "there is no file late.txt in the folder of the notebook"
    return file.read_text(encoding="utf-8", errors="replace").strip()


@worth(points=$first, hint="Count the delays; do not collect them.")
def test_late_is_a_number(work: Work) -> None:
    """The variable `late` holds a number."""
    late = work.answer("late")
    assert isinstance(late, int), f"`late` is {late!r}, which is no number"


@worth(points=$second, hint="A flight that is 15 minutes late is late: compare with `>=`.")
def test_late_is_right(work: Work) -> None:
    """The number of late flights is right."""
    late = work.answer("late")
    assert late == LATE, f"`late` is {late!r}, not {LATE}"


@worth(points=$third, hint='Write it with `Path("late.txt").write_text(...)`.')
def test_the_file_is_there(work: Work) -> None:
    """The file `late.txt` is there."""
    written(work)


# Hidden: only the grader runs it, and `mlops-landscape release` cuts it out.
@worth(points=$fourth, hint="Write the number and nothing else.", visible=False)
def test_the_file_holds_the_number(work: Work) -> None:
    """The file holds the number of late flights."""
    text = written(work)
    assert text == str(LATE), f"late.txt holds {text[:80]!r}, not '{LATE}'"
''')

# By name of the file: the check that fails, its message, what was done wrong, block and code.
_WRONG = {
    "more-than-15": (
        "late_is_right",
        "`late` is 1, not 2",
        "Exactly 15 minutes was not taken for late.",
        1,
        "late = sum(delay > 15 for delay in delays)",
    ),
    "list-instead-of-number": (
        "late_is_a_number",
        "`late` is [20, 15], which is no number",
        "The late flights were collected, not counted.",
        1,
        "late = [delay for delay in delays if delay >= 15]",
    ),
    "shown-only": (
        "the_file_is_there",
        "there is no file late.txt",
        "The number was printed and not written.",
        2,
        "print(late)",
    ),
    "words-in-the-file": (
        "the_file_holds_the_number",
        "late.txt holds '2 flights', not '2'",
        "The file holds a sentence.",
        2,
        'Path("late.txt").write_text(f"{late} flights")',
    ),
}


def new_exercise(
    slug: str,
    title: str,
    chapter: str,
    points: int,
    minutes: int,
    tools: Sequence[str] = (),
    places: Places | None = None,
) -> list[Path]:
    """Write a solution, its checks and its wrong answers, to be written over by the author's own.

    Parameters
    ----------
    slug
        Name of the exercise: small letters and digits, words joined by hyphens.
    title
        Its heading.
    chapter
        Document below ``book/`` that it belongs to, without extension.
    points
        What it is worth; at least one for each of the four checks.
    minutes
        How long a learner needs.
    tools
        Packages whose versions the page shows; by default the first one that the chapter names.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        With everything that is wrong with what was asked for, and for each file that exists
        already. Nothing was written then.
    """
    places = places or Places()
    target = places.solution(slug)
    problems = []

    def complain(place: str, what: str, mend: str) -> None:
        problems.append(Problem(target, place, what, mend))

    if not SLUG.fullmatch(slug):
        complain("the name", f"it is {slug!r}", "use small letters and digits, words joined by -")
        # The name is part of paths: without a good one there is nothing to look for.
        raise InputError(problems)
    if not title.strip() or not title.isprintable() or title != title.strip():
        complain("--title", f"it is {title!r}", "write a heading on one line")
    if points < len(_WRONG):
        complain("--points", f"it is {points}", "write 4 or more: the four checks are worth 1 each")
    if minutes < 1:
        complain("--minutes", f"it is {minutes}", "write a whole number from 1")
    page = places.book / f"{chapter}.md"
    names = {
        path.relative_to(places.book).with_suffix("").as_posix()
        for path in places.book.rglob("*.md")
    }
    if chapter not in names:
        known = ", ".join(sorted(names))
        complain("--chapter", f"there is no chapter {chapter!r}", f"use one of these: {known}")
    elif not tools:
        named = front_matter(page, page.read_text(encoding="utf-8")).get("tools") or []
        tools = [str(name) for name in named][:1]
        if not tools:
            mend = "say --tools with the package whose version the page shows"
            complain("--tools", f"the chapter {chapter!r} names none to take over", mend)
    for tool in tools:
        try:
            version(tool)
        except (PackageNotFoundError, ValueError):
            mend = "write the name of an installed package, as requirements.txt has it"
            complain("--tools", f"there is no package {tool!r}", mend)
    files = _files(slug, title, chapter, points, minutes, tools, places)
    for path in [*files, places.exercise(slug), places.wrong_answers(slug)]:
        if path.exists():
            mend = "choose another name, or take it away first"
            problems.append(Problem(path, "", "it exists already", mend))
    if problems:
        raise InputError(problems)
    _write_all(files)
    return list(files)


def next_steps(slug: str, places: Places | None = None) -> str:
    """Say what an author does with a new exercise."""
    places = places or Places()
    return f"""\
It is small and it holds. Make it yours, in this order:
  1. {relative(places.solution(slug))}: the task, with what a learner writes between the markers
  2. {relative(places.check_file(slug))}: what must be right, each with points and a hint
  3. {relative(places.wrong_answers(slug))}/: what people really get wrong
Then, each time:
  mlops-landscape exercises build
  mlops-landscape exercises check {slug}
For the book, add two lines to _toc.yml, below the caption Exercises:
      - file: exercises/{slug}
      - file: solutions/{slug}"""


def _files(
    slug: str,
    title: str,
    chapter: str,
    points: int,
    minutes: int,
    tools: Sequence[str],
    places: Places,
) -> dict[Path, str]:
    """Return the text of each file."""
    least, rest = divmod(points, 4)
    worth = [least + (number < rest) for number in range(4)]
    # Quoted where YAML needs it: a title may hold a colon.
    written_title = yaml.safe_dump(title, allow_unicode=True, width=1000).splitlines()[0]
    files = {
        places.solution(slug): _SOLUTION.substitute(
            slug=slug,
            title=title,
            written_title=written_title,
            chapter=chapter,
            points=points,
            minutes=minutes,
            tools=", ".join(tools),
        ),
        places.check_file(slug): _CHECKS.substitute(
            slug=slug, **dict(zip(("first", "second", "third", "fourth"), worth, strict=True))
        ),
    }
    for name, (fails, because, mistake, block, code) in _WRONG.items():
        files[places.wrong_answers(slug) / f"{name}.md"] = (
            f'---\nfails: {fails}\nbecause: "{because}"\n---\n\n{mistake}\n\n'
            f"```{{code-cell}} ipython3\n:block: {block}\n\n{code}\n```\n"
        )
    return files


def _write_all(files: dict[Path, str]) -> None:
    """Write all files or none; none that exists is written over."""
    written: list[Path] = []
    made: list[Path] = []
    try:
        for path, text in files.items():
            made += [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except BaseException:
        for path in written:
            path.unlink()
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
