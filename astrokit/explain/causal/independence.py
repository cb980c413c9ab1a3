"""Tests of conditional independence, one interface for all, each p-value kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from scipy.stats import chi2

from ...errors import ParameterError
from .columns import Columns

TESTS = ("fisherz", "chisq", "kci", "mixed")
KCI_ROWS = 500  # its time goes with the third power of the rows
DELEGATE = "astrokit_delegate"


class Independence(Protocol):
    """p-value of the hypothesis that variables x and y are independent given those of `given`."""

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float: ...


class Mixed:
    """Measured and categorical variables together: categories stand as indicators, and all count as Gaussian.

    Bartlett's test that two blocks have no partial correlation: -(n - 1 - s - (p + q + 1) / 2) ln(Lambda) is
    chi-squared with p q degrees of freedom, where Lambda = det C / (det C_xx det C_yy) for the covariance C
    of both blocks given the others. For two numbers it is Fisher's test. Andrews, Ramsey & Cooper (2019),
    "Learning high-dimensional directed acyclic graphs with mixed data-types".
    """

    def __init__(self, columns: Columns) -> None:
        blocks = [
            _block(values, is_category)
            for values, is_category in zip(columns.values.T, columns.is_category, strict=True)
        ]
        edges = np.cumsum([0, *(block.shape[1] for block in blocks)])
        self._places = [np.arange(a, b) for a, b in pairwise(edges)]
        whole = np.column_stack(blocks)
        self._n = len(whole)
        self._correlation = np.corrcoef(whole.T)

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
        ours, theirs = self._places[x], self._places[y]
        others = np.concatenate([self._places[k] for k in given]) if given else np.zeros(0, dtype=int)
        both = np.concatenate([ours, theirs])
        left = self._correlation[np.ix_(both, both)]
        if len(others):
            across = self._correlation[np.ix_(both, others)]
            left = left - across @ np.linalg.pinv(self._correlation[np.ix_(others, others)]) @ across.T
        p, q = len(ours), len(theirs)
        logs = [np.linalg.slogdet(part)[1] for part in (left, left[:p, :p], left[p:, p:])]
        scale = self._n - 1 - len(others) - 0.5 * (p + q + 1)
        return float(chi2.sf(max(-scale * (logs[0] - logs[1] - logs[2]), 0.0), p * q))


def _block(values: np.ndarray, is_category: bool) -> np.ndarray:
    if not is_category:
        return values[:, None]
    levels = np.unique(values)[:-1]  # the last is what none of the others is
    return (values[:, None] == levels).astype(np.float64)


def choose_test(test: str, columns: Columns) -> str:
    """The test that fits the columns for "auto"; otherwise the one asked for, if it can take them."""
    if test == "auto":
        all_or_none = {True: "chisq", False: "fisherz"}
        kinds = set(columns.is_category.tolist())
        return all_or_none[kinds.pop()] if len(kinds) == 1 else "mixed"
    if test not in TESTS:
        raise _bad(f"auto, {', '.join(TESTS)}", repr(test), "Choose one of these.")
    if test == "chisq" and not columns.is_category.all():
        names = [
            name
            for name, is_category in zip(columns.names, columns.is_category, strict=True)
            if not is_category
        ]
        raise _bad(
            "categories in every column for chisq",
            f"numbers in {', '.join(names[:5])}",
            "Use fisherz, kci or mixed, or name these columns in `categories`.",
        )
    return test


def make_test(test: str, columns: Columns) -> Independence:
    """The test on some columns."""
    if test == "mixed":
        return Mixed(columns)
    from causallearn.utils.cit import CIT

    if test == "fisherz":
        _refuse_copies(columns)
    return CIT(columns.values, test)


def _refuse_copies(columns: Columns) -> None:
    lowest = np.linalg.eigvalsh(np.corrcoef(columns.values.T))[0]
    if lowest < 1e-10:
        raise _bad(
            "columns of which none is a linear sum of others",
            f"a correlation matrix with an eigenvalue of {lowest:.1e}",
            "Leave out the column that repeats others.",
            "data",
        )


class Recorded:
    """Another test, its p-values kept: the largest for each pair."""

    def __init__(self, inner: Independence, n: int) -> None:
        self._inner = inner
        self._known: dict[tuple[int, int, tuple[int, ...]], float] = {}
        self.largest = np.full((n, n), np.nan)

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
        x, y = sorted((int(x), int(y)))
        others = tuple(sorted({int(k) for k in given or ()}))
        key = x, y, others
        if key not in self._known:
            self._known[key] = p = float(self._inner(x, y, list(others)))
            self.largest[x, y] = self.largest[y, x] = np.nanmax([self.largest[x, y], p])
        return self._known[key]


def register_delegate() -> None:
    """Tell causal-learn of a test that asks ours: it makes its tests itself, by name."""
    from causallearn.utils import cit

    if DELEGATE in cit._custom_ci_tests:
        return

    class Delegate(cit.CIT_Base):
        def __init__(self, data: np.ndarray, ask: Independence, **kwargs: Any) -> None:
            super().__init__(data)
            self.method, self._ask = DELEGATE, ask

        def __call__(self, X: Any, Y: Any, condition_set: Any = None) -> float:
            return self._ask(X, Y, condition_set)

    cit.register_ci_test(DELEGATE, Delegate)


def _bad(expected: str, got: str, next_step: str, what: str = "test") -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step=next_step)
