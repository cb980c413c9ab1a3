"""Dependence beyond a representation: seen where it is, at the stated level where it is not."""

import numpy as np
import pytest
from scipy.stats import kstest

from astrokit.errors import ParameterError
from astrokit.explain import local_dependence


def world(effect, random_state, n=2500, n_latents=3, through=0.0):
    """Latents, a query that is partly seen in them, a target that follows both, and what may stand behind."""
    rng = np.random.default_rng(random_state)
    latents = rng.normal(size=(n, n_latents))
    other = rng.normal(size=n)
    query = 0.6 * latents[:, 0] + through * other + rng.normal(size=n)
    target = latents[:, 0] + 0.3 * latents[:, 1] ** 2 + effect * query + through * other + rng.normal(size=n)
    return latents, target, query, other


def test_p_values_are_uniform_without_an_effect():
    p_values = [local_dependence(*world(0.0, seed)[:3], k=60, n_shuffles=1).p_value for seed in range(120)]
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_an_effect_is_found_more_surely_the_larger_it_is():
    def power(effect):
        runs = (local_dependence(*world(effect, seed)[:3], k=60, n_shuffles=1) for seed in range(40))
        return np.mean([run.p_value < 0.05 for run in runs])

    powers = [power(effect) for effect in (0.0, 0.1, 0.3)]
    assert powers[0] < 0.2
    assert powers == sorted(powers)
    assert powers[2] > 0.95


def test_conditioning_takes_away_what_a_third_variable_brings():
    latents, target, query, other = world(0.0, 1, through=1.0)
    assert local_dependence(latents, target, query).p_value < 1e-6
    assert local_dependence(latents, target, query, given=other).p_value > 0.01


def test_the_interval_covers_the_partial_correlation():
    inside = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        latents, query = rng.normal(size=(2000, 2)), rng.normal(size=2000)
        run = local_dependence(latents, query + 2 * rng.normal(size=2000), query, k=60, n_shuffles=1)
        inside += run.low <= 1 / np.sqrt(5) <= run.high
    assert inside >= 51  # 95% of 60 is 57; fewer than 51 has a chance below 0.5%


@pytest.mark.parametrize("n_latents", [3, 40])
def test_shuffled_queries_correlate_as_much_as_independent_ones(n_latents):
    runs = [local_dependence(*world(0.0, seed, n_latents=n_latents)[:3], k=60) for seed in range(8)]
    ratio = np.mean([run.absolute for run in runs]) / np.mean([run.absolute_shuffled for run in runs])
    assert 0.85 < ratio < 1.15


def test_neighbourhoods_share_no_row_and_shuffling_takes_the_dependence_away():
    run = local_dependence(*world(0.5, 0)[:3], k=50)
    assert len(set(run.anchors)) == len(run.anchors) >= 10
    assert run.absolute > 2 * run.absolute_shuffled
    assert (run.q_values >= run.p_values).all()
    assert "neighbourhoods of 50" in repr(run)


def test_scales_of_the_latents_do_not_matter():
    latents, target, query, _ = world(0.2, 0)
    one = local_dependence(latents, target, query)
    other = local_dependence(latents * [1.0, 1e6, 1e-6], target, query)
    np.testing.assert_allclose(one.correlation, other.correlation, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": np.zeros(5)}, "length"),
        ({"query": np.zeros((200, 2))}, "query"),
        ({"latents": np.full((200, 2), np.nan)}, "200 rows"),
        ({"k": 5}, "k = 5"),
        ({"k": 150}, "half"),
        ({"given": np.zeros((200, 8))}, "8 given"),
    ],
)
def test_what_cannot_be_fitted_gets_one_clear_error(change, message):
    rng = np.random.default_rng(0)
    arguments = {
        "latents": rng.normal(size=(200, 2)),
        "target": rng.normal(size=200),
        "query": rng.normal(size=200),
    }
    with pytest.raises(ParameterError, match=message):
        local_dependence(**{**arguments, "k": 40, **change})
