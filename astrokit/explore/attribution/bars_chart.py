"""Bars of means with their intervals: the selection, and below each bar what it is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..chart import Chart
from .inks import HERE, THERE
from .rows_plot import RowsPlot, legend_above, padded
from .summary import Summary

OFFSET, THICKNESS = 0.19, 0.32
TITLES = {
    "importance": "mean absolute Shapley value",
    "mean": "mean Shapley value",
}


class BarsChart:
    """Means of some features as bars from zero."""

    def __init__(self, n_rows: int) -> None:
        self.rows = RowsPlot("bars", TITLES["importance"], n_rows)
        self._sources: dict[str, dict[str, Any]] = {}
        for side, colour in (("here", HERE), ("there", THERE)):
            self._sources[side] = self._draw(side, colour)
        self._legend = legend_above(self.rows.plot)
        self.chart = Chart(self.rows.plot, "bars of the features' importance")

    def show(
        self,
        summary: Summary,
        features: np.ndarray,
        measure: int,
        hand: int,
        words: tuple[str, str],
        unit: str,
    ) -> None:
        """Show the means of some features; `words` name the two sides."""
        sides = {"here": summary.here, "there": summary.there}
        ends = [0.0]
        with self.chart.changing():
            self.rows.n_rows = len(features)
            for sign, (name, side) in zip((1, -1), sides.items(), strict=True):
                bars, whiskers = self._sources[name].values()
                if side is None:
                    bars.data, whiskers.data = _nothing(bars), _nothing(whiskers)
                    continue
                y = self.rows.y_of(np.arange(len(features))) + sign * OFFSET * (summary.there is not None)
                means = side.means[features, measure]
                halves = np.nan_to_num(side.halves[features, measure])
                bars.data = {"y": y, "mean": means}
                whiskers.data = {"y": y, "low": means - halves, "high": means + halves}
                ends += [float((means - halves).min()), float((means + halves).max())]
            names = [summary.names[feature] for feature in features]
            found = np.flatnonzero(features == hand)
            low, high = padded(min(ends), max(ends))
            low = 0.0 if min(ends) == 0 else low
            self.rows.name_rows(names, (low, high), int(found[0]) if len(found) else None)
            self._name_sides(words, summary.there is not None)
            title = TITLES["importance" if measure else "mean"]
            self.rows.plot.xaxis[0].axis_label = f"{title} [{unit}]" if unit else title

    def _name_sides(self, words: tuple[str, str], both: bool) -> None:
        for item, text in zip(self._legend.items, words, strict=True):
            item.label = {"value": text}
        self._legend.items[1].visible = both

    def _draw(self, side: str, colour: str) -> dict[str, Any]:
        from bokeh.models import ColumnDataSource

        bars = ColumnDataSource({"y": [], "mean": []})
        whiskers = ColumnDataSource({"y": [], "low": [], "high": []})
        self.rows.plot.hbar(
            "y", right="mean", left=0, height=THICKNESS, source=bars, fill_color=colour, line_color=None,
            fill_alpha=0.85, legend_label=side,
        )  # fmt: skip
        for line_colour, width in (("white", 3.5), ("#22262b", 1.5)):  # seen on any ground
            self.rows.plot.segment(
                "low", "y", "high", "y", source=whiskers, line_color=line_colour, line_width=width
            )
        return {"bars": bars, "whiskers": whiskers}


def _nothing(source: Any) -> dict[str, list[float]]:
    return {name: [] for name in source.data}
