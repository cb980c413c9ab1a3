"""Where to write the name of a cluster: at its densest place, which a mean of two filaments would miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..index import Frame
from ..index.channels import encode

CELLS = 64  # of the grid on which the densest place is found, along one axis
MOST_LABELS = 300


class Label(NamedTuple):
    text: str
    x: float
    y: float
    n: int


def centres_of_counts(labels: list[str], counts: np.ndarray, frame: Frame) -> list[Label]:
    """One label at the densest place of each category that is there; `counts` is (n_categories, ny, nx)."""
    x, y = (0.5 * (edges[1:] + edges[:-1]) for edges in (frame.x_edges, frame.y_edges))
    found = []
    for text, plane in zip(labels, counts, strict=True):
        n = int(plane.sum())
        if n:
            j, i = np.unravel_index(int(np.argmax(_blurred(plane))), plane.shape)
            found.append(Label(text, float(x[i]), float(y[j]), n))
    return found


def centres_of_rows(x: Any, y: Any, labels: Any, extent: tuple[float, float, float, float]) -> list[Label]:
    """The same from a label for each row: the largest clusters, at most 300."""
    codes, names = cluster_codes(labels)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    x0, x1, y0, y1 = extent
    seen = np.isfinite(x) & np.isfinite(y) & (codes >= 0)
    sizes = np.bincount(codes[seen], minlength=len(names))
    largest = np.sort(np.argsort(-sizes, kind="stable")[:MOST_LABELS])
    place = np.full(len(names) + 1, -1)
    place[largest] = np.arange(len(largest))
    kept = np.flatnonzero(seen & (place[codes] >= 0))
    i = np.clip((x[kept] - x0) * (CELLS / max(x1 - x0, 1e-300)), 0, CELLS - 1).astype(np.int64)
    j = np.clip((y[kept] - y0) * (CELLS / max(y1 - y0, 1e-300)), 0, CELLS - 1).astype(np.int64)
    flat = (place[codes[kept]] * CELLS + j) * CELLS + i
    counts = np.bincount(flat, minlength=len(largest) * CELLS**2).reshape(-1, CELLS, CELLS)
    grid = Frame(np.zeros((CELLS, CELLS), dtype=np.uint32), extent)
    return centres_of_counts([names[k] for k in largest], counts, grid)


def cluster_codes(labels: Any) -> tuple[np.ndarray, list[str]]:
    """(code of each row, names of the clusters); the integer -1 is noise, and has code -1 as missing ones do.

    Examples
    --------
    >>> cluster_codes([0, -1, 2])
    (array([ 0, -1,  1]), ['0', '2'])
    """
    labels = labels if hasattr(labels, "dtype") else np.asarray(labels)
    codes, names = encode(labels)
    if getattr(labels.dtype, "kind", "O") != "i" or "-1" not in names:
        return codes, names
    noise = names.index("-1")
    kept = np.where(codes == noise, -1, codes - (codes > noise))
    return kept, [name for name in names if name != "-1"]


def centres_given(places: Mapping[str, tuple[float, float]]) -> list[Label]:
    """Labels where the caller wants them."""
    return [Label(str(text), float(x), float(y), 0) for text, (x, y) in places.items()]


def _blurred(plane: np.ndarray) -> np.ndarray:
    """Sums over 3 * 3 cells: one crowded cell is no centre."""
    padded = np.pad(plane.astype(float), 1)
    ny, nx = plane.shape
    shifted = [padded[j : j + ny, i : i + nx] for j in range(3) for i in range(3)]
    return np.sum(shifted, axis=0)
