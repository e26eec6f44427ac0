"""Find in a learner's package what learners may not see: solutions, hidden checks, wrong answers.

It looks at what is there, not at how it was made: a mistake in making the package is what it is to
notice.
"""

import ast
import json
import keyword
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlops_landscape.errors import Problem
from mlops_landscape.exercises.hidden import Cut
from mlops_landscape.exercises.source import Solution, WrongAnswer

_MARKER = re.compile(r"#+ *(BEGIN|END) SOLUTION|<!-- *(BEGIN|END) SOLUTION *-->")
_NEARLY_A_MARKER = re.compile(r"\b(BEGIN|END)[ _-]+SOLUTION\b", re.IGNORECASE)
_FOLDERS = {"book", "grading", "sandbox", "solutions", "wrong"}
# Parts of `exercises` that grade, prove or release.
_MODULES = {"commands", "hidden", "leaks", "new", "prove", "release", "run", "warm"}
_SHORTEST_SAYING = 12
_FEWEST_LETTERS = 15


@dataclass(frozen=True)
class Secret:
    """One piece of code or text that learners may not see.

    Attributes
    ----------
    what
        What it is, for a message: ``the solution of 'log-a-dummy-metric', line 75``.
    exercise
        Slug of the exercise.
    lines
        Its lines without their layout, less those that learners are given.
    """

    what: str
    exercise: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Secrets:
    """Everything that may not be in a learner's package.

    Attributes
    ----------
    pieces
        Blocks of solutions and of wrong answers.
    sayings
        Titles, hints, messages and other texts of hidden checks: what each is of, by text.
    names
        Names of hidden checks: the exercise, by name.
    """

    pieces: tuple[Secret, ...]
    sayings: Mapping[str, str]
    names: Mapping[str, str]


def secrets_of(
    parts: Iterable[tuple[Solution, str, Iterable[WrongAnswer], Cut]],
) -> Secrets:
    """Collect what may not be seen.

    Parameters
    ----------
    parts
        For each exercise the solution, the page that learners get instead, the wrong answers, and
        the file of checks without its hidden ones.
    """
    pieces: list[Secret] = []
    sayings: dict[str, str] = {}
    names: dict[str, str] = {}
    parts = list(parts)
    seen = {text for *_, cut in parts for text in _constants(ast.parse(cut.text))}
    # What one exercise gives to learners is no secret of another one either.
    given = "\n".join(_plain(line) for _, page, *_ in parts for line in page.splitlines())
    for solution, _, wrong_answers, cut in parts:
        slug = solution.slug
        lines = solution.text.splitlines()

        def add(what: str, found: Iterable[str], slug: str = slug) -> None:
            secret = [line for line in map(_plain, found) if line not in given and not _bare(line)]
            if secret:
                pieces.append(Secret(what, slug, tuple(secret)))

        for block in solution.blocks:
            what = f"the solution of {slug!r}, line {block.begin + 2}"
            add(what, lines[block.begin + 1 : block.end])
        for wrong in wrong_answers:
            for code in wrong.replaced.values():
                add(f"the wrong answer {wrong.name!r} to {slug!r}", code.splitlines())
        for text in cut.sayings:
            words = _plain(text)
            told = any(words in text for text in seen)
            if len(words) >= _SHORTEST_SAYING and " " in words and not told:
                sayings[words] = f"a text of the hidden checks of {slug!r}"
        for name in cut.names:
            names[name] = slug
            if "_" in name.removeprefix("test_"):
                names[name.removeprefix("test_")] = slug
    visible = {name for *_, cut in parts for name in re.findall(r"\w+", cut.text)}
    return Secrets(
        tuple(pieces), sayings, {name: slug for name, slug in names.items() if name not in visible}
    )


