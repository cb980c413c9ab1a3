"""An index on disk: a header in JSON, then plain arrays, mapped into memory as they are looked at.

Layout: the magic line, the length of the header (8 bytes, little-endian), its CRC-32 (4), the header, and
each array at a multiple of 64 bytes. Nothing in a file is run or unpickled, and what it says of itself is
checked first.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError, ParameterError
from .bricks import FAN, LAST, LEAF, Tree, hang
from .channels import MAX_CATEGORIES, CategoryChannel, Channel, ValueChannel
from .grid import Axis
from .layers import VALUE_BLOCK, Categories, Values

if TYPE_CHECKING:
    from .point_index import PointIndex

MAGIC = b"astrokit point index 1\n"
ALIGN = 64
CHUNK = 1 << 24
TREE = {"points": np.float32, "order": np.uint32, "counts": np.uint32, "start": np.uint32, "child": np.uint32}
CATEGORIES = {"codes": np.uint8, "before": np.uint32}
VALUES = {"values": np.float32, "sums": np.float64, "before": np.uint32}


def arrays_of(tree: Tree, channels: dict[str, Channel]) -> dict[str, np.ndarray]:
    """All arrays of an index but the dense levels, by a name in the file."""
    arrays = {name: getattr(tree, name) for name in TREE}
    for number, channel in enumerate(channels.values()):
        fields = CATEGORIES if isinstance(channel, CategoryChannel) else VALUES
        arrays |= {f"channel {number} {field}": getattr(channel.layer, field) for field in fields}
    return arrays


def write(path: str | os.PathLike[str], index: PointIndex, *, overwrite: bool) -> None:
    """Write an index beside `path`, then rename it there."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise ParameterError(
            "path",
            expected="a new file",
            got=f"{path}, which exists",
            next_step="Choose another name, or pass overwrite=True.",
        )
    arrays = arrays_of(index._tree, index._channels)
    arrays |= {f"level {level}": counts for level, counts in enumerate(index._base)}
    header = _header(index, arrays)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            _write_all(file, header, arrays)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except OSError as error:
        raise DataError(
            str(path),
            expected=f"room for {sum(a.nbytes for a in arrays.values()) / 1e6:,.0f} MB",
            got=str(error),
            next_step="Free some space, or write to another disk.",
        ) from error
    finally:
        Path(beside).unlink(missing_ok=True)


