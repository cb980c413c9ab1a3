"""The likelihood of what is seen, with the causes that nobody sees integrated out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...data.simulate.galaxies import LEVELS, VARIABLES, covariance_of_causes, linear_model, true_magnitudes
from ...data.simulate.galaxies.causes import SEEN
from ...data.simulate.galaxies.photometry import spread

Predict = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
MEAN = np.array([mean for mean, _ in LEVELS.values()])
WIDTH = np.sqrt(np.diag(covariance_of_causes()))
FARTHEST = 8  # of these widths
_DUST = VARIABLES.index("log_dust")
N_INNER = 100
FREEDOM = 6.0  # of Student's t, whose tails are wider than those of what it stands for
N_STEPS = 2
_STEP = 1e-4


class Likelihood(NamedTuple):
    """Of n galaxies: independent normals around what is predicted."""

    seen: np.ndarray  # (n, d)
    predict: Predict  # causes (n, m, 7) to means and standard deviations (n, m, d)
    approach: Predict  # the same, nearer to linear and good near the truth: to find where to draw
    causes: np.ndarray  # (n, 7), the true ones
    acting: tuple[str, ...] = SEEN  # the causes that act on what is seen


def log_evidence(
    likelihood: Likelihood, rng: np.random.Generator, *, known: Sequence[str] = ()
) -> np.ndarray:
    """log p(seen | known causes), (n,): an integral over the other causes by importance sampling.

    Notes
    -----
    Magnitudes are far from linear in the logarithm of dust. It is drawn first: half of the draws from its
    prior, one from each of equally probable parts, and half, in the same way, around its best value. The
    other causes are drawn around the best ones given that dust, and every other time from their prior. The
    best ones are sought from the truth on, with the errors at the truth: errors that went with the causes on
    the way could lead to where they are small, far from what is likely. The mean of the logarithm of a mean
    of weights w is too small by var(w) / (2 n mean(w)^2), which is added.
    """
    held = [VARIABLES.index(name) for name in known]
    acting = [VARIABLES.index(name) for name in likelihood.acting if name not in known]
    free = [place for place in acting if place != _DUST]
    drawn = np.repeat(likelihood.causes[:, None], N_INNER, axis=1)
    log_weight = np.zeros(drawn.shape[:2])
    if _DUST in acting:
        best, curvature, (center, precision) = _best(likelihood, likelihood.causes[:, None], held, acting)
        inner = np.linalg.inv(precision)
        place = acting.index(_DUST)
        prior = center[..., place], np.sqrt(inner[place, place])
        near = best[..., _DUST], np.sqrt(np.linalg.inv(curvature)[..., place, place])
        drawn[..., _DUST], log_weight = _draw_dust(prior, near, rng)
        held = [*held, _DUST]
    drawn, curvature, (center, precision) = _best(likelihood, drawn, held, free)
    best = drawn[..., free]
    step = _draw_t(curvature, rng)
    root = np.linalg.cholesky(np.linalg.inv(precision))
    # Where errors are large, what is likely has another shape than a t, and more that of the prior.
    step[:, ::2] = (center - best)[:, ::2] + rng.standard_normal(step[:, ::2].shape) @ root.T
    drawn[..., free] = best + step
    mean, sigma = likelihood.predict(drawn)
    log_prior = _log_normal((drawn[..., free] - center) @ np.linalg.cholesky(precision))
    log_prior += np.linalg.slogdet(precision)[1] / 2
    log_weight += _log_normal((likelihood.seen[:, None] - mean) / sigma) - np.log(sigma).sum(axis=-1)
    log_weight += log_prior - np.logaddexp(log_prior, _log_t(curvature, step)) + np.log(2)
    return _log_mean(log_weight)


def _best(
    likelihood: Likelihood, start: np.ndarray, held: list[int], free: list[int]
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The causes (n, m, 7) with the likeliest free ones given those held, by steps of Gauss and Newton.

    The slopes are those of the start for all steps. Also the curvature (n, m, k, k) there, and the prior: its
    center (n, m, k) and precision (k, k).
    """
    errors = likelihood.approach(likelihood.causes[:, None])[1]
    center, precision = _prior(start, held, free)
    slopes = _slopes(likelihood.approach, start, free) / errors[..., None]
    turned = np.swapaxes(slopes, -1, -2)
    curvature = precision + turned @ slopes
    best = start.copy()
    for _ in range(N_STEPS):
        off = (likelihood.seen[:, None] - likelihood.approach(best)[0]) / errors
        pull = (turned @ off[..., None])[..., 0] - (best[..., free] - center) @ precision
        best[..., free] += np.linalg.solve(curvature, pull[..., None])[..., 0]
    return best, curvature, (center, precision)


def _draw_dust(
    prior: tuple[np.ndarray, np.ndarray], near: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Values (n, N_INNER) from a normal prior and a t, each of a center (n, 1) and width; log weights."""
    from scipy.special import ndtri, stdtrit

    half = N_INNER // 2
    parts = (np.arange(half) + rng.random((len(near[0]), 2, half))) / half
    drawn = np.hstack(
        [prior[0] + prior[1] * ndtri(parts[:, 0]), near[0] + near[1] * stdtrit(FREEDOM, parts[:, 1])]
    )
    log_prior = _log_normal(((drawn - prior[0]) / prior[1])[..., None]) - np.log(prior[1])
    log_near = _log_t((1 / near[1] ** 2)[..., None, None], (drawn - near[0])[..., None])
    return drawn, log_prior - np.logaddexp(log_prior, log_near) + np.log(2)


def full(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes (..., 7) of causes (..., 7) and their standard deviations, in the full model."""
    magnitude = true_magnitudes(within_reach(causes))
    return magnitude, spread(magnitude)


def within_reach(causes: np.ndarray) -> np.ndarray:
    """Causes where the formulas hold: draws of a t can lie beyond; there the prior leaves them no weight."""
    return np.clip(causes, MEAN - FARTHEST * WIDTH, MEAN + FARTHEST * WIDTH)


def linear(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same in the linear setting."""
    level, slopes, sigma = linear_model()
    magnitude = level + (causes - MEAN) @ slopes.T
    return magnitude, np.broadcast_to(sigma, magnitude.shape)


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


def _log_mean(log_weight: np.ndarray) -> np.ndarray:
    """Logarithm (n,) of the mean of weights (n, N_INNER), less its bias."""
    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    average = weight.mean(axis=1)
    return top[:, 0] + np.log(average) + weight.var(axis=1) / average**2 / (2 * N_INNER)


def _log_normal(z: np.ndarray) -> np.ndarray:
    return -((z**2).sum(axis=-1) + z.shape[-1] * np.log(2 * np.pi)) / 2
