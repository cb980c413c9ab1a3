from itertools import product

import numba
import numpy as np
import pytest
from fast_hdbscan import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from astrokit.cluster import fit_gaussian_mixture, fit_k_means
from astrokit.cluster.hierarchy import Hierarchy
from astrokit.cluster.quality import label_agreement, silhouette
from astrokit.errors import DataError, ParameterError

PAIRS = list(product((3, 5, 12), (5, 8, 15, 30, 60), ("eom", "leaf")))


def crowd(n_noise=400):
    """Islands of many densities in noise, and their truth."""
    rng = np.random.default_rng(0)
    places = rng.uniform(-20, 20, (8, 3))
    truth = np.concatenate([np.repeat(np.arange(8), rng.integers(60, 400, 8)), np.full(n_noise, -1)])
    widths = rng.uniform(0.2, 1.2, 8)
    points = rng.uniform(-20, 20, (len(truth), 3))
    inside = truth >= 0
    points[inside] = rng.normal(places[truth[inside]], widths[truth[inside], None])
    return points, truth


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """With several the library breaks ties of equal distance now one way, now another."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="module")
def points():
    return crowd()[0]


@pytest.fixture(scope="module")
def grown(points):
    return Hierarchy(points, 5, progress=False)


def assert_same(found, fresh):
    np.testing.assert_array_equal(found.labels == -1, fresh.labels_ == -1)
    assert adjusted_rand_score(found.labels, fresh.labels_) == 1.0
    np.testing.assert_array_equal(found.probabilities, fresh.probabilities_)


def test_there_are_thirty_pairs_of_parameters():
    assert len(PAIRS) == 30


@pytest.mark.parametrize(("min_samples", "min_cluster_size", "method"), PAIRS)
def test_a_cut_of_the_tree_is_what_a_fresh_fit_gives(points, grown, min_samples, min_cluster_size, method):
    found = grown.with_min_samples(min_samples, progress=False).cut(min_cluster_size, method=method)
    fresh = HDBSCAN(
        min_samples=min_samples,
        min_cluster_size=min_cluster_size,
        cluster_selection_method=method,
    ).fit(points)
    assert found.n_clusters == fresh.labels_.max() + 1
    assert_same(found, fresh)


@pytest.mark.parametrize("epsilon", [0.4, 1.0, 2.5])
def test_epsilon_does_what_it_does_in_a_fresh_fit(points, grown, epsilon):
    found = grown.cut(8, method="leaf", epsilon=epsilon)
    options = {"cluster_selection_method": "leaf", "cluster_selection_epsilon": epsilon}
    fresh = HDBSCAN(min_samples=5, min_cluster_size=8, **options).fit(points)
    assert found.n_clusters < grown.cut(8, method="leaf").n_clusters
    assert_same(found, fresh)


def test_planted_islands_are_found_and_noise_is_called_noise():
    points, truth = crowd()
    found = Hierarchy(points, 10, progress=False).cut(40)
    assert found.n_clusters == 8
    assert adjusted_rand_score(truth, found.labels) > 0.9
    assert (found.labels[truth < 0] == -1).mean() > 0.8  # the rest lies within the islands' skirts


def test_rows_with_nan_are_in_no_cluster_and_change_nothing_for_the_others(points, grown):
    holed = np.insert(points, 10, np.nan, axis=0)
    hierarchy = Hierarchy(holed, 5, progress=False)
    found, plain = hierarchy.cut(15), grown.cut(15)
    assert found.labels[10] == -1
    assert np.isnan(found.probabilities[10])
    assert np.isnan(hierarchy.core_distances[10])
    np.testing.assert_array_equal(np.delete(found.labels, 10), plain.labels)
    assert found.tree.point_node[10] == -1
    assert 10 not in hierarchy.spanning_tree[:, :2]


def test_the_spanning_tree_is_as_light_as_scipys_and_core_distances_are_exact(points, grown):
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import cdist

    distances = cdist(points, points)
    core = np.sort(distances, axis=1)[:, 5]
    np.testing.assert_allclose(grown.core_distances, core, rtol=1e-4)
    reach = np.maximum(np.maximum(core[:, None], core), distances)
    weight = minimum_spanning_tree(np.triu(reach, 1)).sum()
    # The library computes in single precision.
    np.testing.assert_allclose(grown.spanning_tree[:, 2].sum(), weight, rtol=1e-5)


def test_the_tree_is_grown_once_for_each_min_samples(points, monkeypatch):
    from astrokit.cluster import hierarchy as module

    grown, original = [], module.spanning_tree

    def counted(points, min_samples, **options):
        grown.append(min_samples)
        return original(points, min_samples, **options)

    monkeypatch.setattr(module, "spanning_tree", counted)
    hierarchy = Hierarchy(points, 5, progress=False)
    for min_cluster_size, method in product((5, 10, 20), ("eom", "leaf")):
        hierarchy.cut(min_cluster_size, method=method)
    other = hierarchy.with_min_samples(9, progress=False)
    assert other.with_min_samples(5) is hierarchy
    assert hierarchy.with_min_samples(9) is other
    assert grown == [5, 9]
    assert [hierarchy.has(min_samples) for min_samples in (5, 9, 10)] == [True, True, False]


def test_old_trees_are_let_go(points):
    hierarchy = Hierarchy(points[:300], 2, progress=False)
    for min_samples in range(3, 14):
        hierarchy = hierarchy.with_min_samples(min_samples, progress=False)
    assert len(hierarchy._grown) == 8


def test_the_condensed_tree_leads_to_the_points(points, grown):
    found = grown.cut(15)
    tree = found.tree
    assert tree.rows(0).tolist() == list(range(len(points)))
    assert (tree.parent[1:] < np.arange(1, len(tree.parent))).all()
    for label in range(found.n_clusters):
        (node,) = np.flatnonzero(tree.label == label)
        below = tree.rows(node)
        assert len(below) == tree.size[node]
        np.testing.assert_array_equal(below, np.flatnonzero(found.labels == label))
    for node in range(len(tree.parent)):
        children = tree.children(node)
        assert len(children) in (0, 2)
        assert set(np.concatenate([tree.rows(child) for child in children] or [[]])) <= set(tree.rows(node))
        assert (tree.birth[children] >= tree.birth[node]).all()


def test_an_island_persists_and_a_ripple_does_not():
    rng = np.random.default_rng(1)
    islands = np.concatenate([rng.normal(0, 0.1, (200, 2)), rng.normal(9, 0.1, (200, 2))])
    firm = Hierarchy(islands, 5, progress=False).cut(50).persistence
    ripples = Hierarchy(rng.uniform(0, 1, (400, 2)), 5, progress=False).cut(10, method="leaf").persistence
    assert len(firm) == 2
    assert len(ripples) > 2
    assert firm.min() > 0.9
    assert ripples.max() < 0.6


def test_duplicates_have_a_finite_persistence():
    spread = np.random.default_rng(0).normal(5, 1, (80, 2))
    points = np.concatenate([np.zeros((50, 2)), np.ones((50, 2)), spread])
    found = Hierarchy(points, 5, progress=False).cut(20)
    assert found.n_clusters >= 2
    assert np.isfinite(found.persistence).all()
    assert np.isfinite(found.tree.death).all()


def test_points_without_structure_give_no_cluster():
    found = Hierarchy(np.random.default_rng(0).normal(size=(60, 2)), 5, progress=False).cut(40)
    assert found.n_clusters == 0
    assert (found.labels == -1).all()
    assert found.tree.children(0).tolist() == []


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda h: h.cut(1), ["min_cluster_size", "2 or more"]),
        (lambda h: h.cut(5.5), ["min_cluster_size", "5.5"]),
        (lambda h: h.cut(5, method="best"), ["eom", "best"]),
        (lambda h: h.cut(5, epsilon=-1.0), ["epsilon", "-1"]),
        (lambda h: h.with_min_samples(0), ["min_samples", "1 or more"]),
        (lambda h: Hierarchy(np.zeros((4, 2)), 5), ["7 or more", "4 in shape (4, 2)"]),
        (lambda h: Hierarchy(np.zeros(4), 5), ["(n_samples, n_features)", "(4,)"]),
        (lambda h: h.cut(15).named({99: "dwarfs"}), ["labels from 0", "99"]),
        (lambda h: fit_k_means(np.zeros((3, 2)), 5), ["5 or more", "3 in shape (3, 2)"]),
    ],
)
def test_wrong_parameters_are_told_with_numbers(grown, call, names):
    with pytest.raises(ParameterError) as told:
        call(grown)
    assert all(name in str(told.value) for name in names)


@pytest.mark.parametrize("fit", [fit_gaussian_mixture, fit_k_means])
def test_mixture_and_k_means_find_planted_groups_and_leave_nan_out(fit):
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], [300, 200, 100])
    points = rng.normal(np.array([0, 8, 20])[truth][:, None], 1, (600, 2))
    points[5] = np.nan
    found = fit(points, 3)
    finite = np.arange(600) != 5
    np.testing.assert_array_equal(found.labels[finite], truth[finite])  # the largest comes first
    assert found.labels[5] == -1
    assert np.isnan(found.probabilities[5])
    assert found.probabilities[finite].min() > 0.5
    assert found.sizes.tolist() == [299, 200, 100]


def test_probabilities_are_even_between_two_means():
    right = np.random.default_rng(0).normal(2, 1, 500)
    points = np.concatenate([right, -right, [0.0]])[:, None]
    for fit in (fit_gaussian_mixture, fit_k_means):
        assert abs(fit(points, 2).probabilities[-1] - 0.5) < 0.02


def test_names_are_kept_taken_away_and_have_defaults(grown):
    found = grown.cut(15).named({0: "RR Lyrae", 1: "Cepheids"}).named({1: ""})
    assert [found.name(label) for label in (0, 1, -1)] == ["RR Lyrae", "cluster 1", "noise"]


def test_the_silhouette_is_scikit_learns():
    from sklearn.metrics import silhouette_samples

    points, truth = crowd()
    found = silhouette(points, truth, n_queries=len(points))
    expected = silhouette_samples(points[truth >= 0], truth[truth >= 0])
    np.testing.assert_allclose(found.values, expected, atol=1e-12)
    by_cluster = [expected[truth[truth >= 0] == label].mean() for label in range(8)]
    np.testing.assert_allclose(found.by_cluster, by_cluster)


def test_a_sampled_silhouette_has_the_whole_one_in_its_interval():
    points, truth = crowd()
    whole = silhouette(points, truth, n_queries=len(points)).mean.value
    low, high = silhouette(points, truth, n_queries=300, random_state=3).mean.interval
    assert low < whole < high
    assert high - low < 0.1


def test_rows_that_repeat_a_source_widen_the_interval_only_by_groups():
    points, truth = (each[::5] for each in crowd())
    many, classes = np.repeat(points, 4, axis=0), np.repeat(truth, 4)
    source = np.repeat(np.arange(len(points)), 4)
    options = {"n_queries": len(many), "n_resamples": 200}
    loose, honest = (silhouette(many, classes, groups=each, **options).mean for each in (None, source))
    assert honest.high - honest.low > 1.5 * (loose.high - loose.low)


def test_one_cluster_has_no_silhouette():
    with pytest.raises(DataError, match="at least 2 clusters, got 1"):
        silhouette(np.zeros((5, 1)), [0, 0, 0, -1, -1])


def test_agreement_leaves_out_what_has_no_class_and_tells_an_interval():
    _, truth = crowd()
    classes = np.array([f"class {label}" for label in truth], object)
    classes[::3], classes[1::3] = None, ""
    found = label_agreement(np.where(np.arange(len(truth)) % 3 < 2, 0, truth), classes)
    assert found.value == 1.0
    mixed = np.where(np.random.default_rng(0).random(len(truth)) < 0.3, 0, truth)
    estimate = label_agreement(mixed, truth)
    assert estimate.value == pytest.approx(adjusted_rand_score(truth, mixed))
    assert 0 < estimate.low < estimate.value < estimate.high < 1
