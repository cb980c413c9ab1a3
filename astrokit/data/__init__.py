"""Data and where they come from: the registry, fetching, tables, archives.

    loaded = load("swift-ulx")        # loaded.data, loaded.provenance
    table = read_table("mine.fits", (Column("mjd", unit="d"), Column("rate", unit="ct / s", minimum=0.0)))

A registered file is looked for in turn in the folder `ASTROKIT_DATA` (files under OWNER+NAME/path), in the
cache (`ASTROKIT_CACHE`), and at its public address, or at `ASTROKIT_MIRROR` in its place. Its sha256 is
checked wherever it is found. Importing this room loads neither pandas nor astropy nor pooch; the functions
do, when called.
"""

from .archives import unpack
from .fetch import Problem, fetch, load, verify
from .provenance import Loaded, Provenance
from .registry import Dataset, RemoteFile, describe, names
from .tables import Column, read_table

__all__ = [
    "Column",
    "Dataset",
    "Loaded",
    "Problem",
    "Provenance",
    "RemoteFile",
    "describe",
    "fetch",
    "load",
    "names",
    "read_table",
    "unpack",
    "verify",
]
