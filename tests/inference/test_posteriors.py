"""Weighted draws against posteriors that are known in closed form, with values and with limits."""

import numpy as np
import pytest
from scipy import stats

from astrokit.errors import DataError
from astrokit.inference import log_likelihood, refine, weigh
from astrokit.inference.likelihood import LOWER, MEASURED, UPPER

N_DRAWS = 200_000


@pytest.fixture(scope="module")
def prior():
    return np.random.default_rng(0).normal(size=(N_DRAWS, 1))


def test_a_measured_normal_has_its_known_posterior(prior):
    likelihood = log_likelihood(prior, np.full_like(prior, 0.5), [1.0], [MEASURED])
    posterior = weigh(prior, likelihood, ("x",))
    # Precisions add: 1 + 4, and the mean is 4 / 5 of the measurement.
    assert posterior.mean[0] == pytest.approx(0.8, abs=0.01)
    known = stats.norm(0.8, np.sqrt(0.2))
    np.testing.assert_allclose(np.ravel(posterior.interval(0.9)), known.ppf([0.05, 0.95]), atol=0.02)
    assert posterior.rank([0.8])[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("kind", "sign"), [(UPPER, -1), (LOWER, 1)])
def test_a_limit_has_its_known_posterior(prior, kind, sign):
    """With limit 0 and error s the posterior is skew normal with shape -1 / s or 1 / s."""
    likelihood = log_likelihood(prior, np.full_like(prior, 0.5), [0.0], [kind])
    posterior = weigh(prior, likelihood, ("x",))
    known = stats.skewnorm(sign / 0.5)
    np.testing.assert_allclose(
        posterior.quantile([0.1, 0.5, 0.9])[:, 0], known.ppf([0.1, 0.5, 0.9]), atol=0.02
    )


def test_what_was_not_measured_says_nothing(prior):
    likelihood = log_likelihood(prior, np.ones_like(prior), [np.nan], [MEASURED])
    assert (likelihood == 0).all()
    assert weigh(prior, likelihood, ("x",)).effective_size == pytest.approx(N_DRAWS)


def test_student_errors_forgive_what_normal_ones_do_not():
    far, errors = np.array([[8.0]]), np.ones((1, 1))
    normal = log_likelihood(far, errors, [0.0], [MEASURED])
    student = log_likelihood(far, errors, [0.0], [MEASURED], freedom=3)
    assert student == pytest.approx(stats.t(3).logpdf(8.0))
    assert student > normal + 20


def test_the_width_of_an_error_counts():
    predicted, errors = np.zeros((2, 1)), np.array([[1.0], [10.0]])
    narrow, wide = log_likelihood(predicted, errors, [0.0], [MEASURED])
    assert narrow - wide == pytest.approx(np.log(10))


def test_ranks_of_truths_drawn_with_their_measurements_are_even():
    rng = np.random.default_rng(3)
    draws = rng.normal(size=(20_000, 2))
    ranks = []
    for truth in rng.normal(size=(300, 2)):
        measured = truth + 0.7 * rng.normal(size=2)
        likelihood = log_likelihood(draws, np.full_like(draws, 0.7), measured, [MEASURED] * 2)
        ranks.append(weigh(draws, likelihood, ("a", "b")).rank(truth))
    assert min(stats.kstest(column, "uniform").pvalue for column in np.transpose(ranks)) > 0.01


@pytest.mark.parametrize(
    ("measured", "kinds", "error", "word"),
    [
        ([0.0], [2], 1.0, "1 other kinds"),
        ([np.inf], [MEASURED], 1.0, "1 infinite"),
        ([0.0], [MEASURED], 0.0, "1 errors"),
        ([0.0], [MEASURED], np.nan, "1 errors"),
    ],
)
def test_measurements_that_make_no_sense_are_refused(measured, kinds, error, word):
    with pytest.raises(DataError, match=word):
        log_likelihood(np.zeros((1, 1)), np.full((1, 1), error), measured, kinds)


@pytest.mark.parametrize("likelihood", [[-np.inf, -np.inf], [np.nan, 0.0]])
def test_a_posterior_without_a_possible_draw_is_refused(likelihood):
    with pytest.raises(DataError, match="at least one draw"):
        weigh(np.zeros((2, 1)), likelihood, ("x",))


# --- draws where they matter --------------------------------------------------------------------------------


def test_refined_draws_have_the_moments_of_a_narrow_posterior_that_even_draws_miss():
    centre, width = np.array([0.3, 0.5, 0.7, 0.5, 0.4]), 0.03

    def narrow(points):
        return -0.5 * ((points - centre) ** 2).sum(1) / width**2

    even = np.random.default_rng(0).uniform(size=(2000, 5))
    points, log_weights = refine(narrow, even, narrow(even), n_rounds=6, n_new=600)
    found = weigh(points, log_weights, tuple("abcde"))
    assert weigh(even, narrow(even), tuple("abcde")).effective_size < 5
    assert found.effective_size > 200
    spread = np.sqrt(found.weights @ (found.values - found.mean) ** 2)
    # 200 effective draws know a mean to 7% of the width, and the width to 5%.
    assert found.mean == pytest.approx(centre, abs=0.25 * width)
    assert spread == pytest.approx(np.full(5, width), rel=0.2)


def test_refined_draws_know_of_the_walls_of_the_cube_and_of_both_modes():
    def two_corners(points):
        apart = [((points - corner) ** 2).sum(1) for corner in (0.0, 1.0)]
        return np.logaddexp(*(-0.5 * off / 0.05**2 for off in apart))

    even = np.random.default_rng(1).uniform(size=(2000, 2))
    points, log_weights = refine(two_corners, even, two_corners(even), random_state=1)
    found = weigh(points, log_weights, ("x", "y"))
    assert ((points >= 0) & (points <= 1)).all()
    assert found.mean == pytest.approx([0.5, 0.5], abs=0.06)
    near = found.values < 0.5
    # The mean of |normal| is sqrt(2 / pi) widths.
    mean = (found.weights[:, None] * found.values * near).sum(0) / (found.weights[:, None] * near).sum(0)
    assert mean == pytest.approx(np.full(2, 0.05 * np.sqrt(2 / np.pi)), rel=0.12)


def test_what_nothing_explains_needs_no_kernels():
    """A likelihood that is flat leaves the draws even."""
    even = np.random.default_rng(2).uniform(size=(500, 3))
    points, log_weights = refine(lambda p: np.zeros(len(p)), even, np.zeros(500))
    found = weigh(points, log_weights, ("x", "y", "z"))
    assert found.mean == pytest.approx(np.full(3, 0.5), abs=0.05)
    assert found.effective_size > 500


@pytest.mark.parametrize("width", [0.05, 0.07])
def test_refined_draws_find_all_of_a_bent_posterior(width):
    """Its integral is known; points that weigh too little where they are few would lose a third of it."""

    def bent(points):
        middle = 0.5 + 0.3 * np.sin(2 * np.pi * points[:, :1] * [1.0, 1.0, 0.5, 1.5])
        return -0.5 * ((points[:, 1:] - middle) ** 2).sum(1) / width**2

    known, found = 4 * np.log(width * np.sqrt(2 * np.pi)), []
    for seed in range(4):
        even = np.random.default_rng(seed).uniform(size=(4000, 5))
        _, log_weights = refine(bent, even, bent(even), n_rounds=8, n_new=300, random_state=seed)
        found.append(np.log(np.exp(log_weights).sum()))
    assert np.mean(found) == pytest.approx(known, abs=0.15)
