"""How far along an island a source lies: its place between the two ends, however the island bends."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ParameterError
from ..random import RandomState, as_generator
from .nearest import Nearest
from .scaling import as_latents

MOST_POINTS = 3_000  # whose graph is solved; the others take the place of their nearest
K = 12  # neighbours in the graph


def position_along(
    points: Any, *, k: int = K, n_points: int = MOST_POINTS, random_state: RandomState = 0
) -> np.ndarray:
    """Order the points of an island from one end to the other.

    The slowest pattern of the graph of nearest neighbours, the eigenvector of its Laplacian that belongs to
    the smallest eigenvalue above 0 (Fiedler 1973; Belkin & Niyogi 2003, Neural Comput. 15, 1373), has the
    two ends of a long island at its extremes and no turning point between. Ranks along it are spread over
    [0, 1]. A round island has no ends: there the order is one of many.

    Parameters
    ----------
    points : (n_samples, n_dimensions)
        Finite; for instance the places of one cluster on a map.
    k : int
        Neighbours in the graph.
    n_points : int
        Of more points so many are drawn, and the others take the place of the nearest of those.
    random_state

    Returns
    -------
    (n_samples,)
        From 0 to 1; NaN for points that no chain of neighbours connects to the most. Which end is 0 means
        nothing; it is fixed so that the first coordinate grows with it on the whole.

    Raises
    ------
    ParameterError
        Fewer than `k` + 2 points.

    Examples
    --------
    >>> turn = np.linspace(0, 3, 400)
    >>> arc = np.column_stack([np.cos(turn), np.sin(turn)])[::-1]
    >>> bool(np.corrcoef(position_along(arc), np.arange(400))[0, 1] > 0.999)
    True
    """
    points = as_latents(points)
    if len(points) < k + 2 or not np.isfinite(points).all():
        raise ParameterError(
            "points of an island",
            expected=f"{k + 2} or more, all finite",
            got=f"{len(points)}, of which {int(np.isfinite(points).all(1).sum())} are",
            next_step="Take a larger island, or fewer neighbours.",
        )
    rows = np.arange(len(points))
    if len(points) > n_points:
        rows = np.sort(as_generator(random_state).choice(len(points), n_points, replace=False))
    place = np.full(len(rows), np.nan)
    chained, slowest = _slowest_pattern(points[rows], k)
    place[chained] = np.argsort(np.argsort(slowest, kind="stable"), kind="stable") / (len(chained) - 1)
    if np.corrcoef(place[chained], points[rows][chained, 0])[0, 1] < 0:
        place = 1 - place
    if len(rows) < len(points):
        return place[Nearest(points[rows]).to(points, 1)[1][:, 0]]
    return place


def _slowest_pattern(points: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the largest connected part, and the Fiedler vector of its graph."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, laplacian
    from scipy.sparse.linalg import eigsh

    n = len(points)
    neighbours = Nearest(points).of_rows(np.arange(n), k)[1]
    graph = csr_array((np.ones(n * k), (np.repeat(np.arange(n), k), neighbours.ravel())), shape=(n, n))
    graph = graph.maximum(graph.T)
    _, part = connected_components(graph, directed=False)
    chained = np.flatnonzero(part == np.bincount(part).argmax())
    matrix = laplacian(graph[chained][:, chained], normed=True).tocsc()
    # Just below 0, where the matrix can be inverted; the start fixes what would else be random.
    _, vectors = eigsh(matrix, k=2, sigma=-1e-4, v0=np.linspace(1, 2, len(chained)))
    # Of the random walk, not of its symmetric form: divided by the square root of the degrees.
    degrees = np.asarray(graph[chained][:, chained].sum(1)).ravel()
    return chained, vectors[:, 1] / np.sqrt(degrees)
