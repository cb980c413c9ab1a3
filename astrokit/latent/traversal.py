"""Ways through the latents for a decoder: along one latent, or from one selection to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError
from .scaling import as_latents, finite_rows
from .support import Support

N_FINE = 201  # steps at which the edge of the support is sought
QUANTILES = (0.01, 0.99)  # how far the data reach along an axis


@dataclass(frozen=True)
class Traversal:
    """Points on a straight way through the latents.

    Attributes
    ----------
    points : (n_points, n_latent)
        In the units of the latents, ready for a decoder.
    positions : (n_points,)
        Value of the latent; or 0 at the mean of the first selection, 1 at that of the second.
    p_values, on_support : (n_points,)
        Of each point (`Support.check`).
    start, step : (n_latent,)
        The point at a position is `start + position * step`.
    """

    points: np.ndarray
    positions: np.ndarray
    p_values: np.ndarray
    on_support: np.ndarray
    start: np.ndarray
    step: np.ndarray

    @property
    def range(self) -> tuple[float, float]:
        """The positions at its ends: the range of a slider."""
        return float(self.positions[0]), float(self.positions[-1])


def along_latent(
    latents: Any, latent: int, support: Support, *, at: ArrayLike | None = None, n_points: int = 11
) -> Traversal:
    """Go along one latent, the others fixed, as far as there are data.

    From the 1% to the 99% quantile of the latent, clipped to the stretch around `at` that is on the support.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    latent : int
        Its column.
    support : Support
        Of the same latents.
    at : (n_latent,), optional
        The fixed values, for instance of one source; by default those of the source nearest to the medians,
        since the medians themselves may lie where there is nothing.
    n_points : int

    Raises
    ------
    ParameterError
        When there is no such latent, or `at` does not fit.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(1000, 3))
    >>> way = along_latent(latents, 1, Support(latents), n_points=5)
    >>> way.points.shape, bool(way.on_support.all())
    ((5, 3), True)
    """
    latents = as_latents(latents)
    n_latent = latents.shape[1]
    if not 0 <= latent < n_latent:
        raise ParameterError(
            "latent", expected=f"0 to {n_latent - 1}", got=latent, next_step="Name a column of the latents."
        )
    finite = latents[finite_rows(latents, 2, "traversal")]
    start = _typical(finite, latents, support) if at is None else np.array(at, float)
    if start.shape != (n_latent,):
        raise ParameterError(
            "at", expected=f"{n_latent} values", got=start.shape, next_step="Pass one row of the latents."
        )
    here = float(start[latent])
    low, high = np.quantile(finite[:, latent], QUANTILES)
    start[latent], step = 0.0, np.eye(n_latent)[latent]
    return _clipped(start, step, min(low, here), max(high, here), (here, here), support, n_points)


def along_axis(
    latents: Any, first: ArrayLike, second: ArrayLike, support: Support, *, n_points: int = 11
) -> Traversal:
    """Go from the mean of one selection to that of another, and beyond as far as their sources reach.

    Beyond the two means the way is clipped to the support. Between them nothing is cut: a gap between two
    islands shows as `on_support` False.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    first, second : row indices, or masks (n_samples,)
    support : Support
        Of the same latents.
    n_points : int

    Raises
    ------
    ParameterError
        When a selection is empty, or both have the same mean.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(1000, 3))
    >>> way = along_axis(latents, latents[:, 0] < 0, latents[:, 0] > 0, Support(latents))
    >>> low, high = way.range
    >>> low < 0, high > 1
    (True, True)
    """
    latents = as_latents(latents)
    ends = [_selected(latents, rows, name) for rows, name in ((first, "first"), (second, "second"))]
    start, end = (rows.mean(0, dtype=float) for rows in ends)
    step = end - start
    if not step.any():
        raise ParameterError(
            "selections",
            expected="two different means",
            got="the same mean",
            next_step="Select two groups that differ.",
        )
    # Where the sources of both fall on the axis, 0 and 1 being the means.
    reach = [(rows - start) @ step / (step @ step) for rows in ends]
    low, high = np.quantile(np.concatenate(reach), QUANTILES)
    return _clipped(start, step, min(low, 0.0), max(high, 1.0), (0.0, 1.0), support, n_points)


def _clipped(
    start: np.ndarray,
    step: np.ndarray,
    low: float,
    high: float,
    kept: tuple[float, float],
    support: Support,
    n_points: int,
) -> Traversal:
    """The way from `low` to `high`, its ends cut where the support ends outside of `kept`."""
    below = kept[0] + (low - kept[0]) * np.linspace(0, 1, N_FINE)
    above = kept[1] + (high - kept[1]) * np.linspace(0, 1, N_FINE)
    edges = [
        _last_on(side, support.check(start + side[:, None] * step).on_support) for side in (below, above)
    ]
    positions = np.linspace(edges[0], edges[1], n_points)
    points = start + positions[:, None] * step
    check = support.check(points)
    return Traversal(points, positions, check.p_values, check.on_support, start, step)


def _last_on(positions: np.ndarray, on_support: np.ndarray) -> float:
    """The last position before the support ends; the first one if it is off itself."""
    off = np.flatnonzero(~on_support)
    return float(positions[max(off[0] - 1, 0)] if len(off) else positions[-1])


def _typical(finite: np.ndarray, latents: np.ndarray, support: Support) -> np.ndarray:
    _, rows = support.nearest_sources(np.median(finite, axis=0), 1)
    return latents[rows[0, 0]].astype(float)


def _selected(latents: np.ndarray, rows: ArrayLike, name: str) -> np.ndarray:
    chosen = latents[np.asarray(rows)] if len(np.atleast_1d(rows)) else latents[:0]
    chosen = chosen[np.isfinite(chosen).all(1)]
    if not len(chosen):
        raise ParameterError(
            f"{name} selection",
            expected="at least one source",
            got="none",
            next_step="Select sources on the map.",
        )
    return chosen
