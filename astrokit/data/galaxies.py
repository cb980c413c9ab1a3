"""Magnitudes of galaxies: targets of SDSS spectra, mocks of LSST and of Euclid.

Whatever the source, the result is one table, a row an object, with apparent magnitudes in columns named
after bands, `redshift`, and, where the source has them, errors in `e_` and the name of the band. None of
these tables holds an observed stellar mass.

===================  =========  =============================================================================
data set             simulated  what it holds beside that
===================  =========  =============================================================================
sdss-dr14            no         `class` (GALAXY, STAR or QSO), the redshift of the spectrum
rail-dc2             yes        ugrizy of LSST with errors, in two halves: see `half`
euclid-mock          yes        `log_mass`, `age_gyr`, `metallicity`, `tau_gyr`, `av_mag`; every galaxy formed
                                1e10 solar masses, so that its mass today is its age in disguise
===================  =========  =============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

SDSS_BANDS = ("u", "g", "r", "i", "z")
LSST_BANDS = ("u", "g", "r", "i", "z", "y")
EUCLID_BANDS = ("u", "g", "r", "i", "z", "VIS", "Y", "J", "H")
_BRIGHTEST, _FAINTEST = 5.0, 40.0  # magnitudes; what lies beyond is a code for a missing one

_SDSS_COLUMNS = (
    *(Column(band, unit="mag", minimum=_BRIGHTEST, maximum=_FAINTEST) for band in SDSS_BANDS),
    Column("redshift", minimum=-0.1, maximum=10.0),
    Column("class", "str"),
)
_EUCLID_MAGNITUDES = (*(f"LSST_{band}" for band in SDSS_BANDS), "VIS", "NISP_Y", "NISP_J", "NISP_H")
_EUCLID_NAMES = {
    "z": "redshift",
    "t/Gyr": "age_gyr",
    "Z": "metallicity",
    "tau/Gyr": "tau_gyr",
    "Av": "av_mag",
}
_EUCLID_COLUMNS = (
    *(Column(name, unit="mag", minimum=_BRIGHTEST, maximum=_FAINTEST) for name in _EUCLID_MAGNITUDES),
    *(Column(f"delta_{name}", unit="mag", minimum=0.0) for name in _EUCLID_MAGNITUDES),
    Column("M*", minimum=0.0, maximum=1.0),
    Column("M_initial", minimum=1.0),
    *(Column(name) for name in _EUCLID_NAMES),
)
_HALVES = ("training", "validation")


def read_sdss_galaxies(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read 10,000 objects of SDSS DR14 with spectra: ugriz, `redshift`, `class`.

    The columns of identifiers lost their last digits in the file and are left out.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: one CSV file.

    Raises
    ------
    DataError
        For a missing column, or a magnitude or redshift that cannot be.
    """
    (path,) = files.values()
    return read_table(path, _SDSS_COLUMNS)


def read_euclid_mock(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read 5,000 simulated galaxies with magnitudes of LSST and Euclid, and what they were made from.

    `log_mass` is that of the stars alive, in solar masses: the share that survives, times what was formed.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: one CSV file.

    Raises
    ------
    DataError
        For a missing column, or a value that cannot be.
    """
    (path,) = files.values()
    raw = read_table(path, _EUCLID_COLUMNS)
    names = dict(zip(_EUCLID_MAGNITUDES, EUCLID_BANDS, strict=True))
    names |= {f"delta_{name}": f"e_{band}" for name, band in names.items()}
    table = raw.assign(log_mass=np.log10(raw["M*"] * raw["M_initial"])).drop(columns=["M*", "M_initial"])
    # At once, for "z" is the redshift in the file, and a band after this.
    return table.rename(columns=names | _EUCLID_NAMES)


def read_rail_mock(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read simulated galaxies of the LSST DESC's second data challenge: ugrizy, errors, `redshift`, `half`.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: HDF5 files whose names hold "training" or "validation".

    Raises
    ------
    DataError
        For what is no HDF5 file, a missing column, or columns of different lengths. A magnitude that is not
        finite or beyond 40 was not detected, and is NaN, as its error is.
    """
    import pandas as pd

    return pd.concat([_read_half(path) for path in files.values()], ignore_index=True)


def _read_half(path: Path) -> pd.DataFrame:
    import pandas as pd

    names = {f"mag_{band}_lsst": band for band in LSST_BANDS}
    names |= {f"mag_err_{band}_lsst": f"e_{band}" for band in LSST_BANDS} | {"redshift": "redshift"}
    columns = read_hdf5_columns(path, "photometry", list(names))
    table = pd.DataFrame({names[name]: values.astype(float) for name, values in columns.items()})
    for band in LSST_BANDS:
        unseen = ~(table[band] < _FAINTEST)
        table.loc[unseen, [band, f"e_{band}"]] = np.nan
    return table.assign(half=next((half for half in _HALVES if half in path.name), ""))


def read_hdf5_columns(path: Path, group: str, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of one length of a group of an HDF5 file; DataError where they are not there."""
    with _open_hdf5(path) as file:
        inside = file.get(group, {})
        missing = [name for name in names if name not in inside]
        if missing:
            raise _wrong(path, f"columns of the group {group!r}", f"none named {', '.join(missing)}")
        columns = {name: np.asarray(inside[name]) for name in names}
    shapes = {values.shape for values in columns.values()}
    if len(shapes) > 1 or len(next(iter(shapes))) != 1:
        raise _wrong(path, "columns of one length", f"shapes {sorted(shapes)}")
    return columns


def _open_hdf5(path: Path) -> Any:
    import h5py

    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise _wrong(path, "an HDF5 file", str(error)) from None


def _wrong(path: Path, expected: str, got: str) -> DataError:
    return DataError(str(path), expected=expected, got=got, next_step="Fetch the file again.")
