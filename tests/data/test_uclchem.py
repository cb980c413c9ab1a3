"""The bundled grid of chemical models: complete, in its ranges, and honest about what it is."""

import json
from importlib import resources

import numpy as np
import pytest

from astrokit.data.uclchem import (
    CARBON,
    FLOOR,
    INPUT_NAMES,
    INPUTS,
    OXYGEN,
    TIMES,
    abundance_column,
    load_grid,
    read_models,
    unfinished_models,
)
from astrokit.errors import DataError
from tests.conftest import REAL_DATA

SPECIES = ("CN", "HCN", "CO", "O", "C")


@pytest.fixture(scope="module")
def grid():
    return load_grid(SPECIES, times=TIMES)


@pytest.fixture
def original():
    folder = REAL_DATA / "uclchem-grid"
    if not folder.is_dir():
        pytest.skip(f"needs the original grid: put uclchem-grid into {REAL_DATA}")
    return folder


def test_the_grid_fills_its_ranges_evenly(grid):
    """A Latin hypercube of 1,798 rows, of which these are a part."""
    assert len(grid.data) == 1459
    for column in INPUTS:
        share = (grid.data[column.name] - column.minimum) / (column.maximum - column.minimum)
        assert share.between(0, 1).all()
        # Twice the spread of quartiles of as many independent uniform numbers; strata keep closer.
        assert share.quantile([0.25, 0.5, 0.75]).tolist() == pytest.approx([0.25, 0.5, 0.75], abs=0.03)


def test_abundances_are_between_the_floor_and_all_of_the_gas(grid):
    columns = [abundance_column(name, time) for name in SPECIES for time in TIMES]
    assert list(grid.data.columns) == [*INPUT_NAMES, *columns]
    assert grid.data[columns].min().min() >= FLOOR
    assert grid.data[columns].max().max() <= 0


def test_carbon_and_oxygen_are_not_made_from_nothing(grid):
    """Atoms and CO in the gas hold at most what there was at the start (1% for the solver)."""
    for atom, factor, most in (("C", "carbon", CARBON), ("O", "oxygen", OXYGEN)):
        start = most * 10 ** grid.data[f"log10_{factor}_factor"]
        for time in TIMES:
            found = sum(10 ** grid.data[abundance_column(name, time)] for name in (atom, "CO"))
            assert (found <= 1.01 * start).all()


def test_it_says_that_it_is_the_output_of_chemical_models(grid, tmp_path, monkeypatch):
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "record"))
    provenance = load_grid(["CO"]).provenance
    said = json.loads((tmp_path / "record").read_text())
    assert provenance.simulated
    assert said["simulated"]
    assert said["name"] == "uclchem-grid"
    assert "UCLCHEM" in provenance.source
    assert "AJ 154, 38" in provenance.citation


def test_the_unfinished_models_are_others_of_the_same_hypercube(grid):
    unfinished = unfinished_models()
    assert len(unfinished) == 47
    both = set(map(tuple, unfinished.to_numpy())) & set(map(tuple, grid.data[list(INPUT_NAMES)].to_numpy()))
    assert both == set()
    # Not missing at random: slow models are dense ones.
    dense = [table["log10_density_cm3"].median() for table in (unfinished, grid.data)]
    assert dense[0] > dense[1] + 0.5


@pytest.mark.parametrize("name", ["models.parquet", "unfinished.csv"])
def test_the_bundled_files_are_the_original_ones(original, name):
    bundled = resources.files("astrokit.data").joinpath(f"uclchem_{name}").read_bytes()
    assert bundled == (original / name).read_bytes()


def test_a_users_own_grid_is_read_and_checked(grid, tmp_path):
    own = tmp_path / "own.csv"
    table = grid.data.head(5)
    table.to_csv(own, index=False)
    np.testing.assert_allclose(read_models(own, SPECIES)["temperature_k"], table["temperature_k"])
    table.assign(temperature_k=9.0).to_csv(own, index=False)
    with pytest.raises(DataError, match=r"temperature_k.*10"):
        read_models(own, SPECIES)
    table.drop(columns="log10_CN_1e6yr").to_csv(own, index=False)
    with pytest.raises(DataError, match="log10_CN_1e6yr"):
        read_models(own, SPECIES)
