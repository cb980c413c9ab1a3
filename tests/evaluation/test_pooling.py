import numpy as np
import pytest
from scipy.special import softmax

from astrokit.errors import DataError
from astrokit.evaluation import fit_pool, log_loss, reliability_of_classes


def planted(rng, n, weights, biases):
    """Opinions whose pool with these weights and biases is the truth."""
    scores = rng.normal(size=(len(weights), n, len(biases))) * 2
    opinions = softmax(scores, axis=2)
    truth = softmax(np.tensordot(weights, np.log(opinions), 1) + biases, axis=1)
    return opinions, (rng.random((n, 1)) > np.cumsum(truth, 1)).sum(1), truth


def test_planted_weights_and_biases_are_recovered():
    weights, biases = np.array([0.7, 0.0, 0.4]), np.array([0.5, -0.5, 0.2, -0.2])
    opinions, code, truth = planted(np.random.default_rng(0), 20_000, weights, biases)
    pool = fit_pool(opinions, code)
    np.testing.assert_allclose(pool.weights, weights, atol=0.05)
    np.testing.assert_allclose(pool.biases, biases, atol=0.1)
    np.testing.assert_allclose(pool.apply(opinions), truth, atol=0.08)


def test_planted_caution_is_recovered():
    rng = np.random.default_rng(4)
    opinions = softmax(2 * rng.normal(size=(1, 20_000, 4)), axis=2)
    truth = softmax(1.2 * np.log(opinions[0]) + 0.6 * np.log(1 - opinions[0]), axis=1)
    code = (rng.random((20_000, 1)) > np.cumsum(truth, 1)).sum(1)
    pool = fit_pool(opinions, code)
    assert pool.weights[0] == pytest.approx(1.2, abs=0.1)
    assert pool.caution == pytest.approx(0.6, abs=0.1)
    np.testing.assert_allclose(pool.apply(opinions), truth, atol=0.05)


def test_a_few_wrong_labels_do_not_make_the_pool_timid():
    """An honest classifier, and one label in twenty-five that is another: no temperature does as well."""
    rng = np.random.default_rng(5)
    scores = 3 * rng.normal(size=(20_000, 5))
    code = (rng.random((20_000, 1)) > np.cumsum(softmax(scores, axis=1), 1)).sum(1)
    code = (code + (rng.random(20_000) < 0.04) * rng.integers(1, 5, 20_000)) % 5
    pooled = fit_pool([softmax(scores, axis=1)], code).apply([softmax(scores, axis=1)])

    temperatures = [softmax(scores / each, axis=1) for each in np.linspace(0.8, 3, 45)]
    best = min(temperatures, key=lambda p: log_loss(p, code))
    assert log_loss(pooled, code) < log_loss(best, code) - 0.003


def test_a_pool_of_one_makes_a_boastful_classifier_honest():
    opinions, code, _ = planted(np.random.default_rng(1), 8000, [0.3], np.zeros(5))
    pool = fit_pool(opinions[:, :4000], code[:4000])
    assert pool.weights[0] == pytest.approx(0.3, abs=0.03)
    before = reliability_of_classes(opinions[0, 4000:], code[4000:])
    after = reliability_of_classes(pool.apply(opinions[:, 4000:]), code[4000:])
    assert before.error > 0.2
    assert after.error < after.error_by_chance_high


def test_the_pool_is_better_than_its_best_member_on_rows_it_has_not_seen():
    opinions, code, _ = planted(np.random.default_rng(2), 6000, [0.6, 0.6], np.zeros(3))
    pool = fit_pool(opinions[:, :3000], code[:3000])
    judged = [log_loss(each[3000:], code[3000:]) for each in opinions]
    assert log_loss(pool.apply(opinions[:, 3000:]), code[3000:]) < min(judged) - 0.05


def test_probabilities_are_probabilities_also_where_a_member_excludes_the_truth():
    opinions = np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]])
    pool = fit_pool(opinions, [0, 1, 0, 0])
    pooled = pool.apply(opinions)
    np.testing.assert_allclose(pooled.sum(1), 1)
    assert pooled.min() > 0


def test_opinions_that_say_nothing_leave_the_pool_even_and_the_biases_to_the_shares():
    code = np.repeat([0, 1], [900, 100])
    pool = fit_pool(np.full((2, 1000, 2), 0.5), code)
    np.testing.assert_allclose(pool.weights, 0.5)
    np.testing.assert_allclose(pool.apply(np.full((2, 1, 2), 0.5))[0], [0.9, 0.1], atol=0.005)


@pytest.mark.parametrize(
    ("opinions", "code", "message"),
    [
        (np.full((1, 3, 2), 0.5), [0, 0, 0], "3 of 1 classes"),
        (np.full((1, 3, 2), 0.5), [0, 1], "2 of 2 classes"),
        (np.full((3, 2), 0.5), [0, 1, 0], "of shape"),
        (np.full((1, 3, 2), np.nan), [0, 1, 0], "all finite: False"),
    ],
)
def test_opinions_that_cannot_be_pooled_are_refused(opinions, code, message):
    with pytest.raises(DataError, match=message):
        fit_pool(opinions, code)
