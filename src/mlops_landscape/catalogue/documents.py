"""YAML files that remember on which line each of their values stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mlops_landscape.errors import Problem

Place = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists."""


class _Loader(yaml.SafeLoader):
    """Leaves dates as the text that was written, so that a schema can judge it."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Document:
    """What one YAML file says, and where.

    Parameters
    ----------
    file
        The file.
    data
        Its content; None if it could not be read.
    lines
        The line (from 1) of every value.
    problems
        What is wrong with the file as YAML.
    """

    file: Path
    data: Any
    lines: dict[Place, int]
    problems: tuple[Problem, ...] = ()

    def line(self, place: Place) -> int:
        """Return the line of the value at `place`, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_document(file: Path) -> Document:
    """Read a YAML file; what is wrong with it is in the document's ``problems``."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _unreadable(file, "", "there is no such file", "create it")
    except UnicodeDecodeError as error:
        return _unreadable(file, "", f"it is not UTF-8 text ({error.reason})", "save it as UTF-8")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _unreadable(
            file,
            f"line {mark.line + 1}" if mark else "",
            f"it is not valid YAML: {error.problem or error.context}",
            "look there or just above for a missing colon, quote or bracket, or wrong indentation",
        )
    except yaml.YAMLError as error:
        return _unreadable(
            file, "", f"it is not valid YAML: {error}", "remove what YAML cannot hold"
        )
    finally:
        loader.dispose()
    if node is None:
        return _unreadable(file, "", "it is empty", "write its content, or restore it from Git")
    lines: dict[Place, int] = {}
    problems: list[Problem] = []
    _collect(node, (), file, lines, problems)
    return Document(file, data, lines, tuple(problems))


def _unreadable(file: Path, place: str, what: str, mend: str) -> Document:
    return Document(file, None, {}, (Problem(file, place, what, mend),))


def _collect(
    node: yaml.Node, place: Place, file: Path, lines: dict[Place, int], problems: list[Problem]
) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            _collect(child, (*place, position), file, lines, problems)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                # YAML itself lets the last one win without a word.
                problems.append(
                    Problem(
                        file,
                        f"line {line}",
                        f"the field {key.value!r} is already written on line {seen[key.value]}",
                        "keep one of the two",
                    )
                )
            seen[key.value] = line
            _collect(child, (*place, key.value), file, lines, problems)
            lines[(*place, key.value)] = line
