"""Tensors and plain text in one file, with a checksum: safetensors, written beside and renamed.

Nothing in such a file is run or unpickled. All text is one entry of its header, because several would be
written in any order, and equal content should make equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import DataError

HEADER = "astrokit"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Write tensors, and what is about them (JSON), whole or not at all.

    Raises
    ------
    DataError
        When the disk is full or the folder cannot be written to; an older file is still there then.
    """
    from safetensors.torch import save

    # Copies: safetensors refuses tensors that share memory, such as tied weights.
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    content = save(plain, {HEADER: json.dumps({"about": about, "sha256": digest(plain, about)})})
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise DataError(
            str(path),
            expected=f"room for {len(content) / 1e6:,.1f} MB in a folder that can be written to",
            got=error.strerror or str(error),
            next_step="Free some space, or name another folder.",
        ) from error
    finally:
        with suppress(OSError):  # renamed, or never made
            beside.unlink()


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `write_tensors`: tensors by name, and what is about them.

    Raises
    ------
    DataError
        When the file is missing, of another kind, or not as it was written.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            tensors = {name: file.get_tensor(name).clone() for name in names}
            entry = json.loads((file.metadata() or {})[HEADER])
            about, expected = dict(entry["about"]), entry["sha256"]
    except (SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            str(path),
            expected="a safetensors file that astrokit wrote",
            got=f"{type(error).__name__}: {error}"[:200],
            next_step="Nothing in it was run. Check the path, or make the file again.",
        ) from error
    got = digest(tensors, about)
    if got != expected:
        raise DataError(
            str(path),
            expected=f"content with sha256 {str(expected)[:12]}",
            got=got[:12],
            next_step="The file was changed or damaged after it was written: copy or make it again.",
        )
    return tensors, about


def digest(tensors: Mapping[str, Tensor], about: Mapping[str, Any] | None = None) -> str:
    """sha256 over names, types, shapes and bytes of tensors on the CPU, and over what is about them.

    Examples
    --------
    >>> digest({"a": torch.zeros(2)}) == digest({"a": torch.zeros(2)}) != digest({"a": torch.zeros(2, 1)})
    True
    """
    sha = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        sha.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        sha.update(tensor.reshape(-1).view(torch.uint8).numpy())  # type: ignore[arg-type]
    return sha.hexdigest()
