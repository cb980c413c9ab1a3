"""The result of an attribution: a value for each feature of each row, and how well they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from ...errors import ParameterError

LEVEL = 0.95


@dataclass(frozen=True, repr=False)
class Attribution:
    """Shapley values of a model's answers.

    Attributes
    ----------
    values : (n_samples, n_features) or (n_samples, n_features, n_outputs)
        In `unit`: `base_value` plus the values of a row are the model's answer.
    base_value : float, or (n_outputs,)
        The mean answer that the values start from.
    data : (n_samples, n_features)
        The features of the rows.
    feature_names, output_names : tuple of str
        A single output has no name.
    unit : str
        Of the answers, for instance "log-odds".
    error : (n_samples,) or (n_samples, n_outputs)
        Base value plus values, minus the model's own answer.
    how : str
        How the values were computed, in a sentence.
    interactions : (n_samples, n_features, n_features) or one more axis of outputs, optional
        Half of each pair's interaction off the diagonal, main effects on it: rows add up to `values`.
    """

    values: np.ndarray
    base_value: Any
    data: np.ndarray
    feature_names: tuple[str, ...]
    output_names: tuple[str, ...] = ()
    unit: str = ""
    error: np.ndarray | None = field(default=None)
    how: str = ""
    interactions: np.ndarray | None = field(default=None)

    def __post_init__(self) -> None:
        n_samples, n_features = self.data.shape
        expected = (n_samples, n_features, *([len(self.output_names)] if self.output_names else []))
        if self.values.shape != expected or len(self.feature_names) != n_features:
            raise _bad(
                f"values of shape {expected}, and {n_features} names",
                f"{self.values.shape}, {len(self.feature_names)} names",
                "Pass values, data and names of the same rows and features.",
            )

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        outputs = f", outputs {', '.join(self.output_names)}" if self.output_names else ""
        return f"Attribution({len(self):,} rows, {len(self.feature_names)} features{outputs}; {self.how})"

    def output(self, name: str | None = None) -> Attribution:
        """The attribution of one output, (n_samples, n_features); the first where none is named."""
        if not self.output_names:
            return self
        if name is None:
            name = self.output_names[0]
        if name not in self.output_names:
            raise _bad(f"one of {', '.join(self.output_names)}", repr(name), "Choose one of these.")
        k = self.output_names.index(name)
        return replace(
            self,
            values=self.values[..., k],
            base_value=float(np.asarray(self.base_value)[k]),
            error=None if self.error is None else self.error[..., k],
            interactions=None if self.interactions is None else self.interactions[..., k],
            output_names=(),
        )

    def grouped(self, groups: Mapping[str, Sequence[str]]) -> Attribution:
        """Features of a group as one: their values added up, their interactions too, their data averaged.

        What happens between members of a group becomes the group's main effect.

        Parameters
        ----------
        groups : {name: features}
            For instance all bands of one image, or all ratios of one molecule. Features of no group stay as
            they are.
        """
        places = {name: k for k, name in enumerate(self.feature_names)}
        named = [feature for members in groups.values() for feature in members]
        if unknown := sorted(set(named) - set(places)):
            raise _bad("names of features", ", ".join(unknown), f"Features are {', '.join(places)[:200]}.")
        if len(named) != len(set(named)):
            raise _bad("each feature in one group", "one in two groups", "Name it once.")
        alone = {name: [name] for name in self.feature_names if name not in named}
        members = [[places[feature] for feature in group] for group in (alone | dict(groups)).values()]
        pairs = (
            None if self.interactions is None else _summed(_summed(self.interactions, members, 1), members, 2)
        )
        return replace(
            self,
            values=_summed(self.values, members, 1),
            data=np.stack([self.data[:, group].mean(1) for group in members], axis=1),
            feature_names=(*alone, *groups),
            interactions=pairs,
        )

    def importance(self, rows: Any = None, *, groups: Any = None, level: float = LEVEL) -> Any:
        """Mean absolute value of each feature with its interval, the strongest first.

        Parameters
        ----------
        rows : (n_samples,) bool or indices, optional
        groups : (n_samples,) array_like, optional
            Rows of one source: the interval is over sources, not over rows.
        level : float

        Returns
        -------
        pandas.DataFrame
            ``feature, importance, low, high``, and ``output`` where there are several.
        """
        import pandas as pd

        if self.output_names:
            tables = [
                self.output(name).importance(rows, groups=groups, level=level).assign(output=name)
                for name in self.output_names
            ]
            return pd.concat(tables, ignore_index=True)
        chosen = slice(None) if rows is None else rows
        absolute = np.abs(self.values[chosen])
        mean, half = mean_and_half(absolute, None if groups is None else np.asarray(groups)[chosen], level)
        table = pd.DataFrame(
            {"feature": self.feature_names, "importance": mean, "low": mean - half, "high": mean + half}
        )
        return table.sort_values("importance", ascending=False, ignore_index=True)


def _summed(array: np.ndarray, members: list[list[int]], axis: int) -> np.ndarray:
    return np.stack([array.take(group, axis).sum(axis) for group in members], axis)


def mean_and_half(
    values: np.ndarray, groups: np.ndarray | None = None, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Mean (n_features,) over rows, and half the width of its interval, from moments over groups of rows.

    The variance of the mean is sum_g (S_g - n_g m)^2 / n^2 * G / (G - 1), with S_g the sum and n_g the rows
    of group g: rows of one source may say the same thing many times (Liang & Zeger 1986).
    """
    n = len(values)
    if n == 0:
        nothing = np.full(values.shape[1], np.nan)
        return nothing, nothing
    mean = values.mean(0, dtype=np.float64)
    if groups is None:
        n_groups, squares = n, ((values - mean) ** 2).sum(0, dtype=np.float64)
    else:
        _, code = np.unique(groups, return_inverse=True)
        n_groups = int(code.max()) + 1
        sums = np.zeros((n_groups, values.shape[1]))
        np.add.at(sums, code, values)
        squares = ((sums - np.bincount(code)[:, None] * mean) ** 2).sum(0)
    return mean, half_width(squares, n, n_groups, level)


def half_width(squares: np.ndarray, n: int, n_groups: int, level: float = LEVEL) -> np.ndarray:
    """Half the width of the interval of a mean over `n` rows, from the squares summed over groups."""
    if n_groups < 2:
        return np.full(np.shape(squares), np.nan)
    variance = squares / n**2 * n_groups / (n_groups - 1)
    return stdtrit(n_groups - 1, 0.5 + level / 2) * np.sqrt(variance)


def _bad(expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError("attribution", expected=expected, got=got, next_step=next_step)
