"""Is a latent vector where there are data? A decoder answers everywhere, and off the data it invents."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError
from ..random import RandomState, as_generator
from .nearest import Nearest
from .scaling import as_latents, finite_rows, fit_scaling

MAX_HELD_OUT = 2000  # rows: their distances resolve a p-value of 1 / 2001
SHARE_HELD_OUT = 0.2
MAX_REFERENCE = 100_000  # rows that distances are measured to: a slider's step takes milliseconds at any size
LEVEL = 0.01


class SupportCheck(NamedTuple):
    """`p_values` (n,): share of held-out sources at least as far from their neighbours; `on_support` (n,),
    bool; `distances` (n,) to the k-th neighbour, in scaled latents.
    """

    p_values: np.ndarray
    on_support: np.ndarray
    distances: np.ndarray


class Support:
    """Where the data lie, by the distance to the k-th neighbour, calibrated on rows held out.

    A fifth of the rows, at most 2,000, is held out; the distances from these to their k-th neighbour among
    the others (at most 100,000 of them) are what a real source has. For a new vector p = (1 + number of
    those at least as far) / (1 + their number), a conformal p-value (Vovk, Gammerman & Shafer 2005): if it
    is drawn like the data, p < level happens with probability `level` at most.

    Parameters
    ----------
    latents : (n_samples, n_latent)
        Rows with NaN are left out.
    k : int
    level : float
        `on_support` is p >= level.
    scale : "standard", "robust" or None
        None where the latents share a unit already, as those of most autoencoders do: standard widths draw
        islands together along the latent that parts them, and the gap between may look like support.
    random_state
        Of the rows held out.

    Raises
    ------
    ParameterError
        Too few finite rows, constant latents, an unknown scale, a level that could never be reached.

    Examples
    --------
    >>> support = Support(np.random.default_rng(0).normal(size=(1000, 2)))
    >>> support.check([[0.0, 0.0], [6.0, 6.0]]).on_support.tolist()
    [True, False]
    """

    def __init__(
        self,
        latents: Any,
        k: int = 10,
        *,
        level: float = LEVEL,
        scale: str | None = "standard",
        random_state: RandomState = 0,
    ) -> None:
        latents = as_latents(latents)
        self.k, self.level, self.n_latent = int(k), float(level), latents.shape[1]
        self._rows = finite_rows(latents, 2 * k + 10, f"support by {k} neighbours")
        self._scaling = fit_scaling(latents[self._rows], scale)
        points = self._scaling.apply(latents[self._rows])
        order = as_generator(random_state).permutation(len(points))
        n_held_out = min(int(SHARE_HELD_OUT * len(points)), MAX_HELD_OUT)
        if not 1 / (1 + n_held_out) < level < 1:
            raise ParameterError(
                "level",
                expected=f"above {1 / (1 + n_held_out):.2g}, the least of {n_held_out:,} rows, and below 1",
                got=level,
                next_step="Raise the level or give more rows.",
            )
        self._all, self._learned = Nearest(points), Nearest(points[order[n_held_out:][:MAX_REFERENCE]])
        self._held_out = np.sort(self._learned.to(points[order[:n_held_out]], self.k)[0][:, -1])

    def check(self, z: Any) -> SupportCheck:
        """P-value and flag of latent vectors (n, n_latent), in the units of the latents."""
        distances = self._learned.to(self._scaled(z), self.k)[0][:, -1]
        n_farther = len(self._held_out) - np.searchsorted(self._held_out, distances, side="left")
        p_values = (1 + n_farther) / (1 + len(self._held_out))
        return SupportCheck(p_values, p_values >= self.level, distances)

    def nearest_sources(self, z: Any, k: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """Distances (scaled) and rows (n, k) of the real sources nearest to vectors (n, n_latent)."""
        distances, rows = self._all.to(self._scaled(z), k)
        return distances, self._rows[rows]

    def _scaled(self, z: Any) -> np.ndarray:
        z = as_latents(np.atleast_2d(z))
        if z.shape[1] != self.n_latent or not np.isfinite(z).all():
            raise ParameterError(
                "latent vectors",
                expected=f"finite, of shape (n, {self.n_latent})",
                got=f"shape {z.shape}, {np.isfinite(z).sum()} of {z.size} finite",
                next_step="Pass one row a vector, in the units of the latents.",
            )
        return self._scaling.apply(z).astype(self._all.points.dtype)
