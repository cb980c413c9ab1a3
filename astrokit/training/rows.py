"""Arrays with one row a sample, handed out in batches as tensors."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import DataError, ParameterError

GATHERED_BYTES = 250e3  # at once: larger pieces of memory cost more to get than they save
SEEN_BY_FINGERPRINT = 1000  # rows; a change elsewhere is not noticed


class Rows:
    """Named arrays of the same length, in memory or mapped from disk.

    Numbers become tensors of `dtype`, whole numbers int64, truth values stay. Arrays that are mapped, repeat
    one row without holding it many times (`numpy.broadcast_to`), or are of half precision, are converted
    batch by batch.

    Parameters
    ----------
    arrays : mapping of name -> (n_samples, ...)
    dtype : torch.dtype
        Of the model's weights.

    Raises
    ------
    ParameterError
        When there are no arrays, or their lengths differ.
    DataError
        When an array holds something else than numbers.

    Examples
    --------
    >>> rows = Rows({"values": np.eye(3), "label": [0, 1, 2]})
    >>> rows.batch(torch.tensor([2, 0]))
    {'values': tensor([[0., 0., 1.],
            [1., 0., 0.]]), 'label': tensor([2, 0])}
    """

    def __init__(self, arrays: Mapping[str, Any], dtype: torch.dtype = torch.float32) -> None:
        self._tensors = {name: _as_tensor(name, array, dtype) for name, array in arrays.items()}
        self._dtype = dtype
        lengths = {name: len(tensor) for name, tensor in self._tensors.items()}
        if len(set(lengths.values())) != 1 or min(lengths.values()) == 0:
            raise ParameterError(
                "data",
                expected="named arrays of one length, one row a sample",
                got=", ".join(f"{name}: {n:,}" for name, n in lengths.items()) or "no arrays",
                next_step="Check that the arrays belong together.",
            )
        self.n_samples = next(iter(lengths.values()))

    def batch(self, rows: Tensor, device: torch.device | None = None) -> dict[str, Tensor]:
        """The rows (n,) of every array, as tensors (n, ...) on a device."""
        batch = {name: tensor.index_select(0, rows) for name, tensor in self._tensors.items()}
        if device is not None and device.type != "cpu":
            return {name: _typed(part.to(device), self._dtype) for name, part in batch.items()}
        return {name: _typed(part, self._dtype) for name, part in batch.items()}

    def batches(
        self, order: Tensor, size: int, device: torch.device | None = None, *, first: int = 0
    ) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
        """Batches of `size` rows in an order (n,), from batch number `first` on: rows, and arrays of them.

        Small batches are gathered several at once, and handed out as views. Which ones go together does not
        depend on `first`, so a batch lies at the same place in memory, and is rounded in the same way,
        whether a fit was interrupted before it or not.
        """
        together = max(int(GATHERED_BYTES // (size * self._bytes_of_row())), 1)
        for start in range(first // together * together, -(-len(order) // size), together):
            gathered = order[start * size : (start + together) * size]
            parts = {name: part.split(size) for name, part in self.batch(gathered, device).items()}
            for number, rows in enumerate(gathered.split(size)):
                if start + number >= first:
                    yield rows, {name: of_batches[number] for name, of_batches in parts.items()}

    def _bytes_of_row(self) -> int:
        return sum(max(tensor[0].numel() * tensor.element_size(), 1) for tensor in self._tensors.values())

    def fingerprint(self) -> int:
        """A number that tells other data: names, shapes, types, and a thousand rows spread over all."""
        rows = torch.linspace(0, self.n_samples - 1, min(self.n_samples, SEEN_BY_FINGERPRINT)).long()
        crc = 0
        for name, part in self.batch(rows).items():
            crc = zlib.crc32(f"{name} {self._tensors[name].shape} {part.dtype}".encode(), crc)
            crc = zlib.crc32(part.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes(), crc)
        return crc


def _as_tensor(name: str, array: Any, dtype: torch.dtype) -> Tensor:
    if not isinstance(array, Tensor):
        array = np.asanyarray(array)
        if array.dtype.kind not in "fiub" or array.ndim == 0:
            raise DataError(
                f"array {name!r} of the data",
                expected="numbers or truth values, one row a sample",
                got=f"{array.dtype} of shape {array.shape}",
                next_step="Turn it into numbers first, classes into 0, 1, 2.",
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the array cannot be written to: nobody will
            kept = isinstance(array, np.memmap) or 0 in array.strides or array.dtype == np.float16
            array = torch.from_numpy(np.asarray(array, array.dtype.newbyteorder("=")))
        if kept:
            return array
    return _typed(array.detach().cpu(), dtype)


def _typed(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    if tensor.is_floating_point():
        return tensor if tensor.dtype == dtype else tensor.to(dtype)
    return tensor if tensor.dtype in (torch.bool, torch.int64) else tensor.to(torch.int64)
