"""Spectra in five latents: shipped, repeatable, and knowing temperature and dust."""

import subprocess
import sys
from importlib import resources

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables.spectra import FILE, linear_r2, simulate_all_kinds
from astrokit.training import read_notes


@pytest.fixture(scope="module")
def spectra():
    return simulate_all_kinds(680, random_state=5)


@pytest.fixture(scope="module")
def latents(spectra):
    return study.encode_spectra(study.shipped_spectra_network(), spectra.flux, spectra.flux_error)


def test_a_linear_probe_finds_a_plane_and_nothing_in_noise():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(400, 5))
    half = table @ [1.0, 2, 0, 0, 0] + np.sqrt(5) * rng.normal(size=400)
    found = linear_r2(table, half)
    assert found.low < 0.5 < found.high
    assert linear_r2(table, rng.normal(size=400)).value < 0.03


def test_latents_of_new_spectra_know_temperature_and_more_of_dust_than_a_mean_does(spectra, latents):
    assert linear_r2(latents, spectra.truth["log_temperature"]).low > 0.85
    assert linear_r2(latents, spectra.truth["reddening"]).low > 0.1


def test_what_is_decoded_is_the_spectrum_to_a_few_percent(spectra, latents):
    decoded = study.decode_spectra(study.shipped_spectra_network(), latents)
    bright = spectra.truth["magnitude"].to_numpy() < 15
    observed = spectra.flux / spectra.flux.mean(1, keepdims=True)
    away = np.sqrt(((decoded - observed)[bright] ** 2).mean(1))
    assert np.median(away) < 0.03
    # A network that answered with the mean spectrum would be this far off.
    assert np.median(away) < 0.2 * observed[bright].std(0).mean()


def test_the_unit_of_the_flux_does_not_matter_and_a_gap_spoils_its_spectrum_only(spectra, latents):
    flux = 1e-17 * spectra.flux[:4]
    flux[2, 7] = np.nan
    found = study.encode_spectra(study.shipped_spectra_network(), flux, 1e-17 * spectra.flux_error[:4])
    np.testing.assert_allclose(found[[0, 1, 3]], latents[[0, 1, 3]], atol=1e-4)
    assert np.isnan(found[2]).all()


def test_spectra_are_joined_by_class_and_said_to_be_simulated():
    types = np.repeat([1, 8, 11], 30)
    joined = study.join_spectra(types, magnitudes=np.full(90, 16.0), random_state=3)
    kinds = joined.truth["kind"].to_numpy()
    assert set(kinds[:30]) == {"RRAB"}
    assert set(kinds[30:60]) == {"M"}
    assert len(set(kinds[60:])) > 3  # miscellaneous
    assert joined.provenance.simulated
    assert joined.flux.shape == (90, 60)
    again = study.join_spectra(types, magnitudes=np.full(90, 16.0), random_state=3)
    np.testing.assert_array_equal(joined.flux, again.flux)


def test_wrong_shapes_are_refused():
    with pytest.raises(ParameterError, match=r"shape \(n, 60\)"):
        study.encode_spectra(study.shipped_spectra_network(), np.ones((2, 50)), np.ones((2, 50)))


def test_a_seed_gives_the_same_weights():
    few = simulate_all_kinds(68, random_state=0)
    first, again = (study.fit_spectra(few, epochs=2, progress=False)[1].weights_hash for _ in range(2))
    assert first == again


def test_the_weights_are_small_and_say_that_they_are_of_simulated_spectra():
    with resources.as_file(resources.files("astrokit.studies.gaia_variables").joinpath(FILE)) as path:
        assert path.stat().st_size < 300_000
        assert read_notes(path)["simulated"] is True


def test_the_shipped_network_works_without_lightning():
    code = """
import sys
from astrokit.studies import gaia_variables as study
assert "torch" not in sys.modules
spectra = study.join_spectra([1, 2])
study.encode_spectra(study.shipped_spectra_network(), spectra.flux, spectra.flux_error)
assert "lightning" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_results_that_ship_are_of_spectra_that_were_not_learned_from():
    shipped = study.load_spectra_results()
    fresh = simulate_all_kinds(shipped["n_spectra"], random_state=2)
    judged = study.judge_spectra(study.shipped_spectra_network(), fresh)
    for name in ("log_temperature_r2", "reddening_r2", "reddening_r2_quadratic"):
        np.testing.assert_allclose(judged[name], shipped[name], atol=2e-3)
