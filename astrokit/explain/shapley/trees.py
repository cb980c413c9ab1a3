"""Trees: exact Shapley values through `shap`, of many rows through `woodelf` held against `shap`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import read_sklearn
from .by_shap import MOST_NODES, by_shap
from .by_woodelf import by_woodelf
from .forest import Forest, Tree
from .raw import TOLERANCE, Raw, allowed_error, bad, with_main_effects
from .read_xgboost import xgboost

MANY = {"path": 1_000, "interventional": 100_000}  # rows, or times background: there woodelf is the faster
SAMPLE = {"path": 50, "interventional": 4}  # rows on which it is held against shap

# By name, so that no library is loaded to be told that a model is not its own.
_READERS = {
    "DecisionTree": read_sklearn.average,
    "ExtraTree": read_sklearn.average,
    "RandomForest": read_sklearn.average,
    "GradientBoosting": read_sklearn.boosting,
    "HistGradientBoosting": read_sklearn.histogram,
    "XGB": xgboost,
    "Booster": xgboost,
}


def _reader_of(model: Any) -> Any:
    for kind in type(model).__mro__:
        if kind.__module__.split(".")[0] in ("sklearn", "xgboost"):
            for start, reader in _READERS.items():
                if kind.__name__.startswith(start):
                    return reader
    return None


def is_tree(model: Any) -> bool:
    """Whether a model is a tree or a sum of trees that can be read."""
    return _reader_of(model) is not None


def of_trees(
    model: Any,
    data: np.ndarray,
    background: np.ndarray | None,
    kind: str,
    interactions: bool,
    rng: np.random.Generator,
) -> Raw:
    """Values by the paths of the trees (Lundberg et al. 2020), or against a background."""
    forest = _reader_of(model)(model)
    answers = _answers(forest, data, "data")
    if kind == "path":
        base, behind, how = _expectation(forest, data.shape[1]), None, "path"
    elif background is None:
        raise bad("background", "rows for the interventional kind", "none", "Pass background=.")
    else:
        base, behind = _answers(forest, background, "background").mean(0), forest.coded(background)
        how = f"interventional against {len(behind):,} background rows"
    allowed = allowed_error(answers, base, forest.rounding)
    problem = _Problem(forest.coded_trees, forest.coded(data), behind, kind, allowed, rng)
    values, engine = problem.solve()
    pairs = with_main_effects(problem.solve(interactions=True)[0], values) if interactions else None
    return Raw(values, base, answers, forest.unit, f"trees by {engine}, {how}", pairs, forest.rounding)


class _Problem(NamedTuple):
    trees: list[Tree]
    rows: np.ndarray
    background: np.ndarray | None
    kind: str
    allowed: np.ndarray  # (n_outputs,) between two engines
    rng: np.random.Generator

    def solve(self, interactions: bool = False) -> tuple[np.ndarray, str]:
        """Values or interactions, and the name of the engine that found them."""
        if not self.trees:  # leaves alone: one answer, and no shares in it
            shape = (*self.rows.shape, *self.rows.shape[1:] * interactions, len(self.allowed))
            return np.zeros(shape), "leaves"
        what = self.trees, self.rows, self.background, interactions
        has_peer = self.background is None or self.shap_takes(interactions)
        work = len(self.rows) * (1 if self.background is None else len(self.background))
        if has_peer and work < MANY[self.kind]:
            return by_shap(*what), "shap"
        found = by_woodelf(*what)
        if not has_peer:
            return found, "woodelf alone"
        self.hold_against_shap(found, interactions)
        return found, "woodelf"

    def shap_takes(self, interactions: bool) -> bool:
        """Whether shap has an answer against a background."""
        return not interactions and max(len(tree.left) for tree in self.trees) <= MOST_NODES

    def hold_against_shap(self, found: np.ndarray, interactions: bool) -> None:
        """Raise where the two differ on a sample of rows."""
        some = self.rng.choice(len(self.rows), min(SAMPLE[self.kind], len(self.rows)), replace=False)
        peer = by_shap(self.trees, self.rows[some], self.background, interactions)
        apart = (np.abs(found[some] - peer) / self.allowed).reshape(len(some), -1).max(1)
        if not apart.max() <= 1:
            raise bad(
                "values of woodelf", f"those of shap within {TOLERANCE:g} of the range",
                f"{apart.max():.2g} times as much in row {some[apart.argmax()]}",
                "Explain fewer rows at a time, which shap does alone; and report it.",
            )  # fmt: skip


def _answers(forest: Forest, data: np.ndarray, what: str) -> np.ndarray:
    """Answers of the model, who knows best whether it takes NaN."""
    try:
        return forest.answer(data)
    except ValueError as error:
        raise bad(
            what, "numbers that the model takes", str(error).splitlines()[0],
            "Fill gaps as in fitting, or drop these rows.",
        ) from error  # fmt: skip


def _expectation(forest: Forest, n_features: int) -> np.ndarray:
    """The mean answer by the cover of nodes, (n_outputs,)."""
    if not all((tree.cover > 0).all() for tree in forest.trees):
        raise bad(
            "model", "trees whose nodes were all reached in fitting", "a node of no weight",
            'Pass background= and kind="interventional".',
        )  # fmt: skip
    return forest.constant(n_features) + sum(tree.expectation() for tree in forest.trees)
