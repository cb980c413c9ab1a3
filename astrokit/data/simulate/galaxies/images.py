"""Images of simulated galaxies in five bands: bulge and disc through an atmosphere, with noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ....errors import ParameterError
from ....random import RandomState, as_generator
from ...provenance import Provenance
from .photometry import DEPTH, distance_mpc
from .populations import OPTICAL
from .sample import Galaxies
from .sersic import gaussians

CITATION = "Graham & Driver 2005, PASA 22, 118; Hogg & Lang 2013, PASP 125, 719"
PIXEL_ARCSEC = 0.396  # SDSS
SEEING_ARCSEC = np.array([1.53, 1.44, 1.32, 1.26, 1.29])  # SDSS, full width at half maximum, u to z
ELECTRONS = 900.0  # for a nanomaggy (22.5 mag), of the size of SDSS in r
BULGE, DISC = 4.0, 1.0  # Sersic indices
BULGE_SIZE = 0.5  # half-light radius of the bulge over that of the disc, chosen here
REDDER = np.array([0.45, 0.35, 0.20, 0.10, 0.0])  # mag: how much bluer the disc is than in z, chosen here
CHUNK = 64  # galaxies at a time: a stamp of them all fits the cache


class Images(NamedTuple):
    """Simulated images, with the truth beside."""

    flux: np.ndarray  # (n_samples, 5, size, size) float32, nanomaggies a pixel, sky subtracted, u to z
    sky_error: np.ndarray  # (5,) standard deviation of an empty pixel
    axis_ratio: np.ndarray  # (n_samples, 2) of bulge and disc
    angle_rad: np.ndarray  # (n_samples,) of the major axis, from the columns' axis towards the rows'
    provenance: Provenance


def simulate_images(
    galaxies: Galaxies, *, size: int = 64, noise: bool = True, random_state: RandomState = 0
) -> Images:
    """Draw the galaxies of `simulate_galaxies`.

    Total fluxes are those of `galaxies.light`. The share of the bulge grows from u to z, because discs
    are bluer. Bulges have axis ratios from 0.7 to 1, discs the cosines of inclinations (0.2 at least).

    Parameters
    ----------
    galaxies : Galaxies
    size : int
        Of a side, in pixels of 0.396 arcsec.
    noise : bool
        Whether to add that of the sky and of the photons of the galaxy, both as normals.
    random_state : int, Generator, SeedSequence or None

    Raises
    ------
    ParameterError
        For a side of fewer than 8 pixels.

    Examples
    --------
    >>> from astrokit.data.simulate.galaxies import simulate_galaxies
    >>> images = simulate_images(simulate_galaxies(3))
    >>> images.flux.shape, images.flux.dtype
    ((3, 5, 64, 64), dtype('float32'))
    """
    if size < 8:
        raise ParameterError("size", expected="8 pixels or more", got=size, next_step="The usual is 64.")
    rng = as_generator(random_state)
    n_samples = len(galaxies.causes)
    axis_ratio = np.column_stack([rng.uniform(0.7, 1, n_samples), rng.uniform(0.2, 1, n_samples)])
    angle = rng.uniform(0, np.pi, n_samples)
    total = flux_of(galaxies.light[:, : len(OPTICAL)])
    share = bulge_shares(galaxies.column("bulge_logit"))
    radius = sizes_arcsec(galaxies.column("log_size"), galaxies.column("log_redshift")) / PIXEL_ARCSEC
    seeing = SEEING_ARCSEC / PIXEL_ARCSEC / np.sqrt(8 * np.log(2))
    sky = sky_errors()
    flux = np.empty((n_samples, len(OPTICAL), size, size), np.float32)
    for start in range(0, n_samples, CHUNK):
        rows = slice(start, start + CHUNK)
        shape = radius[rows], axis_ratio[rows], angle[rows]
        for band in range(len(OPTICAL)):
            bulge, disc = total[rows, band] * share[rows, band], total[rows, band] * (1 - share[rows, band])
            flux[rows, band] = draw(bulge, disc, *shape, seeing[band], size)
            if noise:
                _add_noise(flux[rows, band], sky[band], rng)
    provenance = Provenance.of_simulation("galaxy-images", citation=CITATION, random_state=random_state)
    return Images(flux, sky, axis_ratio, angle, provenance)


def draw(
    bulge: np.ndarray,
    disc: np.ndarray,
    radius: np.ndarray,
    axis_ratio: np.ndarray,
    angle: np.ndarray,
    seeing: float,
    size: int,
) -> np.ndarray:
    """Galaxies without noise, (n, size, size) float32, centred between the four middle pixels.

    Parameters
    ----------
    bulge, disc : (n,)
        Fluxes.
    radius : (n,)
        Half-light radius of the disc along its major axis, in pixels.
    axis_ratio : (n, 2)
        Of bulge and disc.
    angle : (n,)
        Of the major axis in radians.
    seeing : float
        Width (sigma) of the Gaussian point-spread function, in pixels.

    Examples
    --------
    >>> one = np.ones(1)
    >>> image = draw(0 * one, 5 * one, 3 * one, np.ones((1, 2)), 0 * one, 1.4, 64)
    >>> round(float(image.sum()), 2)
    5.0
    """
    place = np.arange(size, dtype=np.float32) - (size - 1) / 2
    cosine, sine = (np.asarray(part, np.float32)[:, None, None] for part in (np.cos(angle), np.sin(angle)))
    along = (place * cosine + place[:, None] * sine) ** 2
    across = (place[:, None] * cosine - place * sine) ** 2
    image = np.zeros_like(along)
    for part, (flux, index, scale) in enumerate(((bulge, BULGE, BULGE_SIZE), (disc, DISC, 1.0))):
        for width, weight in zip(*gaussians(index), strict=True):
            long = (width * scale * radius) ** 2 + seeing**2
            short = (width * scale * radius * axis_ratio[:, part]) ** 2 + seeing**2
            height = flux * weight / (2 * np.pi * np.sqrt(long * short))
            halves = (np.asarray(0.5 / part, np.float32)[:, None, None] for part in (long, short))
            exponent = along * next(halves) + across * next(halves)
            image += np.asarray(height, np.float32)[:, None, None] * np.exp(-exponent)
    return image


def flux_of(magnitude: ArrayLike) -> np.ndarray:
    """Flux in nanomaggies of AB magnitudes.

    Examples
    --------
    >>> flux_of([22.5, 20.0]).tolist()
    [1.0, 10.0]
    """
    return 10 ** (0.4 * (22.5 - np.asarray(magnitude, float)))


def bulge_shares(bulge_logit: ArrayLike) -> np.ndarray:
    """Share of the bulge in the light of u to z, (..., 5): that in mass is the share in z."""
    odds = np.exp(np.asarray(bulge_logit, float))[..., None] * 10 ** (-0.4 * REDDER)
    return odds / (1 + odds)


def sizes_arcsec(log_size: ArrayLike, log_redshift: ArrayLike) -> np.ndarray:
    """Angle of a length (log10 of kpc) at a redshift (log10): the angular distance is d_L / (1 + z)^2.

    Examples
    --------
    >>> sizes_arcsec(0.0, -1.0).round(2).item()  # a kpc at z = 0.1
    0.54
    """
    z = 10.0 ** np.asarray(log_redshift, float)
    return 10.0 ** np.asarray(log_size, float) * (1 + z) ** 2 / (1e3 * distance_mpc(z)) * np.degrees(1) * 3600


def sky_errors() -> np.ndarray:
    """Noise (5,) of an empty pixel, for which a point source of the survey's depth is seen at 5 sigma.

    The best sum under a Gaussian point-spread function has the noise of 4 pi sigma^2 pixels (King 1983, PASP
    95, 163).
    """
    pixels = 4 * np.pi * (SEEING_ARCSEC / PIXEL_ARCSEC) ** 2 / (8 * np.log(2))
    return flux_of(DEPTH[: len(OPTICAL)]) / 5 / np.sqrt(pixels)


def _add_noise(image: np.ndarray, sky: float, rng: np.random.Generator) -> None:
    sigma = np.sqrt(sky**2 + image / ELECTRONS)
    image += sigma.astype(np.float32) * rng.standard_normal(image.shape, dtype=np.float32)
