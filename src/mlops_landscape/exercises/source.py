"""Solutions as files: read them, find their mistakes, cut exercises and wrong answers from them."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from jupytext.myst import CODE_DIRECTIVE, get_parser, myst_to_notebook, read_fenced_cell

from mlops_landscape import paths
from mlops_landscape.documents import front_matter
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises.rubric import Criterion, read_rubric

YOUR_CODE_HERE = "# YOUR CODE HERE"
HEADER = "# Generated from {source} by `mlops-landscape exercises build`. Do not edit."
FEWEST_WRONG_ANSWERS = 4
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What an exercise may be called."""

_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")
_CODE_MARKER = re.compile(r"^(\s*)### (BEGIN|END) SOLUTION\s*$")
_TEXT_MARKER = re.compile(r"^<!-- (BEGIN|END) SOLUTION -->\s*$")
_NEARLY_A_MARKER = re.compile(r"\b(BEGIN|END)[ _-]+SOLUTION\b", re.IGNORECASE)


@dataclass(frozen=True)
class Places:
    """Where the parts of the exercises are; the course's own by default.

    Attributes
    ----------
    solutions, exercises
        Folders of ``<slug>.md``.
    checks
        Folder of ``test_<slug with underscores>.py`` and of ``wrong/<slug>/<name>.md``.
    book
        Folder of the chapters.
    """

    solutions: Path = paths.SOLUTIONS
    exercises: Path = paths.EXERCISES
    checks: Path = paths.EXERCISE_CHECKS
    book: Path = paths.BOOK

    def solution(self, slug: str) -> Path:
        """Return the file that `slug` is written in."""
        return self.solutions / f"{slug}.md"

    def exercise(self, slug: str) -> Path:
        """Return the generated file that a learner opens."""
        return self.exercises / f"{slug}.md"

    def check_file(self, slug: str) -> Path:
        """Return the file of checks of `slug`."""
        return self.checks / f"test_{slug.replace('-', '_')}.py"

    def wrong_answers(self, slug: str) -> Path:
        """Return the folder of the recorded wrong answers to `slug`."""
        return self.checks / "wrong" / slug

    def slugs(self) -> list[str]:
        """Return the names of all solutions, sorted."""
        return sorted(path.stem for path in self.solutions.glob("*.md"))


@dataclass(frozen=True)
class About:
    """What the front matter of an exercise says about it.

    Attributes
    ----------
    title
        Without "Exercise:" or "Solution:".
    points
        What all its checks and the criteria of its rubric are worth together.
    minutes
        How long a learner who has read the chapter needs.
    chapter
        Document below ``book/`` that it belongs to, without extension.
    answers
        Names of the variables that are part of the answer.
    tools
        Ids of the tools whose versions the page shows.
    files
        Files and folders that are part of the answer, as paths from the notebook's folder.
    rubric
        What a person marks.
    """

    title: str
    points: int
    minutes: int
    chapter: str
    answers: tuple[str, ...]
    tools: tuple[str, ...]
    files: tuple[str, ...] = ()
    rubric: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Block:
    """Lines between two markers; both numbers are 0-based indices of the marker lines."""

    begin: int
    end: int
    indent: str
    code: bool


