"""The spanning tree of mutual reachability in parts: with progress, and a way to stop between them."""

from __future__ import annotations

import math
import threading
from typing import Any, NamedTuple

import numpy as np

from ..progress import Cancel, Progress, stop_if

BLOCK = 20_000  # points that are asked for their neighbours between two looks at progress and cancel
MOST_DIMENSIONS = 30  # beyond, the library goes by approximate neighbours, in one go
HALF = 100  # steps of the bar for the neighbours, and as many for the rounds after

# The steps leave the interpreter to other threads, but where there is no OpenMP numba's own threads cannot
# serve two of these at once.
_one_at_a_time = threading.Lock()


class SpanningTree(NamedTuple):
    """`edges` (n_points - 1, 3): two points and their mutual-reachability distance, ascending; and the
    `core` distance (n_points,) of each point.
    """

    edges: np.ndarray
    core: np.ndarray


def spanning_tree(
    points: np.ndarray, min_samples: int, *, progress: bool = True, cancelled: Cancel | None = None
) -> SpanningTree:
    """Grow the minimum spanning tree of mutual reachability by the steps of `fast_hdbscan`.

    These are Boruvka's rounds (McInnes & Healy 2017, arXiv 1705.07321): each point looks for the nearest one
    of another component, each component takes its shortest such edge, until one component is left. The
    library does them in one call; taken one by one they can be watched and stopped.

    Parameters
    ----------
    points : (n_points, n_features)
        Finite.
    min_samples : int
        A point's core distance is that to its neighbour of this number.
    progress : bool
    cancelled : callable, optional

    Raises
    ------
    Cancelled
    """
    points = np.ascontiguousarray(points, float)
    with Progress(2 * HALF, "growing the cluster tree", unit="steps", enabled=progress) as bar:
        if points.shape[1] > MOST_DIMENSIONS:
            edges, core = _in_one_go(points, min_samples)
        else:
            edges, core = _by_rounds(points, min_samples, bar, cancelled)
    # The library's own order: by distance, then by the points, so that ties fall as they do there.
    return SpanningTree(edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))], core)


def _in_one_go(points: np.ndarray, min_samples: int) -> tuple[np.ndarray, np.ndarray]:
    from fast_hdbscan.hdbscan import compute_minimum_spanning_tree

    edges, _, core = compute_minimum_spanning_tree(points, min_samples=min_samples)
    return edges, core


def _by_rounds(
    points: np.ndarray, min_samples: int, bar: Progress, cancelled: Cancel | None
) -> tuple[np.ndarray, np.ndarray]:
    """`parallel_boruvka` of the library, with a look at progress and cancel between its steps."""
    from fast_hdbscan import boruvka
    from fast_hdbscan.disjoint_set import ds_rank_create
    from fast_hdbscan.numba_kdtree import build_kdtree

    tree, n_points = build_kdtree(points), len(points)
    distances, neighbours = _neighbours(tree, min_samples + 1, bar, cancelled)
    core = (distances if min_samples > 1 else np.zeros_like(distances)).T[-1]
    sets, owner = ds_rank_create(n_points), np.arange(n_points)
    of_node = np.full(tree.idx_start.shape[0], -1)
    with _one_at_a_time:
        edges = [boruvka.initialize_boruvka_from_knn(neighbours, distances, core, sets)]
        boruvka.update_component_vectors(tree, sets, of_node, owner)
    n_left = first = len(np.unique(owner))
    while n_left > 1:
        stop_if(cancelled, "cluster tree", n_points - n_left, n_points)
        with _one_at_a_time:
            far, nearest = boruvka.boruvka_tree_query(tree, of_node, owner, core)
            edges.append(boruvka.merge_components(sets, nearest, far, owner))
            boruvka.update_component_vectors(tree, sets, of_node, owner)
        before, n_left = n_left, n_left - len(edges[-1])
        bar.advance(round(HALF * math.log(before / n_left) / math.log(first)))
    joined = np.vstack(edges)
    joined[:, 2] = np.sqrt(joined[:, 2])
    return joined, np.sqrt(core)


def _neighbours(tree: Any, k: int, bar: Progress, cancelled: Cancel | None) -> tuple[np.ndarray, np.ndarray]:
    """Squared distances and numbers (n_points, k) of the nearest points, each itself first."""
    from fast_hdbscan.numba_kdtree import parallel_tree_query

    found, n_points = [], len(tree.data)
    for start in range(0, n_points, BLOCK):
        stop_if(cancelled, "cluster tree", start, n_points)
        end = min(start + BLOCK, n_points)
        with _one_at_a_time:
            found.append(parallel_tree_query(tree, tree.data[start:end], k, True))
        bar.advance(HALF * end // n_points - HALF * start // n_points)
    distances, neighbours = (np.concatenate(each) for each in zip(*found, strict=True))
    return distances, neighbours
