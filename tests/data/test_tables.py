"""One table reads the same from five formats; units, missing values and identifiers come through right."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units
from astropy.table import MaskedColumn, QTable, Table

from astrokit.data import Column, read_table
from astrokit.data.write_tables import write_table
from astrokit.errors import DataError, ParameterError

COLUMNS = (
    Column("source", "str"),
    Column("source_id", "int"),
    Column("rate", unit="ct / s", minimum=0.0),
    Column("hardness", finite=False, minimum=-1.0, maximum=1.0),
    Column("upper_limit", "bool"),
    Column("distance", unit="Mpc"),
)
IDS = [4_611_686_018_427_387_905, 7, 5_853_498_713_190_525_696]  # not representable as float64


def rows():
    return {
        "source": ["X-1", "NGC 55, ULX", "é"],
        "source_id": np.array(IDS),
        "rate": [0.5, 1e-3, 2.0],
        "hardness": [0.25, np.nan, -1.0],
        "upper_limit": [False, True, False],
        "distance": [3.6, 1.9, 10.0],
    }


def write(path):
    """Write the table as the suffix says, with a column that nobody asked for."""
    table = Table({**rows(), "note": ["a", "b", "c"]})
    if path.suffix in (".csv", ".parquet"):
        frame = pd.DataFrame({**rows(), "note": ["a", "b", "c"]})
        frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
        return path
    table["rate"].unit = "count / s"
    table["distance"] = table["distance"] * 1000
    table["distance"].unit = "kpc"
    if path.suffix == ".fits":
        table["source"] = ["X-1", "NGC 55, ULX", "e"]  # FITS text is ASCII
    formats = {".ecsv": "ascii.ecsv", ".fits": "fits", ".vot": "votable"}
    table.write(path, format=formats[path.suffix])
    return path


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".vot", ".parquet"])
def test_all_formats_read_the_same(tmp_path, suffix):
    table = read_table(write(tmp_path / f"mine{suffix}"), COLUMNS)
    expected = pd.DataFrame(rows())
    assert list(table.columns) == list(expected.columns)
    assert table["source"].tolist()[:2] == ["X-1", "NGC 55, ULX"]
    assert table["source_id"].tolist() == IDS
    for name in ("rate", "hardness", "distance"):
        np.testing.assert_allclose(table[name], expected[name], rtol=1e-12)
        assert table[name].dtype == "float64"
    assert table["upper_limit"].dtype == bool
    assert table["upper_limit"].tolist() == [False, True, False]
    assert table.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".vot", ".parquet"])
def test_the_contents_decide_where_the_suffix_says_nothing(tmp_path, suffix):
    path = write(tmp_path / f"mine{suffix}").rename(tmp_path / "mine.dat")
    assert len(read_table(path, COLUMNS)) == 3


def test_columns_without_a_unit_are_taken_to_be_in_the_declared_one(tmp_path):
    Table({"distance": [3.6]}).write(tmp_path / "a.fits")
    assert read_table(tmp_path / "a.fits", [Column("distance", unit="Mpc")])["distance"].tolist() == [3.6]


def test_units_that_astropy_wrote_into_parquet_are_converted(tmp_path):
    table = QTable({"distance": [3600.0] * units.kpc})
    Table(table).write(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet", [Column("distance", unit="Mpc")])["distance"].tolist() == [3.6]


@pytest.mark.parametrize("suffix", [".ecsv", ".fits", ".vot", ".parquet"])
def test_masked_values_become_missing_ones(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    table = Table(
        {
            "f": MaskedColumn([1.0, 2.0], mask=[False, True]),
            "i": MaskedColumn(IDS[:2], mask=[False, True], fill_value=-1),
            "b": MaskedColumn([True, False], mask=[False, False]),
            "s": MaskedColumn(["x", ""], mask=[False, True]),
        }
    )
    table.write(path, format={".vot": "votable", ".ecsv": "ascii.ecsv"}.get(suffix))
    columns = [
        Column(name, kind, finite=False)
        for name, kind in zip("fibs", ("float", "int", "bool", "str"), strict=True)
    ]
    read = read_table(path, columns)
    assert read["f"].isna().tolist() == [False, True]
    assert read["i"].isna().tolist() == [False, True]
    assert read["i"][0] == IDS[0]
    assert read["s"].isna().tolist() == [False, True]
    with pytest.raises(DataError, match=r"column 'i'.*a value in every row, got 1 of 2 rows without: row 1"):
        read_table(path, [Column("i", "int")])


def test_csv_truth_values_and_missing_words_are_understood(tmp_path):
    (tmp_path / "a.csv").write_text("b,f,i\n TRUE,nan,1\nno,,2.0\n1, 3.5 ,N/A\nFalse,1e-3,-4\n")
    table = read_table(
        tmp_path / "a.csv", [Column("b", "bool"), Column("f", finite=False), Column("i", "int", finite=False)]
    )
    assert table["b"].tolist() == [True, False, True, False]
    assert table["f"].isna().tolist() == [True, True, False, False]
    assert table["i"].isna().tolist() == [False, False, True, False]
    assert table["i"].dropna().tolist() == [1, 2, -4]


def test_whole_numbers_in_any_spelling_are_floats_where_floats_are_declared(tmp_path):
    for number, text in enumerate(("1\n2", "+1\n+2", "1e0\n 2 ")):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"a\n{text}\n")
        values = read_table(path, [Column("a")])["a"]
        assert values.dtype == "float64"
        assert values.tolist() == [1.0, 2.0]


def test_csv_keeps_leading_zeros_of_text_and_all_digits_of_integers(tmp_path):
    (tmp_path / "a.csv").write_text(f"obs,id\n00035190001,{IDS[0]}\n00000000007,\n")
    table = read_table(tmp_path / "a.csv", [Column("obs", "str"), Column("id", "int", finite=False)])
    assert table["obs"].tolist() == ["00035190001", "00000000007"]
    assert table["id"][0] == IDS[0]


def test_whole_numbers_stand_for_names_and_zero_and_one_for_truth(tmp_path):
    Table({"source": [12, 7], "known": [1, 0]}).write(tmp_path / "a.fits")
    table = read_table(tmp_path / "a.fits", [Column("source", "str"), Column("known", "bool")])
    assert table["source"].tolist() == ["12", "7"]
    assert table["known"].tolist() == [True, False]


def test_parquet_categories_are_text_and_truth_values_may_be_null(tmp_path):
    table = pa.table(
        {
            "s": pa.array(["a", "b", "a"]).dictionary_encode(),
            "b": pa.array([True, None, False]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    read = read_table(tmp_path / "a.parquet", [Column("s", "str"), Column("b", "bool", finite=False)])
    assert read["s"].tolist() == ["a", "b", "a"]
    assert read["b"].isna().tolist() == [False, True, False]


def test_a_name_that_differs_in_case_is_suggested(tmp_path):
    (tmp_path / "a.csv").write_text("mjd,rate\n1,2\n")
    with pytest.raises(DataError, match="Is 'mjd' what you mean"):
        read_table(tmp_path / "a.csv", [Column("MJD")])


def test_a_column_that_is_not_required_may_be_absent(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    table = read_table(tmp_path / "a.csv", [Column("a"), Column("b", required=False)])
    assert list(table.columns) == ["a"]


def test_bounds_themselves_are_allowed_and_missing_values_are_within_them(tmp_path):
    (tmp_path / "a.csv").write_text("a\n0\n1\nnan\n")
    assert len(read_table(tmp_path / "a.csv", [Column("a", finite=False, minimum=0.0, maximum=1.0)])) == 3


def test_byte_order_mark_windows_line_ends_and_blank_lines_do_no_harm(tmp_path):
    (tmp_path / "a.csv").write_bytes(b'\xef\xbb\xbfa,b\r\n1,"x, y"\r\n\r\n2,z\r\n')
    table = read_table(tmp_path / "a.csv", [Column("a", "int"), Column("b", "str")])
    assert table["b"].tolist() == ["x, y", "z"]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "number"}, {"kind": "str", "unit": "Mpc"}, {"kind": "bool", "minimum": 0.0}],
    ids=["kind", "unit of text", "bounds of truth"],
)
def test_a_declaration_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ParameterError, match="declaration of column 'a'"):
        Column("a", **wrong)


def test_a_declared_unit_that_is_none_is_our_mistake_and_says_so(tmp_path):
    Table({"a": [1.0] * units.kpc}).write(tmp_path / "a.fits")
    with pytest.raises(DataError, match="'kpc'"):
        read_table(tmp_path / "a.fits", [Column("a", unit="erg")])


@pytest.mark.filterwarnings("ignore:.*electron.*")
def test_a_unit_that_fits_does_not_list_is_understood(tmp_path):
    table = Table({"rate": [60.0]})
    table["rate"].unit = "electron / min"
    path = write_table(table, tmp_path / "mine.fits")
    found = read_table(path, (Column("rate", unit="electron / s"),))
    assert found["rate"].tolist() == [1.0]
