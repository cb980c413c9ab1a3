"""Gaia's own files: what was planted in them comes out, and what is wrong is said."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from astrokit.data.gaia_archive import bin_sampled_spectra, read_epoch_photometry, read_sampled_spectra
from astrokit.data.simulate.spectra import WAVELENGTH_NM, planck
from astrokit.errors import DataError, ParameterError

SOURCE = 5853498713190525696  # 19 digits: a float would round it


def photometry() -> pd.DataFrame:
    """Two sources in three bands, out of order, with one transit of each kind of trouble."""
    n = 12
    table = pd.DataFrame(
        {
            "solution_id": 375316653866487564,
            "source_id": [SOURCE, 4295806720] * (n // 2),
            "transit_id": np.arange(n) + 10**16,
            "band": ["G"] * 8 + ["BP"] * 2 + ["RP"] * 2,
            "time": 1700.0 + np.arange(n)[::-1],
            "mag": 15 + 0.1 * np.arange(n),
            "flux": 1e4,
            "flux_error": 100.0,
            "flux_over_error": 100.0,
            "rejected_by_photometry": False,
            "rejected_by_variability": False,
            "other_flags": 0,
        }
    )
    table.loc[0, "rejected_by_photometry"] = True
    table.loc[1, "rejected_by_variability"] = True
    table.loc[2, ["mag", "flux_over_error"]] = np.nan
    return table


def write(table: pd.DataFrame, folder, suffix: str):
    path = folder / f"EPOCH_PHOTOMETRY{suffix}"
    if suffix == ".csv":
        table.to_csv(path, index=False)
        return path
    made = Table.from_pandas(table)
    for name, unit in {"time": "d", "mag": "mag"}.items():
        if name in made.colnames:
            made[name].unit = unit
    made.write(path, format={".vot": "votable", ".ecsv": "ascii.ecsv"}[suffix])
    return path


@pytest.mark.parametrize("suffix", [".csv", ".vot", ".ecsv"])
def test_good_transits_come_out_in_the_columns_of_the_other_surveys(tmp_path, suffix):
    found = read_epoch_photometry(write(photometry(), tmp_path, suffix))
    assert list(found.columns) == ["source_id", "mjd", "mag", "mag_err"]
    assert found["source_id"].tolist() == [4295806720] * 3 + [SOURCE] * 2
    planted = photometry().iloc[[7, 5, 3, 6, 4]]
    np.testing.assert_allclose(found["mjd"], planted["time"] + 2455197.5 - 2400000.5, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["mag"], planted["mag"])
    # One percent of flux: between the magnitudes of 1.01 and of 0.99 times the flux.
    np.testing.assert_allclose(found["mag_err"], 2.5 * np.log10(1.01 / 0.99) / 2, rtol=1e-3)


def test_each_band_is_read_alone(tmp_path):
    path = write(photometry(), tmp_path, ".csv")
    assert read_epoch_photometry(path, band="BP")["mag"].tolist() == pytest.approx([15.9, 15.8])
    with pytest.raises(ParameterError, match="G or BP or RP"):
        read_epoch_photometry(path, band="V")


def test_hours_are_converted_to_days(tmp_path):
    table = Table.from_pandas(photometry())
    table["time"] = table["time"] * 24
    table["time"].unit = "h"
    path = tmp_path / "hours.ecsv"
    table.write(path, format="ascii.ecsv")
    assert read_epoch_photometry(path)["mjd"].max() < 55197 + 1713


def test_missing_flags_reject_nothing(tmp_path):
    table = photometry().drop(columns="rejected_by_variability")
    assert len(read_epoch_photometry(write(table, tmp_path, ".csv"))) == 6
    table = photometry().astype({"rejected_by_variability": object})
    table.loc[1:, "rejected_by_variability"] = None
    assert len(read_epoch_photometry(write(table, tmp_path, ".csv"))) == 6


def test_wrong_columns_are_named(tmp_path):
    path = write(photometry().rename(columns={"mag": "magnitude"}), tmp_path, ".csv")
    with pytest.raises(DataError, match="the column 'mag'"):
        read_epoch_photometry(path)


def test_a_file_without_a_good_transit_is_refused(tmp_path):
    path = write(photometry().assign(rejected_by_photometry=True), tmp_path, ".csv")
    with pytest.raises(DataError, match="none in 12 rows; bands: BP, G, RP"):
        read_epoch_photometry(path)


def sampled(sources: dict[int, float]) -> pd.DataFrame:
    wavelength = np.arange(336.0, 1022.0, 2.0)  # 343 samples, as Gaia's
    parts = [
        pd.DataFrame(
            {
                "source_id": source,
                "wavelength": wavelength,
                "flux": 1e-17 * planck(wavelength, temperature),
                "flux_error": 1e-19,
            }
        )
        for source, temperature in sources.items()
    ]
    return pd.concat(parts).sample(frac=1, random_state=0)


@pytest.mark.parametrize("suffix", [".csv", ".vot"])
def test_sampled_spectra_come_out_in_the_bins_of_the_simulated_ones(tmp_path, suffix):
    path = write(sampled({SOURCE: 6000.0, 12: 3500.0}), tmp_path, suffix)
    binned = bin_sampled_spectra(read_sampled_spectra(path))
    assert binned.source_id.tolist() == [12, SOURCE]
    expected = 1e-17 * planck(WAVELENGTH_NM, np.array([[3500.0], [6000.0]]))
    np.testing.assert_allclose(binned.flux, expected, rtol=0.02)  # of a slope across a bin
    # Four or five samples a bin.
    assert ((binned.flux_error > 1e-19 / np.sqrt(5.1)) & (binned.flux_error < 1e-19 / np.sqrt(3.9))).all()


def test_a_bin_without_a_sample_is_a_gap(tmp_path):
    table = sampled({12: 5000.0})
    table = table[(table["wavelength"] < 600) | (table["wavelength"] > 620)]
    gaps = np.isnan(bin_sampled_spectra(table).flux[0])
    assert 1 <= gaps.sum() <= 3
    assert (np.abs(WAVELENGTH_NM[gaps] - 610) < 10).all()


def test_spectra_in_other_units_or_columns_are_refused(tmp_path):
    table = sampled({12: 5000.0})
    path = write(table.assign(wavelength=table["wavelength"] / 1000), tmp_path, ".csv")
    with pytest.raises(DataError, match=r"values in \[300, 1200\] nm"):
        read_sampled_spectra(path)
    path = write(table.drop(columns="source_id"), tmp_path, ".csv")
    with pytest.raises(DataError, match="the column 'source_id'"):
        read_sampled_spectra(path)
