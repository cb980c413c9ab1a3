"""What a score is worth: against the forest to beat, class by class, and whether probabilities hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...evaluation import Reliability, decide, mean_over_classes, recalls, reliability_of_classes
from .classifier import BLEND, FOREST, FOREST_COLOURS, Scores

if TYPE_CHECKING:
    import pandas as pd

RIVALS = {FOREST: "gain", FOREST_COLOURS: "gain_colours", BLEND: "gain_xrays"}


def compare_methods(scores: Scores) -> pd.DataFrame:
    """Balanced accuracy of each method, and its paired gain over both forests.

    Returns
    -------
    DataFrame
        A row a method: `method`, `accuracy` with `low`, `high`; `gain` over the forest that sees total fluxes
        with `gain_low`, `gain_high`; `gain_colours` over the forest that does not, and `gain_xrays` over the
        blend of X-rays alone, likewise. Hits are means over the repeats, so that luck with folds averages
        out; intervals are 90%, over sources.
    """
    import pandas as pd

    rows = []
    for method in scores.called:
        row = {"method": method} | _named("", mean_over_classes(scores.hits(method), scores.labels))
        for rival, name in RIVALS.items():
            if rival in scores.called:
                gained = scores.hits(method) - scores.hits(rival)
                row |= _named(name, mean_over_classes(gained, scores.labels, groups=scores.groups))
        rows.append(row)
    return pd.DataFrame(rows)


def compare_classes(scores: Scores, method: str = BLEND, rival: str = FOREST) -> pd.DataFrame:
    """Recall of each class (`recalls`, of the first repeat), and the gain over a rival, over all repeats.

    Returns
    -------
    DataFrame
        The columns of `recalls`, `rival` (its recall), and `gain` with `gain_low`, `gain_high`.
    """
    table = recalls(scores.labels, scores.classes[scores.called[method][0]])
    gains = []
    for name in table["class"]:
        own = scores.labels == name
        gained = scores.hits(method)[own] - scores.hits(rival)[own]
        gains.append((scores.hits(rival)[own].mean(), *mean_over_classes(gained, scores.labels[own])))
    table[["rival", "gain", "gain_low", "gain_high"]] = np.array(gains)
    return table


def calibration(scores: Scores, method: str = BLEND) -> Reliability:
    """Reliability of the most probable class, for sources as many of each class as in the table."""
    return reliability_of_classes(scores.probabilities[method], scores.code)


def called_by(scores: Scores, method: str) -> np.ndarray:
    """Names of the classes with the largest probability over prior, (n_sources,)."""
    shares = np.bincount(scores.code) / len(scores.code)
    return scores.classes[decide(scores.probabilities[method], shares)]


def _named(name: str, estimate: tuple[float, float, float]) -> dict[str, float]:
    keys = (name, f"{name}_low", f"{name}_high") if name else ("accuracy", "low", "high")
    return dict(zip(keys, map(float, estimate), strict=True))
