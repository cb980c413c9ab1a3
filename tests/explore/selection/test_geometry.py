"""Lasso, box and neighbours: by formula, by looking at every point, and by the index, to the last point."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.explore.index import PointIndex
from astrokit.explore.selection import Selection, geometry
from tests.explore.selection import model

COORDINATE = st.one_of(
    st.integers(-4, 4).map(float),
    st.floats(-5, 5, width=32),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e30, -0.0, 1e-40]),
)
PLACE = st.one_of(st.integers(-5, 5).map(float), st.floats(-6, 6))


@st.composite
def points(draw):
    pairs = draw(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=60))
    x, y = np.array(pairs, dtype=np.float32).T
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def both_ways(x, y):
    index = PointIndex(x, y, progress=False)
    return Selection(len(x), x=x, y=y), Selection(len(x), index=index)


@settings(deadline=None, max_examples=150)
@given(points(), st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=9))
def test_a_lasso_is_the_even_odd_rule_with_and_without_an_index(xy, polygon):
    looked_at, indexed = both_ways(*xy)
    wanted = model.lasso(*xy, polygon)
    assert np.array_equal(looked_at.lasso(polygon).mask, wanted)
    assert np.array_equal(indexed.lasso(polygon).mask, wanted)


@settings(deadline=None, max_examples=100)
@given(points(), st.tuples(PLACE, PLACE), st.tuples(PLACE, PLACE))
def test_a_box_is_half_open_with_and_without_an_index(xy, across, up):
    (x0, x1), (y0, y1) = sorted(across), sorted(up)
    if x0 < x1 and y0 < y1:
        looked_at, indexed = both_ways(*xy)
        wanted = model.box(*xy, x0, x1, y0, y1)
        assert np.array_equal(looked_at.box(x0, x1, y0, y1).mask, wanted)
        assert np.array_equal(indexed.box(x0, x1, y0, y1).mask, wanted)


@settings(deadline=None, max_examples=100)
@given(points(), PLACE, PLACE, st.integers(1, 70), st.sampled_from([1.0, 0.5, 3.0]))
def test_neighbours_are_the_same_with_and_without_an_index(xy, x, y, k, aspect):
    looked_at, indexed = both_ways(*xy)
    wanted = model.nearest(xy[0], xy[1].astype(float) * aspect, x, y * aspect, k) if aspect != 3.0 else None
    if wanted is not None:  # scaling by a power of two is exact, so the model may scale first
        assert np.array_equal(looked_at.nearest(x, y, k, aspect=aspect).mask, wanted)
    looked_at.nearest(x, y, k, aspect=aspect)
    assert np.array_equal(indexed.nearest(x, y, k, aspect=aspect).mask, looked_at.mask)


def test_the_lower_edges_of_a_box_are_in_it_and_the_upper_ones_are_not():
    x, y = (axis.ravel().astype(np.float32) for axis in np.meshgrid(np.arange(5), np.arange(5)))
    for selection in both_ways(x, y):
        found = selection.box(1, 3, 2, 4).indices
        assert sorted(zip(x[found].tolist(), y[found].tolist(), strict=True)) == [
            (1, 2),
            (1, 3),
            (2, 2),
            (2, 3),
        ]


@pytest.mark.parametrize("aspect", [0.25, 1.0, 3.0])
def test_neighbours_are_those_within_an_ellipse(aspect):
    x, y = np.random.default_rng(4).normal(size=(2, 5000)).astype(np.float32)
    distance = np.hypot(x.astype(float) - 0.3, (y.astype(float) + 0.2) * aspect)
    for selection in both_ways(x, y):
        found = selection.nearest(0.3, -0.2, 400, aspect=aspect).mask
        assert found.sum() == 400
        assert distance[found].max() < distance[~found].min()


def test_a_large_lasso_is_the_same_with_and_without_an_index():
    generator = np.random.default_rng(2)
    x, y = generator.normal(size=(2, 200_000)).astype(np.float32)
    angle, radius = np.linspace(0, 4 * np.pi, 301)[:-1], generator.uniform(0.2, 2, 300)
    polygon = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    looked_at, indexed = both_ways(x, y)
    assert 20_000 < len(looked_at.lasso(polygon)) < 180_000
    assert np.array_equal(looked_at.indices, indexed.lasso(polygon).indices)


def test_blocks_of_rows_make_no_difference(monkeypatch):
    x, y = np.random.default_rng(3).random((2, 1000))
    polygon = np.array([(0.1, 0.1), (0.9, 0.2), (0.5, 0.9)])
    whole = geometry.in_polygon(x, y, polygon)
    monkeypatch.setattr(geometry, "_BLOCK", 7)
    assert 100 < whole.sum() < 900
    assert np.array_equal(geometry.in_polygon(x, y, polygon), whole)


def test_edges_of_a_box_are_not_rounded_to_float32():
    x = np.array([0.1], dtype=np.float32)  # 0.100000001490116 in float64
    assert len(Selection(1, x=x, y=x).box(0.1, 1, 0.1, 1)) == 1
    assert len(Selection(1, x=x, y=x).box(0.1000000015, 1, 0.1, 1)) == 0


def test_rows_without_coordinates_are_in_nothing_but_an_inversion(catalogue):
    x, y, table, labels = catalogue
    lost = [7, 11, 13]
    selection = Selection(60, x=x, y=y, table=table, labels=labels)
    everywhere = [(-9, -9), (99, -9), (99, 99), (-9, 99)]
    assert not np.isin(lost, selection.lasso(everywhere).indices).any()
    assert not np.isin(lost, selection.box(-9, 99, -9, 99).indices).any()
    assert not np.isin(lost, selection.nearest(0, 0, 60).indices).any()
    assert selection.invert().indices.tolist() == lost


@pytest.mark.parametrize("name", ["class", "period", "group", "flag"])
def test_channels_of_an_index_answer_as_columns_of_a_table_do(catalogue, name):
    _, _, table, labels = catalogue
    period = table["period"].astype(np.float32)
    table = {"class": table["class"], "period": period, "group": labels, "flag": labels > 1}
    x, y = np.random.default_rng(1).random((2, 60))
    column, channel = Selection(60, table=table), Selection(60, index=PointIndex(x, y, channels=table))
    for selection in (column, channel):
        if name == "period":
            selection.range("period", float(period.min(initial=1, where=period > 0.3)), 0.9)
        else:
            selection.category(name, table[name][0])
    assert 0 < len(column) < 60
    assert np.array_equal(column.indices, channel.indices)
