"""Figures of causal analyses: a graph beside the truth, and how often a test says yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..explain.causal.equivalence import class_of
from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..explain.causal import CausalGraph

TURNED = "#e69f00"  # Okabe & Ito 2008
SHORTEST = 0.09  # of the way, that an edge leaves free at its ends
TAIL, ARROW, CIRCLE = 1, 2, 3  # marks at the end of an edge, as in `CausalGraph.marks`


def graph(found: CausalGraph, truth: Any = None, *, labels: Mapping[str, str] | None = None) -> Figure:
    """A causal graph, its variables on a circle; wider edges came back in more of the bootstraps.

    Parameters
    ----------
    found : CausalGraph
    truth : (n, n) array_like, optional
        The true acyclic graph. Edges are then told apart by what can be known of it: blue where the edge and
        its marks are right, yellow where only the marks are not, orange where no edge is, dashed the missed.
    labels : mapping of name to text, optional

    Examples
    --------
    >>> from astrokit.explain.causal import discover
    >>> data = np.random.default_rng(0).normal(size=(200, 3)) @ np.tri(3)
    >>> len(graph(discover(data, alpha=0.01)).axes)
    1
    """
    n = len(found.names)
    figure, axes = new_figure(5.6, 5.2)
    turn = np.pi / 2 - 2 * np.pi * np.arange(n) / n
    place = np.column_stack([np.cos(turn), np.sin(turn)])
    right = None if truth is None else class_of(truth, n, found.kind)
    for i, j in zip(*np.triu_indices(n, 1), strict=True):
        marks = found.marks[j, i], found.marks[i, j]
        if any(marks):
            often = found.frequency[i, j]
            width = 1.6 if np.isnan(often) else 0.6 + 2.2 * often
            _edge(axes, place[i], place[j], marks, _colour(marks, right, (i, j)), width)
        elif right is not None and right[i, j]:
            _line(axes, place[i], place[j], color=QUIET, lw=1.2, ls=(0, (4, 3)))
    for name, (x, y) in zip(found.names, place, strict=True):
        axes.plot(x, y, "o", ms=9, color="white", mec=INK, mew=1.3, zorder=3)
        text = plain((labels or {}).get(name, name))
        align = "center" if abs(x) < 0.1 else "left" if x > 0 else "right"
        axes.text(1.1 * x, 1.12 * y, text, ha=align, va="center", fontsize=10, color=INK)
    axes.set(xlim=(-1.75, 1.75), ylim=(-1.35, 1.35), aspect="equal")
    axes.axis("off")
    _key(axes, truth is not None)
    return figure


def rates(table: pd.DataFrame, *, level: float) -> Figure:
    """How often a test said yes where nothing is to be found, beside the level that it promised.

    Parameters
    ----------
    table : DataFrame
        `what`, `value`, `low`, `high`.
    level : float
    """
    figure, axes = new_figure(7.5, 0.9 + 0.34 * len(table))
    _dots(axes, table, np.arange(len(table)))
    axes.set_yticks(np.arange(len(table)), [plain(str(what)) for what in table["what"]], fontsize=9)
    axes.axvline(level, color=INK, lw=1)
    axes.text(level, -0.75, f" promised: {level:g}", fontsize=9, color=INK, va="center")
    axes.set(
        xlim=(0, None), xlabel="share of the trials in which the test says yes", ylim=(len(table) - 0.4, -1.1)
    )
    return figure


def power(table: pd.DataFrame, *, level: float) -> Figure:
    """How often an effect is found, by its size.

    Parameters
    ----------
    table : DataFrame
        `correlation`, `value`, `low`, `high`.
    level : float
        Of the test: what is found where there is nothing.
    """
    figure, axes = new_figure(6, 3.4)
    spread = [table["value"] - table["low"], table["high"] - table["value"]]
    axes.errorbar(table["correlation"], table["value"], yerr=spread, fmt="o-", color=OTHER, ms=6, lw=1.5)
    axes.axhline(level, color=INK, lw=1)
    axes.text(table["correlation"].max(), level + 0.02, f"level {level:g}", ha="right", fontsize=9, color=INK)
    axes.set(ylim=(0, 1.02), xlabel="partial correlation of the hidden cause", ylabel="share found")
    return figure


def _dots(axes: Axes, table: pd.DataFrame, place: np.ndarray) -> None:
    spread = [table["value"] - table["low"], table["high"] - table["value"]]
    axes.errorbar(table["value"], place, xerr=spread, fmt="o", ms=5, lw=1.6, color=OTHER)


def _edge(
    axes: Axes, start: np.ndarray, end: np.ndarray, marks: tuple[int, int], colour: str, width: float
) -> None:
    """A line with its marks at the start and at the end."""
    _line(axes, start, end, color=colour, lw=width)
    for mark, at, away in ((marks[0], start, end), (marks[1], end, start)):
        tip, behind = at + SHORTEST * _unit(away - at), at + 2.2 * SHORTEST * _unit(away - at)
        if mark == ARROW:
            axes.annotate(
                "",
                xy=tuple(tip),
                xytext=tuple(behind),
                arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1, "mutation_scale": 14},
            )
        elif mark == CIRCLE:
            axes.plot(*tip, "o", ms=5, color="white", mec=colour, mew=1.2)


def _colour(marks: tuple[int, int], right: np.ndarray | None, pair: tuple[Any, Any]) -> str:
    i, j = pair
    if right is None or marks == (right[j, i], right[i, j]):
        return OTHER
    return TURNED if right[i, j] else MEMBER


def _line(axes: Axes, start: np.ndarray, end: np.ndarray, **style: Any) -> None:
    step = SHORTEST * _unit(end - start)
    axes.plot(*np.transpose([start + step, end - step]), zorder=1, **style)


def _unit(way: np.ndarray) -> np.ndarray:
    return way / np.linalg.norm(way)


def _key(axes: Axes, with_truth: bool) -> None:
    if not with_truth:
        return
    for colour, style, text in (
        (OTHER, "-", "right"),
        (TURNED, "-", "true edge, direction not as known"),
        (MEMBER, "-", "not true"),
        (QUIET, "--", "missed"),
    ):
        axes.plot([], [], color=colour, ls=style, lw=1.8, label=text)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, -0.04), ncols=4, frameon=False, fontsize=9)
