"""Frames as bytes: counts quantised to one byte on a logarithmic scale, with the range beside it, deflated.

Up to 255 counts in a cell the byte is the count itself. Beyond, byte b >= 1 stands for the count
top ** ((b - 1) / 254), where `top` is the largest of the plane: a relative error of at most
`quantisation_error(top)`, 2.8% at a million.
"""

from __future__ import annotations

import functools
import math
import zlib
from typing import Any, NamedTuple

import numpy as np

from ..index import Frame

STEPS = 254  # from the smallest to the largest count
EXACT = 255  # the largest count that needs no logarithm
TABLE = 1 << 16  # counts below this are looked up


class Plane(NamedTuple):
    """One layer of a frame, ready to be sent: bytes (ny, nx) or (n_categories, ny, nx), and their meaning."""

    name: str
    codes: np.ndarray
    scale: dict[str, Any]


def quantise(counts: np.ndarray) -> tuple[np.ndarray, int]:
    """Return (uint8 codes of the same shape, the largest count).

    Examples
    --------
    >>> codes, top = quantise(np.array([0, 1, 7, 1000]))
    >>> codes, top
    (array([  0,   1,  73, 255], dtype=uint8), 1000)
    >>> dequantise(codes, top).round(2).tolist()
    [0.0, 1.0, 7.09, 1000.0]
    """
    top = int(counts.max(initial=0))
    if top <= EXACT:
        return counts.astype(np.uint8), top
    if top < TABLE:
        return _codes_below(top)[counts], top
    steps = STEPS / math.log(top)
    return np.where(counts == 0, 0, 1 + np.rint(steps * np.log(np.maximum(counts, 1)))).astype(np.uint8), top


@functools.lru_cache(maxsize=64)
def _codes_below(top: int) -> np.ndarray:
    codes = np.zeros(top + 1, dtype=np.uint8)
    codes[1:] = 1 + np.rint(STEPS * np.log(np.arange(1, top + 1)) / math.log(top))
    return codes


def dequantise(codes: np.ndarray, top: int) -> np.ndarray:
    """Counts from codes; what the browser does."""
    if top <= EXACT:
        return codes.astype(float)
    return np.where(codes == 0, 0.0, np.exp((codes.astype(float) - 1) / STEPS * math.log(top)))


def quantisation_error(top: int) -> float:
    """Largest relative error of a count after `quantise`: half a step of the logarithm.

    Examples
    --------
    >>> quantisation_error(255), round(quantisation_error(1_000_000), 4)
    (0.0, 0.0276)
    """
    return 0.0 if top <= EXACT else math.exp(0.5 * math.log(top) / STEPS) - 1


def quantise_values(mean: np.ndarray, low: float, high: float) -> np.ndarray:
    """Codes 1 to 255 on a line from `low` to `high`, values beyond at its ends; 0 where there is none.

    The error is at most (high - low) / 508 between the ends.
    """
    share = (mean - low) / (high - low) if high > low else np.where(np.isnan(mean), np.nan, 0.5)
    return np.where(np.isnan(share), 0, 1 + np.rint(STEPS * np.clip(np.nan_to_num(share), 0, 1))).astype(
        np.uint8
    )


def planes_of(frame: Frame, parts: list[str], value_range: tuple[float, float] | None = None) -> list[Plane]:
    """The layers of a frame that were asked for, and that it has."""
    planes = []
    for name, counts in (
        ("counts", frame.counts),
        ("members", frame.members),
        ("categories", frame.by_category),
    ):
        if name in parts and counts is not None:
            codes, top = quantise(counts)
            planes.append(Plane(name, codes, {"top": top, "error": quantisation_error(top)}))
    if "mean" in parts and frame.mean is not None and value_range is not None:
        low, high = value_range
        planes.append(Plane("mean", quantise_values(frame.mean, low, high), {"low": low, "high": high}))
    return planes


def pack(planes: list[Plane]) -> tuple[list[dict[str, Any]], bytes]:
    """Headers of the planes, and all their bytes one after the other, deflated (zlib)."""
    headers = [{"name": p.name, "layers": p.codes.size // _cells(p), **p.scale} for p in planes]
    # Runs and Huffman codes only: counts are noise, in which longer matches are not worth the search.
    squeeze = zlib.compressobj(1, strategy=zlib.Z_RLE)
    parts = [squeeze.compress(p.codes.tobytes()) for p in planes]
    return headers, b"".join([*parts, squeeze.flush()])


def _cells(plane: Plane) -> int:
    return max(plane.codes.shape[-1] * plane.codes.shape[-2], 1)


def unpack(headers: list[dict[str, Any]], packed: bytes, nx: int, ny: int) -> dict[str, np.ndarray]:
    """Codes of each plane again, (layers, ny, nx): what the browser does."""
    codes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(-1, ny, nx)
    planes, first = {}, 0
    for header in headers:
        planes[header["name"]] = codes[first : first + header["layers"]]
        first += header["layers"]
    return planes
