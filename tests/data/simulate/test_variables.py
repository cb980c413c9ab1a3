"""The simulated variables obey the laws that they are made from."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data.gaia_variables import LATENTS
from astrokit.data.simulate import variables
from astrokit.data.simulate.variables import (
    PHASE,
    WAVELENGTH_NM,
    principal_components,
    simulate_variables,
)
from astrokit.errors import ParameterError


@pytest.fixture(scope="module")
def simulated():
    return simulate_variables(6000)


@pytest.fixture(scope="module")
def both(simulated):
    return simulated.table.join(simulated.truth)


def test_the_same_seed_gives_the_same_sources(simulated):
    again, other = simulate_variables(600, random_state=3), simulate_variables(600, random_state=4)
    pd.testing.assert_frame_equal(simulate_variables(600, random_state=3).table, again.table)
    assert not again.table.equals(other.table)
    assert np.isfinite(simulated.table[[*LATENTS, "period_day", "amplitude_mag", "magnitude"]]).all().all()


@pytest.mark.parametrize(("kind", "slope"), [("DCEP", -2.68), ("EW", -4.44), ("DSCT", -2.94)])
def test_sequences_in_luminosity_have_the_published_slopes_and_apparent_ones_have_none(both, kind, slope):
    own = both[both.kind == kind]
    fitted, error = line(own.log_true_period, own.absolute_magnitude)
    assert fitted == pytest.approx(slope, abs=4 * error)
    apparent, apparent_error = line(own.log_true_period, own.magnitude)
    assert abs(apparent) < 4 * apparent_error


def test_what_does_not_repeat_often_has_a_period_that_the_sampling_made_up(both):
    wrong = np.abs(np.log10(both.period_day) - both.log_true_period) > 1e-9
    assert wrong[both.kind == "QSO"].mean() > 0.8
    assert wrong[both.kind == "RRAB"].mean() < 0.05
    assert wrong[both.irregular > 0.9].mean() > 3 * wrong[both.irregular < 0.5].mean()


def line(x, y):
    """Slope of a straight line, and its standard error."""
    coefficients, covariance = np.polyfit(x, y, 1, cov=True)
    return coefficients[0], np.sqrt(covariance[0, 0])


def test_magnitudes_distances_and_reddening_belong_together(both):
    modulus = 5 * both.log_distance_pc - 5
    expected = both.absolute_magnitude + modulus + 2.6 * both.reddening
    np.testing.assert_allclose(both.magnitude, expected)


def test_classes_are_as_frequent_as_in_the_published_table(both):
    share = (both.kind == "ROT").mean()
    assert share == pytest.approx(6110 / 29481, abs=4 * np.sqrt(share / 6000))
    assert 20 < (both.kind == "ELL").sum() < 90
    assert set(both.kind) >= {"CV", "RCB"}


def test_some_labels_are_missing_and_some_are_those_of_a_look_alike(both):
    named = both[both.label != ""]
    assert (both.label == "").mean() == pytest.approx(0.08, abs=0.015)
    wrong = named[named.label != named.kind]
    assert len(wrong) / len(named) == pytest.approx(0.015, abs=0.006)
    assert set(wrong[wrong.kind == "RRC"].label) == {"EW"}


def test_light_curves_rise_fast_and_fade_slowly_or_have_two_eclipses(simulated):
    kind = simulated.truth.kind.to_numpy()
    pulsating = simulated.curves[kind == "RRAB"].mean(0)
    assert pulsating.argmax() in (0, 1, 31, 32, 33, 63)
    brightest = pulsating[:32].argmin()
    assert brightest < 12  # of 32 bins a period: up in a third, down in the rest
    eclipsing = simulated.curves[kind == "EA"].mean(0)
    quarter = eclipsing[np.abs(PHASE - 0.25) < 0.1].mean()
    assert eclipsing[0] > eclipsing[32] > quarter + 0.1


def test_quasars_forget_slowly_and_stars_with_periods_at_once(simulated):
    kind, structure = simulated.truth.kind.to_numpy(), simulated.structure
    growth = structure[:, 9] - structure[:, 2]  # from a day or so to years
    assert np.median(growth[kind == "QSO"]) > 0.8
    assert abs(np.median(growth[kind == "RRAB"])) < 0.1


def test_cool_stars_shine_red_and_giants_have_bands(simulated):
    truth, spectra = simulated.truth, simulated.spectra
    red = spectra[:, WAVELENGTH_NM > 800].mean(1) / spectra[:, WAVELENGTH_NM < 500].mean(1)
    unreddened = truth.reddening < 0.1
    assert np.corrcoef(np.log(red[unreddened]), truth.log_temperature[unreddened])[0, 1] < -0.85
    mira = spectra[truth.kind == "M"].mean(0)
    at = [np.abs(WAVELENGTH_NM - each).argmin() for each in (762, 810)]
    assert mira[at[0]] < 0.7 * mira[at[1]]


def test_latents_are_principal_components_of_unit_variance(simulated):
    latents = simulated.table[list(LATENTS)].to_numpy()
    np.testing.assert_allclose(latents.std(0), 1)
    spectra = simulated.spectra - simulated.spectra.mean(0)
    kept = latents[:, :5]
    rebuilt = kept @ np.linalg.lstsq(kept, spectra, rcond=None)[0]
    lost = ((spectra - rebuilt) ** 2).sum() / (spectra**2).sum()
    singular = np.linalg.svd(spectra, compute_uv=False) ** 2
    assert lost == pytest.approx(singular[5:].sum() / singular.sum())
    np.testing.assert_allclose(np.corrcoef(kept.T), np.eye(5), atol=1e-8)
    assert abs(np.corrcoef(latents[:, 9], simulated.truth.irregular)[0, 1]) > 0.6


def test_the_sign_of_a_component_does_not_depend_on_the_library():
    rng = np.random.default_rng(0)
    observed = rng.normal(size=(50, 3)) * [3, 2, 1]
    found = principal_components(observed, 3)
    for k in range(3):
        assert np.corrcoef(found[:, k], observed[:, k])[0, 1] > 0.9


def test_too_few_sources_are_refused():
    with pytest.raises(ParameterError, match="500 sources or more"):
        simulate_variables(499)


def test_curves_begin_where_they_are_faintest_and_not_only_near_it_on_a_grid():
    """Else alike curves would be apart by up to half a step of the grid, and lie in stripes on a map."""
    steepness = np.linspace(0, 0.95, 3001)[:, None]
    faintest = variables._faintest(steepness)
    assert np.abs(np.diff(faintest[:, 0])).max() < 2e-4  # a step of the grid is 0.016
    fine = np.linspace(0, 1, 2048, endpoint=False)
    highest = variables._saw(steepness, fine[None]).max(1, keepdims=True)
    assert (variables._saw(steepness, faintest) >= highest).all()
