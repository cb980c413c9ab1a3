"""Where the files of a data set may lie: the user's folder, the cache, a web server.

A file is used only if its sha256 is the registered one, wherever it lies. A wrong file in `ASTROKIT_DATA` is
an error, because that folder belongs to the user; a wrong file in the cache is downloaded anew, because the
cache is ours.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ..errors import DataError, ParameterError
from .provenance import hash_file
from .registry import PUBLIC_BASE, Dataset, RemoteFile

DATA_VARIABLE = "ASTROKIT_DATA"
CACHE_VARIABLE = "ASTROKIT_CACHE"
MIRROR_VARIABLE = "ASTROKIT_MIRROR"


class Place(NamedTuple):
    """Where a file lies or will lie; `own` if in the user's `ASTROKIT_DATA`, which is never written to."""

    path: Path
    own: bool


def data_folder() -> Path | None:
    """Return the folder `ASTROKIT_DATA`, None where the variable is not set; DataError if it is no folder."""
    chosen = os.environ.get(DATA_VARIABLE)
    if not chosen:
        return None
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise DataError(
            DATA_VARIABLE,
            expected="a folder with files under OWNER+NAME/path",
            got=f"{chosen!r}, which is no folder seen from {Path.cwd()}",
            next_step=f"Correct {DATA_VARIABLE}, or unset it to use the cache and the network.",
        )
    return folder


def cache_folder() -> Path:
    """Return the folder of downloaded files: `ASTROKIT_CACHE`, or the place where the system keeps caches."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("astrokit"))


def places(dataset: Dataset) -> dict[RemoteFile, Place]:
    """Return for each file the place in `ASTROKIT_DATA` if it exists there, else the place in the cache."""
    own, cache = data_folder(), cache_folder()
    found = {}
    for file in dataset.files:
        inside = Path(dataset.folder, file.path)
        if own is not None and (own / inside).exists():
            found[file] = Place(own / inside, True)
        else:
            found[file] = Place(cache / inside, False)
    return found


def is_right(path: Path, file: RemoteFile) -> bool:
    """Tell whether the registered bytes are at `path`."""
    # The size is looked at first: it costs nothing and gives most wrong files away.
    return path.is_file() and path.stat().st_size == file.bytes and hash_file(path)[0] == file.sha256


def require_right(path: Path, file: RemoteFile) -> None:
    """Raise DataError unless the registered bytes are at `path`, a place in `ASTROKIT_DATA`."""
    if is_right(path, file):
        return
    digest, size = hash_file(path)
    raise DataError(
        str(path),
        expected=f"{file.bytes:,} bytes with sha256 {file.sha256[:12]}",
        got=f"{size:,} bytes with sha256 {digest[:12]}",
        next_step=f"Replace the file, or remove it from {DATA_VARIABLE} to use the cache and the network.",
    )


def addresses(dataset: Dataset, file: RemoteFile) -> tuple[str, ...]:
    """Return the web addresses of a file, in the order to try them.

    With `ASTROKIT_MIRROR` set these are OWNER/NAME/COMMIT/path and OWNER+NAME/path (a served cache) of the
    mirror, and nothing else: whoever sets a mirror does not want the public server asked.

    Raises
    ------
    ParameterError
        When the mirror is not an http or https address.
    """
    mirror = os.environ.get(MIRROR_VARIABLE)
    if not mirror:
        return (dataset.url(file, PUBLIC_BASE),)
    if not mirror.startswith(("http://", "https://")):
        raise ParameterError(
            MIRROR_VARIABLE,
            expected="an address that begins with http:// or https://",
            got=repr(mirror),
            next_step=f"For a folder on this machine use {DATA_VARIABLE}.",
        )
    return dataset.url(file, mirror), f"{mirror.rstrip('/')}/{quote(f'{dataset.folder}/{file.path}')}"
