"""`check("...")` in a notebook: what is right, what is not yet, and what to mend first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks, session
from mlops_landscape.exercises.checks import Result
from mlops_landscape.exercises.markup import STYLE, check_table, said_once, with_code
from mlops_landscape.exercises.sentence import Sentence
from mlops_landscape.exercises.work import Work, take_answers

if TYPE_CHECKING:  # importing Jupytext takes a while; only the front matter needs it
    from mlops_landscape.exercises.source import About


@dataclass(frozen=True)
class Table:
    """The results of an exercise's checks; displays itself as a table, or as text.

    Attributes
    ----------
    traceback
        Whether it shows where a check broke.
    note
        A sentence about how the work was found; may be empty.
    """

    slug: str
    results: Sequence[Result]
    traceback: bool = False
    note: str = ""

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

    def _errors(self) -> Iterator[tuple[str, str]]:
        """Yield a sentence about each check that broke, and its traceback if that is wanted."""
        broken = [result for result in self.results if result.broken]
        if self.traceback:
            for result in broken:
                yield f"Where the check broke: {result.title}.", result.traceback
            if not broken:
                yield "No check broke, so there is no traceback to show.", ""
        elif broken:
            yield f'To see where a check broke: `check("{self.slug}", traceback=True)`.', ""

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
        lines += [self.note] if self.note else []
        for sentence, trace in self._errors():
            lines += [sentence, trace.rstrip()] if trace else [sentence]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if first := self.first_to_mend:
            title, hint = with_code(first.title), with_code(first.hint)
            after = f"<strong>Mend this first: {title}.</strong> {hint}"
        else:
            after = "<strong>All done.</strong> Every check passes."
        note = f"<p>{with_code(self.note)}</p>" if self.note else ""
        errors = "".join(
            f"<p>{with_code(sentence)}</p>" + (f"<pre>{escape(trace)}</pre>" if trace else "")
            for sentence, trace in self._errors()
        )
        return (
            f'<style>{STYLE}</style><div class="exercise-check">'
            f"{check_table(self.summary, self.results)}"
            f'<div class="next" role="note">{after}</div>'
            f"{note}{errors}</div>"
        )


def find_exercise(slug: str) -> "About | Sentence":
    """Return what the front matter of an exercise says, or why the learner gets no answer."""
    if session.being_graded():
        return Sentence("The grader checks this after the notebook has run.")
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
        return about(path, path.read_text(encoding="utf-8"))
    except InputError as error:
        return Sentence(f"The file of this exercise cannot be read. {error}")


def check(slug: str, *, traceback: bool = False) -> Table | Sentence:
    """Check what the notebook has done so far; nothing of it is changed.

    Parameters
    ----------
    slug
        Name of the exercise, as in the name of its file.
    traceback
        Whether to show, for a check that could not do its work, where it broke.

    Returns
    -------
    Table or Sentence
        Put the call last in its cell, and the notebook shows it: each visible check with its
        points, what was seen and expected, and what to mend first. A name that no exercise has
        gives a sentence with the names that exist.
    """
    facts = find_exercise(slug)
    if isinstance(facts, Sentence):
        return facts
    from mlops_landscape.exercises.source import Places

    try:
        visible = [one for one in checks.collect(Places().check_file(slug)) if one.visible]
    except InputError as error:
        return Sentence(f"This exercise cannot be checked. {error}")
    folder, notebook = session.work_folder(facts.files), session.notebook_file()
    note = ""
    if facts.files and notebook is not None and folder.resolve() != notebook.parent:
        note = f"Looked at the files in `{folder}`: that is where the cells run, not beside the "
        note += "notebook."
    with Work(folder, take_answers(facts.answers, session.namespace())) as work:
        return Table(slug, checks.run(visible, work), traceback, note)
