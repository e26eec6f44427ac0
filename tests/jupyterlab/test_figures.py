"""The figures of the book with a live kernel: the same cells show them in a real JupyterLab."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.catalogue import load_catalogue

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
from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.landscape import show_landscape

catalogue = load_catalogue()
show_landscape(catalogue)
```

```{code-cell} ipython3
from mlops_landscape.history import show_timeline

show_timeline(catalogue)
```
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that JupyterLab shows."""
    work = tmp_path_factory.mktemp("work")
    (work / "figures.md").write_text(NOTEBOOK)
    return work


def test_the_map_and_the_timeline_are_drawn(run_notebook: Callable[[str], Page]) -> None:
    page = run_notebook("figures")
    plots = page.locator(".jp-RenderedPlotly.js-plotly-plot")
    expect(plots).to_have_count(2, timeout=90_000)
    catalogue = load_catalogue()
    boxes = sum(len(tool.categories) for tool in catalogue.tools)
    # A box that is source available also has its stripe.
    assert plots.first.locator(".barlayer g.point").count() >= boxes
    assert plots.first.locator("text").get_by_text("scikit-learn", exact=True).count() == 1
    events = sum(len(tool.events) for tool in catalogue.tools)
    assert plots.last.locator(".scatterlayer path.point").count() == events
