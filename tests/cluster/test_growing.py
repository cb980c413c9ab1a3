import numba
import numpy as np
import pytest
from fast_hdbscan.hdbscan import compute_minimum_spanning_tree

from astrokit.cluster import growing
from astrokit.cluster.growing import spanning_tree
from astrokit.cluster.hierarchy import Hierarchy
from astrokit.progress import Cancelled, listening


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(0).normal(size=(3000, 3))


@pytest.mark.parametrize("min_samples", [1, 2, 10])
def test_round_by_round_it_is_the_tree_of_the_library(points, min_samples, monkeypatch):
    monkeypatch.setattr(growing, "BLOCK", 700)  # several blocks of neighbours
    found = spanning_tree(points, min_samples, progress=False)
    edges, _, core = compute_minimum_spanning_tree(points, min_samples=min_samples)
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))]
    np.testing.assert_array_equal(found.edges, edges)
    np.testing.assert_array_equal(found.core, core)


def test_it_tells_how_far_it_is(points, monkeypatch):
    monkeypatch.setattr(growing, "BLOCK", 700)
    heard = []
    with listening(lambda what, done, total: heard.append((done, total))):
        spanning_tree(points, 5)
    done = [share for share, _ in heard]
    assert {total for _, total in heard} == {200}
    assert done == sorted(done)
    assert 100 in done  # all neighbours are known
    assert done[-1] == pytest.approx(200, abs=5)
    assert len(done) > 8


@pytest.mark.parametrize("n_questions", [0, 2, 6])
def test_a_cancel_stops_it_between_its_parts(points, n_questions, monkeypatch):
    monkeypatch.setattr(growing, "BLOCK", 700)
    asked = []
    with pytest.raises(Cancelled):
        Hierarchy(points, 5, progress=False, cancelled=lambda: asked.append(0) or len(asked) > n_questions)
    assert len(asked) == n_questions + 1


@pytest.mark.full
def test_in_many_dimensions_the_library_goes_by_approximate_neighbours():
    points = np.random.default_rng(0).normal(size=(300, 40)) + np.repeat([[0], [9]], 150, axis=0)
    assert Hierarchy(points, 5, progress=False).cut(50).n_clusters == 2
