"""Figures of X-ray spectra: what was counted, what a network makes of it, and what can be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def spectrum(
    energy_kev: np.ndarray, counts: np.ndarray, expected: np.ndarray, background: np.ndarray, title: str
) -> Figure:
    """Counts of one source in bins (n_bins,), and what the network expects there."""
    figure, axes = new_figure(4.6, 3.0)
    _draw_counts(axes, energy_kev, counts, expected, background)
    axes.set_title(plain(title), loc="left", fontsize=10)
    axes.set(xlabel="energy (keV)", ylabel="counts in the bin")
    axes.legend(frameon=False, fontsize=8)
    return figure


def examples(
    energy_kev: np.ndarray,
    counts: np.ndarray,
    expected: np.ndarray,
    background: np.ndarray,
    names: list[str],
) -> Figure:
    """Spectra of eight sources, (8, n_bins) each, a panel each, their `names` above."""
    figure, grid = new_figure(11.5, 5.4, nrows=2, ncols=4, sharex=True)
    for k, axes in enumerate(grid.ravel()):
        _draw_counts(axes, energy_kev, counts[k], expected[k], background[k])
        axes.set_title(f"{plain(names[k])}: {counts[k].sum():,.0f} counts", loc="left", fontsize=10)
    for axes in grid[1]:
        axes.set_xlabel("energy (keV)")
    for axes in grid[:, 0]:
        axes.set_ylabel("counts in the bin")
    grid[0, 0].legend(frameon=False, fontsize=8)
    return figure


def fidelity(table: pd.DataFrame) -> Figure:
    """Cash's C over what noise alone gives, by counts: `counts`, `n`, `low`, `median`, `high`."""
    figure, axes = new_figure(7.5, 3.6)
    place = np.arange(len(table))
    spread = [table["median"] - table["low"], table["high"] - table["median"]]
    axes.errorbar(place, table["median"], yerr=spread, fmt="o", ms=6, lw=1.6, color=OTHER)
    axes.axhline(1, color=INK, ls="--", lw=1)
    axes.set_xticks(
        place, [f"{a}\n({n:,})" for a, n in zip(table["counts"], table["n"], strict=True)], fontsize=8
    )
    axes.set(xlabel="net counts (sources)", ylabel="C over that of pure noise", yscale="log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    return figure


def recovery(table: pd.DataFrame, labels: Mapping[str, str]) -> Figure:
    """Errors of parameters read off latents by counts, what the photons allow, and the population.

    Parameters
    ----------
    table : DataFrame
        `class`, `parameter`, `counts`, `error` with `error_low`, `error_high`, `bound`, `typical`,
        `scatter`.
    labels : {parameter: str}
    """
    panels = list(table.groupby(["class", "parameter"], sort=False))
    figure, grid = new_figure(11.5, 3.4, ncols=len(panels), squeeze=False)
    for axes, ((name, parameter), own) in zip(grid[0], panels, strict=True):
        spread = [own["error"] - own["error_low"], own["error_high"] - own["error"]]
        axes.errorbar(
            own["counts"], own["error"], yerr=spread, fmt="o-", ms=5, color=OTHER, label="from latents"
        )
        axes.plot(own["counts"], own["bound"], "--", color=MEMBER, label="least possible")
        axes.plot(own["counts"], own["typical"], "-", lw=1, color=MEMBER, label="typical of the photons")
        axes.plot(own["counts"], own["scatter"], ":", color=QUIET, label="knowing nothing")
        axes.set(xscale="log", ylim=(0, None), xlabel="source counts")
        axes.set_title(f"{plain(name)}: {plain(labels[parameter])}", loc="left", fontsize=10)
    grid[0, 0].set_ylabel("root mean square error")
    grid[0, 0].legend(frameon=False, fontsize=8)
    return figure


def accuracies(tables: Mapping[str, pd.DataFrame], lines: Mapping[str, float]) -> Figure:
    """Balanced accuracies with intervals, a panel a table: `method`, `accuracy`, `low`, `high`.

    Parameters
    ----------
    tables : {title: DataFrame}
    lines : {title: float}
        A dashed line each: what is to be compared with, such as the paper's value.
    """
    figure, grid = new_figure(11.5, 3.4, ncols=len(tables), squeeze=False)
    for axes, (title, table) in zip(grid[0], tables.items(), strict=True):
        place = np.arange(len(table))[::-1]
        spread = [table["accuracy"] - table["low"], table["high"] - table["accuracy"]]
        axes.errorbar(table["accuracy"], place, xerr=spread, fmt="o", ms=6, lw=1.8, color=OTHER)
        axes.axvline(lines[title], color=MEMBER, ls="--", lw=1.2, label=f"paper, about {lines[title]:.2f}")
        axes.set_yticks(place, [plain(name) for name in table["method"]], fontsize=9)
        axes.set(xlabel="balanced accuracy", ylim=(-0.6, len(table) - 0.4))
        axes.set_title(plain(title), loc="left", fontsize=10)
        axes.legend(frameon=False, fontsize=8, loc="best")
    return figure


def _draw_counts(
    axes: Any, energy_kev: np.ndarray, counts: np.ndarray, expected: np.ndarray, background: np.ndarray
) -> None:
    error = np.sqrt(counts + 0.75)
    axes.errorbar(energy_kev, counts, yerr=error, fmt=".", ms=4, lw=0.8, color=QUIET, label="counted")
    axes.step(energy_kev, expected, where="mid", color=OTHER, lw=1.5, label="autoencoder")
    axes.step(energy_kev, background, where="mid", color=MEMBER, lw=0.9, ls=":", label="background")
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    axes.set_xticks([], minor=True)
