"""What goes in, and what the map, its islands and its strangers say of planted sources."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data.gaia_variables import LATENTS
from astrokit.data.simulate.variables import simulate_variables
from astrokit.errors import DataError, ParameterError
from astrokit.evaluation import ranking_auc
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables.islands import name_of
from astrokit.studies.gaia_variables.sample import LEAST


def planted(labels, seed=0, **columns):
    """Sources with latents that say nothing, but for the columns given."""
    rng, n = np.random.default_rng(seed), len(labels)
    table = pd.DataFrame(rng.normal(size=(n, 15)), columns=list(LATENTS))
    table = table.assign(source_id=np.arange(n), label=labels, magnitude=rng.normal(14, 2, n))
    table = table.assign(period_day=10 ** rng.normal(size=n), amplitude_mag=10 ** rng.normal(-1, 0.3, n))
    return study.GaiaVariables(study.prepare(table.assign(**columns)), None, None)


# --- what goes in -------------------------------------------------------------------------------------------


def test_embedded_data_say_that_they_are_simulated_and_hold_every_class():
    data = study.load("embedded", n_sources=6000)
    assert data.provenance.simulated
    assert set(data.table["variable_class"].unique()) == {*study.CLASSES, ""}
    assert data.features.shape == (6000, 17)
    np.testing.assert_array_equal(data.features[:, :15], data.latents)
    np.testing.assert_allclose(10 ** data.features[:, 15], data.table["period_day"])
    np.testing.assert_allclose(10 ** data.features[:, 16], data.table["amplitude_mag"])
    assert set(data.table["label"][data.rare]) == {"CV", "RCB"}
    assert data.published_map is None


def test_labels_are_put_into_classes_and_small_classes_are_not_scored():
    labels = ["RRAB"] * 30 + ["BLLAC"] * 12 + ["QSO"] * 12 + ["ELL"] * (LEAST - 1) + ["UV"] * 5 + [""] * 3
    data = planted(labels)
    classes = data.table["variable_class"]
    assert classes.value_counts().to_dict() == {"RRAB": 30, "AGN": 24, "ELL": LEAST - 1, "": 8}
    assert set(classes.iloc[data.scored]) == {"RRAB", "AGN"}
    assert data.table["label"][data.rare].tolist() == ["UV"] * 5


def test_the_groups_name_every_input_once():
    assert [name for members in study.GROUPS.values() for name in members] == list(study.FEATURES)
    assert set(study.FEATURE_LABELS) == set(study.FEATURES)
    assert set(study.CLASS_WORDS) == set(study.CLASSES)
    labels = [label for own in study.CLASSES.values() for label in own]
    assert len(labels) == len(set(labels))


def test_a_user_can_bring_a_file(tmp_path):
    path = tmp_path / "mine.csv"
    simulate_variables(600, random_state=4).table.to_csv(path, index=False)
    data = study.load("file", path=str(path))
    assert not data.provenance.simulated
    assert data.simulated is None
    assert len(data.table) == 600


@pytest.mark.parametrize("arguments", [("reel", None), ("file", None), ("file", "")])
def test_an_unknown_source_is_refused(arguments):
    source, path = arguments
    with pytest.raises(ParameterError, match='"embedded", "real", or "file" with a path'):
        study.load(source, path=path)


def test_labels_without_two_classes_are_refused_with_examples():
    with pytest.raises(DataError, match=r"got 1 such, in labels as 'M', 'star'"):
        planted(["M"] * 40 + ["star"] * 40)


def test_the_published_sources_fall_into_the_classes_of_the_poster(real_gaia):
    data = study.load("real")
    assert not data.provenance.simulated
    assert len(data.scored) == 29_381
    assert data.table["variable_class"].value_counts()["ELL"] == 248
    assert data.published_map.shape == (42_735, 2)
    np.testing.assert_array_equal(study.make_map(data), data.published_map)


# --- islands and sequences ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archipelago():
    """Three islands; the second is set apart by z7, the third is a bent sequence in period."""
    rng = np.random.default_rng(1)
    turn = rng.random(400) * 4
    bent = 8 * np.column_stack([np.cos(turn), np.sin(turn) + 7.5])
    xy = np.concatenate(
        [rng.normal(0, 1, (300, 2)), rng.normal(20, 1, (200, 2)), bent + rng.normal(0, 0.3, (400, 2))]
    )
    labels = ["EW"] * 290 + ["EB"] * 10 + ["M"] * 110 + ["SR"] * 90 + ["RRAB"] * 300 + [""] * 100
    z7 = np.random.default_rng(2).normal(size=900)
    z7[300:500] -= 3
    period = 10 ** np.random.default_rng(3).normal(size=900)
    period[500:] = 10 ** (turn + 0.1 * rng.normal(size=400))
    return planted(labels, z7=z7, period_day=period), xy


def test_islands_are_found_and_named_by_what_they_hold(archipelago):
    data, xy = archipelago
    islands = study.find_islands(data, xy, min_cluster_size=60)
    assert islands.n_clusters == 3
    place = islands.labels[[5, 350, 700]]
    assert [islands.name(k) for k in place] == ["EW", "MIRA", "RRAB"]
    assert study.agree_with_classes(data, islands).value > 0.8


@pytest.mark.parametrize(
    ("classes", "name"),
    [
        (["EW"] * 6 + ["EB"] * 4, "EW"),
        (["EW"] * 5 + ["EB"] * 5 + [""] * 20, "EB"),
        (["EW"] * 4 + ["EB"] * 3 + ["EA"] * 2, "EW and EB"),
        ([""] * 4, "no class"),
        (["EA"], "EA"),
    ],
)
def test_an_island_without_a_majority_has_two_names(classes, name):
    assert name_of(np.array(classes)) == name


def test_the_latent_that_sets_an_island_apart_is_named(archipelago):
    data, xy = archipelago
    islands = study.find_islands(data, xy, min_cluster_size=60)
    table = study.describe_islands(data, islands).set_index("island")
    assert table.latent["MIRA"].startswith("z7 ")
    own = islands.labels == islands.labels[350]
    assert table.auc["MIRA"] == ranking_auc(data.table["z7"], own)
    assert table.auc["MIRA"] < 0.1
    assert table.share["MIRA"] == pytest.approx(0.55, abs=0.01)
    assert table.n_classed["RRAB"] == pytest.approx(300, abs=20)
    assert table.n.is_monotonic_decreasing


def test_what_runs_along_an_island_is_found_however_it_bends(archipelago):
    data, xy = archipelago
    islands = study.find_islands(data, xy, min_cluster_size=60)
    table = study.read_sequences(data, xy, islands).set_index("island")
    assert abs(table.log_period["RRAB"]) > 0.95
    assert table.log_period_low["RRAB"] <= table.log_period["RRAB"] <= table.log_period_high["RRAB"]
    assert table[["log_amplitude", "magnitude"]].loc["RRAB"].abs().max() < 0.3
    assert abs(table.log_period["EW"]) < 0.3


def test_a_map_is_made_where_there_is_none_and_judged_against_all_inputs():
    data = study.load("embedded", n_sources=600)
    by_hand = study.GaiaVariables(
        data.table.assign(map_x=data.table["z0"], map_y=data.table["z1"]), None, None
    )
    np.testing.assert_array_equal(study.make_map(by_hand), data.latents[:, :2])
    poor = study.judge_map(data, data.latents[:, :2])
    perfect = study.judge_map(data, (data.features - data.features.mean(0)) / data.features.std(0))
    assert perfect.trustworthiness.value == pytest.approx(1)
    assert poor.trustworthiness.value < 0.95


# --- strangers ----------------------------------------------------------------------------------------------


def test_rare_sources_that_lie_far_out_are_found_and_others_not():
    labels = ["EW"] * 500 + ["M"] * 480 + ["CV"] * 10 + ["UV"] * 10
    z2 = np.random.default_rng(5).normal(size=1000)
    z2[980:990] = 15 + np.arange(10)
    data = planted(labels, z2=z2)
    table = study.recall_of_rare(data, study.rank_strangers(data)).set_index(["method", "looked_at"])
    found = table.loc["far from all", 0.01]
    assert (found.n_rare, found.found, found.n_looked_at) == (20, 10, 10)
    assert found.recall == 0.5
    assert found.lift == pytest.approx(50)
    assert found.low < 0.5 < found.high


def test_labels_that_are_all_but_excluded_are_listed_the_most_certain_first():
    data = planted(["EW"] * 30 + ["M"] * 30)
    p = np.full((60, 2), 0.5)
    p[3], p[40] = [0.01, 0.99], [0.999, 0.001]
    labels = data.table["variable_class"].to_numpy(str)
    scores = study.Scores(np.arange(60), labels, np.zeros(60, int), np.array(["EW", "MIRA"]), p, {})
    found = study.doubtful_labels(data, scores)
    assert found["row"].tolist() == [40, 3]
    assert found["rather"].tolist() == ["EW", "MIRA"]
    assert found["probability"].tolist() == [0.001, 0.01]
    assert found["label"].tolist() == ["M", "EW"]
