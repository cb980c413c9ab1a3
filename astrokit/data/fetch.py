"""Registered data on this machine: `load`, `fetch`, `verify`.

For a workshop or an institute, fetch once, serve that folder, and point the others to it:

    python -m http.server --directory "$ASTROKIT_CACHE" 8000         # on one machine
    ASTROKIT_MIRROR=http://that-machine:8000 make run SOURCE=real    # on the others
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import FetchError
from .download import download
from .places import CACHE_VARIABLE, DATA_VARIABLE, addresses, cache_folder, is_right, places, require_right
from .provenance import Loaded, Provenance, check_role, hash_file
from .registry import Dataset, RemoteFile, describe

if TYPE_CHECKING:
    import filelock

CONNECTIONS = 4  # at once, of the one process that downloads
PATIENCE_S = 120.0  # with another process that holds the lock and receives nothing

Progress = Callable[[str, int, int], None]


class Problem(NamedTuple):
    """A file that is "missing" or "wrong": its path in the repository, what is there instead, and where."""

    path: str
    problem: str
    got: str
    location: str


def load(name: str, *, role: str = "study") -> Loaded:
    """Load a registered data set, fetching it first where needed, and report it to the run's record.

    Parameters
    ----------
    name : str
        One of `names()`.
    role : {"study", "truth_check"}
        Whether results rest on these data, or whether they only check results.

    Returns
    -------
    Loaded
        `data`, in the form that the data set's reader makes, and `provenance`.

    Raises
    ------
    ParameterError
        For an unknown name or role.
    FetchError
        When a file can be had nowhere.
    DataError
        When a file is not what it must be.
    """
    check_role(role)
    dataset = describe(name)
    data = dataset.read(fetch(name))
    return Loaded(data, Provenance.of_dataset(dataset, role=role))


def fetch(name: str, *, progress: Progress | None = None) -> dict[str, Path]:
    """Return where the files of a data set lie on this machine, after downloading those that are missing.

    Any number of processes may call this at once: one downloads, the others wait and find the files.

    Parameters
    ----------
    name : str
        One of `names()`.
    progress : callable, optional
        Called as `progress(path, done_bytes, total_bytes)` while bytes arrive; the numbers are those of the
        whole data set. Calls come one at a time, perhaps from another thread.

    Returns
    -------
    dict
        Path in the repository -> local path.

    Raises
    ------
    ParameterError, FetchError, DataError
        As for `load`.
    """
    dataset = describe(name)
    found = places(dataset)
    for file, place in found.items():
        if place.own:
            require_right(place.path, file)
    wanted = _not_yet({file: place.path for file, place in found.items() if not place.own})
    if wanted:
        _require_public(dataset, wanted)
        with _only_downloader(dataset):
            # Looked at again: whoever held the lock before may have fetched them.
            _download_all(dataset, _not_yet(wanted), progress)
    return {file.path: place.path for file, place in found.items()}


def verify(name: str) -> list[Problem]:
    """Check the local files of a data set against the registry, without downloading anything.

    Returns
    -------
    list of Problem
        Empty when all files are there and right.
    """
    problems = []
    for file, place in places(describe(name)).items():
        if not place.path.exists():
            problems.append(Problem(file.path, "missing", "no such file", str(place.path)))
        elif not is_right(place.path, file):
            digest, size = hash_file(place.path)
            got = f"{size:,} bytes with sha256 {digest[:12]}"
            problems.append(Problem(file.path, "wrong", got, str(place.path)))
    return problems


def _require_public(dataset: Dataset, wanted: Mapping[RemoteFile, Path]) -> None:
    if dataset.survey:
        raise FetchError(
            dataset.name,
            expected=f"{', '.join(file.path for file in wanted)} in {dataset.folder}/ of {DATA_VARIABLE}",
            got="no such files, and no public address has them",
            next_step=f"Put them there, or work with simulated or own data. The survey: {dataset.survey}",
        )


def _not_yet(targets: Mapping[RemoteFile, Path]) -> dict[RemoteFile, Path]:
    return {file: path for file, path in targets.items() if not is_right(path, file)}


def _download_all(dataset: Dataset, targets: Mapping[RemoteFile, Path], progress: Progress | None) -> None:
    meter = _Meter(dataset, targets, progress)
    urls = {file: addresses(dataset, file) for file in targets}
    failed = threading.Event()  # a failed download sets it itself: this thread may wake too late to do so

    def get(file: RemoteFile, path: Path) -> None:
        if failed.is_set():
            return
        try:
            download(urls[file], file, path, on_bytes=partial(meter, file.path))
        except BaseException:
            failed.set()
            raise

    pool = ThreadPoolExecutor(CONNECTIONS)
    try:
        for job in [pool.submit(get, file, path) for file, path in targets.items()]:
            job.result()
    finally:
        pool.shutdown(cancel_futures=True)


class _Meter:
    """Adds up the bytes that several connections receive."""

    def __init__(
        self, dataset: Dataset, targets: Mapping[RemoteFile, Path], progress: Progress | None
    ) -> None:
        self._received: dict[str, int] = {}
        self._total = dataset.bytes
        self._done = dataset.bytes - sum(file.bytes for file in targets)
        self._progress = progress
        self._lock = threading.Lock()

    def __call__(self, path: str, received: int) -> None:
        with self._lock:
            self._done += received - self._received.get(path, 0)  # less again when a file is begun anew
            self._received[path] = received
            if self._progress is not None:
                self._progress(path, self._done, self._total)


@contextmanager
def _only_downloader(dataset: Dataset) -> Iterator[None]:
    """Hold the lock of the repository's folder in the cache; the system frees it when its holder dies."""
    import filelock

    folder = cache_folder() / dataset.folder
    lock = filelock.FileLock(folder.with_name(folder.name + ".lock"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _acquire(lock, folder)
    except filelock.Timeout as error:
        raise FetchError(
            f"download of {dataset.name}",
            expected=f"the process that holds {lock.lock_file} to go on downloading",
            got=f"nothing new in {PATIENCE_S:g} s",
            next_step="Is it suspended (Ctrl-Z)? Continue or end it, and try again.",
        ) from error
    except OSError as error:
        raise FetchError(
            f"cache of {dataset.name}",
            expected=f"to write in {folder}",
            got=error.strerror or str(error),
            next_step=f"Set {CACHE_VARIABLE} to another folder, or {DATA_VARIABLE} to one with the files.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: filelock.BaseFileLock, folder: Path) -> None:
    """Wait for the lock as long as its holder makes headway, however slowly."""
    import filelock

    before = -1
    while True:
        try:
            lock.acquire(timeout=PATIENCE_S)
            return
        except filelock.Timeout:
            now = _bytes_in(folder)
            if now == before:
                raise
            before = now


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # renamed between listing and looking
            continue
    return total
