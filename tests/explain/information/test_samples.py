"""`pid_samples`: the atoms of known distributions from their samples, with intervals and bias."""

import numpy as np
import pytest

from astrokit.explain import pid, pid_gaussian, pid_samples
from astrokit.explain.information.samples import shuffled_rows
from tests.truth.pid_gates import rows

QUICK = {"n_bootstraps": 40, "n_shuffles": 3}
SUM = [[1, 0, 1], [0, 1, 1], [1, 1, 2.25]]


def sum_of_normals(n, seed=0):
    x1, x2, noise = np.random.default_rng(seed).normal(size=(3, n))
    return x1, x2, x1 + x2 + 0.5 * noise


def gate_samples(name, n, seed=0):
    table = rows(name)
    drawn = np.random.default_rng(seed).choice(len(table), size=n, p=[row[3] for row in table])
    symbols = np.array([[int(symbol) for symbol in row[:3]] for row in table])
    return symbols[drawn].T


@pytest.mark.parametrize("measure", ["broja", "mmi", "i_min", "ccs", "sx", "pointwise"])
def test_samples_of_a_gate_give_its_atoms(measure):
    found = pid_samples(*gate_samples("and", 4000), measure=measure, **QUICK)
    known = pid(rows("and"), measure=measure)
    for name, value in known.atoms.items():
        assert found.atoms[name] == pytest.approx(value, abs=0.05)
    assert abs(found.residual) < 1e-6


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
@pytest.mark.parametrize("estimator", ["gaussian", "ksg"])
def test_samples_of_a_gaussian_give_its_atoms(estimator, measure):
    found = pid_samples(*sum_of_normals(3000), estimator=estimator, measure=measure, unit="nats", **QUICK)
    known = pid_gaussian(SUM, 1, 1, 1, measure=measure, unit="nats")
    tolerance = 0.05 if estimator == "gaussian" or measure == "mmi" else 0.15
    for name, value in known.atoms.items():
        assert found.atoms[name] == pytest.approx(value, abs=tolerance)
        low, high = found.intervals[name]
        assert low - 0.02 <= value <= high + 0.02


def test_the_classifier_finds_that_one_source_alone_knows_the_class():
    rng = np.random.default_rng(0)
    label = rng.choice(["a", "b"], size=800)
    x1 = rng.normal(size=800) + 4 * (label == "a")
    found = pid_samples(
        x1, rng.normal(size=800), label, estimator="classifier", measure="mmi", n_bootstraps=40, n_shuffles=1
    )
    assert found.unique1 > 0.6
    assert abs(found.redundant) < 0.15
    assert abs(found.synergistic) < 0.15


def test_shuffling_y_shows_the_bias_of_counting():
    x1, x2, y = np.random.default_rng(0).integers(5, size=(3, 300))
    found = pid_samples(x1, x2, y, measure="mmi", n_bins=5, **QUICK)
    assert found.bias["synergistic"] == pytest.approx(found.synergistic, abs=0.05)
    assert found.bias["total"] > 0.1
    low, high = found.intervals["synergistic"]
    assert low <= 0.02
    assert low <= found.synergistic <= high


def test_groups_widen_the_intervals():
    x1, x2, y = sum_of_normals(40, seed=3)
    source = np.repeat(np.arange(40), 15)
    jitter = 0.01 * np.random.default_rng(1).normal(size=(3, 600))
    columns = np.array([x1, x2, y])[:, source] + jitter
    alone, grouped = (
        pid_samples(*columns, estimator="gaussian", groups=groups, **QUICK) for groups in (None, source)
    )
    widths = [np.ptp(found.intervals["total"]) for found in (alone, grouped)]
    assert widths[1] > 2 * widths[0]


def test_shuffled_groups_stay_together():
    groups = np.repeat([0, 1, 2, 3], 5)
    taken = groups[shuffled_rows(groups, 20, np.random.default_rng(1))].reshape(4, 5)
    assert (taken == taken[:, :1]).all()
    assert sorted(taken[:, 0]) == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_decomposition():
    first, second = (pid_samples(*sum_of_normals(300), random_state=5, **QUICK) for _ in range(2))
    assert first == second


def test_the_table_holds_intervals_and_bias():
    found = pid_samples(*sum_of_normals(300), **QUICK)
    row = found.as_table()[0]
    assert row["low"] <= row["value"] <= row["high"]
    assert row["bias"] == found.bias["redundant"]
    assert "[" in repr(found).splitlines()[1]
