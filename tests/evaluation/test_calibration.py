import numpy as np
import pytest

from astrokit.errors import DataError
from astrokit.evaluation import log_loss, reliability, reliability_of_classes


def test_an_honest_forecast_shows_the_error_of_chance_and_no_more():
    rng, beyond, ratios = np.random.default_rng(0), 0, []
    for trial in range(60):
        stated = rng.beta(4, 2, 800)
        found = reliability(stated, rng.random(800) < stated, n_simulations=60, random_state=trial)
        beyond += found.error > found.error_by_chance_high
        ratios.append(found.error / found.error_by_chance)
    assert np.mean(ratios) == pytest.approx(1, abs=0.1)  # each scatters by a fifth
    assert beyond <= 9  # 3 expected of 60, standard deviation 1.7


def test_a_forecast_that_is_too_sure_by_a_tenth_has_that_error():
    rng = np.random.default_rng(1)
    stated = rng.uniform(0.5, 1.0, 100_000)
    found = reliability(stated, rng.random(100_000) < stated - 0.1)
    assert found.error == pytest.approx(0.1, abs=0.005)
    assert (found.high < found.stated).all()
    np.testing.assert_allclose(found.stated - found.observed, 0.1, atol=0.03)


def test_bins_hold_equal_numbers_and_equal_statements_share_one():
    stated = np.linspace(0, 1, 1500)
    assert set(reliability(stated, stated > 0.5).n) == {100}
    same = reliability(np.r_[np.full(900, 1.0), np.linspace(0, 0.9, 100)], np.ones(1000, bool))
    assert same.n.sum() == 1000
    assert len(same.n) < 15


def test_the_error_is_a_mean_over_rows_not_over_bins():
    stated, came_true = np.repeat([0.9, 0.1], [900, 100]), np.arange(1000) >= 90
    assert reliability(stated, came_true).error == pytest.approx(0.9 * 0 + 0.1 * 0.9)


def test_all_rows_may_state_the_same():
    found = reliability([0.5] * 10, [True] * 5 + [False] * 5)
    assert (found.n.tolist(), found.error) == ([10], 0.0)


def test_of_classes_the_most_probable_is_judged():
    p = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    found = reliability_of_classes(p, [0, 2], n_bins=2)
    assert found.stated.tolist() == [0.6, 0.7]
    assert found.observed.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("stated", [[], [0.5, 1.2], [0.5, np.nan]])
def test_what_is_no_probability_is_refused(stated):
    with pytest.raises(DataError, match="numbers from 0 to 1"):
        reliability(stated, [True] * len(stated))


def test_the_log_loss_is_least_for_the_truth_and_finite_for_a_wrong_certainty():
    rng = np.random.default_rng(2)
    p = rng.dirichlet([1, 1, 1], 20_000)
    code = (rng.random((20_000, 1)) > np.cumsum(p, 1)).sum(1)
    entropy = -(p * np.log(p)).sum(1).mean()
    assert log_loss(p, code) == pytest.approx(entropy, abs=0.02)
    sharper = p**2 / (p**2).sum(1, keepdims=True)
    assert log_loss(sharper, code) > log_loss(p, code) + 0.05
    assert np.isfinite(log_loss([[1.0, 0.0]], [1]))
