"""Co-assignment as a picture: how often sources of two clusters are together again, and how often in none."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...cluster import CoAssignment
from ...plotting.figure import OTHER, QUIET
from ..chart import Chart, new_plot, set_ranges

NAME = "co-assignment"
MOST_SHOWN = 31
MOST_WRITTEN = 12  # clusters up to which the numbers stand in the cells
MOST_LETTERS = 18


class StabilityChart:
    """A matrix of clusters, and a column for the noise; `chart.on_tap` hears of clicks."""

    def __init__(self) -> None:
        from bokeh.models import ColumnDataSource

        self.plot = new_plot(NAME, height=340)
        self.plot.xgrid.visible = self.plot.ygrid.visible = False
        self._cells = ColumnDataSource({name: [] for name in ("x", "y", "colour", "alpha", "text", "ink")})
        self.plot.rect(
            "x",
            "y",
            0.94,
            0.94,
            source=self._cells,
            fill_color="colour",
            fill_alpha="alpha",
            line_color="colour",
            line_alpha=0.35,
            line_width=0.5,
        )
        self.plot.text(
            "x",
            "y",
            "text",
            source=self._cells,
            text_color="ink",
            text_align="center",
            text_baseline="middle",
            text_font_size="10px",
        )
        self.chart = Chart(self.plot, "co-assignment of the clusters")

    def show(self, found: CoAssignment, labels: np.ndarray, names: list[str], alt: str) -> None:
        """Draw clusters `labels` (n_shown,) in this order, each with its name."""
        n = len(labels)
        values = np.column_stack([found.matrix[np.ix_(labels, labels)], found.noise[labels]])
        row, column = np.divmod(np.arange(values.size), n + 1)
        flat = np.nan_to_num(values.ravel())
        with self.chart.changing():
            self._cells.data = {
                "x": column + 0.5,
                "y": n - row - 0.5,  # the first row on top
                "colour": np.where(column == n, QUIET, OTHER),
                "alpha": flat,
                "text": [_written(value) if n <= MOST_WRITTEN else "" for value in flat],
                "ink": np.where(flat > 0.5, "#ffffff", QUIET),
            }
            set_ranges(self.plot, (0.0, n + 1.0), (0.0, float(n)))
            _name_axis(self.plot.xaxis, np.arange(n + 1) + 0.5, [*names, "noise"])
            _name_axis(self.plot.yaxis, n - np.arange(n) - 0.5, names)
        self.chart.alt = alt

    def at(self, x: float, y: float, n: int) -> tuple[int, int] | None:
        """(row, column) of the cell at a place among `n` clusters; column n is the noise."""
        row, column = int(np.floor(n - y)), int(np.floor(x))
        return (row, column) if 0 <= row < n and 0 <= column <= n else None


def _written(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else ""


def _name_axis(axis: Any, places: np.ndarray, names: list[str]) -> None:
    """Names at places, as plain text: a dollar sign in one starts no formula."""
    from bokeh.models import FixedTicker, PlainText

    texts = [name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…" for name in names]
    axis[0].update(
        ticker=FixedTicker(ticks=places.tolist()),
        major_label_overrides={
            place: PlainText(text=text) for place, text in zip(places.tolist(), texts, strict=True)
        },
        major_label_orientation=0.7 if axis[0].dimension == 0 else "horizontal",
    )
