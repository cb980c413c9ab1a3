"""Archives of strangers: unpacked inside one folder, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from ..errors import DataError

MAX_BYTES = 4 << 30
MAX_MEMBERS = 100_000


class _Member(NamedTuple):
    name: str
    size: int
    kind: str  # "file", "folder", or what else it claims to be
    stream: IO[bytes] | None


def unpack(path: str | Path, into: str | Path, *, max_bytes: int = MAX_BYTES) -> Path:
    """Unpack a tar (plain, gzip, bzip2, xz) or zip archive into a new folder.

    Only plain files and folders are unpacked, without owners or permissions. A member with an absolute name,
    `..`, a drive or a backslash, a link, a device, a name that comes twice (or differs in case only), or
    contents beyond `max_bytes` refuse the whole archive, and `into` does not appear.

    Parameters
    ----------
    path : path
        The archive; its kind is told by its contents.
    into : path
        Folder to make; it must not exist, or be empty.
    max_bytes : int
        Largest size of all contents together.

    Returns
    -------
    Path
        `into`.

    Raises
    ------
    DataError
        When the archive is refused, broken or truncated, or `into` is not empty.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(folder / "a.zip", "w") as archive:
    ...     archive.writestr("inner/b.txt", "hello")
    >>> (unpack(folder / "a.zip", folder / "a") / "inner/b.txt").read_text()
    'hello'
    """
    path, into = Path(path), Path(into)
    _require_free(into)
    beside = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
    try:
        beside.mkdir(parents=True)
        _unpack_members(path, beside, max_bytes)
        if into.is_dir():
            into.rmdir()  # empty, see above; Windows does not rename onto a folder
        os.replace(beside, into)
    except DataError:
        raise
    except Exception as error:  # the two libraries let a dozen kinds out for broken archives
        got = f"{type(error).__name__}: {error}"[:300]
        raise _refused(path, "a whole archive and room for it", got) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return into


def _require_free(into: Path) -> None:
    if not into.exists() and not into.is_symlink():
        return
    if not into.is_dir() or into.is_symlink() or any(into.iterdir()):
        raise DataError(
            str(into),
            expected="a folder that does not exist yet, or is empty",
            got="something else there",
            next_step="Choose another folder, or remove that one.",
        )


def _unpack_members(path: Path, folder: Path, max_bytes: int) -> None:
    seen: set[str] = set()
    left = max_bytes
    for member in _members(path):
        inside = _inside(path, member.name)
        if inside is None and member.kind == "folder":
            continue  # "./", the root itself
        if inside is None or member.kind not in ("file", "folder"):
            raise _refused(path, "plain files and folders", f"{member.name[:200]!r}, {member.kind}")
        # Names that differ only in case, or in how accents are encoded, are one file on macOS and Windows.
        key = unicodedata.normalize("NFC", str(inside)).casefold()
        if member.kind == "file" and key in seen:
            raise _refused(path, "every name once", f"{member.name[:200]!r} twice")
        if len(seen) >= MAX_MEMBERS:
            raise _refused(path, f"at most {MAX_MEMBERS:,} members", "more")
        seen.add(key)
        left -= member.size
        if left < 0:
            raise _refused(path, f"at most {max_bytes:,} bytes unpacked", f"more, at {member.name[:200]!r}")
        _write(path, member, folder / inside)


def _write(path: Path, member: _Member, target: Path) -> None:
    if member.kind == "folder":
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    assert member.stream is not None
    with target.open("xb") as file:
        shutil.copyfileobj(member.stream, file)  # both libraries end the stream at the declared size
        copied = file.tell()
    if copied != member.size:
        declared = f"{member.size:,} bytes in {member.name[:200]!r}, as declared"
        raise _refused(path, declared, f"{copied:,}")


def _inside(path: Path, name: str) -> PurePosixPath | None:
    """Return the name as a path below the folder, None for the folder itself; DataError if outside."""
    parts = PurePosixPath(name).parts
    outside = not name or name.startswith("/") or ".." in parts or any(sign in name for sign in "\\:\0")
    if outside:
        raise _refused(path, "names inside the folder", repr(name[:200]))
    return PurePosixPath(*parts) if parts else None


def _members(path: Path) -> Iterator[_Member]:
    if not path.is_file():
        raise _refused(path, "an archive", "no such file")
    if zipfile.is_zipfile(path):
        yield from _zip_members(path)
    elif tarfile.is_tarfile(path):
        yield from _tar_members(path)
    else:
        with path.open("rb") as file:
            raise _refused(path, "a tar or zip archive", f"a file that begins {file.read(16)!r}")


def _zip_members(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            if info.is_dir():
                yield _Member(info.filename, 0, "folder", None)
            elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                yield _Member(info.filename, 0, "a link or a device", None)
            else:
                with archive.open(info) as stream:
                    yield _Member(info.filename, info.file_size, "file", stream)


def _tar_members(path: Path) -> Iterator[_Member]:
    with tarfile.open(path) as archive:
        for info in archive:  # one header at a time, so that a bomb is refused before it is decompressed
            if info.isdir():
                yield _Member(info.name, 0, "folder", None)
            elif not info.isreg():
                yield _Member(info.name, 0, "a link or a device", None)
            else:
                yield _Member(info.name, info.size, "file", archive.extractfile(info))


def _refused(path: Path, expected: str, got: str) -> DataError:
    return DataError(
        str(path),
        expected=expected,
        got=got,
        next_step="Nothing was unpacked. Get the archive from its publisher again, and look into it.",
    )
