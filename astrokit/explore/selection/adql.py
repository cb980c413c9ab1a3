"""ADQL for the selected sources of an archive: exact 64-bit identifiers, checked names, bounded queries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from .adql_words import RESERVED
from .checks import plain, wrong

MAX_IDS = 5000  # per query: about 100 kB of text
_PART = re.compile(r'[A-Za-z][A-Za-z0-9_]{0,127}|"[A-Za-z0-9_ ./+:\-]{1,128}"')


def write_queries(
    ids: np.ndarray, table: str, column: str, columns: str | Sequence[str], upload: str | None
) -> list[str]:
    """Return ADQL queries for the sources `ids`, `MAX_IDS` at most in each, or one that joins with `upload`.

    Examples
    --------
    >>> write_queries(np.array([4295806720]), "gaiadr3.gaia_source", "source_id", ["ra", "dec"], None)
    ['SELECT ra, dec\\nFROM gaiadr3.gaia_source\\nWHERE source_id IN (4295806720)']
    """
    table, column = require_identifier("table", table, 3), require_identifier("column", column, 1)
    names = [columns] if isinstance(columns, str) else list(columns)
    names = [name if name == "*" else require_identifier("columns", name, 1) for name in names]
    if not names:
        raise wrong("columns", "'*' or names of columns", "none", "Name a column.")
    if upload is not None:
        uploaded = require_identifier("upload", upload, 1)
        wanted = ", ".join(f"archive.{name}" for name in names)
        joined = f"JOIN TAP_UPLOAD.{uploaded} AS mine ON archive.{column} = mine.{column}"
        return [f"SELECT {wanted}\nFROM {table} AS archive\n{joined}"]
    chunks = [ids[start : start + MAX_IDS].tolist() for start in range(0, len(ids), MAX_IDS)]
    head = f"SELECT {', '.join(names)}\nFROM {table}\nWHERE {column} IN "
    return [f"{head}({', '.join(map(str, chunk))})" for chunk in chunks]


def require_identifier(what: str, name: Any, max_parts: int) -> str:
    """Return a name that ADQL takes as it is: regular and not reserved, or in double quotes; parts by dots.

    Examples
    --------
    >>> require_identifier("table", "gaiadr3.gaia_source", 3)
    'gaiadr3.gaia_source'
    >>> require_identifier("table", '"I/355/gaiadr3"', 3)
    '"I/355/gaiadr3"'
    """
    expected = f"a name of letters, digits and _, or one in double quotes, in at most {max_parts} parts"
    parts = re.findall(r'"[^"]*"|[^."]+', name) if isinstance(name, str) else []
    whole = isinstance(name, str) and ".".join(parts) == name and 1 <= len(parts) <= max_parts
    if not whole or not all(_PART.fullmatch(part) for part in parts):
        raise wrong(what, expected, plain(name), "Check the name in the archive's documentation.")
    reserved = next((part for part in parts if part.upper() in RESERVED), None)
    if reserved:
        raise wrong(
            what, "a name that is no word of ADQL", reserved, f"Put it in double quotes: '\"{reserved}\"'."
        )
    return name


def require_ids(source_ids: Any, n_samples: int, rows: np.ndarray) -> np.ndarray:
    """Return the selected identifiers, ascending and once each; never by way of floats.

    Raises
    ------
    ParameterError
        When they are floats (19 digits do not fit) or text, one of the selected is missing, or there is none.
    """
    from ...data.columns import values_and_gaps

    values, gaps = values_and_gaps(source_ids)
    if values.shape != (n_samples,):
        raise wrong("source_ids", f"shape ({n_samples},)", f"{values.shape}", "Give one for each row.")
    if not len(rows):
        raise wrong(
            "selection", "at least one row", "none", "Select sources before you ask an archive for them."
        )
    if gaps[rows].any():
        raise wrong(
            "source_ids", "one for each selected row", f"{gaps[rows].sum():,} missing", "Drop those rows."
        )
    chosen = values[rows]
    if chosen.dtype.kind == "O" and all(type(value) is int and abs(value) < 2**63 for value in chosen):
        chosen = chosen.astype(np.int64)
    if chosen.dtype.kind not in "iu":
        next_step = "Read the column as int64: floats keep 16 digits, identifiers have up to 19."
        raise wrong("source_ids", "whole numbers of 64 bits", f"{chosen.dtype}", next_step)
    return np.unique(chosen)
