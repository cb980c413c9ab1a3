"""What a fit to images of simulated galaxies finds: fluxes, share of the bulge and radius, with their errors.

No fit is run. Near the truth t an image is the model there plus slopes J times what the parameters differ
by, and the best fit is one Gauss-Newton step from the truth, t + F^-1 J^T V^-1 (image - model), with the
variances V of the pixels and the Fisher matrix F = J^T V^-1 J: the estimate of maximum likelihood, to the
order of its errors, and a function of the image's own noise. The parameters are those in which an image is
linear or nearly so: fluxes and the bulge's share of them instead of magnitudes and the logit, so that what
drowns in noise (the light in u, a faint bulge) has a value near zero, perhaps below it, and an honest error.

Where two parameters cannot be told apart, F is singular: the angle of what is round, the axis ratio of a
bulge that is not there. `WEAK`, a prior of width 1 on the axis ratios and 1 radian on the angle, around the
truth, closes these directions; it is wider than what is possible there, and does next to nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....errors import ParameterError
from .causes import VARIABLES
from .images import ELECTRONS, PIXEL_ARCSEC, SEEING_ARCSEC, Images, bulge_shares, flux_of, sizes_arcsec
from .populations import OPTICAL
from .sample import Galaxies
from .slopes import PARAMETERS, draw_with_slopes

SHAPE_BAND = "r"
_SHOWN = ("bulge_logit", "log_size", "log_redshift")  # the causes of the shape
WEAK = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])  # precision of the prior, in the order of `PARAMETERS`
N_SHARED = len(PARAMETERS) - 1  # all but the flux, which each band has for itself
CHUNK = 16  # galaxies at a time: their Gaussians fit the cache


def measure_shape(galaxies: Galaxies, images: Images) -> tuple[np.ndarray, np.ndarray]:
    """Share of the bulge and radius of galaxies as a fit to their r-band images has them.

    Parameters
    ----------
    galaxies : Galaxies
    images : Images
        Of the same galaxies; without noise, the measured values are the true ones.

    Returns
    -------
    values : (n_samples, 2)
        The bulge's share of the light in r; log10 of the half-light radius of the disc in arcsec.
    errors : (n_samples, 2)
        1 sigma.

    Raises
    ------
    ParameterError
        For images of another number of galaxies.

    Examples
    --------
    >>> from astrokit.data.simulate.galaxies import simulate_galaxies, simulate_images
    >>> galaxies = simulate_galaxies(3)
    >>> values, errors = measure_shape(galaxies, simulate_images(galaxies))
    >>> bool((errors < 0.2).all())
    True
    """
    values, covariance = measure_images(galaxies, images, [SHAPE_BAND])
    return values[:, 1:], np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))[:, 1:]


def measure_images(
    galaxies: Galaxies, images: Images, bands: Sequence[str] = OPTICAL
) -> tuple[np.ndarray, np.ndarray]:
    """Fluxes, share of the bulge and radius as one fit to the images of some bands has them.

    Each band has its own flux. The bulge, the radius, the axis ratios and the angle are shared: what the
    bulge's share in r is, `bulge_shares` turns into that in the other bands.

    Parameters
    ----------
    galaxies : Galaxies
    images : Images
        Of the same galaxies.
    bands : sequence of str
        Of u to z, k different ones.

    Returns
    -------
    values : (n_samples, k + 2)
        Fluxes in these bands in nanomaggies, then share and radius as in `measure_shape`.
    covariance : (n_samples, k + 2, k + 2)
        Of their errors.

    Raises
    ------
    ParameterError
        For images of another number of galaxies, or an unknown band.

    Examples
    --------
    >>> from astrokit.data.simulate.galaxies import simulate_galaxies, simulate_images
    >>> galaxies = simulate_galaxies(3)
    >>> [part.shape for part in measure_images(galaxies, simulate_images(galaxies), ["g", "r"])]
    [(3, 4), (3, 4, 4)]
    """
    parts = [fisher(galaxies, images, band) for band in bands]
    matrices, scores = zip(*parts, strict=True)
    truth = flux_of(galaxies.light[:, [OPTICAL.index(band) for band in bands]]), true_shape(galaxies)
    return best_fit(np.column_stack(truth), matrices, scores)


def best_fit(
    truth: np.ndarray, matrices: Sequence[np.ndarray], scores: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """One fit to k bands, as of `measure_images`.

    Parameters
    ----------
    truth : (n_samples, k + 2)
        Fluxes, share and radius.
    matrices, scores : k of (n_samples, 6, 6) and (n_samples, 6)
        From `fisher`.
    """
    kept = truth.shape[1]
    matrix = joint_fisher(matrices)
    inverse = np.linalg.inv(matrix + np.diag([0.0] * len(matrices) + [*WEAK[1:]]))
    values = truth + (inverse @ joint_score(scores)[..., None])[:, :kept, 0]
    return values, (inverse @ matrix @ inverse)[:, :kept, :kept]


def true_shape(galaxies: Galaxies) -> np.ndarray:
    """Share of the bulge and radius (n_samples, 2) without errors, as `measure_shape` has them."""
    return shape_of(galaxies.causes)


def shape_of(causes: np.ndarray) -> np.ndarray:
    """The same (..., 2) of causes (..., 7)."""
    logit, size, redshift = (causes[..., VARIABLES.index(name)] for name in _SHOWN)
    return np.stack(
        [bulge_shares(logit)[..., OPTICAL.index(SHAPE_BAND)], np.log10(sizes_arcsec(size, redshift))], axis=-1
    )


def fisher(galaxies: Galaxies, images: Images, band: str) -> tuple[np.ndarray, np.ndarray]:
    """Fisher matrix (n_samples, 6, 6) of `PARAMETERS` in the images of a band, and score (n_samples, 6).

    The share of the bulge is that in r. The score, J^T V^-1 (image - model), has the Fisher matrix for its
    covariance. What the noise of a pixel itself tells of its light is left out; it is next to nothing.
    """
    n_samples = len(galaxies.causes)
    if band not in OPTICAL or len(images.flux) != n_samples:
        raise ParameterError(
            "images",
            expected=f"one of {', '.join(OPTICAL)}, of {n_samples} galaxies",
            got=f"{band!r}, of {len(images.flux)}",
            next_step="Pass `simulate_images(galaxies)` of these galaxies.",
        )
    place, size = OPTICAL.index(band), images.flux.shape[-1]
    total = flux_of(galaxies.light[:, place])
    shares = bulge_shares(galaxies.column("bulge_logit"))
    rates = shares * (1 - shares)  # of change with the logit
    rate = rates[:, place] / rates[:, OPTICAL.index(SHAPE_BAND)]
    radius = 10 ** true_shape(galaxies)[:, 1] / PIXEL_ARCSEC
    seeing = SEEING_ARCSEC[place] / PIXEL_ARCSEC / np.sqrt(8 * np.log(2))
    matrix, score = np.empty((n_samples, 6, 6)), np.empty((n_samples, 6))
    for start in range(0, n_samples, CHUNK):
        rows = slice(start, start + CHUNK)
        shape = radius[rows], images.axis_ratio[rows], images.angle_rad[rows]
        model, slopes = draw_with_slopes(total[rows], shares[rows, place], *shape, seeing, size)
        slopes[:, PARAMETERS.index("bulge_share")] *= rate[rows, None, None]
        sigma = np.sqrt(images.sky_error[place] ** 2 + model / ELECTRONS)
        scaled = (slopes / sigma[:, None]).reshape(len(model), len(PARAMETERS), -1).astype(float)
        pull = ((images.flux[rows, place] - model) / sigma).reshape(len(model), -1, 1)
        matrix[rows] = scaled @ np.swapaxes(scaled, 1, 2)
        score[rows] = (scaled @ pull)[..., 0]
    return matrix, score


def joint_fisher(matrices: Sequence[np.ndarray]) -> np.ndarray:
    """Fisher matrix (..., k + 5, k + 5) of k bands: fluxes, then what they share, from k (..., 6, 6)."""
    k = len(matrices)
    joint = np.zeros((*matrices[0].shape[:-2], k + N_SHARED, k + N_SHARED))
    for band, matrix in enumerate(matrices):
        kept = np.array([band, *range(k, k + N_SHARED)])
        joint[..., kept[:, None], kept] += matrix
    return joint


def joint_score(scores: Sequence[np.ndarray]) -> np.ndarray:
    """The scores (..., k + 5) of k bands together, from k (..., 6)."""
    own = [score[..., :1] for score in scores]
    return np.concatenate([*own, sum(score[..., 1:] for score in scores)], axis=-1)
