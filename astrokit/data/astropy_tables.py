"""FITS, VOTable, ECSV and astropy's own Parquet, through astropy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from .formats import RawColumn, RawTable, require_once
from .votable_guard import require_harmless

if TYPE_CHECKING:
    import pandas as pd


def read_astropy(path: Path, format_name: str, wanted: Sequence[str]) -> RawTable:
    """Read ECSV or astropy's Parquet; their YAML headers make plain values and astropy's own classes only.

    `format_name` is "ascii.ecsv" or "parquet".
    """
    from astropy.table import Table

    table = Table.read(path, format=format_name)
    return _raw(path, list(table.colnames), table, wanted)


def read_votable(path: Path, wanted: Sequence[str]) -> RawTable:
    """Read the first table of a VOTable."""
    import warnings

    from astropy.io import votable

    require_harmless(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first = votable.parse(path, verify="warn").get_first_table()
    if any(isinstance(warning.message, votable.exceptions.W18) for warning in caught):
        raise DataError(
            str(path),
            expected="as many rows as the table declares in `nrows`",
            got=f"{len(first.array):,}",
            next_step="The file is truncated, or was edited: get it again.",
        )
    names = [field.name for field in first.fields]
    return _raw(path, names, first.to_table(use_names_over_ids=True), wanted)


def read_fits(path: Path, wanted: Sequence[str]) -> RawTable:
    """Read the first table of a FITS file, after a look at its declared size and its checksums."""
    from astropy.io import fits
    from astropy.table import Table

    # Opened here, because astropy leaves broken files open; not mapped, because the table outlives the file.
    with path.open("rb") as stream, fits.open(stream, memmap=False, lazy_load_hdus=False) as hdus:
        _require_whole(path, hdus)
        tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        if not tables:
            raise DataError(
                str(path),
                expected="a table among its extensions",
                got=f"{len(hdus)} without: {', '.join(type(hdu).__name__ for hdu in hdus[:5])}",
                next_step="Store the table as a binary table extension; if it is one, the file is truncated.",
            )
        _require_checksums(path, tables[0])
        names = list(tables[0].columns.names)
        require_once(path, names, names)  # astropy cannot read a FITS table with a name twice
        table = Table.read(tables[0])
        _mask_null_truths(table, tables[0])
        return _raw(path, names, table, wanted)


def _require_whole(path: Path, hdus: Any) -> None:
    there = path.stat().st_size
    for number, hdu in enumerate(hdus):
        end = hdu.fileinfo()["datLoc"] + hdu.size
        if end > there:
            raise DataError(
                str(path),
                expected=f"{end:,} bytes, as the header of extension {number} declares",
                got=f"{there:,}",
                next_step="The file is truncated: get it again.",
            )


def _require_checksums(path: Path, table: Any) -> None:
    # 0 says that the sum does not agree, 1 that it does, 2 that there is none.
    if table.verify_checksum() == 0 or table.verify_datasum() == 0:
        raise DataError(
            str(path),
            expected="a table that agrees with its CHECKSUM and DATASUM",
            got="other sums",
            next_step="The file was damaged or edited after it was written: get it again.",
        )


def _mask_null_truths(table: Any, hdu: Any) -> None:
    """Mask truth values that are neither T nor F: null by the FITS standard, False as astropy reads it."""
    import numpy as np
    from astropy.table import MaskedColumn

    for column in hdu.columns:
        if column.format == "L":
            null = ~np.isin(hdu.data.view(np.ndarray)[column.name], (ord("T"), ord("F")))
            table[column.name] = MaskedColumn(table[column.name], mask=null)


def _raw(path: Path, names: list[str], table: Any, wanted: Sequence[str]) -> RawTable:
    present = [name for name in dict.fromkeys(wanted) if names.count(name) == 1]
    columns = {name: _column(f"column {name!r} of {path}", table[name]) for name in present}
    return RawTable(names, columns, len(table))


def _column(what: str, column: Any) -> RawColumn:
    from astropy.table import Column

    if not isinstance(column, Column):
        raise _not_plain(what, type(column).__name__)
    if column.ndim != 1:
        raise _not_plain(what, f"{column.shape[1:]} values per row")
    return RawColumn(_series(column), column.unit)


def _series(column: Any) -> pd.Series:
    """Convert to pandas, in native byte order, masked values as missing."""
    import numpy as np
    import pandas as pd

    values, missing = np.ma.getdata(column), np.ma.getmaskarray(column)
    values = np.asarray(values, dtype=values.dtype.newbyteorder("="))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    if values.dtype.kind in "USO":
        return pd.Series(values.astype(object)).mask(missing)
    series = pd.Series(values)
    return series.convert_dtypes(convert_floating=False).mask(missing) if missing.any() else series


def _not_plain(what: str, got: str) -> DataError:
    return DataError(
        what,
        expected="one number, text or truth value per row",
        got=got,
        next_step="Store it as plain columns (times as MJD, positions as degrees).",
    )
