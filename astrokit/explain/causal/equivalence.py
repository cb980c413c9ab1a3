"""What independences can tell of a known graph: its equivalence class as a CPDAG or a PAG."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ParameterError
from .library import marks_of, quiet


def class_of(truth: Any, n: int, kind: str) -> np.ndarray:
    """Marks (n, n) of the CPDAG, or of the PAG without hidden variables, of a true acyclic graph."""
    from causallearn.graph.Dag import Dag
    from causallearn.graph.GraphNode import GraphNode
    from causallearn.utils.DAG2CPDAG import dag2cpdag
    from causallearn.utils.DAG2PAG import dag2pag

    truth = _check(truth, n)
    nodes = [GraphNode(f"X{k + 1}") for k in range(n)]
    dag = Dag(nodes)
    for i, j in zip(*np.nonzero(truth), strict=True):
        dag.add_directed_edge(nodes[i], nodes[j])
    with quiet():
        found = dag2cpdag(dag) if kind == "cpdag" else dag2pag(dag, [])
    order = [found.node_map[node] for node in nodes]
    return marks_of(found.graph)[np.ix_(order, order)]


def _check(truth: Any, n: int) -> np.ndarray:
    truth = np.asarray(truth)
    if truth.shape != (n, n) or not np.isin(truth, (0, 1)).all():
        raise _bad(f"an array ({n}, {n}) of 0 and 1", f"shape {truth.shape}, values {np.unique(truth)[:5]}")
    left = np.arange(n)
    while len(left):  # take away whatever has no cause left; a cycle never loses its members
        is_root = ~truth[np.ix_(left, left)].astype(bool).any(0)
        if not is_root.any():
            raise _bad("a graph without cycles", f"a cycle among {len(left)} variables")
        left = left[~is_root]
    return truth


def _bad(expected: str, got: str) -> ParameterError:
    return ParameterError(
        "truth", expected=expected, got=got, next_step="Set truth[i, j] = 1 where i is a cause of j, else 0."
    )
