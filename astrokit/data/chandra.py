"""Labelled sources of the Chandra Source Catalog, a user's own, and a response of the ACIS camera.

Whatever the source, the result is one table, a row a source, with the columns of `SOURCE_COLUMNS`, whose
names are those of the table of MUWCLASS (Yang et al. 2022, ApJ 941, 104):

==============================  ===========  ===========================================================
column                          unit         meaning
==============================  ===========  ===========================================================
name                                         of the source
Class                                        one of eight; may be empty
Fcsc_s, Fcsc_m, Fcsc_h          erg/s/cm2    energy flux at 0.5-1.2, 1.2-2 and 2-7 keV, mean of the detections
e_Fcsc_s, ...                   erg/s/cm2    1 sigma
var_intra_prob, var_inter_prob               probability that the source varied within, between observations
powlaw_gamma_mean, e_...                     photon index of a power law, and its error; bright sources only
Gmag ... W3mag                  mag          of the counterpart, in Gaia, 2MASS and WISE bands
==============================  ===========  ===========================================================

A source without a photon in a band has a flux there too, half a sigma or so above nothing: look at the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from .ogip import Response, read_response
from .simulate.xray.absorption import CrossSection, read_cross_section
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

BANDS = ("s", "m", "h")
FLUXES = tuple(f"Fcsc_{band}" for band in BANDS)
FLUX_ERRORS = tuple(f"e_{name}" for name in FLUXES)
VARIABILITY = ("var_intra_prob", "var_inter_prob")
SLOPE = ("powlaw_gamma_mean", "e_powlaw_gamma_mean")
MAGNITUDES = ("Gmag", "BPmag", "RPmag", "Jmag", "Hmag", "Kmag", "W1mag", "W2mag", "W3mag")

SOURCE_COLUMNS = (
    Column("name", "str", required=False, finite=False),
    Column("Class", "str", required=False, finite=False),
    *(Column(name, unit="erg / (s cm2)", finite=False) for name in FLUXES),
    *(Column(name, unit="erg / (s cm2)", required=False, finite=False) for name in FLUX_ERRORS),
    *(Column(name, required=False, finite=False) for name in (*VARIABILITY, *SLOPE)),
    *(Column(name, unit="mag", required=False, finite=False) for name in MAGNITUDES),
)


def read_chandra_classes(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read the 3,126 labelled sources of MUWCLASS.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: one CSV file.

    Raises
    ------
    DataError
        When the file is not what it must be, names a source twice or leaves one without a class.
    """
    (path,) = files.values()
    table = read_sources(path)
    needed = ("name", "Class", *FLUX_ERRORS)
    lacking = [name for name in needed if name not in table or table[name].isna().any()]
    if lacking:
        raise DataError(
            str(path),
            expected="name, class and flux errors of every source",
            got=f"none for some in {', '.join(lacking)}",
            next_step="Fetch the file again.",
        )
    return table


def read_sources(path: str | Path) -> pd.DataFrame:
    """Read a user's own table of sources (CSV, ECSV, FITS, VOTable or Parquet).

    Parameters
    ----------
    path : path
        A table with the three fluxes; other columns of `SOURCE_COLUMNS` may be missing, and any value.

    Raises
    ------
    DataError
        For a missing flux column, an impossible unit, a source that is named twice.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("name,Fcsc_s,Fcsc_m,Fcsc_h\\nX-1,1e-14,,3e-14\\n")
    >>> read_sources(path)["Fcsc_m"].isna().tolist()
    [True]
    """
    table = read_table(path, SOURCE_COLUMNS)
    if "name" in table:
        twice = table["name"].duplicated() & table["name"].notna()
        if twice.any():
            raise DataError(
                f"column 'name' of {path}",
                expected="a row a source",
                got=f"{int(twice.sum())} repeated, first {table.loc[twice, 'name'].iloc[0]!r}",
                next_step="Keep one row of each source.",
            )
    return table


def read_acis_response(files: Mapping[str, Path]) -> Response:
    """Read a response of ACIS-I: one RMF and one ARF, {path in the repository: local file}."""
    by_suffix = {Path(path).suffix: local for path, local in files.items()}
    return read_response(by_suffix[".rmf"], by_suffix[".arf"])


def read_tbabs(files: Mapping[str, Path]) -> CrossSection:
    """Read tabulated cross-sections of interstellar gas: one file, {path in the repository: local file}."""
    (path,) = files.values()
    return read_cross_section(path)
