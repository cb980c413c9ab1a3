"""The map's first second: an index that needs no building, for the time in which the real one is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..index import Frame
from ..index.channels import encode

MOST = 5_000_000  # points binned anew for each frame; of more, a sample


class EarlyIndex:
    """Frames by binning a strided sample of the points, each time anew: at once, but slower than an index.

    It stands in for `PointIndex` where a picture is all that is wanted: it has `frame`, `extent`,
    `categories` and `values`, but selects nothing. One point in `stride` is counted.

    Examples
    --------
    >>> early = EarlyIndex(np.arange(10.0), np.arange(10.0))
    >>> int(early.frame(0, 5, 0, 5, 20, 20).counts.sum())
    5
    """

    def __init__(self, x: Any, y: Any, channels: Mapping[str, Any] | None = None) -> None:
        self.n_samples = len(x)
        self.stride = max(1, -(-len(x) // MOST))
        x, y = (np.asarray(a)[:: self.stride] for a in (x, y))
        seen = np.isfinite(x) & np.isfinite(y)
        self._x, self._y = (x, y) if seen.all() else (x[seen], y[seen])
        self.n_points = len(self._x)
        self.n_dropped = 0
        self.extent = tuple(
            float(f(a)) if len(a) else 0.0 for a in (self._x, self._y) for f in (np.min, np.max)
        )
        self.categories: dict[str, list[str]] = {}
        self.values: dict[str, tuple[float, float]] = {}
        self._channels = {name: self._read(name, a, seen) for name, a in (channels or {}).items()}

    def _read(self, name: str, array: Any, seen: np.ndarray) -> np.ndarray:
        array = array if hasattr(array, "dtype") else np.asarray(array)
        array = array[:: self.stride][seen]
        if getattr(array.dtype, "kind", "O") == "f":
            values = np.asarray(array, dtype=np.float32)
            finite = values[np.isfinite(values)]
            low, high = np.quantile(finite, [0.01, 0.99]) if len(finite) else (0.0, 1.0)
            self.values[name] = float(low), float(high)
            return values
        codes, self.categories[name] = encode(array)
        return codes

    def frame(
        self,
        x0: float,
        x1: float,
        y0: float,
        y1: float,
        width: int,
        height: int,
        *,
        channel: str | None = None,
        members: None = None,
    ) -> Frame:
        """Counts on the window itself, divided into width * height cells; as `PointIndex.frame` otherwise."""
        inside = (self._x >= x0) & (self._x < x1) & (self._y >= y0) & (self._y < y1)
        i = _bins(self._x[inside], x0, x1, width)
        j = _bins(self._y[inside], y0, y1, height)
        cell = j * width + i
        shape, n = (height, width), height * width
        counts = np.bincount(cell, minlength=n).astype(np.uint32).reshape(shape)
        if channel is None:
            return Frame(counts, (x0, x1, y0, y1))
        data = self._channels[channel][inside]
        if channel in self.categories:
            return Frame(counts, (x0, x1, y0, y1), by_category=self._by_category(channel, data, cell, shape))
        known = np.isfinite(data)
        with np.errstate(invalid="ignore"):
            mean = np.bincount(cell[known], data[known], n) / np.bincount(cell[known], minlength=n)
        return Frame(counts, (x0, x1, y0, y1), mean=mean.astype(np.float32).reshape(shape))

    def _by_category(self, channel: str, codes: np.ndarray, cell: np.ndarray, shape: Any) -> np.ndarray:
        n_categories = len(self.categories[channel])
        known = codes >= 0
        flat = codes[known].astype(np.int64) * (shape[0] * shape[1]) + cell[known]
        counts = np.bincount(flat, minlength=n_categories * shape[0] * shape[1])
        return counts.astype(np.uint32).reshape(n_categories, *shape)


def _bins(values: np.ndarray, low: float, high: float, n: int) -> np.ndarray:
    return np.minimum((values - np.float64(low)) * (n / (high - low)), n - 1).astype(np.int64)
