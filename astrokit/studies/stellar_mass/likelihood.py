"""The likelihood of any inputs: what they are for given causes, and with which errors.

An image is, to the order of its errors, a measurement of the light in its band, of the bulge and of the
radius; images of several bands are one such measurement by one fit. The scatter between a galaxy's causes and
its light is common to the image and the magnitude of a band. `shape` is what a fit to the image in r has:
beside that image it adds nothing, and is left out. The errors of images, and of magnitudes in the bands of
images, are those at the truth, galaxy by galaxy, whatever is integrated; those of other magnitudes go with
the causes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...data.simulate.galaxies import BANDS, OPTICAL, VARIABLES, linear_model
from ...data.simulate.galaxies.causes import SEEN
from ...data.simulate.galaxies.images import flux_of
from ...data.simulate.galaxies.photometry import SCATTER_MAG
from ...data.simulate.galaxies.shape import SHAPE_BAND, best_fit, shape_of
from . import evidence
from .evidence import MEAN, Likelihood, Predict
from .inputs import IMAGES, SHAPE
from .measurements import Measured

Fluxes = Callable[[np.ndarray], np.ndarray]
FLUX_PER_MAG = -0.4 * np.log(10)  # relative
EXACT = 3e-3  # share and log radius without noise: a hundredth and less of how they are spread
_STEP = 1e-4
_IN_R = OPTICAL.index(SHAPE_BAND)


class Setting(NamedTuple):
    """How causes and light are seen without errors."""

    magnitudes: Predict  # causes (..., 7) to magnitudes (..., 7) and their spread
    fluxes: Fluxes  # of magnitudes u to z (..., 5), in nanomaggies
    rates: Fluxes  # (..., 5), of change of these fluxes with the magnitudes
    shape: Callable[[np.ndarray], np.ndarray]  # of causes (..., 7): share and radius (..., 2)


def setting_of(linear: bool) -> Setting:
    """The full model, or its tangent at the mean galaxy."""
    if not linear:
        return Setting(
            evidence.full,
            flux_of,
            lambda magnitude: FLUX_PER_MAG * flux_of(magnitude),
            lambda causes: shape_of(evidence.within_reach(causes)),
        )
    level = linear_model()[0][: len(OPTICAL)]
    flux, slopes = flux_of(level), shape_slopes()
    return Setting(
        evidence.linear,
        lambda magnitude: flux * (1 + FLUX_PER_MAG * (magnitude - level)),
        lambda magnitude: FLUX_PER_MAG * flux * np.ones_like(magnitude),
        lambda causes: shape_of(MEAN) + (causes - MEAN) @ slopes.T,
    )


def shape_slopes() -> np.ndarray:
    """Slopes (2, 7) of share and radius in the causes at the mean galaxy, by differences."""
    steps = _STEP * np.eye(len(VARIABLES))
    return (shape_of(MEAN + steps) - shape_of(MEAN - steps)).T / (2 * _STEP)


def likelihood_of(measured: Measured, names: Sequence[str], *, exact: bool = False) -> Likelihood:
    """The likelihood of some inputs.

    Parameters
    ----------
    measured : Measured
        Of n galaxies; with images, where they or the shape are among the inputs.
    names : sequence of str
        Of `INPUTS`.
    exact : bool
        Take images, and shapes, without noise.
    """
    galaxies, setting = measured.galaxies, setting_of(measured.linear)
    imaged = [band for band, name in enumerate(IMAGES) if name in names]
    shaped = [] if IMAGES[_IN_R] in names else [k for k, name in enumerate(SHAPE) if name in names]
    magnitudes = [band for band, name in enumerate(BANDS) if name in names]
    both = [band for band in magnitudes if band in imaged]
    alone = [band for band in magnitudes if band not in imaged]

    light = galaxies.light[:, None, : len(OPTICAL)]
    flux, rate = setting.fluxes(light), setting.rates(light)

    def tangent(magnitude: np.ndarray) -> np.ndarray:
        return flux + rate * (magnitude - light)

    def fixed_of(fluxes: Fluxes, magnitude: np.ndarray, causes: np.ndarray) -> np.ndarray:
        """What has fixed errors, (n, m, d), without them."""
        shape, bright = setting.shape(causes), fluxes(magnitude[..., : len(OPTICAL)])
        parts = bright[..., imaged], shape[..., : 2 * bool(imaged)], shape[..., shaped], magnitude[..., both]
        return np.concatenate(parts, axis=-1)

    offsets, covariance = _noise(measured, imaged, shaped, both, exact)
    slopes = np.zeros((*offsets.shape, len(imaged)))  # in the light of the bands of images
    for column, band in enumerate(imaged):
        slopes[:, column, column] = rate[:, 0, band]
        if band in both:
            slopes[:, both.index(band) - len(both), column] = 1.0
    covariance = covariance + SCATTER_MAG**2 * slopes @ np.swapaxes(slopes, 1, 2)
    white = np.linalg.inv(np.linalg.cholesky(covariance))
    seen = fixed_of(setting.fluxes, galaxies.light[:, None], galaxies.causes[:, None])[:, 0] + offsets

    def predict(causes: np.ndarray, fluxes: Fluxes = setting.fluxes) -> tuple[np.ndarray, np.ndarray]:
        magnitude, sigma = setting.magnitudes(causes)
        fixed = (white[:, None] @ fixed_of(fluxes, magnitude, causes)[..., None])[..., 0]
        mean = np.concatenate([fixed, magnitude[..., alone]], axis=-1)
        return mean, np.concatenate([np.ones_like(fixed), sigma[..., alone]], axis=-1)

    whitened = (white @ seen[..., None])[..., 0]
    return Likelihood(
        np.hstack([whitened, galaxies.magnitude[:, alone]]),
        predict,
        functools.partial(predict, fluxes=tangent),
        galaxies.causes,
        tuple(VARIABLES) if imaged or shaped else SEEN,
    )


def _noise(
    measured: Measured, imaged: list[int], shaped: list[int], both: list[int], exact: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Errors (n, d) of what has fixed ones, and their covariance (n, d, d); the scatter of light is apart."""
    galaxies = measured.galaxies
    parts = []
    for bands, kept in ((imaged, [*range(len(imaged) + 2)]), ([_IN_R], [1 + k for k in shaped])):
        if bands and kept:
            error, covariance = _exact(measured, bands) if exact else _fitted(measured, bands)
            parts.append((error[:, kept], covariance[:, kept][:, :, kept]))
    error = galaxies.magnitude_error[:, both]
    parts.append(((galaxies.magnitude - galaxies.light)[:, both], error[:, :, None] ** 2 * np.eye(len(both))))
    n = sum(error.shape[1] for error, _ in parts)
    joint = np.zeros((len(error), n, n))
    end = 0
    for own_error, own in parts:
        start, end = end, end + own_error.shape[1]
        joint[:, start:end, start:end] = own
    return np.hstack([error for error, _ in parts]), joint


def _fitted(measured: Measured, bands: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Errors and covariance of one fit to some bands."""
    matrices, scores = ([part[:, band] for band in bands] for part in (measured.matrices, measured.scores))
    return best_fit(np.zeros((len(measured.scores), len(bands) + 2)), matrices, scores)


def _exact(measured: Measured, bands: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """No errors. What is seen of the shape still needs some width to be integrated over."""
    variance = np.array([0.0] * len(bands) + [EXACT**2] * 2)
    n = len(measured.scores)
    return np.zeros((n, len(variance))), np.tile(np.diag(variance), (n, 1, 1))
