"""Calibrators recover the probabilities that scores were made from."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression

from astrokit.errors import DataError
from astrokit.evaluation.recalibration import fit_isotonic, fit_platt


def scored(n, law, seed=0):
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n)
    return score, rng.random(n) < law(score)


def test_a_sigmoid_recovers_a_sigmoid_whatever_the_unit_of_the_score():
    for unit in (1.0, 1e-6, 1e6):
        score, came_true = scored(20_000, lambda s: expit(1.7 * s - 0.8))
        fitted = fit_platt(score * unit, came_true)
        # The standard errors at n = 20,000 are .025 and .018.
        assert fitted.slope * unit == pytest.approx(1.7, abs=0.1)
        assert fitted.offset == pytest.approx(-0.8, abs=0.07)


def test_a_sigmoid_is_scikit_learns():
    score, came_true = scored(500, lambda s: expit(3 * s + 1))
    a, b = _sigmoid_calibration(score, came_true.astype(float))
    np.testing.assert_allclose(fit_platt(score, came_true).apply(score), expit(-(a * score + b)), atol=2e-4)


def test_scores_that_separate_all_give_no_certainty():
    fitted = fit_platt([0.0, 0.1, 0.9, 1.0], [False, False, True, True])
    assert np.isfinite(fitted.slope)
    assert 0.2 < fitted.apply([0.0])[0] < 0.5 < fitted.apply([1.0])[0] < 0.8


def test_a_staircase_recovers_what_no_sigmoid_can():
    def law(s):
        return np.where(s < 0, 0.3, 0.5)

    score, came_true = scored(20_000, law)
    probe = np.array([-1.0, -0.3, 0.3, 1.0])
    np.testing.assert_allclose(fit_isotonic(score, came_true).apply(probe), law(probe), atol=0.05)
    assert abs(fit_platt(score, came_true).apply([-1.0])[0] - 0.3) < 0.1


def test_a_staircase_is_scikit_learns_and_never_falls():
    score, came_true = scored(300, lambda s: expit(s))
    grid = np.linspace(-5, 5, 101)
    ours = fit_isotonic(score, came_true).apply(grid)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, came_true).predict(grid)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert (np.diff(ours) >= 0).all()


@pytest.mark.parametrize("fit", [fit_platt, fit_isotonic])
def test_what_cannot_be_calibrated_is_told(fit):
    with pytest.raises(DataError, match="both outcomes, got 3 finite of 3, 3 of 3 came true"):
        fit([0.0, 1.0, 2.0], [True, True, True])
    with pytest.raises(DataError, match="1 finite of 2"):
        fit([0.0, np.nan], [True, False])
