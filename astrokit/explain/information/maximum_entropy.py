"""The distribution of largest entropy that keeps all three pairwise marginals of a table."""

from __future__ import annotations

import numpy as np

from .cones import maximise_entropy
from .terms import margin

PAIRS = ((0, 1), (0, 2), (1, 2))


def maximum_entropy(p: np.ndarray) -> np.ndarray:
    """Maximise the entropy of q(x1, x2, y) with q(x1, x2), q(x1, y) and q(x2, y) those of p.

    Parameters
    ----------
    p : (n1, n2, ny)

    Returns
    -------
    (n1, n2, ny)

    Examples
    --------
    >>> xor = np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> maximum_entropy(xor).round(4).ravel().tolist()
    [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]
    """
    from scipy import sparse

    possible = np.ones(p.shape, dtype=bool)
    for pair in PAIRS:
        possible &= margin(p, *pair) > 0
    equal, to = _pairwise_constraints(p, np.argwhere(possible))
    n = equal.shape[1]
    q = np.zeros(p.shape)
    if len(to) == n:  # the constraints leave no freedom
        q[possible] = np.linalg.solve(equal, to)
        return np.clip(q, 0, None)
    one = sparse.csc_matrix((np.ones(n), (np.arange(n), np.full(n, n))), shape=(n, n + 1))
    q[possible] = maximise_entropy(np.arange(n), one, equal, to)
    return q


def _pairwise_constraints(p: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (one for each pair of symbols that occurs) over cells, reduced to full rank."""
    from scipy.linalg import qr

    rows, right = [], []
    for a, b in PAIRS:
        table = margin(p, a, b).squeeze(axis=3 - a - b)
        for pair in np.argwhere(table > 0):
            rows.append((cells[:, [a, b]] == pair).all(axis=1).astype(float))
            right.append(table[tuple(pair)])
    matrix, to = np.array(rows), np.array(right)
    _, r, order = qr(matrix.T, mode="economic", pivoting=True)
    independent = np.sort(order[: int((np.abs(np.diag(r)) > 1e-9).sum())])
    return matrix[independent], to[independent]
