"""The steps from the base value to the answer as bars that hang from one another."""

from __future__ import annotations

import numpy as np

from ...plotting.figure import QUIET
from ..chart import Chart
from .inks import DOWN, UP
from .rows_plot import RowsPlot, padded
from .waterfall import N_STEPS, Waterfall

THICKNESS = 0.6


class WaterfallChart:
    """A Bokeh chart of one waterfall: base value on top, then the steps, the answer at the bottom."""

    def __init__(self, n_features: int) -> None:
        from bokeh.models import ColumnDataSource

        self.rows = RowsPlot("waterfall", "answer", min(N_STEPS, n_features) + 2)
        plot = self.rows.plot
        self._steps = ColumnDataSource({"y": [], "start": [], "end": [], "colour": []})
        self._links = ColumnDataSource({"x": [], "y0": [], "y1": []})
        self._ends = ColumnDataSource({"x": [], "y": []})
        plot.segment("x", "y0", "x", "y1", source=self._links, line_color=QUIET, line_dash="dotted")
        plot.hbar(
            "y", left="start", right="end", height=THICKNESS, source=self._steps, fill_color="colour",
            line_color=None,
        )  # fmt: skip
        plot.scatter("x", "y", source=self._ends, marker="diamond", size=12, color=QUIET)
        self.chart = Chart(plot, "a waterfall of Shapley values")

    def show(self, steps: Waterfall, names: list[str], *, answer: str, hand: int | None) -> None:
        """Show the steps; `names` of them, the base value first and the answer last."""
        n = len(steps.values)
        ends = steps.starts + steps.values
        with self.chart.changing():
            self.rows.n_rows = n + 2
            y = self.rows.y_of(np.arange(1, n + 1))
            self._steps.data = {
                "y": y,
                "start": steps.starts,
                "end": ends,
                "colour": [UP if value >= 0 else DOWN for value in steps.values],
            }
            x = np.append(steps.starts, steps.answer)
            self._links.data = {"x": x, "y0": np.arange(n + 1, 0, -1.0), "y1": np.arange(n, -1, -1.0)}
            self._ends.data = {"x": [steps.base, steps.answer], "y": [n + 1.0, 0.0]}
            self.rows.name_rows(names, padded(float(x.min()), float(x.max()), 0.06), hand)
            self.rows.plot.xaxis[0].axis_label = answer
