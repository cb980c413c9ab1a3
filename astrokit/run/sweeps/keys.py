"""The key of a run: what it depends on, in one hash. The same key means the same result."""

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ... import __version__
from ...data.provenance import hash_file

_DIGITS = 20  # 80 bits: among a million runs two share a key with a probability below 10**-12


class Source:
    """A notebook as the keys of its runs see it.

    Parameters
    ----------
    content : mapping
        The notebook. Only its cells count, not outputs or metadata: saving it again changes no key.
    defaults : mapping
        Of its declared parameters.
    """

    def __init__(self, content: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self._cells = [[cell.get("cell_type"), cell["source"]] for cell in content["cells"]]
        self._defaults = defaults
        self._hashes: dict[str, str] = {}

    def key(self, name: str, parameters: Mapping[str, Any]) -> str:
        """Return the key: hash of notebook, parameters, version of the package, and data.

        The data are the registered ones, whose hashes the package holds, and each file that a parameter
        names, given or by default.
        """
        parts = {
            "notebook": name,
            "cells": self._cells_hash,
            "parameters": parameters,
            "astrokit": __version__,
            "registry": _registry_hash(),
            "files": self._files({**self._defaults, **parameters}),
        }
        return _hash(parts)[:_DIGITS]

    @cached_property
    def _cells_hash(self) -> str:
        return _hash(self._cells)

    def _files(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._file(value) for name, value in values.items() if _is_file(value)}

    def _file(self, path: str) -> str:
        if path not in self._hashes:
            self._hashes[path] = file_hash(Path(path))
        return self._hashes[path]


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value and os.path.isfile(value)


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_hash(path: Path) -> str:
    return hash_file(path)[0]


@cache
def _registry_hash() -> str:
    return file_hash(Path(__file__).parents[2] / "data" / "registry.json")
