"""Finds every mistake of a quiz file: what the schema says, and what a schema cannot say."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from mlops_landscape.documents import Document, Place, read_document
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.quiz.markup import to_plain

SCHEMA = Path(__file__).with_name("quiz.schema.json")

# What Python's re takes and a browser does not, or takes in another sense.
_NOT_IN_BROWSERS = re.compile(r"\(\?P|\(\?[aiLmsux-]+[:)]|\(\?#|\(\?\(|\(\?>|[*+?}]\+|\{,")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def normalise(answer: str) -> str:
    """Return a short answer as it is compared: lower case, single spaces, straight quotes."""
    straight = answer.translate(str.maketrans("‘’“”", "''\"\""))
    return " ".join(straight.split()).lower()


def read_valid(path: Path) -> dict[str, Any]:
    """Read a quiz file that has no mistakes.

    Raises
    ------
    InputError
        Listing every mistake in the file, in its order.
    """
    document = read_document(path)
    if document.data is None:
        raise InputError(document.problems)
    found = [
        (document.line(where), Problem(path, _place(document, where), what, mend))
        for where, what, mend in (
            *_schema_mistakes(document),
            *_mistakes_of_meaning(document.data),
        )
    ]
    found += [(int(problem.place.split()[1]), problem) for problem in document.problems]
    if found:
        raise InputError(problem for _, problem in sorted(found, key=lambda pair: pair[0]))
    return document.data


def _place(document: Document, where: Place) -> str:
    parts = [f"line {document.line(where)}"]
    data, rest = document.data, where
    if len(where) > 1 and where[0] == "questions":
        number, rest = int(where[1]), where[2:]
        entry = data["questions"][number]
        name = entry.get("id") if isinstance(entry, dict) else None
        parts.append(f"question {number + 1}" + (f" ({name!r})" if isinstance(name, str) else ""))
    field = "".join(f" {s + 1}" if isinstance(s, int) else f" {s}" for s in rest).strip()
    if field:
        parts.append(f"field '{field}'")
    return ", ".join(parts)


def _schema_mistakes(document: Document) -> Iterator[tuple[Place, str, str]]:
    for error in _validator().iter_errors(document.data):
        where: Place = tuple(error.absolute_path)
        # A mapping that YAML misread lacks what its author did write.
        if where not in document.misread:
            yield from _in_words(where, error)


def _in_words(where: Place, error: ValidationError) -> Iterator[tuple[Place, str, str]]:
    value, expected = error.instance, error.validator_value
    match error.validator:
        case "required":
            # one error a missing key: the message begins with it
            key = error.message.split("'")[1]
            yield where, f"`{key}` is missing", f"add `{key}:`"
        case "additionalProperties":
            known = list(error.schema["properties"])
            for key in value:
                if key not in known:
                    names = ", ".join(known)
                    yield (*where, key), f"`{key}` is not known here", f"use one of: {names}"
        case "oneOf":
            said = "has both `right` and `wrong`" if "right" in value else "is neither"
            yield where, f"the option {said}", "start each option with either `right:` or `wrong:`"
        case "enum":
            yield (
                where,
                f"{value!r} is not a kind of question",
                f"use one of: {', '.join(expected)}",
            )
        case "minItems":
            yield where, f"has {len(value)} of at least {expected}", "add what is missing"
        case "maxItems":
            yield (
                where,
                f"has {len(value)}, more than {expected}",
                "remove some, or split the question",
            )
        case "pattern" if where[-1] == "id":
            mend = "use small letters, digits and single hyphens"
            yield where, f"{value!r} cannot be an id", mend
        case "pattern":
            yield where, "is empty", "write the text"
        case "type" if expected == "string" and not isinstance(value, dict | list | None):
            yield where, f"YAML reads {value!r} here, not a text", "put it in double quotes"
        case "type":
            names = {"string": "a text", "array": "a list (`- …`)", "object": "fields (`key: …`)"}
            yield where, f"must be {names[expected]}", f"write {names[expected]} here"
        case _:
            yield where, error.message, "see quiz.schema.json"


def _entries(holder: object, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and mapping of each well-formed entry of the list `holder[key]`."""
    entries = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(entries, list):
        for number, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield number, entry


