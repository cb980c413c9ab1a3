"""Back from ratios to clouds: information that is known, and posteriors of an emulator that is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from astrokit.studies.molecular_ratios import inverse, posterior
from astrokit.studies.molecular_ratios.attribution import draw_inputs
from astrokit.studies.molecular_ratios.cube import unit_cube
from astrokit.studies.molecular_ratios.likelihood import Law
from astrokit.studies.molecular_ratios.sample import RATIOS, Observed, carbon_to_oxygen, load

ERROR, SPREAD = 0.1, 0.5  # dex, of the emulator below, and of the logarithm of what a cloud makes of it


def draw_seen(seed):
    """CN/HCN tells the target with noise, CS/SO and HCO+/HCN only together; the others know nothing."""
    rng = np.random.default_rng(seed)
    seen = rng.normal(size=(800, 9))
    target = rng.normal(size=800)
    seen[:, 0] = target + 0.8 * rng.normal(size=800)
    seen[:, 3] = target + 3 * seen[:, 2] + 0.3 * rng.normal(size=800)
    return seen, target


@pytest.fixture(scope="module")
def seen():
    return draw_seen(0)


def test_the_ratio_that_tells_is_found_and_its_information_is_the_known_one(seen):
    table = inverse.ranking(*seen, 1)
    assert table.ratios[0] == ("CN/HCN",)
    known = 0.5 * np.log2(1 + 1 / 0.8**2)
    # Over 40 seeds of such data the estimates scatter by 0.057 bits about the known value.
    assert table.bits[0] == pytest.approx(known, abs=2.5 * 0.057)
    assert table.bits[4:].abs().max() < 0.1


def test_intervals_hold_what_is_known_of_ratios_that_tell_and_of_those_that_know_nothing():
    """Of 42 intervals of 90%, 33 or more, but for a chance of a percent."""
    known, held = 0.5 * np.log2(1 + 1 / 0.8**2), 0
    for seed in range(6):
        table = inverse.ranking(*draw_seen(seed), 1, random_state=seed).set_index("ratios")
        for (ratio,), row in table.iterrows():
            if ratio not in ("CS/SO", "HCO+/HCN"):
                truth = known if ratio == "CN/HCN" else 0.0
                held += row.low <= truth <= row.high
    assert held >= 33


def test_two_that_tell_only_together_are_found(seen):
    table = inverse.ranking(*seen, 2, within=RATIOS[:5])
    assert table.ratios[0] == ("CS/SO", "HCO+/HCN")
    assert len(table) == 10
    found = inverse.decompose(*seen, ("CS/SO", "HCO+/HCN"))
    assert found.synergistic > 3 * max(found.redundant, found.unique1, found.unique2)


def test_what_was_chosen_is_checked_on_other_models(seen):
    """Among ratios that know nothing the best looks better where it was chosen."""
    rng = np.random.default_rng(1)
    gains = []
    for _ in range(3):
        table = inverse.chosen_and_checked(
            rng.normal(size=(120, 9)), rng.normal(size=120), 2, random_state=rng
        )
        gains.append(table.bits[0] - table.checked[0])
    assert np.mean(gains) > 0.05


def test_nothing_seen_has_a_place_of_its_own():
    values = pd.DataFrame([[0.0] * 9, [np.nan] * 9, [2.0] * 9], columns=RATIOS)
    found = inverse.as_seen(Observed(values, values * 0))
    assert found[:, 0].tolist() == [0.0, -1.0, 2.0]


def test_carbon_over_oxygen_is_by_number():
    inputs = load().inputs.head(1).assign(log10_carbon_factor=0.0, log10_oxygen_factor=-1.0)
    assert carbon_to_oxygen(inputs) == pytest.approx(np.log10(1.77e-4 / 3.34e-5))


# --- posteriors ---------------------------------------------------------------------------------------------


class Known:
    """Nine sums of the inputs, off by errors that are large or small together."""

    matrix = np.random.default_rng(3).normal(size=(7, 9))

    def predict(self, inputs):
        return unit_cube(inputs) @ self.matrix

    def error(self, inputs):
        return np.full((len(inputs), 9), ERROR)  # the same everywhere

    def law(self):
        return Law(np.ones(9), np.eye(9), SPREAD, 0.0)


@pytest.fixture(scope="module")
def prior():
    return posterior.draw_prior(Known(), n_draws=5_000)


def clouds(n_clouds, seed):
    """Inputs, and their ratios as the chemistry has them: what the emulator says and its error."""
    rng = np.random.default_rng(seed)
    inputs = draw_inputs(n_clouds, rng)
    size = ERROR * np.exp(SPREAD * rng.standard_normal((n_clouds, 1)))
    truth = Known().predict(inputs) + size * rng.standard_normal((n_clouds, 9))
    return inputs, pd.DataFrame(truth, columns=RATIOS)


@pytest.mark.full
def test_posteriors_of_unseen_clouds_hold_the_truth_as_often_as_they_say(prior):
    ranks, sizes = [], []
    for seed in (101, 102, 103):  # clouds and noise of their own: 300 in all
        inputs, truth = clouds(100, seed)
        found = posterior.check(prior, inputs, Observed(truth, truth * 0), random_state=seed)
        assert posterior.summary(found, prior).narrowing.max() < 0.9
        ranks.append(found.ranks)
        sizes.append(found.effective_size)
    held = np.abs(2 * np.concatenate(ranks) - 1) < 0.9
    assert held.mean(0) == pytest.approx(np.full(5, 0.9), abs=0.05)  # three standard errors
    assert min(stats.kstest(each, "uniform").pvalue for each in np.concatenate(ranks).T) > 0.002
    assert np.median(sizes) > 20


@pytest.mark.full
def test_an_emulator_that_thinks_itself_exact_is_found_out(prior):
    inputs, truth = clouds(60, 6)
    law = prior.law._replace(scales=prior.law.scales / 5, spread=0.0)
    bold = prior._replace(sizes=prior.sizes / 5, law=law)
    table = posterior.summary(posterior.check(bold, inputs, Observed(truth, truth * 0), noise=0.01), bold)
    assert table.inside.min() < 0.75


def test_limits_are_used_as_limits(prior):
    """A limit on the side where everything lies says nothing; on the other side it says much."""
    values = np.full(9, np.nan)
    nothing = posterior.infer(prior, values, np.zeros(9))
    assert nothing.effective_size > 0.9 * len(nothing.weights)
    values[0] = np.quantile(prior.predicted[:, 0], 0.05)
    below = posterior.infer(prior, values, np.full(9, -1))
    above = posterior.infer(prior, values, np.full(9, 1))
    even = posterior.sought(prior.inputs)
    moved = [np.abs(each.mean - even.mean(0)) / even.std(0) for each in (below, above)]
    assert moved[0].max() > 0.3
    assert moved[1].max() < 0.15


def test_levels_of_others_widen_what_is_too_narrow_and_no_cloud_sets_its_own():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(1000, 5))
    ranks = stats.norm.cdf(x * np.array([1.0, 1.5, 1.0, 0.7, 1.0]))  # the second is too sure of itself
    folds = np.arange(1000) % 5
    levels = posterior.levels_of_others(ranks, folds)
    held = np.abs(2 * ranks - 1) <= levels
    assert held.mean(0) == pytest.approx(np.full(5, 0.9), abs=0.03)
    assert levels[:, 1].min() > 0.96
    assert levels[:, 3].max() < 0.8
    ranks[folds == 2] = 0.5
    assert (posterior.levels_of_others(ranks, folds)[folds == 2] == levels[folds == 2]).all()


def test_intervals_of_a_level_are_quantiles_of_the_posterior():
    normal = stats.norm.ppf(posterior.PROBABILITIES)[None, :, None] * np.ones(5)
    found = posterior.Check(np.full((1, 5), 0.5), normal, np.zeros((1, 5)), np.ones(1), np.ones(1))
    low, high = found.intervals(np.array([0.5, 0.8, 0.9, 0.95, 0.9]))
    assert high[0] == pytest.approx(stats.norm.ppf([0.75, 0.9, 0.95, 0.975, 0.95]), abs=1e-3)
    assert low == pytest.approx(-high)


def test_noise_is_added_to_what_is_detected_alone():
    values = pd.DataFrame(np.zeros((2, 9)), columns=RATIOS)
    kinds = pd.DataFrame(np.tile([[0], [-1]], (1, 9)), columns=RATIOS)
    noisy = posterior.with_noise(Observed(values, kinds), noise=0.1)
    assert (noisy.values.iloc[0] != 0).all()
    assert (noisy.values.iloc[1] == 0).all()
    assert noisy.values.iloc[0].std() == pytest.approx(0.1, rel=0.6)


def test_what_is_sought_is_what_went_in():
    inputs = draw_inputs(3, np.random.default_rng(0))
    found = posterior.sought(inputs)
    np.testing.assert_array_equal(found[:, :2], inputs[:, :2])
    np.testing.assert_allclose(found[:, 4], inputs[:, 5] - inputs[:, 6] + np.log10(1.77 / 3.34))
