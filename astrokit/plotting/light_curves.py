"""Figures of folded light curves: what was observed, and what a decoder makes of its latents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .figure import OTHER, QUIET, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def folded_curve(
    phase: np.ndarray, curve: np.ndarray, error: np.ndarray, decoded: np.ndarray, title: str
) -> Figure:
    """A folded curve (n_phases,) with its error, and the decoded one; faint is down, as observers draw it."""
    figure, axes = new_figure(4.6, 3.0)
    _draw_folded(axes, phase, curve, error, decoded)
    axes.set_title(plain(title), loc="left", fontsize=10)
    axes.set(xlabel="phase over two periods", ylabel="faintness, scaled")
    axes.legend(frameon=False, fontsize=8)
    return figure


def folded_examples(
    phase: np.ndarray,
    curves: np.ndarray,
    errors: np.ndarray,
    decoded: np.ndarray,
    titles: Sequence[str],
) -> Figure:
    """Folded curves of some sources, (n, n_phases) each, a panel each, three in a row."""
    n_rows = -(-len(titles) // 3)
    figure, grid = new_figure(10.5, 2.5 * n_rows, nrows=n_rows, ncols=3, sharex=True, squeeze=False)
    for k, axes in enumerate(grid.ravel()):
        if k >= len(titles):
            axes.set_axis_off()
            continue
        _draw_folded(axes, phase, curves[k], errors[k], decoded[k])
        axes.set_title(plain(titles[k]), loc="left", fontsize=10)
    for axes in grid[-1]:
        axes.set_xlabel("phase over two periods")
    for axes in grid[:, 0]:
        axes.set_ylabel("faintness, scaled")
    grid[0, 0].legend(frameon=False, fontsize=8)
    return figure


def histogram_images(values: np.ndarray, titles: Sequence[str], dt_edges_day: np.ndarray) -> Figure:
    """|dm| | dt histograms (n, n_rows, n_columns) as images; darker cells hold more of their column."""
    figure, grid = new_figure(2.8 * len(titles), 3.0, ncols=len(titles), sharey=True, squeeze=False)
    n_columns = values.shape[2]
    for axes, image, title in zip(grid[0], values, titles, strict=True):
        axes.grid(False)
        axes.imshow(np.sqrt(image), origin="lower", aspect="auto", cmap="Blues", vmin=0, vmax=1)
        shown = np.arange(0, n_columns + 1, 3)
        words = [
            f"{dt_edges_day[k]:.2g}" if dt_edges_day[k] < 10 else f"{dt_edges_day[k]:,.0f}" for k in shown
        ]
        axes.set_xticks(shown - 0.5, words, fontsize=8)
        axes.set_yticks(np.arange(0, image.shape[0], 5))
        axes.set_title(plain(title), loc="left", fontsize=10)
        axes.set_xlabel("dt (day)")
    grid[0, 0].set_ylabel("bin of |dm|, 0 to 3 mag")
    return figure


def _draw_folded(
    axes: Any, phase: np.ndarray, curve: np.ndarray, error: np.ndarray, decoded: np.ndarray
) -> None:
    axes.fill_between(phase, curve - error, curve + error, color="#d5d9de", lw=0, label="error")
    axes.plot(phase, curve, color=QUIET, lw=1.6, label="folded")
    axes.plot(phase, decoded, color=OTHER, lw=1.5, label="autoencoder")
    axes.set_ylim(1.25, -0.25)
