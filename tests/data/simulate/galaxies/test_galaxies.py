"""Simulated galaxies against the published values and the known graph that they are made from."""

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import (
    BANDS,
    EFFECTS,
    NAMES,
    VARIABLES,
    absolute_magnitudes,
    calzetti,
    covariance_of_causes,
    linear_covariance,
    magnitude_errors,
    simulate_galaxies,
    true_graph,
    true_magnitudes,
)
from astrokit.data.simulate.galaxies.photometry import DEPTH, distance_mpc
from astrokit.data.simulate.galaxies.populations import mass_to_light
from astrokit.errors import ParameterError

MEAN = np.array([-1.0, 10.4, -0.4, 0.55, -0.1, -1.0, 0.6])


def shifted(name, by):
    return MEAN + by * (np.array(VARIABLES) == name)


def test_attenuation_has_the_published_values():
    # k at the Balmer lines and at 1600 Angstrom, as the literature quotes it; E(B-V) is one at k(B) - k(V).
    assert calzetti([0.16, 0.4861, 0.6563]) == pytest.approx([9.97, 4.60, 3.33], abs=0.01)
    assert calzetti(0.44) - calzetti(0.55) == pytest.approx(1, abs=0.03)
    assert calzetti(0.62999) == pytest.approx(calzetti(0.63), abs=0.03)
    assert calzetti([3.4, 4.6]).tolist() == [0, 0]


def test_wavelengths_in_the_wrong_unit_are_an_error():
    with pytest.raises(ParameterError, match="micron in the frame of the galaxy"):
        calzetti(np.array([np.nan]))
    with pytest.raises(ParameterError, match=r"got 0\.05 micron"):
        calzetti([0.5, 0.05])


def test_distances_are_those_of_a_flat_universe():
    from astropy.cosmology import FlatLambdaCDM

    z = np.array([0.01, 0.05, 0.1, 0.2, 0.4])
    truth = FlatLambdaCDM(H0=70, Om0=0.3).luminosity_distance(z).value
    assert distance_mpc(z) == pytest.approx(truth, rel=0.01)


def test_colours_of_populations_are_those_that_went_in():
    for log_age, metallicity in ((0.3, -0.3), (0.6, 0.0), (0.9, 0.2)):
        magnitude = absolute_magnitudes(10.0, log_age, metallicity)
        expected = 0.65 + 0.35 * (log_age - 0.6 + 1.5 * metallicity)
        assert magnitude[1] - magnitude[2] == pytest.approx(expected, abs=0.03)


def test_mass_to_light_is_as_published():
    assert mass_to_light(0.5, "g") == pytest.approx(-0.499 + 1.519 * 0.5 - 0.15)
    assert 10 ** mass_to_light(0.65, "W1") == pytest.approx(0.6)


def test_ten_times_the_mass_is_two_and_a_half_magnitudes_in_every_band():
    change = true_magnitudes(shifted("log_mass", 1.0)) - true_magnitudes(MEAN)
    assert change == pytest.approx(-2.5)


def test_metals_and_age_are_degenerate_in_g_r_and_not_with_the_infrared():
    of_age = true_magnitudes(shifted("log_age", 0.15)) - true_magnitudes(MEAN)
    of_metals = true_magnitudes(shifted("metallicity", 0.1)) - true_magnitudes(MEAN)
    assert np.diff(of_age)[:2] == pytest.approx(np.diff(of_metals)[:2], abs=2e-3)
    assert of_metals[5] - of_age[5] < -0.03


def test_dust_reddens_and_leaves_the_infrared_alone():
    change = true_magnitudes(shifted("log_dust", 0.3)) - true_magnitudes(MEAN)
    assert (np.diff(change) <= 0).all()
    assert change[0] > 0.4
    assert change[5:] == pytest.approx([0, 0], abs=0.03)


def test_redshift_dims_and_reddens_the_optical():
    change = true_magnitudes(shifted("log_redshift", 0.1)) - true_magnitudes(MEAN)
    assert (change > 0.4).all()
    assert change[0] > change[2] > change[4]


