"""The map's first second: an index that needs no building, for the time in which the real one is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..index import Frame
from ..index.channels import encode

MOST = 5_000_000  # points binned anew for each frame; of more, a sample
BLOCK = 500_000  # points binned at a time, to keep the memory small


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
        kept = slice(None) if seen.all() else seen
        self._x, self._y = x[kept], y[kept]
        self.n_points = len(self._x)
        self.n_dropped = 0
        self.extent = tuple(
            float(f(a)) if len(a) else 0.0 for a in (self._x, self._y) for f in (np.min, np.max)
        )
        self.categories: dict[str, list[str]] = {}
        self.values: dict[str, tuple[float, float]] = {}
        self._channels = {name: self._read(name, a, kept) for name, a in (channels or {}).items()}

    def _read(self, name: str, array: Any, kept: Any) -> np.ndarray:
        array = array if hasattr(array, "dtype") else np.asarray(array)
        array = array[:: self.stride][kept]
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
        n = width * height
        n_categories = len(self.categories.get(channel, ())) if channel else 0
        counts = np.zeros(n, dtype=np.uint32)
        by_category = np.zeros(n_categories * n, dtype=np.uint32)
        sums, known = (np.zeros(n if channel in self.values else 0) for _ in range(2))
        for start in range(0, self.n_points, BLOCK):
            block = slice(start, start + BLOCK)
            x, y = self._x[block], self._y[block]
            inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
            cell = _bins(y[inside], y0, y1, height) * width + _bins(x[inside], x0, x1, width)
            counts += np.bincount(cell, minlength=n).astype(np.uint32)
            if channel is None:
                continue
            data = self._channels[channel][block][inside]
            if n_categories:
                flat = data[data >= 0].astype(np.int64) * n + cell[data >= 0]
                by_category += np.bincount(flat, minlength=n_categories * n).astype(np.uint32)
            elif channel in self.values:
                finite = np.isfinite(data)
                sums += np.bincount(cell[finite], data[finite], n)
                known += np.bincount(cell[finite], minlength=n)
        shape, extent = (height, width), (x0, x1, y0, y1)
        counts = counts.reshape(shape)
        if channel in self.categories:
            return Frame(counts, extent, by_category=by_category.reshape(n_categories, *shape))
        if channel in self.values:
            with np.errstate(invalid="ignore"):
                return Frame(counts, extent, mean=(sums / known).astype(np.float32).reshape(shape))
        return Frame(counts, extent)


def _bins(values: np.ndarray, low: float, high: float, n: int) -> np.ndarray:
    return np.minimum((values - np.float64(low)) * (n / (high - low)), n - 1).astype(np.int64)
