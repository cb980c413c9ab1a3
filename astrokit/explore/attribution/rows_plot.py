"""A plot with one row for each of some features, the first on top; the one in hand stands out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...plotting.figure import QUIET
from ..chart import new_plot, set_ranges
from .inks import on_axis

ROW_HEIGHT = 34  # pixels
AROUND = 74  # pixels of axis, label and legend


class RowsPlot:
    """A Bokeh plot whose vertical axis names features.

    Parameters
    ----------
    name : str
        Of the plot, for taps and ranges.
    x_label : str
    brush : "" or "xy"
    """

    def __init__(self, name: str, x_label: str, n_rows: int, brush: str = "") -> None:
        from bokeh.models import ColumnDataSource, FixedTicker

        self.plot = new_plot(
            name, y_range=(-0.5, n_rows - 0.5), height=AROUND + ROW_HEIGHT * n_rows, x_label=x_label,
            brush=brush,
        )  # fmt: skip
        self.n_rows = 0
        self.plot.ygrid.visible = False
        self.plot.yaxis[0].ticker = self._ticker = FixedTicker(ticks=[])
        self.plot.yaxis[0].major_tick_line_color = None
        self._hand = ColumnDataSource({"y": []})
        self.plot.hspan("y", source=self._hand, line_color=QUIET, line_alpha=0.16, line_width=ROW_HEIGHT)

    def name_rows(self, names: list[str], x_range: tuple[float, float], hand: int | None) -> None:
        """Name the rows from the top, inside `with chart.changing()`; `hand` is the row that stands out."""
        self.n_rows = len(names)
        ticks = self.y_of(np.arange(len(names)))
        self._ticker.ticks = ticks.tolist()
        self.plot.yaxis[0].major_label_overrides = {
            int(y): on_axis(name) for y, name in zip(ticks, names, strict=True)
        }
        self._hand.data = {"y": [] if hand is None else [float(self.y_of(hand))]}
        set_ranges(self.plot, x_range, (-0.5, max(len(names), 1) - 0.5))

    def y_of(self, rows: Any) -> np.ndarray:
        """Where rows, counted from the top, stand."""
        return self.n_rows - 1 - np.asarray(rows)

    def row_at(self, y: float) -> int | None:
        """The row at a height; None beside all."""
        row = self.n_rows - 1 - round(y)
        return row if 0 <= row < self.n_rows else None


def legend_above(plot: Any) -> Any:
    """Put the legend of a plot above it, in one line."""
    legend = plot.legend[0]
    plot.add_layout(legend, "above")
    legend.update(
        orientation="horizontal",
        background_fill_alpha=0.0,
        border_line_color=None,
        label_text_font_size="11px",
        padding=0,
        margin=0,
        glyph_height=12,
        spacing=10,
    )
    return legend


def padded(low: float, high: float, share: float = 0.04) -> tuple[float, float]:
    """A range with some room at both ends; never empty.

    Examples
    --------
    >>> padded(0.0, 1.0, 0.1), padded(2.0, 2.0)
    ((-0.1, 1.1), (1.5, 2.5))
    """
    if not high > low:
        return low - 0.5, high + 0.5
    return low - share * (high - low), high + share * (high - low)
