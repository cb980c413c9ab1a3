import numpy as np
import pytest

from astrokit.cluster import density_clusters


def blobs(n_sources, n_each, rng):
    """Two far groups of sources: points, source, group."""
    group = np.repeat(np.arange(2), n_sources * n_each)
    points = rng.normal(0, 0.3, (len(group), 2)) + 6 * group[:, None]
    return points, np.arange(len(group)) // n_each, group


@pytest.mark.parametrize("n_per_source", [40, 5])
def test_points_of_a_group_share_a_label_even_those_that_were_not_drawn(n_per_source):
    points, source, group = blobs(12, 20, np.random.default_rng(0))
    labels = density_clusters(points, source, n_per_source=n_per_source)
    first, second = (np.bincount(labels[group == each] + 1, minlength=3) for each in (0, 1))
    assert first.argmax() != second.argmax()
    assert first.max() > 0.9 * first.sum()
    assert second.max() > 0.9 * second.sum()


def test_the_unit_of_a_feature_does_not_matter():
    rng = np.random.default_rng(1)
    points, source, _ = blobs(12, 20, rng)
    points = np.column_stack([points, rng.normal(0, 1, len(points))])
    labels = density_clusters(points, source)
    np.testing.assert_array_equal(labels, density_clusters(points * [1, 1, 1000], source))


def test_a_source_seen_often_does_not_drown_the_others():
    rng = np.random.default_rng(2)
    points, source, group = blobs(10, 10, rng)
    often = rng.uniform(-20, 26, (3000, 2))
    labels = density_clusters(np.concatenate([points, often]), np.r_[source, np.full(3000, -1)])
    found = [set(labels[:200][group == each].tolist()) - {-1} for each in (0, 1)]
    assert found[0]
    assert found[1]
    assert found[0].isdisjoint(found[1])