def test_errors_are_a_fifth_at_the_depth_and_the_floor_far_above():
    assert magnitude_errors(DEPTH) == pytest.approx(0.2, abs=0.003)
    assert magnitude_errors(DEPTH - 10) == pytest.approx(0.01, rel=0.01)


def test_measured_magnitudes_scatter_as_their_errors_say():
    galaxies = simulate_galaxies(4000, random_state=1)
    pull = (galaxies.magnitude - true_magnitudes(galaxies.causes)) / np.hypot(galaxies.magnitude_error, 0.03)
    assert pull.std(axis=0) == pytest.approx(1, abs=0.05)
    assert pull.mean(axis=0) == pytest.approx(0, abs=0.06)


def test_the_same_seed_gives_the_same_rows_and_says_simulated():
    one, other = simulate_galaxies(50, random_state=3), simulate_galaxies(50, random_state=3)
    assert (one.columns == other.columns).all()
    assert not (one.columns == simulate_galaxies(50, random_state=4).columns).any()
    assert one.provenance.simulated
    assert list(one.table().columns) == [*NAMES, *(f"e_{band}" for band in BANDS)]


def test_galaxies_are_of_ages_redshifts_and_magnitudes_that_exist():
    galaxies = simulate_galaxies(5000)
    age, z = 10 ** galaxies.column("log_age"), 10 ** galaxies.column("log_redshift")
    assert np.percentile(age, [0.5, 99.5]) == pytest.approx([1, 11], abs=1.5)
    assert 0.01 < z.min() < z.max() < 0.4
    assert 14 < np.median(galaxies.column("r")) < 19


def test_causes_have_the_covariance_of_their_graph():
    causes = simulate_galaxies(40_000, random_state=5).causes
    known = covariance_of_causes()
    scale = np.sqrt(np.outer(np.diag(known), np.diag(known)))
    assert np.cov(causes.T) / scale == pytest.approx(known / scale, abs=0.03)


def test_slopes_on_the_causes_are_the_effects():
    """Regressed on its own causes, each variable gives back the slopes of the model."""
    galaxies = simulate_galaxies(40_000, random_state=6)
    centred = galaxies.causes - galaxies.causes.mean(axis=0)
    graph = galaxies.graph[:7, :7]
    for j, name in enumerate(VARIABLES):
        causes = graph[:, j].nonzero()[0]
        found = np.linalg.lstsq(centred[:, causes], centred[:, j], rcond=None)[0]
        assert found == pytest.approx([EFFECTS[VARIABLES[i], name] for i in causes], abs=0.05)


def test_the_graph_has_no_cycle_and_bands_are_only_effects():
    graph = true_graph()
    assert np.triu(graph, 1).tolist() == graph.tolist()
    assert not graph[7:].any()
    assert graph[:, 7:].sum() == 5 * 7
    assert true_graph({**EFFECTS, ("log_mass", "log_size"): 0.0}).sum() == graph.sum() - 1


def test_linear_galaxies_have_the_covariance_that_is_stated():
    columns = simulate_galaxies(40_000, linear=True, random_state=7).columns
    known = linear_covariance()
    scale = np.sqrt(np.outer(np.diag(known), np.diag(known)))
    assert np.cov(columns.T) / scale == pytest.approx(known / scale, abs=0.03)


def test_the_linear_model_touches_the_full_one_at_the_mean():
    step = 1e-3 * np.array([1, 1, 0, 1, 1, 1, 0])
    known = linear_covariance()[7:, :7] @ np.linalg.inv(covariance_of_causes())
    assert true_magnitudes(MEAN + step) - true_magnitudes(MEAN) == pytest.approx(known @ step, abs=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_galaxies(0), "expected 1 or more, got 0"),
        (lambda: simulate_galaxies(5, effects={("log_size", "log_mass"): 1.0}), "a cause before its effect"),
        (lambda: simulate_galaxies(5, effects={("log_size", "r"): 1.0}), "'log_size' on 'r'"),
        (lambda: simulate_galaxies(5).column("mass"), "got 'mass'"),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
