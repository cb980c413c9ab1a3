"""The whole study in one call, frozen, and on the real sources."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from astrokit.studies import pulsating_ulx as study
from astrokit.studies.pulsating_ulx import checks


@pytest.fixture(scope="module")
def results():
    """The whole study, with few starts for the pulsars left out and a stability that is given."""
    from astrokit.studies.pulsating_ulx import clusters as model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "left_out_scores", partial(model.left_out_scores, n_starts=2))
        repeated = {"seeds": np.array([0.9, 0.3, 0.7]), "sources": np.array([0.2, 0.5, 0.6])}
        patch.setattr(model, "stability", lambda *_, **__: repeated)
        return study.reproduce("embedded", n_resamples=3)


def test_the_results_are_those_of_the_steps(results, sample, clusters):
    listed = study.candidates(sample, clusters)
    assert results["n_sources"] == len(sample.sources)
    assert results["n_observations"] == len(sample.points)
    assert (results["n_candidates"], results["n_candidate_observations"]) == (
        len(listed),
        listed.n_inside.sum(),
    )
    assert (results["null_auc"], results["null_p_value"]) == study.null_test(sample, clusters)
    assert results["rankings"].ranking.tolist() == list(checks.RANKINGS.values())
    assert results["recall_left_out"].low < results["recall_left_out"].value < results["recall_left_out"].high
    assert results["ari_seeds_lowest"] == 0.3
    assert results["ari_sources"].value == 0.5


def test_frozen_results_come_back_as_they_were(results, tmp_path, monkeypatch):
    frozen = {**results, "sources": results["sources"].copy()}
    monkeypatch.setattr("astrokit.studies.pulsating_ulx.results.reproduce", lambda source: frozen)
    path = tmp_path / "frozen.json"
    study.freeze_swift_results(path)
    monkeypatch.setattr("astrokit.studies.pulsating_ulx.results._SWIFT_RESULTS", path)
    again = study.load_swift_results()
    for name, value in results.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(again[name], value, atol=6e-5, check_dtype=False)
        else:
            assert again[name] == pytest.approx(value, abs=6e-6)  # five digits ship
            assert type(again[name]) is type(value)
    assert not list(tmp_path.glob("*.partial"))


def test_what_a_source_does_not_say_is_not_given():
    table = study.compare({"paper": study.PAPER, "ours": {"n_sources": 28, "several_share": 0.5}})
    assert table.loc["sources"].tolist() == ["640", "28"]
    assert table.loc["candidates with several"].tolist() == ["85%", "50%"]
    assert table.loc["recall on pulsars left out"].tolist() == ["not given", "not given"]


@pytest.fixture
def real(real_swift):
    return study.load("real")


def test_the_bundled_results_are_what_the_real_data_give(real):
    sample, frozen = study.prepare(real.observations), study.load_swift_results()
    assert not real.provenance.simulated
    measured = sample.sources.loc[frozen["sources"].index]
    for column in ("n_detections", "n_limits", "known_pulsar"):
        assert measured[column].tolist() == frozen["sources"][column].tolist()
    for column in ("log_peak", "hardness", "scatter_dex", "scatter_detections_dex"):
        np.testing.assert_allclose(
            measured[column], frozen["sources"][column], atol=2e-4
        )  # four decimals are kept
    again = study.rankings(measured).set_index("ranking").auc
    for row in frozen["rankings"].itertuples():
        if row.ranking in again.index:
            assert again[row.ranking] == pytest.approx(row.auc, abs=1e-3)
    checks = study.variability_checks(real.observations).set_index("treatment").auc
    for row in frozen["checks"].itertuples():
        assert checks[row.treatment] == pytest.approx(row.auc, abs=1e-3)


@pytest.mark.full
def test_the_bundled_clustering_is_what_the_real_data_give(real):
    """Several optima have nearly the same likelihood: another processor may round into another one."""
    measured, frozen = study.reproduce("real"), study.load_swift_results()
    for name in ("n_sources", "n_observations", "n_pulsars", "n_candidates", "n_candidate_observations"):
        assert measured[name] == frozen[name], name
    assert measured["null_p_value"] == pytest.approx(frozen["null_p_value"], abs=0.01)
    assert measured["recall_left_out"].value == pytest.approx(frozen["recall_left_out"].value, abs=0.05)


def test_on_real_sources_the_limits_carry_the_information(real):
    table = study.rankings(study.prepare(real.observations).sources).set_index("ranking")
    used, dropped = table.loc["variability, limits used"], table.loc["variability, limits dropped"]
    assert used.low > 0.5
    assert used.p_value < 0.01
    assert used.auc > dropped.auc + 0.1


def test_blended_and_foreign_sources_set_no_threshold(real):
    sample = study.prepare(real.observations)
    assert not {"M82 X-2", "SS 433", "V404 Cyg", "SMC X-3", "Swift J0243.6+6124"} & set(sample.sources.index)
    assert sample.sources.known_pulsar.sum() == 5
