from dataclasses import replace

import numpy as np
import pytest

from astrokit.cluster import fit_mixture
from astrokit.cluster.mixture import _starts
from astrokit.errors import DataError

TRUE_MEANS = np.array([[-1.5, 0.0], [2.0, 1.0]])


@pytest.fixture(scope="module")
def two_groups():
    rng = np.random.default_rng(0)
    first = rng.multivariate_normal(TRUE_MEANS[0], [[1.0, 0.0], [0.0, 0.3]], 600)
    second = rng.multivariate_normal(TRUE_MEANS[1], [[0.6, 0.3], [0.3, 0.6]], 300)
    return np.concatenate([first, second])


def test_without_weights_and_errors_it_is_the_mixture_of_scikit_learn(two_groups):
    from sklearn.mixture import GaussianMixture

    ours = fit_mixture(two_groups, tolerance=1e-10, max_iterations=5000)
    theirs = GaussianMixture(2, tol=1e-10, reg_covar=1e-9, max_iter=5000, n_init=4, random_state=0).fit(
        two_groups
    )
    order = np.argsort(-theirs.weights_)
    # Both stop within 1e-10 nats of the same maximum; parameters there agree to its square root.
    assert ours.log_likelihood == pytest.approx(theirs.score(two_groups), abs=1e-7)
    np.testing.assert_allclose(ours.means, theirs.means_[order], atol=1e-3)
    np.testing.assert_allclose(ours.covariances, theirs.covariances_[order], atol=1e-3)
    np.testing.assert_allclose(
        ours.membership(two_groups), theirs.predict_proba(two_groups)[:, order], atol=1e-3
    )


def test_integer_weights_are_repetitions(two_groups):
    points = two_groups[::5]
    repeats = 1 + np.arange(len(points)) % 3
    precise = {"tolerance": 1e-12, "max_iterations": 5000}
    weighted = fit_mixture(points, weights=repeats, **precise)
    repeated = fit_mixture(np.repeat(points, repeats, axis=0), **precise)
    np.testing.assert_allclose(weighted.means, repeated.means, atol=1e-4)
    np.testing.assert_allclose(weighted.covariances, repeated.covariances, atol=1e-4)


def test_known_errors_are_taken_out_of_the_covariances(two_groups):
    rng = np.random.default_rng(1)
    errors = np.full_like(two_groups, 0.8)
    noisy = two_groups + errors * rng.standard_normal(two_groups.shape)
    clean, naive = fit_mixture(two_groups), fit_mixture(noisy)
    deconvolved = fit_mixture(noisy, errors=errors)
    for fit in (naive, deconvolved):
        assert np.isfinite(fit.log_likelihood)
    off = [np.abs(fit.covariances - clean.covariances).max() for fit in (naive, deconvolved)]
    assert off[1] < 0.5 * off[0]


def test_membership_below_agrees_with_integration_over_the_limit(two_groups):
    mixture = fit_mixture(two_groups)
    limit, known = 0.3, 0.7
    grid = np.linspace(-12, limit, 4001)
    points = np.column_stack([grid, np.full_like(grid, known)])
    density = np.zeros(2)
    for k in range(2):
        from scipy.stats import multivariate_normal

        pdf = multivariate_normal(mixture.means[k], mixture.covariances[k]).pdf(points)
        density[k] = mixture.shares[k] * np.trapezoid(pdf, grid)
    expected = density / density.sum()
    got = mixture.membership_below(np.array([[limit, known]]), 0, [1])[0]
    np.testing.assert_allclose(got, expected, atol=1e-5)  # the trapezoid's own error at this step


def test_same_seed_same_fit_and_global_state_untouched(two_groups):
    np.random.seed(123)  # noqa: NPY002  the global state is what this test is about
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = fit_mixture(two_groups, random_state=3), fit_mixture(two_groups, random_state=3)
    np.testing.assert_array_equal(first.means, second.means)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_points_that_are_not_finite_are_refused(two_groups):
    broken = two_groups.copy()
    broken[7, 1] = np.nan
    with pytest.raises(DataError, match="1 of 900 rows"):
        fit_mixture(broken)


def test_too_few_points_are_refused():
    with pytest.raises(DataError, match="at least 6 samples"):
        fit_mixture(np.zeros((5, 2)))


def test_components_come_in_order_of_falling_share(two_groups):
    for points in (two_groups, -two_groups):
        shares = fit_mixture(points).shares
        assert shares[0] > shares[1]


def test_errors_of_a_limit_widen_the_components_along_the_known_features(two_groups):
    """An error e on a known feature is the same as e**2 on the components' variance of it."""
    mixture = fit_mixture(two_groups)
    points, errors = np.array([[0.3, 0.7], [1.0, -1.0]]), np.array([[9.0, 0.6], [9.0, 1.5]])
    got = mixture.membership_below(points, 0, [1], errors)
    for row in range(2):
        wider = mixture.covariances + np.diag([0, errors[row, 1] ** 2])
        same = replace(mixture, covariances=wider).membership_below(points[[row]], 0, [1])[0]
        np.testing.assert_allclose(got[row], same)
    assert not np.allclose(got, mixture.membership_below(points, 0, [1]), atol=1e-3)


def test_no_component_collapses_onto_repeated_points():
    """Sixty copies of one point: without a floor the variance of its component is 0."""
    rng = np.random.default_rng(2)
    points = np.concatenate([np.zeros((60, 2)), rng.normal(5, 1, (60, 2))])
    mixture = fit_mixture(points, n_starts=4)
    assert np.isfinite(mixture.log_likelihood)
    assert np.linalg.eigvalsh(mixture.covariances).min() > 0


def test_starts_differ_from_one_another(two_groups):
    starts = list(_starts(two_groups, np.ones(len(two_groups)), 2, 6, 0))
    assert len({start.tobytes() for start in starts}) > 1
