"""The beeswarm as a Bokeh chart in which a range can be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...plotting.figure import QUIET
from ..chart import Chart
from .inks import BETWEEN, HIGH, LOW, THERE, tone_colours
from .rows_plot import RowsPlot, legend_above, padded
from .swarm import Columns, Swarm

LABEL = "Shapley value"
OWN_SCALE = "each row from its lowest to its highest value"


class SwarmChart:
    """Columns of counts, a row for each feature."""

    def __init__(self, n_rows: int) -> None:
        from bokeh.models import ColumnDataSource

        self.rows = RowsPlot("beeswarm", LABEL, n_rows, brush="xy")
        fields: dict[str, Any] = {"left": [], "right": [], "top": [], "bottom": [], "colour": []}
        self._here, self._there = ColumnDataSource(fields), ColumnDataSource(dict(fields))
        self._zeros = ColumnDataSource({"x": [], "low": [], "high": []})
        plot = self.rows.plot
        plot.segment("x", "low", "x", "high", source=self._zeros, line_color=QUIET, line_alpha=0.8)
        for source in (self._here, self._there):
            plot.quad(
                left="left", right="right", top="top", bottom="bottom", source=source, fill_color="colour",
                line_color="colour", line_width=1,  # bins that are narrow on the scale of others are seen too
            )  # fmt: skip
        for text, colour in (
            ("low", LOW), ("middle", BETWEEN), ("high value of the feature", HIGH), ("the others", THERE),
        ):  # fmt: skip
            plot.scatter([np.nan], [np.nan], marker="square", color=colour, size=10, legend_label=text)
        self._legend = legend_above(plot)
        self._swarm: Swarm | None = None
        self._own_scale = False
        self.chart = Chart(plot, "a beeswarm of Shapley values")

    def show(
        self, swarm: Swarm, names: list[str], hand: int | None, *, other: str, own_scale: bool, unit: str
    ) -> None:
        """Show some columns; `other` names the other side."""
        self._swarm, self._own_scale = swarm, own_scale
        with self.chart.changing():
            self.rows.n_rows = len(names)
            self._here.data = self._boxes(swarm.here, 1, tone_colours(swarm.here.tone))
            if swarm.there is None:
                self._there.data = {name: [] for name in self._here.data}
            else:
                self._there.data = self._boxes(swarm.there, -1, [THERE] * len(swarm.there.row))
            rows = np.arange(len(names))
            y = self.rows.y_of(rows)
            zero = self._place(np.zeros(len(names)), rows)
            seen = (swarm.low <= 0) & (swarm.high >= 0) if own_scale else rows >= 0
            self._zeros.data = {"x": zero[seen], "low": y[seen] - 0.5, "high": y[seen] + 0.5}
            x_range = (0.0, 1.0) if own_scale else (float(swarm.low.min()), float(swarm.high.max()))
            self.rows.name_rows(names, padded(*x_range, 0.02), hand)
            axis = self.rows.plot.xaxis[0]
            axis.axis_label = OWN_SCALE if own_scale else f"{LABEL} [{unit}]" if unit else LABEL
            axis.major_label_text_font_size = "0px" if own_scale else "11px"
            self._legend.items[3].label = {"value": other}
            self._legend.items[3].visible = swarm.there is not None

    def values_at(self, row: int, x0: float, x1: float) -> tuple[float, float]:
        """The Shapley values of a row at two places of the horizontal axis."""
        if self._swarm is None or not self._own_scale:
            return x0, x1
        low, width = self._swarm.low[row], self._swarm.high[row] - self._swarm.low[row]
        return float(low + x0 * width), float(low + x1 * width)

    def _boxes(self, columns: Columns, sign: int, colours: list[str]) -> dict[str, Any]:
        y = self.rows.y_of(columns.row)
        ends = y + sign * columns.height
        return {
            "left": self._place(columns.left, columns.row),
            "right": self._place(columns.right, columns.row),
            "top": np.maximum(y, ends),
            "bottom": np.minimum(y, ends),
            "colour": colours,
        }

    def _place(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        if not self._own_scale or self._swarm is None:
            return values
        return (values - self._swarm.low[rows]) / (self._swarm.high - self._swarm.low)[rows]
