"""A Plotly figure on a page of the book: light and dark, any width, without another host."""

from mlops_landscape.figures.figure import Figure, show_figure

__all__ = ["Figure", "show_figure"]
