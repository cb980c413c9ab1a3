import numpy as np


def brute_even_odd(x, y, polygon):
    """Even-odd rule, one edge at a time over all points: the definition that the index must agree with."""
    inside = np.zeros(len(x), dtype=bool)
    for (xi, yi), (xj, yj) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crossing = (yi > y) != (yj > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crossing & (x < (xj - xi) * (y - yi) / (yj - yi) + xi)
    return inside


def stored(index):
    """Stored coordinates in the caller's order, float64; rows that were dropped are NaN."""
    out = np.full((index.n_samples, 2), np.nan)
    out[index._tree.order] = index.points()
    return out


def histogram(points, frame, offset=(0.0, 0.0)):
    """Counts of float64 points on the grid of a frame, by binary search among its edges; cells half-open."""
    column = np.searchsorted(frame.x_edges - offset[0], points[:, 0], side="right") - 1
    row = np.searchsorted(frame.y_edges - offset[1], points[:, 1], side="right") - 1
    ny, nx = frame.counts.shape
    seen = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
    out = np.zeros((ny, nx), dtype=np.int64)
    np.add.at(out, (row[seen], column[seen]), 1)
    return out
