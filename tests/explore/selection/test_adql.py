"""ADQL for selected sources: exact identifiers, and queries that a database runs (here SQLite)."""

import sqlite3

import numpy as np
import pandas as pd
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.selection import Selection
from astrokit.explore.selection.adql import MAX_IDS

FIRST = 4_295_806_720_123_456_789  # floats near it are 512 apart


@pytest.fixture
def archive():
    database = sqlite3.connect(":memory:")
    database.executescript("ATTACH ':memory:' AS gaiadr3; ATTACH ':memory:' AS tap_upload;")
    database.execute("CREATE TABLE gaiadr3.gaia_source (source_id INTEGER, ra REAL, dec REAL)")
    rows = [(FIRST + i, i / 10, -i / 10) for i in range(12_000)]
    database.executemany("INSERT INTO gaia_source VALUES (?, ?, ?)", rows)
    return database


def fetched(archive, queries):
    return [row for query in queries for row in archive.execute(query).fetchall()]


@pytest.mark.parametrize("kind", [np.array, pd.Series, list, lambda ids: pd.array(ids, dtype="Int64")])
def test_the_selected_sources_are_fetched_to_the_last_digit(archive, kind):
    source_ids = kind([FIRST + i for i in range(20)])
    queries = Selection(20).ids([3, 4, 19]).to_adql(source_ids)
    assert [row[0] for row in fetched(archive, queries)] == [FIRST + 3, FIRST + 4, FIRST + 19]


def test_many_sources_are_divided_into_queries(archive):
    source_ids = FIRST + np.arange(12_000)
    queries = Selection(12_000).ids([5]).invert().to_adql(source_ids, columns=["source_id", "ra"])
    assert [query.count(",") for query in queries] == [MAX_IDS, MAX_IDS, 11_999 - 2 * MAX_IDS]
    rows = fetched(archive, queries)
    assert sorted(row[0] for row in rows) == [FIRST + i for i in range(12_000) if i != 5]
    assert {len(row) for row in rows} == {2}


def test_an_uploaded_table_is_joined(archive):
    archive.execute("CREATE TABLE tap_upload.chosen (source_id INTEGER)")
    archive.executemany("INSERT INTO chosen VALUES (?)", [(FIRST + 7,), (FIRST + 8,)])
    queries = (
        Selection(12_000)
        .ids([7, 8])
        .to_adql(FIRST + np.arange(12_000), columns=["source_id", "dec"], upload="chosen")
    )
    assert fetched(archive, queries) == [(FIRST + 7, -0.7), (FIRST + 8, -0.8)]
    (whole,) = Selection(3).ids([1]).to_adql(np.arange(3), upload="chosen")
    assert whole.startswith("SELECT archive.*\nFROM gaiadr3.gaia_source AS archive\nJOIN TAP_UPLOAD.chosen")


def test_a_source_in_several_rows_is_asked_for_once():
    (query,) = Selection(4).ids([0, 1, 3]).to_adql(np.array([9, 9, 5, 7]))
    assert query.endswith("IN (7, 9)")


@pytest.mark.parametrize(
    "ids",
    [
        np.array([1.0, 2.0, 3.0]),
        np.array(["1", "2", "3"]),
        np.array([1.5, 2, 3], dtype=object),
        np.array([True, False, True]),
        np.array([2**63, 1, 1], dtype=object) * 2,
        pd.array([None, 2, 3], dtype="Int64"),
        np.ma.array([1, 2, 3], mask=[True, False, False]),
        np.array([1, 2]),
        np.array([[1], [2], [3]]),
    ],
    ids=str,
)
def test_identifiers_that_are_not_exact_are_refused(ids):
    with pytest.raises(ParameterError, match="source_ids"):
        Selection(3).ids([0]).to_adql(ids)


def test_nothing_selected_is_a_clear_error():
    with pytest.raises(ParameterError, match="at least one row, got none"):
        Selection(3).to_adql(np.arange(3))


@pytest.mark.parametrize(
    "name",
    [
        "gaia; DROP TABLE x", "a b", "", ".", "a.", ".a", "a..b", "a.b.c.d", "1a", "a--", "a/*", "é", "a\n",
        'a"b"', '"a""b"', '"a', '"a;b"', '""', "select", "gaiadr3.Table", "x'", None, 3, "a(b)", "*",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["table", "column", "columns", "upload"])
def test_names_cannot_carry_anything_else(name, where):
    if (name == "*" and where == "columns") or (name is None and where == "upload"):
        return  # these two mean something there
    value = [name] if where == "columns" else name
    with pytest.raises(ParameterError, match=where):
        Selection(3).ids([0]).to_adql(np.arange(3), **{where: value})


def test_names_in_double_quotes_are_kept():
    (query,) = Selection(3).ids([2]).to_adql(np.arange(3), '"I/355/gaiadr3"', '"Source"', ["Plx"])
    assert query == 'SELECT Plx\nFROM "I/355/gaiadr3"\nWHERE "Source" IN (2)'


def test_columns_are_not_nothing():
    with pytest.raises(ParameterError, match="columns"):
        Selection(3).ids([2]).to_adql(np.arange(3), columns=[])
