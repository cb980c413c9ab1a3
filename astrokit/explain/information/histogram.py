"""Mutual information of binned variables, with the bias of counting removed."""

from __future__ import annotations

import numpy as np

from ...errors import ParameterError
from .estimate import LocalInformation
from .ranks import quantile_codes


def histogram(x: np.ndarray, y: np.ndarray, *, n_bins: int | None) -> LocalInformation:
    """Pointwise informations of relative frequencies in bins of equal counts.

    Parameters
    ----------
    x : (n_samples, n_x)
    y : (n_samples, n_y)
    n_bins : int or None
        Per column; None takes as many as leave about ten rows to a cell. Few values stay as they are.
    """
    n_bins = default_bins(len(x), x.shape[1] + y.shape[1]) if n_bins is None else n_bins
    of_x, of_y = joint_codes(x, n_bins), joint_codes(y, n_bins)
    table = np.zeros((of_x.max() + 1, of_y.max() + 1))
    np.add.at(table, (of_x, of_y), 1)
    values = pointwise_of_counts(table)[of_x, of_y]
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    check_cells(freedom, len(x))
    # Each occupied cell biases a plug-in entropy by 1 / 2n (Miller 1955, as used by Panzeri & Treves 1996).
    bias = (np.count_nonzero(table) - sum(table.shape) + 1) / (2 * len(x))
    blur = np.sqrt(2 * freedom) / (2 * len(x))
    notes = (f"{table.shape[0]} x {table.shape[1]} cells: the information of the binned variables",)
    return LocalInformation(values, bias=bias, blur=blur, bound="lower", notes=notes)


def pointwise_of_counts(table: np.ndarray) -> np.ndarray:
    """log p(x, y) / p(x) p(y) of counts (n_x, n_y); 0 where nothing was counted."""
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return np.log(np.where(table > 0, table, 1.0) / np.where(table > 0, expected, 1.0))


def joint_codes(columns: np.ndarray, n_bins: int) -> np.ndarray:
    """One code for each combination of bins that occurs, (n_samples,)."""
    codes = np.column_stack([quantile_codes(column, n_bins) for column in columns.T])
    return np.unique(codes, axis=0, return_inverse=True)[1].ravel()


def default_bins(n_samples: int, n_columns: int) -> int:
    """Bins per column that leave about ten rows to each cell.

    Examples
    --------
    >>> default_bins(10_000, 2), default_bins(10_000, 3)
    (32, 10)
    """
    return max(2, round((n_samples / 10) ** (1 / n_columns)))


def check_cells(n_cells: int, n_samples: int) -> None:
    """More cells than rows would count noise."""
    if n_cells > n_samples:
        raise ParameterError(
            "samples",
            expected=f"at least as many rows as cells, {n_cells}",
            got=f"{n_samples} rows",
            next_step="Use fewer bins or columns, or the estimator 'ksg'.",
        )
