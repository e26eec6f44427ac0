"""A Plotly figure as a page of the book needs it, and as JupyterLab shows it."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

ASSETS = "vendor/plotly-basic.min.js figure.js figure.css"


@dataclass(frozen=True)
class Figure:
    """What a cell shows: the figure drawn by the page's own Plotly, or by JupyterLab's.

    Parameters
    ----------
    figure
        Only trace types of Plotly's basic bundle (scatter, bar, pie) are drawn on a page. Where
        the first entry of a point's ``customdata`` is an address, a click on the point opens it.
    description
        What it shows, in a sentence or two, for those who do not see it.
    """

    figure: go.Figure
    description: str

    @property
    def html(self) -> str:
        """The piece of HTML; the page must load the files of ``data-page-assets``."""
        # Cannot end the script element it stands in.
        data = self.figure.to_json().replace("</", "<\\/").replace("<!--", "<\\!--")
        height = self.figure.layout.height or 450
        return (
            f'<div class="book-figure" data-page-assets="{ASSETS}">'
            f'<div class="book-figure-plot" role="img" aria-label="{escape(self.description)}" '
            f'style="min-height: {height}px"></div>'
            f'<script type="application/json">{data}</script></div>'
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return both forms; Jupyter and MyST-NB take the richest that they can show."""
        return {
            "text/html": self.html,
            "application/vnd.plotly.v1+json": json.loads(self.figure.to_json()),
            "text/plain": self.description,
        }


def show_figure(figure: go.Figure, description: str) -> Figure:
    """Return `figure` to stand last in a cell; see :class:`Figure`."""
    return Figure(figure, description)
