"""nbgrader: its assignments become exercises of ours, and ours become its assignments."""

import ast
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from jupytext.myst import notebook_to_myst
from nbformat import NotebookNode, v4

from mlops_landscape.errors import InputError, Problem
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.interchange.carry import Carried, Carrier, cell
from mlops_landscape.exercises.interchange.export import (
    FOREIGN,
    PYTHON,
    cells_without_remarks,
    rubric_text,
    what_no_peer_has,
)
from mlops_landscape.exercises.interchange.names import bound, imports
from mlops_landscape.exercises.interchange.report import Report, must_be_free, write_all
from mlops_landscape.exercises.run import Attempt, attempt
from mlops_landscape.exercises.source import (
    FEWEST_WRONG_ANSWERS,
    Places,
    code_cells,
    make_exercise,
    read_solution,
)
from mlops_landscape.paths import relative

SCHEMA = 3
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MARKER_LINE = re.compile(r"^\s*### BEGIN SOLUTION\s*$", re.MULTILINE)
_RUBRIC_LOSS = ["The levels of the rubric as data: they stand in the text of its cells."]
# An attempt has checks; this one serves where only what the cells do is asked.
_NO_CHECKS = '''from mlops_landscape.exercises.checks import worth


@worth(points=1, hint="None.")
def test_it_ran(work):
    """The cells ran."""
'''
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_MARKER = re.compile(r"^(\s*).*\b(BEGIN|END) SOLUTION\b.*$")
_HIDDEN = re.compile(r"\b(BEGIN|END) HIDDEN TESTS\b")
_IMAGE = re.compile(r"!\[[^\]]*\]\((?!https?:|data:)([^)\s]+)")


@dataclass
class _Cell:
    """A cell of the assignment; `number` counts all cells from 1."""

    number: int
    kind: str
    source: str
    grade_id: str
    grade: bool
    solution: bool
    task: bool
    points: Fraction
    attachments: bool
    heading: str = ""
    tree: ast.Module | None = None

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"cell {self.number}" + (f" ({self.grade_id})" if self.grade_id else "")

    @property
    def is_test(self) -> bool:
        """Whether its asserts are what is graded."""
        return self.kind == "code" and self.grade and not self.solution

    @property
    def is_manual(self) -> bool:
        """Whether a person marks it."""
        return self.task or (self.grade and self.solution)

    @property
    def name(self) -> str:
        """Its grade_id as a name of Python."""
        words = re.sub(r"\W+", "_", self.grade_id.lower()).strip("_")
        return words if words and not words[0].isdigit() else f"cell_{words}"


@dataclass
class _Test:
    """A test cell on its way to a check."""

    cell: _Cell
    title: str
    body: list[ast.stmt]
    hidden: bool
    partly_hidden: bool
    carried: Carried = field(default_factory=Carried)

    @property
    def variable(self) -> str:
        """Name of the variable that its added cell makes."""
        return f"seen_{self.cell.name}"


def import_nbgrader(
    path: Path,
    slug: str,
    places: Places | None = None,
    chapter: str = "index",
    minutes: int = 30,
) -> Report:
    """Make an exercise of the solution notebook of an nbgrader assignment.

    The notebook is run, as are the checks that come of it, so that what is said to be carried was
    seen to work. Import only what you would run.

    Parameters
    ----------
    path
        The notebook with solutions and hidden tests, from nbgrader's folder ``source``.
    slug
        Name of the exercise.
    places
        Where the files go.
    chapter, minutes
        What nbgrader does not know: the document below ``book/`` that the exercise belongs to, and
        how long a learner needs.

    Returns
    -------
    Report
        What was written, and what could not be carried.

    Raises
    ------
    InputError
        If the notebook or the name cannot be used, or a file of that name exists.
    """
    places = places or Places()
    if not _SLUG.fullmatch(slug):
        mend = "use small letters and digits, words joined by -"
        raise InputError([Problem(path, "", f"{slug!r} is no name for an exercise", mend)])
    note = places.wrong_answers(slug) / "to-write.txt"
    must_be_free([places.solution(slug), places.check_file(slug), places.wrong_answers(slug)])
    if not (places.book / f"{chapter}.md").is_file():
        mend = f"name a document below {relative(places.book)}/, without .md"
        raise InputError([Problem(path, "", f"there is no chapter {chapter!r}", mend)])
    return _Import(path, slug, places, chapter, minutes).run(note)


