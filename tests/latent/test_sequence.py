import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.latent import position_along


def arc(n, width, seed=0, length=4.5):
    """Points along an arc of a circle, more than a half turn, and how far along each lies."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.random(n)) * length
    radius = 1 + width * rng.normal(size=n)
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]), turn


@pytest.mark.parametrize("width", [0.0, 0.05, 0.12])
def test_points_of_a_bent_island_are_put_in_order(width):
    points, turn = arc(1500, width)
    place = position_along(points)
    assert abs(np.corrcoef(np.argsort(np.argsort(place)), np.arange(1500))[0, 1]) > 0.99
    # No coordinate does as well: the arc comes back.
    assert max(abs(np.corrcoef(turn, points[:, k])[0, 1]) for k in (0, 1)) < 0.95


def test_places_are_spread_evenly_and_grow_with_the_first_coordinate():
    points, _ = arc(400, 0.05)
    for each in (points, points * [-1, 1]):
        place = position_along(each)
        np.testing.assert_allclose(np.sort(place), np.linspace(0, 1, 400))
        assert np.corrcoef(place, each[:, 0])[0, 1] > 0


def test_of_many_points_some_are_solved_and_the_others_follow_their_nearest():
    points, _ = arc(4000, 0.05)
    place = position_along(points, n_points=500)
    assert len(np.unique(place)) == 500
    assert abs(np.corrcoef(place, np.arange(4000))[0, 1]) > 0.99


def test_points_apart_from_the_island_have_no_place():
    points, _ = arc(300, 0.02)
    place = position_along(np.concatenate([points, points[:20] + 50]))
    assert np.isnan(place[300:]).all()
    assert np.isfinite(place[:300]).all()


def test_islands_of_more_dimensions_are_ordered_too():
    turn = np.linspace(0, 8, 900)
    helix = np.column_stack([np.cos(turn), np.sin(turn), turn / 3])
    assert abs(np.corrcoef(position_along(helix), turn)[0, 1]) > 0.999


@pytest.mark.parametrize("points", [np.zeros((5, 2)), np.full((40, 2), np.nan)])
def test_an_island_needs_more_points_than_neighbours_all_finite(points):
    with pytest.raises(ParameterError, match="14 or more, all finite"):
        position_along(points)
