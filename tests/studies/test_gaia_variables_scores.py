"""Nested folds, fair comparisons, shares of the score, and the frozen results on the published latents."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from astrokit.evaluation import accuracy_gain, balanced_accuracy, recalls
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables import classifier, results
from astrokit.studies.gaia_variables import scores as worth


@pytest.fixture(scope="module")
def variables():
    return study.load("embedded", n_sources=900)


@pytest.fixture(scope="module")
def scores(variables):
    return study.cross_validate(variables, n_folds=2)


# --- nested folds -------------------------------------------------------------------------------------------


def test_every_source_is_judged_by_models_that_have_not_seen_it(variables, monkeypatch):
    """The blend and each rival learn from one fold and judge the other."""
    places = {tuple(point): row for row, point in enumerate(variables.features[variables.scored])}
    n_classes = variables.table["variable_class"].iloc[variables.scored].nunique()
    seen = []

    class Spy:
        priors = np.ones(n_classes)

        def fit(self, points, code, **_):
            seen.append(points)
            return self

        def probabilities(self, points):
            blended.append(({places[tuple(p)] for p in seen[-1]}, {places[tuple(p)] for p in points}))
            return np.ones((len(points), n_classes))

    blended = []
    monkeypatch.setattr(classifier, "_fit", lambda points, *_: Spy().fit(points, None))
    for maker in ("plain_trees", "logistic"):
        monkeypatch.setattr(classifier, maker, lambda *_: DecisionTreeClassifier(max_depth=1))
    found = study.cross_validate(variables, n_folds=4)
    assert len(blended) == 4
    for learned, judged in blended:
        assert not learned & judged
        assert len(learned | judged) == len(variables.scored)
    assert sorted(np.concatenate([sorted(judged) for _, judged in blended])) == list(range(len(found.rows)))


def test_rivals_weigh_every_class_the_same():
    weights = {}

    class Spy:
        def fit(self, points, code, sample_weight):
            weights.update({k: sample_weight[code == k].sum() for k in set(code)})

    classifier.fitted(Spy(), np.zeros((10, 2)), np.repeat([0, 1, 2], [7, 2, 1]))
    assert list(weights.values()) == pytest.approx([10 / 3] * 3)


def test_the_blend_tells_simulated_classes_apart_and_beats_a_linear_rival(scores):
    table = study.compare_methods(scores).set_index("method")
    assert table.accuracy[study.BLEND] > 0.7
    assert table.accuracy[study.BLEND] > table.accuracy[study.LOGISTIC_LATENTS]
    np.testing.assert_allclose(scores.probabilities.sum(1), 1)


def test_few_samples_get_few_rounds_and_many_get_more_and_slower_ones():
    for n, rounds, rate in ((100, 40, 0.35), (7_500, 75, 0.3), (10**6, 150, 0.15)):
        model = classifier.boosted(n)
        assert model.n_estimators == rounds
        assert model.learning_rate == pytest.approx(rate)


# --- comparisons --------------------------------------------------------------------------------------------


def test_methods_are_compared_on_the_same_sources(scores):
    table = study.compare_methods(scores).set_index("method")
    ours = scores.called[study.BLEND]
    assert table.loc[study.BLEND, ["accuracy", "low", "high"]].tolist() == list(
        balanced_accuracy(scores.labels, ours)
    )
    assert np.isnan(table.gain[study.BLEND])
    expected = accuracy_gain(scores.labels, ours, scores.called[study.PLAIN])
    assert table.loc[study.PLAIN, ["gain", "gain_low", "gain_high"]].tolist() == pytest.approx(list(expected))


def test_gains_of_classes_average_to_the_gain(scores):
    table = study.compare_classes(scores)
    plain = recalls(scores.labels, scores.called[study.PLAIN])
    np.testing.assert_allclose(table["gain"], table["recall"] - plain["recall"])
    gain = accuracy_gain(scores.labels, scores.called[study.BLEND], scores.called[study.PLAIN])
    assert table["gain"].mean() == pytest.approx(gain.value)
    assert (table["gain_low"] <= table["gain"]).all()


def test_shares_of_groups_add_up_to_the_score_above_chance(variables, scores, monkeypatch):
    monkeypatch.setattr(worth, "quick_trees", lambda: DecisionTreeClassifier(max_depth=6, random_state=0))
    groups, shares = study.share_out_groups(variables, scores, n_judged=2)
    assert groups.group.tolist() == list(study.GROUPS)
    chance = 1 / len(scores.classes)
    everything = DecisionTreeClassifier(max_depth=6, random_state=0)
    called = np.empty(len(scores.labels), int)
    for fold in (0, 1):
        learn, judge = scores.folds != fold, scores.folds == fold
        points = variables.features[scores.rows]
        classifier.fitted(everything, points[learn], scores.code[learn])
        called[judge] = everything.predict(points[judge])
    whole = balanced_accuracy(scores.code, called).value
    assert groups.share.sum() == pytest.approx(whole - chance)
    np.testing.assert_allclose(shares.mean(), groups.share)
    assert shares.index.tolist() == scores.classes.tolist()
    assert (groups.alone > chance).all()


def test_attributions_are_those_of_the_classes_for_all_sources(variables, monkeypatch):
    monkeypatch.setattr(worth, "quick_trees", lambda: classifier.boosted(0, n_estimators=8, max_depth=3))
    attribution = study.explain(variables)
    assert len(attribution) == len(variables.table)
    labels = variables.table["variable_class"].to_numpy(str)
    assert attribution.output_names == tuple(np.unique(labels[variables.scored]))
    mirae = attribution.output("MIRA")
    answers = mirae.base_value + mirae.values.sum(1)
    assert answers[labels == "MIRA"].mean() > answers[labels != "MIRA"].mean() + 1
    table = study.importance_of_groups(variables, attribution)
    own = attribution.output("EA").values[labels == "EA"]
    assert table.loc["EA", "folded curve"] == pytest.approx(np.abs(own[:, 5:10].sum(1)).mean())
    assert table.loc["EA"].idxmax() == "folded curve"


# --- results ------------------------------------------------------------------------------------------------


def test_frozen_results_come_back_as_they_were(variables, scores, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "load", lambda *_, **__: variables)
    monkeypatch.setattr(results, "cross_validate", lambda *_, **__: scores)
    monkeypatch.setattr(results.islands, "make_map", lambda data, **_: data.latents[:, :2])
    shares = pd.DataFrame({"a": [0.1], "b": [0.2]}, index=["EW"])
    monkeypatch.setattr(
        results, "share_out_groups", lambda *_, **__: (pd.DataFrame({"group": ["a"]}), shares)
    )
    measured = study.reproduce("embedded")
    study.freeze_gaia_results(tmp_path / "frozen.json", measured)
    monkeypatch.setattr(results, "_GAIA_RESULTS", tmp_path / "frozen.json")
    again = study.load_gaia_results()
    assert set(again) == set(measured)
    for name, value in measured.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(again[name], value, atol=6e-5, check_dtype=False)
        elif name == "reliability":
            assert again[name]["stated"] == pytest.approx(value["stated"], abs=1e-5)
        else:
            assert again[name] == pytest.approx(value, abs=1e-5)
            assert type(again[name]) is type(value)
    assert measured["balanced_accuracy"] == balanced_accuracy(scores.labels, scores.called[study.BLEND])
    assert not list(tmp_path.glob("*.partial"))
    assert json.loads((tmp_path / "frozen.json").read_text())["n_scored"] == len(scores.rows)


def test_what_a_column_does_not_say_is_not_given():
    table = study.compare({"poster": study.PAPER, "ours": {"n_sources": 42_735}})
    assert table.loc["sources"].tolist() == ["not given", "42,735"]
    assert table.loc["balanced accuracy"].tolist() == ["0.778", "not given"]


def test_the_bundled_results_beat_the_poster_and_the_trees_with_calibrated_probabilities():
    gaia = study.load_gaia_results()
    assert gaia["n_scored"] == 29_381
    assert gaia["balanced_accuracy"].low > 0.841 > study.PAPER["balanced_accuracy"]
    assert gaia["gain"].low > 0
    assert gaia["calibration_error"] < gaia["calibration_error_by_chance_high"]
    assert gaia["classes"]["n"].sum() == 29_381


def test_the_bundled_map_and_strangers_are_what_the_published_latents_give(real_gaia):
    data, frozen = study.load("real"), study.load_gaia_results()
    assert (len(data.table), len(data.scored)) == (frozen["n_sources"], frozen["n_scored"])
    islands = study.find_islands(data, study.make_map(data))
    assert islands.n_clusters == pytest.approx(frozen["n_clusters"], abs=1)  # ties may fall otherwise
    assert (islands.labels < 0).mean() == pytest.approx(frozen["noise_share"], abs=0.02)
    named = study.describe_islands(data, islands)
    assert named["island"][0] == frozen["islands"]["island"][0]


@pytest.mark.full
def test_the_bundled_score_is_what_the_published_latents_give(real_gaia):
    frozen = study.load_gaia_results()
    measured = study.cross_validate(study.load("real"))
    table = study.compare_methods(measured).set_index("method")
    for method, was in frozen["methods"].set_index("method").iterrows():
        assert table.accuracy[method] == pytest.approx(was.accuracy, abs=0.004), method
    assert table.gain_low[study.PLAIN] > 0
    found = study.calibration(measured)
    assert found.error < found.error_by_chance_high * 1.15