class _Import:
    """One import, from notebook to files."""

    def __init__(self, path: Path, slug: str, places: Places, chapter: str, minutes: int) -> None:
        self.path, self.slug, self.places = path, slug, places
        self.chapter, self.minutes = chapter, minutes
        self.lost: list[str] = []
        self.to_do: list[str] = []
        self.cells = _read(path)
        self.title = _take_title(self.cells, slug)
        self.scale = math.lcm(*(one.points.denominator for one in self.cells if one.grade))
        self.tests = self._tests()

    def points(self, one: _Cell) -> int:
        """Return what a cell is worth as a whole number."""
        return int(one.points * self.scale)

    def run(self, note: Path) -> Report:
        """Carry the tests, prove them on the solution, write the files."""
        self._carry()
        self._refuse_if_nothing_is_left()
        with tempfile.TemporaryDirectory(prefix="import-") as aside:
            root = Path(aside)
            staged = replace(self.places, solutions=root / "solutions", checks=root / "checks")
            for folder in (staged.solutions, staged.checks):
                folder.mkdir()
            ran = self._examine(staged, self._stage(staged))
            failed = {one.name: one.message for one in ran.results if not one.passed}
            for test in [one for one in self.tests if one.cell.name in failed]:
                self._give_up(test, f"on the solution, it says: {failed[test.cell.name]}")
            if failed:
                self._refuse_if_nothing_is_left()
                ran = self._examine(staged, self._stage(staged))
            self._remark(staged, ran)
            solution = staged.solution(self.slug).read_text(encoding="utf-8")
            check_text = staged.check_file(self.slug).read_text(encoding="utf-8")
        results = ran.results if self.tests else []
        earned = sum(one.points for one in results)
        carried = [
            f"{len(results)} of {sum(one.is_test for one in self.cells)} test cells, as checks "
            f"worth {earned} points; each passes on the solution."
        ]
        manual = [one for one in self.cells if one.is_manual and one.points]
        if manual:
            names = ", ".join(one.grade_id for one in manual)
            carried.append(f"{len(manual)} cells that a person marks, as a rubric: {names}.")
        report = Report([], carried, self.lost, self.to_do)
        written = write_all(
            {
                self.places.solution(self.slug): solution,
                self.places.check_file(self.slug): check_text,
                note: f"{relative(self.path)} was imported as {self.slug}.\n\n{report}\n",
            }
        )
        return replace(report, written=written)

    # --- tests

    def _tests(self) -> list[_Test]:
        found = []
        for one in self.cells:
            if not one.is_test:
                continue
            if not one.points:
                self.lost.append(f"{one.place}: it is worth 0 points; a check is worth at least 1.")
                continue
            if re.search(r"^\s*#+\s*(HASHED )?AUTOTEST\b", one.source, re.MULTILINE):
                what = "its tests are written by nbgrader (AUTOTEST); write a check by hand"
                self.lost.append(f"{one.place}: {what}.")
                continue
            assert one.tree is not None
            hidden = _hidden_lines(self.path, one)
            body = list(one.tree.body)
            title = ast.get_docstring(one.tree) or ""
            if title:
                body = body[1:]
            inside = [part.lineno in hidden for part in body]
            title = title.strip().splitlines()[0] if title.strip() else _words(one.grade_id)
            found.append(_Test(one, title, body, any(inside), any(inside) and not all(inside)))
        return found

    def _carrier(self, test: _Test, facts: dict[str, Any] | None) -> Carrier:
        known: dict[str, str] = {}
        later: set[str] = set()
        for one in self.cells:
            if one.tree is None or one.is_test:
                continue
            known |= imports(one.tree)
            if one.number > test.cell.number:
                later |= bound(one.tree)
        return Carrier(test.body, known, later, facts, test.variable)

    def _carry(self) -> None:
        candidates = {}
        for test in self.tests:
            collecting = self._carrier(test, None)
            setup = collecting.run().setup
            candidates[test.cell.number] = cell(
                test.variable, dict.fromkeys(collecting.candidates), setup, "look"
            )
        sources = [
            candidates.get(one.number, one.source)
            for one in self.cells
            if one.kind == "code" and (not one.is_test or one.number in candidates)
        ]
        facts = self._attempt(sources, [test.variable for test in self.tests]).answers
        for test in list(self.tests):
            found = facts.get(test.variable, {}).get("value", {})
            test.carried = self._carrier(test, found).run()
            left_out = "; ".join(test.carried.left_out)
            if not test.carried.asserts:
                self._give_up(test, left_out or "it has no assertion")
            elif left_out:
                self.lost.append(
                    f"{test.cell.place}: part of it only, so its check asks for less: {left_out}."
                )

    def _refuse_if_nothing_is_left(self) -> None:
        if self.tests or any(one.is_manual and one.points for one in self.cells):
            return
        mend = f"write the exercise by hand: `mlops-landscape exercises new {self.slug} ...`"
        reasons = self.lost or ["there is no test cell"]
        raise InputError(
            Problem(self.path, "", f"nothing that earns points can be carried: {one}", mend)
            for one in (reason.rstrip(".") for reason in reasons)
        )

    def _give_up(self, test: _Test, reason: str) -> None:
        self.tests.remove(test)
        points = self.points(test.cell)
        unit = "point" if points == 1 else "points"
        self.lost.append(f"{test.cell.place}, {points} {unit}: {reason.rstrip('.')}.")

    def _attempt(
        self, sources: Sequence[str], answers: Sequence[str], check_file: Path | None = None
    ) -> Attempt:
        """Run cells and, if there are any, checks."""
        if check_file is not None:
            return attempt(sources, check_file, answers)
        with tempfile.TemporaryDirectory(prefix=f"{self.slug}-") as folder:
            nothing = Path(folder) / "test_nothing.py"
            nothing.write_text(_NO_CHECKS, encoding="utf-8")
            return attempt(sources, nothing, answers)

    # --- files

    def _answers(self) -> list[str]:
        names: list[str] = []
        for test in self.tests:
            names += test.carried.answers
            names += [test.variable] if test.carried.calls else []
        return list(dict.fromkeys(names))

    def _stage(self, staged: Places) -> list[str]:
        """Write solution and checks aside; return the source of the code cells."""
        text = self._solution_text()
        staged.solution(self.slug).write_text(text, encoding="utf-8")
        path = staged.check_file(self.slug)
        path.write_text(self._check_text(), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--quiet",
            "--line-length=100",
            str(path),
        ]
        subprocess.run(command, check=True, timeout=60)
        try:
            read_solution(self.slug, staged)
        except InputError as error:
            place = f"in what is made of it ({self.slug}.md)"
            raise InputError(
                Problem(self.path, ", ".join(filter(None, (place, one.place))), one.what, one.mend)
                for one in error.problems
            ) from None
        return [source for _, source in code_cells(text)]

    def _examine(self, staged: Places, sources: list[str]) -> Attempt:
        check_file = staged.check_file(self.slug) if self.tests else None
        return self._attempt(sources, self._answers(), check_file)

    def _solution_text(self) -> str:
        calls = {test.cell.number: test for test in self.tests if test.carried.calls}
        cells: list[NotebookNode] = [v4.new_markdown_cell(f"# Solution: {self.title}")]
        for one in self.cells:
            if one.number in calls:
                test = calls[one.number]
                source = cell(test.variable, test.carried.calls, test.carried.setup, "outcome")
                said = "The next cell is complete; run it. It hands over what the check looks at."
                cells += [v4.new_markdown_cell(said), v4.new_code_cell(source)]
            elif one.is_test or not one.source.strip():
                continue
            elif one.kind == "markdown" and one.solution:
                cells.append(v4.new_markdown_cell(_written_answer(one.source)))
            elif one.kind == "markdown":
                cells.append(v4.new_markdown_cell(one.source))
            elif one.kind == "code":
                cells.append(v4.new_code_cell(_marked(one)))
        said = "## Check your work\n\nRun your cells, then the next one. Mend what it names first."
        ask = f'from mlops_landscape.exercises import check\n\ncheck("{self.slug}")'
        cells += [v4.new_markdown_cell(said), v4.new_code_cell(ask)]
        body = notebook_to_myst(v4.new_notebook(cells=cells))
        body = re.sub(r"\A---\n.*?^---\n", "", body, flags=re.DOTALL | re.MULTILINE).lstrip()
        body = re.sub(r"^(`{3,})\{code-cell\}[ \t]*$", r"\1{code-cell} ipython3", body, flags=re.M)
        front = yaml.safe_dump(self._front(), sort_keys=False, allow_unicode=True, width=100)
        return f"---\n{front}---\n\n{body.rstrip()}\n"

    def _front(self) -> dict[str, Any]:
        rubric = []
        for one in self.cells:
            if one.is_manual and one.points:
                name = one.heading if one.heading else _words(one.grade_id)
                if name in [criterion["criterion"] for criterion in rubric]:
                    name = f"{name} ({one.grade_id})"
                points = self.points(one)
                levels = {0: "no answer", points: "as in the solution"}
                rubric.append({"criterion": name, "points": points, "levels": levels})
        points = sum(self.points(test.cell) for test in self.tests)
        exercise: dict[str, Any] = {
            "title": self.title,
            "points": points + sum(criterion["points"] for criterion in rubric),
            "minutes": self.minutes,
            "chapter": self.chapter,
            "answers": self._answers(),
        }
        if rubric:
            exercise["rubric"] = rubric
        return {
            "jupytext": {
                "notebook_metadata_filter": "exercise,tools",
                "text_representation": {"extension": ".md", "format_name": "myst"},
            },
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "tools": [],
            "exercise": exercise,
        }

    def _check_text(self) -> str:
        bodies = [self._check(test) for test in self.tests]
        wanted = {line for test in self.tests for line in test.carried.imports}
        written = "\n".join(bodies)
        lines = [f'"""Checks of the exercise `{self.slug}`, in the order in which to mend."""', ""]
        lines += sorted(wanted, key=lambda line: (line.startswith("from"), line))
        lines += [""] if wanted else []
        lines.append("from mlops_landscape.exercises.checks import worth")
        if "Seen(work" in written:
            lines.append("from mlops_landscape.exercises.outcomes import Seen")
        data = "as_data, " if "as_data(" in written else ""
        lines.append(
            f"from mlops_landscape.exercises.work import {data}Work".replace(
                "as_data, Work", "Work, as_data"
            )
        )
        return "\n".join([*lines, "", "", *bodies]) + "\n"

    def _check(self, test: _Test) -> str:
        hint = f"Go back to {test.cell.heading!r}, and run your cells from the top."
        if not test.cell.heading:
            hint = "Go back to the cell before this check, and run your cells from the top."
        visible = ", visible=False" if test.hidden else ""
        title = test.title.replace("\\", "").replace('"', "'").rstrip(".") + "."
        body = "\n".join(f"    {line}" for line in test.carried.lines)
        return (
            f"@worth(points={self.points(test.cell)}, hint={hint!r}{visible})\n"
            f"def test_{test.cell.name}(work: Work) -> None:\n"
            f'    """{title}"""\n{body}\n\n'
        )

    # --- what a person must know

    def _remark(self, staged: Places, ran: Attempt) -> None:
        if self.scale > 1:
            self.lost.append(
                f"Fractions of points: all points are multiplied by {self.scale}, ours are whole."
            )
        for test in self.tests:
            if test.partly_hidden:
                self.lost.append(
                    f"{test.cell.place}: nbgrader shows one part of it and hides the other; its "
                    "check is hidden as a whole."
                )
            if test.hidden and test.carried.calls:
                self.lost.append(
                    f"{test.cell.place}: its test was hidden. What the check expects still is, but "
                    f"the cell that hands over `{test.variable}` shows what is called."
                )
        if any(one.attachments for one in self.cells):
            self.lost.append("Pictures pasted into cells of text: save them as files.")
        for one in self.cells:
            for name in _IMAGE.findall(one.source) if one.kind == "markdown" else ():
                self.lost.append(f"{one.place}: the file {name}, which its text shows.")
        self.lost.append("What makes wrong answers wrong: nbgrader has none recorded.")
        wrong = relative(self.places.wrong_answers(self.slug))
        self.to_do.append(f"Record at least {FEWEST_WRONG_ANSWERS} wrong answers in {wrong}/.")
        if self.tests:
            self.to_do.append("Write hints: nbgrader has none, so they only name the part.")
        if any(one.is_manual and one.points for one in self.cells):
            self.to_do.append("Write the levels of the rubric: nbgrader has only the most points.")
        if not self.tests:
            self.to_do.append("Write a check: no test cell could be carried.")
        what = f"`minutes` is {self.minutes} and `chapter` is {self.chapter}"
        self.to_do.append(f"Correct the front matter: {what}, `tools` is empty.")
        for error in ran.errors:
            self.to_do.append(f"The solution fails here, in {error}. Mend it.")
        exercise = make_exercise(read_solution(self.slug, staged))
        for error in self._attempt([source for _, source in code_cells(exercise)], []).errors:
            self.to_do.append(
                f"Unsolved, it fails in {error}. Define outside the markers what later cells need."
            )
        self.to_do.append("Then: `mlops-landscape exercises build`, `exercises check`.")


