"""A table as a matrix of numbers, with what is a category told apart from what is measured."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError
from .graph import check_names

MOST_LEVELS = 10  # integers with no more values than this are categories, unless the caller says otherwise
MOST_CATEGORIES = 50  # of one variable: more leave no rows for a table of counts


class Columns(NamedTuple):
    """Variables as (n_samples, n) float64; categories as codes from 0."""

    values: np.ndarray
    is_category: np.ndarray  # (n,) bool
    names: tuple[str, ...]
    is_text: np.ndarray  # (n,) bool: categories whose codes have no order


def as_columns(data: Any, names: Any, categories: Collection[str] | None) -> Columns:
    """Check a table, or an array (n_samples, n), and turn it into numbers."""
    arrays, found = _split(data, names)
    found = check_names(found, len(arrays))
    unknown = sorted(set(categories or ()) - set(found))
    if unknown:
        raise _bad(f"categories among {', '.join(found)[:200]}", ", ".join(unknown))
    made = [
        _column(array, name, None if categories is None else name in categories)
        for array, name in zip(arrays, found, strict=True)
    ]
    lengths = {len(values) for values, *_ in made}
    if len(made) < 2 or len(lengths) > 1:
        raise _bad("at least two columns of one length", f"{len(made)} columns of lengths {sorted(lengths)}")
    values, is_category, is_text = zip(*made, strict=True)
    return Columns(np.column_stack(values), np.array(is_category), found, np.array(is_text))


def _split(data: Any, names: Any) -> tuple[list[Any], Any]:
    if hasattr(data, "colnames"):  # astropy
        return [data[name] for name in data.colnames], names or data.colnames
    if hasattr(data, "columns") and hasattr(data, "iloc"):  # pandas
        return [data.iloc[:, k].to_numpy() for k in range(data.shape[1])], names or list(data.columns)
    if hasattr(data, "keys"):
        return [data[name] for name in data], names or list(data)
    array = np.asarray(data)
    if array.ndim != 2:
        raise _bad("a table, or an array (n_samples, n)", f"shape {array.shape}")
    return list(array.T), names or [f"X{k + 1}" for k in range(array.shape[1])]


def _column(given: Any, name: str, wanted: bool | None) -> tuple[np.ndarray, bool, bool]:
    """Values as numbers, whether they are categories, and whether these were texts."""
    array = np.asarray(given)
    if array.ndim != 1 or array.dtype.kind not in "biufOUST":
        kind = f"{array.dtype} of shape {array.shape} in {name!r}"
        raise _bad("numbers, texts or truth values, one a row", kind)
    is_number = array.dtype.kind in "iuf"
    is_missing = _is_missing(array)
    if np.ma.isMaskedArray(given):
        is_missing |= np.ma.getmaskarray(given)
    if is_missing.any():
        raise _bad(
            "finite values in every row",
            f"{int(is_missing.sum()):,} of {len(array):,} in {name!r} are not",
            "Drop those rows, or fill them and say how.",
        )
    levels, codes = np.unique(array if is_number else array.astype(str), return_inverse=True)
    if len(levels) < 2:
        raise _bad("columns that vary", f"{name!r} is constant", "Leave it out.")
    is_whole = is_number and bool((array == np.round(array)).all())
    by_itself = not is_number or (is_whole and len(levels) <= MOST_LEVELS)
    is_category = by_itself if wanted is None else wanted
    if not is_category and not is_number:
        raise _bad("numbers, or a name in `categories`", f"texts in {name!r}")
    if is_category and len(levels) > MOST_CATEGORIES:
        raise _bad(f"at most {MOST_CATEGORIES} categories in a variable", f"{len(levels):,} in {name!r}")
    return (codes if is_category else array).astype(np.float64), is_category, not is_number


def _is_missing(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "f":
        return ~np.isfinite(array)
    if array.dtype.kind != "O":
        return np.zeros(len(array), dtype=bool)
    # None, NaN and pandas.NA among objects: none of them equals itself for certain.
    return np.array(
        [
            value is None or not isinstance(value == value, bool | np.bool_) or value != value
            for value in array
        ]
    )


def _bad(
    expected: str, got: str, next_step: str = "Pass a table with a column for each variable."
) -> ParameterError:
    return ParameterError("data", expected=expected, got=got, next_step=next_step)
