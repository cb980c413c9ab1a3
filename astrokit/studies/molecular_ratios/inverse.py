"""The question put the other way round: which ratios together say most about carbon over oxygen?"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ...explain.information import Decomposition, mutual_information, pid_samples
from ...random import RandomState, as_generator
from .sample import RATIOS, Observed

if TYPE_CHECKING:
    import pandas as pd

UNSEEN = 1.0  # dex below the smallest ratio: where a ratio of two species that nobody sees is put


def as_seen(observed: Observed) -> np.ndarray:
    """Ratios as numbers (n_samples, 9): values and limits as they are, and a place of its own for nothing."""
    values = observed.values.to_numpy()
    return np.where(np.isnan(values), np.nanmin(values, axis=0) - UNSEEN, values)


def ranking(
    seen: np.ndarray,
    target: np.ndarray,
    size: int,
    *,
    within: tuple[str, ...] = RATIOS,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Mutual information of each set of ratios with a target, the largest first.

    Parameters
    ----------
    seen : (n_samples, 9)
    target : (n_samples,)
    size : int
        Ratios in a set.
    within : tuple of str
        Ratios that are considered.
    random_state

    Returns
    -------
    DataFrame
        `ratios` (a tuple of names), `bits` with its 90% interval `low` and `high`.
    """
    import pandas as pd

    rows = []
    for names in combinations(within, size):
        columns = seen[:, [RATIOS.index(name) for name in names]]
        found = mutual_information(columns, target, unit="bits", random_state=random_state)
        rows.append((names, found.value, found.low, found.high))
    table = pd.DataFrame(rows, columns=["ratios", "bits", "low", "high"])
    return table.sort_values("bits", ascending=False, ignore_index=True)


def chosen_and_checked(
    seen: np.ndarray,
    target: np.ndarray,
    size: int,
    *,
    within: tuple[str, ...] = RATIOS,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Rank sets of ratios on one half of the models, and measure the same sets on the other.

    The best of many is the best partly by luck; the other half does not know of that.

    Returns
    -------
    DataFrame
        As `ranking` on the first half; `checked`, `checked_low` and `checked_high` are of the second.
    """
    rng = as_generator(random_state)
    order = rng.permutation(len(target))
    halves = [
        ranking(seen[rows], target[rows], size, within=within, random_state=rng)
        for rows in np.array_split(order, 2)
    ]
    second = halves[1].rename(columns={"bits": "checked", "low": "checked_low", "high": "checked_high"})
    return halves[0].merge(second, on="ratios")


def decompose(
    seen: np.ndarray, target: np.ndarray, names: tuple[str, str], *, random_state: RandomState = 0
) -> Decomposition:
    """What two ratios tell of a target both, each alone, and only together (`astrokit.explain.pid_samples`).

    Redundancy is the smaller of the two informations ("mmi"): what one ratio says beyond it is unique.
    """
    first, second = (seen[:, RATIOS.index(name)] for name in names)
    return pid_samples(first, second, target, estimator="ksg", measure="mmi", random_state=random_state)
