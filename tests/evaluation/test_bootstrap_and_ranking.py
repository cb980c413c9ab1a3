import numpy as np
import pytest

from astrokit.errors import DataError, ParameterError
from astrokit.evaluation import (
    auc_interval,
    bootstrap_groups,
    compare_rankings,
    paired_differences,
    permutation_p_value,
    ranking,
    ranking_auc,
    resample_groups,
)
from astrokit.evaluation.ranking import _expanded


def test_intervals_over_groups_cover_the_truth_and_intervals_over_rows_do_not():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(25), 20)
    hits = {"groups": 0, "rows": 0}
    for trial in range(120):
        values = rng.normal(size=25)[group] + 0.1 * rng.standard_normal(500)
        for name, unit in (("groups", group), ("rows", np.arange(500))):
            estimate = bootstrap_groups(
                lambda rows, v=values: v[rows].mean(), unit, n_resamples=150, random_state=trial
            )
            hits[name] += estimate.low <= 0 <= estimate.high
    # Nominal 90% of 120 is 108 with a standard deviation of 3.3; 25 groups lose a little.
    assert hits["groups"] > 96
    assert hits["rows"] < 60


def test_strata_keep_their_number_of_groups():
    group = np.repeat(np.arange(10), 3)
    label = group < 2
    for rows in resample_groups(group, strata=label, n_resamples=50, random_state=0):
        assert label[rows].sum() == 6
        assert len(rows) == 30


def test_resamples_hold_whole_groups():
    group = np.array([0, 0, 0, 1, 2, 2])
    for rows in resample_groups(group, n_resamples=30, random_state=1):
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[1] == counts[2]
        assert counts[4] == counts[5]


def test_auc_agrees_with_scikit_learn_ties_included():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(2)
    score, member = rng.integers(5, size=300), rng.random(300) > 0.7
    assert ranking_auc(score, member) == pytest.approx(roc_auc_score(member, score))


def test_auc_without_members_is_nan_and_scores_must_be_finite():
    assert np.isnan(ranking_auc([1.0, 2.0], [False, False]))
    with pytest.raises(DataError, match="1 finite of 2"):
        ranking_auc([1.0, np.nan], [True, False])


def test_permutation_p_values_are_uniform_under_the_null():
    rng = np.random.default_rng(4)
    p_values = []
    for trial in range(200):
        score, labels = rng.random(20), np.arange(20) < 5
        p_values.append(
            permutation_p_value(
                lambda dealt, s=score: ranking_auc(s, dealt), labels, n_permutations=99, random_state=trial
            )
        )
    # 10 of 200 expected below 0.05, standard deviation 3.1
    assert 2 <= np.sum(np.array(p_values) <= 0.05) <= 20


def test_rankings_leave_out_what_has_no_score_and_say_how_many_stay():
    member = np.arange(12) < 4
    partial = np.where(np.arange(12) == 11, np.nan, -np.arange(12.0))
    table = compare_rankings({"partial": partial, "constant": np.ones(12)}, member, n_resamples=50)
    assert table.n_samples.tolist() == [11, 12]
    assert table.auc.tolist() == [1.0, 0.5]
    assert table.p_value[0] < 0.1 < table.p_value[1]


@pytest.mark.parametrize("shift", [0.6, 1.35, 1.9])
def test_intervals_of_an_auc_cover_with_a_handful_of_members(shift):
    """Five members among 28: resampling covers 64 to 81% of the time where this interval promises 90%."""
    from scipy.stats import norm

    rng, member, hits = np.random.default_rng(0), np.arange(28) < 5, 0
    truth = norm.cdf(shift / np.sqrt(2))
    for _ in range(400):
        score = rng.normal(shift * member, 1.0)
        interval = auc_interval(ranking_auc(score, member), 5, 23)
        hits += interval.low <= truth <= interval.high
    assert hits / 400 > 0.9 - 3 * 0.015  # the standard error of 400 trials at 0.9


def correlated_scores(rng, shifts, correlation):
    """Two scores of 28 samples, of which 5 are members that lie higher by the shifts."""
    common, *own = rng.standard_normal((3, 28))
    member = np.arange(28) < 5
    mixed = [np.sqrt(correlation) * common + np.sqrt(1 - correlation) * each for each in own]
    return {name: mixed[k] + shifts[k] * member for k, name in enumerate("ab")}, member


@pytest.mark.parametrize(("shifts", "correlation"), [((1.9, 1.1), 0.5), ((1.35, 1.35), 0.0)])
def test_intervals_of_a_difference_cover_with_a_handful_of_members(shifts, correlation):
    """Measured: 90 to 92%; plain percentiles cover 78 to 80% of the time."""
    from scipy.stats import norm

    rng = np.random.default_rng(0)
    truth = norm.cdf(shifts[0] / np.sqrt(2)) - norm.cdf(shifts[1] / np.sqrt(2))
    hits = 0
    for _ in range(120):
        scores, member = correlated_scores(rng, shifts, correlation)
        row = paired_differences(scores, member, reference="b", n_resamples=150).iloc[0]
        hits += row.low <= truth <= row.high
    assert hits / 120 > 0.9 - 2 * 0.027  # the standard error of 120 trials at 0.9


