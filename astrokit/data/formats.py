"""File formats of tables: told by content, read into raw columns; whatever goes wrong is a `DataError`."""

from __future__ import annotations

import codecs
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from .provenance import require_readable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_SUFFIXES = {
    "CSV": (".csv", ".txt"),
    "ECSV": (".ecsv",),
    "FITS": (".fits", ".fit", ".fts"),
    "VOTable": (".vot", ".votable", ".xml"),
    "Parquet": (".parquet", ".pq"),
}
_BEGINNINGS = {
    b"SIMPLE  =": "FITS",
    b"PAR1": "Parquet",
    b"# %ECSV": "ECSV",
    b"\x1f\x8b": "a gzip file (unpack it first)",
    b"BZh": "a bzip2 file (unpack it first)",
    b"\xfd7zXZ": "an xz file (unpack it first)",
    b"PK\x03\x04": "a zip archive, such as an .xlsx or .npz file",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array file",
    b"\x80": "a pickle, which is never opened",
    b"\xff\xfe": "text in UTF-16 (save it as UTF-8)",
    b"\xfe\xff": "text in UTF-16 (save it as UTF-8)",
}
_HEAD_BYTES = 4096
_SHOWN_NAMES = 20


@dataclass(frozen=True)
class RawColumn:
    """Values of one column as the file has them, missing ones as NaN, None or NA.

    `unit` is what the column carries (text or an astropy unit), None where it carries none. `is_text` says
    that the format knows text only (CSV), so that numbers are still to be parsed.
    """

    values: pd.Series
    unit: Any = None
    is_text: bool = False


@dataclass(frozen=True)
class RawTable:
    """All column names of a file, in order and with repetitions, and the wanted columns it has."""

    names: list[str]
    columns: Mapping[str, RawColumn]
    n_rows: int


def read_raw(path: Path, wanted: Sequence[str]) -> RawTable:
    """Read the wanted columns of a table file; DataError for whatever is wrong with the file."""
    require_readable(path)
    kind = _format(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters in a file is an error, from here or from below
            return _readers()[kind](path, wanted)
    except DataError:
        raise
    except Exception as error:  # parsers let dozens of kinds out for bytes that somebody broke
        raise DataError(
            str(path),
            expected=f"a whole {kind} table",
            got=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
            next_step="Get or export the file again; if it opens elsewhere, save it in another format.",
        ) from error


def _readers() -> dict[str, Callable[[Path, Sequence[str]], RawTable]]:
    from .astropy_tables import read_astropy, read_fits, read_votable

    return {
        "CSV": read_csv,
        "ECSV": lambda path, wanted: read_astropy(path, "ascii.ecsv", wanted),
        "FITS": read_fits,
        "VOTable": read_votable,
        "Parquet": read_parquet,
    }


def _format(path: Path) -> str:
    """Return the format of the contents; DataError when they have none, or the suffix promises another."""
    found = _sniff(path)
    promised = next((kind for kind, suffixes in _SUFFIXES.items() if path.suffix.lower() in suffixes), None)
    if found in _SUFFIXES and (promised in (None, found) or {promised, found} == {"CSV", "ECSV"}):
        return found
    expected = f"a {promised} table, as its suffix says" if promised else f"a table: {', '.join(_SUFFIXES)}"
    raise DataError(
        str(path),
        expected=expected,
        got=found,
        next_step="Save the table in one of these formats, with its suffix.",
    )


def _sniff(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        return "an empty file"
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    text = head.removeprefix(codecs.BOM_UTF8)
    if text.lstrip().startswith(b"<"):
        return "VOTable" if b"VOTABLE" in text else "an XML or HTML document"
    if b"\0" in text:
        return f"bytes that are no text, beginning {head[:12]!r}"
    return "CSV"


def require_once(path: Path, names: Sequence[str], wanted: Sequence[str]) -> None:
    """Raise DataError when a wanted name is that of several columns."""
    repeated = [name for name in dict.fromkeys(wanted) if names.count(name) > 1]
    if repeated:
        raise DataError(
            str(path),
            expected="every column once",
            got=f"several columns named {listed(repeated)}",
            next_step="Rename or remove all but one.",
        )


def listed(names: Sequence[str]) -> str:
    """Return column names for a message: a file may have thousands, and long ones."""
    shown = ", ".join(repr(name[:60]) for name in names[:_SHOWN_NAMES])
    return shown + (", ..." if len(names) > _SHOWN_NAMES else "")


def read_csv(path: Path, wanted: Sequence[str]) -> RawTable:
    """Read comma-separated UTF-8 with a line of names; all columns come back as text."""
    import pyarrow as pa
    from pyarrow import csv

    names = _header(path)
    # Every column is read as text, wanted or not: a quotation mark that is never closed must not go unseen.
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    table = csv.read_csv(path, convert_options=options)
    for name, column in zip(table.column_names, table.columns, strict=True):
        _require_lines(path, name, column)
    columns = {
        name: RawColumn(table.column(name).to_pandas(), is_text=True)
        for name in wanted
        if names.count(name) == 1
    }
    return RawTable(names, columns, table.num_rows)


def _header(path: Path) -> list[str]:
    from pyarrow import csv

    with csv.open_csv(path) as reader:
        return reader.schema.names


def _require_lines(path: Path, name: str, column: pa.ChunkedArray) -> None:
    import pyarrow.compute as pc

    broken = pc.index(pc.match_substring(column, "\n"), True).as_py()
    if broken >= 0:
        raise DataError(
            f"column {name[:60]!r} of {path}",
            expected="every row on a line of its own",
            got=f"a line break inside a value, in row {broken}",
            next_step="Look there for a quotation mark that is never closed.",
        )


def read_parquet(path: Path, wanted: Sequence[str]) -> RawTable:
    """Read a Parquet file; astropy reads those that it wrote, for they have units and masks of its kind."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        if b"table_meta_yaml" in (file.schema_arrow.metadata or {}):
            from .astropy_tables import read_astropy

            return read_astropy(path, "parquet", wanted)
        names = file.schema_arrow.names
        present = [name for name in dict.fromkeys(wanted) if names.count(name) == 1]
        table = file.read(columns=present, use_pandas_metadata=False)
        columns = {name: RawColumn(_nullable(table.column(name))) for name in present}
        return RawTable(names, columns, file.metadata.num_rows)


def _nullable(column: pa.ChunkedArray) -> pd.Series:
    """Convert to pandas; integers with gaps stay integers, since floats would round long identifiers."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kept = {getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")() for name in _INTEGERS}
    return column.to_pandas(types_mapper={**kept, pa.bool_(): pd.BooleanDtype()}.get)


_INTEGERS = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
