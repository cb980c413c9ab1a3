"""Figures of molecular ratios: what is seen of them, what moves them, and what they say about a cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito 2008: told apart in the common colour-vision deficiencies.
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8f98")
SEEN = {
    "both detected": OTHER,
    "upper limit": "#e69f00",
    "lower limit": "#56b4e9",
    "neither detected": "#d9dce0",
}


def seen_shares(shares: pd.DataFrame) -> Figure:
    """In how many models each ratio is measured, or a limit, or nothing.

    Parameters
    ----------
    shares : DataFrame
        A row a ratio, a column for each key of `SEEN`; rows add up to 1.
    """
    figure, axes = new_figure(8.5, 0.9 + 0.36 * len(shares))
    start = np.zeros(len(shares))
    for kind, colour in SEEN.items():
        axes.barh(shares.index, shares[kind], left=start, color=colour, label=kind, height=0.7)
        start += shares[kind].to_numpy()
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of the models")
    axes.grid(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize=9)
    return figure


def explained(scores: pd.DataFrame) -> Figure:
    """How much of the variance of each ratio several predictions explain on models unseen.

    Parameters
    ----------
    scores : DataFrame
        `ratio`, `prediction`, `explained`, `low`, `high`.
    """
    ratios, names = list(dict.fromkeys(scores["ratio"])), list(dict.fromkeys(scores["prediction"]))
    figure, axes = new_figure(9.5, 1.2 + 0.5 * len(ratios))
    colours = [QUIET, "#e69f00", "#56b4e9", "#009e73", MEMBER]
    for k, (name, colour) in enumerate(zip(names, colours, strict=False)):
        rows = scores[scores["prediction"] == name].set_index("ratio").loc[ratios]
        place = np.arange(len(ratios)) + 0.15 * (k - (len(names) - 1) / 2)
        spread = [rows["explained"] - rows["low"], rows["high"] - rows["explained"]]
        axes.errorbar(rows["explained"], place, xerr=spread, fmt="o", ms=5, lw=1.6, color=colour, label=name)
    axes.set_yticks(np.arange(len(ratios)), ratios, fontsize=10)
    axes.invert_yaxis()
    axes.set(
        xlim=(min(0.5, scores["low"].min() - 0.02), 1),
        xlabel="share of the variance explained, models unseen",
    )
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=9)
    return figure


def against_truth(truth: pd.DataFrame, middle: pd.DataFrame, inside: pd.DataFrame) -> Figure:
    """Predictions against the chemistry, a panel a ratio; orange where the 90% interval misses it.

    Parameters
    ----------
    truth, middle, inside : DataFrame
        The same ratios as columns: log10 ratios by UCLCHEM and predicted, and whether the interval holds it.
    """
    names = list(truth.columns)
    figure, panels = new_figure(3.6 * len(names), 3.7, ncols=len(names), squeeze=False)
    for axes, name in zip(panels[0], names, strict=True):
        held = inside[name].to_numpy(bool)
        for chosen, colour, label in ((held, OTHER, "inside"), (~held, MEMBER, "outside")):
            axes.scatter(
                truth[name][chosen], middle[name][chosen], s=7, color=colour, alpha=0.55, linewidths=0,
                label=f"{label} ({chosen.mean():.0%})",
            )  # fmt: skip
        ends = [truth[name].min(), truth[name].max()]
        axes.plot(ends, ends, color=INK, lw=1)
        axes.set_title(f"log {name}", loc="left", fontsize=11)
        axes.set(xlabel="UCLCHEM", aspect="equal", adjustable="datalim")
        axes.legend(frameon=False, fontsize=8, loc="upper left", handletextpad=0.1)
    panels[0, 0].set_ylabel("emulator, model unseen")
    return figure


def importance_table(shares: np.ndarray, ratios: Sequence[str], inputs: Sequence[str], even: float) -> Figure:
    """Shares of importance, a row a ratio and a column an input; bold above an even share.

    Parameters
    ----------
    shares : (n_ratios, n_inputs)
    ratios, inputs : sequence of str
    even : float
        What each input would have if all mattered the same.
    """
    figure, axes = new_figure(9.5, 1.1 + 0.42 * len(ratios))
    _heat(axes, shares, ratios, inputs, bold=shares > even, vmax=0.5)
    axes.set_title("share of the mean absolute Shapley value (%)", loc="left", fontsize=11)
    return figure


def _heat(
    axes: Axes, values: np.ndarray, rows: Sequence[Any], columns: Sequence[Any], bold: Any, vmax: float
) -> None:
    axes.imshow(values, cmap="Blues", vmin=0, vmax=vmax, aspect="auto")
    for (i, k), value in np.ndenumerate(values):
        axes.text(
            k, i, f"{100 * value:.0f}", ha="center", va="center", fontsize=10,
            color="white" if value > 0.6 * vmax else INK, fontweight="bold" if bold[i, k] else "normal",
        )  # fmt: skip
    axes.set_xticks(np.arange(len(columns)), columns, fontsize=10)
    axes.set_yticks(np.arange(len(rows)), rows, fontsize=10)
    axes.xaxis.tick_top()
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def changing_shares(
    shares: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    edges: Mapping[str, np.ndarray],
    ratios: Sequence[str],
    inputs: Sequence[str],
    shown: Sequence[str],
    scales: Sequence[str],
) -> Figure:
    """How the share of each input in the importance changes where temperature, density, ... are low or high.

    Parameters
    ----------
    shares, low, high : (n_changing, n_bins, n_ratios, n_inputs)
        With the ends of their intervals.
    edges : {changing: (n_bins + 1,)}
        Names of what changes, and its bins.
    ratios, inputs : sequence of str
        A row of panels a ratio.
    shown : sequence of str
        The inputs that are drawn in colour.
    scales : sequence of str
        What changes along each column of panels, with its unit.
    """
    size = (2.7 * len(edges) + 0.6, 2.1 * len(ratios) + 0.7)
    figure, panels = new_figure(
        *size, nrows=len(ratios), ncols=len(edges), sharex="col", sharey=True, squeeze=False
    )
    for r, row in enumerate(panels):
        for c, (axes, (name, ends)) in enumerate(zip(row, edges.items(), strict=True)):
            middle = (ends[1:] + ends[:-1]) / 2
            for label, colour in zip(shown, COLOURS, strict=False):
                k = list(inputs).index(label)
                axes.plot(middle, shares[c, :, r, k], "-o", color=colour, lw=1.8, ms=4, label=label)
                axes.fill_between(middle, low[c, :, r, k], high[c, :, r, k], color=colour, alpha=0.15, lw=0)
            axes.set_xlim(ends[0], ends[-1])
            if r == 0:
                axes.set_title(f"where {name} is", fontsize=10, loc="left")
        row[0].set_ylabel(ratios[r], fontsize=11)
    for axes, scale in zip(panels[-1], scales, strict=True):
        axes.set_xlabel(scale, fontsize=10)
    panels[0, 0].set_ylim(0, None)
    figure.supylabel("share of importance", fontsize=10)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=len(shown), frameon=False, fontsize=10)
    return figure


def pattern_groups(
    xy: np.ndarray, ratio: np.ndarray, labels: np.ndarray, composition: pd.DataFrame
) -> Figure:
    """The map of attribution patterns, coloured by group, beside what each group is made of.

    Parameters
    ----------
    xy : (n_patterns, 2)
    ratio, labels : (n_patterns,)
        Name of the ratio, and number of the group, -1 for noise.
    composition : DataFrame
        A row a ratio, a column a group: shares of the ratio's patterns.
    """
    figure, (plane, table) = new_figure(12.5, 5.2, ncols=2, width_ratios=(1, 1.15))
    noise = labels < 0
    plane.scatter(*xy[noise].T, s=3, color="#d9dce0", linewidths=0)
    for number in range(labels.max() + 1):
        mine = labels == number
        colour = COLOURS[number % len(COLOURS)]
        plane.scatter(*xy[mine].T, s=5, color=colour, alpha=0.6, linewidths=0)
        plane.text(
            *np.median(xy[mine], axis=0), str(number), fontsize=11, fontweight="bold", color=INK,
            ha="center", va="center", bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "ec": colour},
        )  # fmt: skip
    plane.set(xticks=[], yticks=[], title="patterns by group (grey: noise)")
    columns = ["noise" if name == -1 else f"{name}" for name in composition.columns]
    values = composition.to_numpy()
    _heat(table, values, list(composition.index), columns, bold=values >= 0.2, vmax=0.8)
    table.set_title("share of each ratio's patterns in each group (%)", fontsize=11, pad=22)
    return figure


def information_bars(tables: Mapping[str, pd.DataFrame], n_shown: int = 6) -> Figure:
    """The most informative sets of ratios: chosen on one half of the models, checked on the other.

    Parameters
    ----------
    tables : {title: DataFrame}
        `ratios` (tuples), `bits`, `low`, `high`, `checked`, `checked_low`, `checked_high`; a panel each.
    n_shown : int
    """
    figure, panels = new_figure(5.2 * len(tables), 1.4 + 0.42 * n_shown, ncols=len(tables), squeeze=False)
    for axes, (title, table) in zip(panels[0], tables.items(), strict=True):
        rows = table.head(n_shown)
        place = np.arange(len(rows))
        for ending, start, colour, shift, label in (
            ("bits", "", QUIET, -0.14, "where it was chosen"),
            ("checked", "checked_", OTHER, 0.14, "on the other half"),
        ):
            sides = [rows[ending] - rows[f"{start}low"], rows[f"{start}high"] - rows[ending]]
            spread = np.where(np.isfinite(sides), np.maximum(sides, 0), 0)
            axes.errorbar(
                rows[ending], place + shift, xerr=spread, fmt="o", color=colour, lw=1.8, label=label
            )
        axes.set_yticks(place, ["\n".join(_in_two(names)) for names in rows["ratios"]], fontsize=9)
        axes.invert_yaxis()
        axes.set_title(title, loc="left", fontsize=11)
        axes.set_xlabel("bits about C/O")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=2, frameon=False, fontsize=10)
    return figure


def _in_two(names: Sequence[str]) -> list[str]:
    return [", ".join(names[:2]), *names[2:]]


def marginals(
    values: np.ndarray,
    weights: np.ndarray,
    prior: np.ndarray,
    truth: np.ndarray,
    labels: Sequence[str],
    edges: Sequence[np.ndarray],
) -> Figure:
    """A posterior, one quantity a panel: prior in grey, posterior in blue, the truth as a line.

    Parameters
    ----------
    values : (n_draws, n_quantities)
        Of the posterior, wherever they were drawn: their weights make it.
    weights : (n_draws,)
    prior : (n_even, n_quantities)
        Draws of the prior, all of the same weight.
    truth : (n_quantities,)
    labels : sequence of str
    edges : sequence of (n_bins + 1,)
        Bins of each panel.
    """
    figure, panels = new_figure(2.75 * len(labels), 2.7, ncols=len(labels))
    columns = zip(panels, values.T, prior.T, truth, labels, edges, strict=True)
    for axes, column, before, true, label, bins in columns:
        axes.hist(before, bins, density=True, color="#d9dce0", label="prior")
        axes.hist(column, bins, weights=weights, density=True, color=OTHER, alpha=0.75, label="posterior")
        axes.axvline(true, color=MEMBER, lw=2, label="truth")
        axes.set(xlabel=label, yticks=[])
        axes.spines["left"].set_visible(False)
        axes.grid(False)
    panels[0].legend(frameon=False, fontsize=8)
    return figure


def coverage_curves(ranks: np.ndarray, labels: Sequence[str]) -> Figure:
    """How often central intervals of every level hold the truth; the line is what they promise.

    Parameters
    ----------
    ranks : (n_clouds, n_quantities)
        Share of each posterior below the truth.
    labels : sequence of str
    """
    levels = np.linspace(0, 1, 101)
    figure, axes = new_figure(5.4, 4.6)
    n_clouds = len(ranks)
    # Pointwise band in which nine of ten exact curves of so many clouds lie.
    half = 1.645 * np.sqrt(levels * (1 - levels) / n_clouds)
    axes.fill_between(
        levels, levels - half, levels + half, color="#e6e8eb", label=f"exact, {n_clouds} clouds"
    )
    axes.plot(levels, levels, color=INK, lw=1)
    for column, label, colour in zip(ranks.T, labels, COLOURS, strict=False):
        held = (np.abs(column[:, None] - 0.5) <= levels / 2).mean(0)
        axes.plot(levels, held, color=colour, lw=1.6, label=label)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="level of the interval", ylabel="share of truths inside")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    return figure
