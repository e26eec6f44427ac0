"""Says in words what a JSON Schema finds wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from mlops_landscape.documents import Document, Place
from mlops_landscape.errors import Problem

_TYPES = {"string": "text", "array": "a list", "object": "a mapping of fields", "null": "nothing"}


def validator_for(schema_file: Path, definition: str) -> Draft202012Validator:
    """Return a validator for one definition of the catalogue's schema file."""
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    return Draft202012Validator(
        {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    )


def schema_problems(document: Document, validator: Draft202012Validator) -> list[Problem]:
    """Return everything that `validator` finds wrong in `document`, in the order of its lines."""
    found = []
    for error in validator.iter_errors(document.data):
        for place, what, mend in _explain(error):
            found.append((document.line(place), problem_at(document, place, what, mend)))
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]


def problem_at(document: Document, place: Place, what: str, mend: str) -> Problem:
    """Return a problem whose place is said as line, item and field."""
    where = f"line {document.line(place)}{describe(document, place)}"
    return Problem(document.file, where, what, mend)


def describe(document: Document, place: Place) -> str:
    """Return the item and field at `place` in its author's words: ``, tool 'git', field 'x'``."""
    parts = []
    value = document.data
    fields: list[str] = []
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        # A tool's own `categories` and `stages` are lists of names, not of items.
        is_item = isinstance(value, dict) or not parts
        if isinstance(step, int) and is_item and fields and fields[-1] in _ITEMS:
            item = _ITEMS[fields.pop()]
            known = isinstance(value, dict) and isinstance(value.get("id"), str)
            parts.append(f"{item} {value['id']!r}" if known else f"{item} {step + 1}")
        elif isinstance(step, int):
            fields.append(f"{fields.pop()}[{step + 1}]" if fields else f"[{step + 1}]")
        else:
            fields.append(step)
    if fields and not (len(place) == 1 and fields[0] in _ITEMS):
        parts.append(f"field {'.'.join(fields)!r}")
    return "".join(f", {part}" for part in parts)


_ITEMS = {
    "tools": "tool",
    "categories": "category",
    "stages": "stage",
    "jobs": "job",
    "changes": "change",
    "stacks": "stack",
}


def _explain(error: ValidationError) -> Iterator[tuple[Place, str, str]]:
    """Yield place, what is wrong and the mend for each mistake in one schema error."""
    place = tuple(error.absolute_path)
    limit: Any = error.validator_value
    value = error.instance
    match error.validator:
        case "required":
            # jsonschema reports one error a missing field; its name is only in the message.
            missing = next(name for name in limit if f"{name!r}" in error.message)
            yield place, f"the field {missing!r} is missing", f"add {missing!r}"
        case "additionalProperties":
            allowed = error.schema["properties"]
            known = ", ".join(allowed)
            for extra in [name for name in value if name not in allowed]:
                yield (
                    (*place, extra),
                    f"there is no field {extra!r} here",
                    f"use one of: {known}",
                )
        case "enum":
            yield place, f"{value!r} is not one of the values", f"use one of: {', '.join(limit)}"
        case "type":
            wanted = _TYPES.get(limit, str(limit))
            yield place, f"it should be {wanted}, but is {value!r}", f"write {wanted}"
        case "maxLength":
            yield (
                place,
                f"it has {len(value)} characters, and at most {limit} fit",
                "shorten it",
            )
        case "minLength" | "minItems":
            yield place, "it is empty", "write at least one"
        case "uniqueItems":
            yield place, "it names something twice", "name it once"
        case "pattern":
            purpose = error.schema.get("description", f"it has to match {limit}")
            yield place, f"{value!r} has the wrong form", f"write it so: {purpose.rstrip('.')}"
        case _:
            yield place, error.message, "see catalogue.schema.json"
