"""The landscape: all tools of the catalogue on one map."""

from mlops_landscape.landscape.figure import landscape_figure
from mlops_landscape.landscape.page import Landscape, show_landscape

__all__ = ["Landscape", "landscape_figure", "show_landscape"]
