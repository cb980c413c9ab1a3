"""Counts are those of a float64 histogram on the frame's own grid, at every zoom."""

import datashader
import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.errors import ParameterError
from astrokit.explore.index import PointIndex

from .conftest import histogram, stored


def clumps(n, random_state, kind=np.float32):
    rng = np.random.default_rng(random_state)
    which = rng.integers(0, 5, n)
    centre = rng.normal(size=(5, 2))
    width = 10.0 ** rng.uniform(-5, 0, 5)
    return (centre[which] + rng.normal(size=(n, 2)) * width[which, None]).astype(kind)


def line(n, random_state, kind=np.float32):
    t = np.random.default_rng(random_state).uniform(-1, 1, n)
    return np.column_stack([t, 1e-4 * t]).astype(kind)


def on_edges(n, random_state, kind=np.float32):
    return (np.random.default_rng(random_state).integers(-32, 32, (n, 2)) / 16).astype(kind)


def few_places(n, random_state, kind=np.float32):
    rng = np.random.default_rng(random_state)
    return rng.normal(size=(7, 2))[rng.integers(0, 7, n)].astype(kind)


def all_equal(n, random_state, kind=np.float32):
    return np.full((n, 2), np.random.default_rng(random_state).normal(), dtype=kind)


def with_far_outlier(n, random_state, kind=np.float32):
    points = clumps(n, random_state, kind)
    points[0] = 1e7, -1e7
    return points


def tiny_and_negative(n, random_state, kind=np.float32):
    return (clumps(n, random_state, np.float64) * 1e-30 - 1e-31).astype(kind)


def far_from_zero(n, random_state, kind=np.float32):
    return (1e6 + clumps(n, random_state, np.float64)).astype(kind)


SHAPES = [
    clumps,
    line,
    on_edges,
    few_places,
    all_equal,
    with_far_outlier,
    tiny_and_negative,
    far_from_zero,
]


def check(index, window, width, height):
    frame = index.frame(*window, width, height)
    (x0, x1, y0, y1), (ny, nx) = frame.extent, frame.counts.shape
    assert x0 <= window[0]
    assert x1 >= window[1]
    assert y0 <= window[2]
    assert y1 >= window[3]
    for low, high, n, left, right, pixels in (
        (window[0], window[1], nx, x0, x1, width),
        (window[2], window[3], ny, y0, y1, height),
    ):
        cell, pixel = (right - left) / n, (high - low) / pixels
        assert 0.5 * pixel * (1 - 1e-9) <= cell <= pixel * (1 + 1e-9)
        # The smallest window that covers: no column could be left out at either end.
        assert left + cell > low
        assert right - cell < high
    points = stored(index)
    assert frame.counts.dtype == np.uint32
    np.testing.assert_array_equal(frame.counts, histogram(points, frame, index.offset))


def window_around(points, zoom, place, scale):
    """A window around some point, `zoom` powers of two smaller than the whole."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    size = np.maximum(high - low, np.spacing(np.abs(points).max().astype(np.float32)) * 100) * scale
    centre = points[place % len(points)].astype(float)
    half = size * 2.0**-zoom / 2
    return centre[0] - half[0], centre[0] + half[0], centre[1] - half[1], centre[1] + half[1]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(1, 3000),
    zoom=st.floats(-3, 22),
    place=st.integers(0, 10_000),
    scale=st.floats(0.3, 3),
    width=st.integers(1, 200),
    height=st.integers(1, 200),
    random_state=st.integers(0, 1000),
)
def test_counts_equal_a_histogram(shape, kind, n, zoom, place, scale, width, height, random_state):
    points = shape(n, random_state, kind)
    index = PointIndex(points[:, 0], points[:, 1])
    check(index, window_around(points, zoom, place, scale), width, height)


def test_counts_of_many_points_at_every_zoom():
    points = clumps(300_000, 0)
    index = PointIndex(points[:, 0], points[:, 1])
    for zoom in range(-2, 20):
        check(index, window_around(points, zoom, zoom * 1001, 1.3), 320, 240)


def test_a_point_a_hair_below_an_edge_is_left_of_it():
    """-1e-30 less the grid's origin, -1, rounds to 1: the cell right of the edge, where it is not."""
    x = np.array([-1.0, -1e-30, 0.0, 1e-30, 0.99], dtype=np.float32)
    index = PointIndex(x, x)
    frame = index.frame(-1, 1, -1, 1, 2, 2)
    assert 0.0 in frame.x_edges
    np.testing.assert_array_equal(frame.counts, histogram(stored(index), frame))
    np.testing.assert_array_equal(index.box(-1, 0, -1, 0), [0, 1])


def test_windows_of_very_different_zoom_along_the_axes():
    points = clumps(50_000, 1)
    index = PointIndex(points[:, 0], points[:, 1])
    x0, x1, y0, y1 = index.extent
    at = points[7]
    check(index, (x0, x1, at[1] - 1e-5, at[1] + 1e-5), 100, 100)
    check(index, (at[0] - 1e-5, at[0] + 1e-5, y0 - 100, y1 + 1e6), 100, 100)


