"""Products of Gaia DR3 that a user has from the archive: epoch photometry and sampled XP spectra.

The files are those of the archive's data link (`EPOCH_PHOTOMETRY`, `XP_SAMPLED`; data structure INDIVIDUAL or
COMBINED, so a row a measurement), as CSV, ECSV, FITS or VOTable, with the columns of the data model (Gaia DR3
documentation, chapter 20):

=======================  ==============  ============================================================
epoch photometry         unit            meaning
=======================  ==============  ============================================================
source_id                                number of the source
band                                     "G", "BP" or "RP"
time                     day             barycentric Julian date (TCB) less 2,455,197.5
mag                      mag             may be missing
flux_over_error                          signal over noise of the flux
rejected_by_photometry                   true for a bad transit
rejected_by_variability                  true for a bad transit; may be missing, as may the column
=======================  ==============  ============================================================

=======================  ==============  ============================================================
sampled spectra          unit            meaning
=======================  ==============  ============================================================
source_id                                number of the source
wavelength               nm
flux, flux_error         W / (m2 nm)
=======================  ==============  ============================================================
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import DataError, ParameterError
from .simulate.spectra import WAVELENGTH_NM
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

BANDS = ("G", "BP", "RP")
ZERO_OF_TIME_MJD = 55197.0  # 2,455,197.5 as a modified Julian date: 2010-01-01
MAG_OF_RELATIVE_ERROR = 2.5 / np.log(10)

EPOCH_COLUMNS = (
    Column("source_id", "int"),
    Column("band", "str"),
    Column("time", unit="d", finite=False),
    Column("mag", unit="mag", finite=False),
    Column("flux_over_error", finite=False),
    Column("rejected_by_photometry", "bool", finite=False),
    Column("rejected_by_variability", "bool", required=False, finite=False),
)
SPECTRUM_COLUMNS = (
    Column("source_id", "int"),
    Column("wavelength", unit="nm", minimum=300.0, maximum=1200.0),
    Column("flux", finite=False),
    Column("flux_error", finite=False),
)


class BinnedSpectra(NamedTuple):
    """Spectra (n_sources, 60) at `simulate.spectra.WAVELENGTH_NM`, of `source_id`; NaN in gaps."""

    source_id: np.ndarray
    flux: np.ndarray
    flux_error: np.ndarray


def read_epoch_photometry(path: str | Path, *, band: str = "G") -> pd.DataFrame:
    """Read light curves in one band.

    Parameters
    ----------
    path : path
    band : {"G", "BP", "RP"}

    Returns
    -------
    DataFrame
        `source_id`, `mjd` (day; barycentric, TCB), `mag`, `mag_err`, by source and time: the columns of the
        study's other light curves. Transits that Gaia rejected, or that have no magnitude, are left out. The
        error is 2.5 / ln(10) over the signal-to-noise: without that of the zero point.

    Raises
    ------
    ParameterError
        For an unknown band.
    DataError
        For a missing column, an impossible unit, or when no transit of the band is left.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "EPOCH_PHOTOMETRY.csv"
    >>> _ = path.write_text("source_id,band,time,mag,flux_over_error,rejected_by_photometry\\n"
    ...                     "4295806720,G,1700.5,15.2,108.57,false\\n")
    >>> read_epoch_photometry(path).round(3).values.tolist()
    [[4295806720.0, 56897.5, 15.2, 0.01]]
    """
    import pandas as pd

    if band not in BANDS:
        raise ParameterError(
            "band", expected=" or ".join(BANDS), got=repr(band), next_step="Choose one of these."
        )
    table = read_table(path, EPOCH_COLUMNS)
    kept = (table["band"] == band) & (table["flux_over_error"] > 0)
    kept &= table["time"].notna() & table["mag"].notna()
    for name in ("rejected_by_photometry", "rejected_by_variability"):
        if name in table:
            kept &= ~table[name].astype("boolean").fillna(False).astype(bool)
    if not kept.any():
        raise DataError(
            str(path),
            expected=f"a transit in {band} that is not rejected and has time, magnitude and error",
            got=f"none in {len(table):,} rows; bands: {', '.join(sorted(set(table['band']))[:5])}",
            next_step="Choose another band, or get the photometry of more sources.",
        )
    good = table[kept]
    curves = pd.DataFrame(
        {
            "source_id": good["source_id"],
            "mjd": good["time"] + ZERO_OF_TIME_MJD,
            "mag": good["mag"],
            "mag_err": MAG_OF_RELATIVE_ERROR / good["flux_over_error"],
        }
    )
    return curves.sort_values(["source_id", "mjd"], ignore_index=True)


def read_sampled_spectra(path: str | Path) -> pd.DataFrame:
    """Read sampled mean spectra: the four columns of the table above, by source and wavelength.

    Raises
    ------
    DataError
        For a missing column, an impossible unit, or wavelengths that are no nanometres.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "XP_SAMPLED.csv"
    >>> _ = path.write_text("source_id,wavelength,flux,flux_error\\n7,338,2e-17,1e-18\\n7,336,1e-17,1e-18\\n")
    >>> read_sampled_spectra(path)["wavelength"].tolist()
    [336.0, 338.0]
    """
    return read_table(path, SPECTRUM_COLUMNS).sort_values(["source_id", "wavelength"], ignore_index=True)


def bin_sampled_spectra(table: pd.DataFrame) -> BinnedSpectra:
    """Average sampled spectra in the 60 bins of the simulated ones, 400 to 900 nm.

    Errors are those of independent samples. Gaia's are correlated, so true ones are larger.

    Parameters
    ----------
    table : DataFrame
        As of `read_sampled_spectra`.

    Examples
    --------
    >>> import pandas as pd
    >>> wavelength = np.arange(336.0, 1022.0, 2.0)
    >>> table = pd.DataFrame({"source_id": 7, "wavelength": wavelength, "flux": 2.0, "flux_error": 0.1})
    >>> binned = bin_sampled_spectra(table)
    >>> binned.flux.shape, float(binned.flux.max())
    ((1, 60), 2.0)
    """
    half = 0.5 * (WAVELENGTH_NM[1] - WAVELENGTH_NM[0])
    edges = np.append(WAVELENGTH_NM - half, WAVELENGTH_NM[-1] + half)
    place = np.searchsorted(edges, table["wavelength"], side="right") - 1
    source_id, row = np.unique(table["source_id"].to_numpy(), return_inverse=True)
    inside = (place >= 0) & (place < len(WAVELENGTH_NM))
    cell = (row * len(WAVELENGTH_NM) + place)[inside]

    def added(values: np.ndarray) -> np.ndarray:
        shape = (len(source_id), len(WAVELENGTH_NM))
        return np.bincount(cell, weights=values[inside], minlength=np.prod(shape)).reshape(shape)

    n_samples = added(np.ones(len(table)))
    with np.errstate(invalid="ignore", divide="ignore"):
        flux = added(table["flux"].to_numpy(float)) / n_samples
        error = np.sqrt(added(table["flux_error"].to_numpy(float) ** 2)) / n_samples
    return BinnedSpectra(source_id, flux, error)
