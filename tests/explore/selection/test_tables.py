"""The selected rows of a table go to a file with what was selected, and how."""

import numpy as np
import pytest
from astropy import units
from astropy.table import QTable, Table

from astrokit.data import Column, read_table
from astrokit.errors import DataError, ParameterError
from astrokit.explore.selection import Selection

FORMATS = {
    ".fits": "fits",
    ".vot": "votable",
    ".ecsv": "ascii.ecsv",
    ".csv": "ascii.csv",
    ".parquet": "parquet",
}


def sources():
    return QTable(
        {"source_id": 4_295_806_720_123_456_789 + np.arange(60), "distance": np.arange(60) / 7 * units.kpc}
    )


@pytest.fixture
def selection(catalogue):
    x, y, table, labels = catalogue
    chosen = Selection(60, x=x, y=y, table=table, labels=labels)
    return chosen.box(0, 2, 0, 5).category("class", "é✓", 'a "b" {c}\n\'d', how="minus").save("é").load("é")


@pytest.mark.parametrize("ending", FORMATS)
def test_the_selected_rows_are_written_with_units(selection, ending, tmp_path):
    path = selection.to_table(sources(), tmp_path / f"selected{ending}")
    found = read_table(path, [Column("source_id", "int"), Column("distance", unit="pc")])
    assert found["source_id"].tolist() == sources()["source_id"][selection.indices].tolist()
    factor = 1 if ending == ".csv" else 1000  # CSV has no units
    assert found["distance"].tolist() == pytest.approx((selection.indices / 7 * factor).tolist(), rel=1e-14)


@pytest.mark.parametrize("ending", [".fits", ".ecsv", ".parquet"])
def test_the_program_can_be_taken_out_of_the_file_and_run(selection, ending, tmp_path, catalogue):
    path = selection.to_table(sources(), tmp_path / f"selected{ending}")
    meta = {key.lower(): value for key, value in Table.read(path, format=FORMATS[ending]).meta.items()}
    x, y, table, labels = catalogue
    twin = Selection(60, x=x, y=y, table=table, labels=labels).from_json(meta["program"])
    assert np.array_equal(twin.indices, selection.indices)
    assert meta["about"].startswith(f"{len(selection)} of 60 rows: ")


def test_a_very_long_program_is_left_out_and_that_is_said(selection, tmp_path, monkeypatch):
    length = len(selection.to_json())
    monkeypatch.setattr("astrokit.explore.selection.exports.MAX_NOTE", length - 1)
    path = selection.to_table(sources(), tmp_path / "t.parquet")
    assert Table.read(path, format="parquet").meta["program"] == f"left out: {length} characters"
    monkeypatch.setattr("astrokit.explore.selection.exports.MAX_NOTE", length)
    path = selection.to_table(sources(), tmp_path / "t.parquet", overwrite=True)
    assert Table.read(path, format="parquet").meta["program"] == selection.to_json()


def test_another_table_or_nothing_selected_is_an_error(selection, tmp_path):
    with pytest.raises(ParameterError, match="60 rows, got 59"):
        selection.to_table(sources()[:59], tmp_path / "t.csv")
    with pytest.raises(ParameterError, match="at least one row"):
        selection.clear().to_table(sources(), tmp_path / "t.csv")
    with pytest.raises(DataError, match="FITS can hold"):
        Selection(1).ids([0]).to_table({"name": ["é"]}, tmp_path / "t.fits")
    assert list(tmp_path.iterdir()) == []
