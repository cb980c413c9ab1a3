"""What goes in: observations, features, and who is left out."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data.simulate.ulx import simulate_ulx
from astrokit.data.ulx import log_luminosity
from astrokit.errors import DataError, ParameterError
from astrokit.studies import pulsating_ulx as study


def test_embedded_data_say_that_they_are_simulated(data):
    assert data.provenance.simulated
    assert data.truth is not None


def test_upper_limits_count_in_the_variability(sample):
    vanishing = sample.sources[sample.sources.n_limits > 0.3 * sample.sources.n_detections]
    assert len(vanishing) > 5
    assert (vanishing.scatter_dex >= 0.99 * vanishing.scatter_detections_dex).mean() > 0.8


def test_insignificant_detections_do_not_make_a_peak(data):
    """Two-second exposures while slewing: 1.7 +- 1.2 count/s made NGC 300 ULX-1 ten times too bright."""
    observations = data.observations.copy()
    name = observations.source.iloc[0]
    before = study.prepare(observations).sources.log_peak[name]
    spurious = (
        observations[observations.source == name]
        .iloc[[0]]
        .assign(rate=50.0, rate_error=30.0, upper_limit=False)
    )
    after = study.prepare(pd.concat([observations, spurious])).sources.log_peak[name]
    assert after == before


def test_sources_left_out_are_named_with_a_reason(data):
    observations = data.observations.assign(role="ulx")
    names = observations.source.unique()
    observations.loc[observations.source == names[0], "role"] = "blended"
    faint = observations.source == names[1]
    observations.loc[faint, ["rate", "rate_error"]] *= 1e-5
    left_out = study.prepare(observations).left_out.set_index("source").reason
    assert "blended" in left_out[names[0]]
    assert "is no ULX" in left_out[names[1]]


def test_a_sample_without_a_known_pulsar_says_so_and_what_to_do(data):
    with pytest.raises(DataError, match="at least 1 known pulsar among") as refused:
        study.prepare(data.observations.assign(known_pulsar=False))
    assert "Set `known_pulsar` to true" in str(refused.value)
    assert "known pulsars left out: none" in str(refused.value)


def test_known_pulsars_that_cannot_be_used_are_named_with_the_reason(data):
    pulsar = data.observations.source[data.observations.known_pulsar].iloc[0]
    observations = data.observations.assign(known_pulsar=data.observations.source == pulsar)
    role = np.where(observations.known_pulsar, "blended", "ulx")
    with pytest.raises(DataError, match=rf"left out: {pulsar} \(blended with a neighbour\)"):
        study.prepare(observations.assign(role=role))


def test_a_sample_of_one_source_is_refused_with_the_reasons_of_the_others(data):
    few = data.observations[data.observations.groupby("source").cumcount() < 4]
    with pytest.raises(DataError, match="at least 2 usable sources") as refused:
        study.prepare(few)
    assert "usable detections, 5 needed" in str(refused.value)
    assert "57 more" in str(refused.value)


def test_flagged_limits_are_used_and_flagged_detections_are_not(data):
    observations = data.observations.assign(bad=False)
    flagged = observations.copy()
    name = flagged.groupby("source").size().idxmax()
    flagged.loc[flagged.source == name, "bad"] = np.arange((flagged.source == name).sum()) % 2 == 0
    before, after = (study.prepare(each).sources.loc[name] for each in (observations, flagged))
    assert after.n_limits == before.n_limits
    assert after.n_detections < 0.6 * before.n_detections


def test_the_error_of_the_peak_is_that_of_the_brightest_visit(data, sample):
    detected = sample.points.sort_values("log_luminosity").groupby("source").last()
    same = detected.log_luminosity == sample.sources.log_peak[detected.index]
    assert same.sum() > 50
    expected = detected.log_luminosity_error[same]
    measured = sample.points.groupby("source").log_peak_error.agg(["min", "max"]).loc[expected.index]
    np.testing.assert_array_equal(measured["min"], expected)
    np.testing.assert_array_equal(measured["max"], expected)


def test_features_are_those_of_the_observation_and_of_its_source(data, sample):
    row = sample.points.iloc[7]
    same = (data.observations.source == row.source) & (data.observations.mjd == row.mjd)
    given = data.observations[same].iloc[0]
    assert row.log_luminosity == log_luminosity(given.rate, given.distance_mpc)
    assert row.log_luminosity_error == pytest.approx(given.rate_error / given.rate / np.log(10))
    assert (row.hardness, row.hardness_error) == (given.hardness, given.hardness_error)
    of_source = sample.sources.loc[row.source]
    assert row.log_peak == of_source.log_peak
    assert row.log_scatter == pytest.approx(np.log10(np.hypot(of_source.scatter_dex, 0.05)))
    assert row.log_scatter_error == pytest.approx(1 / np.sqrt(2 * of_source.n_detections) / np.log(10))


def test_a_user_can_bring_a_file(tmp_path):
    path = tmp_path / "mine.csv"
    simulate_ulx(12, random_state=4).observations.to_csv(path, index=False)
    data = study.load("file", path=str(path))
    assert not data.provenance.simulated
    assert data.truth is None
    assert len(study.prepare(data.observations).sources) > 5


@pytest.mark.parametrize("arguments", [("reel", None), ("file", None), ("file", "")])
def test_an_unknown_source_is_refused(arguments):
    source, path = arguments
    with pytest.raises(ParameterError, match='"embedded", "real", or "file" with a path'):
        study.load(source, path=path)
