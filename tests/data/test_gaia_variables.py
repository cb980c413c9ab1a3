"""The reader of the published latent space and of a user's own table, on small files and on the real one."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data import load
from astrokit.data.gaia_variables import (
    LATENTS,
    MAP,
    VARIABLE_COLUMNS,
    read_gaia_variables,
    read_variables,
)
from astrokit.data.simulate.variables import simulate_variables
from astrokit.errors import DataError

COLUMNS = [column.name for column in VARIABLE_COLUMNS]


@pytest.fixture(scope="module")
def table():
    return simulate_variables(500, random_state=1).table.head(30)


def published(n=4):
    """A table in the authors' columns."""
    latents = {f"latent_mu_{k}": np.arange(n, dtype="float32") + 100 * k for k in range(15)}
    return pd.DataFrame(
        {
            "sourceid": np.arange(n) + 2**60,
            "label": ["RRAB", "M", "QSO", "EW"][:n],
            "macro_class": None,
            "frequency": [2.0, 0.004, 0.1, 5.0][:n],
            "magnitude_mean": 15.0 + np.arange(n),
            "magnitude_std": [0.2, 0.7, 0.1, 0.1][:n],
            "amplitude": 0.3,
            "lambda_1_umap": np.arange(n) * 1.0,
            "lambda_2_umap": np.arange(n) * -1.0,
            **latents,
        }
    )


def read_published(frame, folder):
    frame.to_parquet(folder / "latent.parquet")
    return read_gaia_variables({"data/latent.parquet": folder / "latent.parquet"})


def test_the_published_columns_get_the_names_of_this_house(tmp_path):
    found = read_published(published(), tmp_path)
    assert list(found.columns) == COLUMNS
    assert found.period_day.tolist() == [0.5, 250.0, 10.0, 0.2]
    assert found.amplitude_mag.tolist() == [0.2, 0.7, 0.1, 0.1]
    assert found.source_id.tolist() == [2**60 + k for k in range(4)]  # no digit is lost to a float
    assert found.loc[2, ["z0", "z9", "z14"]].tolist() == [2.0, 902.0, 1402.0]
    assert found.loc[3, list(MAP)].tolist() == [3.0, -3.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="latent_mu_7"), "latent_mu_7"),
        (lambda t: t.assign(frequency=[2.0, 0.0, 0.1, 5.0]), "frequency"),
        (lambda t: t.assign(label=["RRAB", None, "QSO", "EW"]), "label"),
        (lambda t: t.assign(latent_mu_3=np.nan), "latent_mu_3"),
        (lambda t: t.assign(sourceid=7), "3 repeated, first 7"),
    ],
    ids=["column", "frequency", "label", "NaN", "twice"],
)
def test_a_published_file_that_cannot_be_right_gets_one_clear_error(tmp_path, change, message):
    with pytest.raises(DataError, match=message):
        read_published(change(published()), tmp_path)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "fits"])
def test_a_users_table_reads_back_with_and_without_a_map(table, tmp_path, suffix):
    for name, own in (("plain", table), ("mapped", table.assign(map_x=1.0, map_y=2.0))):
        path = tmp_path / f"{name}.{suffix}"
        if suffix == "csv":
            own.to_csv(path, index=False)
        elif suffix == "parquet":
            own.to_parquet(path)
        else:
            from astropy.table import Table

            Table.from_pandas(own.assign(label=own.label.astype(str))).write(path)
        again = read_variables(path)
        assert list(again.columns) == [column for column in COLUMNS if column in own]
        np.testing.assert_allclose(again[list(LATENTS)], own[list(LATENTS)])
        assert again.label.tolist() == own.label.tolist()


def test_periods_in_hours_become_days(table, tmp_path):
    from astropy.table import Table

    hours = Table.from_pandas(table.assign(period_day=table.period_day * 24), units={"period_day": "h"})
    hours.write(tmp_path / "hours.fits")
    np.testing.assert_allclose(read_variables(tmp_path / "hours.fits").period_day, table.period_day)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="z4"), "z4"),
        (lambda t: t.assign(period_day=-1.0), "period_day"),
        (lambda t: t.assign(amplitude_mag=0.0), "amplitude_mag"),
        (lambda t: t.assign(map_x=0.0), "both map_x and map_y"),
        (lambda t: t.assign(source_id=1), "29 repeated"),
    ],
    ids=["column", "period", "amplitude", "half a map", "twice"],
)
def test_a_users_table_that_cannot_be_right_gets_one_clear_error(table, tmp_path, change, message):
    path = tmp_path / "mine.csv"
    change(table).to_csv(path, index=False)
    with pytest.raises(DataError, match=message):
        read_variables(path)


def test_the_published_table_is_what_its_authors_describe(real_gaia):
    loaded = load("gaia-variables")
    assert len(loaded.data) == 42_735
    assert not loaded.provenance.simulated
    assert (loaded.data.label == "RRAB").sum() == 1854
    assert np.isfinite(loaded.data[[*LATENTS, *MAP]]).all().all()
