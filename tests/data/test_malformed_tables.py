"""Broken, hostile and merely wrong table files: each is one `DataError` in under 5 s, and nothing else.

Each case is a function that returns the bytes of one file, or writes it itself if it takes a path; its name
says what is wrong with it, and its decorator what the message must say ("|" between alternatives).
"""

import gzip
import io
import json
import os
import pickle
import sys
import time
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import MaskedColumn, Table
from astropy.time import Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astrokit.data import Column, read_table
from astrokit.errors import DataError

COLUMNS = (
    Column("source", "str"),
    Column("n", "int", minimum=0),
    Column("rate", minimum=0.0, maximum=100.0),
    Column("distance", unit="Mpc"),
    Column("known", "bool"),
)
N_ROWS = 50
CASES = []


def case(suffix, expected):
    """Register a builder, and a part of the message that its file must lead to."""

    def register(build):
        CASES.append(pytest.param(suffix, expected, build, id=f"{suffix[1:]}-{build.__name__}"))
        return build

    return register


def columns():
    return {
        "source": [f"X-{row}" for row in range(N_ROWS)],
        "n": np.arange(N_ROWS),
        "rate": np.linspace(0.5, 50.0, N_ROWS),
        "distance": np.full(N_ROWS, 3.5),
        "known": np.arange(N_ROWS) % 2 == 0,
    }


def good(suffix, **changes):
    """Bytes of the good table in a format, with columns changed (or dropped, if None)."""
    changed = {name: values for name, values in {**columns(), **changes}.items() if values is not None}
    stream = io.BytesIO()
    if suffix == ".csv":
        return pd.DataFrame(changed).to_csv(index=False).encode()
    if suffix == ".parquet":
        pq.write_table(pa.table(changed), stream)
        return stream.getvalue()
    if suffix == ".ecsv":
        text = io.StringIO()
        Table(changed).write(text, format="ascii.ecsv")
        return text.getvalue().encode()
    Table(changed).write(stream, format={".fits": "fits", ".vot": "votable"}[suffix])
    return stream.getvalue()


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".vot", ".parquet"])
def test_the_good_table_reads(tmp_path, suffix):
    path = tmp_path / f"good{suffix}"
    path.write_bytes(good(suffix))
    assert read_table(path, COLUMNS).shape == (N_ROWS, len(COLUMNS))


def lines(edit=lambda lines: None):
    """The good CSV after `edit` changed its list of lines."""
    found = good(".csv").decode().splitlines()
    edit(found)
    return ("\n".join(found) + "\n").encode()


def with_cell(column, value, rows=(7,)):
    """The good CSV with a value written into a column of some rows."""

    def edit(found):
        at = list(columns()).index(column)
        for row in rows:
            cells = found[row + 1].split(",")
            cells[at] = value
            found[row + 1] = ",".join(cells)

    return lines(edit)


# CSV: not a table at all


@case(".csv", "an empty file")
def no_bytes():
    return b""


@case(".csv", "Empty CSV")
def only_blank_lines():
    return b"\n\n\n"


@case(".csv", "at least one row")
def only_a_header():
    return lines(lambda found: found.__delitem__(slice(1, None)))


@case(".csv", "bytes that are no text")
def a_picture():
    return b"GIF89a\0\0" + bytes(200)


@case(".csv", "a gzip file")
def compressed():
    return gzip.compress(good(".csv"))


@case(".csv", "never opened")
def a_pickle():
    return pickle.dumps(columns())


@case(".csv", "a zip archive")
def a_spreadsheet():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


@case(".csv", "NumPy")
def a_numpy_array():
    stream = io.BytesIO()
    np.save(stream, np.arange(3))
    return stream.getvalue()


@case(".csv", "an XML or HTML document")
def a_login_page():
    return b"<!DOCTYPE html><html><body>Sign in</body></html>"


@case(".csv", "expected a CSV table, as its suffix says, got FITS")
def a_fits_file_by_another_name():
    return good(".fits")


@case(".csv", "expected the columns 'source', 'n', 'rate', 'distance', 'known'")
def json_text():
    return json.dumps({"source": ["X-1"]}, indent=1).encode()


@case(".csv", "a folder or a device")
def a_folder(path):
    path.mkdir()


@case(".csv", "No such file")
def nothing(path):
    pass


