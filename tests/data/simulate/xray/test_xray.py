"""Simulated X-ray spectra: formulas against values known otherwise, counts against what is expected."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest, norm

from astrokit.data.simulate.xray import (
    CLASSES,
    acis_like,
    cross_section,
    priors,
    read_cross_section,
    simulate_xray,
)
from astrokit.data.simulate.xray.acis import effective_area
from astrokit.data.simulate.xray.emission import (
    black_body,
    bremsstrahlung,
    power_law,
    reflected,
    with_iron_line,
)
from astrokit.data.simulate.xray.population import Parameters, band_flux, photon_density
from astrokit.errors import DataError, ParameterError
from tests.conftest import REAL_DATA

TABLE = REAL_DATA / "MUWCLASS+MUWCLASS/files/tbabs.data"
CHANDRA = REAL_DATA / "JohannesBuchner+BXA/examples/sherpa/chandra"
GRID = np.arange(0.3, 9.0, 0.01)


def test_absorption_is_continuous_but_for_its_edges():
    edges = {0.284, 0.532, 0.707, 0.867, 1.303, 1.840, 2.471, 3.210, 4.038, 7.111, 8.331}
    for edge in (0.4, *edges):
        below, above = cross_section(np.array([edge - 1e-6, edge + 1e-6]))
        assert 0.98 < above / below < 2  # an edge takes more, never less
    assert cross_section(np.array([0.6])) / cross_section(np.array([0.5])) > 1  # oxygen


@pytest.mark.skipif(not TABLE.is_file(), reason=f"needs {TABLE}: put MUWCLASS+MUWCLASS there")
def test_the_table_and_the_formula_agree_within_the_change_of_abundances():
    tabulated = read_cross_section(TABLE)
    energy_kev = np.linspace(0.3, 8.0, 200)
    ratio = tabulated(energy_kev) / cross_section(energy_kev)
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)
    low, high = np.quantile(ratio, [0.03, 0.97])  # where an edge was moved a little, the two differ more
    assert 0.9 < low < high < 1.3


def test_a_table_of_another_form_is_told(tmp_path):
    (tmp_path / "a").write_text("1 2 3\n3 2 -1\n")
    (tmp_path / "b").write_text("energy sigma\n")
    for name in ("a", "b", "c"):
        with pytest.raises(DataError, match="two rows of positive numbers"):
            read_cross_section(tmp_path / name)


def test_a_black_body_has_its_maximum_at_wiens_place():
    temperature = np.array([0.2, 1.0])
    peak = GRID[black_body(GRID, temperature).argmax(1)]
    np.testing.assert_allclose(peak, 1.5936 * temperature, atol=0.006)  # of photons, not of energy


def test_bremsstrahlung_has_borns_gaunt_factor():
    def gaunt(u):
        """Born's factor of one electron, averaged over a Maxwellian (Karzas & Latter 1961)."""

        def integrand(x):
            fast, slow = np.sqrt(x + u), np.sqrt(x)
            return np.exp(-x) * np.log((fast + slow) / (fast - slow))

        return np.sqrt(3) / np.pi * quad(integrand, 0, 60)[0]

    found = bremsstrahlung(np.array([0.5, 3.0]), np.array([2.0]))[0]
    expected = [gaunt(e / 2) * np.exp(-e / 2) / e for e in (0.5, 3.0)]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_an_iron_line_has_its_equivalent_width():
    continuum = power_law(GRID, np.array([1.7]))
    line = with_iron_line(GRID, continuum, np.array([0.3])) - continuum
    at_line = np.interp(6.4, GRID, continuum[0])
    assert line.sum() * 0.01 / at_line == pytest.approx(0.3, rel=1e-3)


def test_reflection_hardens_a_power_law():
    slope = np.array([1.9, 1.9])
    plain, bent = reflected(GRID, slope, np.array([0.0, 1.0]))
    np.testing.assert_allclose(plain, power_law(GRID, slope)[0])
    ratio = (bent / plain)[[20, 300, 850]]  # 0.5, 3.3 and 8.8 keV
    assert 1.0 < ratio[0] < 1.005 < ratio[1] < 1.05 < ratio[2] < 1.5


def test_what_arrives_is_what_was_emitted_less_what_was_absorbed():
    parameters = Parameters(np.array([1.8, 1.8]), np.array([19.0, 22.3]), np.array([0.0, 0.0]))
    clear, dim = photon_density(GRID, "LMXB", parameters, cross_section)
    expected = np.exp(-(10**22.3 - 10**19) * cross_section(GRID))
    np.testing.assert_allclose(dim / clear, expected, rtol=1e-6)