def _read(path: Path) -> list[_Cell]:
    """Read the assignment, or say everything that is wrong with it."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise InputError([Problem(path, "", "there is no such file", "correct the path")]) from None
    except Exception as error:  # whatever a broken file does to its reader
        what = f"it is not a notebook: {str(error).splitlines()[0][:200] or type(error).__name__}"
        mend = "give the .ipynb from nbgrader's folder `source`"
        raise InputError([Problem(path, "", what, mend)]) from None
    language = notebook.metadata.get("kernelspec", {}).get("language") or notebook.metadata.get(
        "language_info", {}
    ).get("name", "python")
    if language != "python":
        what = f"it is written in {language}"
        raise InputError([Problem(path, "", what, "only Python can be imported")])
    problems: list[Problem] = []
    cells = [
        _read_cell(path, number, one, problems)
        for number, one in enumerate(notebook.cells, start=1)
    ]
    names: dict[str, int] = {}
    for one in cells:
        if not (one.grade or one.solution or one.task):
            continue
        if one.name in names:
            what = f"its grade_id is that of cell {names[one.name]}, or reads the same"
            problems.append(Problem(path, one.place, what, "give it another one"))
        names[one.name] = one.number
    if not names and not problems:
        what = "no cell has nbgrader's marks"
        mend = "give the notebook of the assignment, made with nbgrader's toolbar"
        problems.append(Problem(path, "", what, mend))
    elif not problems and not any(one.kind == "code" and one.solution for one in cells):
        what = "no code cell is marked as a solution, so there is nothing to write"
        mend = "give the notebook from the folder `source`, not the one from `release`"
        problems.append(Problem(path, "", what, mend))
    if problems:
        raise InputError(problems)
    heading = ""
    for one in cells:
        if one.kind == "markdown":
            found = list(_headings(one.source))
            heading = found[-1][2] if found else heading
        one.heading = heading
    return cells


def _read_cell(path: Path, number: int, given: NotebookNode, problems: list[Problem]) -> _Cell:
    marks = given.metadata.get("nbgrader", {})
    one = _Cell(
        number,
        given.cell_type,
        given.source,
        str(marks.get("grade_id", "")),
        bool(marks.get("grade")),
        bool(marks.get("solution")),
        bool(marks.get("task")),
        Fraction(0),
        bool(given.get("attachments")),
    )

    def complain(what: str, mend: str) -> None:
        problems.append(Problem(path, one.place, what, mend))

    if marks and marks.get("schema_version") != SCHEMA:
        version = marks.get("schema_version")
        complain(f"its marks are of version {version}, not {SCHEMA}", "run `nbgrader update` on it")
    if (one.grade or one.solution or one.task) and not one.grade_id:
        complain("it has no grade_id", "give it one")
    if one.grade or one.task:
        points = marks.get("points")
        number_of = isinstance(points, int | float) and not isinstance(points, bool)
        if not number_of or not math.isfinite(points) or points < 0:
            complain(f"its points are {points!r}", "give it a number from 0")
        else:
            one.points = Fraction(str(points))
            one.grade = True
    if one.kind == "code":
        try:
            one.tree = ast.parse(TransformerManager().transform_cell(one.source))
        except SyntaxError as error:
            text = (error.text or "").strip()
            complain(f"it is not valid Python: {error.msg}: {text!r}", "correct it")
    opened = 0
    for line in one.source.splitlines():
        marker = _MARKER.match(line)
        if marker is None:
            continue
        opened += 1 if marker.group(2) == "BEGIN" else -1
        if opened not in (0, 1):
            break
    if opened:
        complain("its solution markers do not pair", "give each BEGIN SOLUTION its END SOLUTION")
    elif any(map(_MARKER.match, one.source.splitlines())) and not one.solution:
        complain("it has solution markers and is no solution cell", "mark it as one in nbgrader")
    return one


def _hidden_lines(path: Path, one: _Cell) -> set[int]:
    found: set[int] = set()
    inside = False
    for number, line in enumerate(one.source.splitlines(), start=1):
        marker = _HIDDEN.search(line)
        if marker:
            inside = marker.group(1) == "BEGIN"
        elif inside:
            found.add(number)
    if inside:
        mend = "add a line `### END HIDDEN TESTS`"
        raise InputError([Problem(path, one.place, "its hidden tests never end", mend)])
    return found


def _headings(source: str) -> Iterator[tuple[int, int, str]]:
    """Return line (from 0), level and text of each heading outside fences."""
    fence = ""
    for number, line in enumerate(source.splitlines()):
        ticks = re.match(r"(`{3,}|~{3,})", line)
        if ticks:
            fence = "" if fence and ticks.group(1).startswith(fence) else fence or ticks.group(1)
        elif not fence and (found := re.match(r"(#{1,6})\s+(.*?)\s*#*$", line)):
            yield number, len(found.group(1)), found.group(2)


def _take_title(cells: list[_Cell], slug: str) -> str:
    """Take the first heading of the first level out of the text; it is ours to write."""
    for one in cells:
        if one.kind == "markdown" and not one.solution:
            for number, level, text in _headings(one.source):
                if level == 1:
                    lines = one.source.splitlines()
                    one.source = "\n".join(lines[:number] + lines[number + 1 :]).strip()
                    return text
    return _words(slug)


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().capitalize()


def _marked(one: _Cell) -> str:
    """Return a code cell with our markers around what the learner writes."""
    if not one.solution:
        return one.source
    lines = one.source.splitlines()
    if any(_MARKER.match(line) for line in lines):
        return "\n".join(_MARKER.sub(r"\1### \2 SOLUTION", line) for line in lines)
    first = 1 if lines and lines[0].startswith("%%") else 0
    return "\n".join([*lines[:first], "### BEGIN SOLUTION", *lines[first:], "### END SOLUTION"])


def _written_answer(source: str) -> str:
    """Return a written answer: cut out of the exercise, with a place to write in its stead."""
    lines = source.splitlines()
    kept = [line for line in _outside_markers(lines) if line.strip()]
    answer = [line for line in lines if not _MARKER.match(line)]
    begin, end = "<!-- BEGIN SOLUTION -->", "<!-- END SOLUTION -->"
    given = kept if len(kept) < len(answer) else []
    answer = [line for line in answer if line not in given]
    return "\n".join([*given, "", "*Write your answer here.*", "", begin, *answer, "", end]).strip()


def _outside_markers(lines: Iterable[str]) -> list[str]:
    kept, inside = [], False
    for line in lines:
        marker = _MARKER.match(line)
        if marker:
            inside = marker.group(2) == "BEGIN"
        elif not inside:
            kept.append(line)
    return kept


def export_nbgrader(slug: str, out: Path, places: Places | None = None) -> Report:
    """Write an exercise as an assignment of nbgrader: ``out/source/<slug>/<slug>.ipynb``.

    `out` is nbgrader's course folder. Each check becomes a test cell that calls our check, so the
    environment in which nbgrader runs notebooks must hold this course; see `foreign`.

    Raises
    ------
    InputError
        If the exercise has mistakes, or the file exists.
    """
    places = places or Places()
    solution = read_solution(slug, places)
    found = checks.collect(places.check_file(slug))
    path = out / "source" / slug / f"{slug}.ipynb"
    must_be_free([path])
    cells: list[NotebookNode] = []
    parts = 0
    for one in cells_without_remarks(solution):
        made = v4.new_markdown_cell(one.source)
        if one.cell_type == "code":
            made = v4.new_code_cell(one.source)
            if _MARKER_LINE.search(one.source):
                parts += 1
                made.metadata["nbgrader"] = _marks(f"solution-{parts}", solution=True)
        cells.append(made)
    for number, criterion in enumerate(solution.about.rubric, start=1):
        made = v4.new_markdown_cell(rubric_text(criterion))
        made.metadata["nbgrader"] = {
            **_marks(f"rubric-{number}", points=criterion.points),
            "locked": True,
            "task": True,
        }
        cells.append(made)
    cells.append(v4.new_markdown_cell("## Marks\n\nLeave the cells below as they are."))
    for check in found:
        call = f"must_pass({slug!r}, {check.name!r})".replace("'", '"')
        lines = [f'"""{check.title}."""', f"from {FOREIGN} import must_pass", "", call]
        if check.visible:
            source = "\n".join(lines)
        else:
            source = "\n".join([HIDDEN_BEGIN, *lines, HIDDEN_END])
        made = v4.new_code_cell(source)
        made.metadata["nbgrader"] = {
            **_marks(f"check-{check.name}", grade=True, points=check.points),
            "locked": True,
        }
        cells.append(made)
    notebook = v4.new_notebook(cells=cells, metadata=PYTHON)
    hidden = sum(not check.visible for check in found)
    carried = [
        f"{parts} cells with a solution, {len(found)} checks as test cells "
        f"({hidden} hidden), {sum(check.points for check in found)} points."
    ]
    return Report(
        write_all({path: nbformat.writes(notebook) + "\n"}),
        carried,
        [*what_no_peer_has(solution), *_RUBRIC_LOSS[: bool(solution.about.rubric)]],
        [
            "Install this course in the environment in which nbgrader runs notebooks.",
            f"Then, in {relative(out)}: `nbgrader generate_assignment {slug}`.",
        ],
    )


def _marks(
    grade_id: str, grade: bool = False, solution: bool = False, points: int | None = None
) -> dict[str, Any]:
    worth = {} if points is None else {"points": points}
    marks = {"grade": grade, "solution": solution, "locked": False, "task": False}
    return {"grade_id": grade_id, "schema_version": SCHEMA, **marks, **worth}
