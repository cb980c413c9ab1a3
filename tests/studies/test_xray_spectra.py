"""Classes from band fluxes: features, gaps, the weights that ship, folds that leak nothing."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, Table

from astrokit.data.chandra import FLUX_ERRORS, FLUXES, MAGNITUDES
from astrokit.data.simulate.xray import CLASSES, priors
from astrokit.errors import DataError, ParameterError
from astrokit.studies import xray_spectra as study
from astrokit.studies.xray_spectra import experts, features, weights
from astrokit.studies.xray_spectra.classifier import by_clusters
from astrokit.studies.xray_spectra.sample import load_labelled


def sources(n=40, *, random_state=0):
    """Sources of two kinds, soft and variable or hard and steady, with errors, some gaps and magnitudes."""
    rng = np.random.default_rng(random_state)
    soft = np.arange(n) % 2 == 0
    logs = np.where(soft[:, None], [-14.0, -14.3, -15.0], [-15.0, -14.3, -13.8])
    logs = logs + rng.normal(0, 0.1, (n, 3)) + rng.normal(0, 0.5, (n, 1))
    table = pd.DataFrame(10.0**logs, columns=list(FLUXES))
    for name, error in zip(FLUXES, FLUX_ERRORS, strict=True):
        table[error] = 0.15 * table[name]
    table["var_intra_prob"] = np.where(soft, 0.9, 0.3)
    table.loc[::5, "var_intra_prob"] = np.nan
    table["Class"] = np.where(soft, "LM-STAR", "AGN")
    return table


def test_colours_do_not_know_how_bright_a_source_is():
    table = sources()
    brighter = table.assign(**{name: 100 * table[name] for name in (*FLUXES, *FLUX_ERRORS)})
    pair = [features.read_numbers(each) for each in (table, brighter)]
    np.testing.assert_allclose(*[features.colours(each) for each in pair], atol=1e-9)
    np.testing.assert_allclose(*[features.plain(each, total=False) for each in pair], atol=1e-9)
    assert not np.allclose(*[features.totals(each) for each in pair])


def test_hardness_of_equal_fluxes_is_zero():
    even = features.read_numbers(pd.DataFrame({name: [1e-14] for name in FLUXES}))
    assert features.colours(even)[0, :6].tolist() == [0.0] * 6


def test_a_band_without_a_photon_is_what_the_catalogue_has_there():
    table = sources(4).assign(Fcsc_s=[0.0, -1e-16, 1e-15, 1e-15], e_Fcsc_s=[1e-16, 1e-16, 0.0, np.inf])
    found = features.read_numbers(table)
    half_normal = np.sqrt(2 / np.pi), np.sqrt(1 - 2 / np.pi)
    np.testing.assert_allclose(found.loc[0, ["Fcsc_s", "e_Fcsc_s"]], 1e-16 * np.array(half_normal))
    assert found.loc[1, "Fcsc_s"] == found.loc[0, "Fcsc_s"]
    assert found["e_Fcsc_s"].isna().tolist() == [False, False, True, True]


def test_units_of_a_table_are_converted():
    table = Table.from_pandas(sources(6)[[*FLUXES]])
    other = table.copy()
    for name in FLUXES:
        table[name].unit = "erg / (s cm2)"
        other[name] = table[name].to("W / m2")
    np.testing.assert_allclose(features.read_numbers(table), features.read_numbers(other))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="Fcsc_m"), "no Fcsc_m, among Fcsc_s, Fcsc_h"),
        (lambda table: table.assign(Gmag="bright"), "column 'Gmag'"),
        (lambda table: table.to_numpy(), "a pandas DataFrame or an astropy Table"),
    ],
)
def test_what_is_wrong_with_a_table_is_one_clear_error(change, message):
    with pytest.raises(DataError, match=message):
        study.classify(change(sources(4)))


def test_a_unit_that_is_no_flux_is_an_error():
    table = Table.from_pandas(sources(4))
    table["Fcsc_s"].unit = "count / s"
    with pytest.raises(DataError, match="column 'Fcsc_s'"):
        study.classify(table)


def test_a_table_comes_back_as_it_came_and_in_order():
    table = sources().set_index(pd.Index([f"X-{k}" for k in range(40)])).sample(frac=1, random_state=0)
    found = study.classify(table)
    assert list(found.columns) == list(CLASSES)
    assert list(found.index) == list(table.index)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    same = study.classify(Table.from_pandas(table))
    assert isinstance(same, Table)
    np.testing.assert_allclose(np.column_stack([same[name] for name in CLASSES]), found, atol=1e-6)
    alone = study.classify(table.iloc[[7]])
    np.testing.assert_allclose(alone, found.iloc[[7]], atol=1e-6)
    assert len(study.classify(table.iloc[:0])) == 0


def test_soft_variable_sources_are_stars_and_hard_steady_ones_are_not():
    table = sources()
    found = study.classify(table)
    stars = found[["LM-STAR", "YSO", "HM-STAR"]].sum(axis=1)
    assert stars[table["Class"] == "LM-STAR"].median() > 0.5 > stars[table["Class"] == "AGN"].median()


@pytest.mark.parametrize("lost", [*FLUXES, *FLUX_ERRORS, "var_intra_prob", *MAGNITUDES[:2]])
def test_any_value_may_be_missing_and_nothing_is_lost_for_the_others(lost):
    table = sources(12).assign(Gmag=18.0, BPmag=19.0)
    whole = study.classify(table)
    gap = study.classify(table.assign(**{lost: table[lost].where(table.index != 3)}))
    masked = Table.from_pandas(table)
    masked[lost] = MaskedColumn(masked[lost], mask=table.index == 3)
    assert np.isfinite(gap).all(axis=None)
    others = table.index != 3
    np.testing.assert_allclose(gap[others], whole[others], atol=1e-6)
    np.testing.assert_allclose(study.classify(masked)["AGN"], gap["AGN"], atol=1e-6)


def test_without_any_flux_all_classes_are_alike():
    table = sources(3).astype({"Fcsc_s": object})
    table.loc[1, list(FLUXES)] = None
    assert study.classify(table).loc[1].tolist() == [0.125] * 8


def test_shares_follow_the_rule_of_bayes():
    table = sources(6)
    even = study.classify(table)
    shares = {name: of.n_catalogue for name, of in priors().items()}
    weighed = study.classify(table, shares=shares)
    odds = (weighed["AGN"] / weighed["NS"]) / (even["AGN"] / even["NS"])
    np.testing.assert_allclose(odds, shares["AGN"] / shares["NS"])
    with pytest.raises(ParameterError, match="a positive share of each"):
        study.classify(table, shares={"AGN": 1.0})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    weights.save_experts(weights.shipped_experts(), path)
    return path


def test_the_weights_are_small_and_come_back_as_they_were_written(written):
    shipped, path = weights.shipped_experts(), written
    assert path.stat().st_size < 2e6
    numbers = features.read_numbers(sources())
    again = experts.judge(weights.read_experts(path), numbers)
    np.testing.assert_allclose(again.probabilities, experts.judge(shipped, numbers).probabilities, atol=1e-4)
    assert set(again.expert) == {experts.WHOLE}


def test_damaged_weights_are_refused(written, tmp_path):
    path = tmp_path / "weights.safetensors"
    content = bytearray(written.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="sha256"):
        weights.read_experts(path)


def test_clusters_get_their_class_from_the_rows_to_learn_from_alone():
    rng = np.random.default_rng(0)
    code = np.repeat([0, 1], [180, 20])
    points = rng.normal(0, 0.3, (200, 2)) + 3.0 * code[:, None]
    called = by_clusters(points, code, np.array([[0.0, 0.0], [3.0, 3.0]]), 0, (2, 4))
    assert called.tolist() == [0, 1]


def labelled(n=120, *, shuffled=False):
    table = sources(n)
    rng = np.random.default_rng(1)
    names = table["Class"].to_numpy()
    return study.Labelled(table.assign(Class=rng.permutation(names) if shuffled else names), None)


def test_the_blend_finds_classes_that_are_there_and_none_that_are_not():
    methods = (study.FOREST, study.COLOURS, study.CLUSTERS)
    there, not_there = (
        study.cross_validate(labelled(shuffled=each), methods=methods, n_folds=2) for each in (False, True)
    )
    for method in methods:
        assert there.hits(method).mean() > 0.9
        assert 0.3 < not_there.hits(method).mean() < 0.7  # 4 standard errors of 120 about one half
    gains = study.compare_methods(there).set_index("method")
    assert gains.loc[study.FOREST, "gain"] == 0
    np.testing.assert_allclose(there.probabilities[study.COLOURS].sum(1), 1)


def test_rows_of_one_source_stay_in_one_fold():
    data = labelled(60)
    doubled = pd.concat([data.table.assign(name=[f"X-{k}" for k in range(60)])] * 2, ignore_index=True)
    # Labels without any meaning: only a twin in the rows learned from could tell them.
    doubled["Class"] = np.tile(np.random.default_rng(2).permutation(data.labels), 2)
    scores = study.cross_validate(study.Labelled(doubled, None), methods=(study.FOREST,), n_folds=3)
    assert scores.hits(study.FOREST).mean() < 0.75


def test_the_bundled_results_meet_their_bar():
    results = study.load_results()
    methods = results["methods"].set_index("method")
    assert methods.loc[study.BLEND, "gain_low"] > 0
    assert methods.loc[study.COLOURS, "gain_colours_low"] > 0
    assert methods.loc[study.COUNTERPARTS, "gain_xrays_low"] > 0
    # What is gained does not hang on settings that were chosen on the rows that judge them.
    assert methods.loc[study.TUNED, "gain_low"] > 0
    assert "clusters" in study.compare(study.PAPER, results).index[0]


def test_a_file_with_labels_of_ones_own_is_checked(tmp_path):
    path = tmp_path / "mine.csv"
    sources(24).to_csv(path, index=False)
    assert len(load_labelled("file", path=str(path)).labels) == 24
    sources(24).assign(Class="quasar").to_csv(path, index=False)
    with pytest.raises(DataError, match="unknown: quasar"):
        load_labelled("file", path=str(path))


@pytest.mark.full
@pytest.mark.usefixtures("real_chandra")
def test_the_real_table_gives_the_bundled_results_again():
    data, results = load_labelled(), study.load_results()
    scores = study.cross_validate(data, methods=(study.FOREST, study.BLEND))
    found = study.compare_methods(scores).set_index("method")
    bundled = results["methods"].set_index("method")
    # One repeat of folds moves an accuracy by some 0.01.
    np.testing.assert_allclose(found["accuracy"], bundled.loc[found.index, "accuracy"], atol=0.03)
    assert found.loc[study.BLEND, "gain_low"] > 0