def test_below_the_finest_cells_the_window_itself_is_divided():
    x = np.linspace(0, 1, 1001).astype(np.float32)
    index = PointIndex(x, x)
    at = float(x[500])
    frame = index.frame(at - 1e-9, at + 1e-9, at - 1e-9, at + 1e-9, 640, 480)
    assert frame.counts.shape == (480, 640)
    assert frame.extent == (at - 1e-9, at + 1e-9, at - 1e-9, at + 1e-9)
    np.testing.assert_array_equal(frame.counts, histogram(stored(index), frame))
    assert frame.counts.sum() == 1


def test_windows_without_points_are_empty():
    points = clumps(1000, 2)
    index = PointIndex(points[:, 0], points[:, 1])
    _, x1, y0, y1 = index.extent
    for window in ((x1 + 5, x1 + 6, y0, y1), (-1e30, -1e29, -1e30, 1e30), (x1 + 1e-9, x1 + 2e-9, y0, y1)):
        assert index.frame(*window, 64, 48).counts.sum() == 0


def test_float32_is_kept_bit_for_bit_and_float64_is_recentred():
    points = clumps(1000, 3)
    np.testing.assert_array_equal(stored(PointIndex(points[:, 0], points[:, 1])), points)
    fine = 1e9 + np.random.default_rng(0).normal(size=(1000, 2))
    index = PointIndex(fine[:, 0], fine[:, 1])
    # In float32 alone the spacing at 1e9 is 64: recentred, nothing worse than 1e-6 is lost.
    assert np.abs(stored(index) + index.offset - fine).max() < 1e-6


def test_rows_that_are_not_finite_are_counted_and_left_out():
    points = clumps(1000, 4)
    points[::7, 0] = np.nan
    points[3::50, 1] = np.inf
    index = PointIndex(points[:, 0], points[:, 1])
    finite = np.isfinite(points).all(axis=1)
    assert (index.n_samples, index.n_points, index.n_dropped) == (1000, finite.sum(), (~finite).sum())
    x0, x1, y0, y1 = index.extent
    assert index.frame(x0 - 1, x1 + 1, y0 - 1, y1 + 1, 50, 50).counts.sum() == finite.sum()


@pytest.mark.parametrize("n", [0, 3])
def test_an_index_without_a_single_point_still_answers(n):
    index = PointIndex(np.full(n, np.nan), np.zeros(n))
    assert index.n_points == 0
    assert index.frame(-1, 1, -1, 1, 10, 10).counts.sum() == 0
    assert len(index.inside([(0, 0), (1, 0), (1, 1)])) == len(index.nearest(0, 0, 5)) == 0


def test_agrees_with_datashader_but_for_points_within_one_float_of_an_edge():
    points = clumps(200_000, 5)
    index = PointIndex(points[:, 0], points[:, 1])
    frame = index.frame(*index.extent, 300, 200)
    ny, nx = frame.counts.shape
    canvas = datashader.Canvas(nx, ny, frame.extent[:2], frame.extent[2:])
    table = pandas.DataFrame({"x": points[:, 0].astype(float), "y": points[:, 1].astype(float)})
    theirs = canvas.points(table, "x", "y", datashader.count()).to_numpy().astype(np.int64)
    near = np.zeros(len(points), dtype=bool)
    for axis, edges in ((0, frame.x_edges), (1, frame.y_edges)):
        values = points[:, axis].astype(float)
        gap = np.abs(values[:, None] - edges[np.searchsorted(edges, values)[:, None] + [-1, 0]]).min(axis=1)
        near |= gap <= np.spacing(np.abs(points[:, axis]))
    assert np.abs(theirs - frame.counts.astype(np.int64)).sum() <= 2 * near.sum()


def test_the_callers_arrays_may_be_strided_lists_or_series():
    points = clumps(500, 6)
    expected = PointIndex(points[:, 0].copy(), points[:, 1].copy()).frame(-2, 2, -2, 2, 64, 64).counts
    for x, y in (
        (points[:, 0], points[:, 1]),
        (points[:, 0].tolist(), points[:, 1].tolist()),
        (pandas.Series(points[:, 0]), pandas.Series(points[:, 1])),
    ):
        counts = PointIndex(x, y).frame(-2, 2, -2, 2, 64, 64).counts
        assert counts.sum() == expected.sum()


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros(3), np.zeros(4)),
        (np.zeros((3, 2)), np.zeros((3, 2))),
        (["a", "b"], [1, 2]),
        (np.array([0.0, 1e300]), np.array([0.0, 1.0])),
    ],
)
def test_wrong_coordinates_are_refused(x, y):
    with pytest.raises(ParameterError, match="x and y"):
        PointIndex(x, y)


@pytest.mark.parametrize(
    "window",
    [
        (1, 0, 0, 1, 10, 10),
        (0, 0, 0, 1, 10, 10),
        (np.nan, 1, 0, 1, 10, 10),
        (0, np.inf, 0, 1, 10, 10),
        (0, 1, 0, 1, 0, 10),
        (0, 1, 0, 1, 10, 100_000),
        (0, 1, -1e200, 1, 10, 10),
    ],
)
def test_wrong_windows_are_refused(window):
    with pytest.raises(ParameterError, match="window"):
        PointIndex([0.0, 1.0], [0.0, 1.0]).frame(*window)
