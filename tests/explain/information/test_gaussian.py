"""`pid_gaussian` against values by hand and draws of the same Gaussian."""

import numpy as np
import pytest

from astrokit.explain import pid_gaussian
from astrokit.explain.information.gaussian import mean_absolute

SUM = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 2.25]])  # Y = X1 + X2 + 0.5 N


def atoms(decomposition):
    return np.array(list(decomposition.atoms.values()))


def random_covariance(seed, n):
    root = np.random.default_rng(seed).normal(size=(n, n + 2))
    return root @ root.T


def log_density(z, cov):
    distance = (z * np.linalg.solve(cov, z.T).T).sum(axis=1)
    return -(distance + np.linalg.slogdet(2 * np.pi * cov)[1]) / 2


def test_the_sum_of_two_normals_by_hand():
    of_one, of_both = -np.log(1 - 1 / 2.25) / 2, np.log(9) / 2
    found = pid_gaussian(SUM, 1, 1, 1, measure="mmi", unit="nats")
    assert atoms(found) == pytest.approx([of_one, 0, 0, of_both - of_one])
    # |i1 - i2| = |uv| sqrt(6) / 2.5 with independent normals u and v, whose mean is 2 / pi.
    least = of_one - np.sqrt(6) / 2.5 / np.pi
    found = pid_gaussian(SUM, 1, 1, 1, measure="pointwise", unit="nats")
    assert atoms(found) == pytest.approx(
        [least, of_one - least, of_one - least, of_both - 2 * of_one + least]
    )
    assert atoms(found).round(3) == pytest.approx([-0.018, 0.312, 0.312, 0.493])


@pytest.mark.parametrize("measure", ["broja", "i_min"])
def test_for_one_target_the_measures_of_pairs_are_mmi(measure):
    cov = random_covariance(1, 4)
    found, known = (pid_gaussian(cov, 2, 1, 1, measure=name) for name in (measure, "mmi"))
    assert atoms(found) == pytest.approx(atoms(known))


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1, 1), (1, 2, 3)])
def test_the_pointwise_redundancy_is_the_mean_over_draws(sizes):
    n1, n2, _ = sizes
    cov = random_covariance(sum(sizes), sum(sizes))
    z = np.random.default_rng(0).multivariate_normal(np.zeros(len(cov)), cov, size=400_000)
    first, second, target = np.split(np.arange(len(cov)), [n1, n1 + n2])
    informations = []
    for source in (first, second):
        both = np.r_[source, target]
        parts = [log_density(z[:, kept], cov[np.ix_(kept, kept)]) for kept in (both, source, target)]
        informations.append(parts[0] - parts[1] - parts[2])
    least = np.minimum(*informations)
    found = pid_gaussian(cov, *sizes, measure="pointwise", unit="nats").redundant
    assert abs(found - least.mean()) < 4 * least.std() / np.sqrt(len(z))


def test_the_mean_of_an_absolute_quadratic_form_by_hand():
    assert mean_absolute(0.0, np.array([3.0, -3.0])) == pytest.approx(12 / np.pi, rel=1e-6)
    # E |z^2 - 1| = 4 times the normal density at 1
    assert mean_absolute(-1.0, np.array([1.0])) == pytest.approx(
        4 * np.exp(-0.5) / np.sqrt(2 * np.pi), rel=2e-5
    )
    assert mean_absolute(0.0, np.zeros(3)) == 0.0
    assert mean_absolute(2.0, np.array([0.0])) == pytest.approx(2, rel=1e-5)


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
def test_units_of_the_variables_and_the_order_of_the_sources_do_not_matter(measure):
    cov, scale = random_covariance(7, 4), np.array([10.0, 0.1, 3.0, 7.0])
    found = atoms(pid_gaussian(cov, 2, 1, 1, measure=measure))
    scaled = atoms(pid_gaussian(cov * np.outer(scale, scale), 2, 1, 1, measure=measure))
    order = np.ix_([2, 0, 1, 3], [2, 0, 1, 3])
    swapped = atoms(pid_gaussian(cov[order], 1, 2, 1, measure=measure))
    assert scaled == pytest.approx(found, abs=1e-9)
    assert swapped == pytest.approx(found[[0, 2, 1, 3]], abs=1e-9)
