"""Partial information decomposition of jointly Gaussian variables, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ParameterError
from .columns import check_count
from .copula import information_of
from .decomposition import Decomposition, from_redundancy, in_unit
from .units import check_choice, nats_per

# For one target variable all measures that look at p(x1, y) and p(x2, y) only equal mmi (Barrett 2015).
SAME_AS_MMI = ("broja", "i_min")
MEASURES = ("mmi", "pointwise", *SAME_AS_MMI)
LEAST_EIGENVALUE = 1e-10  # of the correlation matrix; below it some variable is a function of the others


def pid_gaussian(
    cov: Any, n1: int, n2: int, ny: int, *, measure: str = "mmi", unit: str = "bits"
) -> Decomposition:
    """Decompose I(X1, X2; Y) of a Gaussian with a known covariance.

    Parameters
    ----------
    cov : (n1 + n2 + ny, n1 + n2 + ny)
        Covariance of X1, X2 and Y, in this order; a correlation matrix gives the same.
    n1, n2, ny : int
        Numbers of variables.
    measure : {"mmi", "pointwise", "broja", "i_min"}
        The last two for ny = 1 only, where they equal mmi (Barrett 2015). pointwise is an expectation over a
        quadratic form of normals, found by one exact integral.
    unit : {"bits", "nats"}

    Returns
    -------
    Decomposition

    Raises
    ------
    ParameterError
        For a matrix of another shape, not symmetric, or singular (then the information is infinite).

    Examples
    --------
    X1 and X2 standard normal, Y = X1 + X2 + noise of standard deviation 0.5:

    >>> cov = [[1, 0, 1], [0, 1, 1], [1, 1, 2.25]]
    >>> pid_gaussian(cov, 1, 1, 1, measure="mmi", unit="nats")
    Decomposition (mmi, nats), total 1.0986
      redundant    0.2939
      unique1      0.0000
      unique2      0.0000
      synergistic  0.8047
    >>> round(pid_gaussian(cov, 1, 1, 1, measure="pointwise", unit="nats").redundant, 3)
    -0.018
    """
    check_choice(
        "measure", measure, MEASURES, why="The other measures have no closed form; see `pid_samples`."
    )
    nats = nats_per(unit)
    sizes = [check_count(name, n, least=1) for name, n in (("n1", n1), ("n2", n2), ("ny", ny))]
    matrix = _read_covariance(cov, sum(sizes))
    check_target(measure, ny)
    return in_unit(decompose_gaussian(matrix, n1, n2, measure), unit, nats)


def check_target(measure: str, ny: int) -> None:
    """broja and i_min have a closed form for one target variable only."""
    if measure in SAME_AS_MMI and ny > 1:
        raise ParameterError(
            "ny",
            expected=f"1 target variable for {measure!r}",
            got=ny,
            next_step="Take 'mmi' or 'pointwise', or bin the data: `pid_samples`, estimator 'histogram'.",
        )


def decompose_gaussian(cov: np.ndarray, n1: int, n2: int, measure: str) -> Decomposition:
    """The decomposition of a checked covariance, in nats."""
    first, second = np.arange(n1), np.arange(n1, n1 + n2)
    return decompose_parts(cov, first, second, np.arange(n1 + n2, len(cov)), measure)


def decompose_parts(
    cov: np.ndarray, first: np.ndarray, second: np.ndarray, target: np.ndarray, measure: str
) -> Decomposition:
    """The same for sources that may have variables in common: their places, and those of the target, last."""
    of_1 = information_of(_block(cov, first, target), len(first))
    of_2 = information_of(_block(cov, second, target), len(second))
    redundant = min(of_1, of_2)
    if measure == "pointwise":
        # E min(i1, i2) = (I1 + I2 - E |i1 - i2|) / 2
        weights = _difference_weights(cov, first, second, target)
        redundant = (of_1 + of_2 - mean_absolute(of_1 - of_2, weights)) / 2
    return from_redundancy(
        redundant, of_1, of_2, information_of(cov, len(cov) - len(target)), measure=measure
    )


def _difference_weights(
    cov: np.ndarray, first: np.ndarray, second: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Weights w for which i(x1; y) - i(x2; y) is I1 - I2 + sum_j w_j z_j^2, with z independent normals."""
    form = np.zeros(cov.shape)
    for sign, source in ((1, first), (-1, second)):
        both = np.concatenate([source, target])
        form[np.ix_(source, source)] += sign * np.linalg.inv(_block(cov, source))
        form[np.ix_(both, both)] -= sign * np.linalg.inv(_block(cov, both))
    root = np.linalg.cholesky(cov)
    return np.linalg.eigvalsh(root.T @ form @ root) / 2


