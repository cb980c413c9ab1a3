"""Shapley values against known truths: linear models, products, brute force over all coalitions."""

import subprocess
import sys

import numpy as np
import pandas as pd
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
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from astrokit.errors import ParameterError
from astrokit.explain import Attribution
from astrokit.explain.shapley import shapley
from tests.truth.coalitions import against_background, values_of


def by_brute_force(answer, row, background):
    """Shapley values of one row: all 2^d coalitions, absent features taken from each background row."""
    return values_of(against_background(answer, row, background))


def world(n=400, d=4, random_state=0):
    rng = np.random.default_rng(random_state)
    x = rng.normal(size=(n, d))
    return x, x[:, 0] * x[:, 1] + x[:, 2] + 0.1 * rng.normal(size=n)


def test_a_linear_model_has_its_closed_form():
    x, _ = world()
    model = Ridge().fit(x, x @ [1.0, -2.0, 0.0, 0.5])
    found = shapley(model, x[:7], background=x)
    np.testing.assert_allclose(found.values, model.coef_ * (x[:7] - x.mean(0)))
    np.testing.assert_allclose([found.values[0]], [by_brute_force(model.predict, x[0], x)], atol=1e-10)


def test_classes_of_a_linear_model_are_outputs_with_names():
    x, y = world()
    model = LogisticRegression().fit(x, np.digitize(y, [-0.5, 0.5]))
    found = shapley(model, x, background=x)
    assert found.output_names == ("0", "1", "2")
    assert found.unit == "log-odds"
    assert found.output("2").values.shape == x.shape


@pytest.mark.parametrize("d", [3, 6, 10])
def test_a_forest_agrees_with_brute_force_over_all_coalitions(d):
    x, y = world(200, d)
    model = RandomForestRegressor(5, max_depth=4, random_state=0).fit(x, y)
    background = x[:10]
    rows = x[100:103] if d < 10 else x[100:101]
    found = shapley(model, rows, background=background, kind="interventional")
    brute = [by_brute_force(model.predict, row, background) for row in rows]
    np.testing.assert_allclose(found.values, brute, atol=1e-6)


def test_a_product_of_independent_inputs_is_shared_in_halves():
    rng = np.random.default_rng(0)
    x = rng.choice([-1.0, 1.0], size=(2000, 2))
    model = DecisionTreeRegressor().fit(x, x[:, 0] * x[:, 1])
    found = shapley(
        model,
        x[:50],
        background=np.array([[a, b] for a in (-1.0, 1) for b in (-1.0, 1)]),
        kind="interventional",
    )
    product = x[:50, 0] * x[:50, 1]
    np.testing.assert_allclose(found.values, np.stack([product, product], 1) / 2, atol=1e-7)


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeRegressor(max_depth=5),
        DecisionTreeClassifier(max_depth=4),
        RandomForestClassifier(10, max_depth=5, random_state=0),
        ExtraTreesRegressor(10, max_depth=5, random_state=0),
        GradientBoostingRegressor(n_estimators=20),
        GradientBoostingClassifier(n_estimators=20),
        HistGradientBoostingRegressor(max_iter=20),
        HistGradientBoostingClassifier(max_iter=20),
    ],
    ids=lambda model: type(model).__name__,
)
def test_every_row_adds_up_to_the_answer_of_each_kind_of_tree(model):
    x, y = world(300)
    model = model.fit(x, y > 0 if "Classifier" in type(model).__name__ else y)
    found = shapley(model, x)
    assert np.abs(found.error).max() < 1e-5
    assert found.values.shape[:2] == x.shape


def test_trees_of_xgboost_and_a_table_with_names():
    from xgboost import XGBClassifier

    x, y = world(300)
    table = pd.DataFrame(x, columns=["period", "colour", "amplitude", "skew"])
    model = XGBClassifier(n_estimators=20, max_depth=3, n_jobs=1).fit(table.to_numpy(), y > 0)
    found = shapley(model, table)
    assert found.feature_names == ("period", "colour", "amplitude", "skew")
    assert np.abs(found.error).max() < 1e-4
    assert found.importance()["feature"].iloc[-1] == "skew"


def test_interactions_add_up_to_the_values_and_find_the_product():
    x, y = world(600)
    model = GradientBoostingRegressor(n_estimators=60, max_depth=3, random_state=0).fit(x, y)
    found = shapley(model, x[:100], interactions=True)
    np.testing.assert_allclose(found.interactions.sum(2), found.values, atol=1e-6)
    strength = np.abs(found.interactions).mean(0)
    np.fill_diagonal(strength, 0)
    assert np.unravel_index(strength.argmax(), strength.shape) in {(0, 1), (1, 0)}


