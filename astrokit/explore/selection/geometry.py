"""Points in boxes and polygons and near a place, by looking at every point: what the index answers faster.

The formulas are those of the index, in float64 of the points as they are stored, so that both agree to the
last point. Rows with a NaN or infinite coordinate are in nothing.
"""

from __future__ import annotations

import numpy as np

_BLOCK = 1_000_000  # rows at a time: bounds the memory of a lasso, whatever the size of the survey


def in_box(x: np.ndarray, y: np.ndarray, x0: float, x1: float, y0: float, y1: float) -> np.ndarray:
    """Return the mask of points in the half-open box [x0, x1) x [y0, y1), shape (n_samples,).

    Examples
    --------
    >>> in_box(np.array([0.0, 0.5, 1.0]), np.zeros(3), 0.0, 1.0, 0.0, 1.0)
    array([ True,  True, False])
    """
    # In float64, for a float32 array would round the edges to float32 before it compares.
    edges = [np.float64(edge) for edge in (x0, x1, y0, y1)]
    return (x >= edges[0]) & (x < edges[1]) & (y >= edges[2]) & (y < edges[3])


def in_polygon(x: np.ndarray, y: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Return the mask of points in a polygon (n_vertices, 2), which closes itself and may cross itself.

    A point is inside when an odd number of edges lies to its right.

    Examples
    --------
    >>> in_polygon(np.array([0.2, 0.8]), np.array([0.5, 0.9]), np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
    array([ True, False])
    """
    inside = np.zeros(len(x), dtype=bool)
    low, high = polygon[:, 1].min(), polygon[:, 1].max()
    for start in range(0, len(x), _BLOCK):
        block_x, block_y = x[start : start + _BLOCK], y[start : start + _BLOCK]
        # Only y excludes exactly; the crossing of an edge may be rounded to beyond both of its ends. An
        # infinite or missing x has all edges to its right or none: an even number, outside.
        near = np.flatnonzero((block_y >= low) & (block_y < high))
        found = _even_odd(block_x[near].astype(np.float64), block_y[near].astype(np.float64), polygon)
        inside[start + near] = found
    return inside


def _even_odd(x: np.ndarray, y: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    inside = np.zeros(len(x), dtype=bool)
    order = np.argsort(y, kind="stable")
    sorted_x, sorted_y = x[order], y[order]
    # In the order of y, the points that an edge spans are one range: a vertex costs only those.
    first = np.searchsorted(sorted_y, polygon[:, 1])
    for i in range(len(polygon)):
        j = i + 1 if i + 1 < len(polygon) else 0
        (xi, yi), (xj, yj) = polygon[i], polygon[j]
        span = slice(min(first[i], first[j]), max(first[i], first[j]))
        inside[span] ^= sorted_x[span] < (xj - xi) * (sorted_y[span] - yi) / (yj - yi) + xi
    unsorted = np.empty_like(inside)
    unsorted[order] = inside
    return unsorted


def nearest(x: np.ndarray, y: np.ndarray, place: tuple[float, float], k: int, aspect: float) -> np.ndarray:
    """Return the rows of the `k` points nearest to `place`, nearest first; of equals, the lower row.

    Examples
    --------
    >>> nearest(np.array([0.0, 3.0, 1.0]), np.zeros(3), (0.9, 0.0), 2, 1.0)
    array([2, 0])
    """
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    dx = x[rows].astype(np.float64) - place[0]
    dy = (y[rows].astype(np.float64) - place[1]) * aspect
    with np.errstate(over="ignore"):  # a coordinate near 1e308 is far away, however far
        squared = dx * dx + dy * dy
    if k < len(rows):
        kept = squared <= np.partition(squared, k - 1)[k - 1]
        rows, squared = rows[kept], squared[kept]
    return rows[np.lexsort((rows, squared))][:k]
