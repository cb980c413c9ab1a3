import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, QTable, Table

from astrokit.errors import ParameterError
from astrokit.explore.map import rows


def test_a_row_of_a_pandas_table_by_position_not_by_index():
    table = pd.DataFrame({"name": ["a", "b"], "flux": [1.0, np.nan]}, index=[1, 0])
    assert rows.row_as_text(table, 1) == [("name", "b"), ("flux", "-")]


def test_a_row_of_an_astropy_table_has_units_and_masked_values():
    table = Table({"id": [1, 2], "rate": MaskedColumn([0.5, 0.25], mask=[False, True], unit="ct / s")})
    assert rows.row_as_text(table, 0) == [("id", "1"), ("rate [ct / s]", "0.5")]
    assert rows.row_as_text(table, 1)[1] == ("rate [ct / s]", "-")


def test_a_quantity_says_its_unit_once():
    from astropy import units

    assert rows.row_as_text(QTable({"period": [2.5] * units.day}), 0) == [("period [d]", "2.5")]


def test_columns_of_vectors_and_columns_beyond_twelve_are_left_out():
    table = {"spectrum": np.zeros((2, 100)), **{f"c{k}": np.arange(2) for k in range(20)}}
    assert [name for name, _ in rows.row_as_text(table, 0)] == [f"c{k}" for k in range(12)]


def test_long_texts_and_bytes_are_shortened_and_read():
    cells = dict(rows.row_as_text({"t": np.array(["x" * 500]), "b": np.array([b"M\xc3\xa81"])}, 0))
    assert len(cells["t"]) == 120
    assert cells["b"] == "Mè1"


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(ParameterError, match=r"\['a'\], got 'b'"):
        rows.column({"a": [1]}, "b")


def test_a_table_of_another_length_is_refused():
    with pytest.raises(ParameterError, match="3 rows"):
        rows.check_table({"a": np.zeros(2)}, 3)
