"""The sliders with a live kernel: in a real JupyterLab the weights arrive in Python."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

NOTEBOOK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

```{code-cell} ipython3
from mlops_landscape.weighing import weighing

w = weighing()
w
```

```{code-cell} ipython3
print("lock-in", w.weights.get("lock-in"), w.verdict, w.balance)
```
"""

PATIENCE = 90_000
"""Milliseconds for what waits for a kernel on a busy machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that JupyterLab shows."""
    work = tmp_path_factory.mktemp("work")
    (work / "weighing.md").write_text(NOTEBOOK)
    return work


def test_the_weights_arrive_in_python_and_keys_stay_in_the_sliders(
    run_notebook: Callable[[str], Page],
) -> None:
    page = run_notebook("weighing")
    slider = page.locator(".mlw input[data-aspect=lock-in]")
    printed = page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    expect(printed).to_contain_text("lock-in", timeout=PATIENCE)
    expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE)
    cells = page.locator(".jp-Cell").count()

    slider.focus()
    for key in ("a", "b", "d", "d", "x", "End"):
        page.keyboard.press(key)
    page.locator(".jp-CodeCell .jp-InputArea-editor").last.click()
    page.keyboard.press("Control+Enter")

    expect(printed).to_contain_text("lock-in 5 leans to managed 0.125", timeout=PATIENCE)
    expect(page.locator(".jp-Cell")).to_have_count(cells)
