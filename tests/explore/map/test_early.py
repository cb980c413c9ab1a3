import numpy as np
import pytest

from astrokit.explore.index import PointIndex
from astrokit.explore.map import early
from astrokit.explore.map.early import EarlyIndex

WINDOW = (-1.0, 6.0, -2.0, 1.5)


@pytest.fixture
def stand_in(points):
    return EarlyIndex(points["x"], points["y"], {"class": points["class"], "flux": points["flux"]})


def test_counts_are_those_of_a_histogram(stand_in, points):
    frame = stand_in.frame(*WINDOW, 70, 35)
    edges = [np.linspace(WINDOW[2], WINDOW[3], 36), np.linspace(WINDOW[0], WINDOW[1], 71)]
    expected, _, _ = np.histogram2d(points["y"], points["x"], edges)
    assert np.array_equal(frame.counts, expected)
    assert np.array_equal(frame.x_edges, edges[1])


def test_it_sees_what_the_index_sees(stand_in, points):
    index = PointIndex(points["x"], points["y"], channels={"class": points["class"], "flux": points["flux"]})
    assert stand_in.categories == index.categories
    assert stand_in.values["flux"] == pytest.approx(index.values["flux"])
    assert stand_in.extent == pytest.approx(index.extent)
    everything = (-100.0, 100.0, -100.0, 100.0)
    mine = stand_in.frame(*everything, 1, 1, channel="class").by_category[:, 0, 0]
    assert np.array_equal(mine, index.frame(*everything, 1, 1, channel="class").by_category.sum(axis=(1, 2)))


def test_the_mean_of_a_value_is_that_of_the_rows_in_the_cell(stand_in, points):
    frame = stand_in.frame(*WINDOW, 1, 1, channel="flux")
    x, y = points["x"], points["y"]
    inside = (x >= WINDOW[0]) & (x < WINDOW[1]) & (y >= WINDOW[2]) & (y < WINDOW[3])
    assert frame.mean[0, 0] == pytest.approx(points["flux"][inside].mean(), rel=1e-5)


def test_of_many_points_one_in_stride_is_drawn(monkeypatch, points):
    monkeypatch.setattr(early, "MOST", 1000)
    sample = EarlyIndex(points["x"], points["y"], {"class": points["class"]})
    assert (sample.stride, sample.n_points, sample.n_samples) == (3, 1000, 3000)
    assert sample.frame(-100, 100, -100, 100, 4, 4, channel="class").by_category.sum() == 1000


def test_coordinates_that_are_not_finite_are_left_out():
    sample = EarlyIndex(
        np.array([0.0, np.nan, 1.0]), np.array([0.0, 1.0, np.inf]), {"v": np.array([1.0, 2.0, 3.0])}
    )
    assert sample.n_points == 1
    assert sample.frame(-1, 1, -1, 1, 1, 1, channel="v").mean[0, 0] == 1.0
