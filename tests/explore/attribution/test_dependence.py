"""Planted interactions are found, waterfalls add up, beeswarms hold every source."""

import numpy as np
import pytest

from astrokit.explain.shapley import Attribution
from astrokit.explore.attribution.dependence import N_DOTS, dependence
from astrokit.explore.attribution.interaction import interaction_strengths
from astrokit.explore.attribution.summary import summarise
from astrokit.explore.attribution.sums import Blocks
from astrokit.explore.attribution.swarm import HEIGHT, rounded_range, swarm_of
from astrokit.explore.attribution.waterfall import waterfall

N = 3000


def planted(random_state=0):
    """x1 goes with x0, x3 turns the effect of x0 around, the others do nothing."""
    rng = np.random.default_rng(random_state)
    x = rng.normal(size=(N, 8))
    x[:, 1] = 0.9 * x[:, 0] + 0.3 * x[:, 1]
    x[:, 3] = rng.integers(0, 2, N)
    values = 0.1 * rng.normal(size=x.shape)
    values[:, 0] += x[:, 0] ** 3 + 2 * x[:, 0] * (x[:, 3] - 0.5)
    return values, x


def test_a_planted_interaction_is_the_strongest_though_another_feature_goes_along():
    values, x = planted()
    shares = interaction_strengths(values, x, 0)
    assert np.nanargmax(shares) == 3
    assert np.isnan(shares[0])
    assert np.delete(shares, [0, 3]).max() < 0.3 * shares[3]


def test_of_the_exact_shapley_values_of_a_product_each_factor_is_the_strongest_of_the_other():
    # f = x0 + x1 x4 with independent features of mean 0: phi_0 = x0, phi_1 = phi_4 = x1 x4 / 2.
    x = np.random.default_rng(0).normal(size=(N, 5))
    values = np.zeros_like(x)
    values[:, 0], values[:, 1], values[:, 4] = x[:, 0], x[:, 1] * x[:, 4] / 2, x[:, 1] * x[:, 4] / 2
    attribution = Attribution(values, 0.0, x, tuple("abcde"))
    assert dependence(attribution, 1, np.arange(N)).other == 4
    assert dependence(attribution, 4, np.arange(N)).other == 1
    assert np.nanmax(dependence(attribution, 0, np.arange(N)).strengths) < 0.01


def test_without_interaction_nothing_is_claimed():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(N, 6))
    assert np.nanmax(interaction_strengths(np.sin(x) + 0.01 * rng.normal(size=x.shape), x, 2)) < 0.01
    assert np.nanmax(interaction_strengths(rng.normal(size=x.shape), x, 2)) < 0.02
    assert np.nanmax(interaction_strengths(np.zeros_like(x), x, 2)) == 0


def test_interaction_values_of_the_attribution_are_taken_where_there_are_some():
    values, x = planted()
    pairs = np.zeros((N, 8, 8))
    pairs[:, 0, 5] = pairs[:, 5, 0] = 0.4
    attribution = Attribution(values, 0.0, x, tuple("abcdefgh"), interactions=pairs)
    assert dependence(attribution, 0, np.arange(N)).other == 5


def test_gaps_and_few_rows_are_no_error():
    values, x = planted()
    x[::3, 3] = np.nan
    x[::5, 0], values[::5, 0] = np.nan, 0.2  # what the model says of a gap
    assert np.nanargmax(interaction_strengths(values, x, 0)) == 3
    for n in (1, 2, 7):
        assert np.isfinite(np.delete(interaction_strengths(values[:n], x[:n], 0), 0)).all()


def test_dots_are_a_sample_of_each_side_with_their_own_values():
    values, x = planted()
    attribution = Attribution(values, 0.0, x, tuple("abcdefgh"))
    found = dependence(attribution, 0, np.arange(2000), np.arange(2000, N))
    assert len(found.here.rows) == N_DOTS
    assert found.here.rows.max() < 2000 <= found.there.rows.min()
    np.testing.assert_array_equal(found.here.x, x[found.here.rows, 0])
    np.testing.assert_array_equal(found.there.y, values[found.there.rows, 0])
    assert ((found.tones > 0.5) == (x[found.here.rows, 3] == 1)).all()


@pytest.mark.parametrize("n_steps", [3, 8, 20])
def test_the_waterfall_goes_from_the_base_value_to_the_answer(n_steps):
    values, x = planted()
    attribution = Attribution(values, 1.5, x, tuple("abcdefgh"))
    for row in range(20):
        steps = waterfall(attribution, row, n_steps)
        assert len(steps.values) == min(n_steps, 8)
        assert steps.answer == pytest.approx(1.5 + values[row].sum())
        ends = steps.starts + steps.values
        assert steps.starts[0] == 1.5
        np.testing.assert_allclose(ends[:-1], steps.starts[1:])
        assert ends[-1] == pytest.approx(steps.answer)
        kept = steps.features[steps.features >= 0]
        np.testing.assert_allclose(steps.values[: len(kept)], values[row, kept])


def test_the_beeswarm_holds_every_source_of_both_sides_where_its_values_are():
    values, x = planted()
    blocks = Blocks(values, x)
    mask = x[:, 3] == 1
    summary = summarise(blocks, tuple("abcdefgh"), mask)
    features = np.array([3, 0])
    edges = np.stack([blocks.scales.edges(feature) for feature in features])
    swarm = swarm_of(summary, features, edges)
    for columns, rows in ((swarm.here, mask), (swarm.there, ~mask)):
        for place, feature in enumerate(features):
            own = columns.row == place
            inside = np.clip(values[rows, feature], edges[place, 0], edges[place, -1] - 1e-9)
            expected = np.histogram(inside, edges[place])[0]
            shares = (columns.height[own] / columns.height[own].max()) ** 2
            np.testing.assert_allclose(shares, expected[expected > 0] / expected.max(), atol=0.02)
    assert max(swarm.here.height.max(), swarm.there.height.max()) == pytest.approx(HEIGHT)
    assert (
        swarm.here.tone[swarm.here.row == 0].mean() > 40 > 25 > swarm.there.tone[swarm.there.row == 0].mean()
    )


def test_a_range_drawn_the_other_way_round_is_the_same():
    edges = np.linspace(0, 1, 65)
    assert rounded_range(edges, 0.7, 0.2) == rounded_range(edges, 0.2, 0.7) == (0.2, 0.7)
