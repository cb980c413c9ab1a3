"""The picture of a decoded observation: its band, the one before, and the nearest sources as seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...plotting.figure import MEMBER, OTHER, QUIET
from ..chart import Chart, new_plot, set_ranges
from .decoding import Decoded

NOTHING: dict[str, Any] = {"x": [], "y": []}
BULK = (0.05, 0.95)  # of an observation's values, that must be seen
LEAST_SHARE = 0.3  # of the height, that curves fill


class DecoderChart:
    """A Bokeh chart of decoded observations.

    Parameters
    ----------
    x : (n_out,)
    labels : (str, str)
        Of the axes.
    y_range : (low, high)
        Kept while curves fit in and fill some of it, so that they are compared on one scale.
    """

    def __init__(self, x: np.ndarray, labels: tuple[str, str], y_range: tuple[float, float]) -> None:
        from bokeh.models import ColumnDataSource

        self.x, self.labels, self._y_range = x, labels, y_range
        ends = float(np.min(x)), float(np.max(x))
        self._plot = new_plot(
            "decoded", x_range=ends, y_range=y_range, x_label=labels[0], y_label=labels[1], height=260
        )
        self._band = ColumnDataSource({"x": x, "low": np.zeros(len(x)), "high": np.zeros(len(x))})
        self._lines = {name: ColumnDataSource(NOTHING) for name in ("before", "decoded")}
        self._seen = ColumnDataSource({"xs": [], "ys": []})
        self._draw()
        self.chart = Chart(self._plot, "the decoded observation")

    def show(self, decoded: Decoded, before: Decoded | None, seen: list[np.ndarray], alt: str) -> None:
        """Show a decoded observation, the one before, and observations (n_out,) of real sources."""
        half = decoded.half if decoded.half is not None else 0.0
        with self.chart.changing():
            self._band.data = {"x": self.x, "low": decoded.mean - half, "high": decoded.mean + half}
            self._lines["decoded"].data = {"x": self.x, "y": decoded.mean}
            self._lines["before"].data = {"x": self.x, "y": before.mean} if before else NOTHING
            self._seen.data = {"xs": [self.x] * len(seen), "ys": seen}
            self._fit([decoded.mean - half, decoded.mean + half], seen)
        self.chart.alt = alt

    def _fit(self, decoded: list[np.ndarray], seen: list[np.ndarray]) -> None:
        """Take another range where the decoded curves leave it, or fill little of it.

        Of observations the noisiest tenth may lie outside: it would press the curves flat.
        """
        bulk = [np.nanquantile(each, BULK) for each in seen if np.isfinite(each).any()]
        values = np.concatenate([*decoded, *bulk])
        values = values[np.isfinite(values)]
        low, high = self._y_range
        if len(values) == 0:
            return
        needed_low, needed_high = float(values.min()), float(values.max())
        inside = low <= needed_low and needed_high <= high
        if inside and needed_high - needed_low > LEAST_SHARE * (high - low):
            return
        margin = 0.06 * (needed_high - needed_low) or 1.0
        self._y_range = needed_low - margin, needed_high + margin
        set_ranges(self._plot, (self._plot.x_range.start, self._plot.x_range.end), self._y_range)

    def _draw(self) -> None:
        plot = self._plot
        plot.varea(
            "x",
            "low",
            "high",
            source=self._band,
            fill_color=OTHER,
            fill_alpha=0.2,
        )
        plot.multi_line(
            "xs",
            "ys",
            source=self._seen,
            line_color=MEMBER,
            line_alpha=0.55,
            line_width=1,
            legend_label="nearest sources",
        )
        plot.line(
            "x",
            "y",
            source=self._lines["before"],
            line_color=QUIET,
            line_dash="dashed",
            line_width=1.5,
            legend_label="before",
        )
        plot.line(
            "x", "y", source=self._lines["decoded"], line_color=OTHER, line_width=2, legend_label="decoded"
        )
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
        )
