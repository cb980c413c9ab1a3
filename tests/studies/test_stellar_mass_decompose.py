"""The decomposition from pointwise informations, where the truth is a closed form of the linear setting."""

import numpy as np
import pytest
from scipy.stats import binomtest, multivariate_normal

from astrokit.data.simulate.galaxies import (
    BANDS,
    LEVELS,
    NAMES,
    OPTICAL,
    linear_covariance,
    linear_model,
    simulate_galaxies,
)
from astrokit.errors import ParameterError
from astrokit.evaluation import Estimate
from astrokit.studies.stellar_mass import linear_information, linear_pid
from astrokit.studies.stellar_mass.coverage import atoms_of, beside, coverage, coverage_over_seeds, numbers
from astrokit.studies.stellar_mass.decompose import (
    WARNING,
    Knowing,
    decompose,
    increment,
    pairs,
    shrinkage,
    synergy_of_bands,
)
from astrokit.studies.stellar_mass.inputs import inputs_of


def knowing_of(seed, n_samples=2000, **options):
    """The exact pointwise informations of log mass in the linear setting."""
    covariance = linear_covariance()
    columns = simulate_galaxies(n_samples, linear=True, random_state=seed).columns
    columns = columns - np.concatenate([[mean for mean, _ in LEVELS.values()], linear_model()[0]])

    def log_density(names):
        places = [NAMES.index(name) for name in names]
        return multivariate_normal.logpdf(columns[:, places], cov=covariance[np.ix_(places, places)])

    def local_of(names):
        return log_density([*names, "log_mass"]) - log_density(names) - log_density(["log_mass"])

    return Knowing(local_of, inputs=BANDS, n_bootstraps=300, **options)


@pytest.fixture(scope="module")
def knowing():
    return knowing_of(1, 4000)


@pytest.fixture(scope="module")
def truth():
    known = {
        f"I({name})": linear_information(bands) for name, bands in (("optical", OPTICAL), ("wise", BANDS[5:]))
    }
    known["wise after optical"] = linear_information(BANDS) - linear_information(OPTICAL)
    exact = {name: Estimate(value, value, value) for name, value in known.items()}
    asked = {"optical, wise": (OPTICAL, BANDS[5:]), "g, r": (["g"], ["r"]), "u, z": (["u"], ["z"])}
    for name, sides in asked.items():
        for measure in ("mmi", "pointwise"):
            found = linear_pid(*sides, measure=measure)
            for atom, value in {**found.atoms, "total": found.total}.items():
                exact[f"{name}: {atom} ({measure})"] = Estimate(value, value, value)
    return exact


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
@pytest.mark.parametrize("sides", [("optical", "wise"), ("g", "r"), (["u", "g"], "W1")])
def test_atoms_are_those_of_the_closed_form(knowing, sides, measure):
    found = decompose(knowing, *sides, measure=measure)
    known = linear_pid(*map(inputs_of, sides), measure=measure)
    for atom, value in known.atoms.items():
        low, high = found.intervals[atom]
        # Three times the half width of a 90% interval is five standard errors.
        assert abs(found.atoms[atom] - value) <= 1.5 * (high - low) + 1e-9
    assert found.total == pytest.approx(sum(found.atoms.values()))
    assert WARNING in found.notes


def test_an_increment_is_paired():
    """A noise that both informations share leaves their difference alone."""
    noise = np.random.default_rng(0).normal(size=500)
    knowing = Knowing(lambda names: noise + len(names), inputs=("g", "r"), unit="nats")
    assert increment(knowing, "r", "g") == pytest.approx((1.0, 1.0, 1.0))
    assert np.ptp(knowing.information("g").interval) > 0.1


def test_increments_are_those_of_the_closed_form(knowing):
    gain = increment(knowing, "wise", "optical")
    known = linear_information(BANDS) - linear_information(OPTICAL)
    assert abs(gain.value - known) < 1.5 * np.ptp(gain.interval)
    less = shrinkage(knowing, "wise", "z", ["u", "g", "r", "i"])
    known = linear_information(["z", *BANDS[5:]]) - linear_information(["z"]) - known
    assert abs(less.value - known) < 1.5 * np.ptp(less.interval)
    assert less.low > 0


def test_the_band_of_the_strongest_synergy_is_that_of_the_closed_form(knowing):
    table = synergy_of_bands(knowing, measure="mmi")
    known = {band: [] for band in OPTICAL}
    for one, other in pairs(knowing):
        atom = linear_pid([one], [other]).synergistic
        known[one].append(atom)
        known[other].append(atom)
    for band, values in known.items():
        row = table.loc[band]
        assert abs(row["synergy"] - np.mean(values)) < 1.5 * (row["high"] - row["low"])
    assert table["synergy"].idxmax() == max(known, key=lambda band: np.mean(known[band]))
    assert table["above_others"].sum() == pytest.approx(0)


def test_each_set_of_inputs_is_asked_once_and_in_one_order():
    asked = []
    knowing = Knowing(lambda names: asked.append(names) or np.arange(10.0), inputs=("g", "r"))
    decompose(knowing, "r", "g")
    decompose(knowing, "g", "r")
    assert sorted(asked) == [("g",), ("g", "r"), ("r",)]


def test_galaxies_of_a_group_are_drawn_together():
    values = np.random.default_rng(0).normal(size=100)
    alone, twice = (
        Knowing(lambda names: np.repeat(values, 9), inputs=("g",), groups=groups).information("g")
        for groups in (None, np.repeat(np.arange(100), 9))
    )
    assert np.ptp(twice.interval) / np.ptp(alone.interval) == pytest.approx(3, rel=0.25)


def test_intervals_hold_the_truth_at_their_level(truth):
    table = coverage_over_seeds(lambda seed: knowing_of(100 + seed, 1000), truth)
    assert set(truth) <= set(table.index)
    # 90%, less often by a little for means of skewed values: fails once in a thousand.
    for held in table["held"]:
        assert binomtest(round(20 * held), 20, 0.87).pvalue > 1e-3
    assert 0.8 < table["held"].mean() < 0.97


def test_a_loose_bound_misses_the_truth_but_not_its_own_mean():
    rng = np.random.default_rng(0)
    seeds = [{"I": Estimate(value, value - 0.2, value + 0.2)} for value in 1 + 0.1 * rng.normal(size=20)]
    row = coverage(seeds, {"I": Estimate(2.0, 2.0, 2.0)}).loc["I"]
    assert (row["held"], row["truth"]) == (0, 2)
    assert row["held_own"] > 0.8


def test_numbers_stand_beside_their_truth(knowing, truth):
    table = beside(numbers(knowing), truth)
    assert table.loc["I(wise)", "truth"] == pytest.approx(linear_information(BANDS[5:]))
    # Images are not among what is known here.
    assert not table.index.str.contains("images").any()
    assert np.isnan(table.loc["g, i: redundant (mmi)", "truth"])


def test_atoms_carry_their_names_and_intervals(knowing):
    found = atoms_of(decompose(knowing, "g", "r"), "g, r")
    assert list(found)[-1] == "g, r: total (pointwise)"
    assert all(one.low <= one.value <= one.high for one in found.values())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda knowing: knowing.information("images"), "image_u"),
        (lambda knowing: decompose(knowing, "g", "h"), "'h'"),
        (lambda knowing: decompose(knowing, "g", "r", measure="broja"), "mmi, pointwise"),
        (lambda knowing: coverage([], {}), "one seed or more"),
    ],
)
def test_what_cannot_be_asked_is_said(knowing, call, message):
    with pytest.raises(ParameterError, match=message):
        call(knowing)
