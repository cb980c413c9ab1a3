"""The picture of an attribution explorer where no kernel lives: map, beeswarm, bars with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting.figure import INK, QUIET, new_figure, plain
from ..map.picture import draw_on
from .inks import HERE, MOST_LETTERS, THERE, tone_colours
from .scene import AttributionScene
from .summary import IMPORTANCE, Summary
from .swarm import Columns, swarm_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(scene: AttributionScene) -> Figure:
    """Map on the left, the beeswarm of its features in the middle, their importance on the right."""
    figure, (on_map, swarm, bars) = new_figure(13.6, 4.2, ncols=3, width_ratios=[1, 1.15, 0.7])
    draw_on(on_map, scene.map)
    on_map.set_xticks([])
    on_map.set_yticks([])
    if scene.summary is None:
        for axes in (swarm, bars):
            axes.set_axis_off()
        return figure
    features = scene.features_shown()
    names = [plain(scene.names[feature][:MOST_LETTERS]) for feature in features]
    _draw_swarm(swarm, scene, scene.summary, features)
    _draw_bars(bars, scene, scene.summary, features)
    swarm.set_yticks(_places(features), names)
    bars.set_yticks(_places(features), [""] * len(names))
    for axes in (swarm, bars):
        axes.set_ylim(-0.6, len(features) - 0.4)
        axes.grid(False, axis="y")
        axes.tick_params(axis="y", length=0, labelsize=8)
    return figure


def describe(scene: AttributionScene) -> str:
    """The same in words."""
    if scene.summary is None:
        return f"{scene.map.alt} Its attribution is not summed up yet."
    features = scene.features_shown()
    first = ", ".join(scene.names[feature] for feature in features[:3])
    of = f" for {scene.output}" if scene.output else ""
    return (
        f"{scene.map.alt} Beside it a beeswarm of the Shapley values{of} and bars of their mean absolute "
        f"value with intervals: {first} lead. {scene.words()}"
    )


def _places(features: np.ndarray) -> np.ndarray:
    return np.arange(len(features))[::-1]


def _draw_swarm(axes: Any, scene: AttributionScene, summary: Summary, features: np.ndarray) -> None:
    swarm = swarm_of(summary, features, np.stack([scene.edges(feature) for feature in features]))
    axes.axvline(0, color=QUIET, lw=0.6)
    _draw_columns(axes, swarm.here, 1, tone_colours(swarm.here.tone), len(features))
    if swarm.there is not None:
        _draw_columns(axes, swarm.there, -1, THERE, len(features))
    unit = scene.attribution.unit
    axes.set_xlabel(plain(f"Shapley value{f' [{unit}]' if unit else ''}"), fontsize=9)
    below = f"; below, grey: {scene.other or 'not selected'}" if swarm.there is not None else ""
    above = "selected" if len(scene.selection) else "all"
    axes.set_title(
        plain(f"above: {above}, from low (blue) to high (orange){below}"), fontsize=8, loc="left", color=INK
    )


def _draw_columns(axes: Any, columns: Columns, sign: int, colours: Any, n_rows: int) -> None:
    axes.bar(
        columns.left,
        sign * columns.height,
        columns.right - columns.left,
        n_rows - 1 - columns.row,
        align="edge",
        color=colours,
        linewidth=0,
    )


def _draw_bars(axes: Any, scene: AttributionScene, summary: Summary, features: np.ndarray) -> None:
    sides = [(summary.here, HERE, "selected" if len(scene.selection) else "all")]
    if summary.there is not None:
        sides.append((summary.there, THERE, scene.other or "not selected"))
    for k, (side, colour, name) in enumerate(sides):
        offset = 0.0 if len(sides) == 1 else 0.2 - 0.4 * k
        means, halves = side.means[features, IMPORTANCE], np.nan_to_num(side.halves[features, IMPORTANCE])
        axes.barh(
            _places(features) + offset, means, 0.36, xerr=halves, color=colour, ecolor=INK, label=plain(name),
            error_kw={"lw": 1},
        )  # fmt: skip
    axes.set_xlabel("mean absolute value", fontsize=9)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
