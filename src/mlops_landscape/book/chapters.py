"""The chapters: what `_toc.yml` lists, and what their front matter says."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from mlops_landscape.documents import front_matter, syntax_problem
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import BOOK, EXERCISES, REPOSITORY, SOLUTIONS

TOC = REPOSITORY / "_toc.yml"

# jupyter-cache keys a run by its code cells and its kernelspec. The name that is shown for the
# kernel is the one part of that which nothing else reads, so it carries the key of everything
# else that a chapter depends on (see inputs.py). Same line, so messages keep their line numbers.
_KERNEL_LINE = re.compile(r"^(\s+display_name:)\s*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """One page of the book.

    Attributes
    ----------
    docname
        Path from the repository's root without suffix: ``book/tools/mlflow``.
    text
        The whole file.
    front_matter
        What stands between the two ``---`` lines; empty if there are none.
    """

    docname: str
    text: str
    front_matter: dict[str, Any]

    @property
    def path(self) -> Path:
        """The chapter's file."""
        return REPOSITORY / f"{self.docname}.md"

    @property
    def is_executed(self) -> bool:
        """Whether the page is a notebook, so that the build runs its cells."""
        return is_myst_markdown_notebook(self.text)

    @property
    def tools(self) -> list[str]:
        """Packages whose versions the page's stamp shows, by their name on PyPI."""
        return list(self.front_matter.get("tools", []))

    @property
    def code(self) -> list[str]:
        """Source of each code cell, in order."""
        return [cell.source for cell in self.notebook().cells if cell.cell_type == "code"]

    def notebook(self, inputs: str | None = None) -> nbformat.NotebookNode:
        """Return the chapter as a notebook without outputs.

        Parameters
        ----------
        inputs
            Key of what the chapter depends on beside its own cells; makes jupyter-cache treat a
            chapter whose inputs changed as a new one.
        """
        text = self.text if inputs is None else with_inputs(self.text, inputs)
        return read_myst_markdown_notebook(text, path=str(self.path))


def with_inputs(text: str, inputs: str) -> str:
    """Return a chapter's `text` with the key of its `inputs` in the name of its kernel."""
    return _KERNEL_LINE.sub(rf"\1 \2 (inputs {inputs})", text, count=1)


def read_chapter(docname: str) -> Chapter:
    """Read one page.

    Raises
    ------
    InputError
        If the front matter is not YAML, or lacks what an executed page needs.
    """
    path = REPOSITORY / f"{docname}.md"
    text = path.read_text(encoding="utf-8")
    chapter = Chapter(docname, text, front_matter(path, text))
    if "```{code-cell" in text and not chapter.is_executed:
        raise InputError(
            [
                Problem(
                    path,
                    "front matter",
                    "the page has code cells but is not marked as a notebook, so none would run",
                    "copy the 'jupytext:' and 'kernelspec:' blocks from the top of "
                    "book/landscape.md",
                )
            ]
        )
    if chapter.is_executed:
        _check_notebook_front_matter(chapter)
    return chapter


def _check_notebook_front_matter(chapter: Chapter) -> None:
    problems = []
    if "display_name" not in (chapter.front_matter.get("kernelspec") or {}):
        problems.append(
            Problem(
                chapter.path,
                "front matter, 'kernelspec'",
                "there is no display_name, which carries the key of the page's inputs",
                "add 'display_name: Python 3' below 'kernelspec:', on a line of its own",
            )
        )
    tools = chapter.front_matter.get("tools")
    if not isinstance(tools, list) or not tools or not all(isinstance(t, str) for t in tools):
        problems.append(
            Problem(
                chapter.path,
                "front matter, 'tools'",
                "the page does not say whose versions its stamp shows",
                "add a list of package names, for example 'tools: [mlflow, pandas]'",
            )
        )
    if problems:
        raise InputError(problems)


def docnames() -> list[str]:
    """Return every page of `_toc.yml`, root first, in reading order.

    Raises
    ------
    InputError
        If the table of contents is malformed, names a page that does not exist, names one
        twice, or leaves out a page that lies in the book's folders.
    """
    problems = [*_twice(), *_missing()]
    if problems:
        raise InputError(problems)
    try:
        site_map = parse_toc_yaml(TOC)
    except MalformedError as error:
        raise InputError(
            [Problem(TOC, "", str(error), "compare with the blocks above and below it")]
        ) from None
    except yaml.YAMLError as error:
        raise InputError([syntax_problem(TOC, error)]) from None
    problems = list(_left_out())
    if problems:
        raise InputError(problems)
    return _walk(site_map.as_json(), site_map.root.docname)


def _walk(site_map: dict[str, Any], docname: str) -> list[str]:
    names = [docname]
    for tree in site_map["documents"].get(docname, {}).get("subtrees", []):
        for item in tree["items"]:
            if isinstance(item, str):
                names += _walk(site_map, item)
    return names


def _named_lines() -> Iterator[tuple[int, str]]:
    entry = re.compile(r"^\s*(?:-\s+)?(?:file|root):\s*['\"]?([^'\"#\s]+)")
    for number, line in enumerate(TOC.read_text(encoding="utf-8").splitlines(), start=1):
        match = entry.match(line)
        if match:
            yield number, match[1].removesuffix(".md")


def _twice() -> Iterator[Problem]:
    counts = Counter(name for _, name in _named_lines())
    for name, count in counts.items():
        if count > 1:
            lines = " and ".join(str(number) for number, other in _named_lines() if other == name)
            yield Problem(TOC, f"lines {lines}", f"'{name}' is listed twice", "keep one of them")


def _missing() -> Iterator[Problem]:
    for number, name in _named_lines():
        if not (REPOSITORY / f"{name}.md").is_file():
            yield Problem(
                TOC,
                f"line {number}",
                f"there is no page {name}.md",
                "write the page, or take the line out",
            )


def _left_out() -> Iterator[Problem]:
    names = {name for _, name in _named_lines()}
    for folder in (BOOK, EXERCISES, SOLUTIONS):
        for path in sorted(folder.rglob("*.md")):
            name = path.relative_to(REPOSITORY).with_suffix("").as_posix()
            if name not in names:
                yield Problem(
                    path,
                    "",
                    "the page is not in _toc.yml, so nobody would find it",
                    f"add '- file: {name}' to _toc.yml",
                )


def read_chapters() -> list[Chapter]:
    """Read every page of the book, in reading order.

    Raises
    ------
    InputError
        With the problems of the table of contents, or else of all pages.
    """
    chapters, problems = [], []
    for name in docnames():
        try:
            chapters.append(read_chapter(name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return chapters


def read_notebook(uri: str) -> nbformat.NotebookNode:
    """Read a chapter for jupyter-cache: the plugin ``mlops_chapter`` of ``jcache.readers``."""
    from mlops_landscape.book.inputs import inputs_key

    docname = Path(uri).resolve().relative_to(REPOSITORY).with_suffix("").as_posix()
    chapter = read_chapter(docname)
    return chapter.notebook(inputs_key(chapter))
