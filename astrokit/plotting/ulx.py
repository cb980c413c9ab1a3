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
    figure, axes = new_figure(7.5, 1.2 + 0.24 * min(len(sources), N_RANKED))
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
    figure, (plane, ranking) = new_figure(13, 7.5, ncols=2, width_ratios=(1.2, 1))
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
    axes.legend(loc="lower left", fontsize=10, frameon=False)
    return dots


def _draw_ranking(axes: Axes, sources: pd.DataFrame) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

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
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks(place, [plain(name) for name in shown.index], fontsize=10)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set_color(colour)
    axes.set_xlabel("intrinsic scatter of log luminosity (dex)")
    axes.set_ylim(-0.8, len(shown) - 0.2)
    axes.set_title("known pulsars in orange", loc="left", fontsize=11, color=MEMBER)
    axes.legend(loc="lower right", fontsize=10, frameon=False, labelcolor=INK)


def recall_left_out(left_out: pd.DataFrame, target_recall: float) -> Figure:
    """Recall of each known pulsar when it was left out, against what the threshold was set to keep."""
    from matplotlib.patheffects import Normal, Stroke

    ordered = left_out.sort_values("recall")
    mean = ordered["recall"].mean()
    figure, axes = new_figure(7, 1.2 + 0.3 * len(ordered))
    axes.barh(
        [plain(name) for name in ordered["source"]], ordered["recall"], color=MEMBER, height=0.6, alpha=0.75
    )
    # Ink, with a white edge: seen on the bars and beside them.
    edge = [Stroke(linewidth=3.5, foreground="white"), Normal()]
    axes.axvline(target_recall, color=INK, linestyle="--", linewidth=1.2, label=f"target {target_recall:.0%}")
    axes.axvline(mean, color=INK, linewidth=1.8, label=f"mean {mean:.0%}", path_effects=edge)
    axes.set(xlim=(0, 1), xlabel="share of its observations that a threshold set without it would catch")
    axes.legend(fontsize=9, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


def ranking_intervals(rankings: pd.DataFrame, differences: pd.DataFrame) -> Figure:
    """How well several numbers rank the members, and how much better than the reference each is.

    Parameters
    ----------
    rankings : DataFrame
        As of `astrokit.evaluation.compare_rankings`: the left panel; chance is the dashed line.
    differences : DataFrame
        As of `astrokit.evaluation.paired_differences`: the right panel, on the same rows; an interval that
        does not touch the dashed line at 0 is drawn in orange.
    """
    figure, (left, right) = new_figure(
        11.5, 1.3 + 0.45 * len(rankings), ncols=2, sharey=True, width_ratios=(1.15, 1)
    )
    place = dict(zip(rankings["ranking"], np.arange(len(rankings))[::-1], strict=True))
    _draw_intervals(left, rankings["auc"], rankings, [place[name] for name in rankings["ranking"]], OTHER)
    left.axvline(0.5, color=INK, linestyle="--", linewidth=1)
    left.set_yticks(list(place.values()), [plain(name) for name in place], fontsize=10)
    left.set(xlim=(0, 1.02), ylim=(-0.6, len(rankings) - 0.4))
    left.set_xlabel("AUC: probability that a known pulsar outranks another source")
    decided = (differences["low"] > 0) | (differences["high"] < 0)
    for chosen, colour in ((~decided, OTHER), (decided, MEMBER)):
        rows = differences[chosen]
        _draw_intervals(right, rows["difference"], rows, [place[name] for name in rows["ranking"]], colour)
    reference = min(set(place) - set(differences["ranking"]))
    right.axvline(0, color=INK, linestyle="--", linewidth=1)
    right.plot(0, place[reference], "D", color=INK, ms=6)
    reach = 1.05 * max(differences[["low", "high"]].abs().max().max(), 0.1)
    n_common = differences["n_samples"].iloc[0]
    right.set(
        xlim=(-reach, reach), xlabel=f"AUC minus that of the {plain(reference)}, same {n_common} sources"
    )
    return figure


def _draw_intervals(axes: Axes, values: pd.Series, ends: pd.DataFrame, place: list[int], colour: str) -> None:
    spread = [values - ends["low"], ends["high"] - values]
    axes.errorbar(values, place, xerr=spread, fmt="o", color=colour, lw=2, ms=7)
