"""Ranks among all neighbours, exact, in one pass over the points and constant memory."""

import numba
import numpy as np

BLOCK = 512  # points whose distances are held at once: they fit in the first-level cache


@numba.njit(cache=True, nogil=True)
def distance_ranks(features: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Rank of other rows among all neighbours of some rows: 1 is the nearest.

    The rank is one more than the number of points that are strictly closer; the row itself does not count.

    Parameters
    ----------
    features : (n_features, n_points)
        One row a feature, so that the inner loop runs over points that lie side by side.
    rows : (n_rows,), int64
    others : (n_rows, k), int64
        For each row the ones to rank.

    Returns
    -------
    (n_rows, k), int64
    """
    n_features, n_points = features.shape
    k = others.shape[1]
    ranks = np.empty((len(rows), k), np.int64)
    squares = np.empty(BLOCK)
    limits = np.empty(k)
    for q in range(len(rows)):
        row = rows[q]
        for m in range(k):
            limits[m] = 0.0
            for f in range(n_features):
                limits[m] += (np.float64(features[f, others[q, m]]) - np.float64(features[f, row])) ** 2
        order = np.argsort(limits)
        limits = limits[order]
        closer = np.zeros(k + 1, np.int64)  # by how many limits are not above the distance
        for start in range(0, n_points, BLOCK):
            n_block = min(BLOCK, n_points - start)
            squares[:n_block] = 0.0
            for f in range(n_features):
                at = np.float64(features[f, row])
                for j in range(n_block):
                    squares[j] += (np.float64(features[f, start + j]) - at) ** 2
            for j in range(n_block):
                if squares[j] < limits[k - 1] and start + j != row:
                    closer[np.searchsorted(limits, squares[j], side="right")] += 1
        total = 1
        for m in range(k):
            total += closer[m]
            ranks[q, order[m]] = total
    return ranks
