"""The readers of magnitudes of galaxies, on small files and on the real ones."""

import os
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from astrokit.data import describe, load
from astrokit.data.galaxies import (
    EUCLID_BANDS,
    LSST_BANDS,
    SDSS_BANDS,
    read_euclid_mock,
    read_rail_mock,
    read_sdss_galaxies,
)
from astrokit.errors import DataError

EUCLID = [*(f"LSST_{band}" for band in SDSS_BANDS), "VIS", "NISP_Y", "NISP_J", "NISP_H"]
# The callers' folder, or that beside the repository.
REAL = Path(os.environ.get("ASTROKIT_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")


def real(monkeypatch, folder):
    if not (REAL / folder).is_dir():
        pytest.skip(f"put {folder} into {REAL}, or name another folder in ASTROKIT_DATA")
    monkeypatch.setenv("ASTROKIT_DATA", str(REAL))


def sdss():
    table = pd.DataFrame({band: [18.0 + k, 19.0 + k] for k, band in enumerate(SDSS_BANDS)})
    return table.assign(redshift=[0.1, 2.0], **{"class": ["GALAXY", "QSO"]})


def euclid():
    table = pd.DataFrame({name: [20.0 + k, 21.0] for k, name in enumerate(EUCLID)})
    for k, name in enumerate(EUCLID):
        table[f"delta_{name}"] = 0.01 * (k + 1)
    causes = {"z": 0.5, "t/Gyr": 1.0, "M*": 0.5, "M_initial": 1e10, "Z": -0.3, "tau/Gyr": 0.1, "Av": 0.2}
    return table.assign(**causes)


def read(reader, table, folder):
    path = folder / "mine.csv"
    table.to_csv(path, index=False)
    return reader({"mine.csv": path})


def test_sdss_is_read_as_it_is_written(tmp_path):
    found = read(read_sdss_galaxies, sdss(), tmp_path)
    assert found.loc[1, [*SDSS_BANDS, "redshift"]].tolist() == [19, 20, 21, 22, 23, 2.0]
    assert found["class"].tolist() == ["GALAXY", "QSO"]


def test_bands_of_the_euclid_mock_keep_their_order_and_z_is_not_the_redshift(tmp_path):
    found = read(read_euclid_mock, euclid(), tmp_path)
    assert found.loc[0, list(EUCLID_BANDS)].tolist() == list(range(20, 29))
    assert found.loc[0, [f"e_{band}" for band in EUCLID_BANDS]].tolist() == pytest.approx(
        np.arange(1, 10) / 100
    )
    assert found.loc[0, "redshift"] == 0.5
    assert found.loc[0, "log_mass"] == pytest.approx(np.log10(5e9))
    assert found.loc[0, "age_gyr"] == 1.0
    assert found.columns.is_unique


@pytest.mark.parametrize(
    ("reader", "table", "message"),
    [
        (read_sdss_galaxies, sdss().drop(columns="i"), "expected the column 'i'"),
        (read_sdss_galaxies, sdss().assign(u=-9999.0), r"values in \[5, 40\] mag"),
        (read_sdss_galaxies, sdss().assign(redshift=[0.1, np.nan]), "1 of 2 rows without"),
        (read_euclid_mock, euclid().drop(columns="delta_VIS"), "delta_VIS"),
        (read_euclid_mock, euclid().assign(**{"M*": 1.5}), r"column 'M\*'.*in \[0, 1\]"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path, reader, table, message):
    with pytest.raises(DataError, match=message):
        read(reader, table, tmp_path)


def rail_columns(n=3):
    columns = {"redshift": np.linspace(0.1, 0.3, n)}
    for k, band in enumerate(LSST_BANDS):
        columns[f"mag_{band}_lsst"] = np.full(n, 20.0 + k, np.float32)
        columns[f"mag_err_{band}_lsst"] = np.full(n, 0.01, np.float32)
    return columns


def write_hdf5(path, columns, group="photometry"):
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            file[f"{group}/{name}"] = values
    return path


def test_rail_has_both_halves_and_nan_where_nothing_was_seen(tmp_path):
    unseen = rail_columns()
    unseen["mag_u_lsst"][1:] = np.nan, 99.0
    halves = {"a_training.hdf5": rail_columns(), "a_validation.hdf5": unseen}
    found = read_rail_mock({name: write_hdf5(tmp_path / name, columns) for name, columns in halves.items()})
    assert found["half"].tolist() == ["training"] * 3 + ["validation"] * 3
    assert found["u"].isna().tolist() == [False] * 4 + [True, True]
    assert found["e_u"].isna().tolist() == found["u"].isna().tolist()
    assert found.loc[0, list(LSST_BANDS)].tolist() == [20, 21, 22, 23, 24, 25]


@pytest.mark.parametrize(
    ("columns", "group", "message"),
    [
        (rail_columns(), "elsewhere", "none named mag_u_lsst"),
        ({**rail_columns(), "redshift": np.ones(2)}, "photometry", "columns of one length"),
    ],
)
def test_what_is_wrong_with_the_columns_of_an_hdf5_file_is_said(tmp_path, columns, group, message):
    path = write_hdf5(tmp_path / "a_training.hdf5", columns, group)
    with pytest.raises(DataError, match=message):
        read_rail_mock({"a": path})


def test_what_is_no_hdf5_file_is_said_and_so_is_a_truncated_one(tmp_path):
    path = write_hdf5(tmp_path / "a_training.hdf5", rail_columns(n=1000))
    path.write_bytes(path.read_bytes()[:2000])
    for file in (path, tmp_path / "not_there_training.hdf5"):
        with pytest.raises(DataError, match="an HDF5 file"):
            read_rail_mock({"a": file})


def test_mocks_say_that_they_are_simulated_and_sdss_that_it_is_not():
    assert [describe(name).simulated for name in ("euclid-mock", "rail-dc2", "sdss-dr14")] == [
        True,
        True,
        False,
    ]


def test_the_real_sdss_table_has_galaxies_stars_and_quasars(monkeypatch):
    real(monkeypatch, describe("sdss-dr14").folder)
    loaded = load("sdss-dr14")
    assert loaded.data["class"].value_counts().to_dict() == {"GALAXY": 4998, "STAR": 4152, "QSO": 850}
    assert not loaded.provenance.simulated


def test_in_the_real_euclid_mock_mass_is_age_in_disguise(monkeypatch):
    real(monkeypatch, describe("euclid-mock").folder)
    loaded = load("euclid-mock")
    assert loaded.provenance.simulated
    assert len(loaded.data) == 5000
    # Of galaxies that formed their stars fast, the older have kept fewer.
    fast = loaded.data[loaded.data["tau_gyr"] == loaded.data["tau_gyr"].min()]
    assert fast[["log_mass", "age_gyr"]].corr("spearman").iloc[0, 1] < -0.95


def test_the_real_rail_mock_was_detected_in_r_and_has_two_halves(monkeypatch):
    real(monkeypatch, describe("rail-dc2").folder)
    loaded = load("rail-dc2")
    assert loaded.provenance.simulated
    assert loaded.data["half"].value_counts()["training"] == 10_225
    assert loaded.data["r"].between(10, 40).all()
