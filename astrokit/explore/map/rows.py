"""The row of a table that belongs to a source, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError

MAX_COLUMNS = 12
MAX_TEXT = 120


def column_names(table: Any) -> list[str]:
    """Names of the columns of a pandas or astropy table, or of a dictionary of arrays."""
    if table is None:
        return []
    if hasattr(table, "colnames"):
        return list(table.colnames)
    return [str(name) for name in (table if isinstance(table, Mapping) else table.columns)]


def column(table: Any, name: str) -> Any:
    """One column: an array, or a pandas series.

    Raises
    ------
    ParameterError
        There is no such column.
    """
    if name not in column_names(table):
        raise ParameterError(
            "column",
            expected=f"one of {column_names(table)}",
            got=repr(name),
            next_step="Pass the table that has it as `table`, or the array in `channels`.",
        )
    return table[name]


def check_table(table: Any, n_samples: int) -> None:
    """Raise ParameterError unless the table has a row for each source."""
    for name in column_names(table)[:1]:
        if len(table[name]) != n_samples:
            raise ParameterError(
                "table",
                expected=f"{n_samples:,} rows, one for each source",
                got=f"{len(table[name]):,}",
                next_step="Cut the table and the coordinates in the same way.",
            )


def row_as_text(table: Any, row: int) -> list[tuple[str, str]]:
    """(column with its unit, value) of at most 12 columns of one row.

    Examples
    --------
    >>> row_as_text({"name": np.array(["X-1", "X-2"]), "flux": np.array([1.5, 2.25e-13])}, 1)
    [('name', 'X-2'), ('flux', '2.25e-13')]
    """
    names = column_names(table)
    # One row has one shape of values: a column of vectors would fill the whole card.
    flat = [name for name in names if len(getattr(table[name], "shape", (0,))) == 1]
    return [(_heading(table, name), _text(_value(table[name], row))) for name in flat[:MAX_COLUMNS]]


def _heading(table: Any, name: str) -> str:
    unit = getattr(table[name], "unit", None)
    return _short(f"{name} [{unit}]" if unit else name)


def _value(values: Any, row: int) -> Any:
    value = values.iloc[row] if hasattr(values, "iloc") else values[row]
    return getattr(value, "value", value)  # of an astropy Quantity: the unit is in the heading


def _text(value: Any) -> str:
    if value is None or value is np.ma.masked:
        return "-"
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, (float, np.floating)):
        return "-" if np.isnan(value) else f"{value:.7g}"
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
