"""The period search: planted periods come back, noise is called noise, and aliases are flagged."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table
from astropy.timeseries import LombScargle

from astrokit.errors import DataError, ParameterError
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables.aliases import ALIASES, alias_frequencies, relate
from astrokit.studies.gaia_variables.false_alarm import false_alarm_bound

SHORTEST_DAY = 0.2  # shorter searches take longer


def survey_times(seed: int, n_nights: int = 55) -> np.ndarray:
    """Four exposures in half an hour, on nights of seasons of 240 days over seven years."""
    rng = np.random.default_rng(seed)
    nights = rng.integers(0, 7, n_nights) * 365 + rng.integers(0, 240, n_nights)
    return (nights + rng.normal(0.4, 0.06, n_nights))[:, None].repeat(4, 1).ravel() + np.tile(
        np.arange(4) * 0.007, n_nights
    )


def eclipses(phase: np.ndarray) -> np.ndarray:
    """Two eclipses, 0.5 and 0.3 mag deep and a twelfth of the orbit wide."""
    near = np.abs((phase[:, None] - [0.0, 0.5] + 0.5) % 1 - 0.5)
    return (np.exp(-0.5 * (near / 0.035) ** 2) * [0.5, 0.3]).sum(1)


def saw_tooth(phase: np.ndarray) -> np.ndarray:
    """An RR Lyrae star in five harmonics: it rises fast and fades slowly."""
    return -0.3 * sum(np.sin(2 * np.pi * k * phase) / k**1.5 for k in range(1, 6))


def sine(phase: np.ndarray) -> np.ndarray:
    return 0.25 * np.sin(2 * np.pi * phase)


def observed(shape, period: float, seed: int, error: float = 0.06):
    times = survey_times(seed)
    noise = np.random.default_rng(seed + 100).normal(0, error, len(times))
    return times, 16 + shape(times / period) + noise, np.full(len(times), error)


@pytest.mark.parametrize(
    ("shape", "period"),
    [(sine, 0.33157), (sine, 6.283), (saw_tooth, 0.58791), (eclipses, 0.8137), (eclipses, 2.7183)],
)
def test_planted_periods_come_back_from_the_sampling_of_a_survey(shape, period):
    found = study.find_period(*observed(shape, period, seed=1), shortest_day=SHORTEST_DAY)
    # Phases of the first and the last observation agree within a twentieth of a period.
    assert abs(found.period_day / period - 1) < 0.05 * period / 2500
    assert found.false_alarm_probability < 1e-10


def test_equal_eclipses_come_back_as_half_the_orbit():
    times, _, errors = observed(eclipses, 0.8137, seed=2)
    equal = (
        16 - 0.2 * np.cos(4 * np.pi * times / 0.8137) + np.random.default_rng(0).normal(0, 0.06, len(times))
    )
    assert study.find_period(times, equal, errors, shortest_day=SHORTEST_DAY).period_day == pytest.approx(
        0.8137 / 2, rel=1e-4
    )


def test_noise_alone_has_a_large_false_alarm_probability():
    rng = np.random.default_rng(3)
    chances = []
    for _ in range(12):
        times = np.sort(rng.uniform(0, 40, 70))
        found = study.find_period(times, 15 + rng.normal(0, 0.1, 70), np.full(70, 0.1), shortest_day=1.0)
        chances.append(found.false_alarm_probability)
    # Of 12, more than 4 fall below 0.1 in one test of 200 even where the bound is exact.
    assert np.sum(np.array(chances) < 0.1) <= 4
    assert min(chances) > 1e-3
    assert max(chances) <= 1


def test_the_bound_for_one_harmonic_is_that_of_astropy():
    rng = np.random.default_rng(0)
    times, errors = rng.uniform(0, 500, 400), rng.uniform(0.05, 0.1, 400)
    model = LombScargle(times, rng.normal(size=400), errors)
    for power in (0.06, 0.1):
        theirs = model.false_alarm_probability(power, method="baluev", maximum_frequency=5.0)
        assert false_alarm_bound(power, times, errors, 1, 5.0) == pytest.approx(float(theirs), rel=0.15)


def test_more_harmonics_need_more_power():
    times, errors = np.linspace(0, 300, 200), np.ones(200)
    bounds = [false_alarm_bound(0.3, times, errors, n, 5.0) for n in (1, 2, 4, 6)]
    assert bounds == sorted(bounds)


def test_data_of_one_time_each_day_flag_the_alias():
    times = np.arange(150.0)  # to the second: all aliases of a day fit as well as the truth
    mags = 15 + 0.3 * np.sin(2 * np.pi * times / 0.7) + np.random.default_rng(0).normal(0, 0.02, 150)
    found = study.find_period(times, mags, np.full(150, 0.02), shortest_day=0.3)
    assert found.near_alias
    periods = [found.period_day, *found.aliases_day]
    assert np.abs(np.array(periods) / 0.7 - 1).min() < 0.01
    assert len(found.aliases_day) == len(found.alias_powers) == len(ALIASES)


def test_times_spread_over_the_day_flag_no_alias():
    rng = np.random.default_rng(4)
    times = rng.uniform(0, 150, 150)
    mags = 15 + 0.3 * np.sin(2 * np.pi * times / 0.7) + rng.normal(0, 0.02, 150)
    assert not study.find_period(times, mags, np.full(150, 0.02), shortest_day=0.3).near_alias


def test_a_period_of_a_day_is_flagged():
    rng = np.random.default_rng(5)
    times = rng.uniform(0, 400, 200)
    mags = 15 + 0.3 * np.sin(2 * np.pi * times) + rng.normal(0, 0.02, 200)
    found = study.find_period(times, mags, np.full(200, 0.02), shortest_day=0.3)
    assert found.near_alias
    assert found.period_day == pytest.approx(1.0, rel=1e-3)


def test_order_gaps_and_mistaken_times_change_nothing():
    times, mags, errors = observed(saw_tooth, 0.58791, seed=6)
    expected = study.find_period(times, mags, errors, shortest_day=0.4)
    order = np.random.default_rng(0).permutation(len(times))
    spoiled = [
        np.concatenate([each[order], extra])
        for each, extra in (
            (times, [np.nan, 2.4e6, times[3], times[4]]),
            (mags, [15.0, 15.0, np.inf, 12.0]),
            (errors, [0.1, 0.1, 0.1, 0.0]),
        )
    ]
    found = study.find_period(*spoiled, shortest_day=0.4)
    assert found.period_day == pytest.approx(expected.period_day, rel=1e-9)
    assert found.power == pytest.approx(expected.power, rel=1e-9)


@pytest.mark.parametrize("change", ["few", "constant"])
def test_what_has_no_period_is_refused(change):
    times, mags, errors = observed(sine, 0.5, seed=7)
    if change == "few":
        times, mags, errors = times[:19], mags[:19], errors[:19]
    else:
        mags = np.full(len(mags), 15.0)
    with pytest.raises(DataError, match="observations or more whose magnitudes differ"):
        study.find_period(times, mags, errors)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ParameterError, match="of one shape"):
        study.find_period([1.0, 2.0], [1.0], [1.0])
    with pytest.raises(ParameterError, match="days between 0 and the span"):
        study.find_period(*observed(sine, 0.5, seed=7), shortest_day=-1.0)


def test_every_source_of_a_table_has_a_row_and_none_is_lost():
    parts = []
    for source_id, period in ((9, 0.58791), (4, 1.9)):
        times, mags, errors = observed(saw_tooth, period, seed=source_id)
        parts.append(pd.DataFrame({"source_id": source_id, "mjd": times, "mag": mags, "mag_err": errors}))
    parts.append(parts[0].iloc[:3].assign(source_id=5))
    table = pd.concat(parts).sample(frac=1, random_state=0)
    found = study.find_periods(table, shortest_day=0.4)
    assert found["source_id"].tolist() == [4, 5, 9]
    assert found["period_day"].to_numpy()[[0, 2]] == pytest.approx([1.9, 0.58791], rel=1e-4)
    assert np.isnan(found["period_day"][1])
    assert "20 observations or more" in found["problem"][1]
    with pytest.raises(ParameterError, match="rename mag_err"):
        study.find_periods(table.drop(columns="mag_err"))


def test_a_table_of_astropy_is_taken_and_its_masked_values_are_left_out():
    times, mags, errors = observed(saw_tooth, 0.58791, seed=8)
    table = Table({"source_id": np.full(len(times), 2**62 + 1), "mjd": times, "mag": mags, "mag_err": errors})
    table = Table(table, masked=True)
    table["mag"][3] = -99.0
    table["mag"].mask[3] = True
    found = study.find_periods(table, shortest_day=0.4)
    assert found["source_id"].tolist() == [2**62 + 1]
    assert found["period_day"][0] == pytest.approx(0.58791, rel=1e-4)


def test_relations_of_periods_have_their_names():
    found = [0.5, 0.5049, 0.25, 1.0, 1 / 3.003, 1 / 0.9978, 0.37]
    names = relate(found, [0.5] * 7).tolist()
    assert names == ["same", "same", "half", "double", "daily alias", "double", "other"]
    assert alias_frequencies(2.0).tolist() == [0, 1, 3, 4, 4, 1]


def test_the_recovery_that_ships_is_of_real_sources_and_adds_up():
    shipped = study.load_period_recovery()
    rates = shipped["rates"].set_index("class")
    assert shipped["n_sources"] >= 300
    assert rates.loc["all", "n"] == shipped["n_sources"] == rates["n"].iloc[1:].sum()
    again = study.recovery_rates(shipped["sources"]).set_index("class")
    pd.testing.assert_frame_equal(again.round(4), rates, check_dtype=False)
    steps = rates[["within_1_percent", "up_to_factor_2", "up_to_daily_alias"]].to_numpy()
    assert (np.diff(steps, axis=1) >= 0).all()
    assert (rates["within_1_percent_low"] <= rates["within_1_percent"]).all()


@pytest.mark.full
def test_some_of_the_shipped_periods_come_out_again():
    from astrokit.data.places import data_folder

    folder = data_folder()
    if folder is None or not (folder / "catalina-sss").is_dir():
        pytest.skip("set ASTROKIT_DATA to a folder with catalina-sss")
    shipped = study.load_period_recovery()
    observations, sources, _ = study.load_curves("real", n_sources=shipped["n_sources"])
    assert sources["source_id"].tolist() == shipped["sources"]["source_id"].tolist()
    few = observations[observations["source_id"].isin(sources["source_id"][:10])]
    found = study.find_periods(few)["period_day"].to_numpy()
    expected = shipped["sources"].set_index("source_id").loc[sorted(sources["source_id"][:10]), "period_day"]
    np.testing.assert_allclose(found, expected, rtol=1e-3)
