"""Tables for others to read: rows of a table as FITS, VOTable, ECSV, CSV or Parquet, whole or not at all.

What is written is read once, as `read_table` would, before it takes its place: a file that this house refuses
is never handed on.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, ParameterError
from .columns import as_astropy, values_and_gaps
from .formats import _SUFFIXES, read_raw

if TYPE_CHECKING:
    from astropy.table import Table


def write_table(
    table: Any,
    path: str | os.PathLike[str],
    *,
    rows: np.ndarray | None = None,
    notes: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write rows of a table in the format that the file's ending names.

    Parameters
    ----------
    table : pandas.DataFrame, astropy Table, or dict of arrays
        Units are kept where the table has them (astropy columns, quantities) and the format can (not CSV).
    path : path
        .fits, .fit, .fts; .vot, .votable, .xml; .ecsv; .csv, .txt; .parquet, .pq.
    rows : (n,) array of int, optional
        Which rows, counted from 0; all by default.
    notes : mapping of str to str, optional
        Text about the table, by names of at most 8 letters: header cards in FITS (as ASCII), INFO elements in
        VOTable, `meta` in ECSV and Parquet; CSV has no place for it.
    overwrite : bool

    Returns
    -------
    Path

    Notes
    -----
    Missing numbers stay missing (NaN for floats, null for integers and truth values); missing text is empty.
    Dates of pandas are written as ISO text.

    Raises
    ------
    ParameterError
        When the ending is none of these, there is no row, or the file exists and `overwrite` is False.
    DataError
        When the format cannot hold the table; nothing is written then.

    Examples
    --------
    >>> from astropy import units
    >>> path = Path(tempfile.mkdtemp()) / "two.fits"
    >>> _ = write_table({"rate": [0.5, 1.0, 2.0] * units.ct / units.s}, path, rows=np.array([0, 2]))
    >>> from .tables import Column, read_table
    >>> read_table(path, [Column("rate", unit="ct / s")])["rate"].tolist()
    [0.5, 2.0]
    """
    path = Path(path)
    kind = _require_place(path, overwrite)
    selected = as_astropy(table, rows)
    if len(selected) == 0:
        raise ParameterError(
            str(path), expected="at least one row", got="none", next_step="Select rows before you write them."
        )
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        beside = Path(folder) / path.name
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what a format cannot hold is an error, below
                _writers()[kind](selected, beside, dict(notes or {}))
                _require_same(beside, selected)
        except Exception as error:  # writers let many kinds out for tables that their format cannot hold
            got = error.got if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
            raise DataError(
                str(path),
                expected=f"a table that {kind} can hold",
                got=" ".join(str(got).split())[:200],
                next_step="Nothing was written; choose another format, or leave that column out.",
            ) from error
        os.replace(beside, path)
    return path


def _require_place(path: Path, overwrite: bool) -> str:
    kind = next((kind for kind, suffixes in _SUFFIXES.items() if path.suffix.lower() in suffixes), None)
    if kind is None:
        endings = ", ".join(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)
        raise ParameterError(
            str(path),
            expected=f"an ending among {endings}",
            got=repr(path.suffix),
            next_step="Rename the file.",
        )
    if not path.parent.is_dir():
        raise ParameterError(
            str(path), expected="an existing folder", got=f"{path.parent}", next_step="Make the folder first."
        )
    if path.is_dir() or (path.exists() and not overwrite):
        raise ParameterError(
            str(path),
            expected="a new file",
            got="one that exists" if path.is_file() else "a folder",
            next_step="Choose another name, or pass overwrite=True.",
        )
    return kind


def _require_same(path: Path, table: Table) -> None:
    raw = read_raw(path, [])
    if raw.names != table.colnames or raw.n_rows != len(table):
        raise DataError(
            str(path),
            expected=f"{len(table):,} rows of {table.colnames}",
            got=f"{raw.n_rows:,} rows of {raw.names} when read again",
            next_step="Rename the columns.",
        )


def _writers() -> dict[str, Callable[[Table, Path, dict[str, str]], None]]:
    return {
        "CSV": _write_csv,
        "ECSV": lambda table, path, notes: _write_meta(table, path, notes, "ascii.ecsv"),
        "FITS": _write_fits,
        "VOTable": _write_votable,
        "Parquet": lambda table, path, notes: _write_meta(table, path, notes, "parquet"),
    }


def _write_meta(table: Table, path: Path, notes: dict[str, str], format_name: str) -> None:
    table.meta.update(notes)
    table.write(path, format=format_name)


def _write_csv(table: Table, path: Path, notes: dict[str, str]) -> None:
    import pyarrow as pa
    from pyarrow import csv

    arrays = {}
    for name in table.colnames:
        values, gaps = values_and_gaps(table[name])
        missing = gaps | np.isnan(values) if values.dtype.kind == "f" else gaps
        arrays[name] = pa.array(values, mask=missing if missing.any() else None)
    csv.write_csv(pa.table(arrays), path)


def _write_fits(table: Table, path: Path, notes: dict[str, str]) -> None:
    from astropy.io import fits

    table.meta = {key: table.meta[key] for key in table.meta if len(key) <= 8}
    nulls = {name: np.ma.getmaskarray(table[name]) for name in table.colnames if _is_masked(table[name], "b")}
    for name in table.colnames:
        if _is_masked(table[name], "iu"):
            table[name].fill_value = _unused(table[name])  # TNULL: the default, 999999, may be a value
    texts = {name: _take_unit(table[name]) for name in table.colnames if getattr(table[name], "unit", None)}
    hdu = fits.table_to_hdu(table)
    for name, text in texts.items():
        hdu.columns[name].unit = text
    for key, text in notes.items():
        hdu.header[key.upper()] = text.encode("ascii", "backslashreplace").decode("ascii")
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, checksum=True)
    if nulls:
        _null_truths(path, nulls)


def _take_unit(column: Any) -> str:
    """Take the unit off a column, and return it as text; astropy drops those that FITS does not list."""
    unit, column.unit = column.unit, None
    try:
        return unit.to_string("fits")
    except ValueError:
        return str(unit)


def _null_truths(path: Path, nulls: dict[str, np.ndarray]) -> None:
    """Make masked truth values neither T nor F, which is null by the standard; astropy writes T or F."""
    from astropy.io import fits

    with fits.open(path, mode="update") as hdus:
        raw = hdus[1].data.view(np.ndarray)
        for name, null in nulls.items():
            raw[name][null] = 0


def _is_masked(column: Any, kinds: str) -> bool:
    return np.ma.isMaskedArray(column) and column.dtype.kind in kinds


def _unused(column: Any) -> int:
    """An integer that is no value of the column: its type's lowest, unless that is one."""
    limits = np.iinfo(column.dtype)
    found = set(column.compressed().tolist())
    return next(value for value in range(limits.min, limits.max) if value not in found)


def _write_votable(table: Table, path: Path, notes: dict[str, str]) -> None:
    from astropy.io import votable
    from astropy.io.votable.tree import Info

    file = votable.from_table(table)
    for key, text in notes.items():
        file.resources[0].infos.append(Info(name=key, value=text))
    file.to_xml(str(path))
