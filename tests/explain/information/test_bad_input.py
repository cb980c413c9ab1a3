"""Each kind of bad input ends in one `ParameterError` that says what was expected and what came."""

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explain import mutual_information, pid, pid_gaussian, pid_samples

GOOD = [(0, 0, 0, 0.5), (1, 1, 1, 0.5)]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 60))
COV = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 2.25]])

TABLES = {
    "sums to 0.9": ([(0, 0, 0, 0.5), (1, 1, 1, 0.4)], "sum to 1, got 0.9"),
    "counts": (np.ones((2, 2, 2)), "sum to 1, got 8"),
    "negative": ([(0, 0, 0, 1.5), (1, 1, 1, -0.5)], "got -0.5"),
    "negative in a repeated row": ([(0, 0, 0, 1.5), (0, 0, 0, -0.5)], "got -0.5"),
    "NaN": ([(0, 0, 0, 0.5), (1, 1, 1, float("nan"))], "got nan"),
    "infinite array": (np.full((2, 2, 2), np.inf), "got inf"),
    "rows of three": ([(0, 0, 0.5), (1, 1, 0.5)], "row 0"),
    "a short row": ([(0, 0, 0, 0.5), (1, 1, 0.5)], "row 1"),
    "text for a probability": ([(0, 0, 0, "half")], "half"),
    "unhashable symbols": ([([0], 0, 0, 1.0)], "hashable"),
    "empty": ([], "rows"),
    "empty array": (np.zeros((0, 2, 2)), "rows"),
    "two axes short": (np.array([0.5, 0.5]), "shape (2,)"),
    "four axes": (np.full((2, 2, 2, 2), 1 / 16), "shape (2, 2, 2, 2)"),
    "a text": ("and", "rows"),
    "nothing": (None, "rows"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_no_distribution_is_refused(name):
    table, part = TABLES[name]
    with pytest.raises(ParameterError) as caught:
        pid(table)
    assert part in str(caught.value)


@pytest.mark.parametrize("options", [{"measure": "wb"}, {"measure": None}, {"unit": "hartley"}])
def test_an_unknown_name_lists_the_known_ones(options):
    with pytest.raises(ParameterError, match="one of"):
        pid(GOOD, **options)


SAMPLES = {
    "NaN in x": ((np.where(X > 2, np.nan, np.r_[np.nan, X[1:]]), Y), {}, "first in row 0"),
    "infinite y": ((X, np.r_[Y[:-1], np.inf]), {}, "first in row 59"),
    "constant x": ((np.ones(60), Y), {}, "column 0 with the one value 1 in 60 rows"),
    "constant column": ((np.column_stack([X, np.zeros(60)]), Y), {}, "column 1"),
    "lengths": ((X, Y[:-1]), {}, "60 and 59"),
    "fewer rows than neighbours": ((X[:5], Y[:5]), {"n_neighbors": 5}, "at least 7 rows"),
    "no neighbours": ((X, Y), {"n_neighbors": 0}, "integer >= 1"),
    "three axes": ((np.zeros((60, 2, 2)), Y), {}, "shape (60, 2, 2)"),
    "empty": (([], []), {}, "shape (0,)"),
    "words": ((["a"] * 60, Y), {}, "numbers"),
    "unknown estimator": ((X, Y), {"estimator": "mine"}, "one of"),
    "unknown unit": ((X, Y), {"unit": "bytes"}, "one of"),
    "too few groups": ((X, Y), {"groups": np.zeros(60)}, "got 1 group"),
    "groups of another length": ((X, Y), {"groups": np.zeros(6)}, "shape (6,)"),
    "one class": ((X, np.ones(60)), {"estimator": "classifier"}, "1 class"),
    "one class of labels": ((X, ["star"] * 60), {"estimator": "classifier"}, "1 class, 'star'"),
    "a class of one row": ((X, ["a"] * 59 + ["b"]), {"estimator": "classifier"}, "a class with 1"),
    "NaN label": ((X, np.r_[np.nan, Y[1:] > 0]), {"estimator": "classifier"}, "not finite"),
    "more cells than rows": ((X, Y), {"estimator": "histogram", "n_bins": 30}, "cells"),
    "one bin": ((X, Y), {"estimator": "histogram", "n_bins": 1}, "integer >= 2"),
    "more columns than rows": ((RNG.normal(size=(8, 9)), Y[:8]), {"estimator": "gaussian"}, "12 rows"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_that_cannot_be_estimated_from_are_refused(name):
    (x, y), options, part = SAMPLES[name]
    with pytest.raises(ParameterError) as caught:
        mutual_information(x, y, **options)
    assert part in str(caught.value)


COVARIANCES = {
    "shape": ((COV[:2], 1, 1, 1), {}, "shape (2, 3)"),
    "NaN": ((COV * np.nan, 1, 1, 1), {}, "not finite"),
    "not symmetric": ((COV + np.triu(COV, 1), 1, 1, 1), {}, "symmetric"),
    "singular": (([[1, 0, 1], [0, 1, 1], [1, 1, 2]], 1, 1, 1), {}, "eigenvalues"),
    "constant": ((np.diag([1.0, 0, 1]), 1, 1, 1), {}, "variances"),
    "no source": ((COV, 0, 2, 1), {}, "integer >= 1"),
    "broja of two targets": ((np.eye(4), 1, 1, 2), {"measure": "broja"}, "1 target variable"),
    "no closed form": ((COV, 1, 1, 1), {"measure": "sx"}, "one of"),
}


@pytest.mark.parametrize("name", COVARIANCES)
def test_a_covariance_that_is_none_is_refused(name):
    arguments, options, part = COVARIANCES[name]
    with pytest.raises(ParameterError) as caught:
        pid_gaussian(*arguments, **options)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"estimator": "ksg", "measure": "broja"}, "'gaussian' or 'histogram'"),
        ({"n_bootstraps": 1}, "integer >= 2"),
        ({"n_shuffles": 0}, "integer >= 1"),
        ({"groups": np.zeros(60)}, "1 group"),
        ({"unit": "bytes"}, "one of"),
    ],
)
def test_a_decomposition_that_cannot_be_estimated_is_refused(options, part):
    with pytest.raises(ParameterError) as caught:
        pid_samples(X, Y, X + Y, **options)
    assert part in str(caught.value)
