"""`check("...")` in a notebook: what is right, what is not yet, and what to mend first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython import get_ipython

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.markup import STYLE, check_table, said_once, with_code
from mlops_landscape.exercises.work import Work, take_answers


@dataclass(frozen=True)
class Sentence:
    """Something that a notebook shows as plain words."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{with_code(self.text)}</p>"


@dataclass(frozen=True)
class Table:
    """The results of an exercise's checks; displays itself as a table, or as text."""

    slug: str
    results: Sequence[Result]

    @property
    def points(self) -> int:
        """Points of the checks that passed."""
        return sum(result.points for result in self.results if result.passed)

    @property
    def summary(self) -> str:
        """One sentence: how many checks pass, and how many points that is."""
        passed = sum(result.passed for result in self.results)
        out_of = sum(result.points for result in self.results)
        return (
            f"{self.slug}: {passed} of {len(self.results)} checks pass, "
            f"{self.points} of {out_of} points"
        )

    @property
    def first_to_mend(self) -> Result | None:
        """The first check that fails; later ones often fail only because of it."""
        return next((result for result in self.results if not result.passed), None)

    def __repr__(self) -> str:
        lines = [self.summary]
        messages = said_once(result.message for result in self.results)
        for result, message in zip(self.results, messages, strict=True):
            mark = "passed " if result.passed else "not yet"
            seen = f": {message}" if message else ""
            lines.append(f"  {mark}  {result.title} ({result.points}){seen}")
        if first := self.first_to_mend:
            lines.append(f"Mend this first: {first.title}. {first.hint}")
        else:
            lines.append("All done.")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if first := self.first_to_mend:
            title, hint = with_code(first.title), with_code(first.hint)
            after = f"<strong>Mend this first: {title}.</strong> {hint}"
        else:
            after = "<strong>All done.</strong> Every check passes."
        return (
            f'<style>{STYLE}</style><div class="exercise-check">'
            f"{check_table(self.summary, self.results)}"
            f'<div class="next" role="note">{after}</div></div>'
        )


def _namespace() -> Mapping[str, Any]:
    shell = get_ipython()
    if shell is not None:
        return shell.user_ns
    import __main__

    return vars(__main__)


def check(slug: str) -> Table | Sentence:
    """Check what the notebook has done so far; nothing of it is changed.

    Parameters
    ----------
    slug
        Name of the exercise, as in the name of its file.

    Returns
    -------
    Table or Sentence
        Put the call last in its cell, and the notebook shows it: each visible check with its
        points, what was seen and expected, and what to mend first. A name that no exercise has
        gives a sentence with the names that exist.
    """
    # Imported here: it needs Jupytext, which takes a while and only matters for the front matter.
    from mlops_landscape.exercises.source import Places, about

    places = Places()
    known = sorted(
        path.stem for path in places.exercises.glob("*.md") if places.check_file(path.stem).exists()
    )
    if slug not in known:
        names = ", ".join(f"`{name}`" for name in known) or "none yet"
        return Sentence(f"There is no exercise {slug!r}. The exercises are: {names}.")
    path = places.exercise(slug)
    try:
        names = about(path, path.read_text(encoding="utf-8")).answers
        visible = [one for one in checks.collect(places.check_file(slug)) if one.visible]
    except InputError as error:
        return Sentence(f"This exercise cannot be checked. {error}")
    with Work(Path.cwd(), take_answers(names, _namespace())) as work:
        return Table(slug, checks.run(visible, work))
