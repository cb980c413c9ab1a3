"""Intervals that promise a coverage keep it on known errors, and coverage is counted as it should be."""

import numpy as np
import pytest
from scipy import stats

from astrokit.errors import DataError, ParameterError
from astrokit.evaluation.conformal import conformal_radius
from astrokit.evaluation.coverage import central_coverage, rank_p_value, share_inside


def test_a_conformal_interval_holds_a_new_value_as_often_as_promised_whatever_the_errors():
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(4000):
        errors = np.abs(rng.standard_cauchy(20))  # no moments: only ranks can know
        hits.append(errors[0] <= conformal_radius(errors[1:], level=0.9))
    # 18 of 19 ranks: exactly 0.9 here; 0.005 is one standard error of the count
    assert np.mean(hits) == pytest.approx(0.9, abs=0.02)


def test_the_radius_is_an_order_statistic():
    assert conformal_radius(np.arange(1, 100), level=0.9) == 90
    assert conformal_radius([3.0] * 9, level=0.9) == 3.0


@pytest.mark.parametrize(("scores", "level"), [([1.0] * 8, 0.9), ([np.nan] * 50, 0.9), ([-1.0] * 50, 0.9)])
def test_scores_that_cannot_promise_are_refused(scores, level):
    with pytest.raises(DataError, match="at least 9"):
        conformal_radius(scores, level=level)


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan])
def test_a_level_outside_of_zero_to_one_is_refused(level):
    with pytest.raises(ParameterError, match="between 0 and 1"):
        conformal_radius([1.0] * 50, level=level)


def test_the_ends_of_an_interval_belong_to_it():
    share = share_inside([0, 0, 0], [1, 1, 1], [0, 1, 1.01])
    assert share.value == pytest.approx(2 / 3)
    assert 0 < share.low < share.value < share.high < 1


@pytest.mark.parametrize("truth", [[], [np.nan]])
def test_no_rows_and_nan_are_refused(truth):
    with pytest.raises(DataError, match="no NaN"):
        share_inside(np.zeros(len(truth)), np.ones(len(truth)), truth)


def test_posteriors_that_are_right_have_even_ranks_and_others_do_not():
    rng = np.random.default_rng(1)
    truth, measured = rng.normal(size=2000), rng.normal(size=2000)
    measured += truth
    right = stats.norm.cdf(truth, measured / 2, np.sqrt(0.5))  # the posterior of a unit normal prior
    bold = stats.norm.cdf(truth, measured / 2, 0.4)
    assert rank_p_value(right) > 0.01
    assert rank_p_value(bold) < 1e-6
    # 2,000 ranks: three standard errors of a share of 0.9 are 0.02
    assert central_coverage(right, [0.5, 0.9]) == pytest.approx([0.5, 0.9], abs=0.035)
    assert central_coverage(bold, 0.9)[0] < 0.87
