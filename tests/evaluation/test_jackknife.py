"""The jackknife against the interval of a mean that is known in closed form."""

import numpy as np
import pytest
from scipy import stats

from astrokit.errors import DataError
from astrokit.evaluation.jackknife import jackknife


def test_of_a_mean_it_is_students_interval():
    values = np.random.default_rng(0).normal(size=(40, 3))
    low, high = jackknife(values.mean(0), [np.delete(values, k, 0).mean(0) for k in range(40)])
    known = stats.t.interval(0.9, 39, values.mean(0), values.std(0, ddof=1) / np.sqrt(40))
    np.testing.assert_allclose((low, high), known, rtol=1e-10)


def test_parts_of_many_rows_cover_as_promised():
    rng = np.random.default_rng(1)
    hits = []
    for _ in range(2000):
        values = rng.exponential(size=(5, 40))  # five parts of forty rows; the mean is 1
        low, high = jackknife(values.mean(), [np.delete(values, k, 0).mean() for k in range(5)])
        hits.append(low <= 1 <= high)
    assert np.mean(hits) == pytest.approx(0.9, abs=0.025)  # three standard errors of the count are 0.02


@pytest.mark.parametrize("without", [[], [np.zeros(2)], [np.zeros(2), np.zeros(3)]])
def test_too_few_parts_and_other_shapes_are_refused(without):
    with pytest.raises(DataError, match=r"at least 2 results of shape \(2,\)"):
        jackknife(np.zeros(2), without)
