"""The registry: which real data sets astrokit knows, where they are public, and what their bytes must be.

It is one JSON file, `registry.json`, beside this module: name -> title, repository, commit, licence,
citation, reader, and per file path, bytes and sha256. A licence of "none stated" means that nobody may hand
the files on, so they are fetched and never bundled.
"""

import difflib
import functools
import hashlib
import importlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import ParameterError

PUBLIC_BASE = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class RemoteFile:
    """One file of a data set: path inside the repository, size in bytes, sha256 (64 hex digits)."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Dataset:
    """A registered data set: files of one public repository at one commit.

    `reader` names the function that turns the local files into data, as "module:function"; it is imported
    when the data set is loaded, not before. `survey` is the page of the survey that data come from which no
    public file holds: these have no repository and no commit, and are read from `ASTROKIT_DATA` alone.

    Examples
    --------
    >>> dataset = describe("swift-ulx")
    >>> dataset.folder, len(dataset.files), dataset.simulated
    ('nx1+anticorr_data', 80, False)
    """

    name: str
    title: str
    repository: str
    commit: str
    files: tuple[RemoteFile, ...]
    licence: str
    citation: str
    reader: str
    simulated: bool
    survey: str = ""

    @property
    def folder(self) -> str:
        """Name of the folder that holds the files in `ASTROKIT_DATA` and in the cache."""
        return self.name if self.survey else self.repository.replace("/", "+")

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def sha256(self) -> str:
        """The hash of the only file; of several files, the hash of their sorted hashes, one a line."""
        return combined_sha256(file.sha256 for file in self.files)

    @property
    def source(self) -> str:
        """Public page of the repository at the registered commit, or of the survey."""
        return self.survey or f"https://github.com/{self.repository}/tree/{self.commit}"

    def url(self, file: RemoteFile, base: str = PUBLIC_BASE) -> str:
        """Address of the raw file; brackets, commas, plus signs and spaces in its name are escaped."""
        return f"{base.rstrip('/')}/{self.repository}/{self.commit}/{quote(file.path)}"

    def read(self, files: Mapping[str, Path]) -> Any:
        """Call the reader on {path in the repository: local file}."""
        module, _, function = self.reader.partition(":")
        reader: Callable[[Mapping[str, Path]], Any] = getattr(importlib.import_module(module), function)
        return reader(files)


def combined_sha256(hashes: Iterable[str]) -> str:
    """Return the only hash, or the sha256 of several, sorted and joined by line feeds.

    Examples
    --------
    >>> combined_sha256(["ab"])
    'ab'
    >>> combined_sha256(["ab", "cd"]) == combined_sha256(["cd", "ab"])
    True
    """
    ordered = sorted(hashes)
    return ordered[0] if len(ordered) == 1 else hashlib.sha256("\n".join(ordered).encode()).hexdigest()


def names() -> tuple[str, ...]:
    """Return the names of all registered data sets.

    Examples
    --------
    >>> "swift-ulx" in names()
    True
    """
    return tuple(sorted(_registry()))


def describe(name: str) -> Dataset:
    """Return the registry's entry of a data set.

    Raises
    ------
    ParameterError
        When no data set has that name.

    Examples
    --------
    >>> describe("swift-ulx").repository
    'nx1/anticorr_data'
    """
    registry = _registry()
    if name not in registry:
        close = difflib.get_close_matches(str(name), registry, n=1)
        raise ParameterError(
            "name of a data set",
            expected=f"one of {', '.join(sorted(registry))}",
            got=repr(name),
            next_step=f"Did you mean {close[0]!r}?"
            if close
            else "`astrokit data list` shows what each one is.",
        )
    return registry[name]


@functools.cache
def _registry() -> dict[str, Dataset]:
    text = (resources.files(__package__) / "registry.json").read_text(encoding="utf-8")
    return {name: _dataset(name, entry) for name, entry in json.loads(text).items()}


def _dataset(name: str, entry: Mapping[str, Any]) -> Dataset:
    files = tuple(RemoteFile(**file) for file in entry["files"])
    return Dataset(**{**entry, "name": name, "files": files})
