"""Light curves of periodic variables of the southern Catalina survey (Drake et al. 2017), and a user's own.

The survey gives light curves out source by source, so no public file holds these: they come from the folder
`catalina-sss` in `ASTROKIT_DATA`, or from a folder of the user's, with two files.

====================  =========  ==============================================================
file                  column     meaning
====================  =========  ==============================================================
observations.parquet  source_id  number of the source
                      mjd        time (day)
                      mag        V magnitude
                      mag_err    its error, 1 sigma
sources.csv           source_id
                      period     day; may be empty
                      type       number of a class, as in `TYPES`; may be absent in a user's own
====================  =========  ==============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

OBSERVATIONS_FILE, SOURCES_FILE = "observations.parquet", "sources.csv"
OBSERVATION_COLUMNS = ("source_id", "mjd", "mag", "mag_err")
# The classes of Drake et al. (2017, MNRAS 469, 3688), by their numbers there; 5 holds ellipsoidal ones, too.
TYPES = {
    1: "RRab",
    2: "RRc",
    3: "RRd",
    4: "Blazhko",
    5: "contact binary",
    6: "EA",
    7: "rotational",
    8: "LPV",
    9: "delta Scuti",
    10: "anomalous Cepheid",
    11: "miscellaneous",
    12: "type II Cepheid",
    13: "LMC Cepheid",
}


class ObservedVariables(NamedTuple):
    """`observations`: source_id, mjd (day), mag, mag_err. `sources`: source_id, period (day), type."""

    observations: pd.DataFrame
    sources: pd.DataFrame


def read_catalina(files: Mapping[str, Path]) -> ObservedVariables:
    """Read light curves and what the catalogue says of their sources.

    Parameters
    ----------
    files : mapping
        Name -> local file: `observations.parquet` and `sources.csv`.

    Raises
    ------
    DataError
        When a column is missing, or holds what it cannot.
    """
    number = Column("source_id", "int")
    observed = [number, *(Column(name, finite=False) for name in OBSERVATION_COLUMNS[1:])]
    known = [number, Column("period", finite=False), Column("type", "int", required=False)]
    return ObservedVariables(
        read_table(files[OBSERVATIONS_FILE], observed), read_table(files[SOURCES_FILE], known)
    )


def read_light_curves(folder: str | Path) -> ObservedVariables:
    """Read a folder of the user's with the files of this module.

    Raises
    ------
    DataError
        As for `read_catalina`, and when a file is not there.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> folder = Path(tempfile.mkdtemp())
    >>> seen = pd.DataFrame({"source_id": [7, 7], "mjd": [1.0, 2.0], "mag": [15.0, 15.1], "mag_err": 0.1})
    >>> seen.to_parquet(folder / "observations.parquet")
    >>> _ = (folder / "sources.csv").write_text("source_id,period\\n7,0.5\\n")
    >>> len(read_light_curves(folder).observations)
    2
    """
    return read_catalina({name: Path(folder) / name for name in (OBSERVATIONS_FILE, SOURCES_FILE)})
