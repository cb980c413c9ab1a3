"""How all charts of the explorers look."""

from __future__ import annotations

from typing import Any


def new_plot(
    name: str,
    *,
    x_range: tuple[float, float] = (0.0, 1.0),
    y_range: tuple[float, float] = (0.0, 1.0),
    height: int = 260,
    title: str = "",
    x_label: str = "",
    y_label: str = "",
    brush: str = "",
) -> Any:
    """A Bokeh figure as wide as there is room, with ranges of its own: an empty one is no error in the
    browser.

    Parameters
    ----------
    name : str
        What `Tap.plot` and `Range.plot` say.
    x_range, y_range : (low, high)
    height : int, pixels
    title, x_label, y_label : str
    brush : "", "x" or "xy"
        Whether a range, or a box, can be drawn.

    Examples
    --------
    >>> new_plot("bars", x_range=(0, 3)).x_range.end
    3
    """
    from bokeh.models import BoxSelectTool, Range1d
    from bokeh.plotting import figure

    plot: Any = figure(
        name=name,
        height=height,
        sizing_mode="stretch_width",
        tools="",
        toolbar_location=None,
        x_range=Range1d(start=x_range[0], end=x_range[1]),
        y_range=Range1d(start=y_range[0], end=y_range[1]),
        title=title,
        x_axis_label=x_label or None,
        y_axis_label=y_label or None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border=8,
    )
    plot.title.text_font_size = "12px"
    for axis in plot.axis:
        axis.minor_tick_line_color = None
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font_size = axis.axis_label_text_font_size = "11px"
    if brush:
        plot.add_tools(BoxSelectTool(dimensions="width" if brush == "x" else "both"))
    return plot


def set_ranges(plot: Any, x_range: tuple[float, float], y_range: tuple[float, float] | None = None) -> None:
    """Set the ranges of a plot from `new_plot`, inside `with chart.changing()`."""
    plot.x_range.update(start=x_range[0], end=x_range[1])
    if y_range is not None:
        plot.y_range.update(start=y_range[0], end=y_range[1])
