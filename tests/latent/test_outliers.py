import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.latent import Cancelled, Outliers, rank_outliers, rerank
from astrokit.random import as_generator

METHODS = ["neighbours", "forest", "local"]


def crowd_with_strangers(n=2000, seed=0):
    """A crowd, and at the end five strangers far from it and from each other."""
    rng = np.random.default_rng(seed)
    latents = rng.normal(size=(n + 5, 4))
    latents[n:] = 6 * np.array(
        [[1, 1, 1, 1], [-1, 1, -1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [-1, -1, -1, -1]]
    )
    return latents


@pytest.mark.parametrize("method", METHODS)
def test_planted_strangers_come_first(method):
    latents = crowd_with_strangers()
    found = rank_outliers(latents, method, progress=False)
    assert set(found.order[:5]) == set(range(2000, 2005))
    assert set(found.ranks[2000:]) == {1, 2, 3, 4, 5}
    assert sorted(found.ranks) == list(range(1, 2006))


@pytest.mark.parametrize("method", METHODS)
def test_strangers_come_first_by_a_reference_that_holds_few_of_the_rows(method):
    found = rank_outliers(crowd_with_strangers(), method, n_reference=300, progress=False)
    assert set(found.order[:5]) == set(range(2000, 2005))


def test_scores_are_those_of_their_definitions():
    from sklearn.neighbors import LocalOutlierFactor

    latents = crowd_with_strangers(300)
    scaled = (latents - latents.mean(0)) / latents.std(0)
    distances = np.sort(np.linalg.norm(scaled[:, None] - scaled, axis=2), axis=1)
    found = rank_outliers(latents, k=7, progress=False)
    np.testing.assert_allclose(found.scores, distances[:, 7], rtol=1e-6)
    local = rank_outliers(latents, "local", k=7, progress=False)
    model = LocalOutlierFactor(7).fit(scaled)
    np.testing.assert_allclose(local.scores, -model.negative_outlier_factor_)


def test_rows_of_the_reference_do_not_count_themselves_and_the_others_miss_none():
    latents = np.random.default_rng(0).normal(size=(300, 3))
    found = rank_outliers(latents, k=5, scale=None, n_reference=150, random_state=4, progress=False)
    reference = as_generator(4).choice(300, 150, replace=False)
    distances = np.linalg.norm(latents[:, None] - latents[reference], axis=2)
    distances[np.arange(300)[:, None] == reference] = np.inf
    np.testing.assert_allclose(found.scores, np.sort(distances, axis=1)[:, 4])


def test_the_stray_beside_a_tight_cluster_is_seen_by_local_density_only():
    rng = np.random.default_rng(0)
    latents = np.concatenate([rng.normal(0, 0.05, (500, 2)), rng.uniform(3, 13, (500, 2)), [[0.0, 0.8]]])
    assert rank_outliers(latents, "local", progress=False).ranks[-1] == 1
    assert rank_outliers(latents, "neighbours", progress=False).ranks[-1] > 1


@pytest.mark.parametrize("method", METHODS)
def test_rows_with_nan_have_no_score(method):
    latents = crowd_with_strangers(200)
    latents[7, 1] = np.nan
    found = rank_outliers(latents, method, progress=False)
    assert np.isnan(found.scores[7])
    assert found.ranks[7] == 0
    assert 7 not in found.order
    assert len(found.order) == 204


def two_kinds(seed=0):
    """A crowd; 30 instrument faults that are very strange; 30 of a new class that are less so."""
    rng = np.random.default_rng(seed)
    crowd = rng.normal(0, 1, (2000, 4))
    faults = rng.normal([20, 0, 0, 0], 0.5, (30, 4))
    news = rng.normal([0, 8, 0, 0], 0.5, (30, 4))
    return np.concatenate([crowd, faults, news]), np.arange(2000, 2030), np.arange(2030, 2060)


def test_marks_lift_the_others_of_their_kind():
    latents, faults, news = two_kinds()
    first = rank_outliers(latents, k=40, progress=False)
    marks = {int(row): "boring" for row in faults[:4]} | {int(row): "interesting" for row in news[:4]}
    second = rerank(first, latents, marks)
    assert np.median(first.ranks[faults[4:]]) < np.median(first.ranks[news[4:]])  # the faults stood above
    assert second.ranks[news[4:]].max() <= 30
    assert second.ranks[faults[4:]].min() > 30


def test_a_mark_does_not_reach_what_is_unlike_it():
    latents, faults, news = two_kinds()
    first = rank_outliers(latents, k=40, progress=False)
    second = rerank(first, latents, {int(row): "boring" for row in faults[:4]})
    spread = np.ptp(first.scores)
    kept = (first.scores - first.scores.min()) / spread
    assert (second.scores[news] > 0.5 * kept[news]).all()
    assert (second.scores[faults] < 0.3 * kept[faults]).all()
    firm = rerank(first, latents, {int(row): "boring" for row in faults[:4]}, trust=100.0)
    np.testing.assert_allclose(firm.scores[:2000], kept[:2000])


def test_scores_follow_the_published_formula():
    latents = np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 4.0], [5.0, 1.0]])
    first = Outliers(np.array([0.0, 1.0, 2.0, 4.0]), "mine")
    found = rerank(first, latents, {1: "interesting"}, trust=0.7, scale=None)
    d = np.linalg.norm(latents - latents[1], axis=1)
    expected = first.scores / 4 * np.tanh(np.exp(0.7 * d / d.mean()) - 1 + np.arctanh(0.95))
    np.testing.assert_allclose(found.scores, expected)


