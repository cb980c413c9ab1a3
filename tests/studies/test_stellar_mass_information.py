"""The known information of simulated galaxies: closed forms, estimates from samples, and the full model."""

import itertools

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import BANDS, OPTICAL, WISE, linear_covariance, simulate_galaxies
from astrokit.errors import ParameterError
from astrokit.explain.information import mutual_information
from astrokit.explain.information.copula import information_of
from astrokit.studies.stellar_mass import PAPER, full_information, linear_information, linear_pid
from astrokit.studies.stellar_mass.known_information import pointwise


def test_the_information_of_one_band_is_that_of_its_correlation():
    covariance = linear_covariance()
    i, j = 1, 7 + BANDS.index("r")  # log_mass and r
    squared = covariance[i, j] ** 2 / covariance[i, i] / covariance[j, j]
    assert linear_information(["r"]) == pytest.approx(-np.log2(1 - squared) / 2)
    assert linear_information(["r"], unit="nats") == pytest.approx(-np.log(1 - squared) / 2)


def test_all_bands_know_no_less_than_any_of_them():
    for n in (1, 2, 3):
        for some in itertools.combinations(BANDS, n):
            rest = [band for band in BANDS if band not in some]
            assert linear_information(some) <= linear_information([*some, rest[0]]) + 1e-12
            assert linear_information(some) <= linear_information(BANDS)


def test_a_known_redshift_adds_to_all_bands():
    assert linear_information([*BANDS, "log_redshift"]) > linear_information(BANDS) + 0.5


def test_the_covariance_of_a_sample_gives_the_closed_form():
    n_samples = 20_000
    galaxies = simulate_galaxies(n_samples, linear=True, random_state=2)
    for bands in (["g"], ["g", "r"], list(BANDS)):
        columns = np.column_stack([galaxies.column(name) for name in (*bands, "log_mass")])
        found = information_of(np.cov(columns.T), len(bands)) / np.log(2)
        known = linear_information(bands)
        # Its standard error is |R| / sqrt(n) nats, with R^2 = 1 - 4^-known.
        error = np.sqrt((1 - 4**-known) / n_samples) / np.log(2)
        assert found == pytest.approx(known, abs=4 * error)


@pytest.mark.parametrize("estimator", ["ksg", "gaussian"])
def test_estimators_hold_the_closed_form_in_their_interval(estimator):
    galaxies = simulate_galaxies(2000, linear=True, random_state=3)
    mass, band = galaxies.column("log_mass"), galaxies.column("W1")
    found = mutual_information(band, mass, estimator=estimator, unit="bits")
    assert found.low < linear_information(["W1"]) < found.high


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
def test_atoms_add_up_to_the_informations(measure):
    found = linear_pid(OPTICAL, WISE, measure=measure)
    assert found.total == pytest.approx(linear_information(BANDS))
    assert found.redundant + found.unique1 == pytest.approx(linear_information(OPTICAL))
    assert found.redundant + found.unique2 == pytest.approx(linear_information(WISE))
    assert found.residual == pytest.approx(0, abs=1e-9)


def test_the_colour_of_two_bands_is_synergy():
    """Each magnitude alone mixes mass with distance; two of them also have the colour."""
    found = linear_pid(["g"], ["r"])
    assert found.synergistic > found.total / 2


@pytest.mark.parametrize("bands", [["g"], ["W1"], ["g", "r"], list(BANDS)])
def test_the_integral_of_the_full_model_is_the_closed_form_in_the_linear_one(bands):
    values = pointwise(bands, n_samples=400, linear=True, random_state=8) / np.log(2)
    error = values.std(ddof=1) / np.sqrt(len(values))
    # Four standard errors: 1 in 16,000 by chance.
    assert values.mean() == pytest.approx(linear_information(bands), abs=4 * error)
    assert error < 0.07


def test_the_full_model_agrees_with_neighbours_in_a_sample():
    galaxies = simulate_galaxies(2000, random_state=5)
    known = full_information(["W1"], n_samples=500, random_state=9)
    found = mutual_information(galaxies.column("W1"), galaxies.column("log_mass"), unit="bits")
    assert max(known.low, found.low) < min(known.high, found.high)
    assert known.low < known.value < known.high < known.low + 0.25


def test_more_bands_know_more_of_the_same_galaxies_in_the_full_model():
    one, two, all_of_them = (
        pointwise(bands, n_samples=200, random_state=4) for bands in (["g"], ["g", "r"], list(BANDS))
    )
    assert two.mean() > one.mean() + 0.5
    assert all_of_them.mean() > two.mean()


def test_the_same_seed_gives_the_same_answer():
    one, other = (full_information(["r"], n_samples=60, random_state=3) for _ in range(2))
    assert one == other
    assert PAPER["arxiv"] == "2509.23901"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear_information(["y"]), "got 'y'"),
        (lambda: linear_information([]), "got none"),
        (lambda: linear_information(["g", "g"]), "different ones"),
        (lambda: linear_information(["g"], "mass"), "got 'mass'"),
        (lambda: linear_information(["log_mass"]), "got 'log_mass'"),
        (lambda: full_information(["g"], "log_size"), "got 'log_size'"),
        (lambda: full_information(["log_redshift"]), "got 'log_redshift'"),
        (lambda: full_information(["g"], n_samples=10, unit="nat"), "one of nats, bits"),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
