"""Tests of conditional independence, one interface for all, each p-value kept."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
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


class Linear:
    """Fisher's test of a partial correlation r: sqrt(n - s - 3) artanh(r) is a standard normal (Fisher 1924).

    It is causal-learn's "fisherz" with less around it, and p-values that do not end at 1e-16.
    """

    def __init__(self, columns: Columns) -> None:
        self._n = len(columns.values)
        self._correlation = _correlations(columns.values)

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
        places = np.array([x, y, *(given or ())])
        try:
            precision = np.linalg.inv(self._correlation[places[:, None], places])
        except np.linalg.LinAlgError:  # of resampled rows, too few for so many variables
            return 1.0
        scale = precision[0, 0] * precision[1, 1]
        r = abs(precision[0, 1]) / math.sqrt(scale) if scale > 0 else 0.0
        z = math.atanh(min(r, 1 - 1e-15)) * math.sqrt(max(self._n - len(places) - 1, 0))
        return math.erfc(z / math.sqrt(2))


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
        self._correlation = _correlations(whole)

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
        ours, theirs = self._places[x], self._places[y]
        others = np.concatenate([self._places[k] for k in given]) if given else np.zeros(0, dtype=int)
        both = np.concatenate([ours, theirs])
        left = self._correlation[np.ix_(both, both)]
        if len(others):
            across = self._correlation[np.ix_(both, others)]
            left = left - across @ np.linalg.pinv(self._correlation[np.ix_(others, others)]) @ across.T
        p, q = len(ours), len(theirs)
        if not p or not q:  # one category only, in resampled rows
            return 1.0
        logs = [np.linalg.slogdet(part)[1] for part in (left, left[:p, :p], left[p:, p:])]
        scale = self._n - 1 - len(others) - 0.5 * (p + q + 1)
        return float(chi2.sf(max(-scale * (logs[0] - logs[1] - logs[2]), 0.0), p * q))


def _correlations(values: np.ndarray) -> np.ndarray:
    """Correlations (n, n); what does not vary, in resampled rows, has none."""
    with np.errstate(all="ignore"):
        found = np.nan_to_num(np.corrcoef(values.T))
    np.fill_diagonal(found, 1.0)
    return found


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
    if test == "fisherz" and columns.is_text.any():
        names = [name for name, is_text in zip(columns.names, columns.is_text, strict=True) if is_text]
        raise _bad("numbers in every column for fisherz", f"texts in {', '.join(names[:5])}", "Use mixed.")
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
    if test == "fisherz":
        return Linear(columns)
    from causallearn.utils.cit import CIT

    return CIT(columns.values, test)


def refuse_copies(columns: Columns) -> None:
    """Raise where a linear test cannot tell columns apart."""
    n_samples, n = columns.values.shape
    if n_samples <= n:
        raise _bad(f"more rows than the {n} columns", f"{n_samples}", "Leave columns out.", "data")
    lowest = np.linalg.eigvalsh(_correlations(columns.values))[0]
    if lowest < 1e-10:
        raise _bad(
            "columns of which none is a linear sum of others",
            f"a correlation matrix with an eigenvalue of {lowest:.1e}",
            "Leave out the column that repeats others, and scale what is very large.",
            "data",
        )


class Recorded:
    """Another test, its p-values kept: the largest for each pair. Pairs that are `certain` never part."""

    def __init__(self, inner: Independence, n: int, certain: Collection[tuple[int, int]] = ()) -> None:
        self._inner = inner
        self._certain = {tuple(sorted(pair)) for pair in certain}
        self._known: dict[tuple[int, int, tuple[int, ...]], float] = {}
        self.largest = np.full((n, n), np.nan)

    def __call__(self, x: int, y: int, given: Sequence[int] | None = None) -> float:
        x, y = sorted((int(x), int(y)))
        others = tuple(sorted({int(k) for k in given or ()}))
        key = x, y, others
        if key not in self._known:
            p = float(self._inner(x, y, list(others)))
            self._known[key] = p = p if math.isfinite(p) else 1.0  # a test that cannot be made finds nothing
            if not p <= self.largest[x, y]:  # NaN before the first
                self.largest[x, y] = self.largest[y, x] = p
        return 0.0 if (x, y) in self._certain else self._known[key]


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
