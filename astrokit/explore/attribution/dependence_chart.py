"""Dots of a feature's value and its Shapley value, coloured by another feature."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chart import Chart, new_plot, set_ranges
from .dependence import REACH, Dependence, Dots
from .inks import BETWEEN, HIGH, LOW, THERE, on_axis, tone_colours
from .rows_plot import legend_above, padded
from .scales import TOP_TONE


class DependenceChart:
    """A Bokeh chart of one dependence."""

    def __init__(self) -> None:
        from bokeh.models import ColumnDataSource

        self.plot = new_plot("dependence", height=330)
        self._there = ColumnDataSource({"x": [], "y": []})
        self._here = ColumnDataSource({"x": [], "y": [], "colour": []})
        self.plot.hspan(y=[0], line_color=THERE, line_alpha=0.6)
        self.plot.scatter("x", "y", source=self._there, size=4, color=THERE, alpha=0.45, line_color=None)
        self.plot.scatter("x", "y", source=self._here, size=5, color="colour", alpha=0.8, line_color=None)
        for text, colour in (("low", LOW), ("middle", BETWEEN), ("high", HIGH), ("the others", THERE)):
            self.plot.scatter([np.nan], [np.nan], marker="square", color=colour, size=10, legend_label=text)
        self._legend = legend_above(self.plot)
        self.chart = Chart(self.plot, "how a Shapley value depends on its feature")

    def show(self, found: Dependence, names: list[str], *, other: str, unit: str) -> None:
        """Show a dependence; `other` names the other side."""
        x_range, y_range = _ranges([found.here, *([found.there] if found.there is not None else [])])
        with self.chart.changing():
            colours = tone_colours(TOP_TONE * found.tones)
            self._here.data = {"x": found.here.x, "y": found.here.y, "colour": colours}
            beside = found.there if found.there is not None else Dots(*(np.zeros(0),) * 3)
            self._there.data = {"x": beside.x, "y": beside.y}
            set_ranges(self.plot, x_range, y_range)
            name = on_axis(names[found.feature])
            self.plot.xaxis[0].axis_label = name
            self.plot.yaxis[0].axis_label = f"Shapley value of {name}{f' [{unit}]' if unit else ''}"
            by = "" if found.other is None else f" value of {on_axis(names[found.other])}"
            for item, text in zip(self._legend.items, ("low", "middle", f"high{by}", other), strict=True):
                item.label = {"value": text}
            self._legend.items[3].visible = found.there is not None


def _ranges(sides: list[Dots]) -> tuple[Any, Any]:
    x, y = (np.concatenate(parts) for parts in ([dots.x for dots in sides], [dots.y for dots in sides]))
    x = x[np.isfinite(x)]
    low, high = np.quantile(x, REACH) if len(x) else (0.0, 1.0)
    return padded(float(low), float(high)), padded(float(y.min(initial=0)), float(y.max(initial=0)))
