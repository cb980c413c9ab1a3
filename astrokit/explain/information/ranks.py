"""Ranks of each column: information does not change under invertible maps, so neither may the estimate."""

from __future__ import annotations

import numpy as np


def normal_scores(columns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replace each value by the normal quantile of its rank, column by column.

    Ties are broken at random: noise smaller than any difference can be undone, so it changes no information.

    Parameters
    ----------
    columns : (n_samples, n_columns)
    rng : numpy Generator

    Returns
    -------
    (n_samples, n_columns)

    Examples
    --------
    >>> normal_scores(np.array([[3.0], [1.0], [2.0]]), np.random.default_rng(0)).round(2).ravel().tolist()
    [0.97, -0.97, 0.0]
    """
    from scipy.special import ndtri

    n_samples = len(columns)
    scores = np.empty(columns.shape)
    for k, column in enumerate(columns.T):
        order = np.lexsort((rng.permutation(n_samples), column))
        scores[order, k] = ndtri((np.arange(n_samples) + 0.5) / n_samples)
    return scores


def tied_share(columns: np.ndarray) -> float:
    """The largest share of values of one column that also occur in another row.

    Examples
    --------
    >>> tied_share(np.array([[1.0], [1.0], [2.0], [3.0]]))
    0.5
    """
    return max(_tied(column) for column in columns.T)


def quantile_codes(column: np.ndarray, n_bins: int) -> np.ndarray:
    """Codes 0, 1, ... of bins with equally many values; a column of at most `n_bins` values keeps its values.

    Examples
    --------
    >>> quantile_codes(np.array([0.1, 5.0, 0.2, 9.0]), 2).tolist()
    [0, 1, 0, 1]
    """
    symbols, code = np.unique(column, return_inverse=True)
    if len(symbols) > n_bins:
        edges = np.unique(np.quantile(column, np.arange(1, n_bins) / n_bins))
        _, code = np.unique(np.searchsorted(edges, column, side="right"), return_inverse=True)
    return code


def _tied(column: np.ndarray) -> float:
    _, counts = np.unique(column, return_counts=True)
    return float(counts[counts > 1].sum() / len(column))
