"""One opinion from several classifiers, calibrated: a logarithmic pool with weights, caution and biases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from ..errors import DataError

FLOOR = 1e-7  # of a probability and of what is left of 1: no classifier has seen enough to exclude more
STIFFNESS = 1.0  # inverse variance of weights about an even pool and of the rest about 0: for few rows


class Pool(NamedTuple):
    """A logarithmic pool: p of a class is proportional to

        exp(bias) * (1 - mean of q_m) ** caution * product of q_m ** weight_m

    over the opinions q_m of the classifiers. `weights` (n_models,), `caution`, and `biases` (n_classes,),
    which sum to 0.
    """

    weights: np.ndarray
    caution: float
    biases: np.ndarray

    def apply(self, opinions: ArrayLike) -> np.ndarray:
        """Pooled probabilities (n_samples, n_classes) of opinions (n_models, n_samples, n_classes)."""
        return softmax(_scores(np.hstack(self), _logarithms(opinions)), axis=1)


def fit_pool(opinions: ArrayLike, code: ArrayLike) -> Pool:
    """Fit a pool by maximum likelihood, on rows that none of the classifiers has learned from.

    Genest & Zidek (1986, Stat. Sci. 1, 114) for the pool; its likelihood is concave. Of one classifier it is
    temperature scaling with class biases (Guo et al. 2017, ICML, 1321; Alexandari et al. 2020, ICML, 222):
    weights that sum to less than 1 say that the classifiers were too sure. Caution holds back great certainty
    more than small, as in beta calibration (Kull, Silva Filho & Flach 2017, AISTATS, 623): without it a few
    wrong labels would make all opinions timid.

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
    >>> pool = fit_pool([boastful], code)
    >>> honest = 1 / (1 + np.exp(-2 * logit))
    >>> bool(np.abs(pool.apply([boastful])[:, 1] - honest).max() < 0.05)
    True
    """
    logarithms, code = _logarithms(opinions), np.asarray(code)
    n_features, n_samples, n_classes = logarithms.shape
    n_models = n_features - 1
    if code.shape != (n_samples,) or len(np.unique(code)) != n_classes:
        raise DataError(
            "pool",
            expected=f"{n_samples} true classes, each of {n_classes} at least once",
            got=f"{code.size} of {len(np.unique(code))} classes",
            next_step="Fit on rows of all classes.",
        )
    own = np.eye(n_classes)[code]
    even = np.append(np.full(n_models, 1 / n_models), np.zeros(1 + n_classes))
    stiffness = STIFFNESS / (2 * n_samples)

    def cost(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = log_softmax(_scores(parameters, logarithms), axis=1)
        wrong = (np.exp(log_p) - own) / n_samples
        slope = np.append(np.einsum("mnc,nc->m", logarithms, wrong), wrong.sum(0))
        off = parameters - even
        return -(log_p * own).sum() / n_samples + stiffness * (off**2).sum(), slope + 2 * stiffness * off

    found = minimize(cost, even, jac=True, method="L-BFGS-B").x
    biases = found[n_features:]
    return Pool(found[:n_models], float(found[n_models]), biases - biases.mean())


def _logarithms(opinions: ArrayLike) -> np.ndarray:
    """Logarithms of the opinions and of what their mean leaves of 1: (n_models + 1, n_samples, n_classes)."""
    array = np.asarray(opinions, float)
    if array.ndim != 3 or not np.isfinite(array).all():
        raise DataError(
            "opinions of a pool",
            expected="finite probabilities of shape (n_models, n_samples, n_classes)",
            got=f"shape {array.shape}, all finite: {bool(np.isfinite(array).all())}",
            next_step="Stack the probabilities of the classifiers.",
        )
    return np.log(np.maximum(np.concatenate([array, 1 - array.mean(0, keepdims=True)]), FLOOR))


def _scores(parameters: np.ndarray, logarithms: np.ndarray) -> np.ndarray:
    n_features = len(logarithms)
    return np.tensordot(parameters[:n_features], logarithms, 1) + parameters[n_features:]
