"""Gaussian processes: one a ratio, with a length scale for each feature."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...random import RandomState, as_generator
from .distances import distances

N_LEARN = 700  # rows that the kernels are chosen on; the process itself takes all
N_STEPS = 40
SCALE, SPREAD = 3.0, 1.5  # typical length scale, in standard deviations, and how far its logarithm strays
CHUNK = 500  # rows predicted at once: small enough for the cache


class Processes(NamedTuple):
    """Means of Gaussian processes with a Matern kernel of order 3/2 (Rasmussen & Williams 2006, eq. 4.17).

    Attributes
    ----------
    points : (n_rows, n_features)
        What the processes have seen, scaled.
    thetas : (n_outputs, n_features + 2)
        Logarithms of the variance, of the length scales, and of the variance of the noise.
    alphas : (n_outputs, n_rows)
        (K + noise)^-1 of the targets.
    """

    points: np.ndarray
    thetas: np.ndarray
    alphas: np.ndarray

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(n_samples, n_features) -> (n_samples, n_outputs)"""
        answer = np.empty((len(features), len(self.thetas)))
        for start in range(0, len(features), CHUNK):
            part = slice(start, start + CHUNK)
            for k, (theta, alpha) in enumerate(zip(self.thetas, self.alphas, strict=True)):
                scales = np.exp(theta[1:-1])
                covariance, _ = _covariance(features[part] / scales, self.points / scales, theta[0])
                answer[part, k] = covariance @ alpha
        return answer

    def left_out(self) -> np.ndarray:
        """Targets less what the processes predict of each row without it, (n_rows, n_outputs).

        In closed form alpha_i / (K + noise)^-1_ii, with the kernel as it is (Rasmussen & Williams 2006,
        eq. 5.12).
        """
        inverses = (_inverse(self.points, theta) for theta in self.thetas)
        return np.column_stack(
            [alpha / np.diag(each) for alpha, each in zip(self.alphas, inverses, strict=True)]
        )


def fit_processes(
    features: np.ndarray,
    targets: np.ndarray,
    *,
    thetas: np.ndarray | None = None,
    random_state: RandomState = 0,
) -> Processes:
    """Choose kernels by the evidence of a part of the rows, and condition the processes on all.

    Parameters
    ----------
    features : (n_samples, n_features)
        Scaled to unit spread.
    targets : (n_samples, n_outputs)
        Scaled likewise.
    thetas : (n_outputs, n_features + 2), optional
        Kernels that were chosen before.
    random_state
        Draws the part.
    """
    if thetas is None:
        n_learn = min(N_LEARN, len(features))
        rows = as_generator(random_state).choice(len(features), n_learn, replace=False)
        thetas = np.array([_choose(features[rows], target[rows]) for target in targets.T])
    alphas = [_condition(features, target, theta) for target, theta in zip(targets.T, thetas, strict=True)]
    return Processes(features, thetas, np.array(alphas))


def _choose(features: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Kernel at the largest evidence, under a broad normal prior on the logarithms of length scales."""
    from scipy.optimize import minimize

    n_features = features.shape[1]
    start = np.array([0.0, *[np.log(SCALE)] * n_features, np.log(1e-2)])

    def cost(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _evidence(theta, features, target)
        off = (theta - start) / SPREAD
        off[[0, -1]] = 0.0  # the two variances go where the evidence is
        return 0.5 * float(off @ off) - value, off / SPREAD - slope

    bounds = [(-4.0, 7.0), *[(-3.0, 7.0)] * n_features, (-14.0, 0.0)]
    options = {"maxiter": N_STEPS}  # the last steps change length scales that do not matter
    return minimize(cost, start, jac=True, bounds=bounds, method="L-BFGS-B", options=options).x


def _evidence(theta: np.ndarray, features: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Log of the evidence but for a constant, and its slope (Rasmussen & Williams 2006, eqs. 5.8 and 5.9)."""
    scaled, noise = features / np.exp(theta[1:-1]), np.exp(theta[-1])
    covariance, decay = _covariance(scaled, scaled, theta[0])
    inverse, half_determinant = _inverted(covariance + noise * np.eye(len(target)))
    alpha = inverse @ target
    value = -0.5 * float(target @ alpha) - half_determinant
    weights = np.outer(alpha, alpha) - inverse
    # The slope of the covariance along log l_k is 3 decay times the squared scaled distance along k, and
    # the sum of H_ij (x_i - x_j)^2 is 2 (sum of h_i x_i^2 - x H x) with h the row sums of a symmetric H.
    pull = 3 * weights * decay
    along = pull.sum(1) @ scaled**2 - (scaled * (pull @ scaled)).sum(0)
    return value, np.array(
        [0.5 * float((weights * covariance).sum()), *along, 0.5 * noise * float(np.trace(weights))]
    )


def _inverse(features: np.ndarray, theta: np.ndarray) -> np.ndarray:
    scaled = features / np.exp(theta[1:-1])
    covariance = _covariance(scaled, scaled, theta[0])[0]
    return _inverted(covariance + np.exp(theta[-1]) * np.eye(len(features)))[0]


def _inverted(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Inverse of a positive definite matrix, and half the logarithm of its determinant."""
    from scipy.linalg import cholesky, lapack

    factor = cholesky(matrix, lower=True)
    inverse = np.tril(lapack.dpotri(factor, lower=1)[0])
    return inverse + np.tril(inverse, -1).T, float(np.log(np.diag(factor)).sum())


def _condition(features: np.ndarray, target: np.ndarray, theta: np.ndarray) -> np.ndarray:
    from scipy.linalg import cho_factor, cho_solve

    scaled = features / np.exp(theta[1:-1])
    covariance = _covariance(scaled, scaled, theta[0])[0] + np.exp(theta[-1]) * np.eye(len(target))
    return cho_solve(cho_factor(covariance, lower=True, overwrite_a=True), target)


def _covariance(left: np.ndarray, right: np.ndarray, log_variance: float) -> tuple[np.ndarray, np.ndarray]:
    """variance (1 + r) exp(-r) and its second factor with the variance; r is sqrt(3) times the distance."""
    r = distances(np.sqrt(3) * left, np.sqrt(3) * right)
    decay = np.exp(log_variance - r)
    r += 1
    r *= decay
    return r, decay
