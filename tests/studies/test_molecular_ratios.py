"""The grid as ratios, what an observer sees of them, and `emulate` on tables of every kind."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, QTable, Table

from astrokit.data.uclchem import INPUT_NAMES, INPUTS, unfinished_models
from astrokit.errors import DataError, ParameterError
from astrokit.studies import molecular_ratios as study


@pytest.fixture(scope="module")
def grid():
    return study.load()


@pytest.fixture
def table(grid):
    return grid.inputs.head(6).copy()


def test_ratios_are_differences_of_logarithms(grid):
    assert list(grid.ratios.columns) == list(study.RATIOS)
    expected = grid.abundances["CS"] - grid.abundances["SO"]
    np.testing.assert_array_equal(grid.ratios["CS/SO"], expected)
    assert grid.provenance.simulated


def test_what_is_below_the_limit_becomes_a_limit():
    names = study.SPECIES
    abundances = pd.DataFrame(-8.0, index=range(4), columns=list(names))
    abundances["CN"] = [-9.0, -13.0, -9.0, -13.0]
    abundances["HCN"] = [-8.0, -8.0, -15.0, -15.0]
    seen = study.observe(abundances, limit=-12.0)
    values, kinds = seen.values["CN/HCN"], seen.kinds["CN/HCN"]
    assert kinds.tolist() == [0, -1, 1, 0]  # measured, CN unseen: at most, HCN unseen: at least
    assert values[:3].tolist() == [-1.0, -4.0, 3.0]
    assert np.isnan(values[3])


def test_limits_are_on_the_right_side_of_the_truth(grid):
    seen = study.observe(grid.abundances)
    truth, values, kinds = grid.ratios.to_numpy(), seen.values.to_numpy(), seen.kinds.to_numpy()
    known = ~np.isnan(values)
    assert (truth[known & (kinds == 0)] == values[known & (kinds == 0)]).all()
    assert (truth[kinds == -1] <= values[kinds == -1]).all()
    assert (truth[kinds == 1] >= values[kinds == 1]).all()
    assert (kinds == -1).any()
    assert (kinds == 1).any()


def test_a_users_own_grid_goes_in(grid, tmp_path):
    path = tmp_path / "mine.csv"
    columns = grid.abundances.rename(columns=lambda name: f"log10_{name}_1e6yr")
    grid.inputs.join(columns).head(20).to_csv(path, index=False)
    mine = study.load("file", path=str(path))
    assert not mine.provenance.simulated
    pd.testing.assert_frame_equal(mine.ratios, grid.ratios.head(20), check_exact=False, rtol=1e-12)


@pytest.mark.parametrize(("source", "path"), [("real", None), ("file", None), ("other", "x.csv")])
def test_other_sources_are_refused(source, path):
    with pytest.raises(ParameterError, match='"embedded", or "file" with a path'):
        study.load(source, path=path)


def test_a_file_without_a_species_is_refused(grid, tmp_path):
    path = tmp_path / "mine.csv"
    grid.inputs.head(3).to_csv(path, index=False)
    with pytest.raises(DataError, match="log10_CN_1e6yr"):
        study.load("file", path=str(path))


def test_results_that_ship_come_back_as_they_were_written(tmp_path):
    from importlib import resources

    results = study.load_results()
    assert isinstance(results["pairs"].ratios[0], tuple)
    assert (results["stability"].fewest <= results["stability"].most).all()
    study.freeze_results(tmp_path / "again.json", results)
    shipped = resources.files("astrokit.studies.molecular_ratios") / "results.json"
    assert (tmp_path / "again.json").read_text() == shipped.read_text()


def test_a_part_that_is_made_anew_leaves_the_others_as_they_are(tmp_path, monkeypatch):
    from importlib import resources

    from astrokit.studies.molecular_ratios import results

    monkeypatch.setattr(results, "reproduce", lambda *, parts: {"n_models": len(parts)})
    shipped = (resources.files("astrokit.studies.molecular_ratios") / "results.json").read_text()
    path = tmp_path / "results.json"
    path.write_text(shipped)
    results.freeze_anew(path, ("judged", "explained"))
    assert path.read_text() == shipped.replace('"n_models": 1459', '"n_models": 2')


def test_each_sentence_of_the_paper_stands_beside_its_verdict():
    results = study.load_results()
    table = study.compare(study.PAPER, results)
    assert table.loc["ratios"].tolist() == ["9", "9"]
    for row in results["verdicts"].itertuples():
        if row.statement in study.PAPER["claims"]:
            said, measured = table.loc[row.statement]
            assert said == study.PAPER["claims"][row.statement]
            assert measured.startswith(f"{row.verdict}: {row.margin:+.3f}")


# --- emulate ------------------------------------------------------------------------------------------------


def test_a_data_frame_comes_back_as_one_in_order_with_its_index(table):
    shuffled = (
        table.sample(frac=1, axis=1, random_state=0).assign(name="x", model=7).sample(frac=1, random_state=1)
    )
    found = study.emulate(shuffled)
    assert list(found.columns[:9]) == list(study.RATIOS)
    assert list(found.index) == list(shuffled.index)
    pd.testing.assert_frame_equal(found.loc[table.index], study.emulate(table))


@pytest.mark.parametrize("kind", [Table, QTable])
def test_an_astropy_table_comes_back_as_one(table, kind):
    found = study.emulate(kind.from_pandas(table))
    assert isinstance(found, Table)
    np.testing.assert_array_equal(found["CS/SO"], study.emulate(table)["CS/SO"])


def test_a_row_does_not_depend_on_its_company(table):
    together = study.emulate(table)
    alone = pd.concat([study.emulate(table.iloc[[k]]) for k in range(len(table))])
    pd.testing.assert_frame_equal(together, alone, rtol=1e-4)  # float32 networks


def test_no_rows_are_no_rows(table):
    assert study.emulate(table.head(0)).shape == (0, 27)


def test_intervals_are_around_the_prediction(table):
    found = study.emulate(table)
    for ratio in study.RATIOS:
        assert (found[f"{ratio} low"] < found[ratio]).all()
        assert (found[ratio] < found[f"{ratio} high"]).all()


def test_the_emulator_knows_the_models_that_it_was_fitted_to(grid):
    found = study.emulate(grid.inputs)[list(study.RATIOS)]
    share = 1 - ((found - grid.ratios) ** 2).mean() / grid.ratios.var()
    assert share.min() > 0.9  # unseen ones are judged in the results that are shipped


def test_the_ends_of_the_ranges_are_inside_also_in_single_precision():
    ends = pd.DataFrame({c.name: np.float32([c.minimum, c.maximum]) for c in INPUTS})
    assert np.isfinite(study.emulate(ends).to_numpy()).all()


def test_unfinished_models_lie_in_the_ranges_and_are_answered():
    assert np.isfinite(study.emulate(unfinished_models()).to_numpy()).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="log10_zeta"), "no log10_zeta"),
        (lambda t: t.rename(columns=str.upper), "no temperature_k, log10_density"),
        (lambda t: t.to_numpy(), "table"),
        (lambda t: t.to_dict("list"), "got dict"),
        (lambda t: t.assign(temperature_k=np.nan), "6 others, the first in row 0: nan"),
        (lambda t: t.assign(temperature_k="warm"), "6 others, the first in row 0: warm"),
        (lambda t: t.assign(temperature_k=[20, 20, 20, 151, 20, 20]), "1 others, the first in row 3: 151"),
        (lambda t: t.assign(log10_density_cm3=1e5), "from 3.5 to 6.5"),
        (lambda t: t.assign(log10_base_av=np.inf), "finite numbers"),
        (lambda t: pd.concat([t, t["log10_zeta"]], axis=1), "name of its own"),
    ],
)
def test_what_cannot_be_emulated_ends_in_one_clear_error(table, change, words):
    with pytest.raises(ParameterError, match=words):
        study.emulate(change(table))


def test_a_masked_value_is_refused(table):
    masked = Table.from_pandas(table)
    masked["log10_zeta"] = MaskedColumn(masked["log10_zeta"], mask=[False] * 5 + [True])
    with pytest.raises(ParameterError, match="1 others, the first in row 5"):
        study.emulate(masked)


def test_emulating_loads_no_network_library_and_needs_none():
    code = f"""
import sys
import pandas as pd
from astrokit.studies.molecular_ratios import emulate
emulate(pd.DataFrame([[20.0, 5.0, 0.0, 0.0, 0.5, -0.5, -0.5]], columns={list(INPUT_NAMES)}))
assert not {{"torch", "xgboost", "sklearn", "umap", "shap"}} & set(sys.modules), sorted(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
