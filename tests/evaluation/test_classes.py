import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, recall_score

from astrokit.errors import DataError
from astrokit.evaluation import (
    accuracy_gain,
    balanced_accuracy,
    decide,
    mean_over_classes,
    recalls,
    wilson,
)

SHARES = np.array([0.7, 0.2, 0.1])
RECALL = np.array([0.9, 0.6, 0.75])


def judged(rng, n=600, recall=RECALL):
    """True classes with their shares, and predictions that hit each class as often as said."""
    labels = rng.choice(3, n, p=SHARES)
    return labels, np.where(rng.random(n) < recall[labels], labels, (labels + 1) % 3)


def test_the_value_is_scikit_learns():
    labels, predicted = judged(np.random.default_rng(0))
    found = balanced_accuracy(labels, predicted)
    assert found.value == pytest.approx(balanced_accuracy_score(labels, predicted))
    table = recalls(labels, predicted)
    np.testing.assert_allclose(table.recall, recall_score(labels, predicted, average=None))
    assert table.n.tolist() == np.bincount(labels).tolist()


def test_the_interval_of_a_balanced_accuracy_covers():
    rng, hits = np.random.default_rng(1), 0
    for _ in range(600):
        found = balanced_accuracy(*judged(rng))
        hits += found.low <= RECALL.mean() <= found.high
    assert hits / 600 == pytest.approx(0.9, abs=3 * 0.0122)  # the standard error of 600 trials


def test_the_interval_of_a_gain_covers_and_is_the_narrower_for_being_paired():
    """The rival errs where the first does, and in a tenth of the other rows of class 1."""
    rng, hits, widths = np.random.default_rng(2), 0, []
    for _ in range(400):
        labels, predicted = judged(rng)
        worse = (labels == 1) & (predicted == labels) & (rng.random(len(labels)) < 0.1)
        rival = np.where(worse, 0, predicted)
        found = accuracy_gain(labels, predicted, rival)
        hits += found.low <= 0.06 / 3 <= found.high
        alone = balanced_accuracy(labels, predicted)
        widths.append((found.high - found.low) / (alone.high - alone.low))
    assert hits / 400 == pytest.approx(0.9, abs=3 * 0.015)
    assert np.median(widths) < 0.5


def test_observations_of_one_source_count_as_one():
    """Each source seen ten times with one outcome: the interval is that of the sources alone."""
    rng = np.random.default_rng(3)
    labels, predicted = judged(rng, 200)
    source = np.repeat(np.arange(200), 10)
    once = balanced_accuracy(labels, predicted)
    often = balanced_accuracy(np.repeat(labels, 10), np.repeat(predicted, 10), groups=source)
    assert often == pytest.approx(once)
    naive = balanced_accuracy(np.repeat(labels, 10), np.repeat(predicted, 10))
    assert naive.high - naive.low < 0.4 * (often.high - often.low)


def test_the_interval_widens_with_its_level():
    labels, predicted = judged(np.random.default_rng(4))
    narrow, wide = (balanced_accuracy(labels, predicted, level=level) for level in (0.68268949, 0.95449974))
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2)


def test_a_class_of_one_source_has_no_spread_and_is_refused():
    with pytest.raises(DataError, match="at least 2 sources of each class, got 1"):
        mean_over_classes([1, 0, 1], ["a", "a", "b"])
    with pytest.raises(DataError, match="got 1"):
        mean_over_classes([1, 0, 1, 1], ["a", "a", "b", "b"], groups=[0, 1, 2, 2])


def test_a_table_of_classes_says_what_the_others_are_taken_for():
    labels, predicted = ["a"] * 4 + ["b", "c", "d"], ["a", "c", "b", "b", "b", "b", "b"]
    table = recalls(labels, predicted).set_index("class")
    assert table.taken_for.tolist() == ["b", "", "b", "b"]
    assert table.precision["b"] == 0.2  # five are called so, one is
    assert np.isnan(table.precision["d"])
    assert table.high["b"] == pytest.approx(1)
    assert table.low["b"] < 0.5


def test_a_share_and_its_interval_solve_wilsons_equation():
    """The ends are those shares whose normal test just rejects what was seen."""
    for end in wilson(7, 20):
        assert abs(end - 0.35) == pytest.approx(1.6448536 * np.sqrt(end * (1 - end) / 20))
    assert np.isnan(wilson([3, 0], [4, 0])[0]).tolist() == [False, True]


def test_deciding_by_probability_over_prior_is_the_best_for_balanced_accuracy():
    """Known normals of unequal shares: no other shift of the threshold does better on many samples."""
    rng = np.random.default_rng(5)
    code = (rng.random(40_000) < 0.1).astype(int)
    x = rng.normal(code * 1.5)
    odds = 0.1 / 0.9 * np.exp(1.5 * x - 1.125)
    p = np.stack([1 / (1 + odds), odds / (1 + odds)], axis=1)
    best = balanced_accuracy(code, decide(p, [0.9, 0.1])).value
    assert best > balanced_accuracy(code, decide(p)).value + 0.1
    for factor in (0.5, 2.0):
        assert best >= balanced_accuracy(code, decide(p, [0.9, 0.1 * factor])).value
