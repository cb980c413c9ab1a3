"""Decomposition from pointwise informations that are already there: of a model, or of a likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...evaluation.bootstrap import LEVEL, resampled_means
from ...random import RandomState
from .columns import check_count, read_groups
from .decomposition import Decomposition, from_redundancy, in_unit
from .units import check_choice, nats_per

MEASURES = ("mmi", "pointwise")


def pid_local(
    first: Any,
    second: Any,
    both: Any,
    *,
    measure: str = "pointwise",
    unit: str = "bits",
    groups: Any = None,
    n_bootstraps: int = 1000,
    random_state: RandomState = 0,
) -> Decomposition:
    """Decompose what two sources tell, from log p(y | source) - log p(y) of each sample.

    Parameters
    ----------
    first, second, both : (n_samples,) array_like
        Pointwise informations in nats: of the first source, of the second, and of the two together.
    measure : {"pointwise", "mmi"}
        pointwise: R is the mean of the lesser of the two; mmi: R is the lesser of the two means.
    unit : {"bits", "nats"}
        Of the result.
    groups : (n_samples,), optional
        Rows that belong together: they are drawn together.
    n_bootstraps : int
        Resamples behind the 90% intervals. The lesser of two noisy numbers is low on average, and that is in
        the intervals only as far as samples scatter: see `docs/information.md`.
    random_state : int, Generator, SeedSequence or None

    Raises
    ------
    ParameterError
        For values that are not finite, lengths that differ, an unknown measure or unit.

    Examples
    --------
    >>> pid_local([1.0, 2.0], [2.0, 1.0], [3.0, 3.0], unit="nats").atoms["redundant"]
    1.0
    >>> pid_local([1.0, 2.0], [2.0, 1.0], [3.0, 3.0], unit="nats", measure="mmi").atoms["redundant"]
    1.5
    """
    check_choice("measure", measure, MEASURES, why="The others need more than pointwise informations.")
    nats = nats_per(unit)
    columns = with_lesser(*_read(first=first, second=second, both=both))
    codes = read_groups(groups, len(columns))
    n_bootstraps = check_count("n_bootstraps", n_bootstraps, least=2)
    means = resampled_means(columns, codes, n_resamples=n_bootstraps, random_state=random_state)
    found, drawn = of_means(columns.mean(axis=0), measure), [of_means(row, measure) for row in means]
    intervals = {}
    for name in (*found.atoms, "total"):
        low, high = np.quantile([getattr(one, name) for one in drawn], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        intervals[name] = (float(low), float(high))
    return in_unit(replace(found, intervals=intervals), unit, nats)


def with_lesser(first: np.ndarray, second: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Three pointwise informations, and the lesser of the first two, (n_samples, 4)."""
    return np.column_stack([first, second, both, np.minimum(first, second)])


def of_means(means: np.ndarray, measure: str) -> Decomposition:
    """The decomposition in nats from the means (4,) of the columns of `with_lesser`."""
    first, second, both, lesser = map(float, means)
    redundant = lesser if measure == "pointwise" else min(first, second)
    return from_redundancy(redundant, first, second, both, measure=measure)


def _read(**named: Any) -> list[np.ndarray]:
    arrays = [np.asarray(values, float) for values in named.values()]
    shapes = [array.shape for array in arrays]
    n_bad = sum(int((~np.isfinite(array)).sum()) for array in arrays)
    if len(set(shapes)) > 1 or len(shapes[0]) != 1 or shapes[0][0] < 2 or n_bad:
        raise ParameterError(
            "pointwise informations",
            expected=f"{len(arrays)} arrays of finite numbers, of one length of at least 2",
            got=f"shapes {', '.join(map(str, shapes))}, {n_bad} values not finite",
            next_step="Ask for all three on the same samples.",
        )
    return arrays
