"""Cut hidden checks out of a file of checks, with what only they used; the rest stays as it is."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises import checks

WIDTH = 100


@dataclass(frozen=True)
class Cut:
    """A file of checks without its hidden ones.

    Attributes
    ----------
    text
        What is left.
    names
        Names of the hidden checks' functions.
    sayings
        What the parts that were cut out say: titles, hints, messages and other texts.
    """

    text: str
    names: tuple[str, ...]
    sayings: tuple[str, ...]


def without_hidden(path: Path) -> Cut:
    """Return a file of checks without those that are hidden.

    A helper, an import or a constant goes too if hidden checks use it and visible ones do not,
    and so do the comments above it. What nothing uses stays.

    Raises
    ------
    InputError
        If the file is wrong, if no check in it is visible, or if a hidden part cannot be told
        from a visible one.
    """
    collected = checks.collect(path)
    hidden = {f"test_{check.name}" for check in collected if not check.visible}
    if len(hidden) == len(collected):
        mend = "let learners see at least one"
        raise InputError([Problem(path, "", "all its checks are hidden", mend)])
    text = path.read_text(encoding="utf-8")
    if not hidden:
        return Cut(text, (), ())
    body = ast.parse(text).body
    problems = [
        Problem(path, f"line {getattr(node, 'lineno', 1)}", what, mend)
        for node, what, mend in _inseparable(body, hidden)
    ]
    if problems:
        raise InputError(problems)
    uses = _uses(body)
    of_hidden = _reached(hidden, uses)
    acting = [name for node in body if not _names(node) for name in _used(node)]
    gone = of_hidden - _reached({*acting, *(uses.keys() - of_hidden)}, uses)
    left, removed = _cut(text, body, gone)
    return Cut(left, tuple(sorted(hidden)), tuple(dict.fromkeys(_sayings(removed))))


def _cut(text: str, body: list[ast.stmt], gone: set[str]) -> tuple[str, list[ast.stmt]]:
    """Return the text without the names in `gone`, and what was cut out."""
    lines = text.split("\n")  # as Python counts them; `splitlines` knows other line ends
    kept: list[str] = []
    removed: list[ast.stmt] = []
    above = 0  # where the comments and empty lines above the next statement begin
    owed = 0  # empty lines that stood above what was cut out
    for position, node in enumerate(body):
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1
        following = body[position + 1].lineno - 1 if position + 1 < len(body) else len(lines)
        last = _last_line(node, lines, following)
        empty = next((i for i, line in enumerate(lines[above:]) if line.strip()), 0)
        names = _names(node)
        if names and names <= gone:
            removed.append(node)
            owed = max(owed, empty)
        else:
            kept += [""] * (owed - empty)
            owed = 0
            if names & gone:
                removed += _parts_cut(node, gone)
                kept += lines[above:first] + _rewritten(node, gone)
            else:
                kept += lines[above:last]
        above = last
    if not removed or removed[-1] is not body[-1]:
        kept += lines[above:]
    return "\n".join(kept).strip("\n") + "\n", removed


def _inseparable(body: list[ast.stmt], hidden: set[str]) -> Iterator[tuple[ast.stmt, str, str]]:
    """Yield the statements that cannot be cut: what is wrong with each, and the mend."""
    plain = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    for name in sorted(hidden - plain):
        what = f"the hidden check {name!r} is not a function at the left margin"
        yield body[0], what, "write it as one, so that it can be cut out"
    for one, other in pairwise(body):
        if other.lineno == one.end_lineno:
            yield other, "two statements share this line", "write one a line"
    for node in body:
        names = _names(node)
        if names & hidden and not isinstance(node, ast.FunctionDef):
            what = f"{', '.join(sorted(names & hidden))} is defined here, beside a function"
            yield node, what, "give it a name of its own"
        if not names & hidden and _used(node) & hidden:
            what = "this statement uses a hidden check"
            yield node, what, "put it into the check, or what both need into a helper"


def _names(node: ast.stmt) -> set[str]:
    """Return the names that a statement at the margin defines; none if it does something else."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        # What an import from __future__ brings acts without being named.
        acts = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        return set() if acts else {_bound(alias) for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for one in targets for part in getattr(one, "elts", [one])]
        # `table["late"] = 1` defines no name, it does something to one.
        if all(isinstance(part, ast.Name) for part in parts):
            return {part.id for part in parts if isinstance(part, ast.Name)}
    return set()


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _used(node: ast.AST) -> set[str]:
    """Return every name that stands below `node`; an argument may be a fixture of pytest."""
    return {
        one.id if isinstance(one, ast.Name) else one.arg
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.arg)
    }


def _uses(body: list[ast.stmt]) -> dict[str, set[str]]:
    """Return, for each name that is defined at the margin, the names that it needs."""
    uses: dict[str, set[str]] = {}
    for node in body:
        pairs = _pairs(node)
        for target, value in pairs:
            uses.setdefault(target.id, set()).update(_used(value))
        for name in _names(node) if not pairs else ():
            uses.setdefault(name, set()).update(_used(node))
    return uses


def _reached(start: Iterable[str], uses: dict[str, set[str]]) -> set[str]:
    """Return those of the names that `start` needs, directly or not, itself included."""
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in uses and name not in reached:
            reached.add(name)
            waiting += uses[name]
    return reached


def _last_line(node: ast.stmt, lines: list[str], following: int) -> int:
    """Return where a statement ends, the indented comments after it included."""
    last = node.end_lineno or node.lineno
    for index in range(last, following):
        line = lines[index]
        if line.strip() and not line.startswith((" ", "\t")):
            break
        if line.strip():
            last = index + 1
    return last


def _pairs(node: ast.stmt) -> list[tuple[ast.Name, ast.expr]]:
    """Return the targets and values of ``A, B = 1, 2``; nothing for other statements."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    left, right = getattr(node.targets[0], "elts", []), getattr(node.value, "elts", [])
    if len(left) != len(right) or not all(isinstance(one, ast.Name) for one in left):
        return []
    return list(zip(left, right, strict=True))


def _parts_cut(node: ast.stmt, gone: set[str]) -> list[ast.stmt]:
    """Return what `_rewritten` leaves out."""
    return [ast.Expr(value) for target, value in _pairs(node) if target.id in gone]


def _rewritten(node: ast.stmt, gone: set[str]) -> list[str]:
    """Return the lines of an import or an assignment without the names in `gone`."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        node.names = [alias for alias in node.names if _bound(alias) not in gone]
        line = ast.unparse(node)
        if len(line) <= WIDTH or isinstance(node, ast.Import):
            return [line]
        inside = [f"    {ast.unparse(alias)}," for alias in node.names]
        return [f"{line.partition(' import ')[0]} import (", *inside, ")"]
    pairs = [pair for pair in _pairs(node) if pair[0].id not in gone]
    if not pairs:  # `A, B = load()`: one value for both
        return ast.unparse(node).splitlines()
    left = ", ".join(target.id for target, _ in pairs)
    return [f"{left} = {', '.join(ast.unparse(value) for _, value in pairs)}"]


def _sayings(removed: Iterable[ast.stmt]) -> Iterator[str]:
    for node in removed:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
