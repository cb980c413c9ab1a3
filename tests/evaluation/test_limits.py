import numpy as np
import pytest

from astrokit.errors import DataError
from astrokit.evaluation import fit_censored_normal


def simulate(mean, scatter, error, limit, n, rng):
    true = rng.normal(mean, scatter, n)
    values = true + error * rng.standard_normal(n)
    seen = values > limit
    return values[seen], np.full(seen.sum(), error), np.full((~seen).sum(), limit)


def test_it_recovers_mean_and_scatter_behind_errors_and_limits():
    rng = np.random.default_rng(0)
    fits = [fit_censored_normal(*simulate(40.0, 0.5, 0.2, 39.8, 120, rng)) for _ in range(40)]
    mean = np.array([fit.mean for fit in fits])
    scatter = np.array([fit.scatter for fit in fits])
    # The limits here bite on the noisy value; the noise of a limit is left out of the model, 2% of the width.
    assert mean.mean() == pytest.approx(40.0, abs=0.03)
    assert scatter.mean() == pytest.approx(0.5, abs=0.04)


def test_dropping_the_limits_is_biased_and_using_them_is_not():
    rng = np.random.default_rng(1)
    values, errors, limits = simulate(0.0, 1.0, 0.1, 0.5, 4000, rng)
    assert fit_censored_normal(values, errors).scatter < 0.6
    assert fit_censored_normal(values, errors, limits).scatter == pytest.approx(1.0, abs=0.06)


def test_deeper_limits_say_more_than_shallow_ones():
    detections = ([1.0, 1.1, 0.9, 1.05, 0.95], [0.05] * 5)
    shallow = fit_censored_normal(*detections, limits=[1.3] * 5)
    deep = fit_censored_normal(*detections, limits=[-1.0] * 5)
    assert deep.scatter > 3 * shallow.scatter


@pytest.mark.parametrize(
    ("values", "errors", "limits"),
    [
        ([1.0], [0.1], []),
        ([1.0, 2.0], [0.1], []),
        ([1.0, np.nan], [0.1, 0.1], []),
        ([1.0, 2.0], [0.1, -0.1], []),
        ([1.0, 2.0], [0.1, 0.1], [np.inf]),
    ],
    ids=["one value", "lengths", "nan", "negative error", "infinite limit"],
)
def test_bad_input_gets_one_clear_error(values, errors, limits):
    with pytest.raises(DataError, match="at least 2 finite values"):
        fit_censored_normal(values, errors, limits)


def test_what_the_errors_explain_is_no_scatter():
    """Values that differ by as much as their errors come from one steady source."""
    rng = np.random.default_rng(2)
    errors = rng.uniform(0.2, 0.6, 400)
    steady = fit_censored_normal(1.0 + errors * rng.standard_normal(400), errors)
    variable = fit_censored_normal(1.0 + np.hypot(errors, 0.8) * rng.standard_normal(400), errors)
    assert steady.scatter < 0.15
    assert variable.scatter == pytest.approx(0.8, abs=0.08)  # standard error 0.03
