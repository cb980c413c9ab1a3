"""Tables are written in five formats, whole or not at all, with units, gaps and identifiers as they were."""

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.io import fits, votable
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time

from astrokit.data import Column, read_table
from astrokit.data.write_tables import write_table
from astrokit.errors import DataError, ParameterError

# What astropy warns of is what these tests are about: units that a standard lacks, and gaps among truths.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*(unit|Unit).*"),
    pytest.mark.filterwarnings("ignore:.*NULL.*"),
]

ENDINGS = (".fits", ".vot", ".ecsv", ".csv", ".parquet")
IDS = [4_611_686_018_427_387_905, 999_999, 5_853_498_713_190_525_696]  # not representable as float64
COLUMNS = (
    Column("name", "str", finite=False),
    Column("source_id", "int"),
    Column("count", "int", finite=False),
    Column("rate", unit="ct / ks", finite=False),
    Column("flag", "bool", finite=False),
)
NOTES = {"about": "2 of 3 rows: lasso, and class in é", "program": '{"steps": "' + "x" * 5000 + '"}'}


def masked():
    mask = [False, True, False]
    return Table(
        {
            "name": MaskedColumn(["X-1", "y", "NGC 55, ULX"], mask=mask),
            "source_id": IDS,
            "count": MaskedColumn(
                [999_999, 5, -(2**63)], mask=mask
            ),  # astropy's null, and the lowest integer
            "rate": MaskedColumn([0.1 + 0.2, 1, 1e-300], mask=mask, unit="ct / s"),
            "flag": MaskedColumn([True, True, False], mask=mask),
        }
    )


def quantities():
    return QTable({**columns(), "rate": [0.1 + 0.2, np.nan, 1e-300] * units.ct / units.s})


def columns():
    return {
        "name": ["X-1", None, "NGC 55, ULX"],
        "source_id": IDS,
        "count": pd.array([999_999, None, -(2**63)], dtype="Int64"),
        "rate": [0.1 + 0.2, np.nan, 1e-300] * units.ct / units.s,
        "flag": pd.array([True, None, False], dtype="boolean"),
    }


