"""The rows on which a large map is fitted: all regions of the latents, the rare ones too."""

from __future__ import annotations

import numpy as np

from ..random import RandomState, as_generator, as_seed

N_CELLS = 1000  # cells of the latents among which landmarks are shared out
N_SEEDED = 50_000  # rows among which the centres of the cells are drawn
LEAST_OF_A_CELL = 30  # landmarks: enough for a neighbourhood of their own on the map
CHUNK = 50_000


def choose_landmarks(points: np.ndarray, n_landmarks: int, *, random_state: RandomState = 0) -> np.ndarray:
    """Choose rows of a large table so that dense, rare and sparse regions are all there.

    1,000 centres are drawn by k-means++ (Arthur & Vassilvitskii 2007), the chance of a row growing with its
    squared distance from the centres before it, so that a far clump or a thin halo gets centres of its own;
    each row belongs to the cell of its nearest centre. A cell gives landmarks in proportion to the square
    root of its rows, and at least 30, or all that it has. Dense regions stay the denser ones, but a density
    is to be read off all rows, never off landmarks.

    Parameters
    ----------
    points : (n_samples, n_features)
        Finite, scaled to comparable widths.
    n_landmarks : int
    random_state

    Returns
    -------
    (n_landmarks,)
        Ascending row indices; all rows when they are not more than that.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(5000, 2))
    >>> len(choose_landmarks(points, 1000))
    1000
    """
    if n_landmarks >= len(points):
        return np.arange(len(points))
    rng = as_generator(random_state)
    cell = _cells(points, max(min(N_CELLS, n_landmarks // LEAST_OF_A_CELL), 1), rng)
    quota = _quotas(np.bincount(cell), n_landmarks)
    # Rows in random order, brought together by cell: the first of each cell up to its quota.
    order = rng.permutation(len(points))
    order = order[np.argsort(cell[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(cell))[:-1]])
    place_in_cell = np.arange(len(points)) - starts[cell[order]]
    return np.sort(order[place_in_cell < quota[cell[order]]])


def _cells(points: np.ndarray, n_cells: int, rng: np.random.Generator) -> np.ndarray:
    from sklearn.cluster import kmeans_plusplus
    from sklearn.metrics import pairwise_distances_argmin

    drawn = points[rng.choice(len(points), min(N_SEEDED, len(points)), replace=False)]
    centres, _ = kmeans_plusplus(drawn, n_cells, random_state=as_seed(rng), n_local_trials=1)
    chunks = range(0, len(points), CHUNK)
    cells = [pairwise_distances_argmin(points[start : start + CHUNK], centres) for start in chunks]
    # Duplicates among the centres leave cells empty.
    return np.unique(np.concatenate(cells), return_inverse=True)[1]


def _quotas(sizes: np.ndarray, n_landmarks: int) -> np.ndarray:
    """Landmarks of each cell, in all `n_landmarks`: the least first, the rest by square roots."""
    quota = np.minimum(sizes, min(LEAST_OF_A_CELL, n_landmarks // len(sizes)))
    while (left := n_landmarks - quota.sum()) > 0:
        room = sizes - quota
        share = np.sqrt(sizes) * (room > 0)
        more = np.minimum(np.floor(left * share / share.sum()).astype(int), room)
        if not more.any():  # fewer than cells: one each to those with the most room
            more[np.argsort(-room, kind="stable")[:left]] = 1
        quota = quota + more
    return quota
