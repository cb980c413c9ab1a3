"""Nested folds, fair comparisons, shares of the score, and the frozen results on the published latents."""


import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from astrokit.evaluation import accuracy_gain, balanced_accuracy, recalls
from astrokit.studies import gaia_variables as study
from astrokit.studies.gaia_variables import classifier
from astrokit.studies.gaia_variables import scores as worth


@pytest.fixture(scope="module")
def variables():
    return study.load("embedded", n_sources=1000)


@pytest.fixture(scope="module")
def scores(variables):
    return study.cross_validate(variables, n_folds=2)


# --- nested folds -------------------------------------------------------------------------------------------


def test_every_source_is_judged_by_models_that_have_not_seen_it(variables, monkeypatch):
    """The blend and each rival learn from one fold and judge the other."""
    places = {tuple(point): row for row, point in enumerate(variables.features[variables.scored])}
    seen = []

    class Spy:
        steps = ()
        classes_ = ()
        priors = np.full(len(study.CLASSES), 1 / len(study.CLASSES))

        def fit(self, points, code, **_):
            seen.append(points)
            return self

        def predict(self, points):
            return np.zeros(len(points), int)

        def probabilities(self, points):
            blended.append(({places[tuple(p)] for p in seen[-1]}, {places[tuple(p)] for p in points}))
            return np.tile(self.priors, (len(points), 1))

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


def test_few_samples_get_few_rounds_and_learn_as_much():
    for n, rounds in ((100, 60), (10_000, 100), (10**6, 150)):
        model = classifier.boosted(n)
        assert model.n_estimators == rounds
        assert model.n_estimators * model.learning_rate == pytest.approx(22.5)


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


def test_attributions_are_those_of_the_classes_for_all_sources(variables):
    attribution = study.explain(variables)
    assert len(attribution) == len(variables.table)
    labels = variables.table["variable_class"].to_numpy(str)
    assert attribution.output_names == tuple(np.unique(labels[variables.scored]))
    mirae = attribution.output("MIRA")
    answers = mirae.base_value + mirae.values.sum(1)
    assert answers[labels == "MIRA"].mean() > answers[labels != "MIRA"].mean() + 3
    table = study.importance_of_groups(variables, attribution)
    own = attribution.output("EA").values[labels == "EA"]
    assert table.loc["EA", "folded curve"] == pytest.approx(np.abs(own[:, 5:10].sum(1)).mean())
    assert table.loc["EA"].idxmax() == "folded curve"


# --- results ------------------------------------------------------------------------------------------------
