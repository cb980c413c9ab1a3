"""Probability tables of two sources and a target: rows or a 3-d array in, a checked 3-d array out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...errors import ParameterError

SUM_TOLERANCE = 1e-6  # probabilities typed with six digits still sum to one; they are then rescaled


def read_pmf(pmf: Any) -> np.ndarray:
    """Turn a probability table into an array p[x1, x2, y] that sums to one, without symbols of probability 0.

    Parameters
    ----------
    pmf : rows (x1, x2, y, probability), or array (n1, n2, ny)
        Symbols of rows are anything hashable; a row that comes twice adds up. Rows may also be a DataFrame.

    Raises
    ------
    ParameterError
        For another shape, probabilities that are no numbers, negative, not finite, or that do not sum to one.

    Examples
    --------
    >>> read_pmf([("a", 0, 0, 0.5), ("b", 0, 1, 0.5)]).shape
    (2, 1, 2)
    """
    table = pmf.to_numpy() if hasattr(pmf, "to_numpy") else pmf
    array = _from_rows(table) if _is_rows(table) else _from_array(table)
    bad = array[~np.isfinite(array) | (array < 0)]
    if bad.size:
        raise _wrong(
            "probabilities, finite and not negative", f"{bad[0]:g}", "Check the table's last column."
        )
    total = float(array.sum())
    if abs(total - 1) > SUM_TOLERANCE:
        raise _wrong("probabilities that sum to 1", f"{total:.9g}", "Divide by their sum if they are counts.")
    return drop_empty(array / total)


def drop_empty(array: np.ndarray) -> np.ndarray:
    """Leave out symbols that never occur: they carry nothing, and would put zeros under logarithms."""
    for axis in range(3):
        others = tuple(k for k in range(3) if k != axis)
        array = np.compress(array.sum(axis=others) > 0, array, axis=axis)
    return array


def count_table(x1: np.ndarray, x2: np.ndarray, y: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Relative frequencies of coded symbols: three columns of codes to an array (n1, n2, ny)."""
    cell = np.ravel_multi_index((x1, x2, y), shape)
    return drop_empty(np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape) / len(y))


def _is_rows(table: Any) -> bool:
    """Rows end in a number; a nested 3-d list ends in a list."""
    if isinstance(table, np.ndarray):
        return table.ndim == 2
    if not isinstance(table, Sequence) or isinstance(table, str) or not table:
        return False
    first = table[0]
    return isinstance(first, Sequence | np.ndarray) and len(first) > 0 and np.ndim(first[-1]) == 0


def _from_rows(rows: Iterable[Any]) -> np.ndarray:
    cells: dict[tuple[int, int, int], float] = {}
    codes: tuple[dict[Any, int], ...] = ({}, {}, {})
    for number, row in enumerate(rows):
        if isinstance(row, str) or len(row) != 4:
            raise _wrong(
                "rows (x1, x2, y, probability)", f"row {number}: {row!r}", "Give each row four entries."
            )
        try:
            where = tuple(
                code.setdefault(symbol, len(code)) for code, symbol in zip(codes, row[:3], strict=True)
            )
            cells[where] = cells.get(where, 0.0) + _probability(row[3])  # type: ignore[arg-type, index]
        except (TypeError, ValueError):
            raise _wrong(
                "hashable symbols and a number", f"row {number}: {row!r}", "Mend or drop this row."
            ) from None
    array = np.zeros(tuple(len(code) for code in codes))
    for where, probability in cells.items():
        array[where] = probability
    return array


def _probability(entry: Any) -> float:
    """A negative number must not vanish in the sum of a repeated row."""
    value = float(entry)
    if value < 0:
        raise _wrong("probabilities, finite and not negative", f"{value:g}", "Check the table's last column.")
    return value


def _from_array(table: Any) -> np.ndarray:
    try:
        array = np.asarray(table, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 3 or array.size == 0:
        got = f"shape {array.shape}" if array.size else f"{type(table).__name__} of another form"
        raise _wrong(
            "rows (x1, x2, y, probability) or an array (n1, n2, ny)", got, "See the examples of `pid`."
        )
    return array


def _wrong(expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError("pmf", expected=expected, got=got, next_step=next_step)
