"""The clusters, the threshold, and what they say of each source."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from astrokit.studies import pulsating_ulx as study


def test_the_threshold_keeps_the_target_and_recall_left_out_is_another_number(sample, clusters):
    assert clusters.threshold.recall > study.TARGET_RECALL - 1e-9
    left_out = study.leave_one_out(sample, study.left_out_scores(sample, n_starts=4))
    assert set(left_out.source) == set(sample.sources.index[sample.sources.known_pulsar])
    assert left_out.recall.between(0, 1).all()


def test_a_limit_far_above_the_source_says_nothing_about_its_luminosity(sample, clusters):
    """As the limit rises, its score tends to what peak and variability alone say."""
    limits, errors = study.arrays(sample.limits)
    known = [study.FEATURES.index("log_peak"), study.FEATURES.index("log_scatter")]
    up = np.array([20.0, 0, 0, 0])
    high = clusters.member_score.score_limits(limits + up, errors, 0, known)
    higher = clusters.member_score.score_limits(limits + 2 * up, errors, 0, known)
    np.testing.assert_allclose(high, higher, atol=1e-12)
    assert not np.allclose(clusters.limit_scores, high, atol=1e-3)


def test_limits_are_scored_as_limits_with_the_peak_and_the_variability_of_their_source(sample, clusters):
    """The probability of lying below, given two known features; hardness is unknown (NaN)."""
    limits, errors = study.arrays(sample.limits)
    assert study.FEATURES == ("log_luminosity", "hardness", "log_peak", "log_scatter")
    expected = clusters.member_score.score_limits(limits, errors, 0, [2, 3])
    np.testing.assert_array_equal(clusters.limit_scores, expected)
    assert np.isnan(limits[:, 1]).all()


def test_a_pulsar_left_out_leaves_no_trace_in_its_fold(sample):
    """Change the rows of the source that is left out: the scores of all others stay the same, bit for bit."""
    name = sample.sources.index[sample.sources.known_pulsar][0]
    points = sample.points.copy()
    mine = points.source == name
    points.loc[mine, ["log_luminosity", "hardness", "log_peak", "log_scatter"]] += 0.7
    before, after = (
        study.left_out_scores(each, n_starts=2)[name] for each in (sample, sample._replace(points=points))
    )
    np.testing.assert_array_equal(before[~mine], after[~mine])


@pytest.mark.parametrize("seed", [1, 3, 8])
def test_the_study_runs_at_any_seed_and_passes_it_on(seed):
    data = study.load("embedded", n_sources=20, random_state=seed)
    sample = study.prepare(data.observations)
    clusters = study.fit(sample, random_state=seed)
    again = study.stability(sample, clusters, n_resamples=2, random_state=seed)
    assert again["seeds"].shape == (3,)
    flips = study.flips(sample, clusters, n_draws=5, random_state=seed)
    assert ((flips >= 0) & (flips <= 1)).all()


def test_points_measured_without_error_never_flip(sample, clusters):
    exact = sample.points.assign(log_luminosity_error=1e-12, hardness_error=1e-12)
    exact_sample = sample._replace(points=exact)
    assert study.flips(exact_sample, clusters, n_draws=3).max() == 0


def test_candidates_are_no_known_pulsars_and_have_observations_inside(sample, clusters):
    listed = study.candidates(sample, clusters)
    assert not sample.sources.known_pulsar[listed.source].any()
    assert (listed.n_inside >= 1).all()
    assert (listed.n_inside <= listed.n_detections).all()
    assert listed.several.tolist() == (listed.n_inside >= 2).tolist()


def test_the_list_of_candidates_counts_what_lies_inside(sample, clusters):
    """By hand: q has two of three points inside and one of two limits, r one of one; p is a known pulsar."""
    points = pd.DataFrame({"source": list("pqqqrs"), "known_pulsar": [True] + [False] * 5})
    limits = pd.DataFrame({"source": list("qqp")})
    sources = pd.DataFrame({"scatter_dex": [1.0, 2.0, 3.0, 4.0]}, index=list("pqrs"))
    small = sample._replace(points=points, limits=limits, sources=sources)
    fitted = clusters._replace(
        threshold=clusters.threshold._replace(value=0.5),
        scores=np.array([0.9, 0.5, 0.4, 0.9, 0.8, 0.1]),
        limit_scores=np.array([0.6, 0.2, 0.9]),
    )
    listed = study.candidates(small, fitted).set_index("source")
    assert listed.index.tolist() == ["r", "q"]
    assert listed.loc["q"].tolist() == [2, 3, pytest.approx(2 / 3), 1, True, 2.0]
    assert listed.loc["r"].tolist() == [1, 1, 1.0, 0, False, 3.0]
    assert study.source_scores(small, fitted).round(6).to_dict() == {"p": 0.9, "q": 0.6, "r": 0.8, "s": 0.1}


def test_flips_are_counted_at_the_threshold(sample, clusters):
    beyond = clusters._replace(threshold=clusters.threshold._replace(value=2.0))
    assert study.flips(sample, beyond, n_draws=5).max() == 0
    assert study.flips(sample, clusters, n_draws=5).max() > 0


def test_each_pulsar_left_out_is_judged_by_its_own_scores(sample):
    """Scores that put all of one source at 1: its own threshold, set by the others at 0.5, catches it."""
    source = sample.points.source.to_numpy()
    names = np.unique(source[sample.points.known_pulsar])
    favoured = {name: np.where(source == name, 1.0, 0.5) for name in names}
    assert study.leave_one_out(sample, favoured).recall.tolist() == [1.0] * len(names)
    shunned = {name: np.where(source == name, 0.0, 0.5) for name in names}
    assert study.leave_one_out(sample, shunned).recall.tolist() == [0.0] * len(names)


def test_recall_left_out_keeps_the_target_that_was_asked_for(sample):
    scores = np.random.default_rng(0).random(len(sample.points))
    unseen = dict.fromkeys(sample.sources.index[sample.sources.known_pulsar], scores)
    for target in (0.3, 0.9):
        assert study.leave_one_out(sample, unseen, target_recall=target).recall.mean() == pytest.approx(
            target, abs=0.1
        )


def test_the_interval_of_a_mean_recall_is_that_of_so_many_trials():
    """Clopper & Pearson (1934): each end is where the tail of the binomial holds 5%."""
    estimate = study.mean_recall(pd.DataFrame({"recall": [1.0] * 6 + [0.0] * 2}))
    assert binom.sf(5, 8, estimate.low) == pytest.approx(0.05)
    assert binom.cdf(6, 8, estimate.high) == pytest.approx(0.05)
    assert study.mean_recall(pd.DataFrame({"recall": [0.0, 0.0]})).low == 0.0
    assert study.mean_recall(pd.DataFrame({"recall": [1.0, 1.0]})).high == 1.0