def test_numbers_between_boring_and_interesting_are_marks_too():
    latents, faults, news = two_kinds()
    first = rank_outliers(latents, k=40, progress=False)
    words = rerank(first, latents, {int(faults[0]): "boring", int(news[0]): "interesting"})
    numbers = rerank(first, latents, {int(faults[0]): 0.0, int(news[0]): 1.0})
    np.testing.assert_array_equal(words.scores, numbers.scores)


def test_rows_without_a_score_stay_without_and_marks_stay_with_their_rows():
    latents, _, _ = two_kinds()
    latents[3] = np.nan
    first = rank_outliers(latents, k=40, progress=False)
    second = rerank(first, latents, {2000: "boring", 2030: "interesting"})
    assert np.flatnonzero(np.isnan(second.scores)).tolist() == [3]
    short = Outliers(np.delete(first.scores, 3), "")
    plain = rerank(short, np.delete(latents, 3, axis=0), {1999: "boring", 2029: "interesting"})
    np.testing.assert_array_equal(np.delete(second.scores, 3), plain.scores)


def test_scoring_can_be_cancelled():
    with pytest.raises(Cancelled, match="0 when it was cancelled"):
        rank_outliers(crowd_with_strangers(), progress=False, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: rank_outliers(x, "magic"), ["neighbours, forest, local", "'magic'"]),
        (lambda x: rank_outliers(x[:10]), ["at least 22 rows", "10 of 10"]),
        (lambda x: rerank(Outliers(np.ones(105), ""), x, {}), ["at least one", "none"]),
        (lambda x: rerank(Outliers(np.ones(105), ""), x, {3: "nice"}), ["mark of row 3", "'nice'"]),
        (lambda x: rerank(Outliers(np.ones(105), ""), x, {3: 5}), ["0 to 1", "5"]),
        (lambda x: rerank(Outliers(np.ones(105), ""), x, {105: "boring"}), ["have a score", "105"]),
        (lambda x: rerank(Outliers(np.ones(9), ""), x, {1: "boring"}), ["105 sources", "9"]),
    ],
)
def test_what_does_not_fit_is_told_with_numbers(call, words):
    with pytest.raises(ParameterError) as told:
        call(crowd_with_strangers(100))
    assert all(word in str(told.value) for word in words)
