"""Columns and labels of every kind select the right rows, exactly; wrong ones are one clear error."""

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.table import MaskedColumn, QTable, Table

from astrokit.errors import ParameterError
from astrokit.explore.selection import Selection

LONG = 2**62
WORDS, NUMBERS, VALUES = ["a", "b", None, "a"], [LONG, LONG + 1, 0, 5], [1.0, 2.0, np.nan, 3.0]
MASK = [False, False, True, False]
TABLES = {
    "dict": {"class": WORDS, "n": np.array(NUMBERS), "v": VALUES},
    "pandas": pd.DataFrame(
        {
            "class": pd.Categorical(WORDS),
            "n": pd.array([LONG, LONG + 1, None, 5], dtype="Int64"),
            "v": pd.array([1.0, 2.0, None, 3.0], dtype="Float64"),
        },
        index=[9, 8, 7, 6],
    ),
    "pandas text": pd.DataFrame({"class": WORDS, "n": NUMBERS, "v": VALUES}),
    "astropy": Table(
        {
            "class": MaskedColumn(["a", "b", "b", "a"], mask=MASK),
            "n": MaskedColumn([LONG, LONG + 1, LONG + 1, 5], mask=MASK),
            "v": MaskedColumn([1.0, 2.0, 2.0, 3.0], mask=MASK, unit="d"),
        }
    ),
    "quantities": QTable({"class": [b"a", b"b", b"", b"a"], "n": NUMBERS, "v": VALUES * units.d}),
    "big-endian": Table(
        {
            "class": np.array(["a", "b", "", "a"], ">U1"),
            "n": np.array(NUMBERS, ">i8"),
            "v": np.array(VALUES, ">f4"),
        }
    ),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_of_every_kind_answer_alike(table):
    selection = Selection(4, table=table)
    assert selection.category("class", "b").indices.tolist() == [1]
    assert selection.category("class", "a", "b").indices.tolist() == [0, 1, 3]
    assert selection.range("v", 1, 2).indices.tolist() == [0, 1]
    assert selection.range("v", None, None).indices.tolist() == [0, 1, 3]
    assert selection.range("n", LONG + 1, None).indices.tolist() == [1]
    assert selection.range("n", 4.5, LONG).indices.tolist() == [0, 3]


def test_float32_columns_compare_as_they_are_stored():
    values = np.array([0.1, 0.2], dtype=np.float32)  # 0.1 in float32 is above 0.1
    assert Selection(2, table={"v": values}).range("v", 0.1, None).indices.tolist() == [0, 1]
    assert Selection(2, table={"v": values}).range("v", None, 0.1).indices.tolist() == []
    assert Selection(2, table={"v": values}).range("v", None, float(values[0])).indices.tolist() == [0]


@pytest.mark.parametrize(
    "labels",
    [[0, -1, 1, -1], ["0", "-1", "1", "-1"], np.array([0, -1, 1, -1], np.int8), pd.Series([0, -1, 1, -1])],
    ids=["list", "text", "int8", "pandas"],
)
def test_noise_is_a_cluster_like_others(labels):
    selection = Selection(4, labels=labels)
    assert selection.cluster(-1).indices.tolist() == [1, 3]
    assert selection.cluster(1, "0").indices.tolist() == [0, 2]


def test_labels_that_look_alike_are_selected_together():
    table = {"mixed": np.array([1, "1", 2, 3], dtype=object), "flag": np.array([True, False, True, False])}
    assert Selection(4, table=table).category("mixed", 1).indices.tolist() == [0, 1]
    assert Selection(4, table=table).category("flag", True).indices.tolist() == [0, 2]


WRONG = {
    "no coordinates": (lambda s: s.lasso([(0, 0), (1, 0), (0, 1)]), "lasso: expected coordinates, got none"),
    "no labels": (lambda s: s.cluster(1), "cluster: expected cluster labels, got none"),
    "a column that is not there": (lambda s: s.range("perod", 0, 1), "Is 'period' what you mean?"),
    "a label that is not there": (lambda s: s.category("class", "RRab"), "Is 'RRAB' what you mean?"),
    "numbers as labels": (lambda s: s.category("period", "1"), "Use `range` for numbers"),
    "text as numbers": (lambda s: s.range("class", 0, 1), "Use `category` for labels"),
    "a NaN": (lambda s: s.range("period", float("nan"), 1), "a number that is not NaN"),
    "text for a number": (lambda s: s.range("period", "0", 1), "low: expected a number"),
    "a how": (lambda s: s.ids([1], how="xor"), "one of new, and, or, minus"),
    "a row": (lambda s: s.ids([60]), "rows below 60, got row 60"),
    "a mask of another length": (lambda s: s.ids(np.ones(61, bool)), "rows below 60, got row 60"),
    "fractions of rows": (lambda s: s.ids([0.5]), "row numbers of shape"),
    "a name": (lambda s: s.load("x"), "load: expected a saved name"),
    "a label of a wrong type": (lambda s: s.category("class", 1.5), "text or whole numbers"),
    "no label at all": (lambda s: s.category("class"), "1 to 10,000 labels, got 0"),
}


@pytest.mark.parametrize(("act", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_selected_is_one_error_and_no_step(catalogue, act, message):
    selection = Selection(60, table=catalogue[2]).ids([1, 2]).invert().undo()
    with pytest.raises(ParameterError, match=r"expected .* got") as error:
        act(selection)
    assert message in str(error.value)
    assert (selection.indices.tolist(), selection.can_redo) == ([1, 2], True)


def test_sources_must_be_as_long_as_the_selection():
    for sources in (
        {"x": [1, 2], "y": [1, 2, 3]},
        {"x": [1, 2, 3]},
        {"x": ["a", "b", "c"], "y": [1, 2, 3]},
        {"table": {"a": [1, 2]}},
        {"table": [1, 2, 3]},
        {"labels": [0, 1]},
    ):
        with pytest.raises(ParameterError, match="expected"):
            Selection(3, **sources)
    for n_samples in (-1, 2.0, "3", True, 2**32):
        with pytest.raises(ParameterError, match="n_samples"):
            Selection(n_samples)


def test_results_are_computed_once_for_a_change_and_cannot_be_written_to():
    selection = Selection(5, x=np.arange(5.0), y=np.zeros(5)).box(1, 3, -1, 1)
    mask, indices = selection.mask, selection.indices
    assert selection.mask is mask
    assert selection.indices is indices
    assert selection.save("same rows").mask is mask
    assert selection.invert().mask is not mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True
    with pytest.raises(ValueError, match="read-only"):
        indices[0] = 0


def test_undo_costs_no_second_lasso():
    class Index:
        n_samples, asked = 4, 0

        def inside(self, polygon):
            self.asked += 1
            return np.array([1, 2])

    index = Index()
    selection = Selection(4, index=index).lasso([(0, 0), (1, 0), (0, 1)])
    assert [len(selection), len(selection.invert()), len(selection.undo()), len(selection.redo())] == [
        2,
        2,
        2,
        2,
    ]
    assert selection.indices.tolist() == [0, 3]
    assert index.asked == 1


def test_a_selection_says_itself():
    table = {"class": np.array(["RRAB", "RRC", "CEP", "DSCT"] * 300), "period": np.arange(1200) / 10}
    selection = Selection(
        1200, x=np.arange(1200.0), y=np.zeros(1200), table=table, labels=np.arange(1200) % 9
    )
    assert selection.describe() == "0 of 1,200 rows: nothing"
    selection.cluster(1).lasso([(0, -1), (1100, -1), (1100, 1), (0, 1)])
    selection.category("class", "RRAB", "RRC", "CEP", how="and")
    assert selection.describe() == "825 of 1,200 rows: lasso of 4 vertices, and class in RRAB, RRC, CEP"
    selection.save("pulsators").range("period", None, 50, how="and").invert()
    assert selection.describe() == (
        "824 of 1,200 rows: all but (lasso of 4 vertices, and class in RRAB, RRC, CEP, and period <= 50)"
    )
    selection.load("pulsators").cluster(*range(9), how="minus").nearest(3.25, 0, 2, how="or").ids(
        [7], how="or"
    )
    assert selection.describe() == (
        "3 of 1,200 rows: 'pulsators', without clusters 0, 1, 2, 3, 4 and 4 more, "
        "or 2 nearest to (3.25, 0), or 1 given row; "
        "where 'pulsators' is lasso of 4 vertices, and class in RRAB, RRC, CEP"
    )
    assert repr(selection.clear()) == "Selection(0 of 1,200 rows: nothing)"
    assert Selection(5).invert().describe() == "5 of 5 rows: all rows"