def test_lines_of_the_analytic_response_have_the_width_that_it_says():
    response = acis_like()
    centre = 0.5 * (response.channel_low_kev + response.channel_high_kev)
    for energy_kev, fwhm_ev in ((0.5, 73), (6.0, 136)):
        row = response.matrix[[np.argmin(np.abs(response.energy_low_kev - energy_kev))]].toarray()[0]
        mean = np.average(centre, weights=row)
        sigma = np.sqrt(np.average((centre - mean) ** 2, weights=row) - 0.0146**2 / 12)
        assert 2355 * sigma == pytest.approx(fwhm_ev, rel=0.02)
        assert mean == pytest.approx(energy_kev, abs=0.006)


@pytest.mark.skipif(not CHANDRA.is_dir(), reason=f"needs {CHANDRA}: put JohannesBuchner+BXA there")
def test_the_analytic_response_counts_as_the_real_one_does():
    from astrokit.data.ogip import read_response

    real = read_response(CHANDRA / "cdfs4Ms_179.rmf", CHANDRA / "cdfs4Ms_179.arf")
    ours = acis_like()
    counts = []
    for response in (real, ours):
        centre = 0.5 * (response.energy_low_kev + response.energy_high_kev)
        photons = power_law(centre, np.array([1.8]))[0] * (response.energy_high_kev - response.energy_low_kev)
        bands = [(0.5, 1.2), (1.2, 2.0), (2.0, 7.0)]
        counts.append([response.between(*band).fold(photons).sum() for band in bands])
    np.testing.assert_allclose(counts[1], counts[0], rtol=0.1)


def test_counts_are_poisson_about_what_is_expected():
    spectra = simulate_xray(400, n_counts=60, random_state=1)
    expected = spectra.truth["expected_counts"].to_numpy() + spectra.background.sum(1)
    np.testing.assert_allclose(spectra.truth["expected_counts"], 60)
    pulls = (spectra.counts.sum(1) - expected) / np.sqrt(expected)
    assert kstest(pulls, norm.cdf).pvalue > 0.001
    assert spectra.counts.dtype == np.int32


def test_fluxes_are_those_of_the_truth():
    """Counts of a known area: fold the flux of a narrow band back by hand."""
    spectra = simulate_xray(50, shares={"LMXB": 1.0}, random_state=0)
    energy = np.arange(0.3025, 9.9, 0.005)
    for row in range(0, 50, 10):
        of = spectra.truth.iloc[row]
        parameters = Parameters(np.array([of.slope]), np.array([of.log_nh]), np.array([0.0]))
        density = photon_density(energy, "LMXB", parameters, cross_section)
        scale = 10**of.log_flux / (band_flux(energy, density, (0.5, 7.0))[0] * 1.602176634e-9)
        inside = (energy > 0.5) & (energy < 8.0)
        rate = (density[0] * effective_area(energy))[inside].sum() * 0.005 * scale
        assert of.expected_counts == pytest.approx(rate * spectra.exposure_s[row], rel=0.02)


def test_classes_come_in_their_shares_and_with_their_priors():
    spectra = simulate_xray(1600, random_state=3)
    truth = spectra.truth
    assert truth["class"].value_counts().to_dict() == dict.fromkeys(CLASSES, 200)
    for name, prior in priors().items():
        own = truth[truth["class"] == name]
        error = prior.log_flux[1] / np.sqrt(200)
        assert abs(own["log_flux"].mean() - prior.log_flux[0]) < 4 * error
        inside = own["log_nh"].between(19.01, 24.49)
        assert abs(own["log_nh"].median() - prior.log_nh[0]) < max(
            4 * 1.25 * prior.log_nh[1] / np.sqrt(200), 0.3
        )
        assert inside.mean() > 0.5
        assert own["slope"].isna().all() != own["log_kt"].isna().all()
    few = simulate_xray(100, shares={"AGN": 3, "YSO": 1}, random_state=0)
    assert few.truth["class"].value_counts().to_dict() == {"AGN": 75, "YSO": 25}


def test_one_seed_one_population_and_it_says_that_it_is_simulated():
    one, same, other = (simulate_xray(40, random_state=seed) for seed in (0, 0, 1))
    assert (one.counts == same.counts).all()
    assert (one.counts != other.counts).any()
    assert one.provenance.simulated


def test_numbers_out_of_range_are_told():
    with pytest.raises(ParameterError, match="unknown: QUASAR"):
        simulate_xray(10, shares={"QUASAR": 1.0})
    with pytest.raises(ParameterError, match="n_counts above 0"):
        simulate_xray(10, n_counts=0)
    with pytest.raises(ParameterError, match="n_sources=0"):
        simulate_xray(0)
