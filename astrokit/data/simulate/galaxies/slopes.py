"""How the image of a simulated galaxy changes with what is seen of it, in closed form."""

from __future__ import annotations

import numpy as np

from .images import BULGE, BULGE_SIZE, DISC
from .sersic import gaussians

PARAMETERS = ("flux", "bulge_share", "log_radius", "bulge_ratio", "disc_ratio", "angle")


def draw_with_slopes(
    total: np.ndarray,
    share: np.ndarray,
    radius: np.ndarray,
    axis_ratio: np.ndarray,
    angle: np.ndarray,
    seeing: float,
    size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Galaxies as `draw` has them, and their slopes in `PARAMETERS`, without noise.

    Parameters
    ----------
    total, share : (n,)
        Flux of bulge and disc together, and the bulge's share of it, between 0 and 1.
    radius, axis_ratio, angle, seeing, size
        As in `draw`.

    Returns
    -------
    image : (n, size, size) float32
    slopes : (n, 6, size, size) float32
        In the total flux, the share, log10 of the radius, the axis ratios of bulge and disc, and the angle in
        radians.

    Examples
    --------
    >>> one = np.ones(1)
    >>> image, slopes = draw_with_slopes(5 * one, one / 2, 3 * one, np.full((1, 2), 0.8), one, 1.4, 64)
    >>> round(float(image.sum() / slopes[0, 0].sum()), 3)  # an image is linear in its flux
    5.0
    """
    place = np.arange(size, dtype=np.float32) - (size - 1) / 2
    cosine, sine = (np.asarray(part, np.float32)[:, None, None] for part in (np.cos(angle), np.sin(angle)))
    along = (place * cosine + place[:, None] * sine).reshape(len(angle), -1)
    across = (place[:, None] * cosine - place * sine).reshape(len(angle), -1)
    bulge = _part(along, across, BULGE, BULGE_SIZE * radius, axis_ratio[:, 0], seeing)
    disc = _part(along, across, DISC, radius, axis_ratio[:, 1], seeing)
    total, share = (np.asarray(part, np.float32)[:, None] for part in (total, share))
    image, in_radius, _, in_angle = share * bulge + (1 - share) * disc
    in_ratios = share * bulge[2], (1 - share) * disc[2]
    of_flux = (bulge[0] - disc[0], np.log(10) * in_radius, *in_ratios, in_angle)
    slopes = np.stack([image, *(total * slope for slope in of_flux)], axis=1).astype(np.float32)
    return (total * image).reshape(-1, size, size), slopes.reshape(-1, len(PARAMETERS), size, size)


def _part(
    along: np.ndarray, across: np.ndarray, index: float, radius: np.ndarray, ratio: np.ndarray, seeing: float
) -> np.ndarray:
    """A profile of unit flux and its slopes in ln(radius), axis ratio and angle, (4, n, n_pixels).

    A Gaussian g of variances a and b along and across (u, v) has d ln g / d ln a = (u^2 / a - 1) / 2, and the
    like across; turning it changes u by v and v by -u. All slopes are sums of g with weights by Gaussian,
    times u^2, v^2 or u v.
    """
    widths, weights = gaussians(index)
    long, short = ((widths * size[:, None]) ** 2 + seeing**2 for size in (radius, radius * ratio))
    height = weights / (2 * np.pi * np.sqrt(long * short))
    grown, flattened = 1 - seeing**2 / long, 1 - seeing**2 / short  # d ln(variance) / d ln(size), halved
    turned = 1 / short - 1 / long
    each = (np.ones_like(long), grown, grown / long, flattened, flattened / short, turned)
    wanted = np.stack([height * weight for weight in each], axis=1).astype(np.float32)
    halves = (np.asarray(0.5 / variance, np.float32)[..., None] for variance in (long, short))
    exponent = (along**2)[:, None] * next(halves)
    exponent += (across**2)[:, None] * next(halves)
    light, out, out_far, off, off_far, turn = np.moveaxis(wanted @ np.exp(-exponent), 1, 0)
    in_ratio = across**2 * off_far - off
    in_radius = along**2 * out_far - out + in_ratio
    in_ratio /= np.asarray(ratio, np.float32)[:, None]
    return np.stack([light, in_radius, in_ratio, along * across * turn])
