"""Columns of a DataFrame, an astropy Table or a dict of arrays, as plain values, gaps and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError

if TYPE_CHECKING:
    from astropy.table import Table


def column_names(table: Any) -> list[str]:
    """Return the names of the columns of a DataFrame, an astropy Table, or a dict of arrays.

    Examples
    --------
    >>> column_names({"ra": [1.0], "dec": [2.0]})
    ['ra', 'dec']
    """
    names = getattr(table, "colnames", None)
    if names is None and (isinstance(table, Mapping) or hasattr(table, "columns")):
        names = list(table.columns if hasattr(table, "columns") else table)
    if names is None or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ParameterError(
            "table",
            expected="a DataFrame, an astropy Table or a dict of arrays, each column with a name of its own",
            got=type(table).__name__ if names is None else f"names {names[:5]!r}",
            next_step="Convert it, or rename its columns.",
        )
    return list(names)


def values_and_gaps(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of a column in native byte order, and the mask of those that are missing.

    Examples
    --------
    >>> values_and_gaps(np.ma.array([2**62 + 1, 0], mask=[False, True]))
    (array([4611686018427387905,                   0]), array([False,  True]))
    """
    if hasattr(column, "isna"):
        return _of_pandas(column)
    if hasattr(column, "unmasked"):  # astropy's masked quantities
        values, gaps = np.asarray(column.unmasked), np.asarray(column.mask)
    else:
        values, gaps = np.asarray(np.ma.getdata(column)), np.ma.getmaskarray(column)
    if values.dtype.kind == "O" and values.ndim == 1:
        import pandas as pd

        gaps = gaps | pd.isna(values)
    return values.astype(values.dtype.newbyteorder("="), copy=False), np.asarray(gaps)


def _of_pandas(column: Any) -> tuple[np.ndarray, np.ndarray]:
    gaps = np.asarray(column.isna(), dtype=bool)
    plain = getattr(column.dtype, "numpy_dtype", None)
    if plain is not None and plain.kind in "biuf":  # nullable: as objects, long integers would become floats
        return column.to_numpy(dtype=plain, na_value=np.nan if plain.kind == "f" else 0), gaps
    return np.asarray(column), gaps


def as_astropy(table: Any, rows: np.ndarray | None = None) -> Table:
    """Return rows of a table as an astropy Table with plain columns, units kept."""
    from astropy.table import Table

    columns = {name: _column(_taken(table[name], rows)) for name in column_names(table)}
    meta = getattr(table, "meta", {})
    return Table(columns, meta={key: meta[key] for key in meta if isinstance(meta[key], str | int | float)})


def _taken(column: Any, rows: np.ndarray | None) -> Any:
    column = column if hasattr(column, "dtype") or hasattr(column, "info") else np.asarray(column)
    if rows is None:
        return column
    return column.iloc[rows] if hasattr(column, "iloc") else column[rows]


def _column(column: Any) -> Any:
    from astropy.table import Column, MaskedColumn

    if not hasattr(column, "dtype"):
        return column  # times and coordinates: formats that have them write them
    values, gaps = values_and_gaps(column)
    about = {name: getattr(column, name, None) for name in ("unit", "description")}
    if values.dtype.kind == "f":
        return Column(np.where(gaps, np.nan, values).astype(values.dtype) if gaps.any() else values, **about)
    if values.dtype.kind in "SUMO" and values.ndim == 1:
        return Column(_text(values, gaps), **about)
    return MaskedColumn(values, mask=gaps, **about) if gaps.any() else Column(values, **about)


def _text(values: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    if values.dtype.kind == "M":
        values = np.datetime_as_string(values)
    odd = [value for value in values[~gaps] if not isinstance(value, str)]
    if odd:
        raise ParameterError(
            "column of objects",
            expected="text only",
            got=f"{type(odd[0]).__name__} in {len(odd):,} rows",
            next_step="Convert the column to numbers or to text.",
        )
    return np.where(gaps, "", values).astype(str)