def find_leaks(contents: Mapping[str, bytes], secrets: Secrets) -> list[Problem]:
    """Return everything in a learner's package that learners may not see.

    Parameters
    ----------
    contents
        The package: bytes by path.
    secrets
        What may not be in it.
    """
    problems: list[Problem] = []
    for name, content in sorted(contents.items()):
        found = [*_of_path(name), *_of_text(name, content, secrets)]
        for line, what in sorted(set(found)):
            place = f"line {line}" if line else ""
            mend = "take it out of what it was made from, or keep the two apart"
            problems.append(Problem(Path(name), place, f"learners would see {what}", mend))
    return problems


def _of_path(name: str) -> Iterator[tuple[int, str]]:
    path = PurePosixPath(name)
    if found := _FOLDERS & set(path.parts[:-1]):
        yield 0, f"the folder {sorted(found)[0]!r}"
    if path.parent.name == "exercises" and "src" in path.parts and path.stem in _MODULES:
        yield 0, "what grades, proves or releases the exercises"


def _of_text(name: str, content: bytes, secrets: Secrets) -> Iterator[tuple[int, str]]:
    lines = list(_lines(name, content))
    is_source, is_checks = name.startswith("src/"), name.startswith("tests/")
    for number, line in lines:
        # The package's source speaks of markers where it looks for them.
        if _MARKER.fullmatch(line) or (not is_source and _NEARLY_A_MARKER.search(line)):
            yield number, "the marker of a solution"
        for word in re.findall(r"\w+", line):
            if word in secrets.names:
                yield number, f"the name of a hidden check of {secrets.names[word]!r}"
    whole = "\n".join(line for _, line in lines)
    alone = set(whole.split("\n"))
    for piece in secrets.pieces:
        own = PurePosixPath(name).stem == piece.exercise
        telling = [line for line in piece.lines if _telling(line)]
        # A hint may name a line, if its author thinks that right; a file of checks has none.
        found = [line for line in telling if line in (alone if is_checks else whole)]
        # Of code for everybody, or for another exercise, single lines may be those of a solution.
        if not (own or _checks_of(name, piece.exercise)) and len(found) < len(telling):
            continue
        found += [line for line in piece.lines if own and line in alone]
        if found:
            at = min(whole.find(line) for line in found)
            yield lines[whole.count("\n", 0, at)][0], piece.what
    for number, saying in _said(name, content, lines, secrets.sayings):
        yield number, secrets.sayings[saying]


def _checks_of(name: str, exercise: str) -> bool:
    return PurePosixPath(name).stem == f"test_{exercise.replace('-', '_')}"


def _lines(name: str, content: bytes) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line; of a notebook, what its JSON stands for."""
    for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
        texts = [line]
        if name.endswith(".ipynb"):
            for written in re.findall(r'"(?:[^"\\]|\\.)*"', line):
                texts += str(json.loads(written)).splitlines()
        for text in texts:
            if plain := _plain(text):
                yield number, plain


def _said(
    name: str, content: bytes, lines: list[tuple[int, str]], sayings: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """Yield where one of the sayings stands, also if it is broken into lines or pieces."""
    starts, length = [], 0
    for _, line in lines:
        starts.append(length)
        length += len(line) + 1
    whole = " ".join(line for _, line in lines)
    for saying in sayings:
        at = whole.find(saying)
        if at >= 0:
            yield lines[bisect_right(starts, at) - 1][0], saying
    if name.endswith(".py"):
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = _plain(node.value)
                yield from ((node.lineno, one) for one in sayings if one in text)


def _constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _plain(node.value)


def _plain(text: str) -> str:
    """Return a text without its layout."""
    return " ".join(text.split())


def _bare(line: str) -> bool:
    """Return whether a line says nothing by itself, such as ``else:`` or a lone bracket."""
    return all(keyword.iskeyword(word) for word in re.findall(r"\w+", line))


def _telling(line: str) -> bool:
    """Return whether a line is so much its own that it is a leak in any file."""
    letters = len(re.findall(r"\w", line))
    return letters >= _FEWEST_LETTERS and not re.match(r"(import|from|def|class|@|```)", line)
