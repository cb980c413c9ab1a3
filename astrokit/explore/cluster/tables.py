"""Tables of clusters, with their colours on the map; names are escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .panel import swatch
from .scene import Scene

STYLE = """<style>
.ak-explorer .ak-swatch-of {
  display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px;
  vertical-align: -1px; box-shadow: inset 0 0 0 1px rgba(120, 130, 150, 0.35)
}
.ak-explorer .ak-scroll { max-height: 300px; overflow: auto }
</style>"""


def table_of_clusters(scene: Scene, labels: Iterable[int]) -> str:
    """Sizes of some clusters, how firm their members are, and how long each persists in the tree."""
    clustering, sizes = scene.clustering, scene.sizes
    assert clustering is not None
    labels, firm = np.asarray(list(labels), int), firmness(scene)
    columns = {
        "sources": [f"{sizes[label]:,}" for label in labels],
        "share": [f"{sizes[label] / scene.fits.n_finite:.1%}" for label in labels],
        "mean probability": [f"{firm[label]:.2f}" for label in labels],
    }
    if np.isfinite(clustering.persistence).any():
        columns["persistence"] = [f"{clustering.persistence[label]:.2f}" for label in labels]
    n_more = int((sizes > 0).sum()) - len(labels)
    more = f", and {n_more:,} smaller ones" if n_more else ""
    return table_with_swatches(scene, labels, columns, caption=f"clusters by size{more}")


def firmness(scene: Scene) -> np.ndarray:
    """Mean membership probability of the fitted sources of each cluster (n_clusters,)."""
    clustering, rows = scene.clustering, scene.fits.rows
    assert clustering is not None
    labels, weights = clustering.labels[rows], clustering.probabilities[rows]
    inside, n = labels >= 0, clustering.n_clusters
    total = np.bincount(labels[inside], weights[inside], n)
    return total / np.maximum(np.bincount(labels[inside], minlength=n), 1)


def table_with_swatches(
    scene: Scene, labels: Iterable[int], columns: Mapping[str, Any], *, caption: str
) -> str:
    """A row for each cluster: colour and name, then the columns' texts."""
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("cluster", *columns))
    rows = [
        f"<td>{swatch(scene, int(label))}</td>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        for label, *cells in zip(labels, *columns.values(), strict=True)
    ]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    said = f"<caption>{html.escape(caption)}</caption>"
    return (
        f'{STYLE}<table class="ak-table">{said}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )
