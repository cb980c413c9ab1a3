"""Figures of galaxies and of what is known of their mass: images, posteriors, informations, their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito 2008: told apart in the common colour-vision deficiencies.
COLOURS = (OTHER, MEMBER, "#009e73", "#cc79a7", "#e69f00")
SOFT = 4.0  # of the noise of the sky: brighter than this, a picture grows with the logarithm


def coloured(image: np.ndarray, bands: Sequence[int] = (3, 2, 1)) -> np.ndarray:
    """A picture (size, size, 3) of three bands, each over its noise, in asinh: red, green and blue.

    Parameters
    ----------
    image : (n_bands, size, size)
        Flux over the noise of the sky.
    bands : three places
        Of red, green and blue; i, r and g of u to z.

    Examples
    --------
    >>> coloured(np.ones((5, 8, 8))).shape
    (8, 8, 3)
    """
    flux = np.nan_to_num(np.asarray(image, float)[list(bands)])
    bright = np.arcsinh(np.clip(flux.mean(axis=0), 0, None) / SOFT)
    scale = bright / np.maximum(np.clip(flux.mean(axis=0), 0, None), 1e-6)
    shown = np.clip(flux, 0, None) * scale
    return np.moveaxis(np.clip(shown / max(float(np.quantile(bright, 0.999)), 1.0), 0, 1), 0, -1)


def stamps(images: np.ndarray, bands: Sequence[str], titles: Sequence[str]) -> Figure:
    """A galaxy a row: in colour, then band by band.

    Parameters
    ----------
    images : (n, n_bands, size, size)
        Flux over the noise of the sky.
    bands : sequence of str
    titles : sequence of str
        One a galaxy.
    """
    figure, panels = new_figure(
        1.55 * (len(bands) + 1), 1.72 * len(images), nrows=len(images), ncols=len(bands) + 1, squeeze=False
    )
    for row, (image, title) in enumerate(zip(images, titles, strict=True)):
        panels[row, 0].imshow(coloured(image), origin="lower")
        panels[row, 0].set_title(plain(title), loc="left", fontsize=9)
        top = np.arcsinh(max(float(np.quantile(image, 0.9995)), 1.0) / SOFT)
        for axes, plane, band in zip(panels[row, 1:], image, bands, strict=True):
            axes.imshow(np.arcsinh(plane / SOFT), origin="lower", cmap="gray_r", vmin=-0.4, vmax=top)
            if row == 0:
                axes.set_title(plain(band), loc="left", fontsize=10)
    _bare(panels.ravel())
    return figure


def portrait(
    image: np.ndarray, log_mass: np.ndarray, posterior: np.ndarray, truth: float | None, title: str
) -> Figure:
    """One galaxy in colour, and what is known of its mass.

    Parameters
    ----------
    image : (n_bands, size, size)
    log_mass, posterior : (n_bins,)
        Centres of the bins and their probabilities.
    truth : float, optional
    title : str
    """
    figure, (left, right) = new_figure(5.6, 2.4, ncols=2, width_ratios=(1, 1.35))
    left.imshow(coloured(image), origin="lower")
    _bare([left])
    figure.suptitle(plain(title), x=0.01, ha="left", fontsize=10)
    _posterior(right, log_mass, posterior, OTHER, "network", fill=True)
    if truth is not None:
        right.axvline(truth, color=INK, lw=1.2)
    right.set_xlim(*_reach(log_mass, [posterior], truth))
    return figure


def posteriors(
    log_mass: np.ndarray, of_sets: Mapping[str, np.ndarray], truth: np.ndarray, titles: Sequence[str]
) -> Figure:
    """What several sets of inputs say of the mass of some galaxies, a panel each; the line is the truth.

    Parameters
    ----------
    log_mass : (n_bins,)
    of_sets : mapping of a name to (n, n_bins)
    truth : (n,)
    titles : sequence of str
    """
    n = len(truth)
    figure, panels = new_figure(3.3 * n, 2.9, ncols=n, squeeze=False)
    for k, axes in enumerate(panels[0]):
        for colour, (name, rows) in zip(COLOURS, of_sets.items(), strict=False):
            _posterior(axes, log_mass, rows[k], colour, name)
        axes.axvline(truth[k], color=INK, lw=1.2)
        axes.set_xlim(*_reach(log_mass, [rows[k] for rows in of_sets.values()], truth[k]))
        axes.set_title(plain(titles[k]), loc="left", fontsize=10)
    panels[0, -1].legend(frameon=False, fontsize=8, loc="upper right")
    return figure


def beside_truth(table: pd.DataFrame, *, label: str, zero: bool = False) -> Figure:
    """Numbers of a network beside what is true, with their intervals.

    Parameters
    ----------
    table : DataFrame
        `what`, then `value`, `low`, `high`, and `truth`, `truth_low`, `truth_high` (NaN where unknown).
    label : str
        Of the numbers, with their unit.
    zero : bool
        Whether to draw a line at zero.
    """
    figure, axes = new_figure(8.5, 1.1 + 0.4 * len(table))
    place = np.arange(len(table))
    known = ("truth", "truth_low", "truth_high")
    for shift, names, colour, text, mark in (
        (-0.13, known, INK, "truth", "D"),
        (0.13, ("value", "low", "high"), OTHER, "network", "o"),
    ):
        value, low, high = (table[name].to_numpy(float) for name in names)
        there = np.isfinite(value)
        spread = np.abs(np.array([value - low, high - value]))[:, there]
        axes.errorbar(
            value[there], place[there] + shift, xerr=np.nan_to_num(spread), fmt=mark, ms=5, lw=1.6,
            color=colour, label=text,
        )  # fmt: skip
    axes.set_yticks(place, [plain(str(what)) for what in table["what"]], fontsize=10)
    axes.set(xlabel=label, ylim=(len(table) - 0.5, -0.5))
    if zero:
        axes.axvline(0, color=QUIET, lw=1)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=9)
    return figure


def between_bands(values: Mapping[tuple[str, str], float], bands: Sequence[str], *, label: str) -> Figure:
    """A number of each pair of bands.

    Parameters
    ----------
    values : mapping of a pair of bands to a number
        In either order.
    bands : sequence of str
    label : str
        Of the numbers, with their unit.
    """
    figure, axes = new_figure(4.6, 4.0)
    shown = np.full((len(bands), len(bands)), np.nan)
    for pair, value in values.items():
        i, j = (list(bands).index(band) for band in pair)
        shown[i, j] = shown[j, i] = value
    top = float(np.nanmax(np.abs(shown)))
    axes.imshow(shown, cmap="RdBu_r", vmin=-top, vmax=top)
    for (i, j), value in np.ndenumerate(shown):
        if np.isfinite(value):
            colour = "white" if abs(value) > 0.65 * top else INK
            axes.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=10, color=colour)
    axes.set_xticks(np.arange(len(bands)), bands)
    axes.set_yticks(np.arange(len(bands)), bands)
    axes.set_title(label, loc="left", fontsize=10)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return figure


def ranks(pit: Mapping[str, np.ndarray], *, n_bins: int = 10) -> Figure:
    """Where the truth falls in the stated distribution: flat if that is honest.

    Parameters
    ----------
    pit : mapping of a name to (n,)
        Stated probability of a smaller value than the true one.
    """
    figure, panels = new_figure(2.9 * len(pit), 2.5, ncols=len(pit), squeeze=False, sharey=True)
    for axes, (name, values) in zip(panels[0], pit.items(), strict=True):
        share = np.histogram(values, n_bins, (0, 1))[0] / len(values) * n_bins
        chance = 1.645 * np.sqrt((n_bins - 1) / len(values))
        axes.axhspan(1 - chance, 1 + chance, color=QUIET, alpha=0.25, lw=0)
        axes.stairs(share, np.linspace(0, 1, n_bins + 1), color=OTHER, lw=1.8)
        axes.axhline(1, color=INK, lw=1)
        axes.set_title(plain(name), loc="left", fontsize=10)
        axes.set(xlim=(0, 1), xlabel="stated probability below the truth")
    panels[0, 0].set(ylim=(0, None), ylabel="galaxies, over even")
    return figure


def _posterior(
    axes: Axes, log_mass: np.ndarray, posterior: np.ndarray, colour: str, name: str, *, fill: bool = False
) -> None:
    density = posterior / np.gradient(log_mass)
    axes.plot(log_mass, density, color=colour, lw=1.6, label=plain(name))
    if fill:
        axes.fill_between(log_mass, density, color=colour, alpha=0.2, lw=0)
    axes.set(xlabel="log mass (solar)", yticks=[])
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.05 * float(density.max())))


def _reach(log_mass: np.ndarray, rows: Sequence[np.ndarray], truth: float | None) -> tuple[float, float]:
    """Where nearly all of the probability lies."""
    inside = np.max([row / row.max() for row in rows], axis=0) > 0.005
    ends = [*log_mass[inside][[0, -1]], *([] if truth is None else [truth])]
    return float(min(ends) - 0.1), float(max(ends) + 0.1)


def _bare(panels: Sequence[Axes]) -> None:
    for axes in panels:
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set_visible(False)
