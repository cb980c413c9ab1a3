"""Sources unlike the others, and sources unlike their label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...evaluation import wilson
from ...latent import Outliers, rank_outliers
from ...random import RandomState
from .classifier import Scores
from .sample import GaiaVariables

if TYPE_CHECKING:
    import pandas as pd

METHODS = {
    "far from all": "neighbours",
    "few cuts set it apart": "forest",
    "sparser than around it": "local",
}
SHARES = (0.01, 0.05)  # of the sources that are looked at first
DOUBT = 0.02  # probability below which a label is doubted


def rank_strangers(data: GaiaVariables, *, random_state: RandomState = 0) -> dict[str, Outliers]:
    """Rank all sources by how strange their 17 inputs are, in three ways (`rank_outliers`)."""
    return {
        name: rank_outliers(data.features, method, random_state=random_state, progress=False)
        for name, method in METHODS.items()
    }


def recall_of_rare(data: GaiaVariables, ranked: dict[str, Outliers]) -> pd.DataFrame:
    """How many sources of rare kinds are among the strangest: no label took part in the ranking.

    Returns
    -------
    DataFrame
        A row a method and a share looked at: `method`, `looked_at`, `n_looked_at`, `n_rare` of all, `found`,
        `recall` with its interval `low`, `high` (Wilson), and `lift`: recall over what chance would find.
    """
    import pandas as pd

    rare, rows = data.rare, []
    for method, outliers in ranked.items():
        for share in SHARES:
            n = round(share * len(rare))
            found, n_rare = int(rare[outliers.order[:n]].sum()), int(rare.sum())
            recall = found / n_rare if n_rare else float("nan")
            low, high = (float(end) for end in wilson(found, n_rare))
            rows.append((method, share, n, n_rare, found, recall, low, high, recall / share))
    names = ["method", "looked_at", "n_looked_at", "n_rare", "found", "recall", "low", "high", "lift"]
    return pd.DataFrame(rows, columns=names)


def doubtful_labels(data: GaiaVariables, scores: Scores, *, doubt: float = DOUBT) -> pd.DataFrame:
    """Sources whose label the blend all but excludes, the most certain first.

    Probabilities are those of models that have not seen the source. A doubtful label is a source to look at:
    a wrong label, a wrong period, or a kind that the latents cannot tell.

    Returns
    -------
    DataFrame
        `row` of the table, `source_id`, `label`, `variable_class`, its `probability`, and what the source is
        `rather`, with `rather_probability`.
    """
    import pandas as pd

    own = scores.probabilities[np.arange(len(scores.rows)), scores.code]
    doubted = np.flatnonzero(own < doubt)
    doubted = doubted[np.argsort(own[doubted], kind="stable")]
    rows = scores.rows[doubted]
    found = data.table.iloc[rows][["source_id", "label", "variable_class"]].reset_index(drop=True)
    best = scores.probabilities[doubted].argmax(1)
    return pd.DataFrame({"row": rows}).join(
        found.assign(
            probability=own[doubted],
            rather=scores.classes[best],
            rather_probability=scores.probabilities[doubted, best],
        )
    )
