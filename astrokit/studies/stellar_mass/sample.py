"""Galaxies as a network reads them: images, numbers, and the mass that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...data.simulate.galaxies import (
    BANDS,
    Galaxies,
    magnitude_errors,
    measure_shape,
    simulate_galaxies,
    simulate_images,
)
from ...data.simulate.galaxies.photometry import DEPTH
from ...errors import ParameterError
from ...random import RandomState, as_generator
from .inputs import VALUES

CHUNK = 500  # galaxies whose images are drawn at once, by one process
FAINTEST = 3.0  # mag beyond the depth, from where on the stated error grows no more
ALONE = 2000  # galaxies up to which a second process would take longer to start than it saves
MOST = 6e4  # noise of the sky, near the largest number of half precision


class Sample(NamedTuple):
    """Galaxies as a network reads them. NaN marks what was not measured.

    Attributes
    ----------
    images : (n_samples, 5, size, size) float16
        u to z, in units of the noise of the sky; a band without an image is NaN throughout.
    values, errors : (n_samples, 9)
        Magnitudes in seven bands, the bulge's share of the light in r, and log10 of the radius of the disc in
        arcsec, in the order of `inputs.VALUES`.
    log_mass : (n_samples,)
        log10 of solar masses.
    galaxies : Galaxies or None
        The truth beside, of simulated ones.
    """

    images: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    log_mass: np.ndarray
    galaxies: Galaxies | None = None

    @property
    def there(self) -> np.ndarray:
        """Which of `INPUTS` were measured, (n_samples, 14)."""
        return np.hstack([np.isfinite(self.images[:, :, 0, 0]), np.isfinite(self.values)])

    def take(self, rows: np.ndarray | slice) -> Sample:
        """Some of the galaxies."""
        galaxies = None if self.galaxies is None else _rows(self.galaxies, rows)
        return Sample(self.images[rows], self.values[rows], self.errors[rows], self.log_mass[rows], galaxies)


_ROWS = ("magnitude", "magnitude_error", "light", "causes")


def draw_sample(
    n_samples: int = 1500,
    *,
    images: bool = True,
    linear: bool = False,
    n_jobs: int | None = None,
    random_state: RandomState = 0,
) -> Sample:
    """Simulate galaxies, and measure them.

    Parameters
    ----------
    n_samples : int
    images : bool
        If False, there are neither images nor shapes, which are measured in them: much faster.
    linear : bool
        Magnitudes linear in the causes, as of `simulate_galaxies`; without images.
    n_jobs : int, optional
        Processes; two for more than 2,000 galaxies. The sample is the same.
    random_state : int, Generator, SeedSequence or None

    Notes
    -----
    `errors` are those that a survey states, from the *measured* magnitudes. The simulator's own, of the true
    magnitudes, would tell a network the truth.

    Examples
    --------
    >>> sample = draw_sample(3)
    >>> sample.images.shape, sample.values.shape, sample.images.dtype
    ((3, 5, 64, 64), (3, 9), dtype('float16'))
    """
    if images and linear:
        raise ParameterError(
            "linear",
            expected="images=False",
            got="images=True",
            next_step="Images are of the full model; the linear setting is of magnitudes.",
        )
    rng = as_generator(random_state)
    galaxies = simulate_galaxies(n_samples, linear=linear, random_state=rng)
    values, errors = np.full((2, n_samples, len(VALUES)), np.nan)
    values[:, : len(BANDS)] = galaxies.magnitude
    errors[:, : len(BANDS)] = magnitude_errors(np.minimum(galaxies.magnitude, DEPTH + FAINTEST))
    drawn = np.full((n_samples, 5, 1, 1), np.nan, np.float16)
    if images:
        drawn = np.empty((n_samples, 5, 64, 64), np.float16)
        starts = range(0, n_samples, CHUNK)
        seeds = rng.spawn(len(starts))
        parts = ((_rows(galaxies, slice(k, k + CHUNK)), seed) for k, seed in zip(starts, seeds, strict=True))
        for start, (flux, shape, error) in zip(starts, _seen(parts, n_samples, n_jobs), strict=True):
            rows = slice(start, start + CHUNK)
            drawn[rows], values[rows, len(BANDS) :], errors[rows, len(BANDS) :] = flux, shape, error
    return Sample(drawn, values, errors, galaxies.column("log_mass"), galaxies)


def _seen(
    parts: Iterable[tuple[Galaxies, np.random.Generator]], n_samples: int, n_jobs: int | None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Images and shapes of parts of a sample, in their order."""
    n_jobs = n_jobs or (2 if n_samples > ALONE else 1)
    if n_jobs == 1:
        yield from (_see(*part) for part in parts)
        return
    from joblib import Parallel, delayed

    work = (delayed(_see)(*part) for part in parts)
    yield from Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch=n_jobs)(work)


def _see(galaxies: Galaxies, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images in units of the sky's noise (n, 5, 64, 64), shapes (n, 2) and their errors."""
    images = simulate_images(galaxies, random_state=rng)
    flux = images.flux / images.sky_error.astype(np.float32)[:, None, None]
    return np.clip(flux, -MOST, MOST).astype(np.float16), *measure_shape(galaxies, images)


def _rows(galaxies: Galaxies, rows: np.ndarray | slice) -> Galaxies:
    return galaxies._replace(**{name: getattr(galaxies, name)[rows] for name in _ROWS})
