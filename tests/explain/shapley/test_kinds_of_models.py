"""Every kind of model that is known, at its edges: links, early stopping, gaps, one class, columns."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits
from xgboost import DMatrix, XGBClassifier, XGBRegressor, train

from astrokit.errors import ParameterError
from astrokit.explain.shapley import shapley, trees
from tests.truth.coalitions import against_background, values_of

RNG = np.random.default_rng(1)
X = RNG.normal(size=(300, 4))
Y = X[:, 0] * X[:, 1] + X[:, 2] + 0.1 * RNG.normal(size=300)
BOOST = {"n_estimators": 8, "max_depth": 3, "n_jobs": 1}


def adds_up_to(found, answers, atol=1e-5):
    np.testing.assert_allclose(found.base_value + found.values.sum(1), answers, atol=atol)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.mark.parametrize("objective", ["count:poisson", "reg:gamma", "reg:tweedie"])
def test_boosters_with_a_logarithm_are_explained_below_it(objective):
    model = XGBRegressor(objective=objective, **BOOST).fit(X, np.exp(Y))
    found = shapley(model, X)
    assert found.unit == "log"
    adds_up_to(found, np.log(model.predict(X)))


def test_histogram_boosting_of_counts_is_explained_below_its_logarithm():
    model = HistGradientBoostingRegressor(loss="poisson", max_iter=5).fit(X, np.exp(Y))
    found = shapley(model, X)
    assert found.unit == "log"
    adds_up_to(found, np.log(model.predict(X)))


@pytest.mark.parametrize(
    ("model", "unit"),
    [
        (XGBRegressor(**BOOST), ""),
        (XGBRegressor(objective="reg:absoluteerror", **BOOST), ""),
        (XGBClassifier(**BOOST), "log-odds"),
        (RandomForestClassifier(3), "probability"),
    ],
    ids=["squares", "absolutes", "odds", "forest"],
)
def test_the_unit_is_that_of_the_scale_on_which_a_model_adds_up(model, unit):
    model.fit(X, Y > 0 if hasattr(model, "predict_proba") else Y)
    assert shapley(model, X[:2]).unit == unit


def test_rounds_after_early_stopping_are_left_out_as_the_model_leaves_them_out():
    model = XGBRegressor(n_estimators=200, max_depth=4, n_jobs=1, early_stopping_rounds=3)
    model.fit(X[:200], Y[:200], eval_set=[(X[200:], Y[200:])], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    adds_up_to(shapley(model, X), model.predict(X))


def test_dropout_boosting_weighs_its_trees():
    model = XGBRegressor(booster="dart", rate_drop=0.5, **BOOST).fit(X, Y)
    adds_up_to(shapley(model, X), model.predict(X))


def test_a_booster_without_the_interface_of_scikit_learn():
    booster = train({"max_depth": 3, "nthread": 1}, DMatrix(X, Y), 8)
    adds_up_to(shapley(booster, X), booster.predict(DMatrix(X)))


@pytest.mark.parametrize("gamma", [0.0, 5.0])
def test_pruned_boosters_and_a_number_that_stands_for_nothing(gamma):
    gaps = np.where(RNG.random(X.shape) < 0.2, -999.0, X)
    model = XGBRegressor(missing=-999.0, gamma=gamma, **BOOST).fit(gaps, Y)
    adds_up_to(shapley(model, gaps), model.predict(gaps))
    as_nan = shapley(model, np.where(gaps == -999, np.nan, gaps))
    np.testing.assert_allclose(as_nan.values, shapley(model, gaps).values)


def test_several_targets_are_outputs():
    model = RandomForestRegressor(5, max_depth=3).fit(X, np.stack([Y, -2 * Y], 1))
    found = shapley(model, X)
    assert found.output_names == ("0", "1")
    np.testing.assert_allclose(found.values[..., 1], -2 * found.values[..., 0], atol=1e-9)


def test_boosting_from_zero_has_no_constant():
    model = GradientBoostingRegressor(n_estimators=5, init="zero").fit(X, Y + 10)
    adds_up_to(shapley(model, X), model.predict(X))


def test_one_class_alone_has_nothing_to_explain():
    found = shapley(DecisionTreeClassifier().fit(X, np.ones(300)), X)
    assert found.base_value == 1
    assert not found.values.any()
    pairs = shapley(RandomForestClassifier(3).fit(X, np.ones(300)), X[:3], interactions=True)
    assert pairs.interactions.shape == (3, 4, 4)


def test_a_constant_feature_has_no_share(monkeypatch):
    flat = X.copy()
    flat[:, 3] = 7.0
    model = GradientBoostingRegressor(n_estimators=5).fit(flat, Y)
    for rows in (10**9, 1):
        monkeypatch.setattr(trees, "MANY", {"path": rows, "interventional": rows})
        for kind in ("path", "interventional"):
            assert not shapley(model, flat[:50], background=flat[:9], kind=kind).values[:, 3].any()


@pytest.mark.parametrize("kind", ["path", "interventional"])
@pytest.mark.parametrize("rows", [10**9, 1], ids=["shap", "woodelf"])
def test_a_large_constant_costs_no_digits(kind, rows, monkeypatch):
    monkeypatch.setattr(trees, "MANY", {"path": rows, "interventional": rows})
    model, options = DecisionTreeRegressor(max_depth=4).fit(X, Y), {"background": X[:20], "kind": kind}
    near = shapley(model, X[:30], **options).values
    model.tree_.value[:] += 1e6
    np.testing.assert_allclose(shapley(model, X[:30], **options).values, near, atol=1e-5)


def test_all_rows_of_a_background_count():
    """shap.TreeExplainer by itself takes 100 of them."""
    model, background = DecisionTreeRegressor(max_depth=4).fit(X, Y), X[:150]
    found = shapley(model, X[200:202], background=background, kind="interventional")
    brute = [values_of(against_background(model.predict, row, background)) for row in X[200:202]]
    np.testing.assert_allclose(found.values, brute, atol=1e-6)
    assert "150 background rows" in found.how


def test_a_large_background_is_drawn_from_with_the_random_state():
    model = DecisionTreeRegressor(max_depth=3).fit(X, Y)
    background = RNG.normal(size=(3_000, 4))
    first, second, third = (
        shapley(model, X[:2], background=background, kind="interventional", random_state=seed)
        for seed in (0, 0, 1)
    )
    assert "1,000 background rows" in first.how
    np.testing.assert_array_equal(first.values, second.values)
    assert (first.values != third.values).any()


def test_tables_bring_their_names_and_must_have_the_order_of_fitting():
    table = pd.DataFrame(X, columns=["period", "colour", "amplitude", "skew"])
    for model in (
        XGBRegressor(**BOOST).fit(table, Y),
        RandomForestRegressor(3, max_depth=3).fit(table, Y),
        LinearRegression().fit(table, Y),
    ):
        options = {"background": table}
        found = shapley(model, table, **options)
        assert found.feature_names == ("period", "colour", "amplitude", "skew")
        assert shapley(model, X, **options).feature_names == found.feature_names
        as_table = shapley(model, Table.from_pandas(table), **options)
        np.testing.assert_array_equal(as_table.values, found.values)
        with pytest.raises(ParameterError, match="Put them in this order"):
            shapley(model, table[["colour", "period", "amplitude", "skew"]], **options)


@pytest.mark.filterwarnings("error")
def test_a_model_fitted_on_a_table_answers_without_warnings():
    table = pd.DataFrame(X, columns=list("abcd"))
    shapley(RandomForestRegressor(3, max_depth=3).fit(table, Y), X[:5])


def test_a_linear_model_has_no_interactions_and_every_class_has_its_own():
    model = LogisticRegression().fit(X, np.digitize(Y, [-0.5, 0.5]))
    found = shapley(model, X[:6], background=X, interactions=True)
    diagonal = found.interactions[:, np.arange(4), np.arange(4)]
    np.testing.assert_allclose(diagonal, found.values)
    assert not (found.interactions.sum(2) - diagonal).any()
    assert found.output("1").interactions.shape == (6, 4, 4)


def forest_that_lies(monkeypatch, engine):
    honest = getattr(trees, engine)

    def dishonest(*arguments):
        values = honest(*arguments)
        values[..., 0, :] += 0.1
        values[..., 1, :] -= 0.1
        return values

    monkeypatch.setattr(trees, engine, dishonest)
    monkeypatch.setattr(trees, "MANY", {"path": 1, "interventional": 1})
    return DecisionTreeRegressor(max_depth=4).fit(X, Y)


@pytest.mark.parametrize(
    "options", [{}, {"kind": "interventional", "background": X[:20]}], ids=["path", "against"]
)
def test_values_of_woodelf_that_add_up_but_are_not_those_of_shap_are_refused(options, monkeypatch):
    model = forest_that_lies(monkeypatch, "by_woodelf")
    with pytest.raises(ParameterError, match="those of shap"):
        shapley(model, X, **options)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (XGBRegressor(booster="gblinear", n_jobs=1), "boosted trees|background"),
        (XGBRegressor(multi_strategy="multi_output_tree", **BOOST), "vectors"),
        (RandomForestClassifier(3), "one target"),
        (HistGradientBoostingRegressor(categorical_features=[0], max_iter=3), "category"),
        (XGBRegressor(enable_categorical=True, feature_types=["c", "q", "q", "q"], **BOOST), "category"),
        (PoissonRegressor(), "additivity"),
        (GradientBoostingRegressor(init=LinearRegression(), n_estimators=3), "additivity"),
    ],
    ids=["linear booster", "vector leaves", "targets", "categories", "categories of xgboost", "link", "init"],
)
def test_models_that_are_no_sum_of_trees_or_features_get_one_clear_error(model, message):
    x = X.copy()
    x[:, 0] = RNG.integers(6, size=300)
    y = np.exp(Y) + x[:, 0] % 2
    if message == "vectors":
        y = np.stack([y, y**2], 1)
    elif message == "one target":
        y = np.stack([Y > 0, Y > 1], 1)
    with pytest.raises(ParameterError, match=message):
        shapley(model.fit(x, y), x, background=x if "additivity" in message else None)