@case(".csv", "a folder or a device")
def a_pipe_that_nobody_writes_to(path):
    if sys.platform == "win32":
        pytest.skip("needs named pipes; run on Linux or macOS")
    os.mkfifo(path)


# CSV: wrong encoding or shape


@case(".csv", "UTF-16")
def utf16():
    return good(".csv").decode().encode("utf-16")


@case(".csv", "bytes that are no text")
def utf16_without_a_mark():
    return good(".csv").decode().encode("utf-16-le")


@case(".csv", "UTF8")
def latin_1_in_a_value():
    return with_cell("source", "Bootes").replace(b"Bootes", "Boötes".encode("latin-1"))


@case(".csv", "codec can't decode")
def latin_1_in_the_header():
    return good(".csv").replace(b"source", "söurce".encode("latin-1"), 1)


@case(".csv", "Expected 5 columns, got 4")
def a_short_row():
    return lines(lambda found: found.__setitem__(9, "X-8,8,1.0,3.5"))


@case(".csv", "Expected 5 columns, got 6")
def a_long_row():
    return lines(lambda found: found.__setitem__(9, "X-8,8,1.0,3.5,True,surplus"))


@case(".csv", "Expected 5 columns, got")
def cut_in_the_middle():
    return good(".csv")[:-9]


@case(".csv", "Expected 5 columns, got 1")
def an_open_quotation_mark():
    return lines(lambda found: found.__setitem__(9, '"X-8,8,1.0,3.5,True'))


@case(".csv", "quotation mark that is never closed")
def an_open_quotation_mark_in_a_column_nobody_asked_for():
    return lines(
        lambda found: found.__setitem__(
            slice(None), [f'{line},"' if row == 9 else f"{line},x" for row, line in enumerate(found)]
        )
    )


@case(".csv", "line break inside a value, in row 8")
def a_line_break_in_a_name():
    return lines(lambda found: found.__setitem__(9, '"X\n8",8,1.0,3.5,True'))


@case(".csv", "straddling")
def a_huge_field():
    return with_cell("source", "x" * 20_000_000)


@case(".csv", "a whole CSV table")
def one_line_without_end():
    return b"x" * 20_000_000


@case(".csv", "'source;n;rate;distance;known'")
def semicolons():
    return good(".csv").replace(b",", b";")


@case(".csv", "got 1 columns")
def tabs():
    return good(".csv").replace(b",", b"\t")


@case(".csv", "several columns named 'rate'")
def a_column_twice():
    return good(".csv").replace(b"distance", b"rate", 1)


@case(".csv", "expected the column 'rate', got 4 columns: 'source', 'n', 'distance', 'known'")
def a_missing_column():
    return good(".csv", rate=None)


@case(".csv", "Is 'RATE' what you mean")
def a_column_in_capitals():
    return good(".csv").replace(b"rate", b"RATE", 1)


@case(".csv", "Is 'distance_mpc' what you mean")
def a_column_with_another_name():
    return good(".csv").replace(b"distance", b"distance_mpc", 1)


@case(".csv", "expected the columns 'source', 'n', 'rate', 'distance', 'known'")
def no_header():
    return lines(lambda found: found.__delitem__(0))


