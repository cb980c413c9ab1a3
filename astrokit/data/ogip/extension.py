"""One table of an OGIP file, found by what it says that it is, with its columns and keywords checked."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import DataError
from ..astropy_tables import _require_checksums, _require_whole


class Extension(NamedTuple):
    """A binary table in memory: its columns by name in capitals, its header, and where it came from."""

    path: Path
    name: str
    columns: dict[str, np.ndarray]
    header: dict[str, Any]

    def column(self, name: str) -> np.ndarray:
        """A column of the file; DataError where it has none of that name."""
        if name not in self.columns:
            raise self.problem(
                f"a column {name}", f"columns {', '.join(self.columns)}", "Is this the right file?"
            )
        return self.columns[name]

    def numbers(self, name: str) -> np.ndarray:
        """A column of plain, finite numbers (n_rows,), as float64."""
        column = self.column(name)
        if column.dtype.kind not in "iuf" or column.ndim != 1:
            raise self.problem(
                f"a number in each row of {name}",
                f"{column.dtype} of shape {column.shape}",
                "Make the file again.",
            )
        values = column.astype(float)
        if not np.isfinite(values).all():
            raise self.problem(
                f"finite numbers in {name}",
                f"{int((~np.isfinite(values)).sum())} of {len(values)} that are not",
                "Make the file again.",
            )
        return values

    def positive(self, name: str, default: float | None = None) -> float:
        """A keyword above 0, or a default where the file has none."""
        value = self.header.get(name, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < np.inf:
            raise self.problem(f"a keyword {name} above 0", repr(value), "Correct the header.")
        return float(value)

    def problem(self, expected: str, got: str, next_step: str) -> DataError:
        """The error for something in this table."""
        return DataError(f"{self.name} of {self.path}", expected=expected, got=got, next_step=next_step)


def read_extension(
    path: str | os.PathLike[str], classes: tuple[str, str], names: tuple[str, ...]
) -> Extension:
    """Read the table of which HDUCLAS1 and HDUCLAS2 are `classes`, or else the one that is called by a name.

    Parameters
    ----------
    path : path
    classes : (str, str)
        An empty second one fits all.
    names : tuple of str
        EXTNAME of files that do not state their class.

    Raises
    ------
    DataError
        When the file cannot be read, is no FITS, is cut, fails its checksum, or has no such table.
    """
    from astropy.io import fits

    path = Path(path)
    try:
        # What astropy warns of, a cut file or a wrong checksum, is an error here.
        with (
            _quiet(),
            path.open("rb") as stream,
            fits.open(stream, memmap=False, lazy_load_hdus=False) as hdus,
        ):
            _require_whole(path, hdus)
            table = _found(path, hdus, classes, names)
            _require_checksums(path, table)
            columns = {name.upper(): np.asarray(table.data[name]) for name in table.columns.names}
            return Extension(path, table.name, columns, dict(table.header))
    except DataError:
        raise
    except Exception as error:  # astropy lets many kinds out for broken files
        raise DataError(
            str(path),
            expected="a FITS file with an OGIP extension",
            got=" ".join(f"{type(error).__name__}: {error}".split())[:200],
            next_step="Check the path; copy the file again if it is cut.",
        ) from error


def _found(path: Path, hdus: Any, classes: tuple[str, str], names: tuple[str, ...]) -> Any:
    tables = [hdu for hdu in hdus if "BinTable" in type(hdu).__name__]
    found = [hdu for hdu in tables if _is(hdu, classes)] or [hdu for hdu in tables if hdu.name in names]
    if len(found) != 1:
        raise DataError(
            str(path),
            expected=f"one extension {' or '.join(names)}",
            got=f"{len(found)}, among {', '.join(hdu.name or 'unnamed' for hdu in hdus)}",
            next_step="Is this the right file?",
        )
    return found[0]


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is(hdu: Any, classes: tuple[str, str]) -> bool:
    stated = [str(hdu.header.get(f"HDUCLAS{k}", "")).strip().upper() for k in (1, 2)]
    return stated[0] == classes[0] and classes[1] in ("", stated[1])
