"""One file over HTTP: bounded, hashed while it arrives, written beside and renamed only when it is right."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import FetchError
from .registry import RemoteFile

CONNECT_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 30.0  # without a single byte
ATTEMPTS = 2  # a second try after a broken connection; never after an answer that is plainly wrong
PAUSE_S = 0.5
CHUNK_BYTES = 1 << 16


def download(
    urls: Sequence[str],
    file: RemoteFile,
    target: Path,
    *,
    on_bytes: Callable[[int], None] = lambda received: None,
) -> None:
    """Download a registered file to `target`, from the first of its addresses that has it.

    Parameters
    ----------
    urls : sequence of str
        Tried in turn while the answer is 404.
    file : RemoteFile
        What the bytes must be.
    target : Path
        Replaced in one step when the download is complete and right; untouched otherwise.
    on_bytes : callable
        Called with the number of bytes received so far.

    Raises
    ------
    FetchError
        When no address answers, or an answer is not the registered file.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _first_that_has_it(urls, file, part, on_bytes)
        os.replace(part, target)
    except OSError as error:
        raise _failure(
            file,
            urls[0],
            f"{error.strerror or error} while writing {part}",
            "Free some space, or set ASTROKIT_CACHE to a folder that can be written.",
        ) from error
    finally:
        with suppress(OSError):  # already renamed, or never made
            part.unlink()


def _first_that_has_it(
    urls: Sequence[str], file: RemoteFile, part: Path, on_bytes: Callable[[int], None]
) -> None:
    for url in urls:
        answer = _try_repeatedly(url, file, part, on_bytes)
        if answer is None:
            return
        if answer != "HTTP status 404":
            raise _failure(file, url, answer)
    raise _failure(file, urls[0], "HTTP status 404")


def _try_repeatedly(url: str, file: RemoteFile, part: Path, on_bytes: Callable[[int], None]) -> str | None:
    """Return None when the file is there and right, else in words what came instead."""
    import requests

    answer = ""
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE_S * attempt)
        try:
            with part.open("wb") as stream:
                sink = _Sink(stream, file.bytes, on_bytes)
                _stream(url, sink)
            return sink.difference(file)
        except _TooLongError:
            return sink.difference(file)
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            answer = f"HTTP status {status}"
            if status < 500:
                break
        except requests.Timeout:
            answer = f"no answer within {CONNECT_TIMEOUT_S:.0f} to {READ_TIMEOUT_S:.0f} s"
        except requests.RequestException as error:
            answer = f"{type(error).__name__} after {sink.received:,} bytes ({str(error)[-200:]})"
    return answer


def _stream(url: str, sink: _Sink) -> None:
    import pooch

    timeout = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
    pooch.HTTPDownloader(timeout=timeout, chunk_size=CHUNK_BYTES)(url, sink, None)


class _TooLongError(Exception):
    """More bytes came than the registry says."""


class _Sink:
    """A file that counts and hashes what is written to it, and refuses to grow beyond the expected size."""

    def __init__(self, stream: BinaryIO, limit: int, on_bytes: Callable[[int], None]) -> None:
        self._stream = stream
        self._limit = limit
        self._on_bytes = on_bytes
        self._hash = hashlib.sha256()
        self._beginning = b""
        self.received = 0

    def write(self, chunk: bytes) -> None:
        self.received += len(chunk)
        self._beginning = (self._beginning + chunk[:60])[:60]
        if self.received > self._limit:
            raise _TooLongError
        self._hash.update(chunk)
        self._stream.write(chunk)
        self._on_bytes(self.received)

    def flush(self) -> None:
        """Asked for by pooch after each chunk; the stream is flushed once, when it is closed."""

    def difference(self, file: RemoteFile) -> str | None:
        """Return None when all that came is the file, else what came instead."""
        if self.received == file.bytes and self._hash.hexdigest() == file.sha256:
            return None
        size = f"more than {self._limit:,}" if self.received > self._limit else f"{self.received:,}"
        # The login page of a hotel or a conference answers any address: let the reader see its HTML.
        return f"{size} bytes with sha256 {self._hash.hexdigest()[:12]}, beginning {self._beginning!r}"


def _failure(
    file: RemoteFile,
    url: str,
    got: str,
    next_step: str = "Check the network (a login page?), or set ASTROKIT_DATA to a folder that has the file,"
    " or ASTROKIT_MIRROR to a web server that has it.",
) -> FetchError:
    return FetchError(
        file.path,
        expected=f"{file.bytes:,} bytes with sha256 {file.sha256[:12]} from {url}",
        got=got,
        next_step=next_step,
    )
