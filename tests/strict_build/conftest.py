"""A small book of its own to break: a checkout in a temporary folder, built for real."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_landscape.paths import NODE_MODULES, REPOSITORY

NOTEBOOK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
tools: [{tools}]
---

# {title}

{body}
"""

TOC = """format: jb-book
root: book/index
chapters:
  - file: book/first
  - file: book/second
"""


CHANGES = """changes:
  - id: old
    tool: pandas
    old: DataFrame.append
    since: pandas 2.0.0
    date: "2023-04-03"
    how: error
    shows: the answer is 42
    new: pandas.concat
    chapter: first
    anchor: page-first
    unconfirmed: a pair for this small book
"""


def cell(code: str) -> str:
    """Return a code cell as it stands in a chapter."""
    return f"```{{code-cell}} ipython3\n{code}\n```\n"


class Checkout:
    """A copy of this repository with a book of three pages.

    Attributes
    ----------
    root
        Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        for name in ("src", "catalogue"):
            shutil.copytree(REPOSITORY / name, root / name, ignore=ignored)
        for name in ("_config.yml", "requirements.txt", "package-lock.json"):
            shutil.copyfile(REPOSITORY / name, root / name)
        (root / "node_modules").symlink_to(NODE_MODULES)
        for name in ("exercises", "solutions", "tests/exercises", "book/_static", "book/tools"):
            (root / name).mkdir(parents=True)
        for path in (REPOSITORY / "book" / "_static").iterdir():
            shutil.copyfile(path, root / "book" / "_static" / path.name)
        # The catalogue's tools lead to chapters, which this book lacks.
        tools = root / "catalogue" / "tools.yml"
        lines = tools.read_text().splitlines()
        kept = [line for line in lines if not line.strip().startswith("chapter:")]
        tools.write_text("\n".join(kept) + "\n")
        (root / "catalogue" / "changes.yml").write_text(CHANGES)
        (root / "_toc.yml").write_text(TOC)
        (root / "book" / "index.md").write_text("# A small book\n\nTwo pages follow.\n")
        self.write("first", cell("print('the answer is', 6 * 7)"))
        self.write("second", cell("print('the other answer is', 2 + 3)"))

    def write(self, name: str, body: str, tools: str = "pandas") -> Path:
        """Write page `name` as a notebook with the given `body`; return its file."""
        path = self.root / "book" / f"{name}.md"
        path.write_text(NOTEBOOK.format(title=f"Page {name}", body=body, tools=tools))
        return path

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``mlops-landscape`` in this checkout; return what it printed, and its exit code."""
        return subprocess.run(
            [sys.executable, "-m", "mlops_landscape.cli", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "src"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )

    def build(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Build this book, with variables added to the environment."""
        return self.command("build", **environment)

    def html(self, name: str) -> str:
        """Return the built HTML of page `name`."""
        return (self.root / "_build" / "html" / "book" / f"{name}.html").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a small book that builds; each test breaks it in its own way."""
    return Checkout(tmp_path / "course")
