import numpy as np
import pytest

from astrokit.cluster import (
    leave_one_source_out,
    log_odds,
    selected_share,
    source_weights,
    threshold_for_recall,
)
from astrokit.errors import DataError, ParameterError


def test_every_source_counts_once_in_the_recall():
    # Pulsar a has 100 low scores, pulsar b one high score: keeping half of the *sources* keeps only b.
    score = np.r_[np.full(100, 0.1), 0.9]
    source = np.array(["a"] * 100 + ["b"])
    threshold = threshold_for_recall(score, source, np.ones(101, bool), target_recall=0.5)
    assert threshold.value == 0.9
    assert threshold.recall == pytest.approx(0.5)


def test_the_threshold_is_the_highest_that_keeps_the_target():
    rng = np.random.default_rng(0)
    score, source = rng.random(200), rng.integers(10, size=200)
    known = source < 6
    threshold = threshold_for_recall(score, source, known, target_recall=0.8)
    just_above = np.nextafter(threshold.value, 1)
    assert threshold.recall >= 0.8
    assert selected_share(score, source, known, just_above) < 0.8


def test_no_more_than_n_over_n_plus_one_can_be_guaranteed():
    score, source = np.linspace(0, 1, 40), np.repeat(np.arange(4), 10)
    known = np.ones(40, bool)
    reachable = threshold_for_recall(score, source, known, target_recall=0.79, guarantee=True)
    beyond = threshold_for_recall(score, source, known, target_recall=0.81, guarantee=True)
    assert np.isfinite(reachable.value)
    assert beyond.value == -np.inf
    assert np.isnan(beyond.share)  # nobody is unknown here


def test_guaranteed_recall_of_new_sources_reaches_the_target():
    """Each source has its own level, so observations of one source are alike: the hard case."""
    rng = np.random.default_rng(5)
    recalls = {False: [], True: []}
    for _ in range(400):
        level = rng.normal(size=9)
        score = level[:, None] + 0.3 * rng.normal(size=(9, 20))
        source = np.repeat(np.arange(9), 20)
        for guarantee, kept in recalls.items():
            known = source < 8
            threshold = threshold_for_recall(
                score.ravel()[known], source[known], known[known], target_recall=0.8, guarantee=guarantee
            )
            kept.append((score[8] >= threshold.value).mean())
    standard_error = np.std(recalls[True]) / 20
    assert np.mean(recalls[True]) > 0.8 - 2 * standard_error
    assert np.mean(recalls[False]) < np.mean(recalls[True])


def test_a_left_out_source_does_not_inform_its_own_threshold():
    seen = []

    def score_without(keep):
        seen.append(keep.copy())
        return np.where(np.array(list("aabbcc")) == "a", 0.2, 0.8)

    source, known = np.array(list("aabbcc")), np.array([1, 1, 1, 1, 0, 0], bool)
    table = leave_one_source_out(score_without, source, known, target_recall=1.0)
    assert [int((~keep).sum()) for keep in seen] == [2, 2]
    # Without a, b sets the threshold at 0.8 and a is lost; without b, a sets 0.2 and b is caught.
    assert table.set_index("source").recall.to_dict() == {"a": 0.0, "b": 1.0}


def test_log_odds_are_those_of_a_bet_and_end_with_double_precision():
    np.testing.assert_allclose(log_odds([0.5, 100 / 101, 1 / 1001]), [0, 2, -3], atol=1e-12)
    assert log_odds([0.0, 1.0]).tolist() == [-16, 16]
    assert log_odds(1e-12) == pytest.approx(-12)


def test_without_known_members_there_is_no_threshold():
    with pytest.raises(DataError, match="at least one known member"):
        threshold_for_recall([0.1, 0.2], ["a", "b"], [False, False])


def test_source_weights_sum_to_one_for_each_source():
    source = np.array(["a", "b", "a", "c", "a"])
    weights = source_weights(source)
    assert {name: weights[source == name].sum() for name in "abc"} == pytest.approx({"a": 1, "b": 1, "c": 1})


@pytest.mark.parametrize("target", [0.0, -0.1, 1.5, float("nan")])
def test_a_target_that_is_no_share_is_refused(target):
    with pytest.raises(ParameterError, match="a share above 0 and up to 1"):
        threshold_for_recall([0.1], ["a"], [True], target_recall=target)