def _mistakes_of_meaning(data: object) -> Iterator[tuple[Place, str, str]]:
    seen: dict[str, int] = {}
    for number, question in _entries(data, "questions"):
        where: Place = ("questions", number)
        name = question.get("id")
        if isinstance(name, str):
            if name in seen:
                what = f"the id {name!r} is already used by question {seen[name]}"
                yield (*where, "id"), what, "give each question an id of its own"
            seen.setdefault(name, number + 1)
        for more, what, mend in _mistakes_of_kind(question):
            yield (*where, *more), what, mend
        for more, text in _texts(question, ()):
            if text.count("`") % 2:
                yield (*where, *more), "a backtick has no partner", "close the `code`"


def _texts(value: object, where: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str) and where and where[0] not in ("id", "accepted", "pattern"):
        yield where, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*where, key))


def _mistakes_of_kind(question: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    match question.get("kind"):
        case "single" | "several" as kind:
            yield from _in_options(kind, question)
        case "ordering":
            yield from _repeated(question, "items", "item", "no one can order two equal items")
        case "matching":
            yield from _repeated(question, "pairs", "item", "ask for one of them only")
            yield from _repeated(
                question, "pairs", "partner", "word the partners so that each fits one item"
            )
        case "short":
            yield from _in_short(question)


def _in_options(kind: str, question: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    options = list(_entries(question, "options"))
    right = sum("right" in option for _, option in options)
    if options and not right:
        yield ("options",), "no option is right", "write `right:` instead of `wrong:` for one"
    if kind == "single" and right > 1:
        mend = "leave one, or make the question `kind: several`"
        yield ("options",), f"{right} options are right in a single choice", mend
    texts = {
        number: option.get("right", option.get("wrong"))
        for number, option in options
        if isinstance(option.get("right", option.get("wrong")), str)
    }
    yield from _repeats("options", texts, "reword or remove one")


def _repeated(
    question: dict[str, Any], key: str, field: str, mend: str
) -> Iterator[tuple[Place, str, str]]:
    texts = {n: e[field] for n, e in _entries(question, key) if isinstance(e.get(field), str)}
    yield from _repeats(key, texts, mend)


def _repeats(key: str, texts: dict[int, str], mend: str) -> Iterator[tuple[Place, str, str]]:
    first: dict[str, int] = {}
    for number, text in texts.items():
        # what a reader sees decides, so markup makes no difference
        plain = normalise(to_plain(text))
        if plain in first:
            yield (key, number), f"{text!r} is the same as number {first[plain]}", mend
        first.setdefault(plain, number + 1)


def _in_short(question: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    accepted = question.get("accepted")
    texts = [a for a in accepted if isinstance(a, str)] if isinstance(accepted, list) else []
    known = {normalise(text) for text in texts}
    pattern, compiled = question.get("pattern"), None
    if isinstance(pattern, str):
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            place = "" if error.pos is None else f" at character {error.pos + 1}"
            yield ("pattern",), f"does not compile: {error.msg}{place}", "correct it, or drop it"
        bare = re.sub(r"\\.", "_", pattern)
        if _NOT_IN_BROWSERS.search(bare) or re.search(r"(?<!\\)(\\\\)*\\[AZ]", pattern):
            yield (
                ("pattern",),
                "uses what Python has and browsers do not",
                "keep to groups, classes, `|`, `*`, `+`, `?`; case never counts",
            )
    for number, miss in _entries(question, "near_misses"):
        answer = miss.get("answer")
        if isinstance(answer, str):
            plain = normalise(answer)
            if plain in known or (compiled and compiled.fullmatch(plain)):
                yield (
                    ("near_misses", number, "answer"),
                    f"{answer!r} is accepted as right",
                    "take it out of the near misses, or narrow `accepted` or `pattern`",
                )