@dataclass(frozen=True)
class Solution:
    """A solution file without mistakes."""

    slug: str
    path: Path
    text: str
    about: About
    blocks: tuple[Block, ...]

    @property
    def code_blocks(self) -> list[Block]:
        """The blocks that a learner has to write, in order."""
        return [block for block in self.blocks if block.code]


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that learners make, recorded so that the checks are known to notice it.

    Attributes
    ----------
    fails
        Name of the check that must be the first to fail.
    because
        Part of the sentence with which it must fail.
    replaced
        Code by number of the solution's code block that it replaces, from 1.
    """

    name: str
    path: Path
    fails: str
    because: str
    replaced: Mapping[int, str] = field(default_factory=dict)


def code_cells(text: str) -> list[tuple[int, str]]:
    """Return the code cells of a MyST notebook: line of the opening fence (from 1) and source."""
    # Jupytext's own parts without its validation of each cell, which takes four times as long.
    found = []
    nesting = 0
    for token in get_parser().parse(text + "\n"):
        nesting += token.nesting
        if not nesting and token.type == "fence" and token.info.startswith(CODE_DIRECTIVE):
            _, lines = read_fenced_cell(token, len(found), "Code")
            found.append((token.map[0] + 1, "\n".join(lines)))
    return found


def about(path: Path, text: str) -> About:
    """Read what the front matter says about the exercise.

    Raises
    ------
    InputError
        With every key that is missing or has the wrong type.
    """
    content = front_matter(path, text)
    problems: list[Problem] = []

    def value(where: str, kind: type, example: str) -> Any:  # noqa: ANN401
        found: Any = content
        for key in where.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, kind) or isinstance(found, bool) or found in ("", 0):
            what = f"`{where}` is missing" if found is None else f"`{where}` is {found!r}"
            mend = f"write it like this: `{where.split('.')[-1]}: {example}`"
            problems.append(Problem(path, "front matter", what, mend))
            return kind()
        return found

    def names(where: str, example: str) -> tuple[str, ...]:
        found = value(where, list, example)
        for name in found:
            if not isinstance(name, str) or not name:
                problem = f"`{where}` holds {name!r}, which is not a name"
                problems.append(Problem(path, "front matter", problem, f"write {example}"))
        return tuple(str(name) for name in found)

    value("jupytext.text_representation.extension", str, ".md")
    value("jupytext.text_representation.format_name", str, "myst")
    kept = str(value("jupytext.notebook_metadata_filter", str, "exercise,tools"))
    value("kernelspec.name", str, "python3")
    value("kernelspec.display_name", str, "Python 3")
    written = content["exercise"] if isinstance(content.get("exercise"), dict) else {}
    result = About(
        title=value("exercise.title", str, "Log a dummy metric"),
        points=value("exercise.points", int, "10"),
        minutes=value("exercise.minutes", int, "15"),
        chapter=value("exercise.chapter", str, "tools/mlflow"),
        answers=names("exercise.answers", "[run_id]"),
        tools=names("tools", "[mlflow]"),
        files=_answer_files(path, written.get("files"), problems),
        rubric=read_rubric(path, written.get("rubric"), problems),
    )
    if not problems and not {"exercise", "tools"} <= {part.strip() for part in kept.split(",")}:
        what = "Jupytext would drop `exercise` and `tools` when a learner saves the notebook"
        mend = "write `notebook_metadata_filter: exercise,tools` below `jupytext`"
        problems.append(Problem(path, "front matter", what, mend))
    if problems:
        raise InputError(problems)
    return result


def _answer_files(path: Path, written: Any, problems: list[Problem]) -> tuple[str, ...]:  # noqa: ANN401
    """Read ``exercise.files``; every mistake is added to `problems`."""
    if written is None:
        return ()
    if not isinstance(written, list):
        what = f"`exercise.files` is {written!r}"
        mend = "write it like this: `files: [mlflow.db]`, or leave the key out"
        problems.append(Problem(path, "front matter", what, mend))
        return ()
    for number, name in enumerate(written):
        # One spelling for each path, so that names can be compared.
        parts = name.split("/") if isinstance(name, str) else [""]
        if {"", ".", ".."} & set(parts) or re.search(r"[*?\\\[\]:\x00-\x1f]", name):
            what = f"`exercise.files` holds {name!r}, which is no file or folder of the learner's"
            mend = "write a path from the notebook's folder, such as `left/report.csv`"
            problems.append(Problem(path, "front matter", what, mend))
        elif name in written[:number]:
            mend = "keep one of them"
            problems.append(Problem(path, "front matter", f"`{name}` comes twice", mend))
    return tuple(map(str, written))


def _find_blocks(path: Path, text: str) -> tuple[list[Block], list[Problem]]:
    blocks: list[Block] = []
    problems: list[Problem] = []
    opened: tuple[int, str, bool] | None = None
    fence = ""  # of the code cell or other fence that the line is in
    cells = 0

    def complain(index: int, what: str, mend: str, in_cell: bool) -> None:
        place = f"line {index + 1}" + (f", code cell {cells}" if in_cell else "")
        problems.append(Problem(path, place, what, mend))

    for index, line in enumerate(text.splitlines()):
        ticks = _FENCE.match(line)
        if ticks and not fence:
            fence = ticks.group(1)
            cells += ticks.group(2).startswith("{code-cell}")
            continue
        if ticks and ticks.group(1).startswith(fence) and not ticks.group(2).strip():
            if opened and opened[2]:
                what = f"the code cell ends before the solution begun in line {opened[0] + 1} does"
                complain(index, what, "add a line `### END SOLUTION` before the cell's end", True)
                opened = None
            fence = ""
            continue
        marker = _CODE_MARKER.match(line) if fence else _TEXT_MARKER.match(line)
        if marker is None:
            if nearly := _NEARLY_A_MARKER.search(line):
                right = "### {} SOLUTION" if fence else "<!-- {} SOLUTION -->"
                mend = f"write `{right.format(nearly.group(1).upper())}` alone on its line"
                complain(index, f"{line.strip()!r} is not a marker here", mend, bool(fence))
            continue
        word = marker.group(marker.lastindex or 1)
        indent = marker.group(1) if fence else ""
        if word == "BEGIN":
            if opened:
                what = f"a solution begins inside the one begun in line {opened[0] + 1}"
                complain(index, what, "end that one first", bool(fence))
            opened = (index, indent, bool(fence))
        elif opened is None or opened[2] != bool(fence):
            mend = "add the line that begins it, or remove this one"
            complain(index, "a solution ends that never began", mend, bool(fence))
        else:
            blocks.append(Block(opened[0], index, opened[1], opened[2]))
            opened = None
    if opened:
        what = "the solution that begins here never ends"
        complain(opened[0], what, "add the line that ends it", opened[2])
    return blocks, problems


def _syntax_problems(path: Path, text: str, which: str, mend: str) -> Iterator[Problem]:
    for number, (line, source) in enumerate(code_cells(text), start=1):
        try:
            ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError as error:
            what = f"the {which} is not valid Python: {error.msg}: {(error.text or '').strip()!r}"
            yield Problem(path, f"code cell {number} (from line {line})", what, mend)


def read_solution(slug: str, places: Places | None = None) -> Solution:
    """Read ``solutions/<slug>.md``.

    Raises
    ------
    InputError
        With every mistake found in the file.
    """
    places = places or Places()
    path = places.solution(slug)
    if not path.is_file():
        known = ", ".join(places.slugs()) or "none yet"
        mend = f"use one of these: {known}"
        raise InputError([Problem(path, "", "there is no such solution", mend)])
    text = path.read_text(encoding="utf-8")
    problems: list[Problem] = []
    if not SLUG.fullmatch(slug):
        mend = "rename it: small letters and digits, words joined by -"
        problems.append(Problem(path, "", "the name is not usable in an address", mend))
    front_matter(path, text)  # raises: without it, nothing else can be read
    try:
        facts = about(path, text)
    except InputError as error:
        problems += error.problems
        facts = None
    blocks, mistakes = _find_blocks(path, text)
    problems += mistakes
    if not mistakes and not any(block.code for block in blocks):
        mend = "mark it with `### BEGIN SOLUTION` and `### END SOLUTION` in a code cell"
        problems.append(Problem(path, "", "there is nothing for a learner to write", mend))
    if facts is not None:
        heading = f"# Solution: {facts.title}"
        if heading not in text.splitlines():
            what = f"the heading {heading!r} is missing"
            mend = "write it as the first line after the front matter; the title is the one there"
            problems.append(Problem(path, "", what, mend))
        if not (places.book / f"{facts.chapter}.md").is_file():
            mend = f"name a document below {paths.relative(places.book)}/, without .md"
            what = f"the chapter {facts.chapter!r} does not exist"
            problems.append(Problem(path, "front matter, `chapter`", what, mend))
        problems += _syntax_problems(path, text, "solution", "correct it")
    if problems or facts is None:
        raise InputError(problems)
    solution = Solution(slug, path, text, facts, tuple(blocks))
    mend = "move the markers so that what stays is complete without the solution"
    cut = list(_syntax_problems(path, make_exercise(solution), "exercise cut from it", mend))
    if cut:
        raise InputError(cut)
    return solution


def _cut(solution: Solution, filled: Mapping[int, str], markers: bool) -> str:
    """Replace the solution's code blocks.

    Parameters
    ----------
    filled
        New code by number of code block.
    markers
        Whether blocks that are not in `filled` stay as they are, with their markers; else they
        become the place where a learner writes, and text for the solution only goes.
    """
    lines = solution.text.splitlines()
    numbers = {block: number for number, block in enumerate(solution.code_blocks, start=1)}
    for block in reversed(solution.blocks):
        if block.code and numbers[block] in filled:
            code = filled[numbers[block]].splitlines()
            new = [block.indent + line if line.strip() else "" for line in code]
        elif markers:
            continue
        elif block.code:
            new = [block.indent + YOUR_CODE_HERE]
            if _is_in_a_suite(lines, block):  # it needs a statement, and a comment is none
                new.append(block.indent + "pass")
        else:
            new = []
            if lines[block.end + 1 : block.end + 2] == [""]:
                del lines[block.end + 1]
        lines[block.begin : block.end + 1] = new
    return "\n".join(lines) + "\n"


def _is_in_a_suite(lines: list[str], block: Block) -> bool:
    """Return whether a block stands in a suite of Python, such as a function, or in brackets."""
    outer = (
        line.rstrip()
        for line in reversed(lines[: block.begin])
        if line.strip() and len(line) - len(line.lstrip()) < len(block.indent)
    )
    return bool(block.indent) and next(outer, "").endswith(":")


def learner_page(solution: Solution) -> str:
    """Return the text of the solution without what the learner has to find."""
    title = solution.about.title
    text = _cut(solution, {}, markers=False)
    return text.replace(f"# Solution: {title}\n", f"# Exercise: {title}\n", 1).rstrip() + "\n"


def make_exercise(solution: Solution) -> str:
    """Return the text of the exercise as the book has it: it says where the solution is."""
    first, rest = learner_page(solution).split("\n", 1)
    header = HEADER.format(source=f"solutions/{solution.slug}.md")
    return (
        f"{first}\n{header}\n{rest}\n---\n\n"
        f"Stuck for more than {solution.about.minutes} minutes? "
        f"[The solution](../solutions/{solution.slug}.md) is this page, solved; it ran in the same "
        "build.\n\n"
        "To hand your work in, save the notebook and run `from mlops_landscape.exercises import "
        f'submit; submit("{solution.slug}")`: that makes one file of it.\n'
    )


def answer_wrongly(solution: Solution, wrong: WrongAnswer) -> str:
    """Return the text of the solution with the mistake of `wrong` in it."""
    return _cut(solution, wrong.replaced, markers=True)


def read_wrong_answers(solution: Solution, places: Places, checks: list[str]) -> list[WrongAnswer]:
    """Read the recorded wrong answers to an exercise.

    Parameters
    ----------
    checks
        Names of the exercise's checks.

    Raises
    ------
    InputError
        With every mistake found in any of them, and if there are fewer than four.
    """
    folder = places.wrong_answers(solution.slug)
    files = sorted(folder.glob("*.md"))
    problems: list[Problem] = []
    answers: list[WrongAnswer] = []
    if len(files) < FEWEST_WRONG_ANSWERS:
        what = (
            f"there are {len(files)} recorded wrong answers"
            if files
            else ("there are no recorded wrong answers")
        )
        mend = f"record at least {FEWEST_WRONG_ANSWERS}, each as a file <name>.md in this folder"
        problems.append(Problem(folder, "", what, mend))
    for path in files:
        text = path.read_text(encoding="utf-8")
        try:
            content = front_matter(path, text)
        except InputError as error:
            problems += error.problems
            continue
        for key, meaning in (("fails", "the check that must fail"), ("because", "its message")):
            if not isinstance(content.get(key), str) or not content[key].strip():
                mend = f"add `{key}: ...` with {meaning}"
                problems.append(Problem(path, "front matter", f"`{key}` is missing", mend))
        fails = content.get("fails")
        if isinstance(fails, str) and fails not in checks:
            mend = f"use one of these: {', '.join(checks)}"
            problems.append(
                Problem(path, "front matter, `fails`", f"there is no check {fails!r}", mend)
            )
        replaced = _replaced_blocks(path, text, len(solution.code_blocks), problems)
        answers.append(
            WrongAnswer(path.stem, path, str(fails), str(content.get("because")).strip(), replaced)
        )
    if problems:
        raise InputError(problems)
    return answers


def _replaced_blocks(path: Path, text: str, blocks: int, problems: list[Problem]) -> dict[int, str]:
    notebook = myst_to_notebook(text, add_source_map=True)
    replaced: dict[int, str] = {}
    for line, cell in zip(notebook.metadata["source_map"], notebook.cells, strict=True):
        if cell.cell_type != "code":
            continue
        number = cell.metadata.get("block")
        if number not in range(1, blocks + 1):
            what = f"the code cell does not say which of the {blocks} blocks it replaces"
            mend = f"add a line `:block: N`, with N from 1 to {blocks}, below its first line"
            problems.append(Problem(path, f"line {line}", what, mend))
        elif number in replaced:
            mend = "keep one of them"
            problems.append(Problem(path, f"line {line}", f"block {number} comes twice", mend))
        else:
            replaced[number] = cell.source
    if not replaced and not any(problem.file == path for problem in problems):
        mend = "add a {code-cell} with `:block: N` and the wrong code"
        problems.append(Problem(path, "", "nothing is answered wrongly here", mend))
    return replaced
