"""From observations to ten latents: the order of the sources, odd sources, and the results that ship."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from astrokit.data.places import data_folder
from astrokit.data.simulate.light_curves import simulate_light_curves
from astrokit.errors import DataError, ParameterError
from astrokit.evaluation import probe
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables.curves import autoencoders, scores
from astrokit.studies.gaia_variables.curves.folding import fold
from astrokit.studies.gaia_variables.curves.histograms import histogram_of
from astrokit.studies.gaia_variables.curves.observations import gather
from astrokit.studies.gaia_variables.curves.results import judge_latents, split_sources


@pytest.fixture(scope="module")
def simulated():
    return simulate_light_curves(240, random_state=5)


@pytest.fixture(scope="module")
def latents(simulated):
    return study.embed(simulated.observations, simulated.sources)


def test_ten_finite_latents_a_source(latents):
    assert latents.shape == (240, 10)
    assert np.isfinite(latents).all()
    assert latents.std(0).min() > 0.1


def test_latents_are_in_the_order_of_the_sources_whatever_that_of_the_observations(simulated, latents):
    order = np.random.default_rng(0).permutation(240)
    shuffled = simulated.observations.sample(frac=1, random_state=1)
    found = study.embed(shuffled, simulated.sources.iloc[order])
    np.testing.assert_allclose(found, latents[order], atol=1e-5)


def test_astropy_tables_give_the_same(simulated, latents):
    tables = Table.from_pandas(simulated.observations), Table.from_pandas(simulated.sources)
    np.testing.assert_array_equal(study.embed(*tables), latents)


def test_latents_tell_simulated_types_apart(simulated, latents):
    # By chance a sixth; the networks have seen no simulated curve.
    assert probe(latents, simulated.sources["type"], "logistic", n_folds=3).accuracy.low > 0.5


def test_odd_sources_are_reported_and_take_nothing_from_the_others(simulated, latents):
    seen = simulated.observations
    odd = [
        pd.DataFrame({"source_id": 901, "mjd": [1.0], "mag": [15.0], "mag_err": [0.1]}),
        pd.DataFrame({"source_id": 902, "mjd": np.arange(40.0) * 1.1, "mag": 15.1, "mag_err": 0.1}),
        seen[seen["source_id"] == 1].assign(source_id=903, mag=np.nan),
        seen[seen["source_id"] == 1].assign(source_id=904),
        seen[seen["source_id"] == 1].assign(source_id=905, mag_err=1e90),
        seen[seen["source_id"] == 1].assign(source_id=906),
    ]
    extra = pd.DataFrame(
        {
            "source_id": [901, 902, 903, 904, 905, 906, 907],
            "period": [0.5, 0.5, 0.5, np.nan, 0.5, 1e-300, 1.0],
        }
    )
    sources = pd.concat([extra, simulated.sources[["source_id", "period"]]], ignore_index=True)
    found, report = study.embed(pd.concat([*odd, seen]), sources, report=True)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[7:], latents, atol=1e-5)
    few = "fewer than 5 observations"
    assert report["note"][:7].tolist() == [few, "constant", few, "no period", few, "no period", few]
    assert (report["note"][7:] == "").all()
    assert (found[[0, 2, 4, 6]] == 0).all()
    assert (found[[1, 3, 5], :5] == 0).all()
    np.testing.assert_allclose(found[[3, 5], 5:], latents[[0, 0], 5:], atol=1e-5)


def test_columns_that_are_missing_are_one_clear_error(simulated):
    with pytest.raises(DataError, match="no mag_err"):
        study.embed(simulated.observations.drop(columns="mag_err"), simulated.sources)


def test_what_is_decoded_is_what_was_encoded(simulated, latents):
    folded = fold(gather(simulated.observations, simulated.sources))
    network = autoencoders.shipped_curve_network()
    found = scores.explained_by_decoder(network, latents[:, :5], folded)
    assert found.low > 0.5
    shuffled = np.random.default_rng(0).permutation(latents[:, :5])
    assert scores.explained_by_decoder(network, shuffled, folded).value < 0.2
    shares = autoencoders.decode_histograms(autoencoders.shipped_histogram_network(), latents[:, 5:])
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-5)


def test_fits_learn_and_a_seed_gives_the_same_weights(simulated):
    curves = gather(simulated.observations, simulated.sources)
    for fit, data in (
        (autoencoders.fit_curves, fold(curves)),
        (autoencoders.fit_histograms, histogram_of(curves)),
    ):
        _, history = fit(data, epochs=4, batch_size=32, progress=False)
        _, again = fit(data, epochs=4, batch_size=32, progress=False)
        assert history.epochs[-1]["validation_loss"] < history.epochs[0]["validation_loss"]
        assert history.weights_hash == again.weights_hash


def test_a_judgement_has_every_score_and_knows_who_is_rare(simulated, monkeypatch):
    monkeypatch.setattr("astrokit.evaluation.probes.N_TREES", 20)  # of 300, for speed
    types = simulated.sources["type"].to_numpy(copy=True)
    types[:12] = 12
    sources = simulated.sources.assign(type=types)
    sample = study.load_curves("embedded", n_sources=1)._replace(
        observations=simulated.observations, sources=sources
    )
    found = judge_latents(sample)
    assert found["n_scored"] == 228
    assert set(found["modalities"]["modality"]) == set(scores.MODALITIES)
    assert set(found["with_spectra"]["modality"]) == set(scores.PUBLISHED_WITH_SPECTRA)
    assert (found["rare"]["n_rare"] == 12).all()
    assert found["kept"].low <= found["kept"].value <= found["kept"].high
    assert found["kept"].value == pytest.approx(found["latents"].value / found["inputs"].value, abs=1e-9)


def test_spectra_tell_what_the_classes_have_and_add_to_light_curves(simulated, latents):
    types = simulated.sources["type"].to_numpy()
    spectral = study.simulated_spectral_latents(types)
    found = study.compare_with_spectra(latents, spectral, types, kinds=["logistic"], n_folds=3)
    curves = study.compare_modalities(latents, types, kinds=["logistic"], n_folds=3)
    alone, together = found["accuracy"]
    assert alone > 0.3  # a sixth by chance
    assert together > curves["accuracy"].iloc[-1]


def test_what_is_held_out_is_never_learned_from():
    learn, judge = split_sources(24_000)
    assert len(judge) == 6000
    assert not set(learn) & set(judge)
    np.testing.assert_array_equal(judge, split_sources(24_000)[1])


def test_the_results_that_ship_keep_what_the_networks_promise():
    shipped = study.load_curve_results()
    assert shipped["n_sources"] == 6000
    assert shipped["kept"].value >= 0.95
    assert shipped["latents"].value >= 0.76


def test_an_unknown_source_of_curves_is_an_error():
    with pytest.raises(ParameterError, match="embedded"):
        study.load_curves("catalina")


def test_embedding_loads_no_lightning():
    code = (
        "import sys; from astrokit.studies import gaia_variables as g;"
        "from astrokit.data.simulate.light_curves import simulate_light_curves as s;"
        "m = s(3); g.embed(m.observations, m.sources); print('lightning' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.full
def test_the_shipped_results_come_out_again():
    folder = data_folder()
    if folder is None or not (folder / "catalina-sss").is_dir():
        pytest.skip("set ASTROKIT_DATA to a folder with catalina-sss")
    sample = study.load_curves("real")
    _, judge = split_sources(len(sample.sources))
    found, shipped = judge_latents(study.take_sources(sample, judge)), study.load_curve_results()
    for name in ("latents", "inputs", "kept", "explained"):
        assert found[name].value == pytest.approx(shipped[name].value, abs=0.005)
