"""Simulated spectra of stars obey the laws they are made of, and give their truth back."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from astrokit.data.simulate.dust import extinction, redden
from astrokit.data.simulate.spectra import (
    PRIORS,
    WAVELENGTH_NM,
    planck,
    relative_error,
    second_level,
    simulate_spectra,
    spectrum,
)
from astrokit.errors import ParameterError

# Cardelli, Clayton & Mathis (1989), table 3: 1 / micron -> A / A(V) at R = 3.1, for U, V, R, I, J, H, K.
PUBLISHED = {2.78: 1.569, 1.82: 1.0, 1.43: 0.751, 1.11: 0.479, 0.80: 0.282, 0.63: 0.190, 0.46: 0.114}


def test_the_extinction_law_has_the_published_values():
    x = np.array(list(PUBLISHED))
    # The places of the bands are printed with two digits.
    np.testing.assert_allclose(extinction(1000 / x), list(PUBLISHED.values()), atol=0.0025)
    assert extinction(550.0) == pytest.approx(1.0, abs=0.003)


def test_a_reddening_is_the_difference_of_extinctions_at_b_and_v():
    for r_v in (3.1, 5.0):
        assert r_v * (extinction(1000 / 2.27, r_v=r_v) - 1) == pytest.approx(1.0, abs=1e-4)
    b, v = -2.5 * np.log10(redden(np.ones(2), 1000 / np.array([2.27, 1.82]), 0.3))
    assert b - v == pytest.approx(0.3, rel=1e-4)


def test_the_extinction_law_is_refused_where_it_does_not_hold():
    with pytest.raises(ParameterError, match="303 to 3333 nm"):
        extinction([0.55])


def test_the_black_body_peaks_where_wien_says():
    wavelength = np.linspace(100, 3000, 200_000)
    for temperature in (3000.0, 5772.0, 10_000.0):
        peak = wavelength[planck(wavelength, temperature).argmax()]
        assert peak * temperature == pytest.approx(2.897772e6, rel=1e-4)


def test_balmer_lines_are_strongest_at_9900_k():
    temperature = np.linspace(5000, 25_000, 20_001)
    assert temperature[second_level(temperature).argmax()] == pytest.approx(9900, abs=100)


def test_hotter_stars_are_bluer():
    temperature = np.geomspace(2500, 30_000, 60)
    flux = spectrum(temperature, np.zeros(60))
    blue, red = flux[:, WAVELENGTH_NM < 500].mean(1), flux[:, WAVELENGTH_NM > 800].mean(1)
    assert (np.diff(blue / red) > 0).all()
    # Without features: the colour of the black body itself, to the width of a line.
    sun = spectrum([5772.0], [0.0])[0]
    black = planck(WAVELENGTH_NM, 5772.0)
    assert sun[0] / sun[-1] == pytest.approx(black[0] / black[-1], rel=0.05)


def test_titanium_oxide_is_in_cool_stars_only():
    temperature = np.array([2700.0, 3500.0, 4000.0, 6000.0])
    before, past = np.searchsorted(WAVELENGTH_NM, [705.4 - 8, 705.4])  # around a head
    left = spectrum(temperature, np.zeros(4)) / planck(WAVELENGTH_NM, temperature[:, None])
    drop = left[:, past] / left[:, before]
    assert drop[0] < drop[1] < 0.9
    np.testing.assert_allclose(drop[2:], 1, atol=1e-3)


def test_temperature_and_reddening_come_back_from_a_fit_with_the_errors_that_were_planted():
    spectra = simulate_spectra(["RRAB"] * 40, magnitudes=np.full(40, 14.0), random_state=1)
    pulls, truth = [], spectra.truth[["log_temperature", "reddening"]].to_numpy()

    def model(_, log_temperature, reddening, scale):
        return scale * spectrum([10**log_temperature], [reddening])[0]

    for flux, error, true in zip(spectra.flux, spectra.flux_error, truth, strict=True):
        found, covariance = curve_fit(
            model, WAVELENGTH_NM, flux, [3.8, 0.1, 1.0], sigma=error, absolute_sigma=True
        )
        pulls.append((found[:2] - true) / np.sqrt(np.diag(covariance)[:2]))
    pulls = np.array(pulls)
    # The mean of 40 pulls is within 4 of its standard errors, their scatter too.
    assert (np.abs(pulls.mean(0)) < 4 / np.sqrt(40)).all()
    assert (np.abs(pulls.std(0) - 1) < 4 / np.sqrt(80)).all()


def test_noise_follows_the_magnitude():
    magnitudes = np.repeat([12.0, 18.0], 200)
    spectra = simulate_spectra(["EA"] * 400, magnitudes=magnitudes, random_state=2)
    clean = spectrum(10 ** spectra.truth["log_temperature"].to_numpy(), spectra.truth["reddening"].to_numpy())
    pulls = (spectra.flux - clean) / spectra.flux_error
    assert pulls.std() == pytest.approx(1, abs=0.02)
    assert relative_error(18.0) > 5 * relative_error(12.0)


def test_kinds_have_their_temperatures():
    kinds = np.repeat(list(PRIORS), 100)
    truth = simulate_spectra(kinds, random_state=3).truth
    means = truth.groupby("kind")["log_temperature"].mean()
    for kind, (mean, scatter) in PRIORS.items():
        assert abs(means[kind] - mean) < 5 * scatter / 10
    assert means["M"] < means["RRAB"] < means["CP"]


def test_a_seed_gives_the_same_spectra_and_they_are_said_to_be_simulated():
    first, again, other = (simulate_spectra(["SR"] * 5, random_state=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.flux, again.flux)
    assert (first.flux != other.flux).any()
    assert first.provenance.simulated
    assert "simulated" in first.provenance.source


def test_kinds_and_magnitudes_that_do_not_fit_are_refused():
    with pytest.raises(ParameterError, match="unknown: PULSAR"):
        simulate_spectra(["RRAB", "PULSAR"])
    with pytest.raises(ParameterError, match=r"finite numbers of shape \(1,\)"):
        simulate_spectra(["RRAB"], magnitudes=[1.0, 2.0])