TABLES = {
    "astropy": masked,
    "dict": columns,
    "pandas": lambda: pd.DataFrame({**columns(), "rate": [300.0 + 1e-13, np.nan, 1e-297]}),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_what_is_written_is_read_again(make, ending, tmp_path):
    path = write_table(make(), tmp_path / f"t{ending}", notes=NOTES)
    found = read_table(path, COLUMNS)
    assert found["name"].isna().tolist() == [False, True, False]
    assert found["name"].dropna().tolist() == ["X-1", "NGC 55, ULX"]
    assert found["source_id"].tolist() == IDS
    assert found["count"].isna().tolist() == [False, True, False]
    assert found["count"].dropna().tolist() == [999_999, -(2**63)]
    assert found["flag"].isna().tolist() == [False, True, False]
    assert found["flag"].dropna().tolist() == [True, False]
    # CSV has no units and a DataFrame none either: the declared unit is then taken for granted.
    factor = 1 if ending == ".csv" and make is not TABLES["pandas"] else 1000
    expected = np.array([0.1 + 0.2, 1e-300]) * factor
    assert found["rate"].dropna().tolist() == pytest.approx(expected.tolist(), rel=1e-15)


@pytest.mark.parametrize("ending", ENDINGS)
def test_chosen_rows_are_written_in_their_order(ending, tmp_path):
    for make in TABLES.values():
        path = write_table(make(), tmp_path / f"t{ending}", rows=np.array([0, 2]), overwrite=True)
        assert read_table(path, COLUMNS)["source_id"].tolist() == [IDS[0], IDS[2]]


def test_missing_values_are_empty_in_csv(tmp_path):
    lines = write_table(masked(), tmp_path / "t.csv").read_text().splitlines()
    assert lines[2] == '"",999999,,,'


def test_rows_of_a_frame_are_counted_not_looked_up(tmp_path):
    frame = pd.DataFrame({"n": [10, 20, 30]}, index=[2, 1, 0])
    path = write_table(frame, tmp_path / "t.csv", rows=np.array([0]))
    assert read_table(path, [Column("n", "int")])["n"].tolist() == [10]


def test_units_are_in_the_file_itself(tmp_path):
    table = masked()["source_id", "rate"]
    for ending, name in (
        (".fits", "fits"),
        (".vot", "votable"),
        (".ecsv", "ascii.ecsv"),
        (".parquet", "parquet"),
    ):
        path = write_table(table, tmp_path / f"t{ending}")
        assert Table.read(path, format=name)["rate"].unit == units.ct / units.s


@pytest.mark.parametrize(
    "unit",
    [
        "mag",
        "solMass / yr",
        "electron / s",
        "mag(AB)",
        "dex(cm / s2)",
        "%",
        "hourangle",
        "1e-17 erg / (s cm2 AA)",
    ],
)
def test_no_unit_is_lost_even_if_a_standard_does_not_list_it(unit, tmp_path):
    table = Table({"v": [1.0]})
    table["v"].unit = units.Unit(unit)
    for ending, name in (
        (".fits", "fits"),
        (".vot", "votable"),
        (".ecsv", "ascii.ecsv"),
        (".parquet", "parquet"),
    ):
        found = Table.read(write_table(table, tmp_path / f"t{ending}"), format=name)["v"].unit
        assert units.Unit(str(found)) == units.Unit(unit)


def test_notes_are_where_each_format_keeps_them(tmp_path):
    paths = {ending: write_table(masked(), tmp_path / f"t{ending}", notes=NOTES) for ending in ENDINGS}
    header = fits.getheader(paths[".fits"], 1)
    assert header["ABOUT"] == NOTES["about"].replace("é", "\\xe9")
    assert header["PROGRAM"] == NOTES["program"]
    infos = votable.parse(paths[".vot"]).resources[0].infos
    assert {info.name: info.value for info in infos} == NOTES
    for ending, name in ((".ecsv", "ascii.ecsv"), (".parquet", "parquet")):
        assert dict(Table.read(paths[ending], format=name).meta) == NOTES


def test_checksums_agree_after_truths_were_made_null(tmp_path):
    path = write_table(masked(), tmp_path / "t.fits")
    with fits.open(path) as hdus:
        assert (hdus[1].verify_checksum(), hdus[1].verify_datasum()) == (1, 1)


def test_the_callers_table_is_left_as_it_was(tmp_path):
    table = masked()
    table.meta["mine"] = "kept"
    for ending in ENDINGS:
        write_table(table, tmp_path / f"t{ending}", notes=NOTES)
    assert dict(table.meta) == {"mine": "kept"}
    assert table["count"].fill_value == masked()["count"].fill_value
    assert Table.read(tmp_path / "t.fits").meta["MINE"] == "kept"


UNFIT = {
    "characters that FITS has not": (".fits", {"name": ["é"]}),
    "a control character": (".vot", {"name": ["a\x01b"]}),
    "whole numbers of 64 bits without sign": (".vot", {"n": np.array([2**64 - 1], dtype=np.uint64)}),
    "a line break": (".csv", {"name": ["a\nb"]}),
    "values in a matrix": (".csv", {"m": np.zeros((1, 2))}),
    "times": (".csv", Table({"t": Time([60_000.0], format="mjd")})),
    "objects": (".ecsv", {"o": np.array([{}], dtype=object)}),
    "mixed text and numbers": (".parquet", {"o": np.array(["a", 1], dtype=object)}),
}


@pytest.mark.parametrize(("ending", "table"), UNFIT.values(), ids=UNFIT)
def test_what_a_format_cannot_hold_is_an_error_and_no_file(ending, table, tmp_path):
    path = tmp_path / f"t{ending}"
    path.write_text("what was here before")
    with pytest.raises((DataError, ParameterError), match="expected"):
        write_table(table, path, overwrite=True)
    assert path.read_text() == "what was here before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_only_when_asked(tmp_path):
    path = write_table({"a": [1]}, tmp_path / "t.csv")
    with pytest.raises(ParameterError, match="overwrite=True"):
        write_table({"a": [2]}, path)
    assert read_table(path, [Column("a", "int")])["a"].tolist() == [1]
    write_table({"a": [2]}, path, overwrite=True)
    assert read_table(path, [Column("a", "int")])["a"].tolist() == [2]


def test_places_and_tables_that_are_none(tmp_path):
    good = {"a": [1]}
    (tmp_path / "folder.csv").mkdir()
    for table, path, rows in (
        (good, tmp_path / "t.xlsx", None),
        (good, tmp_path / "t", None),
        (good, tmp_path / "missing" / "t.csv", None),
        (good, tmp_path / "folder.csv", None),
        (good, tmp_path / "t.csv", np.array([], dtype=int)),
        ([1, 2], tmp_path / "t.csv", None),
        (pd.DataFrame({0: [1]}), tmp_path / "t.csv", None),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "t.csv", None),
    ):
        with pytest.raises(ParameterError, match="expected"):
            write_table(table, path, rows=rows)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_text_of_every_kind_comes_back(ending, tmp_path):
    names = ["plain", '"quoted", twice', "it's", "<b>&amp;</b>", "#no comment", "007", "None", "a;b|c\td"]
    path = write_table({"name": names}, tmp_path / f"t{ending}")
    assert read_table(path, [Column("name", "str")])["name"].tolist() == names


def test_dates_of_pandas_become_text(tmp_path):
    frame = pd.DataFrame({"t": pd.to_datetime(["2026-01-02T03:04:05", None])})
    path = write_table(frame, tmp_path / "t.ecsv")
    assert read_table(path, [Column("t", "str", finite=False)])["t"][0].startswith("2026-01-02T03:04:05")
