"""A decoder and the sources that it was made for: what it answers at a place, and whether there are data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError
from ...latent import Support, Traversal, along_axis
from ...random import RandomState, as_generator

MOST_ROWS = 100_000  # of the sources, drawn at random, that a place is compared with
MOST_SELECTED = 20_000  # of a selection, for the axis between two of them
QUANTILES = (0.01, 0.99)  # how far the sliders reach
LEVEL = 0.01  # of the test whether a place is on the support


class Decoded(NamedTuple):
    """`mean` (n_out,), and the half width of its band (n_out,), None without one."""

    mean: np.ndarray
    half: np.ndarray | None


class Decoding:
    """A decoder, with the support of its data.

    Parameters
    ----------
    decoder : callable
        (n, n_latent) to the mean (n, n_out), or to a pair: mean and half width of a band, both (n, n_out).
    latents : (n_samples, n_latent)
        Past 100,000 rows so many are drawn at random to compare with.
    observed : (n_samples, n_out), or callable row -> (n_out,), optional
        What was seen of the sources.

    Raises
    ------
    ParameterError
        When the decoder's answer, or `observed`, has another shape.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(500, 2))
    >>> decoding = Decoding(lambda z: z @ np.ones((2, 7)), latents)
    >>> decoding.at([1.0, 2.0]).mean.tolist()
    [3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    >>> decoding.p_value([9.0, 9.0]) < 0.01
    True
    """

    def __init__(
        self,
        decoder: Callable[[np.ndarray], Any],
        latents: np.ndarray,
        *,
        observed: Any = None,
        random_state: RandomState = 0,
    ) -> None:
        self._decoder, self._latents = decoder, latents
        rng = as_generator(random_state)
        rows = np.arange(len(latents))
        if len(rows) > MOST_ROWS:
            rows = np.sort(rng.choice(len(latents), MOST_ROWS, replace=False))
        self._rows, self._sample = rows, latents[rows]
        finite = self._sample[np.isfinite(self._sample).all(1)]
        # Of few sources a p-value cannot be small: twice the least that a fifth of them, held out, allows.
        self.support = Support(self._sample, level=max(LEVEL, 10 / max(len(finite), 20)), random_state=rng)
        self._rng = rng
        self.typical = self._nearest_row(np.median(finite, axis=0))
        low, high = np.quantile(finite, QUANTILES, axis=0)
        start = latents[self.typical].astype(float)
        self.low, self.high = np.minimum(low, start), np.maximum(high, start)
        begun = time.perf_counter()
        self.n_out = len(self._first(start).mean)
        self.seconds = time.perf_counter() - begun
        self.observed = _checked(observed, len(latents), self.n_out)
        self.y_range = self._measure(finite)

    def at(self, z: Any) -> Decoded:
        """Decode one latent vector (n_latent,)."""
        mean, half = self._decode(np.asarray(z, self._latents.dtype)[None])
        return Decoded(mean[0], None if half is None else half[0])

    def p_value(self, z: Any) -> float:
        """Share of held-out real sources that lie at least as far from their neighbours as `z` would."""
        return float(self.support.check(z).p_values[0])

    def nearest(self, z: Any, k: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """Distances, in standard deviations of the latents, and rows (k,) of the nearest real sources."""
        distances, rows = self.support.nearest_sources(z, k)
        return distances[0], self._rows[rows[0]]

    def typical_of(self, rows: np.ndarray) -> int:
        """The one of some rows that is nearest to their median, in standard deviations of the latents."""
        rows = self._some(rows)
        own = self._latents[rows]
        apart = (own - np.nanmedian(own, axis=0)) / np.maximum(np.nanstd(self._sample, axis=0), 1e-12)
        distances = (apart**2).sum(1)
        return int(rows[np.argmin(np.where(np.isfinite(distances), distances, np.inf))])

    def axis(self, first: np.ndarray, second: np.ndarray) -> Traversal:
        """The way from the mean of some rows to that of others; of each 20,000 at most."""
        ends = [self._latents[self._some(rows)] for rows in (first, second)]
        both = np.concatenate(ends)
        return along_axis(
            both, np.arange(len(ends[0])), np.arange(len(ends[0]), len(both)), self.support, n_points=11
        )

    def _some(self, rows: np.ndarray) -> np.ndarray:
        if len(rows) <= MOST_SELECTED:
            return rows
        return rows[np.sort(self._rng.choice(len(rows), MOST_SELECTED, replace=False))]

    def _nearest_row(self, z: np.ndarray) -> int:
        return int(self.nearest(z, 1)[1][0])

    def _decode(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        answer = self._decoder(z)
        pair = answer if isinstance(answer, tuple) else (answer, None)
        mean, half = (None if each is None else _as_array(each) for each in pair)
        assert mean is not None
        return mean, half

    def _first(self, z: np.ndarray) -> Decoded:
        """The first answer of the decoder, looked at closely."""
        try:
            mean, half = self._decode(z.astype(self._latents.dtype)[None])
        except Exception as error:
            raise _wrong("an answer", f"{type(error).__name__}: {error}") from error
        for each in (mean,) if half is None else (mean, half):
            if each.ndim != 2 or len(each) != 1 or each.shape != mean.shape:
                raise _wrong("the shape (1, n_out) for one latent vector", each.shape)
        return Decoded(mean[0], None if half is None else half[0])

    def _measure(self, finite: np.ndarray) -> tuple[float, float]:
        """Where the decoded observations of some real sources lie."""
        some = finite[np.linspace(0, len(finite) - 1, min(64, len(finite))).astype(int)]
        mean, half = self._decode(some)
        reach = 0.0 if half is None else np.abs(half)
        low, high = float(np.nanmin(mean - reach)), float(np.nanmax(mean + reach))
        margin = 0.06 * (high - low) or 1.0
        return low - margin, high + margin


def _as_array(values: Any) -> np.ndarray:
    """An array; a tensor of torch comes without its graph."""
    values = values.detach().cpu() if hasattr(values, "detach") else values
    return np.asarray(values, float)


def _checked(observed: Any, n_samples: int, n_out: int) -> Callable[[int], np.ndarray] | None:
    if observed is None:
        return None
    if callable(observed):
        return lambda row: np.asarray(observed(row), float)
    array = np.asarray(observed)
    if array.shape != (n_samples, n_out):
        raise ParameterError(
            "observed",
            expected=f"shape ({n_samples:,}, {n_out:,}), what the decoder answers for each source",
            got=f"shape {array.shape}",
            next_step="Pass an array in the order of the latents, or a function of the row.",
        )
    return lambda row: np.asarray(array[row], float)


def _wrong(expected: str, got: Any) -> ParameterError:
    step = "The decoder takes (n, n_latent) and answers (n, n_out), or a pair of these: mean and half width."
    return ParameterError("decoder", expected=expected, got=got, next_step=step)
