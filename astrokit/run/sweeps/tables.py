"""A table of runs: a row a run, a column a parameter; an empty cell leaves the notebook's own default."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ..values import shortened

# (value, where it stands, whether it is text to be read by the declared type)
Cell = tuple[Any, str, bool]
_MOST_BYTES = 200_000_000


def table_rows(table: Any, folder: Path, where: str) -> list[dict[str, Cell]]:
    """Return the rows of a table.

    Parameters
    ----------
    table : str, Path, mapping or pandas.DataFrame
        A CSV or Parquet file, or columns of equal length by name.
    folder : what a relative path counts from
    where : the place in the spec, for messages

    Raises
    ------
    ParameterError
        When there is no such table, or it has no rows, a name twice or a row of another length.
    """
    if isinstance(table, str | Path):
        rows = _from_file(folder / table, where)
    elif hasattr(table, "to_dict"):
        rows = _from_columns(table.to_dict("list"), where)
    else:
        rows = _from_columns(table, where)
    if not rows:
        raise _wrong(where, "a table with rows", "none")
    return rows


def _from_file(path: Path, where: str) -> list[dict[str, Cell]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _wrong(where, f"a table of at most {_MOST_BYTES:,} bytes", path.name)
        if path.suffix.lower() in (".parquet", ".pq"):
            return _from_columns(_parquet(path), where)
        return list(_from_csv(path.read_bytes().decode("utf-8-sig"), path.name))
    except (OSError, ValueError, csv.Error) as error:
        got = getattr(error, "strerror", None) or str(error)
        raise _wrong(where, f"a CSV or Parquet file at {path.name}", got) from error


def _parquet(path: Path) -> dict[str, list[Any]]:
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = pq.read_table(path).to_pydict()
    return columns


def _from_csv(text: str, name: str) -> Iterator[dict[str, Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [column.strip() for column in next(reader, [])]
    where = f"{name}, line {reader.line_num}"
    if not header or not all(header) or len(set(header)) < len(header):
        raise _wrong(where, "a name for each column, none of them twice", header)
    for row in reader:
        if not row:
            continue
        where = f"{name}, line {reader.line_num}"
        if len(row) != len(header):
            raise _wrong(where, f"{len(header)} cells", f"{len(row)}")
        yield {column: (cell, where, True) for column, cell in zip(header, row, strict=True) if cell}


def _from_columns(columns: Any, where: str) -> list[dict[str, Cell]]:
    if not isinstance(columns, Mapping) or not all(isinstance(values, list) for values in columns.values()):
        raise _wrong(where, "a file, or lists of values by name", columns)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise _wrong(where, "columns of equal length", lengths)
    rows = range(next(iter(lengths.values()), 0))
    return [
        {
            str(name): (_plain(values[i]), f"{where}, row {i + 1}", False)
            for name, values in columns.items()
            if not _is_missing(values[i])
        }
        for i in rows
    ]


def _plain(value: Any) -> Any:
    """The Python value of a numpy scalar."""
    return value.item() if hasattr(value, "item") else value


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _wrong(where: str, expected: str, got: Any) -> ParameterError:
    return ParameterError(where, expected=expected, got=shortened(got), next_step="See docs/sweeps.md.")
