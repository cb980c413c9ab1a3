"""Figures of a classification: reliability, recall class by class, shares of a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def reliability_diagram(
    found: Any, *, rival: Any = None, labels: tuple[str, str] = ("ours", "rival")
) -> Figure:
    """Stated probability against what came true; on the dashed line a probability keeps its word.

    Parameters
    ----------
    found, rival : astrokit.evaluation.Reliability
        The rival is drawn in grey.
    labels : (str, str)
    """
    figure, (left, right) = new_figure(9.5, 4.0, ncols=2, width_ratios=(1, 1.1))
    drawn = [(found, OTHER, labels[0])] + ([(rival, QUIET, labels[1])] if rival is not None else [])
    for each, colour, label in drawn[::-1]:
        spread = [np.maximum(each.observed - each.low, 0), np.maximum(each.high - each.observed, 0)]
        said = f"{plain(label)}: error {each.error:.3f}"
        left.errorbar(
            each.stated, each.observed, yerr=spread, fmt="o", ms=4, lw=1.2, color=colour, label=said
        )
        right.errorbar(
            each.stated, each.observed - each.stated, yerr=spread, fmt="o", ms=4, lw=1.2, color=colour
        )
    low = min(float(each.stated.min()) for each, _, _ in drawn) - 0.05
    left.plot([low, 1], [low, 1], "--", color=INK, lw=1)
    right.axhline(0, color=INK, ls="--", lw=1)
    left.set(xlabel="probability stated for the class", ylabel="share that had it")
    right.set(xlabel="probability stated for the class", ylabel="share minus probability")
    left.legend(frameon=False, fontsize=9, loc="upper left")
    return figure


def recall_by_class(table: pd.DataFrame, labels: tuple[str, str]) -> Figure:
    """Recall of each class by two classifiers, and the paired difference with its interval.

    Parameters
    ----------
    table : DataFrame
        `class`, `n`, `recall` with `low`, `high`, `rival`, `gain` with `gain_low`, `gain_high`; intervals
        that do not touch 0 are drawn in orange.
    labels : (str, str)
        Of the classifier and of its rival.
    """
    ordered = table.sort_values("recall")
    place = np.arange(len(ordered))
    figure, (left, right) = new_figure(10.5, 1.2 + 0.27 * len(ordered), ncols=2, sharey=True)
    # A recall of 1 has an interval that ends there, but for rounding.
    spread = np.maximum([ordered["recall"] - ordered["low"], ordered["high"] - ordered["recall"]], 0)
    left.errorbar(ordered["recall"], place, xerr=spread, fmt="o", ms=5, color=OTHER, label=plain(labels[0]))
    left.plot(ordered["rival"], place, "o", ms=5, mfc="white", mec=QUIET, label=plain(labels[1]), zorder=1)
    names = [f"{plain(row['class'])}  ({row['n']:,})" for _, row in ordered.iterrows()]
    left.set_yticks(place, names, fontsize=9)
    left.set(xlabel="recall", xlim=(min(0.25, float(ordered[["low", "rival"]].min().min()) - 0.05), 1.02))
    left.legend(frameon=False, fontsize=9, loc="upper left")
    decided = (ordered["gain_low"] > 0) | (ordered["gain_high"] < 0)
    for chosen, colour in ((~decided, OTHER), (decided, MEMBER)):
        rows = ordered[chosen]
        spread = [rows["gain"] - rows["gain_low"], rows["gain_high"] - rows["gain"]]
        right.errorbar(rows["gain"], place[chosen], xerr=spread, fmt="o", ms=5, lw=1.6, color=colour)
    right.axvline(0, color=INK, ls="--", lw=1)
    right.set(xlabel=f"gain in recall over {plain(labels[1])}")
    return figure


def shares_of_score(whole: pd.DataFrame, by_class: pd.DataFrame) -> Figure:
    """What each group of features adds to the score, on the whole and class by class.

    Parameters
    ----------
    whole : DataFrame
        `group`, `share` with `low`, `high`, and `left_out`, what is lost without the group, with
        `left_out_low`, `left_out_high`.
    by_class : DataFrame, index the class, a column a group
    """
    figure, (left, right) = new_figure(11.5, 4.6, ncols=2, width_ratios=(1, 1.15))
    place = np.arange(len(whole))[::-1]
    for name, colour, off, label in (
        ("share", OTHER, 0.12, "share of the score (Shapley)"),
        ("left_out", MEMBER, -0.12, "lost if it alone is left out"),
    ):
        edges = ("low", "high") if name == "share" else (f"{name}_low", f"{name}_high")
        spread = [whole[name] - whole[edges[0]], whole[edges[1]] - whole[name]]
        left.errorbar(whole[name], place + off, xerr=spread, fmt="o", ms=6, lw=2, color=colour, label=label)
    left.axvline(0, color=INK, ls="--", lw=1)
    left.set_yticks(place, [plain(group) for group in whole["group"]], fontsize=10)
    left.set(xlabel="balanced accuracy", ylim=(-0.6, len(whole) - 0.4))
    left.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=1)
    _draw_shares(right, by_class)
    return figure


def _draw_shares(axes: Any, by_class: pd.DataFrame) -> None:
    values = by_class.to_numpy()
    reach = max(0.05, float(np.abs(values).max()))
    axes.imshow(values, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto")
    axes.grid(False)
    axes.set_yticks(range(len(by_class)), [plain(str(name)) for name in by_class.index], fontsize=9)
    axes.set_xticks(range(by_class.shape[1]), [plain(name) for name in by_class.columns], fontsize=9)
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if abs(value) > 0.6 * reach else INK
        axes.text(column, row, f"{value:+.2f}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_title("share of the recall of each class", loc="left", fontsize=10)