def _header(index: PointIndex, arrays: dict[str, np.ndarray]) -> bytes:
    place, listing = 0, {}
    for name, array in arrays.items():
        listing[name] = {
            "dtype": array.dtype.str,
            "shape": array.shape,
            "offset": place,
            "crc32": _checksum(array),
        }
        place += -(-array.nbytes // ALIGN) * ALIGN
    channels = [_describe(name, channel) for name, channel in index._channels.items()]
    header = {
        "n_samples": index.n_samples,
        "extent": index.extent,
        "axes": index._axes,
        "leaf": LEAF,
        "channels": channels,
        "arrays": listing,
    }
    return json.dumps(header).encode()


def _describe(name: str, channel: Channel) -> dict[str, Any]:
    if isinstance(channel, CategoryChannel):
        return {"name": name, "labels": channel.labels, "block": channel.layer.block}
    return {"name": name, "low": channel.low, "high": channel.high, "centre": channel.layer.centre}


def _checksum(array: np.ndarray) -> int:
    data, crc = _bytes_of(array), 0
    for k in range(0, len(data), CHUNK):
        crc = zlib.crc32(data[k : k + CHUNK], crc)
    return crc


def _bytes_of(array: np.ndarray) -> memoryview:
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _start(header_length: int) -> int:
    return -(-(len(MAGIC) + 12 + header_length) // ALIGN) * ALIGN


def _write_all(file: Any, header: bytes, arrays: dict[str, np.ndarray]) -> None:
    file.write(MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
    file.write(bytes(_start(len(header)) - file.tell()))
    for array in arrays.values():
        file.write(_bytes_of(array))
        file.write(bytes(-file.tell() % ALIGN))


def read(path: str | os.PathLike[str], *, verify: bool) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the header and the mapped arrays of a file."""
    path = Path(path)
    with path.open("rb") as file:
        header, start = _read_header(file, path)
    try:
        arrays = {name: _map(path, start, entry) for name, entry in header["arrays"].items()}
        _check(header, arrays)
    except (KeyError, TypeError, ValueError, AttributeError, OSError, OverflowError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from error
    for name, array in arrays.items() if verify else ():
        if _checksum(array) != header["arrays"][name]["crc32"]:
            raise _broken(path, f"another checksum of {name!r}")
    return header, arrays


def _read_header(file: Any, path: Path) -> tuple[dict[str, Any], int]:
    if file.read(len(MAGIC)) != MAGIC:
        raise _broken(path, "another beginning")
    length, crc = int.from_bytes(file.read(8), "little"), int.from_bytes(file.read(4), "little")
    text = file.read(min(length, 1 << 24))
    if len(text) != length or zlib.crc32(text) != crc:
        raise _broken(path, "a damaged header")
    return json.loads(text), _start(length)


def _map(path: Path, start: int, entry: dict[str, Any]) -> np.ndarray:
    """One array, mapped copy-on-write: numba compiles for writable arrays, and the file never changes."""
    shape, kind = tuple(int(n) for n in entry["shape"]), np.dtype(entry["dtype"])
    if 0 in shape:
        return np.zeros(shape, dtype=kind)
    offset = start + int(entry["offset"])
    return np.asarray(np.memmap(path, dtype=kind, mode="c", offset=offset, shape=shape))


def _check(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Refuse what would lead a walk out of its arrays: types, shapes, and numbers of points and bricks."""
    for name, kind in TREE.items():
        _require(arrays[name].dtype == kind, f"{name} of type {np.dtype(kind)}")
    n_points, n_bricks = len(arrays["points"]), len(arrays["start"])
    _require(header["leaf"] == LEAF, f"leaves of {LEAF} points")
    _require(
        arrays["points"].shape == (n_points, 2) and len(arrays["order"]) == n_points, "as many rows as points"
    )
    _require(
        arrays["counts"].shape == (n_bricks, LAST + FAN) and len(arrays["child"]) == n_bricks,
        "20 counts a brick",
    )
    _require(n_points <= header["n_samples"], "no more points than samples")
    root = arrays["counts"][:1, LAST:].sum(dtype=np.int64)
    _require(n_bricks > 0 and int(root) == n_points, "counts that add up to the points")
    for number, channel in enumerate(header["channels"]):
        _check_channel(number, channel, arrays, n_points)
    for name, array in arrays.items():
        if name.startswith("level "):
            _require(array.shape == (2 ** int(name[6:]),) * 2 and array.dtype == np.uint32, f"{name} in full")


def _check_channel(
    number: int, channel: dict[str, Any], arrays: dict[str, np.ndarray], n_points: int
) -> None:
    fields = CATEGORIES if "labels" in channel else VALUES
    found = [arrays[f"channel {number} {field}"] for field in fields]
    _require([a.dtype for a in found] == list(map(np.dtype, fields.values())), "channels of the right types")
    block = int(channel["block"]) if "labels" in channel else VALUE_BLOCK
    _require(block > 0 and len(found[0]) == n_points, "a value for each point")
    _require(all(len(a) == n_points // block + 1 for a in found[1:]), "a running count for each block")
    if "labels" in channel:
        labels = channel["labels"]
        _require(0 < found[1].shape[1] <= MAX_CATEGORIES, f"at most {MAX_CATEGORIES} categories")
        _require(
            all(isinstance(a, str) for a in labels) and len(labels) <= found[1].shape[1], "labels as text"
        )


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(f"expected {what}")


def parts_of(
    header: dict[str, Any], arrays: dict[str, np.ndarray]
) -> tuple[Tree, dict[str, Channel], list[np.ndarray]]:
    """The tree, the channels and the dense levels out of a file's arrays."""
    (x, y) = header["axes"]
    tree = hang({name: arrays[name] for name in TREE}, Axis(*x), Axis(*y))
    channels = {c["name"]: _channel(number, c, arrays) for number, c in enumerate(header["channels"])}
    levels = [arrays[f"level {k}"] for k in range(sum(name.startswith("level ") for name in arrays))]
    return tree, channels, levels


def _channel(number: int, entry: dict[str, Any], arrays: dict[str, np.ndarray]) -> Channel:
    if "labels" in entry:
        codes, before = (arrays[f"channel {number} {field}"] for field in CATEGORIES)
        return CategoryChannel(entry["labels"], Categories(codes, before, entry["block"]))
    values, sums, before = (arrays[f"channel {number} {field}"] for field in VALUES)
    return ValueChannel(entry["low"], entry["high"], Values(values, sums, before, entry["centre"]))


def _broken(path: Path, got: str) -> DataError:
    return DataError(
        str(path),
        expected="a point index written by PointIndex.write",
        got=got,
        next_step="Write it again from the points.",
    )
