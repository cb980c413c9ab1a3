"""Channels in the caller's words: which arrays are categories, which are values, and their labels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError
from .layers import Categories, Members, Values, pack_categories, pack_values

MAX_CATEGORIES = 32
NO_MEMBERS = Members(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint32))
NO_CATEGORIES = Categories(np.zeros(0, dtype=np.uint8), np.zeros((0, 0), dtype=np.uint32), 64)
NO_VALUES = Values(np.zeros(0, dtype=np.float32), np.zeros(0), np.zeros(0, dtype=np.uint32), 0.0)


class CategoryChannel(NamedTuple):
    labels: list[str]
    layer: Categories


class ValueChannel(NamedTuple):
    low: float  # 1% quantile
    high: float  # 99% quantile
    layer: Values


Channel = CategoryChannel | ValueChannel


def build_channel(name: str, array: Any, order: np.ndarray, n_samples: int) -> Channel:
    """Pack one channel: floats are values, everything else is categories."""
    array = array if hasattr(array, "dtype") else np.asarray(array)
    if array.shape != (n_samples,):
        raise ParameterError(
            f"channel {name!r}",
            expected=f"an array of shape ({n_samples},), a value for each point",
            got=f"shape {tuple(array.shape)}",
            next_step="Give one number or label for each row of x and y.",
        )
    if getattr(array.dtype, "kind", "O") == "f":
        return _values(np.ascontiguousarray(array, dtype=np.float32), order)
    return _categories(name, array, order)


def _values(values: np.ndarray, order: np.ndarray) -> ValueChannel:
    finite = values[np.isfinite(values)]
    sample = finite[:: max(1, len(finite) // 1_000_000)]
    low, high = (float(q) for q in np.quantile(sample, [0.01, 0.99])) if len(sample) else (0.0, 1.0)
    centre = float(np.mean(sample, dtype=np.float64)) if len(sample) else 0.0
    return ValueChannel(low, high, pack_values(values, order, centre))


def _categories(name: str, array: Any, order: np.ndarray) -> CategoryChannel:
    codes, labels = encode(array)
    if len(labels) > MAX_CATEGORIES:
        raise ParameterError(
            f"channel {name!r}",
            expected=f"at most {MAX_CATEGORIES} categories",
            got=f"{len(labels):,}",
            next_step="Group the rare ones, or give a float array to colour by value.",
        )
    dealt = codes.astype(np.uint8)  # -1, a missing one, becomes 255: NO_CATEGORY
    # A block as long as four counts for each category keeps the running counts within a byte a point.
    block = max(32, 4 * len(labels))
    return CategoryChannel(labels, pack_categories(dealt, order, max(len(labels), 1), block))


def encode(array: Any) -> tuple[np.ndarray, list[str]]:
    """Return (codes, labels): labels sorted, or as a pandas category has them; -1 for a missing one.

    Examples
    --------
    >>> encode(np.array(["star", "galaxy", "star"]))
    (array([1, 0, 1]), ['galaxy', 'star'])
    """
    if isinstance(array, np.ndarray) and not np.ma.isMaskedArray(array) and array.dtype.kind in "biuSU":
        found = np.unique(array)  # without the inverse it goes by hashes: six times as fast on strings
        return np.searchsorted(found, array), [_text(label) for label in found]
    import pandas  # only strings as objects and pandas' own arrays need it

    if isinstance(array, np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(array)
        array = array.data.astype(object)
        array[hidden] = None
    if isinstance(array.dtype, pandas.CategoricalDtype):
        given = pandas.Series(array, copy=False).cat
        return _without_unused(given.codes.to_numpy(), [_text(label) for label in given.categories])
    codes, found = pandas.factorize(array, sort=True)
    return codes, [_text(label) for label in found]


def _without_unused(codes: np.ndarray, labels: list[str]) -> tuple[np.ndarray, list[str]]:
    """Codes and labels of the categories that are there; pandas would sort all rows for that."""
    used = np.unique(codes)
    used = used[used >= 0]
    if len(used) == len(labels):
        return codes, labels
    place = np.full(len(labels) + 1, -1, codes.dtype)  # the last: of a missing one
    place[used] = np.arange(len(used))
    return place[codes], [labels[code] for code in used]


def _text(label: Any) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
