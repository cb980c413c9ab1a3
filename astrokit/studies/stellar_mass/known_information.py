"""What the bands of simulated galaxies know of a cause: the truth that estimators are held against.

In the linear setting (`simulate_galaxies(linear=True)`) all variables are jointly Gaussian and the answers
are closed forms of the covariance. In the full model the likelihood of the magnitudes is known, and what is
integrated out of it, is so by importance sampling: p(magnitudes) over all causes, p(magnitudes | target)
over the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...data.simulate.galaxies import (
    BANDS,
    LEVELS,
    NAMES,
    VARIABLES,
    covariance_of_causes,
    linear_covariance,
    linear_model,
    simulate_galaxies,
    true_magnitudes,
)
from ...data.simulate.galaxies.causes import SEEN
from ...data.simulate.galaxies.photometry import spread
from ...errors import ParameterError
from ...explain.information.copula import information_of
from ...explain.information.decomposition import Decomposition
from ...explain.information.estimate import InformationEstimate, LocalInformation, estimate_of
from ...explain.information.gaussian import pid_gaussian
from ...explain.information.units import nats_per
from ...random import RandomState, as_generator

Predict = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
MEAN = np.array([mean for mean, _ in LEVELS.values()])
WIDTH = np.sqrt(np.diag(covariance_of_causes()))
FARTHEST = 8  # of these widths
DUST = "log_dust"
N_INNER = 100
FREEDOM = 6.0  # of Student's t, whose tails are wider than those of what it stands for
CHUNK = 250
N_STEPS = 2
_STEP = 1e-4


def linear_information(bands: Sequence[str], target: str = "log_mass", *, unit: str = "bits") -> float:
    """I(bands; target) in the linear setting, exact.

    Parameters
    ----------
    bands : sequence of str
        Names of bands, or of causes that are known beside them.
    target : str
        One of the causes.
    unit : {"bits", "nats"}

    Raises
    ------
    ParameterError
        For an unknown name, or the target among the bands.

    Examples
    --------
    >>> linear_information(["g"]) < linear_information(["g", "r"]) < linear_information(BANDS)
    True
    """
    return information_of(_covariance(bands, target), len(bands)) / nats_per(unit)


def linear_pid(
    first: Sequence[str],
    second: Sequence[str],
    target: str = "log_mass",
    *,
    measure: str = "mmi",
    unit: str = "bits",
) -> Decomposition:
    """The decomposition of I(first, second; target) in the linear setting, exact: see `pid_gaussian`.

    Examples
    --------
    >>> bool(abs(linear_pid(["g"], ["r"]).total - linear_information(["g", "r"])) < 1e-9)
    True
    """
    covariance = _covariance([*first, *second], target)
    return pid_gaussian(covariance, len(first), len(second), 1, measure=measure, unit=unit)


def full_information(
    bands: Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    unit: str = "bits",
    random_state: RandomState = 0,
) -> InformationEstimate:
    """I(bands; target) in the full model, by a large sample, with its 90% interval.

    Parameters
    ----------
    bands : sequence of str
    target : str
        One of `SEEN`, the causes that act on magnitudes.
    n_samples : int
        Galaxies; the interval narrows with its root. Each takes `N_INNER` draws for each of two integrals.
    linear : bool
        Take the linear setting, where `linear_information` is exact: a check of this function.
    unit : {"bits", "nats"}
    random_state : int, Generator, SeedSequence or None
        An integer gives every set of bands the same galaxies.

    Raises
    ------
    ParameterError
        For an unknown name.

    Examples
    --------
    >>> full_information(["g", "r"], n_samples=300).unit
    'bits'
    """
    local = LocalInformation(
        pointwise(bands, target, n_samples=n_samples, linear=linear, random_state=random_state)
    )
    return estimate_of(local, None, "importance sampling", unit, nats_per(unit))


def pointwise(
    bands: Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    random_state: RandomState = 0,
) -> np.ndarray:
    """log p(magnitudes | target) - log p(magnitudes) of simulated galaxies, (n_samples,), in nats."""
    _check_names(bands, BANDS)
    _check_names([target], SEEN)
    rng = as_generator(random_state)
    galaxies = simulate_galaxies(n_samples, linear=linear, random_state=rng)
    places = [BANDS.index(band) for band in bands]
    predict = _of_bands(_linear if linear else _full, places)
    values = []
    for start in range(0, n_samples, CHUNK):
        rows = slice(start, start + CHUNK)
        seen, causes = galaxies.magnitude[rows][:, places], galaxies.causes[rows]
        known = log_evidence(seen, causes, predict, rng, known=[target])
        values.append(known - log_evidence(seen, causes, predict, rng))
    return np.concatenate(values)


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
    step, log_density = _draw_t(curvature, rng)
    drawn[..., free] += step
    mean, sigma = predict(drawn)
    log_weight = _log_normal((seen[:, None] - mean) / sigma) - np.log(sigma).sum(axis=-1)
    log_weight += _log_normal((drawn[..., free] - center) @ np.linalg.cholesky(precision))
    log_weight += np.linalg.slogdet(precision)[1] / 2 - log_density
    top = log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight - top)
    average = weight.mean(axis=1)
    return top[:, 0] + np.log(average) + weight.var(axis=1) / average**2 / (2 * N_INNER)


def _full(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # Draws of a t can lie where the formulas end; there the prior leaves them no weight.
    magnitude = true_magnitudes(np.clip(causes, MEAN - FARTHEST * WIDTH, MEAN + FARTHEST * WIDTH))
    return magnitude, spread(magnitude)


def _linear(causes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    level, slopes, sigma = linear_model()
    magnitude = level + (causes - MEAN) @ slopes.T
    return magnitude, np.broadcast_to(sigma, magnitude.shape)


def _of_bands(predict: Predict, places: list[int]) -> Predict:
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


def _draw_t(curvature: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Steps (..., k) of a multivariate t of that precision (..., k, k), and their log densities (...)."""
    from scipy.special import gammaln

    shape, k = curvature.shape[:-2], curvature.shape[-1]
    root = np.linalg.cholesky(curvature)
    scale = np.sqrt(rng.chisquare(FREEDOM, (*shape, 1)) / FREEDOM)
    drawn = rng.standard_normal((*shape, k)) / scale
    step = np.linalg.solve(np.swapaxes(root, -1, -2), drawn[..., None])[..., 0]
    constant = gammaln((FREEDOM + k) / 2) - gammaln(FREEDOM / 2) - k / 2 * np.log(FREEDOM * np.pi)
    constant = constant + np.linalg.slogdet(curvature)[1] / 2
    return step, constant - (FREEDOM + k) / 2 * np.log1p((drawn**2).sum(axis=-1) / FREEDOM)


def _log_normal(z: np.ndarray) -> np.ndarray:
    return -((z**2).sum(axis=-1) + z.shape[-1] * np.log(2 * np.pi)) / 2


def _covariance(bands: Sequence[str], target: str) -> np.ndarray:
    """Of the bands and, last, the target."""
    _check_names(bands, [name for name in NAMES if name != target])
    _check_names([target], VARIABLES)
    places = [NAMES.index(name) for name in (*bands, target)]
    return linear_covariance()[np.ix_(places, places)]


def _check_names(names: Sequence[str], allowed: Sequence[str]) -> None:
    wrong = [name for name in names if name not in allowed]
    if wrong or not names or len(set(names)) < len(names):
        raise ParameterError(
            "names of variables",
            expected=f"different ones among {', '.join(allowed)}",
            got=", ".join(map(repr, wrong or names)) or "none",
            next_step="Correct the names.",
        )
