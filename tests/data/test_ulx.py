"""The reader of the Swift files and of a user's own table, on small files and on the real ones."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data import load
from astrokit.data.simulate.ulx import simulate_ulx
from astrokit.data.ulx import (
    OBSERVATION_COLUMNS,
    hardness_from_bands,
    log_luminosity,
    rate_of_luminosity,
    read_observations,
    read_swift_ulx,
    source_catalogue,
)
from astrokit.errors import DataError

COLUMNS = [column.name for column in OBSERVATION_COLUMNS]


@pytest.fixture
def table():
    return simulate_ulx(6, random_state=0).observations[COLUMNS]


@pytest.fixture
def real(real_swift):
    return load("swift-ulx").data


@pytest.mark.parametrize("suffix", ["csv", "ecsv", "fits", "vot", "parquet"])
def test_a_users_table_reads_back_in_every_format(table, tmp_path, suffix):
    from astropy.table import Table

    path = tmp_path / f"mine.{suffix}"
    formats = {"ecsv": "ascii.ecsv", "fits": "fits", "vot": "votable"}
    if suffix == "csv":
        table.to_csv(path, index=False)
    elif suffix == "parquet":
        table.to_parquet(path)
    else:
        units = {"mjd": "d", "rate": "ct / s", "rate_error": "ct / s", "distance_mpc": "Mpc"}
        Table.from_pandas(table, units=units).write(path, format=formats[suffix])
    again = read_observations(path)
    assert list(again.columns) == COLUMNS
    for name in ("mjd", "rate", "hardness", "distance_mpc"):
        np.testing.assert_allclose(again[name].to_numpy(float), table[name].to_numpy(float), rtol=1e-12)
    assert again["upper_limit"].tolist() == table["upper_limit"].tolist()


def test_distances_in_another_unit_are_converted(table, tmp_path):
    from astropy.table import Table

    units = {"distance_mpc": "kpc"}
    path = tmp_path / "kpc.ecsv"
    Table.from_pandas(table.assign(distance_mpc=table.distance_mpc * 1000), units=units).write(
        path, format="ascii.ecsv"
    )
    np.testing.assert_allclose(read_observations(path).distance_mpc, table.distance_mpc)


def spoil(table, **columns):
    return table.assign(**columns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="hardness_error"), "hardness_error"),
        (lambda t: t.assign(rate=-t.rate), "positive rates"),
        (lambda t: t.assign(rate=t.rate.where(t.index > 3)), "rate"),
        (lambda t: t.assign(hardness=7.0, hardness_error=0.1), "hardness"),
        (lambda t: t.assign(hardness_error=np.nan, hardness=0.1), "an error wherever a hardness is given"),
        (lambda t: t.assign(distance_mpc=np.arange(1, len(t) + 1)), "one value per source"),
        (lambda t: t.assign(distance_mpc=0.0), "distance_mpc"),
        (lambda t: t.assign(known_pulsar=np.arange(len(t)) % 2 == 0), "one value per source"),
        (lambda t: t.assign(upper_limit="perhaps"), "upper_limit"),
        (lambda t: t.iloc[:0], "mine.csv"),
    ],
    ids=[
        "column",
        "negative",
        "missing rate",
        "hardness 7",
        "no error",
        "distances",
        "zero",
        "labels",
        "bool",
        "empty",
    ],
)
def test_a_table_that_cannot_be_right_gets_one_clear_error(table, tmp_path, change, message):
    path = tmp_path / "mine.csv"
    change(table).to_csv(path, index=False)
    with pytest.raises(DataError, match=message):
        read_observations(path)


def test_luminosity_and_rate_are_inverse():
    rate, distance = np.array([1e-3, 0.1, 50.0]), np.array([17.0, 3.6, 0.006])
    np.testing.assert_allclose(rate_of_luminosity(log_luminosity(rate, distance), distance), rate)


def test_a_band_without_counts_has_the_error_of_one_count():
    one = pd.Series([1.0])
    hardness, error = hardness_from_bands(0.02 * one, 0.004 * one, -1e-5 * one, 3e-7 * one, 8e-4 * one)
    assert hardness[0] == -1
    assert error[0] == pytest.approx(2 * 8e-4 / 0.02)


def test_hardness_errors_match_repeated_poisson_counts():
    rng = np.random.default_rng(0)
    soft, hard = rng.poisson(60, 4000).astype(float), rng.poisson(90, 4000).astype(float)
    series = [pd.Series(values) for values in (soft, np.sqrt(soft), hard, np.sqrt(hard), np.ones(4000))]
    hardness, error = hardness_from_bands(*series)
    assert error.mean() == pytest.approx(hardness.std(), rel=0.05)  # standard error of a std of 4000: 1%


def test_the_catalogue_decides_with_a_publication():
    catalogue = source_catalogue()
    assert catalogue.file.is_unique
    assert catalogue.name.is_unique
    assert set(catalogue.role) == {"ulx", "pulsar", "blended", "not_ulx", "imbh"}
    decided = catalogue[~catalogue.role.isin(["ulx", "pulsar"])]
    assert (decided.reference != "").all()
    assert (catalogue[catalogue.role == "pulsar"].pulsar_reference != "").all()
    assert set(catalogue[catalogue.distance_mpc != ""].name) == {"SMC X-3", "V404 Cyg"}


def test_missing_files_are_named():
    with pytest.raises(DataError, match=r"source_with_hosts\.csv"):
        read_swift_ulx({})


def test_real_files_give_39_sources_and_the_right_distances(real):
    assert real.source.nunique() == 39
    distance = real.groupby("source").distance_mpc.first()
    assert distance["SS 433"] == pytest.approx(0.0055)  # stated in kpc
    assert distance["Swift J0243.6+6124"] == pytest.approx(5.509642e-3)  # stated in pc
    assert distance["Holmberg IX X-1"] == pytest.approx(3.85)
    assert real[[*COLUMNS[:4], "distance_mpc"]].notna().all().all()
    assert (real.groupby("source").size()["Holmberg IX X-1"]) == 702


def test_a_file_of_another_target_is_refused(real, tmp_path):
    from astrokit.data import fetch

    files = dict(fetch("swift-ulx"))
    wrong, right = (
        next(path for path in files if name in path) for name in ("IC_10_X-1,curve", "NGC_4559_ULX1,curve")
    )
    files[wrong] = files[right]
    with pytest.raises(DataError, match="00030835"):
        read_swift_ulx(files)


def test_the_repositorys_summary_repeats_two_rows(real):
    """Why the crosswalk is checked by observation: the summary repeats two rows."""
    from astrokit.data import fetch

    path = next(local for path, local in fetch("swift-ulx").items() if path.endswith("XRT_obs_rates.csv"))
    summary = pd.read_csv(path).set_index("readable_name")
    numbers = summary.drop(columns="simbad_name")
    assert numbers.loc["IC10 X-1"].equals(numbers.loc["NGC4945 XMM-1"].rename("IC10 X-1"))
    assert numbers.loc["NGC4559 ULX-1"].equals(numbers.loc["M101 ULX-1"].rename("NGC4559 ULX-1"))


def test_bad_rows_are_faint_and_agree_with_their_neighbours(real):
    """What the notebook says of the flag: fainter visits, values right within their errors."""
    detected = real[~real.upper_limit].assign(log_rate=lambda t: np.log10(t.rate))
    share_bad = real.groupby("source").bad.mean()
    assert set(share_bad[share_bad == 0].index) == {"M33 ULX-1", "M82 X-2", "NGC 300 ULX-1"}
    ratios, errors, levels = [], [], []
    for _, group in detected.groupby("source"):
        good, bad = group[~group.bad], group[group.bad]
        if len(good) < 5:
            continue
        for row in bad.itertuples():
            nearest = good.iloc[(good.mjd - row.mjd).abs().argmin()]
            if abs(nearest.mjd - row.mjd) < 10:
                ratios.append(row.log_rate - nearest.log_rate)
                errors.append(
                    np.hypot(row.rate_error / row.rate, nearest.rate_error / nearest.rate) / np.log(10)
                )
        levels.append(bad.log_rate.median() - good.log_rate.median() if len(bad) else np.nan)
    ratios, errors = np.array(ratios), np.array(errors)
    assert np.nanmedian(levels) < -0.1
    assert abs(np.median(ratios)) < 0.2
    within = np.mean(np.abs(ratios) < 2 * np.hypot(errors, 0.15))  # 0.15 dex: what good neighbours differ by
    assert within > 0.8
