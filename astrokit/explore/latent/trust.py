"""Where a map can be trusted, at any number of sources: measured on some of them, spread over all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...latent import MapQuality, Neighbourhoods, Neighbours, neighbourhood_change
from ...latent.nearest import Nearest
from ...random import RandomState, as_generator

MOST_COMPARED = 50_000  # sources among which neighbours are sought
N_QUERIES = 10_000
SPREAD_CHUNK = 200_000

Stop = Callable[[], bool]


class Strangers(NamedTuple):
    """Of the compared source nearest to the one asked for: `row`, `false` and `missing` neighbours."""

    row: int
    false: Neighbours
    missing: Neighbours


class Trust:
    """The neighbourhoods of a map beside those of its latents.

    Past 50,000 sources it looks at so many, drawn at random: "neighbour" then means neighbour among those.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    xy : (n_samples, 2)
    k : int
    random_state

    Examples
    --------
    >>> line = np.arange(100.0)
    >>> folded = np.column_stack([np.abs(line - 49.6), np.zeros(100)])
    >>> Trust(np.column_stack([line, line]), folded, k=3).strangers(10).false.rows.tolist()
    [90, 89]
    """

    def __init__(
        self, latents: np.ndarray, xy: np.ndarray, k: int = 15, *, random_state: RandomState = 0
    ) -> None:
        self.rows = some_rows(len(latents), MOST_COMPARED, random_state)
        self._xy, self.k = xy, k
        self._both = Neighbourhoods(latents[self.rows], xy[self.rows], k)

    def quality(self, *, cancelled: Stop | None = None) -> MapQuality:
        """Trustworthiness and continuity; rows are those of the caller."""
        quality = self._both.quality(n_queries=N_QUERIES, cancelled=cancelled)
        return replace(quality, rows=self.rows[quality.rows])

    def strangers(self, row: int) -> Strangers:
        """False and missing neighbours of a source, or of the compared one nearest to it on the map."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            apart = ((self._xy[self.rows] - self._xy[row]) ** 2).sum(1)
            place = int(np.nanargmin(np.where(np.isfinite(apart), apart, np.nan)))
        found = (self._both.false_neighbours(place), self._both.missing_neighbours(place))
        false, missing = (each._replace(rows=self.rows[each.rows]) for each in found)
        return Strangers(int(self.rows[place]), false, missing)


def changed_neighbourhoods(
    xy_a: np.ndarray,
    xy_b: np.ndarray,
    k: int = 15,
    *,
    random_state: RandomState = 0,
    cancelled: Stop | None = None,
) -> np.ndarray:
    """`neighbourhood_change` for all sources (n_samples,); past 50,000 of so many, the others like the
    nearest.
    """
    rows = some_rows(len(xy_a), MOST_COMPARED, random_state)
    change = neighbourhood_change(xy_a[rows], xy_b[rows], k, cancelled=cancelled)
    if len(rows) == len(xy_a):
        return change
    known = np.isfinite(change)
    beside, spread = Nearest(xy_a[rows[known]]), np.full(len(xy_a), np.nan, np.float32)
    for start in range(0, len(xy_a), SPREAD_CHUNK):
        part = xy_a[start : start + SPREAD_CHUNK]
        seen = np.flatnonzero(np.isfinite(part).all(1))
        spread[start + seen] = change[known][beside.to(part[seen], 1)[1][:, 0]]
    spread[~np.isfinite(xy_b).all(1)] = np.nan
    return spread


def some_rows(n_samples: int, n: int, random_state: RandomState) -> np.ndarray:
    """All rows, or `n` of them at random, ascending."""
    if n_samples <= n:
        return np.arange(n_samples)
    return np.sort(as_generator(random_state).choice(n_samples, n, replace=False))
