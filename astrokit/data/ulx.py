"""Observations of ultraluminous X-ray sources: the Swift-XRT files of Khan & Middleton (2023), and a user's
own table.

Whatever the source, the result is one table, a row an observation, with the columns of `OBSERVATION_COLUMNS`:

====================  ==========  ===========================================================================
column                unit        meaning
====================  ==========  ===========================================================================
source                            name of the source; everything is weighted, split and resampled by it
mjd                   day         time of the observation
rate                  count/s     0.3-10 keV count rate, or its upper limit (3 sigma) where `upper_limit`
rate_error            count/s     1 sigma; 0 for upper limits
hardness                          (H - S) / (H + S), in [-1, 1]; NaN where not measured
hardness_error                    1 sigma; NaN where not measured
upper_limit                       True where the source was not detected
distance_mpc          Mpc         distance of the source
known_pulsar                      True where coherent pulsations are published
====================  ==========  ===========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

OBSERVATION_COLUMNS = (
    Column("source", "str"),
    Column("mjd", unit="d"),
    Column("rate", unit="ct / s"),
    Column("rate_error", unit="ct / s", minimum=0.0),
    Column("hardness", finite=False, minimum=-1.0, maximum=1.0),
    Column("hardness_error", finite=False, minimum=0.0),
    Column("upper_limit", "bool"),
    Column("distance_mpc", unit="Mpc", minimum=1e-6),
    Column("known_pulsar", "bool"),
)

_CURVE_COLUMNS = (
    Column("MJD"),
    Column("Rate"),
    Column("Ratepos", minimum=0.0),
    Column("obsID", "str"),
    Column("MODE", "str"),
    Column("BAD", "bool"),
    Column("UL", "bool"),
)
_HARDNESS_COLUMNS = (
    Column("Rate", finite=False),
    Column("Error", finite=False),
    Column("obsID", "str"),
    Column("MODE", "str"),
    Column("BAND", "str"),
)
_MPC_PER_UNIT = {"Mpc": 1.0, "kpc": 1e-3, "pc": 1e-6}

CM_PER_MPC = 3.0856775814913674e24

# Observed flux (erg/cm2/s, 0.3-10 keV) of one count/s in Swift-XRT photon counting: an absorbed power law
# with photon index 1.7 and N_H = 1e21 /cm2 (4.04e-11 by the calibration tables of ecfxa 1.0, A. Ruiz, events
# of grade 0-12). Between photon indices 1 and 2.5 and N_H 3e20 and 3e21 it runs from 3.0e-11 to 5.7e-11: a
# systematic of 0.15 dex, the same in all visits of a source as long as its spectrum stays.
ERG_PER_COUNT = 4.0e-11


def log_luminosity(rate: ArrayLike, distance_mpc: ArrayLike) -> np.ndarray:
    """Isotropic 0.3-10 keV luminosity from a Swift-XRT rate: log10 of 4 pi d^2 F, in erg/s.

    Parameters
    ----------
    rate : array_like, count/s
        Positive; one factor (`ERG_PER_COUNT`) turns it into a flux, with a systematic of 0.15 dex.
    distance_mpc : array_like, Mpc

    Examples
    --------
    >>> round(float(log_luminosity(0.1, 10.0)), 2)
    40.68
    """
    distance_cm = np.asarray(distance_mpc, float) * CM_PER_MPC
    return np.log10(4 * np.pi * distance_cm**2 * ERG_PER_COUNT * np.asarray(rate, float))


def rate_of_luminosity(log_luminosity_erg_s: ArrayLike, distance_mpc: ArrayLike) -> np.ndarray:
    """Inverse of `log_luminosity`: the Swift-XRT rate (count/s) of a source at a distance.

    Examples
    --------
    >>> round(float(rate_of_luminosity(log_luminosity(0.1, 10.0), 10.0)), 6)
    0.1
    """
    distance_cm = np.asarray(distance_mpc, float) * CM_PER_MPC
    return 10 ** np.asarray(log_luminosity_erg_s, float) / (4 * np.pi * distance_cm**2 * ERG_PER_COUNT)


def read_observations(path: str | Path) -> pd.DataFrame:
    """Read a user's own table of observations (CSV, ECSV, FITS, VOTable or Parquet).

    Parameters
    ----------
    path : path
        A table with the nine columns of `OBSERVATION_COLUMNS`; units, where the format carries them, are
        converted.

    Raises
    ------
    DataError
        For a missing column, an impossible unit, a value out of range, a source with two distances, a
        detection without a rate or with a rate that is not positive.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> header = "source,mjd,rate,rate_error,hardness,hardness_error,upper_limit,distance_mpc,known_pulsar"
    >>> _ = path.write_text(header + "\\nX-1,57000,0.1,0.01,0.2,0.1,false,3.6,false\\n")
    >>> len(read_observations(path))
    1
    """
    table = read_table(path, OBSERVATION_COLUMNS)
    check_observations(table, str(path))
    return table


def check_observations(table: pd.DataFrame, name: str) -> None:
    """Check what no single column can tell: hardness with its error, one distance a source."""
    bad_rate = table["rate"] <= 0
    if bad_rate.any():
        raise DataError(
            f"column 'rate' of {name}",
            expected="positive rates (a non-detection carries its upper limit and upper_limit = true)",
            got=f"{int(bad_rate.sum())} rows <= 0, first in row {int(bad_rate.to_numpy().argmax())}",
            next_step="Give the 3-sigma upper limit in those rows.",
        )
    halves = table["hardness"].isna() != table["hardness_error"].isna()
    if halves.any():
        raise DataError(
            f"column 'hardness_error' of {name}",
            expected="an error wherever a hardness is given",
            got=f"{int(halves.sum())} rows with one, first in row {int(halves.to_numpy().argmax())}",
            next_step="Give both, or leave both empty.",
        )
    for column in ("distance_mpc", "known_pulsar"):
        values = table.groupby("source")[column].nunique()
        if (values > 1).any():
            raise DataError(
                f"column {column!r} of {name}",
                expected="one value per source",
                got=f"{int(values.max())} values for {values.idxmax()!r}",
                next_step="Use the same value in all rows of a source, or give the sources different names.",
            )


def read_swift_ulx(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read the 39 Swift-XRT sources into one table of observations.

    Beside the nine columns of `OBSERVATION_COLUMNS` it has `role` ("ulx", "pulsar", "blended", "not_ulx",
    "imbh": see `source_catalogue`), `bad` (the data centre's flag of an unreliable centroid) and `obs_id`.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: two CSV files a source and `source_with_hosts.csv`.

    Raises
    ------
    DataError
        When a file is missing or malformed, or holds the observations of another target than its name says.
    """
    import pandas as pd

    by_name = {Path(path).name: local for path, local in files.items()}
    catalogue = source_catalogue()
    distances = _distances(_required(by_name, "source_with_hosts.csv"))
    tables = []
    for row in catalogue.itertuples():
        curve = read_table(_required(by_name, f"{row.file},curve_nosys_join.csv"), _CURVE_COLUMNS)
        _check_target(curve, row.file, row.target_id)
        bands = read_table(_required(by_name, f"{row.file},hardrat_join.csv"), _HARDNESS_COLUMNS)
        table = _observations(curve, bands)
        table["source"] = row.name
        table["role"] = row.role
        table["known_pulsar"] = row.pulsar_reference != ""
        table["distance_mpc"] = float(row.distance_mpc) if row.distance_mpc else distances[row.distance_name]
        tables.append(table)
    everything = pd.concat(tables, ignore_index=True)
    names = [column.name for column in OBSERVATION_COLUMNS]
    return everything[[*names, "role", "bad", "obs_id"]]


