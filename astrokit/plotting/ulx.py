"""Figures of ultraluminous X-ray sources: light curves, the hardness-luminosity plane, rankings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

N_RANKED = 30  # sources shown in a ranking


def light_curves(points: pd.DataFrame, limits: pd.DataFrame, names: list[str]) -> Figure:
    """Luminosity against time for a few sources; upper limits are arrows that point down.

    Parameters
    ----------
    points, limits : DataFrame
        `source`, `mjd`, `log_luminosity`, `log_luminosity_error`, `known_pulsar`.
    names : list of str
        One panel a source.
    """
    figure, grid = new_figure(9, 2.1 * len(names), nrows=len(names), sharex=True, squeeze=False)
    for axes, name in zip(grid[:, 0], names, strict=True):
        mine, below = points[points["source"] == name], limits[limits["source"] == name]
        pulsar = bool(mine["known_pulsar"].any())
        colour = MEMBER if pulsar else OTHER
        axes.errorbar(
            mine["mjd"],
            mine["log_luminosity"],
            mine["log_luminosity_error"],
            fmt="o",
            ms=3,
            lw=0.8,
            color=colour,
        )
        axes.scatter(
            below["mjd"], below["log_luminosity"], marker=r"$\downarrow$", s=45, color=QUIET, zorder=3
        )
        kind = "known pulsar" if pulsar else "not known to pulsate"
        title = f"{plain(name)}: {kind}, {len(mine)} detections, {len(below)} upper limits"
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_ylabel("log L (erg/s)")
    grid[-1, 0].set_xlabel("time (MJD)")
    return figure


def variability_ranking(sources: pd.DataFrame) -> Figure:
    """Sources ranked by variability: a hollow dot where limits are dropped, a full one where they count.

    Parameters
    ----------
    sources : DataFrame indexed by source
        `scatter_dex`, `scatter_detections_dex`, `known_pulsar`; the most variable ones are shown.
    """
    figure, axes = new_figure(7, 1 + 0.21 * min(len(sources), N_RANKED))
    _draw_ranking(axes, sources)
    return figure


def portrait(points: pd.DataFrame, scores: np.ndarray, sources: pd.DataFrame, title: str) -> Figure:
    """The two views that belong together: where the observations lie, and which sources vanish.

    Parameters
    ----------
    points : DataFrame, a row an observation
        `log_luminosity`, `hardness`, `known_pulsar`.
    scores : (n_samples,)
        In [0, 1]: the colour of an observation.
    sources : DataFrame
        As in `variability_ranking`.
    """
    figure, (plane, ranking) = new_figure(12.5, 5.6, ncols=2, width_ratios=(1.25, 1))
    dots = _draw_plane(plane, points, scores)
    figure.colorbar(dots, ax=plane, label="score: membership of the pulsars' cluster", pad=0.01)
    _draw_ranking(ranking, sources)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, color=INK)
    return figure


def _draw_plane(axes: Axes, points: pd.DataFrame, scores: np.ndarray) -> PathCollection:
    pulsar = points["known_pulsar"].to_numpy(bool)
    x, y = points["hardness"].to_numpy(), points["log_luminosity"].to_numpy()
    dots = axes.scatter(x, y, c=scores, s=9, cmap="cividis", vmin=0, vmax=1, alpha=0.65, linewidths=0)
    axes.scatter(
        x[pulsar],
        y[pulsar],
        s=16,
        facecolors="none",
        edgecolors=MEMBER,
        linewidths=0.6,
        label="known pulsars",
    )
    axes.set(xlabel="hardness (H - S) / (H + S)", ylabel="luminosity (log erg/s)")
    axes.legend(loc="lower left", fontsize=9, frameon=False)
    return dots


def _draw_ranking(axes: Axes, sources: pd.DataFrame) -> None:
    shown = sources.sort_values("scatter_dex").tail(N_RANKED)
    place = np.arange(len(shown))
    colours = [MEMBER if known else OTHER for known in shown["known_pulsar"]]
    with_limits, without = shown["scatter_dex"], shown["scatter_detections_dex"]
    axes.hlines(place, without, with_limits, color=colours, linewidth=1.2, alpha=0.6)
    axes.scatter(
        without, place, s=26, facecolors="white", edgecolors=colours, zorder=3, label="limits dropped"
    )
    axes.scatter(with_limits, place, s=30, color=colours, zorder=3, label="limits used")
    axes.set_xscale("log")
    axes.set_yticks(place, [plain(name) for name in shown.index], fontsize=8)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set_color(colour)
    axes.set_xlabel("intrinsic scatter of log luminosity (dex)")
    axes.set_title("known pulsars in orange", loc="left", fontsize=10, color=MEMBER)
    axes.legend(loc="lower right", fontsize=9, frameon=False, labelcolor=INK)


def recall_left_out(left_out: pd.DataFrame, target_recall: float) -> Figure:
    """Recall of each known pulsar when it was left out, against what the threshold was set to keep."""
    ordered = left_out.sort_values("recall")
    figure, axes = new_figure(7, 0.9 + 0.3 * len(ordered))
    axes.barh([plain(name) for name in ordered["source"]], ordered["recall"], color=MEMBER, height=0.6)
    axes.axvline(target_recall, color=INK, linestyle="--", linewidth=1, label=f"target {target_recall:.0%}")
    axes.axvline(
        ordered["recall"].mean(), color=MEMBER, linewidth=1.4, label=f"mean {ordered['recall'].mean():.0%}"
    )
    axes.set(xlim=(0, 1), xlabel="share of its observations that a threshold set without it would catch")
    axes.legend(fontsize=9, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


def ranking_intervals(rankings: pd.DataFrame) -> Figure:
    """Area under the ROC curve of several rankings with their intervals; chance is the dashed line."""
    figure, axes = new_figure(7, 0.9 + 0.4 * len(rankings))
    place = np.arange(len(rankings))[::-1]
    spread = [rankings["auc"] - rankings["low"], rankings["high"] - rankings["auc"]]
    axes.errorbar(rankings["auc"], place, xerr=spread, fmt="o", color=OTHER, lw=2, ms=7)
    axes.axvline(0.5, color=INK, linestyle="--", linewidth=1)
    axes.set_yticks(place, rankings["ranking"])
    axes.set(xlim=(0, 1.02), xlabel="probability that a known pulsar outranks another source (90% interval)")
    return figure
