"""Trees of each library against all coalitions, by both engines and of both kinds; edges of splits; NaN."""

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier, XGBRegressor, XGBRFRegressor

from astrokit.explain.shapley import shapley, trees
from tests.truth.coalitions import (
    against_background,
    along_paths,
    interactions_of,
    trees_of,
    values_of,
)

FEW = {"n_estimators": 4, "max_depth": 3, "random_state": 0}
SOME = {"max_iter": 4, "max_leaf_nodes": 6, "min_samples_leaf": 5}
BOOST = {"n_estimators": 4, "max_depth": 3, "n_jobs": 1}
MODELS = {
    "tree": DecisionTreeRegressor(max_depth=4),
    "tree of three classes": DecisionTreeClassifier(max_depth=4),
    "forest": RandomForestRegressor(**FEW),
    "forest of three classes": RandomForestClassifier(**FEW),
    "extra trees": ExtraTreesRegressor(**FEW),
    "boosting": GradientBoostingRegressor(**FEW),
    "boosting of two classes": GradientBoostingClassifier(**FEW),
    "boosting of three classes": GradientBoostingClassifier(**FEW),
    "histogram boosting": HistGradientBoostingRegressor(**SOME),
    "histogram boosting of two classes": HistGradientBoostingClassifier(**SOME),
    "histogram boosting of three classes": HistGradientBoostingClassifier(**SOME),
    "xgboost": XGBRegressor(**BOOST),
    "xgboost of two classes": XGBClassifier(**BOOST),
    "xgboost of three classes": XGBClassifier(**BOOST),
    "forest of xgboost": XGBRFRegressor(**BOOST),
}
TAKE_NAN = (
    "tree",
    "forest of three classes",
    "histogram boosting of two classes",
    "xgboost of three classes",
)


def fitted(name, n=300, d=4, gaps=False):
    rng = np.random.default_rng(len(name))
    x = rng.normal(size=(n, d))
    y = x[:, 0] * x[:, 1] + x[:, 2] + 0.1 * rng.normal(size=n)
    if gaps:
        x[rng.random(x.shape) < 0.2] = np.nan
    if "two" in name:
        y = y > 0
    elif "three" in name:
        y = np.digitize(y, [-0.5, 0.5])
    with threadpool_limits(1):  # threads that wait for each other on a busy machine take seconds
        return MODELS[name].fit(x, y), x


def answer_of(model):
    """The scale on which trees add up, (n, n_outputs), asked of the library's own interface."""
    if type(model).__name__.startswith("XGB"):
        answer = lambda rows: model.predict(rows, output_margin=True)  # noqa: E731
    elif hasattr(model, "decision_function"):
        answer = model.decision_function
    else:
        answer = model.predict_proba if hasattr(model, "classes_") else model.predict
    return lambda rows: np.asarray(answer(rows), float).reshape(len(rows), -1)


def with_outputs(array, n_axes):
    return array[..., None] if array.ndim == n_axes else array


@pytest.fixture(params=["shap", "woodelf"])
def engine(request, monkeypatch):
    rows = 10**9 if request.param == "shap" else 1
    monkeypatch.setattr(trees, "MANY", {"path": rows, "interventional": rows})
    return request.param


@pytest.mark.parametrize("name", MODELS)
def test_values_and_interactions_are_those_of_all_coalitions(name, engine):
    model, x = fitted(name)
    rows, background = x[:3], x[50:60]
    answer = answer_of(model)
    nested = trees_of(model)
    n_outputs = answer(rows).shape[1]
    worths = {
        "path": [along_paths(nested, row, n_outputs) for row in rows],
        "interventional": [against_background(answer, row, background) for row in rows],
    }
    for kind, worth in worths.items():
        found = shapley(model, rows, background=background, kind=kind, interactions=True)
        assert engine in found.how
        brute = [values_of(each) for each in worth]
        np.testing.assert_allclose(with_outputs(found.values, 2), brute, atol=3e-6)
        pairs = [interactions_of(each) for each in worth]
        np.testing.assert_allclose(with_outputs(found.interactions, 3), pairs, atol=3e-6)


@pytest.mark.parametrize("name", TAKE_NAN)
def test_gaps_that_a_model_takes_are_explained_as_it_takes_them(name, engine):
    model, x = fitted(name, gaps=True)
    rows, background = x[:4], x[50:60]
    assert np.isnan(rows).any()
    assert np.isnan(background).any()
    nested, answer = trees_of(model), answer_of(model)
    n_outputs = answer(rows).shape[1]
    found = shapley(model, rows)
    brute = [values_of(along_paths(nested, row, n_outputs)) for row in rows]
    np.testing.assert_allclose(with_outputs(found.values, 2), brute, atol=3e-6)
    found = shapley(model, rows, background=background, kind="interventional")
    brute = [values_of(against_background(answer, row, background)) for row in rows]
    np.testing.assert_allclose(with_outputs(found.values, 2), brute, atol=3e-6)


def test_ten_features_against_all_1024_coalitions(engine):
    model, x = fitted("boosting", 300, 10)
    found = shapley(model, x[:2])
    brute = [values_of(along_paths(trees_of(model), row, 1))[:, 0] for row in x[:2]]
    np.testing.assert_allclose(found.values, brute, atol=3e-6)


@pytest.mark.parametrize("name", ["forest", "boosting", "histogram boosting", "xgboost"])
def test_rows_on_the_very_edge_of_splits_go_where_the_model_sends_them(name, engine):
    """Features within a few units in the last place of a threshold, in float32 and in float64."""
    model, x = fitted(name)
    splits = [(t.feature[k], t.threshold[k]) for t in forest_of(model) for k in np.flatnonzero(t.left >= 0)]
    rows = np.repeat(x[:1], 6 * len(splits), axis=0)
    for k, (feature, threshold) in enumerate(splits):
        single = np.float32(threshold)
        near = [threshold, single, np.nextafter(single, np.float32(9)), np.nextafter(single, np.float32(-9))]
        near += [np.nextafter(threshold, 9), np.nextafter(threshold, -9)]
        rows[6 * k : 6 * k + 6, feature] = near
    for options in ({}, {"background": rows[::7], "kind": "interventional"}):
        found = shapley(model, rows, **options)
        np.testing.assert_allclose(
            found.base_value + found.values.sum(1), answer_of(model)(rows)[:, 0], atol=3e-6
        )


def forest_of(model):
    return trees._reader_of(model)(model).trees


def test_trees_that_shap_cannot_number_against_a_background_go_through_woodelf_alone(monkeypatch):
    model, x = fitted("boosting")
    options = {"background": x[50:60], "kind": "interventional"}
    expected = shapley(model, x[:3], **options)
    monkeypatch.setattr(trees, "MOST_NODES", 5)
    found = shapley(model, x[:3], **options)
    assert "woodelf alone" in found.how
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"kind": "interventional"}], ids=["path", "interventional"])
def test_trees_of_any_depth_and_many_features(options, engine):
    """Deeper than 12 splits on different features, woodelf takes another way."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 20))
    model = ExtraTreesRegressor(2, random_state=0).fit(x, rng.normal(size=300))
    assert max(tree.get_depth() for tree in model.estimators_) > 12
    found = shapley(model, x[:30], background=x[40:60], **options)
    other = trees.by_shap if engine == "woodelf" else trees.by_woodelf
    forest = trees._reader_of(model)(model)
    behind = forest.coded(x[40:60]) if options else None
    peer = other(forest.coded_trees, forest.coded(x[:30]), behind)[..., 0]
    np.testing.assert_allclose(found.values, peer, atol=1e-5)
