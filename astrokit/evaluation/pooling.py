"""One opinion from several classifiers, calibrated: a logarithmic pool with weights and class biases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from ..errors import DataError

FLOOR = 1e-7  # of a probability: no classifier has seen enough to exclude more
STIFFNESS = 1.0  # inverse variance of weights about an even pool and of biases about 0: for few rows


class Pool(NamedTuple):
    """A logarithmic pool: p is proportional to exp(bias) times the product of p_m ** weight_m.

    `weights` (n_models,) and `biases` (n_classes,), which sum to 0.
    """

    weights: np.ndarray
    biases: np.ndarray

    def apply(self, opinions: ArrayLike) -> np.ndarray:
        """Pooled probabilities (n_samples, n_classes) of opinions (n_models, n_samples, n_classes)."""
        return softmax(_scores(np.append(self.weights, self.biases), _logarithms(opinions)), axis=1)


def fit_pool(opinions: ArrayLike, code: ArrayLike) -> Pool:
    """Fit a pool by maximum likelihood, on rows that none of the classifiers has learned from.

    Genest & Zidek (1986, Stat. Sci. 1, 114) for the pool; its likelihood is concave. Of one classifier it is
    temperature scaling with class biases (Guo et al. 2017, ICML, 1321; Alexandari et al. 2020, ICML, 222):
    weights that sum to less than 1 say that the classifiers were too sure.

    Parameters
    ----------
    opinions : (n_models, n_samples, n_classes)
        Probabilities by each classifier.
    code : (n_samples,)
        Number of the true class.

    Returns
    -------
    Pool

    Raises
    ------
    DataError
        When shapes do not fit, a class is missing, or opinions are no numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> code = rng.integers(0, 2, 2000)
    >>> logit = 2 * code - 1 + rng.normal(size=2000)  # honest odds are exp(2 logit)
    >>> boastful = 1 / (1 + np.exp(np.column_stack([6 * logit, -6 * logit])))
    >>> bool(abs(fit_pool([boastful], code).weights[0] - 1 / 3) < 0.05)
    True
    """
    logarithms, code = _logarithms(opinions), np.asarray(code)
    n_models, n_samples, n_classes = logarithms.shape
    if code.shape != (n_samples,) or len(np.unique(code)) != n_classes:
        raise DataError(
            "pool",
            expected=f"{n_samples} true classes, each of {n_classes} at least once",
            got=f"{code.size} of {len(np.unique(code))} classes",
            next_step="Fit on rows of all classes.",
        )
    own = np.eye(n_classes)[code]
    even = np.append(np.full(n_models, 1 / n_models), np.zeros(n_classes))
    stiffness = STIFFNESS / (2 * n_samples)

    def cost(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = log_softmax(_scores(parameters, logarithms), axis=1)
        wrong = (np.exp(log_p) - own) / n_samples
        slope = np.append(np.einsum("mnc,nc->m", logarithms, wrong), wrong.sum(0))
        off = parameters - even
        return -(log_p * own).sum() / n_samples + stiffness * (off**2).sum(), slope + 2 * stiffness * off

    found = minimize(cost, even, jac=True, method="L-BFGS-B").x
    return Pool(found[:n_models], found[n_models:] - found[n_models:].mean())


def _logarithms(opinions: ArrayLike) -> np.ndarray:
    array = np.asarray(opinions, float)
    if array.ndim != 3 or not np.isfinite(array).all():
        raise DataError(
            "opinions of a pool",
            expected="finite probabilities of shape (n_models, n_samples, n_classes)",
            got=f"shape {array.shape}, all finite: {bool(np.isfinite(array).all())}",
            next_step="Stack the probabilities of the classifiers.",
        )
    return np.log(np.maximum(array, FLOOR))


def _scores(parameters: np.ndarray, logarithms: np.ndarray) -> np.ndarray:
    n_models = len(logarithms)
    return np.tensordot(parameters[:n_models], logarithms, 1) + parameters[n_models:]
