"""Which other feature a feature interacts with: what it explains beyond the feature's own value."""

from __future__ import annotations

import numpy as np

N_BINS = 10  # along the feature itself
N_CELLS = 4  # along the other one, within each bin
PER_BIN = 40  # rows at least
MOST_ROWS = 20_000


def interaction_strengths(
    values: np.ndarray, data: np.ndarray, feature: int, interactions: np.ndarray | None = None
) -> np.ndarray:
    """How strongly each feature interacts with one of them.

    Without a further effect of other features, the Shapley value of a feature is a function of that feature
    alone. So rows are binned by it, a straight line in it is taken away in each bin, and what remains is
    compared among four cells of the other feature: the share of variance that they explain, less what
    chance does (as omega squared does in an analysis of variance).

    Parameters
    ----------
    values, data : (n_rows, n_features)
    feature : int
    interactions : (n_rows, n_features, n_features), optional
        Shapley interaction values: then the mean of their absolute values is taken, as a share of the sum.

    Returns
    -------
    (n_features,)
        Shares from 0 to 1; NaN for the feature itself.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(4000, 3))
    >>> shares = interaction_strengths(np.column_stack([x[:, 0] * x[:, 2], x[:, 1], x[:, 2]]), x, 0)
    >>> int(np.nanargmax(shares)), bool(shares[2] > 0.8), bool(shares[1] < 0.01)
    (2, True, True)
    """
    if interactions is not None:
        strengths = np.abs(interactions[:, feature]).mean(0)
        shares = strengths / max(strengths.sum(), 1e-300)
    else:
        shares = _explained(values[:, feature].astype(float), data, feature)
    shares[feature] = np.nan
    return shares


def _explained(value: np.ndarray, data: np.ndarray, feature: int) -> np.ndarray:
    own = data[:, feature].astype(float)
    bins = _cells(own, int(np.clip(len(own) // PER_BIN, 1, N_BINS)))
    gained = np.zeros(data.shape[1])
    for bin in np.unique(bins):
        rows = np.flatnonzero(bins == bin)
        left = _without_line(value[rows], own[rows])
        for other in range(data.shape[1]):
            if other != feature:
                gained[other] += _between(left, _cells(data[rows, other].astype(float), N_CELLS))
    total = ((value - value.mean()) ** 2).sum()
    return np.clip(gained / total, 0, 1) if total > 0 else np.zeros(len(gained))


def _cells(column: np.ndarray, n: int) -> np.ndarray:
    """Codes of `n` cells with as many rows each, as far as equal values allow; NaN has one of its own."""
    known = column[np.isfinite(column)]
    inner = np.unique(np.quantile(known, np.arange(1, n) / n)) if len(known) else known
    return np.where(np.isfinite(column), np.searchsorted(inner, column, side="right"), n)


def _without_line(value: np.ndarray, own: np.ndarray) -> np.ndarray:
    left = value - value.mean()
    off = own - own.mean()
    squares = (off**2).sum()
    return left - off * ((left * off).sum() / squares) if squares > 0 else left


def _between(left: np.ndarray, cells: np.ndarray) -> float:
    """Squares explained by cells, less what as many cells explain by chance; `left` has mean 0."""
    counts = np.bincount(cells)
    present = counts > 0
    n_cells, free = int(present.sum()), len(left) - int(present.sum()) - 1
    if n_cells < 2 or free < 1:
        return 0.0
    between = (np.bincount(cells, left)[present] ** 2 / counts[present]).sum()
    within = (left**2).sum() - between
    return float(between - (n_cells - 1) * within / free)
