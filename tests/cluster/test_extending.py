import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.metrics import adjusted_rand_score

from astrokit.cluster import Hierarchy, extended, fit_gaussian_mixture, fit_k_means
from astrokit.errors import ParameterError
from astrokit.progress import Cancelled
from tests.cluster.test_hierarchy import crowd


def assigned(points, rows, **cut):
    """All points in the clusters of some of them."""
    tree = Hierarchy(points[rows], 5, progress=False)
    fitted = tree.cut(**cut)
    distance, nearest = cKDTree(points[rows]).query(points)
    density = 1 / np.maximum(distance, tree.core_distances[nearest])
    density[rows] = np.inf
    return fitted, extended(fitted, nearest, density)


@pytest.fixture(scope="module")
def points():
    return crowd()[0]


def test_fitted_sources_keep_what_they_had(points):
    rows = np.arange(0, len(points), 2)
    fitted, found = assigned(points, rows, min_cluster_size=15)
    np.testing.assert_array_equal(found.labels[rows], fitted.labels)
    np.testing.assert_allclose(found.probabilities[rows], fitted.probabilities, rtol=1e-6)
    np.testing.assert_array_equal(found.tree.point_node[rows], fitted.tree.point_node)


def test_the_others_go_to_the_islands_they_were_drawn_from_and_noise_stays_noise():
    points, truth = crowd()
    rows = np.sort(np.random.default_rng(2).choice(len(points), len(points) // 2, replace=False))
    _, found = assigned(points, rows, min_cluster_size=20)
    rest = np.setdiff1d(np.arange(len(points)), rows)
    assert adjusted_rand_score(truth[rest], found.labels[rest]) > 0.85
    noise = [(found.labels[part][truth[part] < 0] == -1).mean() for part in (rows, rest)]
    assert abs(noise[1] - noise[0]) < 0.1  # as much of it as among the fitted ones
    whole = Hierarchy(points, 10, progress=False).cut(40)
    assert adjusted_rand_score(whole.labels[rest], found.labels[rest]) > 0.85


def test_a_source_far_from_all_is_noise_though_the_nearest_one_is_in_a_cluster(points):
    fitted, _ = assigned(points, np.arange(len(points)), min_cluster_size=15)
    member = int(np.argmax(fitted.probabilities))
    found = extended(fitted, np.array([member, member, -1]), np.array([np.inf, 0.01, np.nan]))
    assert found.labels.tolist() == [fitted.labels[member], -1, -1]
    assert found.probabilities[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found.probabilities[2])
    assert found.tree.point_node[1] == 0
    assert found.tree.point_node[2] == -1


def test_the_branches_of_the_others_hold_them(points):
    rows = np.arange(0, len(points), 3)
    _, found = assigned(points, rows, min_cluster_size=10)
    counts = found.tree.counts()
    assert counts[0] == len(points)
    for node in range(len(counts)):
        below = found.tree.rows(node)
        assert len(below) == counts[node]
        if found.tree.label[node] >= 0:
            np.testing.assert_array_equal(below, np.flatnonzero(found.labels == found.tree.label[node]))
    some = np.arange(0, len(points), 7)
    assert found.tree.counts(some).tolist() == [
        np.isin(found.tree.rows(node), some).sum() for node in range(len(counts))
    ]


@pytest.mark.parametrize("fit", [fit_gaussian_mixture, fit_k_means])
def test_a_mixture_fitted_on_some_rows_assigns_all(fit):
    rng = np.random.default_rng(0)
    truth = rng.permutation(np.repeat([0, 1, 2], [3000, 2000, 1000]))
    points = rng.normal(np.array([0, 8, 20])[truth][:, None], 1, (6000, 2))
    points[3] = np.nan
    found = fit(points, 3, rows=np.arange(100, 700), progress=False)
    assert (found.labels == truth).mean() > 0.999
    assert found.labels[3] == -1
    assert found.sizes.tolist() == sorted(found.sizes, reverse=True)


@pytest.mark.parametrize("fit", [fit_gaussian_mixture, fit_k_means])
def test_mixture_and_k_means_can_be_cancelled(fit):
    points, asked = np.random.default_rng(0).normal(size=(300, 2)), []
    with pytest.raises(Cancelled):
        fit(points, 2, progress=False, cancelled=lambda: asked.append(0) or len(asked) > 2)


def test_other_numbers_are_the_same_clusters(points):
    found = Hierarchy(points, 5, progress=False).cut(15).named({0: "dwarfs"})
    numbers = np.roll(np.arange(found.n_clusters), 1)
    other = found.renumbered(numbers)
    for label in range(found.n_clusters):
        members = np.flatnonzero(found.labels == label)
        np.testing.assert_array_equal(members, np.flatnonzero(other.labels == numbers[label]))
        assert other.persistence[numbers[label]] == found.persistence[label]
        (node,) = np.flatnonzero(other.tree.label == numbers[label])
        np.testing.assert_array_equal(other.tree.rows(node), members)
    assert other.name(numbers[0]) == "dwarfs"
    assert (other.labels == -1).sum() == (found.labels == -1).sum()
    with pytest.raises(ParameterError, match="each once"):
        found.renumbered(np.zeros(found.n_clusters, int))