def test_what_is_hard_for_both_rankings_cancels_in_their_difference():
    """A score and its near copy: each alone is uncertain, their difference is not."""
    rng = np.random.default_rng(1)
    scores, member = correlated_scores(rng, (1.0, 1.0), 0.0)
    scores = {"score": scores["a"], "copy": scores["a"] + 1e-3 * rng.standard_normal(28)}
    row = paired_differences(scores, member, reference="copy").iloc[0]
    alone = compare_rankings(scores, member).iloc[0]
    assert row.high - row.low < 0.1 * (alone.high - alone.low)


def test_a_better_ranking_has_a_positive_difference_on_the_samples_that_all_can_rank():
    member = np.arange(20) < 6
    good = np.where(member, 1.0, 0.0) + np.arange(20) / 100
    partial = np.where(np.arange(20) == 19, np.nan, np.arange(20) % 3)
    scores = {"good": good, "partial": partial, "reference": np.arange(20) % 5}
    table = paired_differences(scores, member, reference="reference", n_resamples=300)
    assert table.ranking.tolist() == ["good", "partial"]
    assert table.n_samples.tolist() == [19, 19]
    common = np.arange(20) < 19
    for row in table.itertuples():
        assert row.auc == ranking_auc(scores[row.ranking][common], member[common])
        assert row.auc_reference == ranking_auc(scores["reference"][common], member[common])
        assert row.difference == row.auc - row.auc_reference
        assert row.low <= row.difference <= row.high
    assert table.low[0] > 0


def test_a_reference_that_is_no_score_is_refused():
    with pytest.raises(ParameterError, match="one of good"):
        paired_differences({"good": [1.0, 2.0]}, [True, False], reference="best")


def test_resamples_without_a_value_are_left_out_and_none_at_all_is_an_error():
    values = np.array([5.0, 5.0, np.nan])

    def statistic(rows):
        return values[rows].max()

    estimate = bootstrap_groups(statistic, [0, 1, 2], n_resamples=100)
    assert estimate.interval == (5.0, 5.0)
    with pytest.raises(DataError, match="none finite in 20"):
        bootstrap_groups(lambda rows: np.nan, [0, 1, 2], n_resamples=20)


def test_interval_of_a_mean_has_the_width_of_its_level():
    values = np.random.default_rng(0).normal(size=400)
    for level, reach in ((0.9, 1.645), (0.5, 0.674)):
        low, high = bootstrap_groups(
            lambda rows: values[rows].mean(), np.arange(400), n_resamples=2000, level=level
        ).interval
        assert high - low == pytest.approx(2 * reach * values.std() / 20, rel=0.1)


def test_a_permutation_as_good_as_the_data_counts_and_no_p_value_is_zero():
    labels = np.arange(10) < 3
    assert permutation_p_value(lambda dealt: 1.0, labels, n_permutations=9) == 1.0
    alone = permutation_p_value(lambda dealt: float((dealt == labels).all()), labels, n_permutations=19)
    assert alone == pytest.approx(1 / 20)


def test_ends_of_the_interval_of_an_auc_are_as_far_as_their_own_standard_error():
    """Hanley & McNeil (1982), eq. 2, with Q1 = A / (2 - A) and Q2 = 2 A^2 / (1 + A), exponential scores."""
    n, m = 50, 50
    estimate = auc_interval(0.8, n, m)
    for end in estimate.interval:
        spread = end * (1 - end) + (n - 1) * (end / (2 - end) - end**2)
        spread += (m - 1) * (2 * end**2 / (1 + end) - end**2)
        assert abs(end - 0.8) == pytest.approx(1.645 * np.sqrt(spread / (n * m)), rel=0.01)


def test_an_expanded_interval_of_a_mean_is_students():
    """The bootstrap's standard deviation is sqrt((n - 1) / n) too small, and a normal reach too short."""
    from scipy.stats import norm, t

    for n in (3, 5, 28):
        reach = norm.ppf((1 + _expanded(0.9, n)) / 2) * np.sqrt((n - 1) / n)
        assert reach == pytest.approx(t.ppf(0.95, n - 1))


def test_resamples_of_a_difference_keep_the_number_of_members(monkeypatch):
    seen = []

    def watched(score, member):
        seen.append(int(np.sum(member)))
        return ranking_auc(score, member)

    monkeypatch.setattr(ranking, "ranking_auc", watched)
    member = np.arange(12) < 3
    scores = {"score": np.arange(12) % 4, "reference": np.arange(12) % 3}
    paired_differences(scores, member, reference="reference", n_resamples=30)
    assert set(seen) == {3}
