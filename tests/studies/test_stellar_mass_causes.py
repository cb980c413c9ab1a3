"""The local analysis against the known graph: silent where nothing is, and loud by the size of the effect."""

import numpy as np
import pytest
from scipy.stats import binomtest

from astrokit.data.simulate.galaxies import EFFECTS, VARIABLES
from astrokit.data.simulate.galaxies.causes import draw_causes
from astrokit.errors import ParameterError
from astrokit.studies.stellar_mass import independences, local_analysis, local_false_positives, local_power
from astrokit.studies.stellar_mass.local_causes import HIDDEN, rate_of, slope_of


def left(values, given):
    """What a linear fit leaves."""
    fit = np.column_stack([np.ones(len(values)), given])
    return values - fit @ np.linalg.lstsq(fit, values, rcond=None)[0]


def partial_correlation(effects, query, target, given):
    causes = draw_causes(40_000, np.random.default_rng(1), effects)
    column = dict(zip(VARIABLES, causes.T, strict=True))
    known = np.column_stack([column[name] for name in given])
    return np.corrcoef(left(column[query], known), left(column[target], known))[0, 1]


def test_what_the_graph_calls_independent_is_so_in_a_sample():
    pairs = independences()
    # 21 pairs of seven variables, less the ten effects.
    assert len(pairs) == 21 - len(EFFECTS)
    for query, target, given in pairs:
        # 4 standard errors of 1 / sqrt(40,000).
        assert partial_correlation(EFFECTS, query, target, given) == pytest.approx(0, abs=0.02)


def test_the_hidden_effect_has_the_correlation_asked_for():
    given = next(causes for one, other, causes in independences() if (one, other) == HIDDEN)
    found = partial_correlation({**EFFECTS, HIDDEN: slope_of(0.3)}, *HIDDEN, given)
    assert found == pytest.approx(0.3, abs=0.02)


def test_false_positives_come_at_the_stated_level():
    rates = local_false_positives(8, random_state=2).values()
    n_found, n_trials = sum(rate.n_found for rate in rates), sum(rate.n_trials for rate in rates)
    assert n_trials == 8 * len(independences())
    # Fails once in a thousand by chance.
    assert binomtest(n_found, n_trials, 0.05).pvalue > 1e-3


def test_power_grows_with_the_effect():
    small, large = (local_power(size, 10, random_state=3) for size in (0.1, 0.35))
    assert small.value < large.value
    assert large.value > 0.9


def test_what_latents_leave_out_is_found_and_what_they_hold_is_not():
    rng = np.random.default_rng(0)
    known, hidden, effect = rng.normal(size=(3, 2400))
    mass = known + hidden + 0.3 * rng.normal(size=2400)
    spread = rng.normal(size=(1, 30))
    latents = known[:, None] * spread + 0.05 * rng.normal(size=(2400, 30))
    queries = {"known": known, "hidden": hidden, "effect": mass + effect}
    found = local_analysis(latents, mass, queries, n_components=2)
    assert found.loc["hidden", "correlation"] > 0.8
    assert found.loc["hidden", "q_value"] < 1e-6
    assert found.loc["known", "absolute"] < 2 * found.loc["known", "shuffled"]
    assert found.loc["effect", "q_value"] < 1e-6  # an effect of the mass: the test has no direction
    assert (found["q_value"] >= found["p_value"]).all()


def test_the_interval_of_a_rate_is_exact():
    # Nothing in n trials: the upper end solves (1 - p)^n = 0.05.
    assert rate_of(0, 30).high == pytest.approx(1 - 0.05 ** (1 / 30))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: local_power(1.0), "between -1 and 1, got 1"),
        (lambda: local_power(0.1, 0), "1 or more trials"),
        (lambda: local_false_positives(3, alpha=5), "got 3 and 5"),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
