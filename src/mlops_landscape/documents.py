"""YAML that people write: read so that every mistake can be named with its line."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mlops_landscape.errors import InputError, Problem

Place = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Leaves dates as the text that was written, so that a schema can judge it.

    In C where PyYAML has it: the catalogue is read by every notebook that uses it and by the
    checks of its exercises, and in Python half a second of that is PyYAML's scanner.
    """


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
        What is wrong with the file as YAML, in the order of its lines.
    misread
        The mappings in which a key is not what its author meant: what a schema finds wrong there
        follows from that.
    """

    file: Path
    data: Any
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    misread: set[Place] = field(default_factory=set)

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
    except yaml.YAMLError as error:
        return Document(file, None, problems=[syntax_problem(file, error)])
    except ValueError as error:
        return _unreadable(file, "", f"it holds a value that is none: {error}", "correct it")
    finally:
        loader.dispose()
    if node is None:
        return _unreadable(file, "", "it is empty", "write its content, or restore it from Git")
    document = Document(file, data)
    _collect(node, (), document)
    return document


def _unreadable(file: Path, place: str, what: str, mend: str) -> Document:
    return Document(file, None, problems=[Problem(file, place, what, mend)])


def _collect(node: yaml.Node, place: Place, document: Document) -> None:
    document.lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            _collect(child, (*place, position), document)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            meaning = _misreading(key)
            if meaning:
                document.misread.add(place)
                what = f"YAML reads the key {key.value!r} as {meaning}, not as a word"
                mend = "use another word (an option is called right or wrong), or put it in quotes"
                document.problems.append(Problem(document.file, f"line {line}", what, mend))
            if key.value in seen:
                # YAML itself lets the last one win without a word.
                document.misread.add(place)
                what = f"the field {key.value!r} is already written on line {seen[key.value]}"
                mend = "keep one of the two, or start a new item with '-'"
                document.problems.append(Problem(document.file, f"line {line}", what, mend))
            seen[key.value] = line
            _collect(child, (*place, key.value), document)
            document.lines[(*place, key.value)] = line


def _misreading(key: yaml.Node) -> str:
    """Return what YAML takes a key for, if not for a word: ``yes:`` is true, ``null:`` nothing."""
    if key.tag == "tag:yaml.org,2002:bool":
        return str(yaml.SafeLoader.bool_values[key.value.lower()]).lower()
    return "nothing" if key.tag == "tag:yaml.org,2002:null" else ""


def syntax_problem(file: Path, error: yaml.YAMLError, first_line: int = 1) -> Problem:
    """Say in words what PyYAML found wrong.

    Parameters
    ----------
    file
        The file that the YAML stands in.
    error
        What reading it raised.
    first_line
        The line of the file in which the YAML begins.
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        what = f"it is not valid YAML: {error}"
        return Problem(file, "", what, "remove what YAML cannot hold")
    mark = error.problem_mark or error.context_mark
    return Problem(
        file,
        f"line {mark.line + first_line}, column {mark.column + 1}" if mark else "",
        f"it is not valid YAML: {error.problem or error.context}",
        "look there or just above for a missing colon, quote or bracket, or wrong indentation; "
        "put a text in quotes that holds ': ' or ' #'",
    )


def front_matter(file: Path, text: str) -> dict[str, Any]:
    """Return the YAML at the top of a MyST file; nothing if the file does not begin with ``---``.

    Raises
    ------
    InputError
        If it has no end, is not YAML, or is not a mapping.
    """
    if not re.match(r"---[ \t]*\n", text):
        return {}
    parts = re.match(r"---[ \t]*\n(.*?)^---[ \t]*$", text, re.DOTALL | re.MULTILINE)
    if parts is None:
        what = "the front matter that begins here never ends"
        raise InputError([Problem(file, "line 1", what, "end it with a line of three hyphens")])
    try:
        content = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise InputError([syntax_problem(file, error, first_line=2)]) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        mend = "write it as lines of the form key: value"
        raise InputError([Problem(file, "front matter", "it is not a mapping", mend)])
    return content