def test_values_that_do_not_add_up_are_refused_and_the_row_named(monkeypatch):
    x, y = world(100)
    model = DecisionTreeRegressor(max_depth=3).fit(x, y)
    import shap

    honest = shap.TreeExplainer.shap_values

    def dishonest(self, rows, **options):
        values = np.array(honest(self, rows, **options))
        values[17] += 1.0
        return values

    monkeypatch.setattr(shap.TreeExplainer, "shap_values", dishonest)
    with pytest.raises(ParameterError, match="row 17, 1 rows"):
        shapley(model, x)


LINEAR = LinearRegression().fit(np.eye(4), np.ones(4))
BOOSTED = GradientBoostingRegressor(n_estimators=2).fit(np.eye(4), np.arange(4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": SVC()}, "SVC"),
        ({"kind": "magic"}, "magic"),
        ({"kind": "interventional"}, "background"),
        ({"data": np.full((5, 4), np.inf)}, "infinity"),
        ({"model": BOOSTED, "data": np.full((5, 4), np.nan)}, "NaN"),
        ({"model": LINEAR, "background": np.zeros((5, 4)), "data": np.full((5, 4), np.nan)}, "5 rows"),
        ({"data": np.zeros((5, 4)), "background": np.zeros((5, 3))}, "4 features"),
        ({"model": DecisionTreeRegressor()}, "fitted"),
        ({"data": np.zeros((5, 3))}, "4 features"),
        ({"data": [["a", "b", "c", "d"]]}, "numbers"),
        ({"data": np.zeros((0, 4))}, "shape"),
        ({"names": ["a", "a", "b", "c"]}, "different"),
        ({"model": LINEAR}, "background"),
    ],
)
def test_what_cannot_be_explained_gets_one_clear_error(change, message):
    x, y = world(60)
    arguments = {"model": DecisionTreeRegressor(max_depth=2).fit(x, y), "data": x, **change}
    with pytest.raises(ParameterError, match=message):
        shapley(arguments.pop("model"), arguments.pop("data"), **arguments)


def test_groups_of_features_add_up_and_keep_the_sum():
    x, y = world()
    model, names = DecisionTreeRegressor(max_depth=4).fit(x, y), ["g", "r", "i", "size"]
    found = shapley(model, x, names=names, interactions=True)
    grouped = found.grouped({"bands": ["g", "r", "i"]})
    assert grouped.feature_names == ("size", "bands")
    np.testing.assert_allclose(grouped.values.sum(1), found.values.sum(1))
    assert grouped.interactions.shape == (400, 2, 2)
    np.testing.assert_allclose(grouped.interactions.sum(2), grouped.values, atol=1e-9)
    np.testing.assert_allclose(grouped.interactions[:, 0, 1], found.interactions[:, 3, :3].sum(1))
    with pytest.raises(ParameterError, match="zeta"):
        found.grouped({"bands": ["g", "zeta"]})
    with pytest.raises(ParameterError, match="two groups"):
        found.grouped({"one": ["g"], "two": ["g", "r"]})


def make(values, **options):
    return Attribution(
        values, 0.0, np.zeros(values.shape[:2]), tuple(f"x{k}" for k in range(values.shape[1])), **options
    )


def test_intervals_of_importance_cover_with_sources_of_many_rows():
    """Each source is seen ten times; its true importance is E|N(0, 1)| = sqrt(2 / pi)."""
    inside, naive = 0, 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        source = np.repeat(np.arange(60), 10)
        found = make(np.repeat(rng.normal(size=(60, 1)), 10, axis=0))
        for groups, hit in ((source, "inside"), (None, "naive")):
            row = found.importance(groups=groups).iloc[0]
            covered = row["low"] <= np.sqrt(2 / np.pi) <= row["high"]
            if hit == "inside":
                inside += covered
            else:
                naive += covered
    assert 0.91 < inside / 300 < 0.985
    assert naive / 300 < 0.7


@pytest.mark.parametrize("first", ["from astrokit.explain import pid", "import astrokit.explain.shapley"])
def test_the_function_and_the_module_of_its_name_are_both_found(first):
    code = f"""
{first}
from astrokit.explain import shapley
from astrokit.explain.shapley import Attribution, shapley as same
import sys
assert callable(shapley) and shapley is same
assert sys.modules["astrokit.explain.shapley"].Attribution is Attribution
assert not {{"torch", "pandas", "shap", "numba"}} & set(sys.modules), "heavy"
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_one_row_has_no_range_of_its_own_and_is_held_to_that_of_what_there_is_to_explain():
    """With a range of 0 in one row, rounding alone would have been an error."""
    x, y = world()
    model = RandomForestRegressor(50, random_state=0).fit(x, 1e3 * y)
    assert np.abs(shapley(model, x[:1]).error).max() < 1e-6


def test_values_of_another_shape_are_refused():
    with pytest.raises(ParameterError, match="shape"):
        Attribution(np.zeros((3, 2)), 0.0, np.zeros((4, 2)), ("a", "b"))
