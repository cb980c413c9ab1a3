"""`compiled`: numba.njit with a cache on disk that a change anywhere in this package renews.

numba renews what it cached when the function's own file changes, but not when a constant or a function that
it uses changed in another file: after an update of a few files the old machine code would read arrays of
the new layout. So the cache folder is named after all sources of the package.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba

from ...data.places import cache_folder

CONFIG: Any = numba.config


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> str:
    """A folder below the one for all numba caches."""
    base = CONFIG.CACHE_DIR or cache_folder() / "numba"
    return str(Path(base) / f"index-{FINGERPRINT}")


FINGERPRINT = _fingerprint()


@contextlib.contextmanager
def _caching_in(folder: str) -> Iterator[None]:
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = folder
    try:
        yield
    finally:
        CONFIG.CACHE_DIR = before


def compiled(function: Callable | None = None, **options: Any) -> Any:
    """Compile with `numba.njit(cache=True, nogil=True, **options)`, cached by the package's fingerprint."""
    if function is None:
        return lambda given: compiled(given, **options)
    with _caching_in(_folder()):
        return numba.njit(cache=True, nogil=True, **options)(function)
