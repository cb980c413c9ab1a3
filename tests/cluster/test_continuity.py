import numpy as np
import pytest

from astrokit.cluster import kept_numbers, overlaps


def test_overlaps_are_jaccard_indices():
    rng = np.random.default_rng(0)
    labels, others = rng.integers(-1, 4, (2, 500))
    found = overlaps(labels, others)
    assert len(found.cluster) == 16
    for cluster, other, jaccard in zip(*found, strict=True):
        mine, theirs = labels == cluster, others == other
        assert jaccard == pytest.approx((mine & theirs).sum() / (mine | theirs).sum())


def test_a_cluster_that_stays_keeps_its_number_and_a_new_one_takes_a_free_one():
    before = np.repeat([0, 1, 2, -1], [50, 30, 20, 10])
    after = np.repeat([2, 0, 1, -1], [45, 30, 20, 15])  # the same three, numbered otherwise
    assert kept_numbers(after, before).tolist() == [1, 2, 0]
    split = np.repeat([0, 1, 2, 3, -1], [26, 24, 30, 20, 10])  # the first in two; its larger half is it
    assert kept_numbers(split, before).tolist() == [0, 3, 1, 2]


def test_numbers_are_each_given_once_also_when_clusters_vanish():
    rng = np.random.default_rng(1)
    for _ in range(50):
        before, after = rng.integers(-1, rng.integers(1, 12), 60), rng.integers(-1, rng.integers(1, 12), 60)
        n = int(after.max(initial=-1)) + 1
        assert sorted(kept_numbers(after, before)) == list(range(n))
        assert sorted(kept_numbers(after, before, n_clusters=n + 2)) == list(range(n + 2))


def test_without_clusters_there_is_nothing_to_number():
    noise = np.full(9, -1)
    assert kept_numbers(noise, noise).tolist() == []
    assert kept_numbers(np.zeros(9, int), noise).tolist() == [0]
