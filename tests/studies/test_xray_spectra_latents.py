"""The autoencoder of X-ray spectra: bins, gaps, noise, bounds, and formulas whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data.simulate.xray import acis_like, simulate_xray
from astrokit.errors import ParameterError
from astrokit.studies import xray_spectra as study
from astrokit.studies.xray_spectra.meaning import INPUTS, formulas
from astrokit.studies.xray_spectra.recovery import regress


@pytest.fixture(scope="module")
def spectra():
    return study.load("embedded", n_sources=160, random_state=3)


@pytest.fixture(scope="module")
def binned(spectra):
    return study.bin_simulated(spectra)


@pytest.fixture(scope="module")
def network():
    return study.shipped_network()


def test_bins_keep_every_count(spectra, binned):
    middle = 0.5 * (spectra.response.channel_low_kev + spectra.response.channel_high_kev)
    inside = (middle >= 0.5) & (middle < 8.0)
    assert (binned.counts.sum(1) == spectra.counts[:, inside].sum(1)).all()
    assert binned.mask.all()


def test_the_exposure_of_a_spectrum_adds_up_to_its_net_counts(binned):
    np.testing.assert_allclose(binned.exposure.sum(1), np.maximum(binned.net, 1))


def test_thinned_counts_scatter_as_shorter_exposures_would(binned):
    bright = binned.net > 2000
    thinned = study.thin(binned, 500, random_state=0)
    assert (thinned.counts <= binned.counts).all()
    # 5 standard errors of Poisson counts.
    assert (np.abs(thinned.net[bright] - 500) < 5 * np.sqrt(500 + thinned.background[bright].sum(1))).all()


def test_spectra_of_no_counts_or_no_channels_have_a_result_and_disturb_no_other(spectra, network):
    counts = spectra.counts[:4].copy()
    mask = np.ones(counts.shape, bool)
    counts[1], mask[2] = 0, False
    found = study.encode(
        network, study.bin_spectra(counts, spectra.background[:4], spectra.response, mask=mask)
    )
    assert np.isfinite(found[[0, 1, 3]]).all()
    assert np.isnan(found[2]).all()
    alone = study.encode(
        network, study.bin_spectra(spectra.counts[:1], spectra.background[:1], spectra.response)
    )
    np.testing.assert_allclose(found[0], alone[0], atol=1e-4)


def test_what_is_behind_a_mask_has_no_influence(spectra, network):
    mask = np.broadcast_to(spectra.response.channel_low_kev >= 1.0, spectra.counts.shape)
    spoiled = np.where(mask, spectra.counts, 10**6)
    pair = [
        study.encode(network, study.bin_spectra(each, spectra.background, spectra.response, mask=mask))
        for each in (spectra.counts, spoiled)
    ]
    np.testing.assert_allclose(*pair, atol=1e-5)


def test_a_response_of_another_shape_is_taken_and_a_wrong_one_refused(spectra, network):
    other = acis_like(n_energies=300).between(0.6, 7.0)
    counts = np.ones((2, len(other.channel)))
    assert np.isfinite(study.encode(network, study.bin_spectra(counts, 0 * counts, other))).all()
    with pytest.raises(ParameterError, match="as the response has channels"):
        study.bin_spectra(spectra.counts, spectra.background, other)


def test_pure_noise_has_a_reduced_deviance_of_one():
    rng = np.random.default_rng(0)
    expected = np.repeat([[0.3], [3.0], [30.0]], 200, axis=0) * np.ones(32)
    binned = study.Binned(
        rng.poisson(expected).astype(float), 0 * expected, expected, np.ones_like(expected, bool)
    )
    found = study.reduced_deviance(binned, expected)
    for level in np.split(found, 3):
        assert abs(level.mean() - 1) < 5 * level.std() / np.sqrt(200)
    assert study.reduced_deviance(binned, 2 * expected)[400:].min() > 1.5


def test_faint_spectra_come_back_within_their_noise(binned, network):
    reduced = study.reduced_deviance(binned, study.expected_counts(network, binned))
    assert 0.7 < np.median(reduced[binned.net < 300]) < 1.2


def test_a_fit_with_one_seed_gives_one_network(spectra):
    pair = [study.fit_network(spectra, epochs=1, batch_size=80, progress=False)[0] for _ in range(2)]
    latents = [study.encode(each, study.bin_simulated(spectra)) for each in pair]
    assert np.array_equal(*latents)


def test_the_bound_falls_as_the_root_of_the_counts_and_never_exceeds_the_prior():
    folding = study.Folding(acis_like(n_energies=240).between(0.5, 8.0))
    bounds = _bounds(folding)
    assert bounds[0] / bounds[1] == pytest.approx(10, rel=0.02)
    assert _bounds(folding, (1e-3,))[0] == pytest.approx(1.091, rel=1e-3)  # the scatter of the population


def _bounds(folding, counts=(1e6, 1e8)):
    found = []
    for n in counts:
        spectra = simulate_xray(40, shares={"LMXB": 1.0}, n_counts=n, response=folding.response)
        found.append(study.error_bound(spectra, "LMXB", folding)["slope"].least)
    return found


def test_a_quadratic_truth_is_read_off_exactly():
    rng = np.random.default_rng(0)
    latents = rng.uniform(-1, 1, (400, 3))
    truth = 1 + latents[:, 0] * latents[:, 1] - 2 * latents[:, 2]
    assert np.abs(regress(latents, truth)).max() < 0.1
    assert regress(rng.normal(size=(400, 3)), truth).std() > 0.8 * truth.std()


def test_a_known_formula_is_found_and_noise_has_none():
    rng = np.random.default_rng(0)
    known = pd.DataFrame(rng.normal(size=(600, len(INPUTS))), columns=list(INPUTS))
    latents = np.column_stack([2 * known["HR1"] - known["HR2"] ** 2, rng.normal(size=600)])
    found = formulas(latents, known).set_index("latent")
    assert found.loc["z0", "fidelity"] > 0.999
    assert {"HR1", "HR2 · HR2"} <= {term.split(" ", 2)[2] for term in _terms(found.loc["z0", "formula"])}
    assert abs(found.loc["z1", "fidelity"]) < 0.05


def _terms(formula):
    signed = formula if formula[0] in "+-" else f"+ {formula}"
    marked = signed.replace("+ ", "|+ ").replace("- ", "|- ")
    return [each.strip() for each in marked.split("|") if each.strip()]


def test_classes_are_told_apart_where_latents_know_them_and_not_elsewhere():
    rng = np.random.default_rng(0)
    labels = np.repeat(["AGN", "NS", "YSO"], 60)
    knowing = np.column_stack([np.repeat([0.0, 4.0, 8.0], 60), np.zeros(180)]) + rng.normal(0, 0.5, (180, 2))
    found = study.tell_apart(knowing, labels).set_index(["classes", "method"])["accuracy"]
    assert found.min() > 0.95
    blind = study.tell_apart(rng.normal(size=(180, 2)), labels).set_index(["classes", "method"])
    assert (blind["accuracy"] < blind["chance"] + 0.2).all()


@pytest.mark.usefixtures("real_chandra")
def test_the_network_takes_spectra_through_the_real_response(network):
    spectra = study.load("real", n_sources=40, n_counts=100.0)
    binned = study.bin_simulated(spectra)
    reduced = study.reduced_deviance(binned, study.expected_counts(network, binned))
    assert 0.7 < np.median(reduced) < 1.3
