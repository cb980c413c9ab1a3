"""The picture of a cluster explorer where no kernel lives: its map, and beside it the tree or the sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...plotting.figure import new_figure, plain
from ..map.picture import draw_on
from .branches import Branches
from .icicle import icicle
from .scene import Scene
from .stability_panel import StabilityPanel
from .tree_chart import DIM, looks_of, names_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

N_BARS = 16
N_NAMED = 6
MOST_LETTERS = 20


def draw(scene: Scene, stability: StabilityPanel) -> Figure:
    """The map on the left; on the right the tree, or sizes of clusters, and co-assignment if it is known."""
    figure, axes = new_figure(10.4, 4.2, ncols=2, width_ratios=(1.25, 1))
    draw_on(axes[0], scene.map)
    axes[0].set_xticks([])
    axes[0].set_yticks([])
    place = axes[1].get_subplotspec()
    axes[1].remove()
    parts = place.subgridspec(2 if stability.alt else 1, 1)
    first = figure.add_subplot(parts[0])
    if scene.clustering is None:
        first.set_axis_off()
    elif scene.clustering.tree is None:
        _draw_sizes(first, scene)
    else:
        _draw_tree(first, scene)
    if stability.alt:
        _draw_matrix(figure.add_subplot(parts[1]), scene, stability)
    return figure


def describe(scene: Scene, stability: StabilityPanel) -> str:
    """The same in words."""
    names = [f"{scene.clustering.name(k)} {scene.sizes[k]:,}" for k in scene.by_size[:N_NAMED]]
    largest = f"The largest: {', '.join(names)}." if names else ""
    has_tree = scene.clustering is not None and scene.clustering.tree is not None
    tree = _branches(scene).describe(scene.branch) if has_tree else ""
    said = scene.map.alt, scene.in_words, largest, tree, stability.alt
    return " ".join(part for part in said if part)


def _branches(scene: Scene) -> Branches:
    branches = Branches(scene.clustering)
    branches.look(scene.selection.indices)
    return branches


def _draw_tree(axes: Any, scene: Scene) -> None:
    from matplotlib.patches import Rectangle

    branches, drawn = _branches(scene), icicle(scene.clustering.tree)
    colours, alphas = looks_of(drawn, branches, scene.colour_of)
    shares = np.ones(len(branches)) if branches.shares is None else branches.shares
    widths, heights = drawn.right - drawn.left, drawn.high - drawn.low
    for k, (colour, alpha) in enumerate(zip(colours, alphas, strict=True)):
        corner, lit = (drawn.left[k], drawn.low[k]), shares[drawn.node[k]]
        frame = Rectangle(corner, widths[k], heights[k], fc=colour, ec="white", lw=0.5, alpha=DIM * alpha)
        axes.add_patch(frame)
        axes.add_patch(Rectangle(corner, lit * widths[k], heights[k], fc=colour, ec="none", alpha=alpha))
    names = names_on(drawn, branches, colours)
    for x, y, text, ink in zip(*names.values(), strict=True):
        axes.text(x, y, plain(text), color=ink, fontsize=6, ha="center", va="center")
    axes.set(xlim=(0, 1), ylim=(drawn.low.min(), drawn.high.max()), xticks=[])
    axes.set_ylabel("density: log10(1 / distance)", fontsize=8)
    axes.set_title("condensed tree", loc="left", fontsize=9)
    axes.grid(False)
    axes.tick_params(labelsize=7)


def _draw_sizes(axes: Any, scene: Scene) -> None:
    shown = scene.by_size[:N_BARS]
    axes.barh(range(len(shown)), scene.sizes[shown], color=[scene.colour_of(label) for label in shown])
    names = [_short(scene.clustering.name(label)) for label in shown]
    axes.set_yticks(range(len(shown)), [plain(name) for name in names], fontsize=7)
    axes.invert_yaxis()
    axes.set_title("sources in the largest clusters", loc="left", fontsize=9)
    axes.tick_params(labelsize=7)


def _draw_matrix(axes: Any, scene: Scene, stability: StabilityPanel) -> None:
    found = stability.found
    assert found is not None
    shown = [label for label in scene.by_size if label < len(found.recovery)][:N_BARS]
    axes.imshow(found.matrix[np.ix_(shown, shown)], cmap="Blues", vmin=0, vmax=1)
    names = [plain(_short(scene.clustering.name(label))) for label in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=6)
    axes.set_xticks([])
    axes.grid(False)
    axes.set_title("together again in bootstraps", loc="left", fontsize=9)


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
