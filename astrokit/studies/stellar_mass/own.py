"""A user's own galaxies as a `Sample`: what the network reads, from the format of `docs/own-galaxies.md`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...data import Provenance
from ...data.own_galaxies import read_own_galaxies
from ...errors import DataError
from .inputs import IMAGES, VALUES
from .sample import MOST, Sample

FRAME = 3  # pixels at the border, from which the noise of the sky is taken
_SIGMA_PER_MAD = 1.4826  # of a normal distribution


class Own(NamedTuple):
    """A user's galaxies."""

    sample: Sample
    source_id: np.ndarray  # (n_samples,) str
    group: np.ndarray  # (n_samples,) str: rows that must stay together in folds and resamples
    provenance: tuple[Provenance, ...]  # of each file


def read_own(path: str | Path) -> Own:
    """Read a user's own table of images and masses: `source="file"`.

    Images are divided by the noise of the sky in their band: the median over galaxies of 1.4826 times the
    median absolute deviation in a frame of 3 pixels at the border.

    Raises
    ------
    DataError
        See `astrokit.data.own_galaxies.read_own_galaxies`; and for a band whose border does not vary.
    """
    own = read_own_galaxies(path)
    n_samples = len(own.table)
    images = np.full((n_samples, len(IMAGES), 1, 1), np.nan, np.float16)
    if own.images is not None:
        scaled = own.images / sky_noise(own.images, str(path))[:, None, None]
        images = np.clip(scaled, -MOST, MOST).astype(np.float16)
    values, errors = (
        own.table.reindex(columns=[prefix + name for name in VALUES]).to_numpy(float) for prefix in ("", "e_")
    )
    sample = Sample(images, values, errors, own.table["log_mass"].to_numpy(float))
    source_id, group = (own.table[name].to_numpy(str) for name in ("source_id", "group"))
    return Own(sample, source_id, group, tuple(Provenance.of_file(file) for file in own.files))


def sky_noise(images: np.ndarray, what: str = "images") -> np.ndarray:
    """Noise of the sky in each band, (5,), of images (n_samples, 5, size, size); 1 where there are none.

    Examples
    --------
    >>> images = 0.2 * np.random.default_rng(0).normal(size=(50, 5, 32, 32))
    >>> sky_noise(images).round(2).tolist()
    [0.2, 0.2, 0.2, 0.2, 0.2]
    """
    is_border = np.ones(images.shape[-2:], bool)
    is_border[FRAME:-FRAME, FRAME:-FRAME] = False
    border = images[:, :, is_border]
    there = np.isfinite(border[..., 0])
    border = np.where(there[..., None], border, 0.0)
    middle = np.median(border, axis=-1, keepdims=True)
    spread = _SIGMA_PER_MAD * np.median(np.abs(border - middle), axis=-1)
    noise = np.ones(len(IMAGES))
    for k in np.flatnonzero(there.any(axis=0)):
        noise[k] = np.median(spread[there[:, k], k])
    if not (noise > 0).all():
        flat = [name for name, value in zip(IMAGES, noise, strict=True) if not value > 0]
        raise DataError(
            what,
            expected="noise of the sky in the border of the images",
            got=f"none in {', '.join(flat)}",
            next_step="Bring images as they were taken, neither cut out nor without noise.",
        )
    return noise
