"""Code made of a selection selects the same rows when run, and runs nothing else, whatever the labels are."""

import ast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.explore.index import PointIndex
from astrokit.explore.selection import Selection

NASTY = [
    "it's", 'a "quoted" one', '"""', "'''", "line\nbreak", "carriage\rreturn", "back\\slash\\", "{b} %s {0}",
    "é✓星", "\u2028", "\x00", "\x0c", "'); import os; os.abort() #", "\\N{DASH}", "", "-1", "\u202eevil",
]  # fmt: skip


def run(selection, **space):
    exec(selection.to_python(), space)
    return space["indices"]


@pytest.mark.parametrize("label", NASTY, ids=ascii)
def test_labels_and_names_are_text_never_code(label):
    table = {label or "column": np.array([label, "other", label], dtype=object)}
    selection = Selection(3, table=table, labels=table[label or "column"])
    selection.category(label or "column", label).save(label or "name").clear().load(label or "name")
    selection.cluster(label, how="or")
    assert run(selection, table=table, labels=table[label or "column"]).tolist() == [0, 2]
    calls = [node for node in ast.walk(ast.parse(selection.to_python())) if isinstance(node, ast.Call)]
    assert {ast.unparse(call.func).split(".")[0] for call in calls} == {"Selection", "selection"}


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True))
def test_any_labels_survive(labels):
    table = {"class": np.array([*labels, "x y"], dtype=object)}
    selection = Selection(len(labels) + 1, table=table).category("class", *labels)
    assert np.array_equal(run(selection, table=table), selection.indices)


def test_the_code_reads_like_what_was_done(catalogue):
    x, y, table, labels = catalogue
    selection = Selection(60, x=x, y=y, table=table, labels=labels).clear().box(0, 2, 0.5, 3)
    selection.cluster(1, -1, how="minus").range("period", 0.2, None, how="and")
    assert selection.to_python() == (
        f"# {selection.describe()}\n"
        "from astrokit.explore.selection import Selection\n\n"
        "selection = Selection(60, x=x, y=y, table=table, labels=labels)\n"
        "selection.box(0.0, 2.0, 0.5, 3.0)\n"
        "selection.cluster(1, -1, how='minus')\n"
        "selection.range('period', 0.2, None, how='and')\n"
        "indices = selection.indices\n"
    )
    assert np.array_equal(run(selection, x=x, y=y, table=table, labels=labels), selection.indices)


@pytest.mark.parametrize(
    "rows", [[], [3], range(10, 3000), np.arange(0, 40_000, 7), np.arange(50_000) ** 2 % 9973]
)
def test_row_numbers_are_stated_shortly(rows):
    selection = Selection(50_000).ids(list(rows))
    assert len(selection) == len(set(rows))
    assert np.array_equal(run(selection), selection.indices)
    assert len(selection.to_python()) < 600 + 1.5 * len(selection)
    assert max(map(len, selection.to_python().splitlines())) < 112


def test_floats_are_stated_to_the_last_bit():
    corner = 0.1 + 0.2
    x = np.array([corner, np.nextafter(corner, 0)])
    selection = Selection(2, x=x, y=x * 0).box(corner, 1, -1, 1)
    assert run(selection, x=x, y=x * 0).tolist() == [0]
    selection.lasso([(corner, -1), (1, -1), (1, 1), (corner, 1)])
    assert selection.indices.tolist() == [0]
    assert max(map(len, selection.to_python().splitlines())) < 112
    assert np.array_equal(run(selection, x=x, y=x * 0), selection.indices)


def test_code_asks_for_the_index_where_there_is_one(catalogue):
    x, y, table, _ = catalogue
    index = PointIndex(x, y, channels={"class": table["class"]})
    selection = Selection(60, index=index).lasso([(0, 0), (4, 0), (2, 4)]).category("class", "RRC", how="and")
    assert "Selection(60, index=index)" in selection.to_python()
    assert 0 < len(selection) < 60
    assert np.array_equal(run(selection, index=index), selection.indices)


def test_ranges_of_rows_and_an_aspect_are_stated():
    selection = Selection(500, x=np.arange(500) % 25, y=np.arange(500) // 25).nearest(9, 7, 40, aspect=3.0)
    assert np.array_equal(run(selection, x=np.arange(500) % 25, y=np.arange(500) // 25), selection.indices)
    assert "rows = np.r_[10:300]" in selection.ids(range(10, 300)).to_python()


def test_code_of_an_empty_program_selects_nothing():
    assert run(Selection(5)).tolist() == []
    assert run(Selection(5).ids([1]).undo()).tolist() == []
    assert run(Selection(5).invert()).tolist() == [0, 1, 2, 3, 4]
