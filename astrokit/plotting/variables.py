"""Figures of variable sources: maps by class and by property, sequences, the fingerprint of one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .figure import INK, MEMBER, OTHER, QUIET, new_figure, plain, soften

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = 3.0  # of dots, where there are many
FEW = 12_000  # sources: of fewer the dots are larger
GROUP_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#8a8f98")


def map_of_islands(xy: np.ndarray, labels: np.ndarray, names: Mapping[int, str], title: str = "") -> Figure:
    """A map with its clusters in colour and their names written on them; what is in none is grey.

    Parameters
    ----------
    xy : (n_samples, 2)
    labels : (n_samples,)
        -1 for none.
    names : {label: str}
    """
    from matplotlib import colormaps
    from matplotlib.patheffects import Normal, Stroke

    figure, axes = new_figure(9.5, 6.6)
    size = _size(len(xy))
    axes.scatter(*xy[labels < 0].T, s=size / 2, color=QUIET, alpha=0.4, linewidths=0, rasterized=True)
    colours = colormaps["tab20"]
    edge = [Stroke(linewidth=3, foreground="white"), Normal()]
    for k in names:
        own = xy[labels == k]
        axes.scatter(*own.T, s=size, color=colours(k % 20), alpha=0.6, linewidths=0, rasterized=True)
    for k, name in names.items():
        own = xy[labels == k]
        middle = own[((own - np.median(own, axis=0)) ** 2).sum(1).argmin()]
        axes.annotate(
            plain(name), middle, ha="center", fontsize=9, weight="bold", color=INK, path_effects=edge
        )
    axes.set_axis_off()
    axes.set_title(plain(title))
    return figure


def map_by_properties(xy: np.ndarray, properties: Mapping[str, np.ndarray]) -> Figure:
    """The same map once for each property, coloured by it from its 2nd to its 98th percentile."""
    figure, grid = new_figure(11.5, 3.9, ncols=len(properties), squeeze=False)
    for axes, (name, values) in zip(grid[0], properties.items(), strict=True):
        low, high = np.nanquantile(values, [0.02, 0.98])
        dots = axes.scatter(
            *xy.T,
            c=values,
            s=_size(len(xy)) / 2,
            cmap="viridis",
            vmin=low,
            vmax=high,
            linewidths=0,
            rasterized=True,
        )
        figure.colorbar(dots, ax=axes, label=plain(name), orientation="horizontal", pad=0.02, aspect=30)
        axes.set_axis_off()
    return figure


def sequences(
    log_period: np.ndarray, magnitudes: Mapping[str, np.ndarray], classes: np.ndarray, shown: Sequence[str]
) -> Figure:
    """Period against each magnitude, a panel each, for some classes; bright is up.

    Parameters
    ----------
    log_period : (n_samples,)
        Of the period in days.
    magnitudes : {label of the axis: (n_samples,)}
    classes : (n_samples,)
    shown : sequence of str
        At most 8 of the classes.
    """
    from matplotlib import colormaps

    figure, grid = new_figure(5.6 * len(magnitudes), 4.2, ncols=len(magnitudes), squeeze=False)
    for axes, (label, magnitude) in zip(grid[0], magnitudes.items(), strict=True):
        for k, name in enumerate(shown):
            own = classes == name
            colour = colormaps["Dark2"](k % 8)
            axes.scatter(
                log_period[own],
                magnitude[own],
                s=SIZE * 1.5,
                color=colour,
                alpha=0.5,
                linewidths=0,
                label=plain(name),
            )
        axes.invert_yaxis()
        axes.set(xlabel="log period (day)", ylabel=plain(label), xlim=(-1.6, 3.0))
    legend = grid[0, -1].legend(
        frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1), markerscale=3
    )
    for handle in legend.legend_handles:
        handle.set_alpha(1)
    return figure


def fingerprint(
    ranks: np.ndarray,
    names: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    title: str,
    *,
    curve: tuple[np.ndarray, np.ndarray] | None = None,
    spectrum: tuple[np.ndarray, np.ndarray] | None = None,
) -> Figure:
    """One source: where each of its inputs stands among all sources, and what was observed, if that is known.

    Parameters
    ----------
    ranks : (n_features,)
        From 0, less than all others, to 1, more than all others.
    names : (n_features,)
    groups : {name: features}
        Each has a colour.
    title : str
    curve, spectrum : (x, y), optional
        Light curve over two periods, faint down; flux against wavelength (nm).
    """
    observed = [each for each in (curve, spectrum) if each is not None]
    figure, grid = new_figure(5.4, 2.0 + 1.6 * bool(observed), nrows=1 + bool(observed), squeeze=False)
    axes = grid[0, 0]
    colours = {name: GROUP_COLOURS[k % 4] for k, members in enumerate(groups.values()) for name in members}
    axes.bar(range(len(names)), ranks - 0.5, bottom=0.5, color=[colours[name] for name in names], width=0.75)
    axes.axhline(0.5, color=INK, lw=0.8)
    short = [name.replace("log_period", "P").replace("log_amplitude", "A") for name in names]
    axes.set_xticks(range(len(names)), [plain(name) for name in short], fontsize=7)
    axes.set(ylim=(0, 1), yticks=[0, 0.5, 1], yticklabels=["least", "half", "most"])
    axes.set_title(plain(title), loc="left", fontsize=9)
    if observed:
        _draw_observed(figure, grid[1, 0], curve, spectrum)
    return figure


def _draw_observed(figure: Any, place: Any, curve: Any, spectrum: Any) -> None:
    below = place.get_subplotspec().subgridspec(1, 2)
    place.remove()
    if curve is not None:
        axes = figure.add_subplot(below[0])
        axes.plot(*curve, ".", ms=3, color=OTHER)
        axes.invert_yaxis()
        axes.set_xlabel("phase (periods)", fontsize=8)
    if spectrum is not None:
        axes = figure.add_subplot(below[1])
        axes.plot(*spectrum, color=MEMBER, lw=1)
        axes.set_xlabel("wavelength (nm)", fontsize=8)
    for axes in figure.axes[1:]:
        soften(axes)
        axes.set(yticks=[])
        axes.tick_params(labelsize=7)


def _size(n_sources: int) -> float:
    """Size of the dots of so many sources."""
    return SIZE * float(np.clip(FEW / n_sources, 1, 3))
