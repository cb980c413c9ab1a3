"""Can the map be trusted here? Neighbours that a projection invents, and neighbours that it tears apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError
from ..evaluation import Estimate
from ..progress import Progress
from ..random import RandomState, as_generator
from .cancel import Cancel, stop_if
from .nearest import Nearest
from .scaling import as_latents, finite_rows, fit_scaling

CHUNK = 500  # rows between two looks at progress and cancel
SPREAD_CHUNK = 200_000  # rows that get their colour at once: bounds the memory
NORMAL_90 = 1.645  # half the width of a 90% interval, in standard errors


class Neighbours(NamedTuple):
    """Neighbours of one row, the worst first.

    `rows` (n,) of the caller; `ranks` (n,) in the space where they are far, 1 the nearest; `map_distances`
    and `latent_distances` (n,), the second in scaled latents.
    """

    rows: np.ndarray
    ranks: np.ndarray
    map_distances: np.ndarray
    latent_distances: np.ndarray


@dataclass(frozen=True)
class MapQuality:
    """How far a map keeps the neighbourhoods of the latents, at `k` neighbours.

    Attributes
    ----------
    trustworthiness, continuity : Estimate
        Of the whole map, 1 at best; the 90% interval is from the draw of rows, of no width when all were
        asked.
    rows : (n_rows,)
        The rows asked, ascending; all finite ones unless they are more than `n_queries`.
    row_trustworthiness, row_continuity : (n_rows,)
        Their means are those of the map. A row whose neighbours on the map are all far away in the latents
        has about 0 or below.
    k, n_points : int
        Neighbours, and finite rows that they were sought among.
    """

    trustworthiness: Estimate
    continuity: Estimate
    rows: np.ndarray
    row_trustworthiness: np.ndarray
    row_continuity: np.ndarray
    k: int
    n_points: int

    def on_all_rows(self, xy: np.ndarray, *, n_nearest: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """Row trustworthiness and continuity of all rows of a map (n_samples, 2), as colours.

        Rows that were not asked get the mean of the `n_nearest` asked ones beside them; rows without a
        position NaN.
        """
        asked, own = Nearest(xy[self.rows]), np.stack([self.row_trustworthiness, self.row_continuity])
        spread = np.full((2, len(xy)), np.nan)
        for start in range(0, len(xy), SPREAD_CHUNK):
            part = xy[start : start + SPREAD_CHUNK]
            seen = np.flatnonzero(np.isfinite(part).all(1))
            spread[:, start + seen] = own[:, asked.to(part[seen], n_nearest)[1]].mean(2)
        spread[:, self.rows] = own
        return spread[0], spread[1]


class Neighbourhoods:
    """The neighbourhoods of the same rows in the latents and on a map.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    xy : (n_samples, 2)
    k : int
        Neighbours of a row, less than half the rows.
    scale : "standard", "robust" or None
        Of the latents before distances; the same as the projection's.

    Rows with NaN in either are left out.

    Raises
    ------
    ParameterError
        When shapes or `k` do not fit, or a latent is constant.

    Examples
    --------
    >>> line = np.arange(100.0)
    >>> folded = np.column_stack([np.abs(line - 49.6), np.zeros(100)])
    >>> both = Neighbourhoods(np.column_stack([line, line]), folded, k=3)
    >>> both.false_neighbours(10).rows.tolist()  # 10 and 89 fall on each other
    [90, 89]
    """

    def __init__(self, latents: Any, xy: Any, k: int = 15, *, scale: str | None = "standard") -> None:
        latents, xy = as_latents(latents), as_latents(xy)
        if len(latents) != len(xy):
            raise ParameterError(
                "map",
                expected=f"{len(latents):,} rows",
                got=f"{len(xy):,}",
                next_step="Pass the same sources.",
            )
        self.n_samples, self.k = len(latents), int(k)
        # NaN in one column of a joined table is a row that is missing in one of the two.
        self._rows = finite_rows(np.column_stack([latents, xy]), 2 * self.k + 1, f"neighbourhoods of {k}")
        finite = latents[self._rows]
        self._latents = Nearest(fit_scaling(finite, scale).apply(finite))
        self._map = Nearest(xy[self._rows])
        self._place = np.full(self.n_samples, -1)
        self._place[self._rows] = np.arange(len(self._rows))
        self._features = {each: np.ascontiguousarray(each.points.T) for each in (self._latents, self._map)}

    def false_neighbours(self, row: int) -> Neighbours:
        """Neighbours of a row on the map that are none in the latents: of rank above `k` there."""
        return self._strangers(row, self._map, self._latents)

    def missing_neighbours(self, row: int) -> Neighbours:
        """Neighbours of a row in the latents that the map puts elsewhere: of rank above `k` there."""
        return self._strangers(row, self._latents, self._map)

    def quality(
        self,
        *,
        n_queries: int = 10_000,
        random_state: RandomState = 0,
        progress: bool = True,
        cancelled: Cancel | None = None,
    ) -> MapQuality:
        """Trustworthiness and continuity (Venna & Kaski 2001, ICANN, eqs. 1 and 2), for the map and row by
        row.

        Parameters
        ----------
        n_queries : int
            With more rows than this, so many are drawn at random and compared with all: ranks stay exact, the
            values of the whole map get an interval.
        random_state
            Of that draw.
        progress : bool
        cancelled : callable, optional
            Asked between blocks of rows; True raises `Cancelled`.

        Returns
        -------
        MapQuality
        """
        n_points = len(self._rows)
        rows = np.arange(n_points)
        if n_queries < n_points:
            rows = np.sort(as_generator(random_state).choice(n_points, n_queries, replace=False))
        kept = np.empty((2, len(rows)))
        with Progress(len(rows), "comparing neighbourhoods", unit="rows", enabled=progress) as bar:
            for start in range(0, len(rows), CHUNK):
                stop_if(cancelled, "map quality", start, len(rows))
                part = rows[start : start + CHUNK]
                kept[0, start : start + CHUNK] = self._kept(part, self._map, self._latents)
                kept[1, start : start + CHUNK] = self._kept(part, self._latents, self._map)
                bar.advance(len(part))
        whole = [_estimate(values, n_points) for values in kept]
        return MapQuality(whole[0], whole[1], self._rows[rows], kept[0], kept[1], self.k, n_points)

    def _kept(self, rows: np.ndarray, near: Nearest, far: Nearest) -> np.ndarray:
        """One minus the penalty of each row: ranks beyond `k` in `far` of its neighbours in `near`."""
        from .ranks import distance_ranks

        n, k = len(self._rows), self.k
        ranks = distance_ranks(self._features[far], rows, near.of_rows(rows, k)[1])
        return 1 - 2 / (k * (2 * n - 3 * k - 1)) * np.maximum(ranks - k, 0).sum(1)

    def _strangers(self, row: int, near: Nearest, far: Nearest) -> Neighbours:
        from .ranks import distance_ranks

        place = self._placed(row)
        found = near.of_rows(place, self.k)[1]
        ranks = distance_ranks(self._features[far], place, found)[0]
        worst = np.argsort(-ranks, kind="stable")
        worst = worst[ranks[worst] > self.k]
        strangers = found[0, worst]
        apart = [
            np.linalg.norm(each.points[strangers].astype(float) - each.points[place[0]], axis=1)
            for each in (self._map, self._latents)
        ]
        return Neighbours(self._rows[strangers], ranks[worst], apart[0], apart[1])

    def _placed(self, row: int) -> np.ndarray:
        if not 0 <= row < self.n_samples or self._place[row] < 0:
            raise ParameterError(
                "row",
                expected=f"0 to {self.n_samples - 1:,}, with a position and no NaN",
                got=row,
                next_step="Choose a source that is on the map.",
            )
        return self._place[[row]]


def neighbourhood_change(
    xy_a: Any, xy_b: Any, k: int = 15, *, progress: bool = True, cancelled: Cancel | None = None
) -> np.ndarray:
    """Share of the `k` nearest neighbours on one map that are not among the `k` nearest on the other.

    Parameters
    ----------
    xy_a, xy_b : (n_samples, 2)
        Two maps of the same sources; both may have any number of columns.
    k : int
    progress : bool
    cancelled : callable, optional
        Asked between blocks of rows; True raises `Cancelled`.

    Returns
    -------
    (n_samples,)
        0 where the neighbours stayed, 1 where all are others; NaN for rows with NaN in either map. Neighbours
        are sought among the rows that both maps show.

    Raises
    ------
    ParameterError
        When the maps have different lengths or too few rows in common.

    Examples
    --------
    >>> xy = np.random.default_rng(0).normal(size=(100, 2))
    >>> float(neighbourhood_change(xy, 3 * xy[:, ::-1]).max())
    0.0
    """
    xy_a, xy_b = as_latents(xy_a), as_latents(xy_b)
    if len(xy_a) != len(xy_b):
        raise ParameterError(
            "second map",
            expected=f"{len(xy_a):,} rows",
            got=f"{len(xy_b):,}",
            next_step="Map the same sources.",
        )
    rows = finite_rows(np.column_stack([xy_a, xy_b]), k + 1, f"neighbourhoods of {k}")
    maps = Nearest(xy_a[rows]), Nearest(xy_b[rows])
    changed = np.full(len(xy_a), np.nan)
    with Progress(len(rows), "comparing maps", unit="rows", enabled=progress) as bar:
        for start in range(0, len(rows), 20 * CHUNK):
            stop_if(cancelled, "comparison of maps", start, len(rows))
            part = np.arange(start, min(start + 20 * CHUNK, len(rows)))
            a, b = (each.of_rows(part, k)[1] for each in maps)
            # A neighbour is twice among those of both maps if it stayed.
            together = np.sort(np.concatenate([a, b], axis=1), axis=1)
            changed[rows[part]] = 1 - (together[:, 1:] == together[:, :-1]).sum(1) / k
            bar.advance(len(part))
    return changed


def _estimate(values: np.ndarray, n_points: int) -> Estimate:
    """Mean with its 90% interval for a simple random draw from `n_points`, without replacement."""
    mean, unseen = values.mean(), 1 - len(values) / n_points
    half = NORMAL_90 * np.sqrt(values.var() / len(values) * unseen)
    return Estimate(float(mean), float(mean - half), float(mean + half))
