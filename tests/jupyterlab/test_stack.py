"""The stack builder with a live kernel: in a real JupyterLab the choice arrives in Python."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.stack import load_stacks

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
from mlops_landscape.stack import stack_builder

builder = stack_builder("one-laptop")
builder
```

```{code-cell} ipython3
print("picks", len(builder.picks), builder.picks.get("governance/fairness"))
print("constraints", builder.constraints)
builder.address = "stack=v1;training/tuning:optuna"
```
"""

PATIENCE = 90_000
"""Milliseconds for what waits for a kernel on a busy machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that JupyterLab shows."""
    work = tmp_path_factory.mktemp("work")
    (work / "stack.md").write_text(NOTEBOOK)
    return work


def test_the_choice_arrives_in_python_and_comes_back(
    run_notebook: Callable[[str], Page],
) -> None:
    stack = load_stacks(load_catalogue()).stack("one-laptop")
    assert stack
    page = run_notebook("stack")
    form = page.locator(".mls")
    printed = page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    # The last cell sets the address, and the form shows that choice.
    expect(printed).to_contain_text("picks", timeout=PATIENCE)
    set_by_python = "stack=v1;training/tuning:optuna"
    expect(form).to_have_attribute("data-address", set_by_python, timeout=PATIENCE)
    expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE)
    address = page.url

    form.get_by_role("button", name=f"Load the stack {stack.name}").click()
    form.locator("[data-constraint=team]").select_option("small")
    form.locator("input[data-tool=fairlearn]").check()
    assert page.url == address, "JupyterLab's own address is left alone"
    # What are shortcuts of JupyterLab does nothing to the cells while a control has the focus.
    cells = page.locator(".jp-Cell").count()
    for key in ("a", "b", "d", "d"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Cell")).to_have_count(cells)
    page.locator(".jp-CodeCell .jp-InputArea-editor").last.click()
    page.keyboard.press("Control+Enter")

    jobs = {pick.job for pick in stack.picks} | {"governance/fairness"}
    expect(printed).to_contain_text(f"picks {len(jobs)} ['fairlearn']", timeout=PATIENCE)
    expect(printed).to_contain_text("'team:small'")
    expect(form).to_have_attribute("data-address", set_by_python)