@case(".csv", ", ...")
def ten_thousand_other_columns():
    return (",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join(["1"] * 10_000) + "\n").encode()


# CSV: wrong values

CELLS = {
    "text_in_a_number": ("rate", "abc", "a number in every row, got 1 of 50 rows without: row 7 ('abc')"),
    "a_decimal_comma": ("rate", '"1,5"', "row 7 ('1,5')"),
    "thousands": ("rate", "1_000", "row 7 ('1_000')"),
    "a_hexadecimal_number": ("rate", "0x1F", "row 7 ('0x1F')"),
    "a_truth_value_as_number": ("rate", "True", "row 7 ('True')"),
    "a_formula": ("rate", "=1+1", "row 7 ('=1+1')"),
    "a_limit_sign": ("rate", "<0.3", "row 7 ('<0.3')"),
    "nan_where_it_matters": ("rate", "nan", "a value in every row, got 1 of 50 rows without: row 7. "),
    "an_empty_cell": ("distance", "", "a value in every row"),
    "infinity": ("rate", "inf", "a value in every row, got 1 of 50 rows without: row 7 ('inf')"),
    "overflow": ("rate", "1e999", "a value in every row"),
    "below_its_minimum": ("rate", "-0.5", "values in [0, 100], got 1 of 50 rows without: row 7 ('-0.5')"),
    "above_its_maximum": ("rate", "100.5", "values in [0, 100]"),
    "a_negative_count": ("n", "-1", "values >= 0"),
    "a_fraction_of_a_count": (
        "n",
        "1.5",
        "a whole number in every row, got 1 of 50 rows without: row 7 ('1.5')",
    ),
    "a_count_beyond_64_bits": ("n", "123456789012345678901", "a whole number in every row"),
    "a_count_that_no_float_holds": ("n", "1e300", "a whole number in every row"),
    "a_missing_count": ("n", "NA", "a value in every row"),
    "an_unclear_truth_value": ("known", "maybe", "true or false (or yes, no, 1, 0) in every row"),
    "two_as_truth_value": ("known", "2", "true or false"),
    "a_missing_truth_value": ("known", "", "a value in every row"),
    "a_nameless_source": ("source", '""', "a value in every row"),
    "a_blank_source": ("source", "   ", "a value in every row"),
    "a_long_wrong_value": ("rate", "z" * 100_000, "row 7 ('zzzzz"),
}
for _name, (_column, _value, _message) in CELLS.items():

    def _build(column=_column, value=_value):
        return with_cell(column, value)

    _build.__name__ = _name
    case(".csv", _message)(_build)


@case(".csv", "50 of 50 rows without: row 0 ('x'), row 1 ('x'), row 2 ('x'), ...")
def all_values_wrong():
    return with_cell("rate", "x", rows=range(N_ROWS))


# ECSV


def ecsv_with(name, **changes):
    return good(".ecsv").replace(
        f"{{name: {name}, ".encode(), f"{{name: {name}, {changes_text(changes)}".encode(), 1
    )


def changes_text(changes):
    return "".join(f"{key}: {value}, " for key, value in changes.items())


@case(".ecsv", "a unit that converts to 'Mpc', got 'erg'")
def distance_in_erg():
    return ecsv_with("distance", unit="erg")


@case(".ecsv", "a unit that converts to 'Mpc', got 'furlongs'")
def distance_in_an_unknown_unit():
    return ecsv_with("distance", unit="furlongs")


@case(".ecsv", "a whole ECSV table")
def a_header_cut_off():
    return good(".ecsv")[:80]


@case(".ecsv", "a whole ECSV table")
def rows_cut_off():
    return good(".ecsv")[:-12]


@case(".ecsv", "a whole ECSV table")
def a_header_that_is_no_yaml():
    return good(".ecsv").replace(b"# datatype:", b"# datatype: [{", 1)


@case(".ecsv", "a whole ECSV table")
def a_header_with_orders():
    order = b"# meta: !!python/object/apply:os.mkdir [ORDERED]\n"
    return good(".ecsv").replace(b"# datatype:", order + b"# datatype:", 1)


@case(".ecsv", "unsupported class for construct subprocess.Popen")
def a_header_that_names_a_class():
    text = io.StringIO()
    Table({"time": Time([57000.0], format="mjd")}).write(text, format="ascii.ecsv")
    return text.getvalue().replace("astropy.time.core.Time", "subprocess.Popen").encode()


@case(".ecsv", "one number, text or truth value per row, got Time")
def times_as_objects():
    text = io.StringIO()
    Table({**columns(), "rate": Time(np.full(N_ROWS, 57000.0), format="mjd")}).write(
        text, format="ascii.ecsv"
    )
    return text.getvalue().encode()


@case(".ecsv", "a whole ECSV table")
def an_unknown_datatype():
    return good(".ecsv").replace(b"datatype: float64", b"datatype: float63", 1)


@case(".ecsv", "a whole ECSV table")
def text_in_a_number_column():
    return good(".ecsv").replace(b"\nX-3 3 ", b"\nX-3 three ", 1)


@case(".ecsv", "one number, text or truth value per row")
def several_values_a_row():
    return good(".ecsv", rate=np.ones((N_ROWS, 3)))


@case(".ecsv", "expected the type 'float', got")
def text_that_looks_like_numbers():
    return good(".ecsv", rate=[str(row) for row in range(N_ROWS)])


# FITS


def fits_bytes(*hdus, checksum=False):
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(stream, checksum=checksum)
    return stream.getvalue()


def fits_table(**changes):
    return fits.BinTableHDU(Table({**columns(), **changes}))


@case(".fits", "truncated")
def fits_data_cut_off():
    return good(".fits")[:7000]


@case(".fits", "a table among its extensions, got 1 without: PrimaryHDU. ")
def fits_header_cut_off():
    return good(".fits")[:4000]


@case(".fits", "a whole FITS table")
def fits_one_card():
    return b"SIMPLE  =                    T" + b" " * 50


@case(".fits", "a whole FITS table")
def fits_beginning_then_noise():
    return b"SIMPLE  =" + np.random.default_rng(0).bytes(20_000)


@case(".fits", "a table among its extensions")
def an_image_only():
    return fits_bytes(fits.ImageHDU(np.zeros((4, 4))))


@case(".fits", "CHECKSUM")
def one_flipped_bit():
    content = bytearray(fits_bytes(fits_table(), checksum=True))
    content[content.rindex(b"X-7") + 2] ^= 1  # X-7 becomes X-6: silent without the checksum
    return bytes(content)


@case(".fits", "truncated")
def a_billion_rows_declared():
    return good(".fits").replace(b"NAXIS2  =                   50", b"NAXIS2  =            999999999", 1)


@case(".fits", "a whole FITS table")
def a_negative_number_of_rows():
    return good(".fits").replace(b"NAXIS2  =                   50", b"NAXIS2  =                  -50", 1)


@case(".fits", "'Mpc', got 'erg'")
def fits_distance_in_erg():
    table = Table(columns())
    table["distance"].unit = "erg"
    return fits_bytes(fits.BinTableHDU(table))


@case(".fits", "'Mpc', got 'parsnip'")
def fits_distance_in_an_unknown_unit():
    hdu = fits_table()
    hdu.columns["distance"].unit = "parsnip"
    return fits_bytes(hdu)


@case(".fits", "expected the column 'known'")
def fits_without_a_column():
    return good(".fits", known=None)


@case(".fits", "a value in every row, got 1 of 50 rows without: row 3")
def fits_with_nan():
    return good(".fits", rate=np.where(np.arange(N_ROWS) == 3, np.nan, 1.0))


@case(".fits", "a value in every row, got 1 of 50 rows without: row 3")
def fits_with_a_null_integer():
    return good(".fits", n=MaskedColumn(np.arange(N_ROWS), mask=np.arange(N_ROWS) == 3, fill_value=-99))


@case(".fits", "column 'known' of")
def fits_with_a_null_truth_value():
    content = bytearray(good(".fits"))
    content[content.rindex(b"X-7") - 1] = 0  # the last column of the row before
    return bytes(content)


@case(".fits", "values per row")
def fits_with_vectors():
    return good(".fits", rate=np.ones((N_ROWS, 3)))


@case(".fits", "expected the type 'float'")
def fits_with_text_for_numbers():
    return good(".fits", rate=[str(row) for row in range(N_ROWS)])


@case(".fits", "expected the type 'float'")
def fits_with_complex_numbers():
    return good(".fits", rate=np.ones(N_ROWS, complex))


@case(".fits", "expected the type 'str'")
def fits_with_floats_for_names():
    return good(".fits", source=np.linspace(0.5, 1.0, N_ROWS))


@case(".fits", "several columns named 'rate'")
def fits_with_a_column_twice():
    return good(".fits").replace(b"'distance'", b"'rate    '", 1)


@case(".fits", "expected the type 'float', got object")
def fits_with_lists_of_numbers():
    ragged = np.array([np.arange(row % 3 + 1.0) for row in range(N_ROWS)], dtype=object)
    others = [fits.Column(name, "D", array=np.ones(N_ROWS)) for name in ("n", "distance", "known")]
    names = fits.Column("source", "4A", array=columns()["source"])
    return fits_bytes(
        fits.BinTableHDU.from_columns([names, fits.Column("rate", "PD()", array=ragged), *others])
    )


@case(".fits", "UTF-8|decode")
def fits_text_that_is_no_text():
    content = good(".fits")
    at = content.rindex(b"X-7")
    return content[:at] + b"\xff\xfe\xfd" + content[at + 3 :]


# VOTable


@case(".vot", "well-formed XML")
def votable_cut_off():
    return good(".vot")[:-300]


@case(".vot", "got an XML or HTML document")
def another_kind_of_xml():
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'


@case(".vot", "a VOTABLE as root, got <svg>")
def another_kind_of_xml_that_mentions_it():
    return b"<svg><title>VOTABLE</title></svg>"


@case(".vot", "an entity 'a'")
def a_billion_laughs():
    entities = b'<!ENTITY a "lol">' + b"".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'.encode()
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    head, tail = good(".vot").split(b"?>", 1)
    return head + b"?><!DOCTYPE VOTABLE [" + entities + b"]>" + tail.replace(b"X-7", b"&j;", 1)


@case(".vot", "an entity 'secret'")
def an_entity_from_another_file():
    head, tail = good(".vot").split(b"?>", 1)
    entity = b'<!DOCTYPE VOTABLE [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    return head + b"?>" + entity + tail.replace(b"X-7", b"&secret;", 1)


def votable_with_stream(href):
    content = good(".vot")
    start, end = content.index(b"<TABLEDATA>"), content.index(b"</TABLEDATA>") + len(b"</TABLEDATA>")
    return content[:start] + f'<BINARY><STREAM href="{href}"/></BINARY>'.encode() + content[end:]


@case(".vot", "a reference to 'file:///etc/hostname'")
def data_in_another_file():
    return votable_with_stream("file:///etc/hostname")


@case(".vot", "a reference to 'http://127.0.0.1:9/data'")
def data_at_an_address():
    return votable_with_stream("http://127.0.0.1:9/data")


@case(".vot", "times the file's")
def a_trillion_rows_declared():
    return good(".vot").replace(b"<TABLE", b'<TABLE nrows="1000000000000"', 1)


@case(".vot", "times the file's")
def more_rows_declared_than_64_bits_hold():
    return good(".vot").replace(b"<TABLE", b'<TABLE nrows="' + b"9" * 4000 + b'"', 1)


@case(".vot", "times the file's")
def a_billion_values_in_a_cell_declared():
    return good(".vot").replace(b'datatype="double"', b'datatype="double" arraysize="1000000000"', 1)


@case(".vot", "a whole VOTable table")
def votable_with_text_for_a_number():
    return good(".vot").replace(b"<TD>3</TD>", b"<TD>three</TD>", 1)


@case(".vot", "a value in every row|a whole VOTable table")
def votable_with_a_short_row():
    return good(".vot").replace(b"<TD>3</TD>", b"", 1)


@case(".vot", "a whole VOTable table")
def votable_with_a_row_that_ends_early():
    return good(".vot").replace(b"<TD>0</TD>\n     </TR>", b"</TR>", 1)


@case(".vot", "as many rows as the table declares in `nrows`, got 50")
def votable_with_fewer_rows_than_declared():
    return good(".vot").replace(b"<TABLE>", b'<TABLE nrows="60">', 1)


@case(".vot", "a whole VOTable table|got 0 columns|at least one row")
def votable_without_a_table():
    content = good(".vot")
    start, end = content.index(b"<TABLE"), content.index(b"</TABLE>") + len(b"</TABLE>")
    return content[:start] + content[end:]


@case(".vot", "got 'erg'")
def votable_distance_in_erg():
    return good(".vot").replace(b'name="distance"', b'name="distance" unit="erg"', 1)


@case(".vot", "several columns named 'rate'")
def votable_with_a_column_twice():
    return good(".vot").replace(b'name="distance"', b'name="rate"', 1)


@case(".vot", "a value in every row")
def votable_with_a_null():
    return good(".vot", n=MaskedColumn(np.arange(N_ROWS), mask=np.arange(N_ROWS) == 3, fill_value=-99))


@case(".vot", "values per row")
def votable_with_vectors():
    return good(".vot", rate=np.ones((N_ROWS, 3)))


@case(".vot", "a whole VOTable table")
def votable_with_an_unknown_datatype():
    return good(".vot").replace(b'datatype="double"', b'datatype="quadruple"', 1)


@case(".vot", "a whole VOTable table|at least one row|a value in every row|a number in every row")
def votable_with_broken_binary_data():
    stream = io.BytesIO()
    Table(columns()).write(stream, format="votable", tabledata_format="binary")
    content = stream.getvalue()
    at = content.index(b'encoding="base64">') + len(b'encoding="base64">')
    return content[: at + 100] + b"!!!!" + content[content.index(b"</STREAM>") :]


# Parquet


@case(".parquet", "a whole Parquet table")
def parquet_cut_off():
    return good(".parquet")[:-200]


@case(".parquet", "a whole Parquet table")
def parquet_beginning_only():
    return b"PAR1"


@case(".parquet", "a whole Parquet table")
def parquet_with_a_broken_footer():
    content = bytearray(good(".parquet"))
    content[-400:-8] = bytes(392)
    return bytes(content)


@case(".parquet", "as its suffix says, got CSV")
def parquet_that_is_text():
    return good(".csv")


@case(".parquet", "expected the column 'rate'")
def parquet_without_a_column():
    return good(".parquet", rate=None)


@case(".parquet", "expected the type 'float'")
def parquet_with_lists():
    return good(".parquet", rate=[[1.0, 2.0]] * N_ROWS)


@case(".parquet", "expected the type 'float'")
def parquet_with_dates():
    return good(".parquet", rate=pd.date_range("2020-01-01", periods=N_ROWS))


@case(".parquet", "expected the type 'float'")
def parquet_with_text_for_numbers():
    return good(".parquet", rate=[str(row) for row in range(N_ROWS)])


@case(".parquet", "expected the type 'bool'")
def parquet_with_text_for_truth():
    return good(".parquet", known=["yes"] * N_ROWS)


@case(".parquet", "a value in every row, got 1 of 50 rows without: row 3")
def parquet_with_a_null():
    return good(".parquet", n=[None if row == 3 else row for row in range(N_ROWS)])


@case(".parquet", "a whole number in every row, got 1 of 50 rows without: row 0")
def parquet_with_an_integer_too_large():
    return good(".parquet", n=np.array([2**63, *range(1, N_ROWS)], dtype="uint64"))


@case(".parquet", "at least one row")
def parquet_without_rows():
    stream = io.BytesIO()
    pq.write_table(pa.table(columns()).slice(0, 0), stream)
    return stream.getvalue()


@case(".parquet", "several columns named 'rate'")
def parquet_with_a_column_twice():
    table = pa.table(columns())
    stream = io.BytesIO()
    pq.write_table(table.rename_columns(["source", "n", "rate", "rate", "known"]), stream)
    return stream.getvalue()


@case(".parquet", "a whole Parquet table")
def parquet_with_a_damaged_page():
    stream = io.BytesIO()
    pq.write_table(
        pa.table(columns()), stream, write_page_checksum=True, use_dictionary=False, compression="none"
    )
    content = bytearray(stream.getvalue())
    content[content.index(b"X-7") + 2] ^= 1
    return bytes(content)


@case(".parquet", "got 'erg'")
def parquet_of_astropy_with_distance_in_erg(path):
    table = Table(columns())
    table["distance"].unit = "erg"
    table.write(path)


def test_there_are_at_least_sixty_malformed_files():
    assert len(CASES) >= 60


@pytest.mark.parametrize(("suffix", "expected", "build"), CASES)
def test_a_malformed_file_is_one_data_error(tmp_path, monkeypatch, recwarn, capfd, suffix, expected, build):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"broken{suffix}"
    content = build(path) if build.__code__.co_varnames[:1] == ("path",) else build()
    if content is not None:
        path.write_bytes(content)
    started = time.monotonic()
    with pytest.raises(DataError) as caught:
        read_table(path, COLUMNS)
    assert time.monotonic() - started < 5
    message = str(caught.value)
    assert any(part in message for part in expected.split("|")), message
    assert f"broken{suffix}" in message
    assert all((caught.value.expected, caught.value.got, caught.value.next_step))
    assert len(message) < 3000
    assert "\n" not in message
    assert capfd.readouterr() == ("", "")
    assert not list(recwarn)
    assert not (tmp_path / "ORDERED").exists()


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".vot", ".parquet"])
@settings(
    max_examples=60,
    deadline=5000,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_random_damage_gives_a_table_or_a_data_error(tmp_path, suffix, data):
    content = bytearray(good(suffix))
    for _ in range(data.draw(st.integers(1, 4), label="wounds")):
        at = data.draw(st.integers(0, len(content) - 1), label="at")
        length = data.draw(st.sampled_from([1, 1, 2, 8, 200]), label="length")
        content[at : at + length] = data.draw(st.binary(max_size=8), label="instead")
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(content)
    try:
        table = read_table(path, COLUMNS)
    except DataError:
        return
    assert list(table.columns) == [column.name for column in COLUMNS]
    assert np.isfinite(table["rate"]).all()
