"""The readers of labelled Chandra sources and of the ACIS response, on small files and on the real ones."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data import describe, load
from astrokit.data.chandra import FLUXES, read_chandra_classes, read_sources
from astrokit.data.simulate.xray import CLASSES
from astrokit.errors import DataError


def small():
    table = pd.DataFrame({"name": ["A", "B"], "Class": ["AGN", "NS"]})
    for band, flux in zip("smh", (1e-14, 2e-14, 3e-14), strict=True):
        table[f"Fcsc_{band}"], table[f"e_Fcsc_{band}"] = flux, flux / 10
    return table


def read(table, folder, reader=read_sources):
    path = folder / "mine.csv"
    table.to_csv(path, index=False)
    return reader({"files/mine.csv": path} if reader is read_chandra_classes else path)


def test_what_is_written_is_read(tmp_path):
    found = read(small(), tmp_path, read_chandra_classes)
    assert found.loc[1, ["name", "Class"]].tolist() == ["B", "NS"]
    assert found.loc[0, list(FLUXES)].tolist() == [1e-14, 2e-14, 3e-14]


def test_own_tables_may_lack_all_but_the_fluxes(tmp_path):
    found = read(small()[list(FLUXES)].assign(Fcsc_m=[np.nan, 2e-14]), tmp_path)
    assert list(found.columns) == list(FLUXES)
    assert found["Fcsc_m"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("change", "reader", "message"),
    [
        (lambda table: table.drop(columns="Fcsc_h"), read_sources, "Fcsc_h"),
        (lambda table: table.assign(name="A"), read_sources, "1 repeated, first 'A'"),
        (lambda table: table.assign(Class=["AGN", ""]), read_chandra_classes, "none for some in Class"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, change, reader, message):
    with pytest.raises(DataError, match=message):
        read(change(small()), tmp_path, reader)


@pytest.mark.usefixtures("real_chandra")
def test_the_real_table_has_eight_classes():
    table = load("chandra-classes").data
    assert len(table) == 3126
    assert sorted(table["Class"].unique()) == sorted(CLASSES)
    assert (table[list(FLUXES)] > 0).all(axis=None)


@pytest.mark.usefixtures("real_chandra")
def test_the_real_response_and_cross_sections_are_as_published():
    response, absorption = load("acis-response").data, load("tbabs").data
    assert describe("acis-response").licence == "GPL-3"
    assert 300 < response.matrix.sum(1).max() < 600  # cm2, at 1.5 keV
    # Wilms, Allen & McCray (2000), figure 1: some 240 times 1e-24 cm2 over E^3 in keV.
    assert absorption(np.array([1.0])) == pytest.approx(2.4e-22, rel=0.1)
