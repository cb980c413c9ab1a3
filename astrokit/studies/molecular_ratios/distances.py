"""Distances between many points, by one product of matrices: several times faster than pair by pair."""

from __future__ import annotations

import numpy as np


def distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Euclidean distances (n_left, n_right) of points (n_left, n_features) and (n_right, n_features).

    |a - b|^2 = |a|^2 + |b|^2 - 2 a b. Rounding leaves some 1e-7 of the lengths where two points are one.

    Examples
    --------
    >>> distances(np.zeros((1, 2)), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist()
    [[5.0, 1.0]]
    """
    squares = (-2 * left) @ right.T
    squares += (left**2).sum(1)[:, None]
    squares += (right**2).sum(1)
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)
