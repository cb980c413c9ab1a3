"""The picture of a latent explorer where no kernel lives: its map, and beside it what stands in a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting.figure import INK, MEMBER, OTHER, QUIET, new_figure, plain
from ..map.picture import draw_on
from .decoder_panel import DecoderPanel
from .scene import Scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

N_PICTURES = 6
N_LATENTS = 6
MOST_COUNTED = 100_000  # sources in the histograms of latents


def draw(scene: Scene, decoder: DecoderPanel | None) -> Figure:
    """The maps on the left; on the right the decoded observation, pictures of sources, or the latents."""
    n_maps = len(scene.maps)
    figure, left = new_figure(4.6 * (n_maps + 1), 3.9, ncols=n_maps + 1, squeeze=False)
    for axes, map in zip(left[0], scene.maps.values(), strict=False):
        draw_on(axes, map)
        axes.set_xticks([])
        axes.set_yticks([])
    place = left[0, -1].get_subplotspec()
    left[0, -1].remove()
    if decoder is not None:
        _draw_decoded(figure.add_subplot(place), decoder)
    elif scene.pictures:
        _draw_pictures(figure, place, scene)
    else:
        _draw_latents(figure, place, scene)
    return figure


def describe(scene: Scene, decoder: DecoderPanel | None) -> str:
    """The same in words."""
    said = " ".join(map.alt for map in scene.maps.values())
    n = len(scene.selection)
    chosen = f"{n:,} selected sources" if n else "all sources"
    if decoder is not None:
        return f"{said} Beside it a decoded observation. {decoder.words}"
    if scene.pictures:
        return f"{said} Beside it pictures of some of {chosen}."
    return f"{said} Beside it the distribution of the latents of {chosen}."


def _draw_decoded(axes: Any, decoder: DecoderPanel) -> None:
    x, shown = decoder.drawing.x, decoder.shown
    if shown is None:
        return
    if shown.half is not None:
        axes.fill_between(x, shown.mean - shown.half, shown.mean + shown.half, color=OTHER, alpha=0.2, lw=0)
    rows = decoder.decoding.nearest(decoder.z)[1]
    for k, seen in enumerate(decoder.observed(rows)):
        axes.plot(x, seen, color=MEMBER, alpha=0.55, lw=0.8, label="nearest sources" if k == 0 else None)
    axes.plot(x, shown.mean, color=OTHER, lw=1.8, label="decoded")
    axes.set_xlabel(plain(decoder.drawing.labels[0]))
    axes.set_ylabel(plain(decoder.drawing.labels[1]))
    axes.legend(fontsize=8, frameon=False)


def _draw_pictures(figure: Any, place: Any, scene: Scene) -> None:
    import io

    from matplotlib.image import imread

    grid = place.subgridspec(3, 2)
    for k, row in enumerate(scene.some(N_PICTURES)):
        axes = figure.add_subplot(grid[k // 2, k % 2])
        axes.set_axis_off()
        axes.set_title(plain(scene.caption(int(row))[:40]), fontsize=6, color=INK)
        picture = scene.pictures.of(int(row))
        if picture.png is None:
            axes.text(0.5, 0.5, plain(picture.trouble[:60]), ha="center", fontsize=6, color=QUIET)
        else:
            axes.imshow(imread(io.BytesIO(picture.png)))


def _draw_latents(figure: Any, place: Any, scene: Scene) -> None:
    names = scene.names[:N_LATENTS]
    grid = place.subgridspec(len(names), 1, hspace=0.1)
    step = max(1, scene.n_samples // MOST_COUNTED)
    chosen = scene.selection.mask[::step]
    for k, name in enumerate(names):
        values = scene.latents[::step, k]
        finite = np.isfinite(values)
        edges = np.histogram_bin_edges(values[finite], 40)
        axes = figure.add_subplot(grid[k, 0])
        axes.hist(values[finite], edges, color=QUIET, density=True, alpha=0.5)
        if (chosen & finite).any():
            axes.hist(values[chosen & finite], edges, color=MEMBER, density=True, histtype="step", lw=1.4)
        axes.set_yticks([])
        axes.tick_params(labelsize=6)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.set_ylabel(plain(name), rotation=0, ha="right", va="center", fontsize=7)
