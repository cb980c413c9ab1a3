import numpy as np
import pytest
from scipy.stats import ks_2samp

from astrokit.data.simulate.ulx import simulate_ulx, simulate_visits
from astrokit.data.ulx import OBSERVATION_COLUMNS, log_luminosity
from astrokit.errors import ParameterError


@pytest.fixture(scope="module")
def population():
    return simulate_ulx(80, random_state=2)


def test_observations_have_the_columns_of_a_users_table(population):
    assert {column.name for column in OBSERVATION_COLUMNS} <= set(population.observations.columns)
    assert population.observations.source.nunique() == 80


def test_bright_states_come_back_from_rates_and_distances(population):
    table = population.observations.assign(
        log_l=log_luminosity(population.observations.rate, population.observations.distance_mpc)
    )
    steady = population.truth[population.truth.off_fraction == 0].set_index("source")
    median = table[~table.upper_limit].groupby("source").log_l.median().reindex(steady.index)
    counts = table[~table.upper_limit].groupby("source").size().reindex(steady.index)
    off = (median - steady.log_luminosity)[counts > 30]
    # Scatter of 0.16 dex over more than 30 visits: a median is good to about 0.04 dex.
    assert off.abs().median() < 0.05


def test_hardness_comes_back_within_its_errors(population):
    joined = population.observations.merge(
        population.truth[["source", "hardness"]], on="source", suffixes=("", "_true")
    )
    joined = joined[~joined.upper_limit & (joined.hardness_error > 0)]
    bright = joined[joined.rate > 12 * joined.rate_error]  # the error depends on the hardness
    pull = (bright.hardness - bright.hardness_true) / np.hypot(bright.hardness_error, 0.07)
    assert abs(pull.mean()) < 0.1
    assert 0.85 < pull.std() < 1.15


def test_upper_limits_lie_above_the_truth_nearly_always(population):
    """The limits are at 99.73% credibility; a source in its bright state is the worst case for one."""
    table = population.observations
    limits = table[table.upper_limit]
    assert len(limits) > 100
    steady = population.truth[population.truth.off_fraction == 0].set_index("source").log_luminosity
    mine = limits[limits.source.isin(steady.index)]
    true_rate = 10 ** (steady.loc[mine.source].to_numpy() - log_luminosity(1.0, mine.distance_mpc))
    # The true rate of a visit scatters by 0.16 dex around the bright state, so allow for a few below.
    assert np.mean(mine.rate.to_numpy() > 0.6 * true_rate) > 0.97


def test_only_pulsar_like_sources_are_known_pulsars(population):
    truth = population.truth
    assert (truth[truth.known_pulsar].group == "pulsar-like").all()
    assert truth.known_pulsar.sum() == 8


def test_a_few_sources_vanish_and_are_no_pulsars():
    truth = simulate_ulx(1000, transients=0.1, random_state=4).truth
    others = truth[truth.group == "other"]
    transient = others[others.off_fraction > 0]
    assert 40 < len(transient) < 90  # 65 expected of 650, standard deviation 7.6
    assert transient.off_fraction.median() > 0.7
    assert (truth[truth.group == "pulsar-like"].off_fraction > 0).all()
    steady = simulate_ulx(100, transients=0.0, random_state=4).truth
    assert (steady[steady.group == "other"].off_fraction == 0).all()


def test_a_transient_is_an_upper_limit_in_most_visits(population):
    share = population.observations.groupby("source").upper_limit.mean()
    off = population.truth.set_index("source").off_fraction
    assert share[off[off > 0.6].index].mean() > 0.3
    assert share[off[off == 0].index].mean() < 0.15


def test_without_separation_the_groups_are_the_same():
    truth = simulate_ulx(600, separation=0.0, random_state=3).truth
    groups = [truth[truth.group == name].hardness for name in ("pulsar-like", "other")]
    assert ks_2samp(*groups).pvalue > 0.01
    vanishing = (truth.off_fraction > 0).groupby(truth.group).mean()
    # 0.1 in both: standard errors 0.015 and 0.021
    assert vanishing.tolist() == pytest.approx([0.1, 0.1], abs=0.06)


def test_known_pulsars_are_brighter_unless_the_bias_is_off():
    def excess(bias):
        gaps = []
        for seed in range(12):
            population = simulate_ulx(60, known_bias=bias, random_state=seed)
            rate = population.observations.groupby("source").rate.median()
            mine = population.truth[population.truth.group == "pulsar-like"].set_index("source").known_pulsar
            log_rate = np.log10(rate[mine.index])
            gaps.append(log_rate[mine].mean() - log_rate[~mine].mean())
        return np.mean(gaps), np.std(gaps) / np.sqrt(12)

    biased, _ = excess(1.0)
    fair, error = excess(0.0)
    assert biased > 0.3
    assert abs(fair) < 3 * error


def test_same_seed_same_sky():
    first, second = (simulate_ulx(10, random_state=5).observations for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize(
    "arguments", [{"n_sources": 3}, {"pulsar_like": 0.0}, {"pulsar_like": 1.0}, {"transients": 1.1}]
)
def test_impossible_populations_are_refused(arguments):
    with pytest.raises(ParameterError, match="Two groups need sources in both"):
        simulate_ulx(**arguments)


def test_longer_exposures_measure_better():
    visits = simulate_visits(5000, random_state=0)
    errors = [np.std(visits.measure(exposure)[0] - visits.hardness) for exposure in (30, 300, 3000)]
    assert errors[0] > errors[1] > errors[2]