def mean_absolute(shift: float, weights: np.ndarray) -> float:
    """E |shift + sum_j w_j z_j^2| for independent standard normals z.

    E |d| = 2 / pi times the integral over t > 0 of (1 - Re phi(t)) / t^2, with the characteristic function
    phi(t) = exp(i t shift) prod_j (1 - 2 i t w_j)^(-1/2).

    Examples
    --------
    >>> round(mean_absolute(0.0, np.array([0.5, -0.5])), 6)  # the product of two normals: 2 / pi
    0.63662
    """
    scale = np.sqrt((shift + weights.sum()) ** 2 + 2 * (weights**2).sum())
    if scale < 1e-12:
        return 0.0
    shift, weights = shift / scale, weights / scale
    nodes, node_weights = np.polynomial.legendre.leggauss(6)
    edges = np.concatenate([[0], np.geomspace(1e-3, 1, 40), np.arange(2, 3001)])
    half = np.diff(edges)[:, None] / 2
    t = edges[:-1, None] + half * (1 + nodes)
    phase = t * shift - np.arctan(-2 * t[..., None] * weights).sum(axis=-1) / 2
    size = (1 + (2 * t[..., None] * weights) ** 2).prod(axis=-1) ** -0.25
    integral = (half * node_weights * (1 - size * np.cos(phase)) / t**2).sum()
    # Beyond the last edge the characteristic function has died away; 1 / t^2 is left.
    return float(2 / np.pi * scale * (integral + 1 / edges[-1]))


def _block(matrix: np.ndarray, *parts: np.ndarray) -> np.ndarray:
    kept = np.concatenate(parts)
    return matrix[np.ix_(kept, kept)]


def _read_covariance(cov: Any, n: int) -> np.ndarray:
    """The correlation matrix of a covariance (n, n), positive definite."""
    try:
        matrix = np.asarray(cov, dtype=float)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (n, n):
        raise _wrong(
            f"shape {(n, n)}, for n1 + n2 + ny = {n}", f"shape {matrix.shape}", "Order it X1, X2, Y."
        )
    if not np.isfinite(matrix).all():
        raise _wrong(
            "finite numbers", f"{(~np.isfinite(matrix)).sum()} not finite", "Drop rows with gaps first."
        )
    if not np.allclose(matrix, matrix.T):
        raise _wrong("a symmetric matrix", f"differences up to {abs(matrix - matrix.T).max():g}", "Check it.")
    if (np.diag(matrix) <= 0).any():
        raise _wrong("positive variances", f"{np.diag(matrix).min():g}", "Leave constant variables out.")
    width = np.sqrt(np.diag(matrix))
    matrix = (matrix + matrix.T) / 2 / np.outer(width, width)
    least = np.linalg.eigvalsh(matrix)[0]
    if least < LEAST_EIGENVALUE:
        raise _wrong(
            f"a correlation matrix with eigenvalues > {LEAST_EIGENVALUE:g}",
            f"{least:g}",
            "Some variable is a function of the others: leave it out, or add its measurement error.",
        )
    return matrix


def _wrong(expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError("cov", expected=expected, got=got, next_step=next_step)
