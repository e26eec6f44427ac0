"""YAML that remembers where things stand, so that a message can name the line."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from mlops_landscape.errors import InputError, Problem

_MEANS = {"True": "true", "False": "false", "None": "null"}


class Source:
    """A parsed YAML file.

    Parameters
    ----------
    path
        File to read.

    Attributes
    ----------
    data
        What the file says, as dicts, lists and scalars. Keys that are not text are left out.
    spoilt
        Keys that are not text or stand twice in one mapping: path of the mapping, line, what is
        wrong, and the mend.

    Raises
    ------
    InputError
        If the file cannot be read or is not YAML.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spoilt: list[tuple[tuple[str | int, ...], int, str, str]] = []
        try:
            loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                [
                    Problem(
                        path,
                        "",
                        f"cannot be read ({reason})",
                        "write the file, or correct its name",
                    )
                ]
            ) from None
        except (UnicodeDecodeError, yaml.reader.ReaderError) as error:
            raise InputError(
                [Problem(path, "", f"is not UTF-8 text ({error.reason})", "save it as UTF-8")]
            ) from None
        self._loader = loader
        try:
            self._root = loader.get_single_node()
            self.data = None if self._root is None else self._value(self._root, ())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise InputError(
                [
                    Problem(
                        path,
                        place,
                        f"this is not YAML: {error.problem or error.context}",
                        "look at this line and the one above it: indent with spaces, and put "
                        "texts in double quotes that hold ': ' or '#' or start with a special sign",
                    )
                ]
            ) from None
        finally:
            loader.dispose()

    def _value(self, node: yaml.Node, where: tuple[str | int, ...]) -> object:
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*where, i)) for i, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return self._scalar(node)
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._scalar(key_node)
            if not isinstance(key, str):
                written = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key)
                means = _MEANS.get(str(key), key)
                self.spoilt.append(
                    (
                        where,
                        line,
                        f"YAML reads the key `{written}` as {means}, not as a word",
                        "an option is called `right` or `wrong`; put other keys in quotes",
                    )
                )
            elif key in mapping:
                self.spoilt.append(
                    (
                        where,
                        line,
                        f"`{key}` stands twice here",
                        "keep one, or start a new item with `-`",
                    )
                )
            else:
                mapping[key] = self._value(value_node, (*where, key))
        return mapping

    def _scalar(self, node: yaml.Node) -> object:
        try:
            return self._loader.construct_object(node, deep=True)
        except ValueError as error:  # such as the date 2026-02-31
            raise yaml.constructor.ConstructorError(
                problem=str(error), problem_mark=node.start_mark
            ) from None

    def line(self, where: Sequence[str | int]) -> int:
        """Return the line (from 1) of the value at path `where`, or of what is nearest to it."""
        node, line = self._root, 1
        for step in where:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step] if step < len(node.value) else None
            elif isinstance(node, yaml.MappingNode):
                found = None
                for key, value in node.value:
                    if key.value == step:
                        found, line = value, key.start_mark.line + 1
                node = found
            else:
                node = None
            if node is None:
                return line
            if isinstance(step, int):
                line = node.start_mark.line + 1
        return line
