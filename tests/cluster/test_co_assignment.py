import tracemalloc
from itertools import combinations

import numpy as np
import pytest

from astrokit.cluster.co_assignment import co_assignment
from astrokit.cluster.hierarchy import Hierarchy
from astrokit.errors import AstrokitError, ParameterError


def hdbscan_of(points, min_cluster_size, min_samples=5):
    def cluster(rows):
        return Hierarchy(points[rows], min_samples, progress=False).cut(min_cluster_size).labels

    return cluster


def planted(rng, n_noise=150):
    """Two far islands of 200 in a sea of noise."""
    truth = np.repeat([0, 1, -1], [200, 200, n_noise])
    points = rng.uniform(-10, 20, (len(truth), 2))
    points[truth >= 0] = rng.normal(10 * truth[truth >= 0, None], 0.4, (400, 2))
    return points, truth


def test_planted_clusters_come_back_and_what_is_drawn_into_the_noise_does_not():
    points, truth = planted(np.random.default_rng(0), n_noise=600)
    labels = Hierarchy(points, 10, progress=False).cut(20).labels
    islands = [int(np.bincount(labels[(truth == island) & (labels >= 0)]).argmax()) for island in (0, 1)]
    assert labels.max() >= 3  # HDBSCAN sees ripples in the noise, too
    # Bootstraps hold 63% of the sources, so of each cluster.
    found = co_assignment(hdbscan_of(points, 13, min_samples=10), labels, n_resamples=20, progress=False)
    assert np.flatnonzero(found.is_stable).tolist() == sorted(islands)
    assert found.matrix[islands, islands].min() > 0.9
    assert found.matrix[islands[0], islands[1]] == 0
    assert found.noise[-1] > 0.75  # noise is noise again
    assert found.noise[islands].max() < 0.05
    assert np.nanmean(found.support[labels < 0]) == pytest.approx(found.noise[-1], abs=0.02)
    assert found.support[truth >= 0].mean() > 0.95
    assert np.nanmean(found.support[(truth < 0) & (labels >= 0)]) < 0.6


def test_noise_alone_has_no_stable_cluster():
    points = np.random.default_rng(1).uniform(0, 1, (500, 2))
    labels = hdbscan_of(points, 10)(np.arange(500))
    assert labels.max() >= 1
    found = co_assignment(hdbscan_of(points, 6), labels, n_resamples=20, progress=False)
    assert not found.is_stable.any()
    assert found.recovery.mean() < 0.6


def test_an_island_cut_in_two_shows_beside_the_diagonal():
    points, truth = planted(np.random.default_rng(2))
    cut = np.where((truth == 1) & (points[:, 0] > 10), 2, truth)
    found = co_assignment(hdbscan_of(points, 40), cut, n_resamples=10, progress=False)
    assert found.matrix[1, 2] > 0.9
    assert found.matrix[0, 1] == 0
    assert found.is_stable.tolist() == [True, False, False]


def test_the_table_counts_every_pair_once():
    rng = np.random.default_rng(3)
    labels = rng.integers(-1, 3, 60)
    answers = []

    def cluster(rows):
        new = rng.integers(-1, 2, len(rows))
        answers.append((rows, new))
        return new

    found = co_assignment(cluster, labels, n_resamples=4, progress=False)
    together, pairs = np.zeros((2, 3, 3))
    for rows, new in answers:
        for i, j in combinations(range(len(rows)), 2):
            a, b = labels[rows[i]], labels[rows[j]]
            if a >= 0 and b >= 0:
                for at in {(a, b), (b, a)}:
                    pairs[at] += 1
                    together[at] += new[i] == new[j] >= 0
    np.testing.assert_allclose(found.matrix, together / pairs)
    member = int(np.flatnonzero(labels == 0)[0])
    shares = []
    for rows, new in answers:
        for i in np.flatnonzero(rows == member):
            others = np.flatnonzero((labels[rows] == 0) & (rows != member))
            shares.append(np.mean((new[others] == new[i]) & (new[i] >= 0)))
    assert found.support[member] == pytest.approx(np.mean(shares))


def test_groups_are_drawn_whole():
    groups, seen = np.repeat(np.arange(20), 5), []
    co_assignment(
        lambda rows: seen.append(rows) or np.zeros(len(rows), int),
        np.zeros(100, int),
        groups=groups,
        n_resamples=3,
        progress=False,
    )
    assert len(seen) == 3
    for rows in seen:
        assert set(np.bincount(groups[rows], minlength=20)) == {0, 5}


def test_a_cancel_keeps_what_was_done_and_needs_something_done():
    labels, asked = np.zeros(50, int), iter([False, False, True])
    found = co_assignment(
        lambda rows: np.zeros(len(rows), int), labels, progress=False, cancelled=lambda: next(asked)
    )
    assert found.n_resamples == 2
    with pytest.raises(AstrokitError, match="0 of 50 done"):
        co_assignment(lambda rows: rows, labels, progress=False, cancelled=lambda: True)


def test_labels_that_do_not_fit_the_rows_are_told():
    with pytest.raises(ParameterError, match="one label for each row"):
        co_assignment(lambda rows: np.zeros(3), np.zeros(50, int), progress=False)


def test_memory_stays_far_below_a_matrix_of_sources():
    labels = np.arange(200_000) % 7
    tracemalloc.start()
    co_assignment(lambda rows: labels[rows], labels, groups=labels, n_resamples=2, progress=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6  # a matrix of sources would be 160 GB as half precision
