"""Tables of strangers: read by declared columns, checked at the door.

`read_table` takes CSV, ECSV, FITS, VOTable and Parquet, and answers with the declared columns in the declared
units, or with one `DataError`. Nothing in a file is executed, and no file makes it open another file or
address.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ..errors import DataError, ParameterError
from .formats import RawColumn, RawTable, listed, read_raw, require_once
from .kinds import convert
from .units import to_unit

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Kind = Literal["float", "int", "str", "bool"]
_SHOWN_ROWS = 3


@dataclass(frozen=True)
class Column:
    """What one column of a table must be.

    Parameters
    ----------
    name : str
        Upper and lower case matter.
    kind : {"float", "int", "str", "bool"}
        A whole number may stand for a float or a str, 0 and 1 for a bool; nothing else is converted silently.
    unit : str, optional
        Of a float, as astropy writes it ("Mpc", "ct / s"). Columns that carry a unit are converted to it;
        columns that carry none are taken to be in it.
    required : bool
        If False and the column is not there, it is absent from the result.
    finite : bool
        If True, a missing value, NaN or an infinity is an error.
    minimum, maximum : float, optional
        Bounds of the values, after conversion, both allowed themselves.

    Examples
    --------
    >>> Column("rate", unit="ct / s", minimum=0.0).kind
    'float'
    """

    name: str
    kind: Kind = "float"
    unit: str | None = None
    required: bool = True
    finite: bool = True
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise _wrong_declaration(self, f"a kind among {', '.join(get_args(Kind))}", repr(self.kind))
        if self.unit is not None and self.kind != "float":
            raise _wrong_declaration(self, "a unit on float columns only", f"{self.unit!r} on {self.kind!r}")
        if (self.minimum, self.maximum) != (None, None) and self.kind not in ("float", "int"):
            raise _wrong_declaration(self, "bounds on numbers only", f"bounds on {self.kind!r}")


def read_table(path: str | Path, columns: Sequence[Column]) -> pd.DataFrame:
    """Read the declared columns of a table file.

    Parameters
    ----------
    path : path
        CSV (comma-separated UTF-8 with a line of names), ECSV, FITS (the first table; checksums are verified
        where there are any), VOTable (the first table) or Parquet. The contents decide which; a suffix that
        says otherwise is an error.
    columns : sequence of Column
        What to read; other columns of the file are ignored.

    Returns
    -------
    pandas.DataFrame
        The declared columns, in this order, with a row index from 0. Floats are float64; missing values,
        where `finite=False` allows them, are NaN in floats and `pandas.NA` in integers and truth values. Text
        is stripped of surrounding blanks, and empty text is missing.

    Raises
    ------
    DataError
        One, for the first thing found wrong: file, expected, got (with count and first rows, counted from 0),
        next step.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("source,rate\\nX-1,0.25\\n")
    >>> read_table(path, (Column("source", "str"), Column("rate", minimum=0.0)))["rate"].tolist()
    [0.25]
    """
    path = Path(path)
    return check_table(path, read_raw(path, [column.name for column in columns]), columns)


def check_table(path: Path, raw: RawTable, columns: Sequence[Column]) -> pd.DataFrame:
    """The declared columns of a raw table, checked as `read_table` says."""
    import pandas as pd

    _require_columns(path, columns, raw.names)
    if raw.n_rows == 0:
        raise DataError(
            str(path),
            expected="at least one row",
            got="a table without rows",
            next_step="Export the table again.",
        )
    present = [column for column in columns if column.name in raw.columns]
    return pd.DataFrame({column.name: _checked(path, column, raw.columns[column.name]) for column in present})


def _checked(path: Path, column: Column, raw: RawColumn) -> pd.Series:
    import numpy as np

    values, bad = convert(f"column {column.name!r} of {path}", raw, column.kind)
    if bad.any():
        raise _wrong_rows(path, column, f"{_KIND_WORDS[column.kind]} in every row", raw.values, bad)
    if column.unit is not None and raw.unit is not None:
        values = to_unit(f"column {column.name!r} of {path}", values, raw.unit, column.unit)
    missing = values.isna().to_numpy(bool)
    if column.finite:
        lost = missing | np.isinf(values.to_numpy()) if column.kind == "float" else missing
        if lost.any():
            raise _wrong_rows(path, column, "a value in every row", values, lost)
    below = _beyond(values, missing, column.minimum, np.less)
    above = _beyond(values, missing, column.maximum, np.greater)
    if (below | above).any():
        unit = f" {column.unit}" if column.unit else ""
        raise _wrong_rows(path, column, f"values {_interval(column)}{unit}", values, below | above)
    return values


_KIND_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "bool": "true or false (or yes, no, 1, 0)",
}


def _beyond(values: pd.Series, missing: np.ndarray, bound: float | None, compare: np.ufunc) -> np.ndarray:
    import numpy as np

    beyond = np.zeros(len(values), bool)
    if bound is not None:
        beyond[~missing] = compare(values[~missing].to_numpy(), bound)
    return beyond


def _interval(column: Column) -> str:
    if column.maximum is None:
        return f">= {column.minimum:g}"
    return (
        f"<= {column.maximum:g}" if column.minimum is None else f"in [{column.minimum:g}, {column.maximum:g}]"
    )


def _require_columns(path: Path, columns: Sequence[Column], names: Sequence[str]) -> None:
    require_once(path, names, [column.name for column in columns])
    missing = [column.name for column in columns if column.required and column.name not in names]
    if missing:
        close = [match for name in missing for match in _close(name, names)]
        suggestion = f"Is {listed(close)} what you mean? Rename it. " if close else ""
        raise DataError(
            str(path),
            expected=f"the column{'s' * (len(missing) > 1)} {listed(missing)}",
            got=f"{len(names)} columns: {listed(names)}",
            next_step=f"{suggestion or 'Add what is missing. '}Upper and lower case matter.",
        )


def _close(name: str, names: Sequence[str]) -> list[str]:
    folded = {other.casefold(): other for other in names}
    return [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=1)]


def _wrong_rows(path: Path, column: Column, expected: str, values: pd.Series, wrong: np.ndarray) -> DataError:
    rows = wrong.nonzero()[0]
    missing = values.isna()
    first = ", ".join(
        f"row {row}" if missing.iloc[row] else f"row {row} ({str(values.iloc[row])[:40]!r})"
        for row in rows[:_SHOWN_ROWS]
    )
    more = ", ..." if len(rows) > _SHOWN_ROWS else ""
    return DataError(
        f"column {column.name!r} of {path}",
        expected=expected,
        got=f"{len(rows):,} of {len(wrong):,} rows without: {first}{more}",
        next_step="Correct or drop these rows (they are counted from 0).",
    )


def _wrong_declaration(column: Column, expected: str, got: str) -> ParameterError:
    return ParameterError(
        f"declaration of column {column.name!r}",
        expected=expected,
        got=got,
        next_step="Correct the `Column`.",
    )
