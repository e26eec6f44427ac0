"""What `mlops-landscape exercises build` and `check` do."""

import sys
from collections.abc import Sequence
from pathlib import Path

from mlops_landscape.errors import InputError, Problem, SetupError
from mlops_landscape.exercises.prove import prove
from mlops_landscape.exercises.source import HEADER, Places, make_exercise, read_solution
from mlops_landscape.writing import write_whole


def build_exercises(check_only: bool = False, places: Places | None = None) -> list[Path]:
    """Make every exercise from its solution.

    Parameters
    ----------
    check_only
        Write nothing; it is a mistake if a committed exercise is not what its solution makes.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InputError
        With the mistakes of all solutions, and, for each exercise: if it is out of date
        (`check_only`), if it has no solution, or if someone has worked in it, so that writing it
        would destroy that work.
    """
    places = places or Places()
    problems: list[Problem] = []
    changed: dict[Path, str] = {}
    for slug in places.slugs():
        path = places.exercise(slug)
        try:
            text = make_exercise(read_solution(slug, places))
        except InputError as error:
            problems += error.problems
            continue
        existing = path.read_text(encoding="utf-8") if path.is_file() else None
        if existing == text:
            continue
        header = HEADER.format(source=f"solutions/{slug}.md")
        if existing is not None and header not in existing.splitlines():
            what = "it was not generated as it stands; someone may have worked in it"
            mend = "keep that work under another name, then `git checkout` this file"
            problems.append(Problem(path, "", what, mend))
        elif check_only:
            what = "it was never made" if existing is None else "it is out of date"
            mend = "run `mlops-landscape exercises build`"
            problems.append(Problem(path, "", f"{what} (it comes from its solution)", mend))
        else:
            changed[path] = text
    for path in sorted(places.exercises.glob("*.md")):
        if not places.solution(path.stem).is_file():
            header = HEADER.format(source=f"solutions/{path.stem}.md")
            if header in path.read_text(encoding="utf-8").splitlines():
                mend = "remove it, or write its solution"
                problems.append(Problem(path, "", "it has no solution", mend))
    if problems:
        raise InputError(problems)
    for path, text in changed.items():
        write_whole(path, text.encode())
    return sorted(changed)


def prove_all(slugs: Sequence[str] | None = None, places: Places | None = None) -> int:
    """Prove exercises, with one line of progress for each and then all their problems.

    Parameters
    ----------
    slugs
        The exercises to prove; all by default.

    Returns
    -------
    int
        0 if all hold, else 1.
    """
    places = places or Places()
    slugs = places.slugs() if slugs is None else slugs
    problems: list[Problem] = []
    stopped: list[str] = []
    for number, slug in enumerate(slugs, start=1):
        print(f"[{number}/{len(slugs)}] {slug}: ", end="", flush=True)
        try:
            proof = prove(slug, places)
        except InputError as error:
            problems += error.problems
            print(f"not run, {_count(len(error.problems), 'mistake')} in its files")
        except SetupError as error:
            stopped.append(f"{slug}: {error}")
            print("stopped")
        else:
            problems += proof.problems
            verdict = _count(len(proof.problems), "problem") if proof.problems else "holds"
            print(
                f"{verdict} (solution, blank, {proof.wrong_answers} wrong answers; "
                f"{proof.notebooks} notebooks in {proof.seconds:.1f} s)"
            )
    for message in [*map(str, problems), *stopped]:
        print(message, file=sys.stderr)
    return 1 if problems or stopped else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
