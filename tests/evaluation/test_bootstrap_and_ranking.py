import numpy as np
import pytest

from astrokit.errors import DataError
from astrokit.evaluation import (
    auc_interval,
    bootstrap_groups,
    compare_rankings,
    permutation_p_value,
    ranking_auc,
    resample_groups,
)


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
