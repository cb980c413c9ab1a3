"""What a selection of an attribution amounts to beside other rows: means and intervals of each feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import t as student

from ...explain.shapley.attribution import LEVEL, half_width
from ...latent.cancel import Cancel
from .groups import Groups, Products
from .sums import Blocks, Sums

if TYPE_CHECKING:
    import pandas as pd

MEAN, IMPORTANCE = 0, 1  # of values, and of absolute values
NAMES = ("mean", "importance")


class Side(NamedTuple):
    """Some rows, seen as a whole.

    `means` and `halves` are (n_features, 2): the mean value and the mean absolute value of each feature, and
    half the width of their intervals.
    """

    n: int  # rows
    n_groups: int  # sources that they belong to
    means: np.ndarray
    halves: np.ndarray
    sums: Sums


class Difference(NamedTuple):
    """Of the means here and there, (n_features, 2), and half the width of its interval."""

    means: np.ndarray
    halves: np.ndarray


@dataclass(frozen=True, eq=False)
class Summary:
    """A selection, and what it is compared with.

    Attributes
    ----------
    here : Side
    there : Side or None
    difference : Difference or None
        Both None where there is nothing to compare with.
    level : float
        Of each interval by itself.
    """

    names: tuple[str, ...]
    here: Side
    there: Side | None
    difference: Difference | None
    level: float = LEVEL

    def order(self, measure: int = IMPORTANCE, *, by_difference: bool = False) -> np.ndarray:
        """Features from the largest on: by the absolute mean here, or by how far it is from there."""
        by = self.here.means[:, measure]
        if by_difference and self.difference is not None:
            by = self.difference.means[:, measure]
        return np.argsort(-np.nan_to_num(np.abs(by)), kind="stable")

    def table(self) -> pd.DataFrame:
        """A row for each feature, the most important first: means with their intervals.

        Columns are ``feature``; ``importance`` and ``mean`` with ``_low`` and ``_high``; the same of the
        other rows as ``other_...`` and of the difference as ``difference_...``, where there are others.
        """
        import pandas as pd

        columns: dict[str, object] = {"feature": np.array(self.names, object)}
        parts = [("", self.here.means, self.here.halves)]
        if self.there is not None and self.difference is not None:
            parts.append(("other_", self.there.means, self.there.halves))
            parts.append(("difference_", *self.difference))
        for prefix, means, halves in parts:
            for k in (IMPORTANCE, MEAN):
                name, mean, half = f"{prefix}{NAMES[k]}", means[:, k], halves[:, k]
                columns |= {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}
        return pd.DataFrame(columns).iloc[self.order()].reset_index(drop=True)


def summarise(
    blocks: Blocks,
    names: tuple[str, ...],
    mask: np.ndarray,
    other: np.ndarray | None = None,
    *,
    groups: Groups | None = None,
    level: float = LEVEL,
    cancelled: Cancel | None = None,
) -> Summary:
    """Summary of some rows beside others.

    Intervals are over rows, or over groups of rows where rows repeat what one source says: the variance of a
    mean is sum_g (S_g - n_g m)^2 / n^2 * G / (G - 1) (Liang & Zeger 1986). Groups and rows that stand on both
    sides are taken into account in the difference.

    Parameters
    ----------
    mask : (n_samples,) bool
    other : (n_samples,) bool, optional
        All other rows by default.
    groups : Groups, optional
    level : float
    cancelled : callable, optional

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(4000, 2)) + [0.0, 1.0]
    >>> values[:1000, 0] += 3
    >>> summary = summarise(Blocks(values, values), ("a", "b"), np.arange(4000) < 1000)
    >>> summary.here.means[:, MEAN].round(1).tolist(), bool(summary.difference.means[0, MEAN] > 2.8)
    ([3.0, 1.0], True)
    """
    here = blocks.over(mask, cancelled=cancelled)
    there = blocks.total.minus(here) if other is None else blocks.over(other, cancelled=cancelled)
    means = [_means(sums, blocks) for sums in (here, there)]
    if groups is None:
        products = _of_rows(blocks, mask, other, here, there, means)
    else:
        sides = mask.astype(np.uint8) | ((~mask if other is None else other).astype(np.uint8) << 1)
        joined = np.concatenate(means, axis=1)
        products = groups.products(blocks.values, sides, joined, cancelled=cancelled)
    side = Side(here.n, products.n_here, means[0], _half(products.here, here.n, products.n_here, level), here)
    if there.n == 0 or here.n == 0:
        return Summary(names, side, None, None, level)
    halves = _half(products.there, there.n, products.n_there, level)
    beside = Side(there.n, products.n_there, means[1], halves, there)
    difference = Difference(means[0] - means[1], _half_of_difference(products, here.n, there.n, level))
    return Summary(names, side, beside, difference, level)


def _means(sums: Sums, blocks: Blocks) -> np.ndarray:
    if sums.n == 0:
        return np.full((len(sums.moments), 2), np.nan)
    return blocks.scales.centres + sums.moments[:, [0, 2]] / sums.n


def _of_rows(
    blocks: Blocks,
    mask: np.ndarray,
    other: np.ndarray | None,
    here: Sums,
    there: Sums,
    means: list[np.ndarray],
) -> Products:
    """Products where each row is a group of its own; only rows on both sides have one with both."""
    off_here, off_there = (each - blocks.scales.centres for each in means)
    both = np.zeros_like(off_here)
    if other is not None and (common := mask & other).any():
        both = _products(blocks.over(common), off_here, off_there)
    return Products(
        _products(here, off_here, off_here), _products(there, off_there, off_there), both, here.n, there.n
    )


def _products(sums: Sums, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """sum (v - a) (v - b), for values and absolute values about the centres; 0 where there are no rows."""
    if sums.n == 0:
        return np.zeros_like(a)
    first, second = sums.moments[:, [0, 2]], sums.moments[:, [1, 3]]
    return second - (a + b) * first + sums.n * a * b


def _half(squares: np.ndarray, n: int, n_groups: int, level: float) -> np.ndarray:
    if n == 0:
        return np.full(squares.shape, np.nan)
    return half_width(np.maximum(squares, 0), n, n_groups, level)


def _half_of_difference(products: Products, n_here: int, n_there: int, level: float) -> np.ndarray:
    """From the variances of both means and their covariance, with the fewer degrees of freedom of the two."""
    fewest = min(products.n_here, products.n_there)
    if fewest < 2:
        return np.full(products.here.shape, np.nan)
    # What a mean of G groups underestimates, as in `half_width`.
    here, there = (np.sqrt(n / (n - 1)) for n in (products.n_here, products.n_there))
    variance = (
        here**2 * products.here / n_here**2
        + there**2 * products.there / n_there**2
        - 2 * here * there * products.both / (n_here * n_there)
    )
    return student.ppf(0.5 + level / 2, fewest - 1) * np.sqrt(np.maximum(variance, 0))
