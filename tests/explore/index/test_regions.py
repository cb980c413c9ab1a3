"""Points in polygons and boxes, and nearest points, are those of brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.errors import ParameterError
from astrokit.explore.index import PointIndex

from .conftest import brute_even_odd, stored
from .test_frames import SHAPES, clumps, on_edges, window_around

PLACES = {
    "n": st.integers(1, 3000),
    "zoom": st.floats(-2, 12),
    "place": st.integers(0, 10_000),
    "random_state": st.integers(0, 1000),
}


def star(window, n_vertices, random_state):
    """A polygon that crosses itself, in and around a window."""
    x0, x1, y0, y1 = window
    rng = np.random.default_rng(random_state)
    return np.column_stack([rng.uniform(x0, x1, n_vertices), rng.uniform(y0, y1, n_vertices)])


def check_polygon(index, polygon):
    x, y = stored(index).T
    expected = np.flatnonzero(brute_even_odd(x, y, polygon - np.array(index.offset)))
    rows = index.inside(polygon)
    assert rows.dtype == np.int64
    np.testing.assert_array_equal(rows, expected)
    return len(expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@settings(max_examples=20, deadline=None)
@given(n_vertices=st.integers(3, 60), **PLACES)
def test_inside_equals_brute_force(shape, kind, n, zoom, place, random_state, n_vertices):
    points = shape(n, random_state, kind)
    index = PointIndex(points[:, 0], points[:, 1])
    check_polygon(index, star(window_around(points, zoom, place, 1.0), n_vertices, random_state))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), random_state=st.integers(0, 1000))
def test_vertices_and_edges_on_the_points_themselves(data, random_state):
    points = on_edges(2000, random_state)
    index = PointIndex(points[:, 0], points[:, 1])
    corner = st.tuples(st.integers(-33, 33), st.integers(-33, 33))
    polygon = np.array(data.draw(st.lists(corner, min_size=3, max_size=12)), dtype=float) / 16
    check_polygon(index, polygon)


def test_a_lasso_among_many_points():
    points = clumps(400_000, 0)
    index = PointIndex(points[:, 0], points[:, 1])
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = 0.3 + 0.1 * np.sin(7 * angle)
    for centre in points[:5]:
        found = check_polygon(
            index, centre + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
        )
        assert found > 1000


@pytest.mark.parametrize(
    "polygon",
    [[(0, 0), (1, 1)], [(0, 0, 0)] * 3, [(0, 0), (1, 0), (np.nan, 1)], [(0, 0), (1, 0), (np.inf, 1)]],
)
def test_wrong_polygons_are_refused(polygon):
    with pytest.raises(ParameterError, match="polygon"):
        PointIndex([0.0], [0.0]).inside(polygon)


def test_a_flat_polygon_holds_nothing():
    index = PointIndex(np.linspace(0, 1, 50), np.zeros(50))
    assert len(index.inside([(0, 0), (1, 0), (0.5, 0)])) == 0


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=20, deadline=None)
@given(**PLACES)
def test_a_box_is_half_open_and_equals_brute_force(shape, n, zoom, place, random_state):
    points = shape(n, random_state)
    index = PointIndex(points[:, 0], points[:, 1])
    x0, x1, y0, y1 = window_around(points, zoom, place, 1.0)
    # Both ends along x, and one along y, lie on points: in at the lower end, out at the upper.
    x0, x1 = sorted(points[[place % n, place // 2 % n], 0].astype(float))
    x1, y1 = max(x1, np.nextafter(x0, np.inf)), max(float(points[place % n, 1]), np.nextafter(y0, np.inf))
    x, y = points.astype(float).T
    np.testing.assert_array_equal(
        index.box(x0, x1, y0, y1), np.flatnonzero((x0 <= x) & (x < x1) & (y0 <= y) & (y < y1))
    )


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=20, deadline=None)
@given(k=st.integers(1, 80), aspect=st.floats(0.01, 100), **PLACES)
def test_nearest_equals_brute_force(shape, n, zoom, place, random_state, k, aspect):
    points = shape(n, random_state)
    index = PointIndex(points[:, 0], points[:, 1])
    x, y = star(window_around(points, zoom, place, 1.0), 1, random_state)[0]
    dx, dy = points[:, 0].astype(float) - x, (points[:, 1].astype(float) - y) * aspect
    expected = np.lexsort((np.arange(n), dx * dx + dy * dy))[:k]
    np.testing.assert_array_equal(index.nearest(x, y, k, aspect=aspect), expected)
    rows, positions = index.nearest_points(x, y, k, aspect=aspect)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_array_equal(positions, points[expected])


@pytest.mark.parametrize("wrong", [(np.nan, 0, 1, 1.0), (0, 0, 0, 1.0), (0, 0, 1, 0.0), (0, np.inf, 1, 1.0)])
def test_wrong_places_are_refused(wrong):
    with pytest.raises(ParameterError, match="nearest"):
        PointIndex([0.0], [0.0]).nearest(*wrong[:3], aspect=wrong[3])
