"""Members, categories and means in a cell equal those of a direct count."""

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.errors import ParameterError
from astrokit.explore.index import PointIndex

from .conftest import histogram, stored
from .test_frames import clumps, few_places, window_around

WINDOW = {
    "zoom": st.floats(-2, 14),
    "place": st.integers(0, 10_000),
    "width": st.integers(1, 120),
    "random_state": st.integers(0, 1000),
}


def labelled(points, n_categories, random_state):
    rng = np.random.default_rng(random_state)
    codes = rng.integers(0, n_categories, len(points))
    return np.array([f"c{code:02d}" for code in codes]), codes


@pytest.mark.parametrize("n_categories", [1, 2, 7, 32])
@pytest.mark.parametrize("shape", [clumps, few_places])
@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 5000), **WINDOW)
def test_categories_equal_a_histogram_each(n_categories, shape, n, zoom, place, width, random_state):
    points = shape(n, random_state)
    labels, _ = labelled(points, n_categories, random_state)
    index = PointIndex(points[:, 0], points[:, 1], channels={"class": labels})
    frame = index.frame(*window_around(points, zoom, place, 1.0), width, width, channel="class")
    assert frame.by_category.shape[0] == len(index.categories["class"]) == len(np.unique(labels))
    for plane, label in zip(frame.by_category, index.categories["class"], strict=True):
        np.testing.assert_array_equal(plane, histogram(stored(index)[labels == label], frame))
    np.testing.assert_array_equal(frame.by_category.sum(axis=0), frame.counts)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 5000), share=st.floats(0, 1), **WINDOW)
def test_members_equal_a_histogram_of_them(n, share, zoom, place, width, random_state):
    points = clumps(n, random_state)
    mask = np.random.default_rng(random_state).random(n) < share
    index = PointIndex(points[:, 0], points[:, 1])
    window = window_around(points, zoom, place, 1.0)
    for rows in (mask, np.flatnonzero(mask)):
        frame = index.frame(*window, width, width, members=index.members(rows))
        np.testing.assert_array_equal(frame.members, histogram(points[mask].astype(float), frame))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 5000), **WINDOW)
def test_the_mean_of_a_value_leaves_out_nan(n, zoom, place, width, random_state):
    points = clumps(n, random_state)
    rng = np.random.default_rng(random_state)
    values = rng.normal(1e4, 1.0, n).astype(np.float32)
    values[rng.random(n) < 0.2] = np.nan
    index = PointIndex(points[:, 0], points[:, 1], channels={"teff": values})
    frame = index.frame(*window_around(points, zoom, place, 1.0), width, width, channel="teff")
    ny, nx = frame.counts.shape
    column = np.searchsorted(frame.x_edges, points[:, 0].astype(float), side="right") - 1
    row = np.searchsorted(frame.y_edges, points[:, 1].astype(float), side="right") - 1
    seen = (column >= 0) & (column < nx) & (row >= 0) & (row < ny) & np.isfinite(values)
    expected = pandas.Series(values[seen].astype(float)).groupby(row[seen] * nx + column[seen]).mean()
    assert np.isfinite(frame.mean).sum() == len(expected)
    # float32 answers at 1e4 are 1e-3 apart, and the running sums are of values less their mean.
    np.testing.assert_allclose(frame.mean.ravel()[expected.index], expected, rtol=0, atol=2e-3)


def test_a_channel_comes_back_in_the_callers_order():
    points = clumps(1000, 0)
    points[5] = np.nan
    labels, codes = labelled(points, 4, 0)
    values = np.arange(1000, dtype=np.float32)
    index = PointIndex(points[:, 0], points[:, 1], channels={"class": labels, "value": values})
    expected = codes.astype(np.int16)
    expected[5] = -1
    np.testing.assert_array_equal(index.channel("class"), expected)
    assert np.isnan(index.channel("value")[5])
    np.testing.assert_array_equal(np.delete(index.channel("value"), 5), np.delete(values, 5))


@pytest.mark.parametrize(
    ("array", "labels", "missing"),
    [
        (np.array(["b", "a", "b"]), ["a", "b"], 0),
        (np.array([True, False, True]), ["False", "True"], 0),
        (np.array([3, 1, 3]), ["1", "3"], 0),
        (pandas.Series(["b", None, "a"]), ["a", "b"], 1),
        (pandas.Categorical(["b", "a", None], categories=["a", "b"]), ["a", "b"], 1),
        (pandas.Categorical(["b", "a", None], categories=["z", "b", "y", "a"]), ["b", "a"], 1),
        (np.ma.array(["b", "a", "x"], mask=[False, False, True]), ["a", "b"], 1),
        (np.array([b"b", b"a", b"b"]), ["a", "b"], 0),
        (["b", "a", "b"], ["a", "b"], 0),
    ],
)
def test_kinds_of_labels(array, labels, missing):
    index = PointIndex([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], channels={"class": array})
    assert index.categories["class"] == labels
    frame = index.frame(-1, 1, -1, 1, 4, 4, channel="class")
    assert frame.by_category.sum() == 3 - missing
    assert frame.counts.sum() == 3


def test_codes_follow_the_order_of_categories_and_leave_out_unused_ones():
    kinds = pandas.Categorical(["b", None, "a", "b"], categories=["z", "b", "y", "a"])
    index = PointIndex(np.zeros(4), np.zeros(4), channels={"class": kinds})
    assert index.channel("class").tolist() == [0, -1, 1, 0]


def test_too_many_categories_and_unknown_channels_are_refused():
    x = np.arange(40.0)
    with pytest.raises(ParameterError, match="at most 32"):
        PointIndex(x, x, channels={"id": np.arange(40)})
    with pytest.raises(ParameterError, match="shape"):
        PointIndex(x, x, channels={"class": np.arange(3)})
    with pytest.raises(ParameterError, match="channel"):
        PointIndex(x, x).frame(0, 1, 0, 1, 4, 4, channel="class")


def test_wrong_members_are_refused():
    index = PointIndex(np.arange(5.0), np.arange(5.0))
    for rows in ([5], [-1], [0.5], np.ones(4, dtype=bool), [[0, 1]]):
        with pytest.raises(ParameterError, match="rows"):
            index.members(rows)


def test_channels_stay_within_the_memory_that_is_stated():
    rng = np.random.default_rng(0)
    n = 200_000
    x, y = rng.normal(size=(2, n)).astype(np.float32)
    bare = PointIndex(x, y).nbytes
    assert bare <= 20 * n
    coloured = PointIndex(x, y, channels={"class": rng.integers(0, 32, n)}).nbytes
    assert coloured - bare <= 2.01 * n
    valued = PointIndex(x, y, channels={"value": rng.random(n)}).nbytes
    assert valued - bare <= 4.41 * n
