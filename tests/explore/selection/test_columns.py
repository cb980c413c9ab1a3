"""Columns that a selection is told of later, and rows that were saved under a name."""

import numpy as np
import pandas as pd
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.selection import Selection


@pytest.mark.parametrize("table", [None, {"flux": [1.0, 2.0, 3.0]}, pd.DataFrame({"flux": [1.0, 2.0, 3.0]})])
def test_a_range_of_an_added_column_selects_and_comes_back_from_json(table):
    score = np.array([0.1, 0.5, 0.9])
    selection = Selection(3, table=table).add_columns({"score": score})
    np.testing.assert_array_equal(selection.range("score", 0.4, None).indices, [1, 2])
    other = Selection(3, table=table).add_columns({"score": score}).from_json(selection.to_json())
    np.testing.assert_array_equal(other.indices, [1, 2])
    if table is not None:
        np.testing.assert_array_equal(selection.range("flux", None, 2, how="and").indices, [1])


def test_a_known_name_stays_with_its_own_column():
    values = np.random.default_rng(0).normal(size=(4, 2))
    selection = Selection(4).add_columns({"score": values[:, 0]})
    selection.add_columns({"score": values[:, 0]})  # another view of the same
    for other in (values[:, 1], values[:, 0].copy(), values[:, 0].astype(np.float32)):
        with pytest.raises(ParameterError, match="score"):
            selection.add_columns({"score": other})


def test_columns_of_another_length_are_refused_and_change_nothing():
    selection = Selection(4)
    with pytest.raises(ParameterError, match="4 rows"):
        selection.add_columns({"score": np.zeros(3)})
    with pytest.raises(ParameterError):
        selection.range("score", 0, 1)


def test_the_code_of_an_added_column_runs_with_a_table_of_them():
    columns = {"score": np.array([0.1, 0.5, 0.9])}
    selection = Selection(3).add_columns(columns).range("score", 0.4, None)
    names = {"table": columns}
    exec(selection.to_python(), names)
    np.testing.assert_array_equal(names["indices"], [1, 2])


def test_saved_rows_are_read_without_a_change():
    selection = Selection(5).ids([0, 1]).save("a").ids([4]).save("b").ids([0]).invert()
    steps, heard = selection.steps, []
    selection.observe(heard.append)
    np.testing.assert_array_equal(np.flatnonzero(selection.saved("a")), [0, 1])
    np.testing.assert_array_equal(np.flatnonzero(selection.saved("b")), [4])
    assert selection.steps == steps
    assert heard == []
    assert len(selection) == 4
    with pytest.raises(ParameterError, match="c"):
        selection.saved("c")
    selection.undo().undo().undo()
    with pytest.raises(ParameterError, match="b"):
        selection.saved("b")
