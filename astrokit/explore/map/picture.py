"""The map without a browser, as a matplotlib figure of the present view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting.figure import INK, QUIET, new_figure, plain
from .layout import (
    DPI,
    HEIGHT,
    SCALE,
    WIDTH,
    Lines,
    classes_of,
    columns_of,
    labels_in_view,
    marks_of,
    name_of_scale,
    place_of_plot,
    start_of_scale,
    title_of,
)
from .palette import category_colours
from .shading import CELLS, colours_of, shade

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..index import Frame
    from .widget import LatentMap


def draw(map: LatentMap) -> Figure:
    """The present view as a figure of 640 * 480 pixels."""
    figure, axes = new_figure(WIDTH / DPI, HEIGHT / DPI)
    figure.set_layout_engine("none")  # places are known: finding them would take longer than all the rest
    axes.set_position(place_of_plot(map))
    draw_on(axes, map, scale=figure.add_axes(SCALE))
    return figure


def draw_on(axes: Any, map: LatentMap, *, scale: Any = None) -> None:
    """The present view on some axes of a figure, and its scale of colours on `scale`; None leaves it out."""
    frame = map.frame(*CELLS)
    axes.imshow(
        shade(map, frame), extent=frame.extent, origin="lower", aspect="auto", interpolation="antialiased"
    )
    window = map.window
    axes.set(xlim=window[:2], ylim=window[2:])
    axes.grid(False)
    if map.title:
        title, size = title_of(map)
        axes.set_title(plain(title), loc="left", fontsize=10 * size, color=INK)
    if names := classes_of(map):
        _name_classes(axes, map.colour_by, names)
    if scale is not None:
        _draw_scale(scale, map, frame)
    _write_labels(axes, labels_in_view(map))


def _name_classes(axes: Any, channel: str, names: list[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="s", linestyle="", color=colour, label=plain(name))
        for colour, name in zip(category_colours(), names, strict=False)
    ]
    axes.legend(
        handles=handles,
        title=plain(channel),
        fontsize=7,
        title_fontsize=7.5,
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        ncols=columns_of(names),
        handletextpad=0.2,
    )


def _draw_scale(scale: Any, map: LatentMap, frame: Frame) -> None:
    """A scale with counts, or with values, on it; nothing where classes are named."""
    if classes_of(map):
        scale.set_axis_off()
        return
    colours = colours_of(map.colour_map, np.linspace(0, 1, 256))
    scale.imshow(colours[:, None], extent=(0, 1, 0, 1), origin="lower", aspect="auto")
    marks = marks_of(map, frame)
    scale.set_yticks([place for place, _ in marks], [text for _, text in marks])
    scale.yaxis.tick_right()
    scale.set_xticks([])
    scale.set_ylim(start_of_scale(map, frame), 1.0)
    scale.spines[:].set_visible(False)
    scale.tick_params(labelsize=8, colors=INK, length=2)
    scale.yaxis.set_label_position("right")
    scale.set_ylabel(plain(name_of_scale(map)), fontsize=8, color=QUIET)


def _write_labels(axes: Any, labels: list[Any]) -> None:
    from matplotlib.patheffects import withStroke

    lines, halo = Lines(), [withStroke(linewidth=2.5, foreground="white")]
    for label in labels:
        u, v = axes.transAxes.inverted().transform(axes.transData.transform((label.x, label.y)))
        axes.text(
            u,
            lines.place(label.text, u, v),
            plain(label.text),
            transform=axes.transAxes,
            fontsize=8,
            weight="bold",
            color=INK,
            ha="center",
            va="center",
            path_effects=halo,
        )
