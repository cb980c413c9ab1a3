"""Simulated galaxies with what fits to their images found: all that the truth about inputs needs of them."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from ...data.simulate.galaxies import (
    OPTICAL,
    Galaxies,
    simulate_galaxies,
    simulate_images,
    true_magnitudes,
)
from ...data.simulate.galaxies.images import Images, sky_errors
from ...data.simulate.galaxies.shape import fisher
from ...data.simulate.galaxies.slopes import PARAMETERS
from ...random import RandomState, as_generator
from .evidence import MEAN
from .sample import CHUNK

TYPICAL_RATIOS = (0.85, 0.6)  # of bulge and disc: the means of those that are drawn
TYPICAL_ANGLE = 0.5


class Measured(NamedTuple):
    """Galaxies, and the Fisher matrices and scores of their images, band by band: see `shape.fisher`."""

    galaxies: Galaxies
    matrices: np.ndarray  # (n_samples, 5, 6, 6), or (n_samples, 0, 6, 6) without images
    scores: np.ndarray  # (n_samples, 5, 6)
    linear: bool = False

    def take(self, rows: np.ndarray | slice) -> Measured:
        """Some of the galaxies."""
        return self._replace(
            galaxies=rows_of(self.galaxies, rows), matrices=self.matrices[rows], scores=self.scores[rows]
        )


def draw_measured(
    n_samples: int, *, images: bool = True, linear: bool = False, random_state: RandomState = 0
) -> Measured:
    """Simulate galaxies, draw their images, and keep what fits to these find.

    Parameters
    ----------
    n_samples : int
    images : bool
        If False, magnitudes only: much faster.
    linear : bool
        The linear setting. Its images are those of one typical galaxy, whose Fisher matrix all have, and are
        not drawn: only their noise is, as the fit has it.
    random_state : int, Generator, SeedSequence or None
        The same gives the galaxies and images of `sample.draw_sample`.

    Examples
    --------
    >>> draw_measured(3).matrices.shape
    (3, 5, 6, 6)
    """
    rng = as_generator(random_state)
    galaxies = simulate_galaxies(n_samples, linear=linear, random_state=rng)
    if not images:
        empty = np.empty((n_samples, 0, len(PARAMETERS)))
        return Measured(galaxies, np.empty((*empty.shape, len(PARAMETERS))), empty, linear)
    if linear:
        matrices = np.broadcast_to(typical_fisher(), (n_samples, *typical_fisher().shape))
        noise = rng.standard_normal((*matrices.shape[:-1], 1))
        return Measured(galaxies, matrices, (np.linalg.cholesky(matrices) @ noise)[..., 0], linear)
    starts = range(0, n_samples, CHUNK)
    parts = []
    for start, seed in zip(starts, rng.spawn(len(starts)), strict=True):
        some = rows_of(galaxies, slice(start, start + CHUNK))
        drawn = simulate_images(some, random_state=seed)
        parts.append([fisher(some, drawn, band) for band in OPTICAL])
    matrices, scores = (
        np.concatenate([np.stack([band[kind] for band in part], axis=1) for part in parts]) for kind in (0, 1)
    )
    return Measured(galaxies, matrices, scores, linear)


@functools.cache
def typical_fisher() -> np.ndarray:
    """Fisher matrices (5, 6, 6) of the images of the mean galaxy, of typical axis ratios.

    Examples
    --------
    >>> typical_fisher().shape
    (5, 6, 6)
    """
    galaxies = simulate_galaxies(1)._replace(causes=MEAN[None], light=true_magnitudes(MEAN[None]))
    empty = np.zeros((1, len(OPTICAL), 64, 64), np.float32)
    images = Images(
        empty, sky_errors(), np.array([TYPICAL_RATIOS]), np.array([TYPICAL_ANGLE]), galaxies.provenance
    )
    return np.concatenate([fisher(galaxies, images, band)[0] for band in OPTICAL])


def rows_of(galaxies: Galaxies, rows: np.ndarray | slice) -> Galaxies:
    """Some of the galaxies."""
    parts = {
        name: getattr(galaxies, name)[rows] for name in ("magnitude", "magnitude_error", "light", "causes")
    }
    return galaxies._replace(**parts)
