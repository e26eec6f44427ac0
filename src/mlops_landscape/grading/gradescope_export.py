"""Gradescope's export: a folder for each submission, and one YAML file that says whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

METADATA = "submission_metadata.yml"

_Fast: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):
    """Takes the tags of Ruby's objects for plain mappings, lists and texts."""


def _plain(loader: Any, _suffix: str, node: yaml.Node) -> Any:  # noqa: ANN401
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _plain)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Submitter:
    """One of the people who handed something in together."""

    name: str
    sid: str
    email: str


@dataclass(frozen=True)
class Entry:
    """What Gradescope says of one submission.

    Attributes
    ----------
    submitters
        At least one.
    submitted
        When, with its time zone; None if that cannot be read.
    attempt
        1 for the first one, counted by Gradescope.
    """

    submitters: tuple[Submitter, ...]
    submitted: datetime | None
    attempt: int


def read_metadata(path: Path) -> tuple[dict[str, Entry], list[str]]:
    """Read what Gradescope says of each folder of its export.

    Returns
    -------
    tuple
        Entries by name of the folder or file, and sentences about what cannot be read.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        return {}, [f"{METADATA} cannot be read: {reason}. Mend: download the export again."]
    if not isinstance(data, Mapping):
        return {}, [f"{METADATA} says nothing of any submission. Mend: download the export again."]
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    for folder, about in data.items():
        people = about.get(":submitters") if isinstance(about, Mapping) else None
        submitters = tuple(
            Submitter(_text(one, ":name"), _text(one, ":sid"), _text(one, ":email"))
            for one in (people if isinstance(people, list) else [])
            if isinstance(one, Mapping)
        )
        if not any((one.name, one.sid, one.email) != ("", "", "") for one in submitters):
            problems.append(f"{METADATA} does not say who handed in {folder}.")
            continue
        history = about.get(":history")
        attempt = 1 + (len(history) if isinstance(history, list) else 0)
        entries[str(folder)] = Entry(submitters, _time(about.get(":created_at")), attempt)
    return entries, problems


def _text(one: Mapping[Any, Any], key: str) -> str:
    value = one.get(key)
    return "" if value is None else str(value).strip()


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    # Gradescope's server writes UTC where it writes no zone.
    return value if value.tzinfo else value.replace(tzinfo=UTC)