def source_catalogue() -> pd.DataFrame:
    """Return the 39 sources of the Swift files: file, name, role, and the publications that decide it.

    The crosswalk from file to source was checked by observation: `target_id` is the Swift target that most
    rows of the file belong to, and `read_swift_ulx` refuses a file whose rows say otherwise. (In the
    repository's own summary, `XRT_obs_rates.csv`, the row of NGC 4945 XMM-1 repeats IC 10 X-1, and that of
    M101 ULX-1 repeats NGC 4559.)

    Examples
    --------
    >>> catalogue = source_catalogue()
    >>> len(catalogue), int((catalogue.role == "pulsar").sum())
    (39, 5)
    """
    import pandas as pd

    with resources.files(__package__).joinpath("ulx_sources.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def _required(by_name: Mapping[str, Path], name: str) -> Path:
    if name not in by_name:
        raise DataError(
            "Swift ULX data",
            expected=f"the file {name!r}",
            got=f"{len(by_name)} other files",
            next_step="Run `astrokit data verify swift-ulx`.",
        )
    return by_name[name]


def _distances(path: Path) -> dict[str, float]:
    table = read_table(
        path, (Column("source_name", "str"), Column("D", finite=False), Column("D_unit", "str", finite=False))
    )
    table = table[table["D"].notna()]
    unknown = sorted(set(table["D_unit"]) - set(_MPC_PER_UNIT))
    if unknown:
        raise DataError(
            f"column 'D_unit' of {path.name}",
            expected=f"one of {', '.join(_MPC_PER_UNIT)}",
            got=", ".join(map(str, unknown)),
            next_step="Use a length that astronomers measure sources in.",
        )
    return dict(zip(table["source_name"], table["D"] * table["D_unit"].map(_MPC_PER_UNIT), strict=True))


def _check_target(curve: pd.DataFrame, name: str, target_id: str) -> None:
    found = curve["obsID"].str[:8].value_counts().index[0]
    if found != target_id:
        raise DataError(
            f"{name},curve_nosys_join.csv",
            expected=f"mostly observations of Swift target {target_id}",
            got=f"mostly target {found}",
            next_step="The file belongs to another source: fetch it again.",
        )


def _observations(curve: pd.DataFrame, bands: pd.DataFrame) -> pd.DataFrame:
    """Join the rates of the whole band with those of the two bands, and derive the hardness."""
    keys = ["obsID", "MODE"]
    curve = curve.drop_duplicates(keys)
    wide = bands.drop_duplicates([*keys, "BAND"]).pivot(index=keys, columns="BAND", values=["Rate", "Error"])
    wide.columns = [f"{value}_{band}" for value, band in wide.columns]
    joined = curve.merge(wide.reset_index(), on=keys, how="left")
    hardness, error = hardness_from_bands(
        joined["Rate_SOFT"],
        joined["Error_SOFT"],
        joined["Rate_HARD"],
        joined["Error_HARD"],
        joined["Ratepos"] ** 2 / joined["Rate"],
    )
    measured = ~joined["UL"]
    return curve.assign(
        hardness=hardness.where(measured).to_numpy(),
        hardness_error=error.where(measured).to_numpy(),
    ).rename(
        columns={
            "MJD": "mjd",
            "Rate": "rate",
            "Ratepos": "rate_error",
            "UL": "upper_limit",
            "BAD": "bad",
            "obsID": "obs_id",
        }
    )


def hardness_from_bands(soft, soft_error, hard, hard_error, one_count):
    """Hardness (H - S) / (H + S) and its error, safe for bands with few or no counts.

    The files give a band without counts a slightly negative rate with an error a hundred times too small
    (zero counts have no Gaussian error). So negative rates count as zero, and no error is smaller than the
    rate of one count, which is `rate_error**2 / rate` of the whole band for Poisson counts.

    Parameters
    ----------
    soft, soft_error, hard, hard_error : pandas.Series, (n_samples,), count/s
        Background-subtracted rates in 0.3-1.5 and 1.5-10 keV with their errors.
    one_count : pandas.Series, (n_samples,), count/s
        The rate that a single count stands for.

    Returns
    -------
    hardness, hardness_error : pandas.Series
        NaN where both bands are empty.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.Series([1.0])
    >>> hardness, error = hardness_from_bands(1 * one, 0.1 * one, 3 * one, 0.2 * one, 0.01 * one)
    >>> float(hardness[0]), round(float(error[0]), 4)
    (0.5, 0.0451)
    """
    soft_error = soft_error.abs().clip(lower=one_count)
    hard_error = hard_error.abs().clip(lower=one_count)
    soft, hard = soft.clip(lower=0.0), hard.clip(lower=0.0)
    total = (soft + hard).where(soft + hard > 0)
    hardness = (hard - soft) / total
    # Gaussian propagation: d/dS = -2 H / T^2, d/dH = 2 S / T^2; an empty band leaves the other's one-count
    # error.
    variance = (2 * hard * soft_error) ** 2 + (2 * soft * hard_error) ** 2
    return hardness, variance**0.5 / total**2
