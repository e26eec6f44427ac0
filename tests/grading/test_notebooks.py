"""Files that are notebooks, and files that only look like one."""

import json
import warnings
from pathlib import Path

import nbformat
import pytest

from mlops_landscape.grading.notebooks import NotANotebook, may_be_notebook, read

LIMIT = 10**6
MYST = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
exercise:
  title: Log a dummy metric
---

# Heading

```{code-cell} ipython3
:tags: [hide]

run_id = "é"
```

```python
not_a_cell = 1
```

```{code-cell} ipython3
check("log-a-dummy-metric")
```
"""


def ipynb(*cells: str, **metadata: object) -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.update(metadata)
    return nbformat.writes(notebook)


def read_text(tmp_path: Path, text: str | bytes, name: str = "work.ipynb") -> object:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(file, LIMIT)


def test_a_myst_notebook(tmp_path: Path) -> None:
    notebook = read_text(tmp_path, MYST, "work.md")
    assert notebook.cells == ('run_id = "é"', 'check("log-a-dummy-metric")')
    assert notebook.title == "Log a dummy metric"
    assert notebook.checked == ["log-a-dummy-metric"]
    assert notebook.notes == ()


def test_an_ipynb(tmp_path: Path) -> None:
    text = ipynb("a = 1\nb = 2", "check('x-y')", "def f(:", exercise={"title": " Mine "})
    notebook = read_text(tmp_path, text)
    assert notebook.cells == ("a = 1\nb = 2", "check('x-y')", "def f(:")
    assert (notebook.title, notebook.checked) == ("Mine", ["x-y"])


def test_faults_of_a_notebook_that_can_be_run_give_no_warnings(tmp_path: Path) -> None:
    data = json.loads(ipynb("a = 1"))
    del data["cells"][0]["id"]
    data["cells"][0]["surplus"] = 1
    data["nbformat_minor"] = 99
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook = read_text(tmp_path, json.dumps(data))
    assert notebook.cells == ("a = 1",)


def test_an_old_format_is_upgraded(tmp_path: Path) -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("a = 1")])]
    )
    notebook = read_text(tmp_path, json.dumps(old))
    assert notebook.cells == ("a = 1",)
    assert "old format 3" in notebook.notes[0]


@pytest.mark.parametrize("name", ["work.md", "work.ipynb"])
@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("latin-1", "Latin-1"),
    ],
)
def test_encodings(tmp_path: Path, name: str, encoding: str, note: str) -> None:
    text = MYST if name.endswith(".md") else ipynb('run_id = "é"')
    notebook = read_text(tmp_path, text.encode(encoding), name)
    assert notebook.cells[0] == 'run_id = "é"'
    assert note in "".join(notebook.notes)
    assert bool(note) == bool(notebook.notes)


def test_line_ends_of_windows(tmp_path: Path) -> None:
    notebook = read_text(tmp_path, MYST.replace("\n", "\r\n"), "work.md")
    assert notebook.cells[0] == 'run_id = "é"'


NO_NOTEBOOKS = [
    (b"", "empty"),
    (b" \n\n", "empty"),
    (b"%PDF-1.7 ...", "a PDF"),
    (b"PK\x03\x04rest", "office"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"\x1f\x8b\x08", "packed"),
    (b"print('hello')", "it is text and no notebook"),
    (b"<!DOCTYPE html><p>Sign in</p>", "a web page"),
    (b'{"a": 1}', "JSON but no notebook"),
    (b"[]", "JSON but no notebook"),
    (b'{"cells": [], "nbformat": "4"}', "JSON but no notebook"),
    (b'{"cells": [], "nbformat": 4, "metadata": {}}', "no code cells"),
    (b'{"cells": 3, "nbformat": 4}', "lacks what a notebook needs"),
    (b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', "lacks what a notebook needs"),
    (b'{"cells": [3], "nbformat": 4}', "lacks what a notebook needs"),
    (b'{"nbformat": 4}', "lacks what a notebook needs"),
    (b'{"cells": [], "nbformat": 9}', "format 9"),
    (b"[" * 100_000, "cannot be read"),
    (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "cannot be read"),
    (b'{"nbformat": ' + b"9" * 5_000 + b"}", "cannot be read"),
    (MYST.encode("utf-16-le"), "encoding that can be told"),
    (bytes(range(256)), "encoding that can be told"),
    (b"\xff\xfe\x00", "encoding that can be told"),
]


@pytest.mark.parametrize(("content", "says"), NO_NOTEBOOKS, ids=range(len(NO_NOTEBOOKS)))
def test_what_is_no_notebook(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(NotANotebook, match=says) as caught:
        read_text(tmp_path, content)
    assert ";" in str(caught.value) or "nobody" in str(caught.value)  # what to do about it


def test_a_truncated_notebook_names_the_place(tmp_path: Path) -> None:
    text = ipynb("a = 1", "b = 2")
    with pytest.raises(NotANotebook, match=r"not whole.*line \d+"):
        read_text(tmp_path, text[: len(text) // 2])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\njupytext: 1\n", "never ends"),
        ("---\njupytext: [\n---\n```{code-cell}\n1\n```\n", "not valid YAML"),
        ("```{code-cell}\n---\na: [\n---\n1\n```\n", "Jupytext cannot read it"),
        ("```{code-cell}\n---\na: *nothing\n---\n1\n```\n", "Jupytext cannot read it"),
        ("---\njupytext: 1\n---\nOnly text.\n", "no code cells"),
        (">" * 5_000 + "{code-cell}", "no code cells|cannot read"),
    ],
)
def test_what_is_no_myst_notebook(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(NotANotebook, match=says):
        read_text(tmp_path, text, "work.md")


def test_a_huge_notebook(tmp_path: Path) -> None:
    with pytest.raises(NotANotebook, match="2 MB, more than the 1 MB"):
        read_text(tmp_path, ipynb("#" * 2_000_000))
    file = tmp_path / "work.md"
    file.write_text(MYST + " " * 3_000_000)
    with pytest.raises(NotANotebook, match="3 MB, more than the 2 MB"):
        read(file, 10**9)


def test_which_files_mean_to_be_notebooks(tmp_path: Path) -> None:
    for name, content, expected in [
        ("a.ipynb", b"", True),
        ("a.md", MYST.encode(), True),
        ("b.md", MYST.encode("utf-16"), True),
        ("README.md", b"# About my work", False),
        ("a.py", b"", False),
    ]:
        (tmp_path / name).write_bytes(content)
        assert may_be_notebook(tmp_path / name, name) is expected
