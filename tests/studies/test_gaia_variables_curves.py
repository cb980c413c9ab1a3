"""Light curves to folded curves and histograms: what is planted comes back, and nothing is lost."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, Table

from astrokit.data.simulate.light_curves import simulate_light_curves
from astrokit.errors import DataError, ParameterError
from astrokit.studies.gaia_variables.curves.folding import (
    PHASE,
    basis,
    faint_outliers,
    faintest_phase,
    fold,
    harmonics,
    min_max,
    phases,
)
from astrokit.studies.gaia_variables.curves.histograms import DM_EDGES, DT_EDGES, histogram_of
from astrokit.studies.gaia_variables.curves.observations import gather


def observed(source_id=1, n=150, shape=lambda phase: np.sin(2 * np.pi * phase), period=0.61, seed=0):
    rng = np.random.default_rng(seed)
    mjd = np.sort(rng.uniform(0, 900, n))
    mag = 15 + 0.4 * shape(mjd / period) + 0.01 * rng.standard_normal(n)
    return pd.DataFrame({"source_id": source_id, "mjd": mjd, "mag": mag, "mag_err": 0.01})


def known(*source_ids, period=0.61):
    return pd.DataFrame({"source_id": source_ids, "period": period})


def test_disorder_and_duplicates_are_mended_and_reported():
    seen = pd.DataFrame(
        {
            "source_id": [1, 2, 1, 1, 2, 1],
            "mjd": [5.0, 1.0, 3.0, 5.0, 2.0, 4.0],
            "mag": [15.0, 12.0, 15.2, 16.0, 12.5, 15.3],
            "mag_err": [0.1, 0.1, 0.1, 0.2, 0.1, 0.1],
        }
    )
    curves = gather(seen, known(2, 1))
    assert curves.first.tolist() == [0, 2, 5]
    assert curves.mjd.tolist() == [1, 2, 3, 4, 5]
    # Weights are 1 / error^2: (4 * 15 + 16) / 5, known to 1 / sqrt(125) of the mean's weight.
    assert curves.mag[-1] == pytest.approx(15.2)
    assert curves.error[-1] == pytest.approx(125**-0.5)
    assert curves.report["n_out_of_order"].tolist() == [0, 1 + 1]
    assert curves.report["n_duplicates"].tolist() == [0, 1]
    assert curves.report["n"].tolist() == [2, 3]


def test_what_is_no_measurement_is_counted_and_left_out():
    seen = observed(n=40)
    seen.loc[0, "mag"], seen.loc[1, "mjd"], seen.loc[2, "mag_err"] = np.nan, np.inf, -1.0
    seen.loc[3, "mag"], seen.loc[4, "mag_err"] = 1e200, np.nan
    curves = gather(seen, known(1))
    assert curves.report.loc[0, ["n", "n_unusable"]].tolist() == [35, 5]
    assert np.isfinite(curves.mag).all()


def test_astropy_tables_and_masked_periods_do_as_well():
    seen, sources = observed(), Table({"source_id": [1], "period": MaskedColumn([0.61], mask=[True])})
    curves = gather(Table.from_pandas(seen), sources)
    np.testing.assert_array_equal(curves.mag, gather(seen, known(1)).mag)
    assert np.isnan(curves.period_day).all()
    assert curves.report["note"].tolist() == ["no period"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda seen, sources: (seen.drop(columns="mag"), sources), "no mag"),
        (lambda seen, sources: (seen, sources.rename(columns={"period": "P"})), "no period"),
        (lambda seen, sources: (seen.assign(mag="bright"), sources), "column 'mag'"),
        (lambda seen, sources: (seen, pd.concat([sources, sources])), "twice"),
        (lambda seen, sources: (seen.assign(source_id="one"), sources), "one kind of source_id"),
    ],
)
def test_tables_that_do_not_fit_are_one_clear_error(change, match):
    with pytest.raises(DataError, match=match):
        gather(*change(observed(), known(1)))


def test_twice_the_period_is_one_turn():
    phase = phases(np.array([10.0, 10.5, 11.0, 12.0]), 0.5)
    assert phase.tolist() == [0.0, 0.5, 0.0, 0.0]


def test_planted_harmonics_come_back():
    rng = np.random.default_rng(1)
    phase, planted = rng.random(4000), np.zeros(25)
    planted[[0, 3, 4, 7, 16]] = [
        15.0,
        0.4,
        -0.2,
        0.1,
        0.05,
    ]  # mean, cosine and sine of 2, cosine of 4, sine of 8
    error = np.full(len(phase), 0.01)
    found, covariance = harmonics(phase, basis(phase) @ planted + 0.01 * rng.standard_normal(4000), error)
    # The ridge shrinks the eighth harmonic by 2 * 0.02 * (8 / 12)^2, the second by a sixteenth of that.
    np.testing.assert_allclose(found[[0, 3, 4]], planted[[0, 3, 4]], atol=0.002)
    np.testing.assert_allclose(found[16], planted[16] / (1 + 2 * 0.02 * (8 / 12) ** 2), atol=0.002)
    assert np.abs(found[planted == 0]).max() < 0.003
    assert (np.diag(covariance) > 0).all()


def test_the_faintest_phase_is_found_between_grid_points():
    planted = np.zeros(25)
    at = 0.123456
    planted[1], planted[2] = np.cos(2 * np.pi * at), np.sin(2 * np.pi * at)
    assert faintest_phase(planted) == pytest.approx(at, abs=1e-9)


def test_only_faint_outliers_are_cut():
    rng = np.random.default_rng(2)
    phase, error = np.sort(rng.random(200)), np.full(200, 0.02)
    mag = 15 + 0.3 * np.sin(2 * np.pi * phase) + 0.005 * rng.standard_normal(200)
    mag[60] += 1.0
    mag[120] -= 1.0
    assert np.flatnonzero(faint_outliers(phase, mag, error)).tolist() == [60]


def test_min_and_max_become_0_and_1_and_errors_scale_along():
    smooth, error = min_max(np.array([14.0, 16.0, 15.0]), np.array([0.2, 0.2, 0.4]))
    assert smooth.tolist() == [0.0, 1.0, 0.5]
    assert error.tolist() == [0.1, 0.1, 0.2]


def test_a_saw_tooth_is_folded_from_faint_to_faint():
    def saw(phase):
        return -sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 4))

    folded = fold(gather(observed(n=400, shape=saw), known(1)))
    start = np.argmax(saw(np.arange(2000) / 2000)) / 2000
    expected = saw(2 * PHASE + start)
    expected = (expected - expected.min()) / np.ptp(expected)
    assert np.abs(folded.curve[0] - expected).max() < 0.04
    assert folded.curve[0, 0] == pytest.approx(1, abs=0.01)
    assert folded.error[0].max() < 0.05


def test_a_histogram_is_what_counting_pairs_one_by_one_gives():
    seen = observed(n=60)
    found = histogram_of(gather(seen, known(1)))
    counts = np.zeros((20, 10))
    mjd, mag = seen["mjd"].to_numpy(), seen["mag"].to_numpy()
    for i in range(60):
        for j in range(i + 1, 60):
            apart = mjd[j] - mjd[i]
            if DT_EDGES[0] <= apart < DT_EDGES[-1]:
                row = np.searchsorted(DM_EDGES, abs(mag[j] - mag[i]), side="right") - 1
                counts[row, np.searchsorted(DT_EDGES, apart, side="right") - 1] += 1
    totals = counts.sum(0)
    np.testing.assert_allclose(found.values[0], counts / np.maximum(totals, 1), atol=1e-7)
    assert found.mask[0].tolist() == (totals > 0).tolist()


def test_edges_are_those_of_the_issue():
    assert DT_EDGES[[0, -1]] == pytest.approx([1 / 25, 2500])
    assert DM_EDGES[0] == 0
    assert DM_EDGES[-2:] == pytest.approx([3, np.inf])
    assert len(DM_EDGES) == 21


def test_columns_without_pairs_are_zero_and_masked():
    # Nights a day apart: nothing lies between an hour and a day.
    mjd = np.arange(30.0)[:, None] + [0.0, 0.042]
    seen = pd.DataFrame({"source_id": 1, "mjd": mjd.ravel(), "mag": 15.0 + mjd.ravel() % 3, "mag_err": 0.1})
    found = histogram_of(gather(seen, known(1)))
    assert found.mask[0].tolist() == [totals > 0.5 for totals in found.values[0].sum(0)]
    assert not found.mask[0, 1]
    assert (found.values[0, :, ~found.mask[0]] == 0).all()


def test_the_same_seed_simulates_the_same_light_curves_of_the_amplitude_it_says():
    made, again = simulate_light_curves(60, random_state=3), simulate_light_curves(60, random_state=3)
    pd.testing.assert_frame_equal(made.observations, again.observations)
    by_source = made.observations.groupby("source_id")["mag"]
    spread = (by_source.quantile(0.98) - by_source.quantile(0.02)).to_numpy()
    assert np.corrcoef(spread, made.truth["amplitude"])[0, 1] > 0.6
    with pytest.raises(ParameterError, match="1 source or more"):
        simulate_light_curves(0)
