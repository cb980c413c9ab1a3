"""The likelihood of magnitudes, with the causes that nobody sees integrated out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...data.simulate.galaxies import LEVELS, VARIABLES, covariance_of_causes, linear_model, true_magnitudes
from ...data.simulate.galaxies.causes import SEEN
from ...data.simulate.galaxies.photometry import spread

Predict = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
MEAN = np.array([mean for mean, _ in LEVELS.values()])
WIDTH = np.sqrt(np.diag(covariance_of_causes()))
FARTHEST = 8  # of these widths
DUST = "log_dust"
N_INNER = 100
FREEDOM = 6.0  # of Student's t, whose tails are wider than those of what it stands for
N_STEPS = 2
_STEP = 1e-4


def log_evidence(
    seen: np.ndarray,
    causes: np.ndarray,
    predict: Predict,
    rng: np.random.Generator,
    *,
    known: Sequence[str] = (),
) -> np.ndarray:
    """log p(seen | known causes), (n,): an integral over the other causes by importance sampling.

    Parameters
    ----------
    seen : (n, n_bands)
    causes : (n, 7)
        Those of `known` are held, the others only give the shape.
    predict : causes (..., 7) to mean and standard deviation (..., n_bands)

    Notes
    -----
    Dust, in which magnitudes are far from linear, is drawn from its prior, one draw from each of `N_INNER`
    equal parts of it. The other causes are drawn around the best ones given that dust. The mean of the
    logarithm of a mean of weights w is too small by var(w) / (2 n mean(w)^2), which is added.
    """
    held = [VARIABLES.index(name) for name in known]
    free = [VARIABLES.index(name) for name in SEEN if name not in (*known, DUST)]
    drawn = np.repeat(causes[:, None], N_INNER, axis=1)
    if DUST not in known:
        dust = VARIABLES.index(DUST)
        center, precision = _prior(causes, held, [dust])
        drawn[..., dust] = center + _stratified(len(causes), rng) / np.sqrt(precision[0, 0])
        held = [*held, dust]
    center, precision = _prior(drawn, held, free)
    drawn[..., free] = center
    for _ in range(N_STEPS):  # of Gauss and Newton
        mean, sigma = predict(drawn)
        slopes = _slopes(predict, drawn, free) / sigma[..., None]
        turned = np.swapaxes(slopes, -1, -2)
        curvature = precision + turned @ slopes
        pull = (turned @ ((seen[:, None] - mean) / sigma)[..., None])[..., 0]
        pull -= (drawn[..., free] - center) @ precision
        drawn[..., free] += np.linalg.solve(curvature, pull[..., None])[..., 0]
    best = drawn[..., free]
    step = _draw_t(curvature, rng)
    root = np.linalg.cholesky(np.linalg.inv(precision))
    # Every other draw is of the prior: where errors are large, what is likely has another shape than a t.
    step[:, ::2] = (center - best)[:, ::2] + rng.standard_normal(step[:, ::2].shape) @ root.T
    drawn[..., free] = best + step
    mean, sigma = predict(drawn)
    log_prior = _log_normal((drawn[..., free] - center) @ np.linalg.cholesky(precision))
    log_prior += np.linalg.slogdet(precision)[1] / 2
    log_weight = _log_normal((seen[:, None] - mean) / sigma) - np.log(sigma).sum(axis=-1) + log_prior
    log_weight -= np.logaddexp(log_prior, _log_t(curvature, step)) - np.log(2)
    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    average = weight.mean(axis=1)
    return top[:, 0] + np.log(average) + weight.var(axis=1) / average**2 / (2 * N_INNER)


def full(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (..., 7) of causes (..., 7) and their standard deviations, in the full model."""
    # Draws of a t can lie where the formulas end; there the prior leaves them no weight.
    magnitude = true_magnitudes(np.clip(causes, MEAN - FARTHEST * WIDTH, MEAN + FARTHEST * WIDTH))
    return magnitude, spread(magnitude)


def linear(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same in the linear setting."""
    level, slopes, sigma = linear_model()
    magnitude = level + (causes - MEAN) @ slopes.T
    return magnitude, np.broadcast_to(sigma, magnitude.shape)


def of_bands(predict: Predict, places: list[int]) -> Predict:
    """The same of some bands."""

    def some(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, sigma = predict(causes)
        return mean[..., places], sigma[..., places]

    return some


def _stratified(n: int, rng: np.random.Generator) -> np.ndarray:
    """Standard normals (n, N_INNER), one from each of `N_INNER` equally probable parts."""
    from scipy.special import ndtri

    return ndtri((np.arange(N_INNER) + rng.random((n, N_INNER))) / N_INNER)


def _prior(causes: np.ndarray, held: list[int], free: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Mean (..., n_free) and precision (n_free, n_free) of the free causes, given those held."""
    covariance = covariance_of_causes()
    inner = covariance[np.ix_(free, free)]
    crossed = covariance[np.ix_(free, held)] @ np.linalg.inv(covariance[np.ix_(held, held)])
    mean = MEAN[free] + (causes[..., held] - MEAN[held]) @ crossed.T
    precision = np.linalg.inv(inner - crossed @ covariance[np.ix_(held, free)])
    return mean, precision


def _slopes(predict: Predict, causes: np.ndarray, free: list[int]) -> np.ndarray:
    """(..., n_bands, n_free), by differences."""
    level = predict(causes)[0]
    steps = _STEP * np.eye(len(VARIABLES))[free]
    return np.stack([predict(causes + step)[0] - level for step in steps], axis=-1) / _STEP


def _draw_t(curvature: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Steps (..., k) of a multivariate t of that precision (..., k, k)."""
    shape = curvature.shape[:-1]
    root = np.linalg.cholesky(curvature)
    drawn = rng.standard_normal(shape) / np.sqrt(rng.chisquare(FREEDOM, (*shape[:-1], 1)) / FREEDOM)
    return np.linalg.solve(np.swapaxes(root, -1, -2), drawn[..., None])[..., 0]


def _log_t(curvature: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Log density (...) of these steps (..., k)."""
    from scipy.special import gammaln

    k = step.shape[-1]
    distance = (step * (curvature @ step[..., None])[..., 0]).sum(axis=-1)
    constant = gammaln((FREEDOM + k) / 2) - gammaln(FREEDOM / 2) - k / 2 * np.log(FREEDOM * np.pi)
    constant = constant + np.linalg.slogdet(curvature)[1] / 2
    return constant - (FREEDOM + k) / 2 * np.log1p(distance / FREEDOM)


def _log_normal(z: np.ndarray) -> np.ndarray:
    return -((z**2).sum(axis=-1) + z.shape[-1] * np.log(2 * np.pi)) / 2
