"""A Bokeh figure in a notebook, without a network."""

from .chart import Chart, Range, Tap
from .style import new_plot, set_ranges

__all__ = ["Chart", "Range", "Tap", "new_plot", "set_ranges"]
