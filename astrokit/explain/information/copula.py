"""Mutual information of a Gaussian copula: exact for a Gaussian after any map of each column."""

from __future__ import annotations

import numpy as np

from .columns import check_rows
from .estimate import LocalInformation
from .ranks import normal_scores

RIDGE = 1e-9  # keeps the correlation of two equal columns invertible


def gaussian_copula(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> LocalInformation:
    """Pointwise informations log p(x, y) / p(x) p(y) of the Gaussian fitted to normal scores.

    Parameters
    ----------
    x : (n_samples, n_x)
    y : (n_samples, n_y)
    rng : numpy Generator
        Breaks ties.
    """
    n_samples, n_x, n_y = len(x), x.shape[1], y.shape[1]
    check_rows(n_samples, least=n_x + n_y + 2, why=f"for a covariance of {n_x + n_y} columns")
    scores = np.hstack([normal_scores(x, rng), normal_scores(y, rng)])
    matrix = correlation(scores)
    parts = _distance(scores[:, :n_x], matrix[:n_x, :n_x]), _distance(scores[:, n_x:], matrix[n_x:, n_x:])
    values = information_of(matrix, n_x) + (parts[0] + parts[1] - _distance(scores, matrix)) / 2
    # Without dependence, 2 n I is chi-squared with n_x n_y degrees of freedom (Wilks 1938).
    freedom = n_x * n_y
    bias, blur = freedom / (2 * n_samples), np.sqrt(2 * freedom) / (2 * n_samples)
    return LocalInformation(
        values, bias=bias, blur=blur, notes=("Gaussian copula: normal scores of each column",)
    )


def correlation(columns: np.ndarray) -> np.ndarray:
    """Correlation matrix (n_columns, n_columns), positive definite."""
    matrix = np.atleast_2d(np.corrcoef(columns, rowvar=False))
    return (matrix + RIDGE * np.eye(len(matrix))) / (1 + RIDGE)


def information_of(covariance: np.ndarray, n_x: int) -> float:
    """I(X; Y) in nats of a Gaussian whose first `n_x` variables are X and the others Y.

    Examples
    --------
    >>> round(information_of(np.array([[1.0, 0.75], [0.75, 1.0]]), 1), 4)
    0.4133
    """
    blocks = (covariance[:n_x, :n_x], covariance[n_x:, n_x:], covariance)
    of_x, of_y, of_both = (np.linalg.slogdet(block)[1] for block in blocks)
    return float(of_x + of_y - of_both) / 2


def _distance(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Squared Mahalanobis distance of each row from the origin."""
    return (rows * np.linalg.solve(matrix, rows.T).T).sum(axis=1)
