"""Row numbers: checked, and packed into few characters for JSON and code."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

import numpy as np

from .checks import wrong


def require_rows(rows: Any) -> np.ndarray:
    """Return row numbers ascending, once each, as a read-only int64 array.

    Parameters
    ----------
    rows : (n,) array_like of int, or a mask (n_samples,) of bool

    Raises
    ------
    ParameterError
        When these are no whole numbers, or one is below 0.
    """
    try:
        array = np.asarray(rows)
    except (ValueError, OverflowError):  # rows of different length
        array = np.empty((0, 0))
    if array.ndim == 1 and array.dtype == bool:
        array = np.flatnonzero(array)
    if array.ndim != 1 or (array.dtype.kind not in "iu" and array.size):
        got = f"{array.dtype} of shape {array.shape}"
        raise wrong("ids", "row numbers of shape (n,)", got, "Give integers counted from 0, or a mask.")
    if array.size and not 0 <= array.min() <= array.max() < 2**32:
        raise wrong("ids", "row numbers from 0", f"{array.min()} to {array.max()}", "Count rows from 0.")
    found = np.unique(array).astype(np.int64)
    found.flags.writeable = False
    return found


def pack_rows(rows: np.ndarray) -> str:
    """Return ascending row numbers as text: gaps between them, deflated, in base64.

    Examples
    --------
    >>> unpack_rows(pack_rows(np.array([3, 4, 900])), n_samples=1000)
    array([  3,   4, 900])
    """
    gaps = np.diff(rows, prepend=0).astype("<u4")
    return base64.b64encode(zlib.compress(gaps.tobytes())).decode("ascii")


def unpack_rows(text: str, n_samples: int) -> np.ndarray:
    """Return the row numbers of a packed text; ParameterError for anything but what `pack_rows` writes."""
    try:
        unpacker = zlib.decompressobj()
        # A few bytes may stand for gigabytes: never unpack more than all rows take.
        unpacked = unpacker.decompress(base64.b64decode(text, validate=True), 4 * n_samples + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise _broken(f"{type(error).__name__}: {error}") from error
    if len(unpacked) > 4 * n_samples:
        raise _broken(f"more than {n_samples:,} rows")
    if not unpacker.eof or unpacker.unused_data or len(unpacked) % 4:
        raise _broken("text that was cut or prolonged")
    gaps = np.frombuffer(unpacked, dtype="<u4")
    if (gaps[1:] == 0).any():
        raise _broken("rows that repeat")
    return np.cumsum(gaps, dtype=np.int64)


def _broken(got: str) -> Exception:
    return wrong("packed rows", "ascending rows as `to_json` packs them", got, "Write the JSON again.")


def runs(rows: np.ndarray) -> list[tuple[int, int]]:
    """Return the unbroken runs [first, last) of ascending row numbers.

    Examples
    --------
    >>> runs(np.array([3, 4, 5, 9]))
    [(3, 6), (9, 10)]
    """
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts = rows[np.concatenate([[0], breaks + 1])]
    lasts = rows[np.concatenate([breaks, [len(rows) - 1]])] + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
